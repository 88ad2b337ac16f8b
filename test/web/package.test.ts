/** What pages are given: its size, and both ways to import it. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newContext, webSuite } from './chromium.ts';
import { latticeSums } from './lattice-bytes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BROWSER = join(ROOT, 'dist', 'browser');
const LIMIT = 146_000;

/** What tessera.js asks for at run time, and finds beside itself. */
const BESIDE = readdirSync(BROWSER).filter((name) => /\.(js|wasm)$/.test(name) && name !== 'tessera.js');

/** A file and what it imports at once: what it imports when it is called comes later. */
const loadedWith = (name: string, seen: string[] = []): string[] => {
  if (seen.includes(name)) return seen;
  seen.push(name);
  const text = readFileSync(join(BROWSER, name), 'utf8');
  for (const [, other] of text.matchAll(/(?:import|from)"\.\/([\w-]+\.js)"/g)) loadedWith(other!, seen);
  return seen;
};

const sourcesOf = (name: string): string[] => {
  const { sources } = JSON.parse(readFileSync(join(BROWSER, `${name}.map`), 'utf8')) as {
    sources: readonly string[];
  };
  return sources.map((path) => path.replace(/^.*?\/src\//, ''));
};

const size = suite('web: size');

size(`engine, kernels, codec and channel together have less than ${LIMIT / 1000} KB, compressed`, () => {
  const text = readFileSync(join(BROWSER, 'tessera-worker.js'));
  assert.match(text.toString(), /"H4sI[\w+/=]{20000,}"/, 'the kernels are in it');
  const all = gzipSync(text, { level: 9 }).length;
  assert.ok(all < LIMIT, `${all} bytes: npm run build:browser -- --inputs says of what`);
});

size(
  'a page loads neither what lowers programs nor what runs them: its own file is small and quick to start',
  () => {
    const files = loadedWith('tessera.js');
    const texts = files.map((name) => readFileSync(join(BROWSER, name)));
    const length = texts.reduce((sum, bytes) => sum + bytes.length, 0);
    const packed = texts.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
    assert.ok(length < 447_100 && packed < 170_500, `tessera.js: ${length} bytes, ${packed} packed`);
    const own = files.flatMap(sourcesOf);
    assert.ok(
      own.includes('numpy/index.ts') && own.includes('ir/trace/tracer.ts'),
      'these are the sources of a page',
    );
    const elsewhere = [
      /^fixed\/(?!circuit\.ts|basic\.ts)/,
      /^gates\/(?!.*-fss\.ts)/,
      /^dealer\//,
      /^ir\/ops\/\w+\/lower/,
      /^ir\/compile\/(?!coarse|expose|graph-circuit|guard-range|lowered-ops|plan|ports|range-watcher)/,
      /^ir\/run\/(?!accuracy)/,
      /^link\/(connection|dial|handshake|mailbox|outbox|session|websocket|browser-sockets)/,
      /^ring\/(kernels|ring|words|convert)/,
      /^frontends\//,
    ];
    assert.equal(
      own.filter((path) => elsewhere.some((other) => other.test(path))),
      [],
    );
  },
);

size(
  'what a browser loads makes nothing from text, nor throws an Error as it loads: V8 would parse all of it again',
  () => {
    let asked = 0;
    for (const name of [...loadedWith('tessera.js'), 'tessera-worker.js', 'tessera-lowering.js']) {
      const text = readFileSync(join(BROWSER, name), 'utf8');
      assert.not.match(text, /\bnew Function\b|[=(,;]eval\(/, name);
      // CBOR asks whether it may, by trying to; what it is given throws what is no Error.
      for (const [, tried] of text.matchAll(/try\{new ([\w$]+)\(""\)\}/g)) {
        asked += 1;
        const own = `${tried!.replaceAll('$', '\\$')}=class\\{(static\\{[^}]*\\})?constructor\\(\\)\\{throw 0`;
        // Made in this file, or in the part that it comes from.
        const from = new RegExp(
          `import\\{[^}]*\\bas ${tried!.replaceAll('$', '\\$')}\\b[^}]*\\}from"\\./([\\w-]+\\.js)"`,
        ).exec(text)?.[1];
        if (from === undefined) assert.match(text, new RegExp(own), name);
        else
          assert.match(
            readFileSync(join(BROWSER, from), 'utf8'),
            /=class\{(static\{[^}]*\})?constructor\(\)\{throw 0/,
            from,
          );
      }
    }
    assert.is(asked, 2, 'a page and its worker');
  },
);

size.run();

/** What a page does with the library, whichever way it came by it. */
const PROGRAM = `
await sf.init({ parties: ['alice', 'bob'], loggingLevel: 'warning' });
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { max_concurrency: 2 }));
const x = sf.PYU('alice')(() => [3, 5])();
const y = sf.PYU('bob')(() => [4, 4])();
const z = await sf.reveal(spu((a, b) => sf.np.multiply(a, b))(x, y));
const big = sf.PYU('alice')(() => new sf.NDArray([384, 384], 'fxp', new Float64Array(384 * 384).fill(0.5)))();
const corner = (await sf.reveal(spu((a) => sf.np.matmul(a, a).at(7).at(9))(big))).item();
if (Math.abs(corner - 96) > 1e-3) throw new Error('the product has ' + corner);
const alone = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { beaver_type: 'MultiParty', field: 'FM64' }));
const apart = await sf.reveal(alone((a, b) => sf.np.where(sf.np.less(a, b), a, sf.np.multiply(a, b)))(x, y));
if (apart.data[0] !== 3 || Math.abs(apart.data[1] - 20) > 1e-3) throw new Error('without a dealer: ' + apart.data);
const globals = Object.keys(globalThis).filter((name) => /tessera|^sf$/i.test(name));
await sf.shutdown();
document.body.textContent = JSON.stringify({ z: [...z.data], globals });
`;

/** The headers of a page that may share memory with its workers. */
const ISOLATING = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

interface Outcome {
  /** What the program has written into its page. */
  readonly said: unknown;
  /** How many workers were started: one that lowers, one for each party, and those that the parties' start. */
  readonly workers: number;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What the page at this folder's index.html has come to. The policy is as strict as one that runs WebAssembly can be. */
const runPage = async (folder: string, isolated = false, trusted = false): Promise<Outcome> => {
  let workers = 0;
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url!.slice(1);
    if (/^tessera-(worker|lowering)\.js$/.test(name)) workers += 1;
    try {
      const content = readFileSync(join(folder, name));
      response.writeHead(200, {
        ...(isolated && ISOLATING),
        'cache-control': 'no-store',
        'content-type': TYPES[extname(name)] ?? 'text/plain',
        'content-security-policy':
          "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'" +
          (trusted ? "; require-trusted-types-for 'script'; trusted-types tessera-worker" : ''),
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await newContext();
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (e) => errors.push(e.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => document.body.textContent?.startsWith('{')).catch(() => {});
    assert.equal(errors, []);
    assert.is(await page.evaluate('crossOriginIsolated'), isolated);
    return { said: JSON.parse((await page.textContent('body')) ?? ''), workers };
  } finally {
    await context.close();
    server.close();
    server.closeAllConnections();
  }
};

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-page-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const html = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,"><body><script type="module" src="${script}"></script>`;

const copy = (names: readonly string[], folder: string): void => {
  for (const name of names) copyFileSync(join(BROWSER, name), join(folder, name));
};

/** A page that imports the ready-made file. */
const ready = (folder: string): void => {
  copy(['tessera.js', ...BESIDE], folder);
  writeFileSync(join(folder, 'page.js'), `import * as sf from './tessera.js';\n${PROGRAM}`);
  writeFileSync(join(folder, 'index.html'), html('page.js'));
};

const test = webSuite('web: package');

test('the ready-made file, in a plain script of type module', () =>
  inFolder(async (folder) => {
    ready(folder);
    assert.equal(await runPage(folder), { said: { z: [12, 20], globals: [] }, workers: 3 });
  }));

test('kernels of lattices are loaded when they are wanted, and make the same bytes as in Node', () =>
  inFolder(async (folder) => {
    const { forBrowsers } = await import(join(ROOT, 'tools/browsers.mjs'));
    await build({
      ...forBrowsers,
      target: 'es2022',
      stdin: {
        contents:
          "import { latticeSums } from './test/web/lattice-bytes.ts';\n" +
          'document.body.textContent = JSON.stringify(await latticeSums());',
        resolveDir: ROOT,
        loader: 'ts',
      },
      outfile: join(folder, 'page.js'),
    });
    writeFileSync(join(folder, 'index.html'), html('page.js'));
    const { said } = await runPage(folder);
    assert.equal(said, await latticeSums());
    assert.ok((said as { readonly right: boolean }).right);
  }));

test('errors name the line of the page, though the library lies beside it', () =>
  inFolder(async (folder) => {
    ready(folder);
    const program = [
      "import * as sf from './tessera.js';",
      "await sf.init({ parties: ['alice', 'bob'], loggingLevel: 'warning' });",
      "const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));",
      "const x = sf.PYU('alice')(() => [3, 5])();",
      'const wrong = (a) => sf.np.add(a, sf.np.array([1, 2, 3]));',
      'const message = await sf.reveal(spu(wrong)(x)).catch((e) => e.message);',
      'await sf.shutdown();',
      'document.body.textContent = JSON.stringify({ lines: message.match(/page.js:\\d+/g), message });',
    ];
    writeFileSync(join(folder, 'page.js'), program.join('\n'));
    const { lines, message } = (await runPage(folder)).said as { lines: string[]; message: string };
    assert.equal(lines, ['page.js:6'], message);
  }));

test('where the page is cross-origin isolated, each party has a second thread for large operations', () =>
  inFolder(async (folder) => {
    ready(folder);
    assert.equal(await runPage(folder, true), { said: { z: [12, 20], globals: [] }, workers: 5 });
  }));

test('and where the page demands trusted types: helpers start from workers under the same policy', () =>
  inFolder(async (folder) => {
    ready(folder);
    assert.equal(await runPage(folder, true, true), { said: { z: [12, 20], globals: [] }, workers: 5 });
  }));

test("import * as sf from 'tessera-mpc', through a bundler", () =>
  inFolder(async (folder) => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'tessera-mpc'));
    const source = `import * as sf from 'tessera-mpc';\n${PROGRAM}`;
    const out = join(folder, 'out');
    await build({
      stdin: { contents: source, resolveDir: folder },
      outfile: join(out, 'page.js'),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      minify: true,
      preserveSymlinks: true,
      logLevel: 'error',
    });
    // What the bundle asks for at run time lies beside it.
    copy(BESIDE, out);
    writeFileSync(join(out, 'index.html'), html('page.js'));
    assert.equal(await runPage(out), { said: { z: [12, 20], globals: [] }, workers: 3 });
  }));

test.run();
