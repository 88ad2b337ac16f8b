/** How data enters and leaves: values, who hears what, and what may be learned from the messages. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sub } from '../../src/fixed/basic.ts';
import type { Value } from '../../src/gates/gate.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/compile/graph-circuit.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import { FIELDS } from '../../src/ring/field.ts';
import {
  bits,
  enter,
  everybody,
  FIELD_NAMES,
  graphOf,
  LENGTHS,
  random,
  randomRaw,
  raw,
  readRaw,
  ring,
  runCase,
  same,
  seedsOf,
} from './harness.ts';

const ints = (...values: bigint[]): Tensor => ({
  shape: [values.length],
  dtype: 'int64',
  data: BigInt64Array.from(values),
});

for (const field of FIELD_NAMES) {
  for (const parties of [2, 3, 5]) {
    test(`${field}, ${parties} parties: an input costs its owner k/8 bytes to each other party, and them nothing`, () => {
      for (let owner = 0; owner < parties; owner++) {
        for (const kind of ['ring', 'bit'] as const) {
          const world = new Lockstep(ring, FIELDS[field], parties, seedsOf(parties));
          const c = new GraphCircuit({ field: FIELDS[field] });
          const data = [0n, 1n, -1n, 123456789n, -5n];
          const t: Tensor =
            kind === 'bit'
              ? { shape: [5], dtype: 'bool', data: Uint8Array.of(0, 1, 1, 0, 1) }
              : ints(...data);
          const x = privateInput(c, owner, 0, [5], kind);
          const r = revealTo(c, x, everybody(parties));
          const taken = world.run(graphOf(c, [], [x, r]), [{ owner, tensor: t }]);
          const each = kind === 'bit' ? 1 : (5 * FIELDS[field].bits) / 8;
          const want = kind === 'bit' ? [0n, 1n, 1n, 0n, 1n] : data;
          taken.stats.sent.forEach((row, from) => {
            row.forEach((bytes, to) => {
              assert.is(bytes, from === to ? 0 : each + (from === owner ? each : 0), `${from} to ${to}`);
            });
          });
          for (const own of taken.outs) assert.equal(readRaw(own[1] as Value, FIELDS[field].bits), want);
          assert.is(taken.stats.rounds, 2);
          assert.is(taken.stats.dealerBytes, parties === 2 ? 0 : each);
          world.free(taken);
          assert.is(world.held, 0);
        }
      }
    });

    test(`${field}, ${parties} parties: what is revealed to some reaches nobody else`, () => {
      const values = [3n, -4n, 0n];
      for (const to of [[0], [parties - 1], [0, 1]]) {
        const { world, circuit, wires, taken } = enter(field, parties, [raw(values)]);
        const c = circuit();
        const id = c.value({ shape: wires[0]!.shape, dtype: 'ring', secret: true });
        const shown = world.run(
          graphOf(c, [id], [revealTo(c, c.wire(id), to)]),
          [],
          undefined,
          taken.outs,
          taken.masks,
        );
        shown.outs.forEach((own, rank) => {
          const { c: opened, r } = own[0] as Value;
          assert.is(r, undefined);
          if (to.includes(rank)) assert.equal(readRaw(own[0] as Value, FIELDS[field].bits), values);
          else assert.is(opened, undefined);
        });
        shown.stats.sent.forEach((row, from) => {
          row.forEach((n, rank) => {
            assert.is(n, from !== rank && to.includes(rank) ? (3 * FIELDS[field].bits) / 8 : 0);
          });
        });
        world.free(taken);
        world.free(shown);
        assert.is(world.held, 0);
      }
    });
  }

  test(`${field}: any element comes back as it went in, at every length`, () => {
    const next = random(1);
    for (const n of LENGTHS) {
      const k = FIELDS[field].bits;
      const edges = [0n, 1n, -1n, 2n ** BigInt(k - 1) - 1n, -(2n ** BigInt(k - 1))];
      const x = Array.from({ length: n }, (_, i) => edges[i] ?? randomRaw(next, k - 1));
      const b = Array.from({ length: n }, () => next() < 0.5);
      const r = runCase({ field, parties: 2, inputs: [raw(x), bits(b)], build: (_, u, v) => [u!, v!] });
      same(r.raw[0]!, x);
      same(
        r.raw[1]!,
        b.map((v) => BigInt(v)),
      );
    }
  });
}

/** What rank 2 hears in the last round of `reveal(a - b)`, where a is rank 0's input and b is rank 1's. */
const heard = (a: bigint, b: bigint, seeds: readonly Uint8Array[]): string[] => {
  const world = new Lockstep(ring, FIELDS.FM64, 3, seeds);
  const c = new GraphCircuit({ field: FIELDS.FM64 });
  const [x, y] = [privateInput(c, 0, 0, [1], 'ring'), privateInput(c, 1, 1, [1], 'ring')];
  const messages: string[] = [];
  world.tap = (from, to, bytes) => {
    if (to === 2) messages.push(`${from}: ${Buffer.from(bytes).toString('hex')}`);
  };
  const r = world.run(graphOf(c, [], [revealTo(c, sub(c, x, y), [2])]), [
    { owner: 0, tensor: ints(a) },
    { owner: 1, tensor: ints(b) },
  ]);
  world.free(r);
  return messages;
};

test('who learns a difference of two inputs does not learn the inputs', () => {
  // Rank 2 hears c_a and c_b, and then two shares of the mask. Without fresh shares, c_a minus rank 0's is a itself.
  const [a, b] = [1000n, 58n];
  const numbers = heard(a, b, seedsOf(3)).map((m) => {
    const [from, hex] = m.split(': ') as [string, string];
    return { from: Number(from), value: Buffer.from(hex, 'hex').readBigUInt64LE() };
  });
  assert.is(numbers.length, 4);
  const [ca, cb, ra, rb] = numbers.map((n) => n.value) as [bigint, bigint, bigint, bigint];
  assert.is(BigInt.asUintN(64, ca - ra) === a, false);
  assert.is(BigInt.asUintN(64, cb + rb) === b, false);
  assert.is(BigInt.asUintN(64, cb - rb) === b, false);
});

test.run();
