/** @file What is said while a session waits for its parties, and of those that gave up, or whose relay is gone. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { startRelay } from '../../src/link/relay.ts';
import { fails } from '../device/helpers.ts';
import { cluster, end, folder, freePort, launch, MORTAL, type Options, sleep, suite } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/waiting');
const TWO = ['alice', 'bob'] as const;
const place = folder();
const cli = fileURLToPath(import.meta.resolve('#tessera-cli'));

const plain =
  (readyTimeoutMs: number, more: Options = {}) =>
  (_: string, o: Options): Options => ({
    ...o,
    tls_config: undefined,
    crossSilo: { ...MORTAL, readyTimeoutMs },
    ...more,
  });

/** The parties of a room, none of which listens. */
const inRoom = (options: Record<string, Options>, port: number): void => {
  const key = `tessera-room-1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')}`;
  for (const o of Object.values(options)) {
    o.room = { key, relay: `ws://127.0.0.1:${port}` };
    const { parties } = o.cluster_config as { parties: Record<string, Options> };
    for (const name of Object.keys(parties)) parties[name] = {};
  }
};

/** A process; what it has printed so far; and the end of it, which waits for its last word. */
const printing = (args: readonly string[]) => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    printed: () => text,
    code: () => closed,
    end: async (): Promise<void> => {
      child.kill('SIGKILL');
      await closed;
    },
  };
};

test('a line after 2 s and every 10 s for each that is missing, and onPeer hears of it', async () => {
  const options = await cluster(['alice', 'bob', 'carol'], plain(14_500, { loggingLevel: 'info' }));
  const heard: sf.PeerEvent[] = [];
  const lines: { at: number; text: string }[] = [];
  const before = console.error;
  const since = Date.now();
  console.error = (...text: unknown[]) => void lines.push({ at: Date.now() - since, text: text.join(' ') });
  try {
    const onPeer = (e: sf.PeerEvent) => void heard.push(e);
    await fails(() => sf.session({ ...options.bob, onPeer } as unknown as sf.InitOptions), 'LINK', 'carol');
  } finally {
    console.error = before;
  }
  const { parties } = options.bob.cluster_config as { parties: Record<string, { address: string }> };
  for (const [index, from] of [2_000, 12_000].entries())
    for (const [k, text] of [
      `bob: waiting for alice at ${parties.alice!.address}, refused`,
      'bob: waiting for carol, which dials us, not heard of yet',
    ].entries()) {
      const line = lines[2 * index + k]!;
      assert.ok(line.text.includes(text), `${line.text} for ${text}`);
      assert.ok(line.at >= from - 50 && line.at < from + 2_400, `${line.at} ms for ${from}`);
    }
  assert.is(lines.length, 4, lines.map((l) => l.text).join('\n'));
  const waiting = heard.filter((e) => e.state === 'waiting');
  assert.equal(
    waiting.map((e) => e.party),
    ['alice', 'carol', 'alice', 'carol'],
  );
  assert.match(waiting[0]!.error!.message, /ECONNREFUSED/);
});

test('the dealer says so too, and one that is kept running does not', async () => {
  const start = async (name: string, ...flags: string[]) => {
    const { dealer } = await cluster(['alice', 'bob', 'dealer'], plain(60_000));
    const file = join(place, `${name}.json`);
    writeFileSync(file, JSON.stringify({ ...dealer, loggingLevel: undefined }));
    return printing([cli, 'dealer', '--config', file, ...flags]);
  };
  // The one that says nothing is there for longer than the one that does.
  const kept = await start('kept', '--keep');
  const once = await start('dealer');
  const lines = [/dealer: waiting for alice at 127/, /dealer: waiting for bob at 127/];
  for (let i = 0; i < 400 && !lines.every((line) => line.test(once.printed())); i++) await sleep(100);
  await sleep(1_000);
  await Promise.all([kept.end(), once.end()]);
  for (const line of lines) assert.match(once.printed(), line);
  assert.is(kept.printed(), '');
});

test('a kept dealer whose port another program has says so once, and ends', async () => {
  for (const own of ['address', 'metrics']) {
    const { dealer } = await cluster(['alice', 'bob', 'dealer'], plain(60_000));
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    if (own === 'metrics') dealer.metrics = port;
    else {
      // It listens for parties that it cannot dial.
      const places = dealer.cluster_config as { parties: Options; dealer: Options };
      places.parties = { alice: {}, bob: {} };
      places.dealer.address = `127.0.0.1:${port}`;
    }
    const file = join(place, `taken-${own}.json`);
    writeFileSync(file, JSON.stringify(dealer));
    const kept = printing([cli, 'dealer', '--keep', '--config', file]);
    assert.is(await kept.code(), 1);
    assert.is(kept.printed().match(/cannot listen on/g)?.length, 1, kept.printed().slice(0, 2_000));
    taken.close();
  }
});

test('of one that has given up is not said that it has not come', async () => {
  const options = await cluster(['alice', 'bob', 'carol'], (self, o) =>
    plain(self === 'bob' ? 6_000 : 60_000)(self, o),
  );
  // Bob dials alice, and misses carol.
  const parties = launch({ alice: options.alice, bob: options.bob }, 'guide');
  const { message } = await parties.alice.error();
  await parties.bob.error();
  end(parties);
  // He has given up because of carol, and says so.
  assert.match(message, /carol|bob .*has given up waiting for all to come/);
  assert.match(message, /carol .*has not dialled us yet/);
});

test('a relay that is not there is named, at both of its ends', async () => {
  const options = await cluster(TWO, plain(3_000));
  const port = await freePort();
  inRoom(options, port);
  const parties = launch(options, 'guide');
  for (const name of TWO) {
    const { code, message, details } = await parties[name].error();
    assert.is(code, 'LINK', `${name}: ${message}`);
    assert.match(message, `the relay at 127.0.0.1:${port}: nobody listens there`);
    const other = TWO.find((p) => p !== name)!;
    assert.is((details.peers as Record<string, { relay: string }>)[other]!.relay, `127.0.0.1:${port}`);
  }
  end(parties);
});

test('a relay that is gone in the middle is named, and not the peer', async () => {
  const options = await cluster(TWO, plain(20_000, { allowTrustedFirstParty: true }));
  const relay = await startRelay({ listen: { host: '127.0.0.1', port: await freePort() } });
  inRoom(options, relay.port);
  const parties = launch(options, 'train', { steps: 1_000_000 });
  await Promise.all(TWO.map((name) => parties[name].noted('training')));
  await relay.close();
  for (const name of TWO) {
    const { code, message, details } = (await parties[name].error()) as Sent;
    assert.is(code, 'PEER_LOST', `${name}: ${message}`);
    assert.match(message, `the relay at 127.0.0.1:${relay.port}, where party`);
    assert.is(details.relay, `127.0.0.1:${relay.port}`);
    assert.not.match(message, "'s program still runs");
  }
  end(parties);
});

test('a peer that dies while its relay lives is named itself', async () => {
  const options = await cluster(TWO, plain(20_000, { allowTrustedFirstParty: true }));
  const relay = await startRelay({ listen: { host: '127.0.0.1', port: await freePort() } });
  inRoom(options, relay.port);
  const parties = launch(options, 'train', { steps: 1_000_000 });
  await Promise.all(TWO.map((name) => parties[name].noted('training')));
  parties.bob.kill('SIGKILL');
  const { code, message, details } = await parties.alice.error();
  end(parties);
  await relay.close();
  assert.is(code, 'PEER_LOST', message);
  assert.is(details.relay, undefined, message);
  assert.match(message, /party "bob" is lost/);
});

test.run();
