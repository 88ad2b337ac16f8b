/** How bundles for browsers are made of the same sources as the package of Node: the options of esbuild that all of them share. */
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../', import.meta.url));

/** What must never come into a bundle for browsers. */
const ALIEN = /^(node:|ws$|@peculiar|commander)/;

const refuse = {
  name: 'nothing of Node',
  setup({ onResolve }) {
    onResolve({ filter: ALIEN }, ({ path, importer }) => ({
      errors: [{ text: `${importer.slice(root.length)} imports ${path}, which browsers do not have` }],
    }));
  },
};

/** `imports` of package.json chooses what differs between platforms; these conditions mean the sources, for browsers. */
export const forBrowsers = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  conditions: ['tessera-source'],
  minify: true,
  // The CBOR library in modules, of which a bundle takes what it uses. It asks whether it may evaluate text by trying to:
  // in these bundles nothing may.
  alias: { 'cbor-x/index-no-eval': 'cbor-x' },
  define: { Function: 'NoEvaluation' },
  inject: ['src/browser/no-evaluation.ts'],
  plugins: [refuse],
  logLevel: 'warning',
};
