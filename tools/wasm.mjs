/** Builds wasm-build: each module of kernels from the folder of assembly/ that asconfig.json has a target for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { targets } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));

/** Names of the modules: files of wasm-build. */
export const MODULES = Object.values(targets).map(({ outFile }) => outFile.replace(/^wasm-build\/(\w+)\.wasm$/, '$1'));

const build = async (target) => {
  const { main } = await import('assemblyscript/asc');
  const entry = join('assembly', target === 'release' ? '' : target, 'index.ts');
  const { error, stderr } = await main([entry, '--config', 'asconfig.json', '--target', target, '--baseDir', root]);
  const says = stderr.toString();
  if (says) console.error(says);
  if (error) throw error;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const target of Object.keys(targets)) await build(target);
