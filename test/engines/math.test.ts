/** @file src/ring/math gives the same bits on every engine: 100,000 lists of arguments a function. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OUT } from '../deno/deno.ts';
import { ARGUMENTS, digests } from '../ring/math-inputs.ts';
import { withBrowser } from '../web/chromium.ts';
import { ENGINES } from './engines.ts';

const COUNT = 100_000;
const PAGE =
  '<!doctype html><title>digests</title>' +
  '<script type="module">import { digests } from "/test/ring/math-inputs.js"; globalThis.digests = digests;</script>';
const own = digests(COUNT);
const test = suite('mathematics on every engine');

test('every function is compared', () => {
  assert.is(Object.keys(own).length, Object.keys(ARGUMENTS).length);
  assert.is(new Set(Object.values(own)).size, Object.keys(own).length);
});

for (const { name, command, args } of ENGINES)
  test(name, () => {
    const file = fileURLToPath(new URL('./digests.js', import.meta.url));
    const { status, stdout, stderr } = spawnSync(command, [...args, file, String(COUNT)], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    assert.equal(JSON.parse(stdout), own);
  });

test('chromium', async () => {
  const server = createServer(({ url = '/' }, response) => {
    const script = url.endsWith('.js');
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? readFileSync(join(OUT, url)) : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await withBrowser('mathematics in chromium', async (browser) => {
      const page = await browser.newPage();
      await page.goto(origin);
      await page.waitForFunction('globalThis.digests !== undefined');
      const theirs = await page.evaluate(`digests(${COUNT})`);
      assert.equal(theirs, own);
    });
  } finally {
    server.close();
  }
});

test.run();
