/**
 * @file Installs the engines that some tests compare with the Node that runs them, into node_modules/.cache/engines: some 480 MB, which
 * `npm ci` does not bring. They are the binaries that the npm packages `node` and `bun` stand for.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.cache/engines', import.meta.url));
const { platform, arch } = process;
const node = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
const bun = `@oven/bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`;

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
const packages = [`node22@npm:${node}@22`, `node24@npm:${node}@24`, `bun@npm:${bun}@1`];
const { status } = spawnSync(
  'npm',
  ['install', '--no-audit', '--no-fund', '--no-save', '--no-package-lock', ...packages],
  { cwd: folder, stdio: 'inherit', shell: platform === 'win32' },
);
process.exitCode = status ?? 1;
