/** The package on JSR: what would be published holds together, and Deno computes with its modules from where they stand. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import * as assert from 'uvu/assert';
import { denoSuite, denoWords, good, ROOT } from './deno.ts';

const test = denoSuite('deno: publish');

test('what would be published holds together', async () => {
  const text = await good(denoWords('publish', '--dry-run', '--allow-dirty', '--config', 'jsr.json'));
  assert.match(text, /Dry run complete/);
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  assert.match(text, new RegExp(`@${name}/tessera@${version.replaceAll('.', '\\.')} with files`));
});

test('a program runs on modules that come over the network', async () => {
  const server = createServer(({ url }, response) => {
    try {
      response
        .writeHead(200, { 'content-type': 'text/javascript' })
        .end(readFileSync(join(ROOT, normalize(url!))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'tessera-jsr-'));
  try {
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'program.ts');
    writeFileSync(
      file,
      `import * as sf from 'http://127.0.0.1:${port}/dist/jsr/index.js';
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const sum = spu((a, b) => sf.np.add(a, b))(sf.PYU('alice')(() => 3)(), sf.PYU('bob')(() => 4)());
console.log('sum', ((await sf.reveal(sum)) as sf.NDArray).item());
await sf.shutdown();
`,
    );
    const text = await good(denoWords('run', '--no-lock', '--no-prompt', '--allow-import=127.0.0.1', file));
    assert.match(text, /^sum 7$/m);
  } finally {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    server.close();
  }
});

test.run();
