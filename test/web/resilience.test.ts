/**
 * What goes wrong between pages: closed tabs, dropped connections, wrong fingerprints, a relay that meddles. A long run (TESSERA_LONG)
 * has each fault in a training of its own, reloads either side, and waits until who was closed counts as gone.
 */
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { WebSocket as Client, type WebSocket, WebSocketServer } from 'ws';
import { until } from '../link/helpers.ts';
import { LONG } from '../long.ts';
import { stage, status, webSuite } from './chromium.ts';

const test = webSuite('web: when things go wrong');

/** Stands between the pages and the relay. `change` sees each message of dialling ends. */
const between =
  (change: (data: Buffer, n: number, pass: (data: Buffer) => void) => void = (data, _, pass) => pass(data)) =>
  () => {
    const pairs = new Set<WebSocket>();
    const paths: string[] = [];
    let away = false;
    let n = 0;
    let fromPages = 0;
    let hungUp = 0;
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
        paths.push(request.url!);
        const out = new Client(relay + request.url);
        const dials = request.url?.endsWith('/dial') === true;
        const opened = once(out, 'open').catch(() => {});
        pairs.add(ws);
        pairs.add(out);
        ws.on('message', async (data: Buffer) => {
          if (request.headers.origin !== undefined) fromPages += 1;
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
          one.on('close', () => {
            if (one === ws && request.headers.origin === undefined) hungUp += 1;
            other.terminate();
          });
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
      /** What was asked of the relay: `/<pipe>/<end>`. */
      paths,
      /** How many messages have come from pages; other parties name no origin. */
      get fromPages() {
        return fromPages;
      },
      /** How many connections of parties that are no pages have ended at their own end. */
      get hungUp() {
        return hungUp;
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

const RIGHT = /^Done\. Area under the curve 0\.99\d\d, accuracy 9[5-9]/;

/** How the page of alice tells that bob's was closed, and whether the last word of bob's came. */
const closing = (open: (path: string) => Promise<Page>): Promise<[Page, boolean]> =>
  startTraining(open).then(async ([alice, bob]) => {
    await status(alice, /^Epoch 2 /);
    await bob.close({ runBeforeUnload: true });
    const start = Date.now();
    const word = /bob.*page was closed or reloaded; it may come back\. Waiting for it/;
    const text = await status(alice, new RegExp(`${word.source}|Bob dropped out: waiting`));
    console.log(`  after ${Date.now() - start} ms: ${text}`);
    return [alice, word.test(text)];
  });

test('a tab that is closed in the middle is named at the other side; who comes with the room’s link, but not as who was there before, is refused', () =>
  stage(
    async ({ open, context }) => {
      // A browser that is busy may end the page's worker before its last word has left: it comes from one of three pages at least.
      let [alice, told] = await closing(open);
      for (let i = 0; i < 2 && !told; i++) [alice, told] = await closing(open);
      assert.ok(told, 'the last word of a page');
      const stranger = await (await context.browser()!.newContext()).newPage();
      await stranger.goto(await alice.inputValue('#link'));
      await stranger.waitForSelector('body[data-ready]');
      await stranger.click('#sample');
      await stranger.waitForSelector('#go:enabled');
      await stranger.click('#go');
      await stranger.waitForSelector('#status[data-state=bad]');
      assert.match((await stranger.textContent('#status'))!, /identity/i);
      await stranger.context().close();
      if (!LONG) return;
      await alice.waitForSelector('#status[data-state=bad]');
      assert.match((await alice.textContent('#status'))!, /not everybody came back within 30 s/);
    },
    { mayComplain: true },
  ));

test('a tab that the browser takes offline, for longer than a silent connection is kept, and back', async () => {
  const wire = between()();
  await stage(
    async ({ open, context }) => {
      const alice = await open('training.html');
      await alice.click('#sample');
      await alice.waitForSelector('#go:enabled');
      await alice.click('#play-node');
      await alice.click('#go');
      await status(alice, /^Epoch 2 /);
      await context.setOffline(true);
      assert.is(await alice.evaluate('navigator.onLine'), false);
      // The browser's switch stops the WebSockets of workers, too: what it had sent comes, and then nothing.
      let [before, since] = [0, Date.now()];
      await until(() => {
        if (wire.fromPages !== before) [before, since] = [wire.fromPages, Date.now()];
        return Date.now() - since > 500;
      }, 'what was under way has come');
      assert.ok(before > 50);
      // Node finds that nothing comes, and hangs up.
      await until(() => wire.hungUp > 0, 'Node has hung up');
      assert.is(wire.fromPages, before, 'nothing leaves the tab');
      assert.not.match((await alice.textContent('#status'))!, /^Done/);
      await context.setOffline(false);
      assert.match(await status(alice, RIGHT), RIGHT);
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
      await bob.waitForSelector('#status[data-state=bad]');
      assert.match((await bob.textContent('#status'))!, /another identity than "bob" has pinned/);
      assert.is(await alice.isVisible('#result'), false, 'nothing was computed');
    },
    { mayComplain: true },
  ));

test('a link with another key opens nothing', async () => {
  const wire = between()();
  await stage(
    async ({ open }) => {
      const alice = await open('salaries.html');
      const link = (await alice.inputValue('#link')).replace(/key=[\w-]{43}/, `key=${'A'.repeat(43)}`);
      const bob = await open(link);
      await alice.click('#go');
      await bob.click('#go');
      const pipes = (end: string) => wire.paths.filter((path) => path.endsWith(end));
      await until(() => pipes('/listen').length > 0 && pipes('/dial').length > 0, 'both are at the relay');
      const [waits, dials] = [pipes('/listen')[0]!, pipes('/dial')[0]!];
      assert.is.not(waits.replace('/listen', ''), dials.replace('/dial', ''), 'each at a pipe of its own');
      for (const page of [alice, bob]) {
        assert.match((await page.textContent('#status'))!, /^Waiting/);
        await page.click('#stop');
        await page.waitForSelector('#status[data-state=bad]');
        assert.match((await page.textContent('#status'))!, /was stopped/);
      }
    },
    { between: wire.open, mayComplain: true },
  );
  wire.close();
});

/** What is done to the message of that number. */
const CRIMES: Readonly<Record<string, (at: number) => Parameters<typeof between>[0]>> = {
  alters: (at) => (data, n, pass) => {
    if (n === at) data[data.length >> 1]! ^= 4;
    pass(data);
  },
  drops: (at) => (data, n, pass) => {
    if (n !== at) pass(data);
  },
  replays: (at) => (data, n, pass) => {
    pass(data);
    if (n === at) pass(data);
  },
  reorders: (at) => {
    const kept: Buffer[] = [];
    return (data, n, pass) => {
      if (n === at) kept.push(data);
      else pass(data);
      if (n === at + 1) for (const late of kept.splice(0)) pass(late);
    };
  },
};
/** Messages between two crimes. */
const APART = 30;

/** A cut of all connections, after which nobody gets through for a while. */
const CUT = 'cuts';

/** All of them in one training, one after another; in a long run each in a training of its own too. */
const TRIALS = [
  [...Object.keys(CRIMES), CUT],
  ...(LONG ? [...Object.keys(CRIMES), CUT].map((crime) => [crime]) : []),
];

for (const crimes of TRIALS)
  test(`a relay that ${crimes.join(', ')} messages, or connections, changes nothing in the result`, async () => {
    let cut: (() => void) | undefined;
    const acts = crimes.map((crime, i) => {
      const at = (i + 1) * APART;
      if (crime !== CUT) return CRIMES[crime]!(at)!;
      cut = () => wire.cut(1500);
      return (data: Buffer, n: number, pass: (data: Buffer) => void) => {
        pass(data);
        if (n < at) return;
        cut?.();
        cut = undefined;
      };
    });
    const all = acts.reduce((before, act) => (data, n, pass) => before(data, n, (d) => act(d, n, pass)));
    const wire = between(all)();
    await stage(
      async ({ open }) => {
        const [alice, bob] = await startTraining(open);
        for (const page of [alice, bob])
          assert.match(await status(page, /^Done\. Area/), /Area under the curve 0\.99/);
        assert.ok(wire.messages > (crimes.length + 1) * APART, 'the messages were meddled with');
        assert.is(cut, undefined, 'and cut');
      },
      { between: wire.open, mayComplain: true },
    );
    wire.close();
  });

const notes = async (page: Page, wanted: RegExp): Promise<void> => {
  await page.waitForFunction(
    ([source]) => (globalThis as unknown as { said: string[] }).said.some((s) => new RegExp(source!).test(s)),
    [wanted.source],
  );
};

/** Keeps all that the page's status says. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    const status = document.getElementById('status')!;
    new MutationObserver(() => said.push(status.textContent!)).observe(status, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });

for (const who of LONG ? (['alice', 'bob'] as const) : (['alice'] as const))
  test(`two tabs: ${who} is reloaded in the middle, is named, comes back, and all ends well by itself`, () =>
    stage(
      async ({ open }) => {
        const [alice, bob] = await startTraining(open);
        const [gone, stays] = who === 'alice' ? [alice, bob] : [bob, alice];
        await status(stays, /^Epoch 2 /);
        await listen(stays);
        await gone.reload();
        await notes(stays, new RegExp(`${who}.*page was closed or reloaded.*may come back`));
        for (const page of [stays, gone]) assert.match(await status(page, RIGHT), RIGHT);
        await gone.reload();
        await gone.waitForSelector('body[data-ready]');
        assert.match(
          (await gone.textContent('#status'))!,
          /^Choose a table/,
          'what has ended is not begun again',
        );
      },
      { mayComplain: true },
    ));

test('a tab and Node: the tab is reloaded in the middle, and Node goes on with it', () =>
  stage(
    async ({ open }) => {
      const alice = await open('training.html');
      await alice.click('#sample');
      await alice.waitForSelector('#go:enabled');
      await alice.click('#play-node');
      await alice.click('#go');
      await status(alice, /^Epoch 3 /);
      await alice.reload();
      assert.match(await status(alice, RIGHT), RIGHT);
      assert.match((await alice.textContent('#table'))!, /patients_a.csv: 549 rows/, 'the table was kept');
    },
    { mayComplain: true },
  ));

test('digits: the tab with the network is reloaded, and the drawing need not be made again', () =>
  stage(
    async ({ open }) => {
      const alice = await open('digits.html');
      const bob = await open(await alice.inputValue('#link'));
      for (const page of [alice, bob]) await page.waitForSelector('body[data-joined]');
      await alice.selectOption('#sample', '7');
      await bob.reload();
      await status(alice, /^Bob is here/);
      await alice.waitForSelector('#go:enabled');
      await alice.click('#go');
      await status(alice, /^The network says 7/);
    },
    { mayComplain: true },
  ));

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
      // She was waiting, and goes on doing so.
      await status(alice, /^Waiting/);
      await bob.click('#go');
      await status(alice, /^Done in/);
    },
    { mayComplain: true },
  ));

test('a page that leaves by its AbortSignal in the middle is named at the other side, and can come back', () =>
  stage(
    async ({ open }) => {
      const [alice, bob] = await startTraining(open);
      await status(alice, /^Epoch 2 /);
      await bob.click('#stop');
      for (const page of [alice, bob]) await page.waitForSelector('#status[data-state=bad]');
      assert.match((await bob.textContent('#status'))!, /its AbortSignal was set off/);
      assert.match((await alice.textContent('#status'))!, /bob.*its AbortSignal was set off/);
      // Both are still in the room: the same pages meet again.
      for (const page of [alice, bob]) {
        await page.waitForSelector('#go:enabled');
        await page.click('#go');
      }
      for (const page of [alice, bob])
        await status(page, LONG ? /^Done\. Area under the curve 0\.99/ : /^Epoch 1 /);
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
