/** Names of SecretFlow in production: files of values, several SPUs, one copy a receiver, objects with state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { freePort, rejection } from '../link/helpers.ts';
import { suite } from './harness.ts';

const { np } = sf;
const test = suite('production/names');

class Counter {
  static unit() {
    return 10;
  }
  n = 0;
  add(k: number) {
    this.n += k;
    return [this.n, -this.n];
  }
}

/** What both parties' programs do; each result is known to both. */
const program = async (session: sf.Session, folder: string): Promise<unknown> => {
  const [alice, bob] = [session.PYU('alice'), session.PYU('bob')];
  const def = sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' });
  const [one, two] = [session.SPU(def), session.SPU(def)];
  const x = alice(() => [1, 2])();
  const [first, second] = [x.to(bob), x.to(bob)];
  const counter = sf.proxy(Counter, { num_returns: { add: 2 } })({ device: bob });
  const [n, minus] = counter.add(3);
  await session.wait(counter);
  await alice.dump(x, join(folder, 'x')).ready();
  const read = alice.load<number[]>(join(folder, 'x'));
  const squares = one((v) => np.square(v))(x).to(two);
  const none = session.to(bob, []).to(one);
  return session.reveal({
    same: first === second,
    first,
    n: n!,
    minus: minus!,
    unit: (counter as unknown as { unit(): sf.PYUObject<number> }).unit(),
    read,
    squares: two((v) => np.sum(v))(squares),
    none,
  });
};

test('the same in production', async () => {
  const ports = await Promise.all([0, 1].map(() => freePort()));
  const folder = mkdtempSync(join(tmpdir(), 'tessera-names-'));
  const open = (self: string): Promise<sf.Session> =>
    sf.session({
      cluster_config: {
        parties: {
          alice: { address: `http://127.0.0.1:${ports[0]}` },
          bob: { address: `127.0.0.1:${ports[1]}` },
        },
        self_party: self,
      },
      tls_config: null,
      allow_trusted_first_party: true,
      logging_level: 'error',
    });
  try {
    const sessions = await Promise.all(['alice', 'bob'].map(open));
    for (const found of await Promise.all(sessions.map((s) => program(s, folder)))) {
      const { squares, none, ...rest } = found as Record<string, unknown> & {
        squares: sf.NDArray;
        none: sf.NDArray;
      };
      assert.is(squares.item(), 5);
      assert.equal(none.shape, [0]);
      assert.equal(rest, { same: true, first: [1, 2], n: 3, minus: -3, unit: 10, read: [1, 2] });
    }
    const ended = await Promise.all(
      sessions.map(async (s) => {
        const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
        await spu.shutdown();
        return rejection(s.reveal(spu((v) => np.add(v, 1))(s.PYU('alice')(() => [1])())));
      }),
    );
    for (const { code, message } of ended) {
      assert.is(code, 'CLOSED');
      assert.match(
        message,
        /^SPU\(alice, bob\) op #\d+ \(.*called at .*\) failed because it was shut down here$/,
      );
    }
    await Promise.all(sessions.map((s) => s.shutdown()));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what fails at a party has its cause there, and at both the party, the line and the page of its code', async () => {
  const ports = await Promise.all([0, 1].map(() => freePort()));
  const open = (self: string): Promise<sf.Session> =>
    sf.session({
      cluster_config: {
        parties: { alice: { address: `127.0.0.1:${ports[0]}` }, bob: { address: `127.0.0.1:${ports[1]}` } },
        self_party: self,
      },
      logging_level: 'error',
    });
  const own = new RangeError('seventeen is too many');
  const fail = function count() {
    throw own;
  };
  const sessions = await Promise.all(['alice', 'bob'].map(open));
  const errors = await Promise.all(sessions.map((s) => rejection(s.reveal(s.PYU('alice')(fail)()))));
  for (const e of errors) {
    assert.is(e.code, 'PARTY_FAILED');
    assert.is(e.info.party, 'alice');
    assert.match(String(e.info.site), /names\.test/);
    assert.match(e.message, /function "count".*called at .*names\.test/);
    assert.is(e.help, 'docs/reference/errors.md#party_failed');
    const shown = inspect(e).split('\n    at ')[0];
    assert.is(
      shown,
      `TesseraError: ${e.message}\n    PARTY_FAILED: cause and mend in ${e.help} of tessera-mpc`,
      'what a console shows of it says where to read on',
    );
  }
  assert.is(errors[0]!.cause, own, 'its own party has the error itself');
  assert.not.match(errors[1]!.message, /seventeen/, 'the others have not, unless exposeErrors says so');
  await Promise.all(sessions.map((s) => s.shutdown()));
});

test('a session of one party', async () => {
  const session = await sf.session({
    cluster_config: { parties: { alice: { address: `127.0.0.1:${await freePort()}` } }, self_party: 'alice' },
    logging_level: 'error',
  });
  assert.is(await session.reveal(session.PYU('alice')(() => 4)()), 4);
  await session.shutdown();
});

test.run();
