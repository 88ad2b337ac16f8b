/**
 * @file Builds the playground into a folder, with the library beside it in `tessera/`. Its examples are those of the gallery that read
 * no file, with their types taken out. Needs the packages of docs/.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const docs = join(root, 'docs');
const { default: blankTypes } = await import(createRequire(join(docs, 'package.json')).resolve('ts-blank-space'));

/** What can be chosen, in this order. */
const FIRST = ['salaries', 'auction', 't-test'];

const plain = (file) =>
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--stdin-file-path=example.js'], {
    cwd: root,
    input: blankTypes(readFileSync(file, 'utf8')),
    encoding: 'utf8',
  });

const examples = () => {
  const folder = join(root, 'examples/gallery');
  const names = readdirSync(folder).map((file) => file.replace('.ts', ''));
  const ordered = [...FIRST, ...names.filter((name) => !FIRST.includes(name)).sort()];
  return ordered
    .map((name) => ({ name, title: name.replaceAll('-', ' '), text: plain(join(folder, `${name}.ts`)) }))
    .filter(({ text }) => !text.includes('node:'));
};

export const buildPlayground = async (out) => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'playground'), { recursive: true });
  const chosen = {
    name: 'examples',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/examples\.js$/ }, () => ({ path: 'examples', namespace: 'examples' }));
      onLoad({ filter: /.*/, namespace: 'examples' }, () => ({
        contents: `export const EXAMPLES = ${JSON.stringify(examples())};`,
        loader: 'js',
      }));
    },
  };
  await build({
    absWorkingDir: docs,
    entryPoints: ['playground/main.ts', 'playground/runner.ts'],
    outdir: join(out, 'playground'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [chosen],
  });
  for (const name of ['index.html', 'style.css']) cpSync(join(docs, 'playground', name), join(out, 'playground', name));
  cpSync(join(root, 'dist/browser'), join(out, 'tessera'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map'),
  });
};
