/** Builds dist/demo: the scripts of the demos, beside dist/browser, which they import as any page would. */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const out = resolve(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? join(root, 'dist', 'demo'));
const LIBRARY = join(root, 'src/browser/index.ts');

const ready = {
  name: 'the ready-made file',
  setup({ onResolve }) {
    onResolve({ filter: /^(\.|tessera-mpc$)/ }, ({ path, resolveDir }) =>
      path === 'tessera-mpc' || join(resolveDir, path) === LIBRARY ? { path: '../tessera/tessera.js', external: true } : undefined,
    );
  },
};

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['salaries', 'training', 'digits', 'search', 'table-worker'].map((name) => `examples/web/${name}.ts`),
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  // Parties compare the names of the functions that they run.
  keepNames: true,
  sourcemap: true,
  legalComments: 'none',
  plugins: [ready],
  logLevel: 'warning',
});
