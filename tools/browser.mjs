/**
 * Builds dist/browser: tessera.js (for pages and bundlers), tessera-worker.js (engine and link), tessera-pair.js (the
 * same for two parties without a dealer), tessera-lowering.js (what makes programs ready for engines). Kernels are text in them. Parts of tessera.js are loaded when they are first wanted: readers of programs, kernels for
 * sets, and both workers as text for who has lost their files. `--sizes` tells how large they are, `--inputs` of what they are made.
 */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { forBrowsers, kernelAtEnd, kernelTexts, packed, refuse, root } from './browsers.mjs';
import { writeStamp } from './identity.mjs';
import { markImports } from './native-imports.mjs';

writeStamp();
const out = resolve(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? join(root, 'dist', 'browser'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** One of the files. The page's functions are compared by name between parties; the worker has none of its own. */
const bundle = async (name, entry, { kernels, plugins = [], ...options }) => {
  const { metafile } = await build({
    ...forBrowsers,
    entryPoints: { [name]: entry },
    outdir: out,
    ...options,
    plugins: [refuse, ...plugins, kernelTexts(kernels)],
    chunkNames: `${name}-part-[hash]`,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    // For who asks where a bundle's bytes come from; a page does not load it, and the package has none.
    sourcemap: 'external',
    legalComments: 'none',
    metafile: true,
  });
  return Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'));
};
/** Another implementation of what two parties make between them than other files of browsers have. */
const withMaking = {
  name: 'material without a dealer',
  setup({ onResolve }) {
    onResolve({ filter: /^#making$/ }, () => ({ path: join(root, 'src', 'ir', 'run', 'together.ts') }));
  },
};
const atEnd = kernelAtEnd('tessera');
const workers = [
  ...(await bundle('tessera-worker', 'src/browser/worker.ts', { kernels: [], ...atEnd })),
  ...(await bundle('tessera-pair', 'src/browser/worker.ts', {
    kernels: ['lattice'],
    ...atEnd,
    plugins: [withMaking, ...atEnd.plugins],
  })),
  ...(await bundle('tessera-lowering', 'src/browser/lowering-worker.ts', { kernels: [] })),
];
const workerTexts = {
  name: 'workers as text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tessera:(workers|pair)$/ }, ({ path }) => ({ path, namespace: 'worker-texts' }));
    onLoad({ filter: /./, namespace: 'worker-texts' }, ({ path }) => ({
      contents: Object.entries(
        path === 'tessera:pair'
          ? { pair: 'tessera-pair.js' }
          : { party: 'tessera-worker.js', lowering: 'tessera-lowering.js' },
      )
        .map(([kind, file]) => `export const ${kind} = "${packed(readFileSync(join(out, file)))}";`)
        .join('\n'),
    }));
  },
};
const page = { kernels: ['sets'], plugins: [workerTexts], keepNames: true, splitting: true };
const outputs = [...(await bundle('tessera', 'src/browser/index.ts', page)), ...workers];
markImports(out);
if (process.argv.includes('--sizes')) {
  const size = (name) => {
    const bytes = readFileSync(join(out, name));
    return { name, bytes: statSync(join(out, name)).size, gzip: gzipSync(bytes, { level: 9 }).length };
  };
  const sizes = ['tessera.js', 'tessera-worker.js', 'tessera-pair.js', 'tessera-lowering.js'].map(size);
  for (const { name, bytes, gzip } of sizes)
    console.error(`${name.padEnd(20)} ${String(bytes).padStart(7)} bytes ${String(gzip).padStart(7)} gzip`);
  const engine = sizes[1].gzip;
  console.error(`engine, kernels, codec and channel: ${engine} bytes gzip; with the page's part ${engine + sizes[0].gzip}`);
}
if (process.argv.includes('--inputs')) {
  for (const [name, { inputs: from }] of outputs)
    console.error(name, Object.entries(from).sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput).slice(0, 25)
      .map(([file, { bytesInOutput }]) => `\n  ${bytesInOutput} ${file}`).join(''));
}
