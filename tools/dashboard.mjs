/** Builds dist/dashboard: the page of `tessera dashboard`, with all that it needs. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const from = join(root, 'src', 'cluster', 'page');
const out = join(root, 'dist', 'dashboard');

await build({
  entryPoints: { page: join(from, 'main.ts') },
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome111', 'firefox115', 'safari16.4'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
for (const file of ['index.html', 'style.css']) copyFileSync(join(from, file), join(out, file));
