/**
 * Masks and seeds that would serve twice, from the program's side: gates of one graph, turns of a loop, runs, jobs of an engine, and
 * sessions. A gate that is run again on the same inputs sends the same words if, and only if, its masks are the same.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GraphCircuit, privateInput } from '../../src/ir/compile/graph-circuit.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import { DealerEngine } from '../../src/ir/run/dealer-engine.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import type { Job } from '../../src/ir/run/job.ts';
import { unpackMessage } from '../../src/ir/run/job.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import type { Channel, Transport } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { independent } from '../fresh.ts';
import { graphOf, ring, seedsOf } from '../gates/harness.ts';

const test = suite('ir: repeats');
const field = FIELDS.FM128;
const N = 16;

/** Fails if 16 bytes that a party sends come twice. */
const once = (messages: readonly Uint8Array[], what: string): void => {
  const seen = new Set<string>();
  let count = 0;
  for (const message of messages) {
    for (let at = 0; at + 16 <= message.length; at += 16) {
      seen.add(Buffer.from(message.subarray(at, at + 16)).toString('hex'));
      count += 1;
    }
  }
  assert.ok(count > 0, `${what}: something is sent`);
  assert.is(seen.size, count, `${what}: words that are sent again`);
};

const five = { shape: [N], dtype: 'int64', data: new BigInt64Array(N).fill(5n) } as const;
const type = { shape: [N], kind: 'ring', secret: true } as const;
const exact = { trunc: 0, exact: false };

/** All that rank 0 and rank 1 send. */
const tapped = (world: Lockstep): Uint8Array[][] => {
  const sent: Uint8Array[][] = [[], []];
  world.tap = (from, to, message) => {
    if (to === (from + 1) % 2) sent[from]!.push(message.slice());
  };
  return sent;
};

test('the same product twice in a graph, in two inputs, and in two runs', () => {
  const world = new Lockstep(ring, field, 2, seedsOf(2));
  const sent = tapped(world);
  for (let run = 0; run < 3; run++) {
    const c = new GraphCircuit({ field });
    const x = privateInput(c, 0, 0, [N], 'ring');
    const again = privateInput(c, 0, 1, [N], 'ring');
    const y = privateInput(c, 1, 2, [N], 'ring');
    const products = [c.emit('mul', [x, y], exact, [type])[0]!, c.emit('mul', [x, y], exact, [type])[0]!];
    const privates = [0, 0, 1].map((owner) => ({ owner, tensor: five }));
    world.free(world.run(graphOf(c, [], [...products, again]), privates));
  }
  for (const [rank, messages] of sent.entries()) once(messages, `rank ${rank}`);
  assert.is(world.held, 0);
});

const lowered = (fn: (x: BaseArray, y: BaseArray) => unknown) => {
  const secret = { shape: [N], dtype: 'int64', secret: true } as const;
  // Not optimized: what is the same in all turns would be computed once.
  return lower(trace(fn, [secret, secret]).graph, { field });
};

test('runs on what an earlier run has made: the last gate of one and the first of the next', () => {
  const world = new Lockstep(ring, field, 2, seedsOf(2));
  const sent = tapped(world);
  const a = new GraphCircuit({ field });
  const entered = [privateInput(a, 0, 0, [N], 'ring'), privateInput(a, 1, 1, [N], 'ring')];
  const first = a.emit('mul', entered, exact, [type])[0]!;
  const made = world.run(
    graphOf(a, [], [...entered, first]),
    [0, 1].map((owner) => ({ owner, tensor: five })),
  );
  for (let run = 0; run < 2; run++) {
    const b = new GraphCircuit({ field });
    const ins = [0, 1].map(() => b.value({ shape: [N], dtype: 'ring', secret: true }));
    const out = b.emit(
      'mul',
      ins.map((id) => b.wire(id)),
      exact,
      [type],
    )[0]!;
    const inputs = made.outs.map((own) => own.slice(0, 2));
    world.free(world.run(graphOf(b, ins, [out]), [], undefined, inputs, made.masks.slice(0, 2)));
  }
  world.free(made);
  for (const [rank, messages] of sent.entries()) once(messages, `rank ${rank}`);
});

test('turns of a loop, of a loop in a loop, and what comes after', () => {
  // What is carried unchanged is the same masked value in every turn; what is captured would be computed before the loop.
  const zeros = np.zeros([N], 'int64');
  const graph = lowered((x, y) => {
    const outer = np.fori(
      0,
      3,
      (_, { a, b, s, t }) => {
        const inner = np.fori(0, 2, (__, { c, u }) => ({ c, u: np.add(u, np.multiply(c, c)) }), {
          c: a,
          u: t,
        });
        return { a, b, s: np.add(s, np.multiply(a, b)), t: inner.u };
      },
      { a: x, b: y, s: zeros, t: zeros },
    );
    return [np.multiply(outer.a, outer.b), outer.s, outer.t];
  });
  const world = new Lockstep(ring, field, 2, seedsOf(2));
  const a = new GraphCircuit({ field });
  const ins = [privateInput(a, 0, 0, [N], 'ring'), privateInput(a, 1, 1, [N], 'ring')];
  const taken = world.run(
    graphOf(a, [], ins),
    [0, 1].map((owner) => ({ owner, tensor: five })),
  );
  const sent = tapped(world);
  const made = world.run(graph, [], undefined, taken.outs, taken.masks);
  for (const [rank, messages] of sent.entries()) once(messages, `rank ${rank}`);
  for (const result of [taken, made]) world.free(result);
});

test('seeds of a simulation differ', () => {
  const sentBy = (): Uint8Array[] => {
    const world = new Lockstep(ring, field, 2);
    const sent = tapped(world);
    const c = new GraphCircuit({ field });
    const ins = [privateInput(c, 0, 0, [N], 'ring'), privateInput(c, 1, 1, [N], 'ring')];
    world.free(
      world.run(
        graphOf(c, [], ins),
        [0, 1].map((owner) => ({ owner, tensor: five })),
      ),
    );
    return sent.flat();
  };
  once([...sentBy(), ...sentBy()], 'two worlds');
});

/** A transport that tells what leaves, by channel. */
const heard = (
  inner: Transport,
  out: (channel: string, to: string, bytes: Uint8Array) => void,
): Transport => ({
  ...inner,
  self: inner.self,
  parties: inner.parties,
  close: () => inner.close(),
  channel: (name, peers) => {
    const channel = inner.channel(name, peers);
    const listened: Channel = {
      self: channel.self,
      peers: channel.peers,
      stats: channel.stats,
      send: (to, tag, bytes) => {
        out(name, to, bytes.slice());
        return channel.send(to, tag, bytes);
      },
      recv: (from, tag) => channel.recv(from, tag),
      notice: (from, notice) => channel.notice(from, notice),
      close: () => channel.close(),
    };
    return listened;
  },
});

const parties = ['alice', 'bob'];
const secret = { shape: [N], dtype: 'int64', secret: true } as const;
const enter: Job = {
  graph: inputGraph(
    [0, 1].map((owner) => ({ owner, type: secret })),
    { field },
  ),
  ins: [],
  outs: [0, 1],
};
const product = (out: number): Job => ({
  graph: lowered((x, y) => np.multiply(x, y)),
  ins: [0, 1],
  outs: [out],
});

/** Alice and bob run jobs; what each sent the other, and the seeds that left them. */
const session = async (kind: 'first' | 'third') => {
  const net = memoryNetwork([...parties, 'dealer']);
  const sent: Record<string, Uint8Array[]> = { alice: [], bob: [] };
  const seeds: string[] = [];
  const links = new Map(
    parties.map((self) => [
      self,
      heard(net[self]!, (name, _to, bytes) => {
        if (name === 'dealer') {
          const message = unpackMessage(bytes);
          if (message.kind === 'seed') seeds.push(Buffer.from(message.seed).toString('hex'));
        } else if (name === 'spu') sent[self]!.push(bytes);
      }),
    ]),
  );
  const dealer =
    kind === 'third'
      ? DealerEngine.start({
          ring,
          field,
          parties,
          channel: () => net.dealer!.channel('dealer', parties),
          faults: net.dealer!.channel('dealer faults', parties),
        })
      : undefined;
  const engines = await Promise.all(
    parties.map((self, rank) => {
      const link = links.get(self)!;
      const others = parties.filter((p) => p !== self);
      return PartyEngine.start({
        ring,
        field,
        fraction: field.fraction,
        rank,
        parties,
        channel: () => link.channel('spu', others),
        faults: link.channel('faults', others),
        dealer:
          kind === 'first'
            ? { kind }
            : {
                kind,
                channel: () => link.channel('dealer', ['dealer']),
                faults: link.channel('dealer faults', ['dealer']),
              },
      });
    }),
  );
  // Bob's seed goes to alice before all else, where alice deals.
  if (kind === 'first') seeds.push(Buffer.from(sent.bob!.shift()!).toString('hex'));
  for (const job of [enter, enter, product(2), product(3)])
    await Promise.all(
      engines.map((engine, rank) => engine.run(job, new Map(job === enter ? [[rank, five]] : []))),
    );
  await Promise.all(engines.map((engine) => engine.close()));
  await dealer?.done;
  await Promise.all(Object.values(net).map((t) => t.close()));
  return { sent, seeds };
};

for (const kind of ['first', 'third'] as const) {
  test(`jobs of an engine, and two sessions (dealer: ${kind})`, async () => {
    const [one, two] = [await session(kind), await session(kind)];
    for (const party of parties) once([...one.sent[party]!, ...two.sent[party]!], party);
    const seeds = [...one.seeds, ...two.seeds];
    assert.is(seeds.length, kind === 'first' ? 2 : 4);
    assert.is(new Set(seeds).size, seeds.length, 'seeds');
    const bytes = seeds.map((seed) => Uint8Array.from(Buffer.from(seed, 'hex')));
    for (const seed of bytes) assert.is(seed.length, 32);
    independent(bytes, 'seeds');
  });
}

test('coins of parties are their own: random bits differ in two worlds of the same seeds', () => {
  const seeds = seedsOf(2);
  const opened = (): string => {
    const world = new Lockstep(ring, field, 2, seeds);
    const sent = tapped(world);
    const c = new GraphCircuit({ field });
    const out = c.emit('randomBits', [], { length: 256 }, [{ shape: [256], kind: 'bit', secret: true }]);
    world.free(world.run(graphOf(c, [], out)));
    return sent.map(([message]) => Buffer.from(message!).toString('hex')).join();
  };
  const [one, two] = [opened(), opened()];
  const [a, b] = [one.split(','), two.split(',')];
  for (const rank of [0, 1]) assert.is.not(a[rank], b[rank], `rank ${rank}`);
});

test.run();
