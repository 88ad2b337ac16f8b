/**
 * @file Parties that die, stop, are cancelled, or lose their connections in the middle of a training. A long run (TESSERA_LONG) kills the
 * dealer of three parties more often, and cuts more connections.
 */
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { PATIENCE_MS } from '../patience.ts';
import {
  cluster,
  end,
  freePort,
  launch,
  MORTAL,
  type Options,
  QUICK,
  sleep,
  suite,
  values,
} from './harness.ts';

const test = suite('production/liveness');
const TWO = ['alice', 'bob'] as const;
const THREE = ['alice', 'bob', 'dealer'] as const;
const mortal = (_: string, o: Options): Options => ({ ...o, crossSilo: MORTAL });
/** How much longer than peerTimeoutMs a loaded machine may take. */
const SLACK_MS = PATIENCE_MS;
/** More than any test waits for. */
const FOR_EVER = { steps: 1_000_000 };

for (const victim of ['alice', 'bob', 'dealer'] as const) {
  test(`P2: kill -9 of ${victim} in mid-training: the others reject within peerTimeoutMs, and name ${victim}`, async () => {
    const parties = launch(await cluster(THREE, mortal), 'train', FOR_EVER);
    await Promise.all([parties.alice.noted('training'), parties.bob.noted('training')]);
    parties[victim].kill('SIGKILL');
    const since = Date.now();
    for (const name of THREE) {
      if (name === victim) continue;
      const { code, message } = await parties[name].error();
      assert.ok(['PEER_LOST', 'PARTY_FAILED'].includes(code), `${name}: ${code}: ${message}`);
      assert.match(message, new RegExp(`"${victim}"`), `${name}: ${message}`);
    }
    assert.ok(Date.now() - since < MORTAL.peerTimeoutMs + SLACK_MS, `${Date.now() - since} ms`);
    end(parties);
  });
}

for (const phase of ['joined', 'entered', 'revealed'] as const) {
  test(`P2: kill -9 of each party and of the dealer when all have ${phase}: the others reject, and name it`, async () => {
    const dying = async (victim: 'alice' | 'bob' | 'dealer') => {
      const parties = launch(await cluster(THREE, mortal), 'phases', { phase, victim });
      await Promise.all([parties.alice.noted(phase), parties.bob.noted(phase)]);
      parties[victim].kill('SIGKILL');
      for (const name of THREE) {
        if (name === victim) continue;
        const { code, message } = await parties[name].error();
        assert.ok(['PEER_LOST', 'PARTY_FAILED'].includes(code), `${name}: ${code}: ${message}`);
        assert.match(message, new RegExp(`"${victim}"`), `${name}: ${message}`);
      }
      end(parties);
    };
    await Promise.all([dying('alice'), dying('bob'), dying('dealer')]);
  });
}

test('P2: kill -9 of a party for whom the others wait at their end: they come to it', async () => {
  const parties = launch(await cluster(THREE, mortal), 'phases', { phase: 'leaving', victim: 'alice' });
  await Promise.all([parties.alice.noted('leaving'), parties.bob.noted('leaving')]);
  parties.alice.kill('SIGKILL');
  const { bob } = await values<number[][]>({ bob: parties.bob });
  assert.equal(bob, [
    [7, 10],
    [15, 22],
  ]);
  assert.match((await parties.dealer.error()).message, /"alice"/);
  end(parties);
});

test('P2: a third party that takes no part in the SPU learns of the death as well', async () => {
  const everybody = ['alice', 'bob', 'carol', 'dealer'] as const;
  const parties = launch(await cluster(everybody, mortal), 'train', FOR_EVER);
  await parties.carol.noted('training');
  parties.alice.kill('SIGKILL');
  const { message, details } = await parties.carol.error();
  end(parties);
  assert.match(message, /"alice"/);
  assert.ok((details.waitingFor as { op: number } | undefined)?.op !== 0);
});

test('P2: a party killed before the others are ready', async () => {
  const options = await cluster(['alice', 'bob', 'carol'], (_, o) => ({
    ...o,
    crossSilo: { ...MORTAL, readyTimeoutMs: 6_000 },
  }));
  const parties = launch({ alice: options.alice, bob: options.bob }, 'guide');
  setTimeout(() => parties.bob.kill('SIGKILL'), 900);
  const { code, message } = await parties.alice.error();
  end(parties);
  assert.ok(['LINK', 'PEER_LOST'].includes(code), code);
  assert.match(message, /carol/);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: the others are told at once, who was stopped and by what`, async () => {
    const parties = launch(await cluster(THREE), 'train', FOR_EVER);
    await Promise.all([parties.alice.noted('training'), parties.bob.noted('training')]);
    const since = Date.now();
    parties.bob.kill(signal);
    for (const name of ['alice', 'dealer'] as const) {
      const { code, message } = await parties[name].error();
      assert.is(code, 'PEER_LOST', message);
      assert.match(message, new RegExp(`bob was stopped: ${signal}.*may come back`));
    }
    assert.ok(Date.now() - since < QUICK.peerTimeoutMs, 'told, not timed out');
    // Its own program is told as well, unless a loaded machine ends the process before that is heard here.
    const own = await parties.bob.ended;
    if (!('signal' in own)) assert.match((await parties.bob.error()).message, new RegExp(signal));
    else assert.is(own.signal, signal);
    end(parties);
  });
}

for (let turn = 0; turn < scaled(4, 1); turn++) {
  test(`kill -9 of the dealer of three parties, ${turn}: nobody blames anybody else`, async () => {
    const everybody = ['alice', 'bob', 'carol', 'dealer'] as const;
    const options = await cluster(everybody, (_, o) => ({
      ...o,
      crossSilo: MORTAL,
    }));
    const parties = launch(options, 'train', FOR_EVER);
    await Promise.all([parties.alice.noted('training'), parties.bob.noted('training')]);
    parties.dealer.kill('SIGKILL');
    for (const name of ['alice', 'bob', 'carol'] as const) {
      const { code, message, details } = await parties[name].error();
      assert.is(code, 'PEER_LOST', `${name}: ${message}`);
      assert.is(details.party, 'dealer', `${name}: ${message}`);
    }
    end(parties);
  });
}

test('P16: AbortSignal: both reject, and say why', async () => {
  const parties = launch(await cluster(TWO), 'cancelled');
  const here = await parties.alice.error();
  const there = await parties.bob.error();
  end(parties);
  assert.is(here.code, 'CLOSED');
  assert.match(here.message, /AbortSignal/);
  assert.is(there.code, 'PARTY_FAILED');
  assert.match(there.message, /alice was stopped: its AbortSignal/);
});

test('P2, P14: who waits for a dead party is told which operation it waited for', async () => {
  const parties = launch(await cluster(TWO, mortal), 'waiting');
  await parties.alice.noted('waiting');
  parties.bob.kill('SIGKILL');
  const { code, message, details } = await parties.alice.error();
  end(parties);
  assert.is(code, 'PEER_LOST');
  assert.match(message, /op #\d+ waited for bob/);
  assert.type((details.waitingFor as { op: number }).op, 'number');
});

/** A stretch of network that can be cut. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  cuts = 0;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = tcpConnect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }
  cut(): void {
    if (this.#sockets.size === 0) return;
    this.cuts++;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const CUTS = scaled(100, 20);

test(`P7, P9: the connection dropped ${CUTS} times in one training: the result is the same`, async () => {
  const given = { steps: 2 * CUTS + 40, noteSteps: true };
  const plain = await values(launch(await cluster(THREE), 'train', given));
  const inside: Record<string, number> = {
    alice: await freePort(),
    bob: await freePort(),
    dealer: await freePort(),
  };
  const wires: Wire[] = [];
  const options = await cluster(THREE, (self, o) => {
    const { parties, dealer } = structuredClone(o.cluster_config) as {
      parties: Record<string, Options>;
      dealer: Options;
    };
    const own = self === 'dealer' ? dealer : parties[self]!;
    own.listen_addr = `127.0.0.1:${inside[self]}`;
    return {
      ...o,
      crossSilo: { ...QUICK, peerTimeoutMs: 60_000 },
      cluster_config: { parties, self_party: self, dealer },
    };
  });
  const { parties, dealer } = options.alice.cluster_config as {
    parties: Record<string, Options>;
    dealer: Options;
  };
  for (const [name, { address }] of [...Object.entries(parties), ['dealer', dealer] as const]) {
    const wire = new Wire(inside[name]!);
    await wire.listen(Number(String(address).split(':')[1]));
    wires.push(wire);
  }
  const running = launch(options, 'train', given);
  // A cut for every second step, in the middle of the next ones: the training cannot outrun them.
  const cutting = (async () => {
    for (let i = 4; i <= 2 * CUTS + 4; i += 2) {
      await running.alice.noted(`step ${i}`);
      await sleep(Math.random() * 5);
      for (const wire of wires) wire.cut();
    }
  })();
  // A party that fails is heard of by its value.
  cutting.catch(() => {});
  const out = await values(running);
  await cutting;
  for (const wire of wires) wire.close();
  // Alice and bob meet at alice's address.
  assert.ok(wires[0]!.cuts >= CUTS, `${wires.map((w) => w.cuts)} cuts`);
  const close = (a: unknown, b: unknown) =>
    (a as number[][]).forEach((row, i) => {
      assert.ok(Math.abs(row[0]! - (b as number[][])[i]![0]!) < 1e-6);
    });
  assert.equal(out.alice, out.bob);
  close(out.alice, plain.alice);
});

test.run();
