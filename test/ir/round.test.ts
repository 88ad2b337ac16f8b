/** What leaves when: long openings in parts while the rest is computed, draws and dealing while messages travel. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wire } from '../../src/fixed/circuit.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/compile/graph-circuit.ts';
import type { Graph, Tensor } from '../../src/ir/ops/graph.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import type { Role } from '../../src/ir/run/party-role.ts';
import { PartyRun } from '../../src/ir/run/party-run.ts';
import { PART, Round } from '../../src/ir/run/round.ts';
import { Store } from '../../src/ir/run/store.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Prg, randomBytes } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { everybody, graphOf, readRaw, ring, seedsOf } from './../gates/harness.ts';

const ints = (n: number, of: (i: number) => number): Tensor => ({
  shape: [n],
  dtype: 'int64',
  data: BigInt64Array.from({ length: n }, (_, i) => BigInt(of(i))),
});

type Build = (c: GraphCircuit, x: Wire, y: Wire) => Wire;

const twoInputs = (field: FieldName, n: number, build: Build, parties = 2): Graph => {
  const c = new GraphCircuit({ field: FIELDS[field], parties });
  const [x, y] = [privateInput(c, 0, 0, [n], 'ring'), privateInput(c, 1, 1, [n], 'ring')];
  return graphOf(c, [], [revealTo(c, build(c, x, y), everybody(parties))]);
};

const product: Build = (c, x, y) =>
  c.emit('mul', [x, y], { trunc: 0, exact: false }, [{ shape: x.shape, kind: 'ring', secret: true }])[0]!;

const below: Build = (c, x) =>
  c.emit('less', [x], { thresholds: [3] }, [{ shape: x.shape, kind: 'bit', secret: true }])[0]!;

/** Sizes of the messages from rank 0 to rank 1, and the results. */
const sizes = (field: FieldName, n: number, build: Build, parties = 2) => {
  const world = new Lockstep(ring, FIELDS[field], parties, seedsOf(parties));
  const seen: number[] = [];
  world.tap = (from, to, bytes) => {
    if (from === 0 && to === 1) seen.push(bytes.length);
  };
  const privates = [
    { owner: 0, tensor: ints(n, (i) => i % 7) },
    { owner: 1, tensor: ints(n, (i) => (i % 11) - 5) },
  ];
  const run = world.run(twoInputs(field, n, build, parties), privates);
  const values = readRaw(run.outs[1]![0] as never, FIELDS[field].bits).map(Number);
  world.free(run);
  assert.is(world.held, 0);
  return { seen, values, rounds: run.stats.rounds };
};

test('a short opening is one message, a long one several, and both cost the same rounds and bytes', () => {
  const words = PART / 16;
  for (const parties of [2, 3, 5]) {
    const short = sizes('FM128', words - 1, product, parties);
    assert.equal(short.seen, [PART - 16, PART - 16, PART - 16]);
    assert.is(short.rounds, 3);
    const n = 5 * words + 3;
    const long = sizes('FM128', n, product, parties);
    // The input and what is revealed stand there whole; the product is computed in ranges of two parts.
    assert.equal(long.seen, [16 * n, 2 * PART, 2 * PART, PART + 48, 16 * n]);
    assert.is(long.rounds, 3);
    for (let i = 0; i < n; i++)
      if (long.values[i] !== (i % 7) * ((i % 11) - 5)) assert.unreachable(`at ${i}`);
  }
});

test('planes of a long comparison leave group after group', () => {
  const n = 700_001;
  const { seen, values, rounds } = sizes('FM32', n, below);
  const plane = Math.ceil(n / 8);
  // Eight digits in two groups of four, 7 planes and 6; a level of one group, 2 planes; the answer; and revealing it.
  assert.equal(seen, [4 * n, 7 * plane, 6 * plane, 2 * plane, plane, plane]);
  assert.is(rounds, 5);
  for (let i = 0; i < n; i++) if (Boolean(values[i]) !== i % 7 < 3) assert.unreachable(`at ${i}`);
});

/** Notes each call of a method. */
const watch = (log: string[], target: object, name: string): void => {
  const method = (target as Record<string, (...args: unknown[]) => unknown>)[name]!;
  Object.defineProperty(target, name, {
    value: (...args: unknown[]) => {
      log.push(name);
      return method.apply(target, args);
    },
  });
};

test('the first part of a product leaves before the second is computed, and its mask is drawn part by part', async () => {
  const n = (4 * PART) / 16;
  // Messages of rank 0 in the order of the program: all are zeros, and only their sizes matter.
  const own = await Ring.create();
  const prg = new Prg(own, randomBytes(32));
  const role: Role = { ring: own, field: FIELDS.FM128, rank: 1, parties: 2, prg };
  const log: string[] = [];
  watch(log, own, 'mulGate');
  watch(log, prg, 'fill');
  const input = own.alloc(FIELDS.FM128, n);
  own.zero(input);
  const coming = [16 * n, 2 * PART, 2 * PART, 16 * n].map((size) => new Uint8Array(size));
  const run = new PartyRun(role, new Store(own), {
    get: ({ name }) => (name === 1 ? input : undefined),
    spent: () => {},
  });
  const steps = run.run(twoInputs('FM128', n, product), 0, []);
  for (let next = steps.next([]); !next.done; ) {
    const wait = next.value;
    if (wait.kind !== 'pause') log.push(wait.kind);
    const answer = wait.kind === 'receive' ? new Map(wait.from.map((rank) => [rank, coming.shift()!])) : [];
    next = steps.next(answer);
  }
  assert.is(coming.length, 0);
  const from = log.indexOf('mulGate') - 1;
  assert.equal(log.slice(from, from + 9), [
    ...['fill', 'mulGate', 'send', 'fill', 'mulGate', 'send'],
    // The mask of the product is drawn when all has left, before anything is awaited.
    ...['send', 'fill', 'receive'],
  ]);
});

/** Engines of two parties over memory; rank 1 begins only when `release` is called. */
const late = async (maxBytes: number | undefined, n: number, build: Build) => {
  const rings = [await Ring.create(maxBytes === undefined ? {} : { maxBytes }), await Ring.create()];
  const log: string[] = [];
  watch(log, rings[0]!, 'mul');
  const names = ['alice', 'bob'];
  const net = memoryNetwork(names);
  const [first, second] = await Promise.all(
    names.map((self, rank) =>
      PartyEngine.start({
        ...{ ring: rings[rank]!, field: FIELDS.FM128, fraction: 0, rank, parties: names },
        channel: () => net[self]!.channel('spu', names.toSpliced(rank, 1)),
        faults: net[self]!.channel('faults', names.toSpliced(rank, 1)),
        dealer: { kind: 'first' },
      }),
    ),
  );
  const job = {
    graph: twoInputs('FM128', n, build),
    ins: [],
    outs: [-1],
    reveal: [{ dtype: 'int64' as const }],
  };
  const running = first!.run(job, new Map([[0, ints(n, (i) => i % 7)]]));
  const rest = async () => {
    const [result] = await Promise.all([
      running,
      second!.run(job, new Map([[1, ints(n, (i) => (i % 11) - 5)]])),
    ]);
    await Promise.all([first!.close(), second!.close()]);
    return result.revealed[0]!.data;
  };
  return { log, rest };
};

const power: Build = (c, x, y) => {
  let z = x;
  for (let i = 0; i < 6; i++) z = product(c, z, y);
  return z;
};

test('rank 0 deals ahead while it waits, as far as there is room', async () => {
  const n = 20_000;
  for (const [maxBytes, dealt] of [
    [undefined, 6],
    // A sixteenth of it is full after four corrections of 320 kB.
    [16 << 20, 4],
  ] as const) {
    const { log, rest } = await late(maxBytes, n, power);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.is(log.length, dealt);
    const values = await rest();
    assert.is(log.length, 6);
    for (let i = 0; i < n; i++) {
      if (Number(values[i]) !== (i % 7) * ((i % 11) - 5) ** 6) assert.unreachable(`at ${i}`);
    }
  }
});

test('parts of a long product meet over a link, whoever comes late', async () => {
  const n = 150_001;
  const { rest } = await late(undefined, n, product);
  const values = await rest();
  for (let i = 0; i < n; i++)
    if (Number(values[i]) !== (i % 7) * ((i % 11) - 5)) assert.unreachable(`at ${i}`);
});

test('a message of another length is an error, and what is for some is for nobody else', () => {
  const role: Role = { ring, field: FIELDS.FM64, rank: 0, parties: 3, prg: new Prg(ring, randomBytes(32)) };
  /** What leaves for whom, and what comes of answers of so many bytes. */
  const exchange = (to: readonly number[] | undefined, length: (peer: number) => number) => {
    const round = new Round(role);
    const array = ring.alloc(FIELDS.FM64, 3);
    ring.zero(array);
    const left: number[] = [];
    const steps = (function* () {
      const rest = round.add({ array, width: 8, ...(to && { to }) }, (work) => work());
      if (rest) yield* rest;
      yield* round.exchange(() => ['x']);
    })();
    try {
      let answer: ReadonlyMap<number, Uint8Array> = new Map();
      for (let next = steps.next(answer); !next.done; next = steps.next(answer)) {
        if (next.value.kind === 'send') left.push(...next.value.send.keys());
        else if (next.value.kind === 'receive')
          answer = new Map(next.value.from.map((peer) => [peer, new Uint8Array(length(peer))]));
      }
    } finally {
      ring.release(array);
    }
    return left;
  };
  assert.equal(
    exchange(undefined, () => 24),
    [1, 2],
  );
  assert.equal(
    exchange([1], () => 24),
    [1],
  );
  assert.equal(
    exchange([0], () => 24),
    [],
  );
  for (const wrong of [0, 23, 25, 48]) {
    for (const peer of [1, 2]) {
      let code = '';
      try {
        exchange(undefined, (p) => (p === peer ? wrong : 24));
      } catch (e) {
        code = (e as { code: string }).code;
      }
      assert.is(code, 'DIVERGED', `${wrong} bytes`);
    }
  }
});

test.run();
