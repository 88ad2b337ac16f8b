/**
 * @file Writes src/build-stamp.ts, which says what build this is: the package's version, and a hash of the kernels and of all sources
 * that parties, dealers and pages must have in common. Every way of building begins with it. Sources are hashed, not bundles, so
 * that a page has the identity of the Node build that was made of the same sources.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODULES } from './wasm.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const stamp = join(root, 'src', 'build-stamp.ts');
const fileOf = (module) => join(root, 'wasm-build', `${module}.wasm`);

/** What no party's numbers depend on. */
const APART = /^(cli\/|cluster\/page\/|build-stamp\.ts$)/;

const sources = () =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(join(root, 'src'), join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !APART.test(file))
    .sort();

const digestOf = (bytes) => createHash('sha512').update(bytes).digest('hex').slice(0, 32);

/** Brings src/build-stamp.ts up to date. */
export const writeStamp = () => {
  if (!MODULES.every((module) => existsSync(fileOf(module)))) execFileSync('npm', ['run', '-s', 'build:wasm'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const digests = MODULES.map((module) => [module, digestOf(readFileSync(fileOf(module)))]);
  const hash = createHash('sha512').update(`${version}\n${digests.join('\n')}\n`);
  for (const file of sources()) {
    const text = readFileSync(join(root, 'src', file), 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${file} ${text.length}\n${text}`);
  }
  const text = `/** @file Made by tools/identity.mjs. */
export const VERSION = '${version}';
export const HASH = '${hash.digest('hex').slice(0, 32)}';
export const KERNELS = {
${digests.map(([module, digest]) => `  ${module}: '${digest}',\n`).join('')}};
`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== text) writeFileSync(stamp, text);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) writeStamp();
