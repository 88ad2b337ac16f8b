/** How bundles for browsers are made of the same sources: some files are replaced, and some things must not come in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Stands for what browsers are better off without. */
const NOTHING = 'nothing';

/** The files that differ between runtimes, and those that take their places in a browser. */
const INSTEAD = {
  'src/device/node-runtime.ts': 'src/browser/page-runtime.ts',
  'src/link/node-curves.ts': 'src/link/browser-curves.ts',
  'src/link/node-sockets.ts': 'src/link/browser-sockets.ts',
  'src/ring/node-kernel-host.ts': 'src/ring/browser-kernel-host.ts',
  'src/cluster/task.ts': 'src/browser/task.ts',
  'src/cluster/register.ts': NOTHING,
};

/** What must never come into a bundle for browsers. */
const ALIEN = /^(node:|ws$|@peculiar|commander)/;

/**
 * Without eval CBOR finds out that it has none by an Error, for which V8 parses the whole bundle once more, to tell where it
 * came from: a third of the time in which a page loads it.
 */
const CBOR = { error: "new BlockedFunction ('');", instead: 'throw 0;' };

/** For esbuild. */
export const runtimes = {
  name: 'runtimes',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir, importer }) => {
      const file = join(resolveDir, path).slice(root.length);
      const other = INSTEAD[file];
      // What takes a file's place may import types from it, which leave nothing behind.
      if (other === undefined || importer.endsWith(other)) return undefined;
      return other === NOTHING ? { path: file, namespace: NOTHING } : { path: join(root, other) };
    });
    // nacl asks for node's crypto where a browser's is missing.
    onResolve({ filter: /^crypto$/ }, ({ path }) => ({ path, namespace: NOTHING }));
    onLoad({ filter: /./, namespace: NOTHING }, () => ({ contents: 'export default {};' }));
    onLoad({ filter: /cbor-x.dist.index-no-eval\.cjs$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(CBOR.error)) return { errors: [{ text: `${path} has no ${CBOR.error} any more` }] };
      return { contents: text.replace(CBOR.error, CBOR.instead), loader: 'js' };
    });
    onResolve({ filter: ALIEN }, ({ path, importer }) => ({
      errors: [{ text: `${importer.slice(root.length)} imports ${path}, which browsers do not have` }],
    }));
  },
};
