/** The house rules that a compiler does not check: which layer imports which, and that files keep one subject. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const src = join(root, 'src');

/**
 * The layers, each with those that it may import: itself, what is listed, and whatever those may import. `numpy` writes programs
 * and stands beside the protocols that run them, not above.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  ring: [],
  config: [],
  link: ['ring', 'config'],
  dealer: ['ring'],
  gates: ['link', 'dealer'],
  making: ['gates'],
  fixed: ['gates'],
  'ir/ops': ['ring'],
  'ir/trace': ['ir/ops'],
  'ir/compile': ['ir/trace', 'fixed'],
  'ir/run': ['ir/compile', 'making'],
  numpy: ['ir/trace'],
  frontends: ['numpy'],
  psi: ['link'],
  models: ['frontends'],
  device: ['frontends', 'numpy', 'ir/run', 'psi'],
  frame: ['device', 'models'],
  collect: ['device'],
  cluster: ['device'],
  browser: ['device'],
  cli: ['cluster', 'frame'],
};

const below = (layer: string): ReadonlySet<string> =>
  new Set([layer, ...LAYERS[layer]!.flatMap((name) => [...below(name)])]);

const allowed = new Map(Object.keys(LAYERS).map((layer) => [layer, below(layer)]));

/** Facets of ops that stand beside the others in the folder of their subject, and belong to a later layer. */
const FACETS: readonly (readonly [RegExp, string])[] = [
  [/^ir\/ops\/\w+\/lower\.ts$/, 'ir/compile'],
  [/^ir\/ops\/\w+\/(grad|batch)\.ts$/, 'ir/trace'],
];

const filesUnder = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));

/** The layer of a file of src; of one outside of all folders (errors, names) none. */
const layerOf = (file: string): string | undefined => {
  const path = relative(src, file);
  const facet = FACETS.find(([pattern]) => pattern.test(path));
  const parts = path.split('/').slice(0, -1);
  return facet?.[1] ?? [parts.slice(0, 2).join('/'), parts[0] ?? ''].find((name) => name in LAYERS);
};

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((m) =>
    resolve(dirname(file), m[1]!),
  );

const project = suite('project');

project('imports go one way', () => {
  const wrong: string[] = [];
  for (const file of filesUnder(src, '.ts')) {
    const here = layerOf(file);
    if (here === undefined) continue;
    for (const target of importsOf(file)) {
      const there = layerOf(target);
      if (there !== undefined && !allowed.get(here)!.has(there))
        wrong.push(`${relative(root, file)} (${here}) imports ${relative(root, target)} (${there})`);
    }
  }
  assert.equal(wrong, []);
});

project('every file in a folder of src belongs to a layer', () => {
  for (const file of filesUnder(src, '.ts'))
    if (relative(src, file).includes('/'))
      assert.ok(layerOf(file), `${relative(root, file)} has no place among the layers`);
});

project('only ring/ touches WebAssembly, only link/ knows sockets', () => {
  for (const file of filesUnder(src, '.ts')) {
    const text = readFileSync(file, 'utf8');
    const layer = layerOf(file);
    if (layer !== 'ring') assert.not.match(text, /\bWebAssembly\./, relative(root, file));
    if (layer !== 'link') assert.not.match(text, /from '(ws|node:tls|node:https)'/, relative(root, file));
  }
});

project('nothing evaluates text, and CBOR comes without eval', () => {
  for (const file of filesUnder(src, '.ts')) {
    const text = readFileSync(file, 'utf8');
    assert.not.match(text, /[=(,]\s*eval\(|new Function\(/, relative(root, file));
    assert.not.match(text, /from 'cbor-x'/, relative(root, file));
    assert.not.match(text, /Math\.random/, relative(root, file));
  }
});

/** What a file imports from files of src: `values` at run time, `types` for the compiler alone. */
const linksOf = (file: string, all: ReadonlySet<string>): { values: Set<string>; types: Set<string> } => {
  const [values, types] = [new Set<string>(), new Set<string>()];
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (type )?([^;'"]*?)from '(\.[^']+)'|^import '(\.[^']+)'/gm,
  );
  for (const [, type, names = '', from, bare] of statements) {
    const target = resolve(dirname(file), from ?? bare!);
    const listed = /^\{([^}]*)\}/.exec(names)?.[1];
    const onlyTypes = listed
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .every((name) => name.startsWith('type '));
    if (all.has(target)) (type !== undefined || onlyTypes === true ? types : values).add(target);
  }
  return { values, types };
};

project('files import each other in circles of two at most, and one of both takes types alone', () => {
  const files = filesUnder(src, '.ts');
  const all = new Set(files);
  const links = new Map(files.map((file) => [file, linksOf(file, all)]));
  const reach = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const next = [from];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      const { values, types } = links.get(file)!;
      for (const to of [...values, ...types])
        if (!seen.has(to)) {
          seen.add(to);
          next.push(to);
        }
    }
    return seen;
  };
  const reached = new Map(files.map((file) => [file, reach(file)]));
  const wrong = files.flatMap((file) => {
    const circle = [...reached.get(file)!].filter((other) => other !== file && reached.get(other)!.has(file));
    const pair = circle.length === 1 && !links.get(file)!.values.has(circle[0]!);
    const back = circle.length === 1 && !links.get(circle[0]!)!.values.has(file);
    return circle.length === 0 || pair || back ? [] : [relative(root, file)];
  });
  assert.equal(wrong, []);
});

/** The methods of one public class, each with its example, are not cut apart. */
const WHOLE = ['src/frame/frame.ts'];

project('files keep one subject: at most 420 lines', () => {
  const long = [...filesUnder(src, '.ts'), ...filesUnder(join(root, 'assembly'), '.ts')]
    .map((file) => ({ file: relative(root, file), lines: readFileSync(file, 'utf8').split('\n').length }))
    .filter(({ file, lines }) => lines > 420 && !WHOLE.includes(file));
  assert.equal(long, []);
});

/** What ECMAScript defines to the last bit; the rest of Math is as the engine likes it. */
const EXACT = new Set(
  [
    'abs ceil clz32 floor fround imul max min round sign sqrt trunc',
    'E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2',
  ].flatMap((names) => names.split(' ')),
);

project('no function that engines compute each in its own way: ring/math has them all', () => {
  const wrong: string[] = [];
  for (const file of filesUnder(src, '.ts')) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const names = [...code.matchAll(/\bMath\s*\??\.\s*(\w+)/g)].map((m) => m[1]!);
    for (const [, list] of code.matchAll(/\{([^}]*)\}\s*=\s*Math\b/g))
      names.push(...list!.split(',').map((name) => name.split(':')[0]!.trim()));
    // Any other use of Math could reach any function.
    if (/\bMath\b(?!\s*\??\.)/.test(code.replace(/\{[^}]*\}\s*=\s*Math\b/g, ''))) names.push('*');
    for (const name of names) if (!EXACT.has(name)) wrong.push(`${relative(root, file)}: Math.${name}`);
    if (/\*\*/.test(code)) wrong.push(`${relative(root, file)}: **`);
  }
  assert.equal(wrong, []);
});

project('no BigInt arithmetic on hot paths', () => {
  for (const layer of ['ring', 'gates', 'fixed', 'dealer']) {
    for (const file of filesUnder(join(src, layer), '.ts')) {
      const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      assert.not.match(code, /\bBigInt\(|\b\d+n\b/, relative(root, file));
    }
  }
});

project.run();
