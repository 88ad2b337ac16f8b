/** Every program of the gallery runs as it is, and prints what SciPy, scikit-learn or counting by hand find for the same data. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const folder = new URL('../../examples/gallery/', import.meta.url);
const sources = new URL('../../../examples/gallery/', import.meta.url);

/** What each prints, as text and numbers in their order; numbers are held to the digits that are printed, one of the last place off. */
const PRINTS: Readonly<Record<string, string>> = {
  auction: 'dave wins and pays 655.00',
  histogram: `0 to 19: ### 3
    20 to 39: ###### 6
    40 to 59: ##### 5
    60 to 79: ##### 5
    80 to 99: ## 2
    quartiles 29.0 45.0 66.0`,
  'k-means': '2.245 8.923 7.956 2.848 5.050 6.033',
  logistic: 'right on 561 of 569',
  'look-up': 'bob learns: 56.10',
  'moving-average': `smooth demand 90.2 99.1 108.6 115.3 122.1 128.2 132.2 133.8 134.8 133.3 131.5 126.1 120.5 114.8 105.9
    96.4 88.3 80.9 75.1 69.2 65.0 64.3
    highest on day 11`,
  'nearest-neighbours': 'bob learns: versicolor',
  network: 'right on 80 of 80',
  pca: `explained 72.47 26.55 0.58 0.40 %
    first component 0.8003 0.3631 0.2231 -0.4218`,
  picture: 'alice learns: 0',
  poisson: 'intercept, years, town: 0.5135 -0.6256 0.7371',
  ridge: `lambda 0: 3.0028 -2.0044 0.5007
    lambda 5: 2.8917 -1.9117 0.4801`,
  salaries: 'mean 58627.78 deviation 14833.80 median 55000.00 alice 0.40 bob 0.50',
  survival: `week 6 0.8571 ################################## week 7 0.8067 ################################
    week 10 0.7529 ############################## week 13 0.6902 ############################
    week 16 0.6275 ######################### week 22 0.5378 ######################
    week 23 0.4482 ################## week 30 0.4482 ##################`,
  't-test': 't -3.7367 degrees of freedom 16.390 p 0.00173',
  vote: 'no 2, yes 4, abstain 1',
};

const words = (text: string): string[] => text.trim().split(/\s+/);

const alike = (got: string, want: string): boolean => {
  const [, digits] = /^-?\d+\.(\d+)$/.exec(want) ?? [];
  if (digits === undefined) return got === want;
  return Math.abs(Number(got) - Number(want)) < 1.5 * 10 ** -digits.length;
};

/** What a module prints while it is evaluated. */
const printed = async (name: string): Promise<string> => {
  const lines: string[] = [];
  const print = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    await import(new URL(`${name}.js`, folder).href);
  } finally {
    console.log = print;
  }
  return lines.join('\n');
};

const gallery = suite('gallery');

gallery('has a test for each', () => {
  const names = readdirSync(fileURLToPath(sources)).map((file) => file.replace('.ts', ''));
  assert.equal(names.sort(), Object.keys(PRINTS).sort());
});

for (const [name, expected] of Object.entries(PRINTS))
  gallery(name, async () => {
    const text = await printed(name);
    const [got, want] = [words(text), words(expected)];
    assert.ok(
      got.length === want.length && want.every((word, i) => alike(got[i]!, word)),
      `prints\n${text}\nand not\n${expected}`,
    );
  });

gallery.run();
