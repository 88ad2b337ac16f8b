/** How bundles for browsers are made of the same sources as the package of Node: the options of esbuild that all of them share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { MODULES } from './wasm.mjs';

export const root = fileURLToPath(new URL('../', import.meta.url));

/** What must never come into a bundle for browsers. */
const ALIEN = /^(node:|ws$|@peculiar|commander)/;

export const refuse = {
  name: 'nothing of Node',
  setup({ onResolve }) {
    onResolve({ filter: ALIEN }, ({ path, importer }) => ({
      errors: [{ text: `${importer.slice(root.length)} imports ${path}, which browsers do not have` }],
    }));
  },
};

/** Text that a bundle can hold: gzip in base64. It compresses to the size of the gzip again. */
export const packed = (bytes) => gzipSync(bytes, { level: 9 }).toString('base64');

const kernelText = (name) => packed(readFileSync(join(root, 'wasm-build', `${name}.wasm`)));

/** Kernels as modules of text. A bundle holds those that it may need: the others are none of its files. */
export const kernelTexts = (held = MODULES) => ({
  name: 'kernels as text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /wasm-build\/\w+\.wasm$/ }, ({ path }) => {
      const [, name] = /(\w+)\.wasm$/.exec(path);
      return { path: held.includes(name) ? name : 'none', namespace: 'kernel-text' };
    });
    onLoad({ filter: /./, namespace: 'kernel-text' }, ({ path }) => ({
      contents: `export default ${path === 'none' ? 'undefined' : `"${kernelText(path)}"`};`,
    }));
  },
});

/** The text of kernels at the end of a file, where it compresses best: among code it would cost 700 bytes more. */
export const kernelAtEnd = (name) => ({
  footer: { js: `var tesseraText="${kernelText(name)}";` },
  plugins: [
    {
      name: 'kernels at the end',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: new RegExp(`wasm-build/${name}\\.wasm$`) }, () => ({ path: name, namespace: 'kernel-at-end' }));
        onLoad({ filter: /./, namespace: 'kernel-at-end' }, () => ({ contents: 'export default tesseraText;' }));
      },
    },
  ],
});

/** `imports` of package.json chooses what differs between platforms; these conditions mean the sources, for browsers. */
export const forBrowsers = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  conditions: ['tessera-source'],
  minify: true,
  // The CBOR library in modules, of which a bundle takes what it uses. It asks for the Buffer of Node, which a bundler of a user's would bring
  // along for it, and whether it may evaluate text by trying to:
  // in these bundles nothing may.
  alias: { 'cbor-x/index-no-eval': 'cbor-x' },
  define: { Function: 'NoEvaluation', Buffer: 'undefined', require: 'undefined' },
  inject: ['src/browser/no-evaluation.ts'],
  plugins: [refuse, kernelTexts()],
  logLevel: 'warning',
};
