/**
 * What the demos' pages do with what people bring: numbers in the English and the German way, tables of all kinds, a third visitor, a side
 * that leaves when all is done. And each page has no faults of accessibility, in light and dark, on a phone and on a desk.
 */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { faults, VIEWS } from './axe.ts';
import { picture, stage, status, webSuite } from './chromium.ts';

const test = webSuite('web: pages');

test('pages have no faults of accessibility, before and after a run; none says that it is loading', () =>
  stage(async ({ open, server }) => {
    const look = async (page: Page, name: string): Promise<void> => {
      for (const { width, colorScheme } of VIEWS) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        assert.equal(await faults(page), [], `${name} at ${width} px, ${colorScheme}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${name} is ${wide} px wider than ${width}`);
        await picture(page, `${name}-${width}-${colorScheme}`);
      }
    };
    for (const name of ['salaries', 'training', 'digits']) {
      const page = await open(`${name}.html`);
      assert.not.match((await page.textContent('#status'))!, /Loading/);
      await look(page, name);
      if (name === 'salaries') {
        await page.goto(`${server.url}/`);
        await look(page, 'index');
      }
      await page.close();
      const tab = await open(`${name}.html?tab`);
      assert.not.match((await tab.textContent('#status'))!, /Loading/);
      if (name !== 'salaries')
        await tab.waitForSelector(name === 'digits' ? '#alice:not([hidden])' : '#sample');
      if (name === 'training') await tab.click('#sample');
      if (name === 'digits') await tab.selectOption('#sample', '3');
      await tab.waitForSelector('#go:enabled');
      await tab.click('#go');
      await status(tab, /^(Done|The network)/);
      await look(tab, `${name}-done`);
      await tab.close();
    }
  }));

test('salaries: one number each, English or German, or an error; an error takes the results of before along', () =>
  stage(
    async ({ open }) => {
      const page = await open('salaries.html?tab');
      await page.fill('#salary', '56,000');
      await page.fill('#second-salary', '56.000,50');
      await page.fill('#second-others', '');
      await page.click('#go');
      await status(page, /^Done in/);
      assert.is(await page.textContent('#mean'), '56,000');
      assert.is(await page.textContent('#more'), 'Bob, or both the same');
      await page.fill('#others', '48,000, 1.250; 3000 7000.5');
      await page.click('#go');
      await status(page, /^Done in/);
      // (56000 + 48000 + 1250 + 3000 + 7000.5 + 56000.5) / 6
      assert.is(await page.textContent('#mean'), '28,542');
      for (const wrong of ['0.056', '56,0000', '1,2,3', '56.000.5', 'much', '1e5', '-5', '']) {
        await page.fill('#salary', '56000');
        await page.click('#go');
        await status(page, /^Done in/);
        assert.ok(await page.isVisible('#result'));
        await page.fill('#salary', wrong === '' ? ' ' : wrong);
        await page.click('#go');
        await page.waitForSelector('#status[data-state=bad]');
        assert.match((await page.textContent('#status'))!, /^Salaries are numbers/, wrong);
        assert.not.ok(await page.isVisible('#result'), `the result of before is gone: ${wrong}`);
      }
    },
    { mayComplain: true },
  ));

test('salaries in a German browser', () =>
  stage(
    async ({ open }) => {
      const page = await open('salaries.html?tab');
      await page.fill('#salary', '56.000,50');
      await page.fill('#second-salary', '48.000');
      await page.fill('#second-others', '61.000,00; 39.500');
      await page.click('#go');
      await status(page, /^Done in/);
      assert.is(await page.textContent('#mean'), '51.125');
    },
    { browser: { locale: 'de-DE' } },
  ));

/** Thirty rows: two numbers and a label. */
const rows = (
  line: (a: string, b: string, label: number) => string,
  number: (x: number) => string = String,
): string =>
  Array.from({ length: 30 }, (_, i) => line(number(1234.5 + i / 4), number(0.25 - i), i % 2)).join('\n');
const german = (x: number): string => new Intl.NumberFormat('de', { minimumFractionDigits: 2 }).format(x);

const READ: Readonly<Record<string, string>> = {
  'commas and a header': `a,b,label\n${rows((a, b, y) => `${a},${b},${y}`)}`,
  'no header': rows((a, b, y) => `${a},${b},${y}`),
  'a byte order mark, quotes and ends of lines of Windows': `\uFEFF"a, in cm","b",label\r\n${rows((a, b, y) => `"${a}","${b}",${y}`).replaceAll('\n', '\r\n')}\r\n`,
  'semicolons and decimal commas': `a;b;label\n${rows(
    (a, b, y) => `${a};${b};${y}`,
    (x) => String(x).replace('.', ','),
  )}`,
  'semicolons and German thousands': `a;b;label\n${rows((a, b, y) => `${a};${b};${y}`, german)}`,
  'semicolons and decimal points': `a;b;label\n${rows((a, b, y) => `${a};${b};${y}`)}`,
  'quoted English thousands': `a,b,label\n${rows(
    (a, b, y) => `"${a}",${b},${y}`,
    (x) => new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(x),
  )}`,
  'tabs and blank lines': `a\tb\tlabel\n\n${rows((a, b, y) => `${a}\t${b}\t${y}\n`)}\n\n`,
};

const REFUSED: Readonly<Record<string, readonly [text: string, why: RegExp]>> = {
  'a label of 2': [`a,label\n${'1,0\n2,1\n'.repeat(20)}3,2\n`, /"label", is no label: row 41 has 2/],
  'a label in words': [`a,label\n${'1,M\n2,B\n'.repeat(20)}`, /line 2, column "label": "M" is no number/],
  'no label': [`a,b\n${rows((a, b) => `${a},${b}`)}`, /last column, "b", is no label/],
  'a label alone': [`label\n${'0\n1\n'.repeat(20)}`, /one column is not enough/],
  'identifiers alone': [`id\n${rows((a) => `p${a}`)}`, /holds identifiers alone/],
  'one class': [`a,label\n${rows((a) => `${a},1`)}`, /"label", is 1 in every row/],
  'a constant column': [`a,b,label\n${rows((a, _, y) => `${a},7,${y}`)}`, /column "b" is 7 in every row/],
  'a number without a square': [
    `a,b,label\n${rows((a, b, y) => `${a},${b},${y}`)}\n1,1e300,0`,
    /row 31, column "b": 1e\+300 is beyond/,
  ],
  'numbers whose squares are 0': [
    `a,label\n${'1e-200,0\n2e-200,1\n'.repeat(20)}`,
    /row 1, column "a": 1e-200/,
  ],
  'somebody twice': [
    `id,a,label\n\n${rows((a, _, y) => `p${a},${a},${y}`)}\np1235.5,7,1\n`,
    /line 33: the id "p1235\.5" stands in line 7 as well, where each may stand once/,
  ],
  'too few rows': ['a,label\n1,0\n2,1\n', /2 rows are too few/],
  'one row': ['a,label\n1,0\n', /1 row is too few/],
  'rows of other lengths': [
    `a,label\n${'1,0\n2,1\n'.repeat(20)}3\n`,
    /line 42 has 1 cells where the header has 2/,
  ],
  'an empty cell': [`a,b,label\n${'1,2,0\n,3,1\n'.repeat(20)}`, /line 3, column "a": is empty/],
  'no end of a quote': [`a,label\n"1,0\n${'2,1\n'.repeat(30)}`, /Quoted field unterminated/],
  'thousands or decimals': [
    `a,label\n${'"1,234",0\n"2,345",1\n'.repeat(20)}`,
    /may be thousands or decimals/,
  ],
  'German thousands or English decimals': [
    `a;label\n${'900;0\n1.200;1\n'.repeat(20)}`,
    /line 3: "1\.200" may be thousands or decimals: write it without the point/,
  ],
  nothing: ['', /holds no rows/],
};

test('training: tables of all kinds are read; what is wrong with one is said before anything runs, and there is nothing to train with', () =>
  stage(
    async ({ open }) => {
      const alice = await open('training.html');
      const bob = await open(await alice.inputValue('#link'));
      const give = (text: string) =>
        bob.setInputFiles('#file', { name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
      for (const [name, text] of Object.entries(READ)) {
        await give(text);
        await bob
          .waitForFunction(() => /30 rows, 3 columns/.test(document.getElementById('table')!.textContent!))
          .catch(async () => {
            throw new Error(
              `${name}: ${(await bob.textContent('#table'))!} ${(await bob.textContent('#status'))!}`,
            );
          });
        assert.ok(await bob.isEnabled('#go'), name);
      }
      for (const [name, [text, why]] of Object.entries(REFUSED)) {
        await bob.click('#sample');
        await bob.waitForSelector('#go:enabled');
        await give(text);
        await bob.waitForSelector('#status[data-state=bad]');
        const said = (await bob.textContent('#status'))!;
        assert.ok(why.test(said), `${name}: ${said}`);
        assert.not.ok(await bob.isEnabled('#go'), name);
        assert.match((await bob.textContent('#table'))!, /cannot be used/);
      }
    },
    { mayComplain: true },
  ));

test('training: a large table is read beside the page, which shows how far it is', () =>
  stage(async ({ open }) => {
    const page = await open('training.html');
    await page.evaluate(() => {
      const shares: number[] = [];
      Object.assign(globalThis, { shares });
      const bar = document.getElementById('reading') as HTMLProgressElement;
      new MutationObserver(() => shares.push(bar.value)).observe(bar, { attributes: true });
    });
    const lines = Array.from({ length: 150_000 }, (_, i) => `${i},${(i * 7919) % 1000},${i / 3}`);
    const buffer = Buffer.from(`a,b,c\n${lines.join('\n')}`);
    await page.setInputFiles('#file', { name: 'large.csv', mimeType: 'text/csv', buffer });
    await page.waitForSelector('#go:enabled');
    assert.match((await page.textContent('#table'))!, /150000 rows, 3 columns/);
    const shares = (await page.evaluate('shares')) as number[];
    assert.ok(
      shares.some((share) => share > 0.1 && share < 0.9),
      `the bar stood at ${shares.slice(0, 20)}`,
    );
    assert.not.ok(await page.isVisible('#reading'));
  }));

test('a third visitor is told that the room is full, and disturbs nobody; when bob has left there is room', () =>
  stage(
    async ({ open, context, errors }) => {
      const alice = await open('salaries.html');
      const link = await alice.inputValue('#link');
      const bob = await open(link);
      const others = await context.browser()!.newContext();
      const carol = await others.newPage();
      await carol.goto(link);
      await carol.waitForSelector('#status[data-state=bad]');
      assert.match((await carol.textContent('#status'))!, /This room is full/);
      assert.is(await carol.locator('#full').isVisible(), true);
      assert.not.ok(await carol.isEnabled('#go'));
      await picture(carol, 'full');
      await alice.click('#go');
      await bob.click('#go');
      for (const page of [alice, bob]) await status(page, /^Done in/);
      assert.equal(errors, []);
      await bob.close();
      await carol.reload();
      await carol.waitForSelector('body[data-ready]');
      await alice.click('#go');
      await carol.click('#go');
      for (const page of [alice, carol]) await status(page, /^Done in/);
      await others.close();
    },
    { mayComplain: true },
  ));

test('with both sides in one tab the page says so, and its pictures are of what passes between them', () =>
  stage(async ({ open }) => {
    const page = await open('training.html?tab');
    assert.match((await page.textContent('#trust'))!, /^Both sides are workers of this tab/);
    assert.is(await page.textContent('#way'), 'open it in two tabs');
    await page.click('#sample');
    await page.waitForSelector('#go:enabled');
    await page.click('#go');
    await status(page, /^Done/);
    assert.match((await page.textContent('#sent-picture-text'))!, /MB of what Bob has from you: noise/);
    assert.match((await page.textContent('#picture-text'))!, /MB of what you have from Bob: noise/);
    await page.click('#way');
    await page.waitForSelector('body[data-ready]');
    assert.is(await page.textContent('#way'), 'try both sides in this tab');
    assert.ok(await page.isVisible('#link'));
  }));

test('"Done" stays when the other side leaves', () =>
  stage(async ({ open }) => {
    const alice = await open('salaries.html');
    const bob = await open(await alice.inputValue('#link'));
    await alice.click('#go');
    await bob.click('#go');
    await status(bob, /^Done in/);
    await bob.close();
    await status(alice, /^Done in/);
    // The room is left in good order, whoever is there.
    await alice.waitForSelector('#stop', { state: 'hidden' });
    assert.match((await alice.textContent('#status'))!, /^Done in/);
    assert.ok(await alice.isVisible('#result'));
  }));

test('digits: what goes in is shown as it is here, and as it leaves: noise', () =>
  stage(async ({ open }) => {
    for (const path of ['digits.html', 'digits.html?tab']) {
      const page = await open(path);
      if (path === 'digits.html') {
        await page.click('#play-node');
        await page.waitForSelector('body[data-joined]');
      }
      await page.selectOption('#sample', '3');
      await page.click('#go');
      await status(page, /^The network says/);
      await page.waitForFunction(() =>
        /leaves this page: grey/.test(document.getElementById('masked')!.ariaLabel!),
      );
      await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
      const distinct = (id: string) =>
        page.evaluate((id) => {
          const canvas = document.getElementById(id) as HTMLCanvasElement;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data.filter((_, i) => i % 4 === 0)).size;
        }, id);
      assert.ok((await distinct('small')) <= 17, 'a picture of 16 greys');
      // Of 1024 random bytes, some 251 of the 256 values come up.
      assert.ok((await distinct('masked')) > 230, `${path}: ${await distinct('masked')} values of bytes`);
      await page.close();
    }
  }));

test.run();
