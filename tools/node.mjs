/**
 * Builds dist/node/lib, which is the package in Node and Deno: tessera.js, the command, and what threads and processes begin
 * with. One file is read in a quarter of the time of some 250. Names are kept, spaces are not; lines are short, since Node shows the
 * one of an error that nobody caught. There are no source maps. It all lies as deep as dist/src/ring, so that ways to other files stay as they are.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';
import { writeStamp } from './identity.mjs';
import { markImports } from './native-imports.mjs';

writeStamp();
const root = fileURLToPath(new URL('../', import.meta.url));
const out = resolve(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? join(root, 'dist', 'node', 'lib'));
const INDEX = join(root, 'src', 'index.ts');
/** Threads in which no module of a user's runs: they have files of their own. */
const ALONE = new Set(['worker', 'spu-thread']);

/** Files that a thread or a process begins with: they are named by a URL. */
const begins = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name.endsWith('.ts') && basename(entry.parentPath) !== 'browser')
  .flatMap(({ parentPath, name }) =>
    [
      ...readFileSync(join(parentPath, name), 'utf8').matchAll(/new URL\('\.\/([\w-]+)\.js', import\.meta\.url\)/g),
    ].map(([, file]) => join(parentPath, `${file}.ts`)),
  );
const nameOf = (file) => basename(file, '.ts');
if (new Set(begins.map(nameOf)).size < begins.length) throw new Error('two threads begin with files of one name');

/** What shares its modules with users' programs has all of tessera.js first, so that all of it is one chunk. */
const withIndex = {
  name: 'with-index',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^with-index:/ }, ({ path }) => ({ path: path.slice(11), namespace: 'with-index' }));
    onLoad({ filter: /./, namespace: 'with-index' }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8').match(/^#!.*\n/)?.[0] ?? ''}export * from ${JSON.stringify(INDEX)};\nimport ${JSON.stringify(path)};`,
      resolveDir: root,
    }));
  },
};

/** Large packages are in files of their own, which are made small: an entry that has them all keeps them apart. */
const PACKAGES = [
  '@nats-io/jetstream',
  '@nats-io/kv',
  '@nats-io/transport-node',
  '@noble/curves/ed25519.js',
  'cbor-x/index-no-eval',
  'cli-progress',
  'commander',
  'papaparse',
  'tweetnacl',
  'ws',
];
const packages = {
  name: 'packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^packages:$/ }, () => ({ path: 'packages', namespace: 'packages' }));
    onLoad({ filter: /./, namespace: 'packages' }, () => ({
      contents: PACKAGES.map((name) => `import ${JSON.stringify(name)};`).join('\n'),
      resolveDir: root,
    }));
  },
};

/** Each file's name stands before its code: comments of this kind are all that is kept. */
const named = {
  name: 'named',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) =>
      path.startsWith(join(root, 'src'))
        ? {
            contents: `//! ${relative(root, path).replaceAll('\\', '/')}\n${readFileSync(path, 'utf8').replace(/^#!.*\n/, '')}`,
            loader: 'ts',
          }
        : undefined,
    );
  },
};

const options = {
  absWorkingDir: root,
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  conditions: ['tessera-source'],
  target: 'node20',
  // Packages in modules, of which a bundle takes what it uses.
  mainFields: ['module', 'main'],
  // Entries are imported for what they do.
  ignoreAnnotations: true,
  // Functions are compared by name between parties.
  keepNames: true,
  // Packages of the older kind ask for the modules of Node.
  // A bundler of a server's (Next) would look for the files of every `new URL('...', import.meta.url)`, and not put them where they are
  // looked for: behind this name they stay files of the package.
  define: { 'import.meta.url': 'ownUrlOfTessera' },
  banner: {
    js: "import { createRequire } from 'node:module'; const ownUrlOfTessera = import.meta.url; const require = createRequire(ownUrlOfTessera);",
  },
  metafile: true,
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  legalComments: 'inline',
  logLevel: 'warning',
};

/** The licences of the packages that are part of the files, as those ask for; a text that several have stands once. */
const licences = (inputs) => {
  const packages = new Set(inputs.flatMap((file) => file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/g) ?? []));
  const names = new Map();
  for (const path of [...packages].sort()) {
    const folder = join(root, path);
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    names.set(text, `${names.get(text) ?? ''}${name} ${version}: ${license}\n`);
  }
  return [...names].map(([text, all]) => all + text);
};

rmSync(out, { recursive: true, force: true });
const together = await build({
  ...options,
  entryPoints: Object.fromEntries([
    ['tessera', INDEX],
    ['cli', `with-index:${join(root, 'src', 'cli', 'main.ts')}`],
    ...begins.filter((f) => !ALONE.has(nameOf(f))).map((f) => [nameOf(f), `with-index:${f}`]),
    ['packages', 'packages:'],
  ]),
  splitting: true,
  plugins: [withIndex, packages, named],
});
rmSync(join(out, 'packages.js'));
const alone = await build({
  ...options,
  entryPoints: Object.fromEntries(begins.filter((f) => ALONE.has(nameOf(f))).map((f) => [nameOf(f), f])),
  // What both have, and what few programs need, are files of their own.
  splitting: true,
  chunkNames: 'thread-[hash]',
  plugins: [named],
});
/** Threads' files have much of the others' once more: the names of what is within functions are not kept there. */
for (const file of Object.keys(alone.metafile.outputs)) {
  const path = join(root, file);
  const { code } = transformSync(readFileSync(path, 'utf8'), { minify: true, format: 'esm', lineLimit: options.lineLimit });
  writeFileSync(path, code);
}
/** Files of packages alone are in nobody's way in a stack trace. */
const ofPackages = ({ inputs }) => Object.keys(inputs).every((file) => file.includes('node_modules/'));
for (const [file, output] of Object.entries(together.metafile.outputs).filter(([name, o]) => basename(name) !== 'packages.js' && ofPackages(o))) {
  const { code } = transformSync(readFileSync(join(root, file), 'utf8'), { minify: true, keepNames: true, format: 'esm' });
  if (code.length < output.bytes) writeFileSync(join(root, file), code);
}
markImports(out);
writeFileSync(
  join(out, 'LICENSES.txt'),
  licences([together, alone].flatMap(({ metafile }) => Object.keys(metafile.inputs))).join(`\n${'-'.repeat(80)}\n\n`),
);
