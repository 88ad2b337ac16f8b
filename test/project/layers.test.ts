/** The house rules that a compiler does not check: which layer imports which, and that files keep one subject. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const src = join(root, 'src');

/** Layers from the ground up; a layer may import what stands before it, and itself. */
const LAYERS = [
  ['ring'],
  ['link', 'dealer'],
  ['gates'],
  ['fixed'],
  ['ir'],
  ['numpy'],
  ['device'],
  ['cluster', 'browser', 'cli'],
];
const level = new Map(LAYERS.flatMap((names, i) => names.map((name) => [name, i] as const)));

const filesUnder = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));

const layerOf = (file: string): string => relative(src, file).split('/')[0]!;

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((m) =>
    resolve(dirname(file), m[1]!),
  );

const project = suite('project');

project('imports go one way', () => {
  const wrong: string[] = [];
  for (const file of filesUnder(src, '.ts')) {
    const here = level.get(layerOf(file));
    if (here === undefined) continue;
    for (const target of importsOf(file)) {
      const there = level.get(layerOf(target));
      if (there !== undefined && there > here)
        wrong.push(`${relative(root, file)} imports ${relative(root, target)}`);
    }
  }
  assert.equal(wrong, []);
});

project('every folder of src is a layer', () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter((e) => e.isDirectory());
  for (const { name } of folders) assert.ok(level.has(name), `src/${name} has no place among the layers`);
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

project('files keep one subject: at most 450 lines', () => {
  const long = [...filesUnder(src, '.ts'), ...filesUnder(join(root, 'assembly'), '.ts')]
    .map((file) => ({ file: relative(root, file), lines: readFileSync(file, 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > 450);
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
