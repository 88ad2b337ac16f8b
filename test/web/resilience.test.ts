/** What goes wrong between pages: closed tabs, dropped connections, wrong fingerprints, a relay that meddles. */
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { WebSocket as Client, type WebSocket, WebSocketServer } from 'ws';
import { stage, status, webSuite } from './chromium.ts';

const test = webSuite('web: when things go wrong');

/** Stands between the pages and the relay. `change` sees each message of dialling ends. */
const between =
  (change: (data: Buffer, n: number, pass: (data: Buffer) => void) => void = (data, _, pass) => pass(data)) =>
  () => {
    const pairs = new Set<WebSocket>();
    let away = false;
    let n = 0;
    let close: () => void = () => {};
    const open = async (relay: string): Promise<string> => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      close = () => server.close();
      server.on('connection', (ws, request) => {
        if (away) {
          ws.terminate();
          return;
        }
        const out = new Client(relay + request.url);
        const dials = request.url?.endsWith('/dial') === true;
        const opened = once(out, 'open').catch(() => {});
        pairs.add(ws);
        pairs.add(out);
        ws.on('message', async (data: Buffer) => {
          await opened;
          const pass = (d: Buffer) => out.readyState === 1 && out.send(d);
          if (dials) change(data, n++, pass);
          else pass(data);
        });
        out.on('message', (data: Buffer) => ws.send(data));
        for (const [one, other] of [
          [ws, out],
          [out, ws],
        ] as const) {
          one.on('close', () => other.terminate());
          one.on('error', () => one.terminate());
        }
      });
      return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
    };
    return {
      open,
      get messages() {
        return n;
      },
      /** Cuts all connections, and lets nobody through for a while. */
      cut: (ms: number) => {
        away = true;
        for (const ws of pairs) ws.terminate();
        pairs.clear();
        setTimeout(() => {
          away = false;
        }, ms);
      },
      close: () => close(),
    };
  };

const startTraining = async (open: (path: string) => Promise<Page>): Promise<[Page, Page]> => {
  const alice = await open('training.html');
  const bob = await open(await alice.inputValue('#link'));
  for (const page of [alice, bob]) {
    await page.click('#sample');
    await page.waitForSelector('#go:enabled');
    await page.click('#go');
  }
  return [alice, bob];
};

test('a tab that is closed in the middle is named at the other side', () =>
  stage(
    async ({ open }) => {
      const [alice, bob] = await startTraining(open);
      await status(alice, /^Epoch 2 /, 60_000);
      await bob.close({ runBeforeUnload: true });
      const start = Date.now();
      await alice.waitForSelector('#status[data-state=bad]', { timeout: 60_000 });
      const text = (await alice.textContent('#status'))!;
      assert.match(text, /bob/);
      assert.match(text, /page was closed or reloaded|is lost/);
      console.log(`  after ${Date.now() - start} ms: ${text}`);
    },
    { mayComplain: true },
  ));

test('connections that drop come back, and the training goes on', async () => {
  const wire = between()();
  await stage(
    async ({ open }) => {
      const [alice, bob] = await startTraining(open);
      await status(alice, /^Epoch 2 /, 60_000);
      wire.cut(1500);
      for (const page of [alice, bob])
        assert.match(await status(page, /^Done\. Area/, 90_000), /Area under the curve 0\.99/);
    },
    { between: wire.open, mayComplain: true },
  );
  wire.close();
});

test('a link with another fingerprint is of no use: bob refuses who is not alice', () =>
  stage(
    async ({ open }) => {
      const alice = await open('salaries.html');
      const link = new URL(await alice.inputValue('#link'));
      const hash = new URLSearchParams(link.hash.slice(1));
      hash.set('id.alice', 'A'.repeat(43));
      link.hash = hash.toString();
      const bob = await open(link.href);
      await alice.click('#go');
      await bob.click('#go');
      await bob.waitForSelector('#status[data-state=bad]', { timeout: 20_000 });
      assert.match((await bob.textContent('#status'))!, /another identity than "bob" has pinned/);
      assert.is(await alice.isVisible('#result'), false, 'nothing was computed');
    },
    { mayComplain: true },
  ));

test('a link with another key opens nothing', () =>
  stage(
    async ({ open }) => {
      const alice = await open('salaries.html');
      const link = (await alice.inputValue('#link')).replace(/key=[\w-]{43}/, `key=${'A'.repeat(43)}`);
      const bob = await open(link);
      await alice.click('#go');
      await bob.click('#go');
      await new Promise((r) => setTimeout(r, 2000));
      for (const page of [alice, bob]) {
        assert.match((await page.textContent('#status'))!, /^Waiting/);
        await page.click('#stop');
        await page.waitForSelector('#status[data-state=bad]');
        assert.match((await page.textContent('#status'))!, /was stopped/);
      }
    },
    { mayComplain: true },
  ));

const CRIMES: Readonly<Record<string, (kept: Buffer[]) => Parameters<typeof between>[0]>> = {
  alters: () => (data, n, pass) => {
    if (n === 40) data[data.length >> 1]! ^= 4;
    pass(data);
  },
  drops: () => (data, n, pass) => {
    if (n !== 40) pass(data);
  },
  replays: () => (data, n, pass) => {
    pass(data);
    if (n === 40) pass(data);
  },
  reorders: (kept) => (data, n, pass) => {
    if (n === 40) kept.push(data);
    else pass(data);
    if (n === 41) for (const late of kept.splice(0)) pass(late);
  },
};

for (const [crime, commit] of Object.entries(CRIMES)) {
  test(`a relay that ${crime} a message changes nothing in the result`, async () => {
    const wire = between(commit([]))();
    await stage(
      async ({ open }) => {
        const [alice, bob] = await startTraining(open);
        for (const page of [alice, bob])
          assert.match(await status(page, /^Done\. Area/, 90_000), /Area under the curve 0\.99/);
        assert.ok(wire.messages > 41, 'the message was meddled with');
      },
      { between: wire.open, mayComplain: true },
    );
    wire.close();
  });
}

test('a page that is reloaded can start again in the same room', () =>
  stage(
    async ({ open }) => {
      const alice = await open('salaries.html');
      const bob = await open(await alice.inputValue('#link'));
      await alice.click('#go');
      await status(alice, /^Waiting/);
      await bob.reload();
      await bob.waitForSelector('body[data-ready]');
      assert.is(await bob.textContent('#seat'), 'You are Bob.');
      await alice.reload();
      await alice.waitForSelector('body[data-ready]');
      assert.is(await alice.textContent('#seat'), 'You are Alice.');
      await alice.click('#go');
      await bob.click('#go');
      await status(alice, /^Done in/);
    },
    { mayComplain: true },
  ));

test('a page that leaves by its AbortSignal in the middle is named at the other side, and can come back', () =>
  stage(
    async ({ open }) => {
      const [alice, bob] = await startTraining(open);
      await status(alice, /^Epoch 2 /, 60_000);
      await bob.click('#stop');
      for (const page of [alice, bob])
        await page.waitForSelector('#status[data-state=bad]', { timeout: 60_000 });
      assert.match((await bob.textContent('#status'))!, /its AbortSignal was set off/);
      assert.match((await alice.textContent('#status'))!, /bob.*its AbortSignal was set off/);
      // Both are still in the room: the same pages meet again.
      for (const page of [alice, bob]) {
        await page.waitForSelector('#go:enabled');
        await page.click('#go');
      }
      for (const page of [alice, bob])
        assert.match(await status(page, /^Done\. Area/, 90_000), /Area under the curve 0\.99/);
    },
    { mayComplain: true },
  ));

test('identities stay: the same after a reload, and their secret does not come out', () =>
  stage(async ({ open }) => {
    const page = await open('salaries.html');
    const look = () =>
      page.evaluate(`(async () => {
        const { keepIdentity } = await import('/tessera/tessera.js');
        const kept = await keepIdentity('test');
        const key = kept.options.keptIdentity?.signingKey;
        const refused = await crypto.subtle.exportKey('pkcs8', key).then(() => 'it came out', (e) => e.name);
        const wrapped = await keepIdentity('wrapped', { wrapped: true });
        return { id: kept.fingerprint, extractable: key?.extractable, refused, wrapped: wrapped.fingerprint };
      })()`) as Promise<Record<'id' | 'refused' | 'wrapped', string> & { extractable: boolean }>;
    const before = await look();
    assert.match(before.id, /^tessera-id-1:[\w-]{43}$/);
    assert.is(before.extractable, false);
    assert.is(before.refused, 'InvalidAccessError');
    await page.reload();
    await page.waitForSelector('body[data-ready]');
    assert.equal(await look(), before);
  }));

test.run();
