/**
 * @file `npm run check`: types, style, what nobody uses (knip), what imports itself in a circle (madge), links of pages that lead
 * nowhere, and whether the table of np's parameters is that of its types, side by side. Prints what those say that are not content.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const CHECKS = [
  ['tsc', '-p', 'tsconfig.json'],
  ['biome', 'check', '.'],
  ['knip', '--no-progress', '--no-config-hints'],
  ['madge', '--circular', '--no-spinner', 'src'],
  ['links'],
  ['parameters', '--check'],
];

/** Those that are tools of this project. */
const OWN = ['links', 'parameters'];

const started = ([name, ...args]) =>
  OWN.includes(name)
    ? spawn(process.execPath, [join(root, `tools/${name}.mjs`), ...args])
    : spawn(join(root, 'node_modules/.bin', name), args, { cwd: root });

const run = (check) =>
  new Promise((resolve) => {
    const [name] = check;
    const child = started(check);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (part) => {
        text += part;
      });
    }
    child.on('error', ({ code }) => {
      resolve({ name, text: code === 'ENOENT' ? 'is not installed: run npm ci' : code, good: false });
    });
    child.on('close', (code) => resolve({ name, text, good: code === 0 }));
  });

for (const { name, text, good } of await Promise.all(CHECKS.map(run))) {
  if (good) continue;
  console.error(`${name}:\n${text}`);
  process.exitCode = 1;
}
