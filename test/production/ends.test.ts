/** @file Programs that come to their end without `sf.shutdown()`: their processes end, and the others are not left waiting. */
import * as assert from 'uvu/assert';
import { startRelay } from '../../src/link/relay.ts';
import { inTime } from '../patience.ts';
import { cluster, end, freePort, launch, MORTAL, type Options, type Party, QUICK, suite } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/ends');
const TWO = ['alice', 'bob'] as const;

/** Ways to meet: certificates; in the clear on one machine. */
const LINKS: Readonly<Record<string, Options>> = { tls: {}, plain: { tls_config: undefined } };

const trusting =
  (more: Options = {}) =>
  (_: string, o: Options): Options => ({ ...o, allowTrustedFirstParty: true, ...more });

const ends = async (parties: Readonly<Record<string, Party>>, code = 0): Promise<void> => {
  for (const [name, party] of Object.entries(parties)) {
    await party.ended;
    const left = await inTime(party.exited).catch((e: Error) => {
      end(parties);
      return `still there: ${e.message}`;
    });
    assert.equal(left, { code, signal: null }, name);
  }
};

for (const [link, more] of Object.entries(LINKS)) {
  test(`${link}: programs that return end, with nobody calling shutdown`, async () => {
    const how = { alice: 'returns', bob: 'returns' };
    const parties = launch(await cluster(TWO, trusting(more)), 'endsItself', { how });
    await ends(parties);
    for (const name of TWO) assert.is(await parties[name].value(), 42);
  });

  test(`${link}: one returns, and the other that calls shutdown is not left waiting`, async () => {
    for (const how of [
      { alice: 'shutdown', bob: 'returns' },
      { alice: 'returns', bob: 'shutdown' },
    ]) {
      const parties = launch(await cluster(TWO, trusting(more)), 'endsItself', { how });
      await ends(parties);
      for (const name of TWO) assert.is(await parties[name].value(), 42);
    }
  });
}

test('with a dealer, and a third party that takes no part: all come to their end', async () => {
  const how = { alice: 'returns', bob: 'returns', carol: 'returns' };
  const parties = launch(await cluster(['alice', 'bob', 'carol', 'dealer']), 'endsItself', { how });
  await ends(parties);
});

test('calls that nobody waits for are given up where all end: nobody is lost, to the dealer neither', async () => {
  const parties = launch(await cluster(['alice', 'bob', 'dealer'] as const), 'abandons');
  for (const name of TWO) assert.equal(await parties[name].value(), []);
  assert.ok('value' in (await parties.dealer.ended), JSON.stringify(await parties.dealer.ended));
  await ends(parties);
});

test('one throws and ends: the other, which goes on, is told, and ends too', async () => {
  const how = { alice: 'goes on', bob: 'throws' };
  const parties = launch(await cluster(TWO, trusting()), 'endsItself', { how });
  const { code, message } = await parties.alice.value<Sent>();
  assert.is(code, 'DIVERGED', message);
  assert.match(message, /bob: shutdown at the end of its program/);
  assert.match((await parties.bob.error()).message, /had enough/);
  await ends(parties);
});

test('one ends with a code that says that it has failed: the others are told so', async () => {
  const how = { alice: 'goes on', bob: 'code' };
  const parties = launch(await cluster(TWO, trusting()), 'endsItself', { how });
  const { code, message } = await parties.alice.value<Sent>();
  assert.is(code, 'PEER_LOST', message);
  assert.match(message, /bob was stopped: its program ended with code 7/);
  await ends({ alice: parties.alice });
  await ends({ bob: parties.bob }, 7);
});

test('who is told of a lost party ends, without shutdown, and so do the others', async () => {
  const everybody = ['alice', 'bob', 'carol', 'dealer'] as const;
  const how = { alice: 'goes on', bob: 'goes on', carol: 'goes on' };
  const options = await cluster(everybody, (_, o) => ({ ...o, crossSilo: MORTAL }));
  const parties = launch(options, 'endsItself', { how });
  await Promise.all(['alice', 'bob', 'carol'].map((n) => parties[n as 'alice'].noted('computed')));
  parties.carol.kill('SIGKILL');
  for (const name of ['alice', 'bob'] as const) {
    const { code, message } = await parties[name].value<Sent>();
    assert.is(code, 'PEER_LOST', `${name}: ${message}`);
    assert.match(message, /"carol"/);
  }
  // Bob's own function never ends, and keeps its process.
  parties.bob.kill('SIGKILL');
  await ends({ alice: parties.alice });
  end(parties);
});

/** `opTimeoutMs` for tests in which it has to pass. */
const PATIENT = { ...QUICK, opTimeoutMs: 2_500 };

test('opTimeoutMs: a party that lives and never calls again is named, with its last operation', async () => {
  const how = { alice: 'goes on', bob: 'lingers' };
  const parties = launch(await cluster(TWO, trusting({ crossSilo: PATIENT })), 'endsItself', { how });
  const { code, message, details } = await parties.alice.value<Sent>();
  assert.is(code, 'PEER_LOST', message);
  assert.is(details.party, 'bob');
  assert.match(
    message,
    /op #\d+ \(a function, called at .*waited 2.5 s \(crossSilo.opTimeoutMs\) for bob, who is connected/,
  );
  assert.match(message, /has not called it: bob's last operation is #\d+ \(barrier, called at .* there\)/);
  await ends(parties);
});

test('opTimeoutMs: a party that has called and does not come to its end is named as such', async () => {
  const how = { alice: 'goes on', bob: 'goes on' };
  const parties = launch(await cluster(TWO, trusting({ crossSilo: PATIENT })), 'endsItself', { how });
  const { message, details } = await parties.alice.value<Sent>();
  assert.is(details.party, 'bob', message);
  assert.match(message, /for bob, who is connected and has called it and not come to its end/);
  end(parties);
});

test('opTimeoutMs: who waits in shutdown for a party that never comes to it ends', async () => {
  const how = { alice: 'shutdown', bob: 'lingers' };
  const parties = launch(await cluster(TWO, trusting({ crossSilo: PATIENT })), 'endsItself', { how });
  assert.is(await parties.alice.value(), 42);
  await ends(parties);
});

test('opTimeoutMs is of one operation, not of many that are called at once', async () => {
  const limited = trusting({ crossSilo: { ...QUICK, opTimeoutMs: 1_500 } });
  const parties = launch(await cluster(TWO, limited), 'queue', { calls: 12, ms: 400 });
  for (const name of TWO) assert.is(await parties[name].value(), 12);
  await ends(parties);
});

test('at a relay: programs that return end, also when the relay is gone by then', async () => {
  for (const gone of [false, true]) {
    const relay = await startRelay({ listen: { host: '127.0.0.1', port: await freePort() } });
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const options = await cluster(
      TWO,
      trusting({
        tls_config: undefined,
        crossSilo: MORTAL,
        room: { key: `tessera-room-1:${key}`, relay: `ws://127.0.0.1:${relay.port}` },
      }),
    );
    for (const o of Object.values(options)) {
      const { parties } = o.cluster_config as { parties: Record<string, Options> };
      for (const name of TWO) parties[name] = {};
    }
    const how = gone ? { alice: 'goes on', bob: 'lingers' } : { alice: 'returns', bob: 'returns' };
    const parties = launch(options, 'endsItself', { how });
    await Promise.all(TWO.map((name) => parties[name].noted('computed')));
    if (gone) {
      await relay.close();
      const { code, message } = await parties.alice.value<Sent>();
      assert.is(code, 'PEER_LOST', message);
    }
    await ends(parties);
    if (!gone) await relay.close();
  }
});

test.run();
