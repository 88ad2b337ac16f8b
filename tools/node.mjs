/**
 * Builds dist/node/lib, which is the package in Node and Deno: tessera.js, the command, and the threads, with what they share in
 * chunks. One file is read in a quarter of the time of some 250. It is not minified, has no source map, and keeps the
 * files' names as comments, so that stack traces can be read; it lies as deep as dist/src/ring, so that ways to other
 * files stay as they are.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist', 'node', 'lib'));

/** Files that a thread or a process begins with: they are named by a URL. */
const threads = () => {
  const found = {};
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.ts') || entry.parentPath.endsWith('browser')) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const [, name] of text.matchAll(/new URL\('\.\/([\w-]+)\.js', import\.meta\.url\)/g)) {
      if (found[name] !== undefined) throw new Error(`two threads begin with a file ${name}.ts`);
      found[name] = join(entry.parentPath, `${name}.ts`);
    }
  }
  return found;
};

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { tessera: 'src/index.ts', cli: 'src/cli/main.ts', ...threads() },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // What only the command needs, or a cluster, and loads when it does.
  external: ['@nats-io/*', '@peculiar/*', 'commander', 'reflect-metadata'],
  // Functions are compared by name between parties.
  keepNames: true,
  // Packages of the older kind ask for the modules of Node.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
