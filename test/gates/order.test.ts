/** What parties and dealer may learn of orders: the comparisons that a sort reveals, and the permutation of a shuffle. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wire } from '../../src/fixed/circuit.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/compile/graph-circuit.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import {
  everybody,
  FIELD_NAMES,
  graphOf,
  random,
  randomRaw,
  raw,
  readRaw,
  ring,
  runCase,
  same,
  seedsOf,
} from './harness.ts';

const sortAttrs = (lanes: number, n: number, descending = false) => ({
  lanes,
  n,
  shift: Math.ceil(Math.log2(n)),
  descending,
  bits: 30,
  want: 'both' as const,
});

const ints = (values: readonly number[]): Tensor => ({
  shape: [values.length],
  dtype: 'int64',
  data: BigInt64Array.from(values, BigInt),
});

/** Runs a gate on one input, reveals its first result to all; gives it, and every round's messages as [from][round]. */
const watched = (
  { field = 'FM128' as FieldName, parties = 2, seeds = seedsOf(parties) },
  x: readonly number[],
  gate: (c: GraphCircuit, x: Wire) => Wire,
) => {
  const world = new Lockstep(ring, FIELDS[field], parties, seeds);
  const c = new GraphCircuit({ field: FIELDS[field] });
  const messages = everybody(parties).map((): Uint8Array[] => []);
  world.tap = (from, to, bytes) => {
    if (to === (from + 1) % parties) messages[from]!.push(bytes.slice());
  };
  const result = revealTo(c, gate(c, privateInput(c, 0, 0, [x.length], 'ring')), everybody(parties));
  const run = world.run(graphOf(c, [], [result]), [{ owner: 0, tensor: ints(x) }]);
  const values = readRaw(run.outs[0]![0] as never, FIELDS[field].bits).map(Number);
  world.free(run);
  assert.is(world.held, 0);
  return { values, messages };
};

/** The chance of a chi-square of that many cells beyond `limit` is below 10^-6 (5 degrees of freedom: 35.9). */
const uniform = (counts: ReadonlyMap<string, number>, cells: number, limit: number, what: string): void => {
  assert.is(counts.size, cells, `${what}: ${[...counts]}`);
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  const chi = [...counts.values()].reduce((s, n) => s + (n - total / cells) ** 2 / (total / cells), 0);
  assert.ok(chi < limit, `${what}: chi-square ${chi}`);
};

test('a sort whose comparisons do not suffice is an error, and gives nothing', () => {
  const n = 400;
  // Two bits of places tell a fourth of the elements apart from none of the others: no pivot splits them.
  const attrs = { ...sortAttrs(1, n), bits: 2 };
  const x = everybody(n).map((i) => i % 7);
  assert.throws(
    () => watched({}, x, (c, w) => c.emit('sort', [w], attrs, [w, w])[0]!),
    (e: { code: string; message: string }) =>
      e.code === 'UNSUPPORTED' && /the sort of 400 ran out of comparisons/.test(e.message),
  );
});

test('what a sort reveals is a random order, whatever the data: in order, in reverse, equal', () => {
  for (const x of [
    [1, 2, 3],
    [3, 2, 1],
    [7, 7, 7],
    [-5, 7, 7],
  ]) {
    const seen = new Map<string, number>();
    for (let i = 0; i < 240; i++) {
      const { values, messages } = watched({}, x, (c, w) => c.emit('sort', [w], sortAttrs(1, 3), [w, w])[0]!);
      same(
        values,
        [...x].sort((a, b) => a - b),
      );
      // The round before the opening of the columns and the revealing: three comparisons, one byte a party.
      const [a, b] = messages.map((m) => m.at(-3)!);
      assert.equal([a!.length, b!.length], [1, 1]);
      const key = String((a![0]! ^ b![0]!) & 7);
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    uniform(seen, 6, 35.9, `sort of ${x}`);
  }
});

const shuffled = (n: number, options: Parameters<typeof watched>[0]): number[] =>
  watched(options, [...Array(n).keys()], (c, w) => c.emit('shuffle', [w], { lanes: 1, n }, [w])[0]!).values;

test('a shuffle is uniform for 2, 3 and 5 parties', () => {
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM64', 3],
    ['FM128', 5],
  ] as const) {
    const seen = new Map<string, number>();
    for (let i = 0; i < 360; i++) {
      const key = shuffled(3, { field, parties }).join('');
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    uniform(seen, 6, 35.9, `${field}, ${parties} parties`);
  }
});

test('who knows all seeds, as the dealer does, does not know the shuffle', () => {
  const seeds = seedsOf(3);
  const [a, b] = [0, 1].map(() => shuffled(40, { parties: 3, seeds }));
  same(
    [...a!].sort((x, y) => x - y),
    [...b!].sort((x, y) => x - y),
  );
  assert.not.equal(a, b);
});

test('sort: every field, 2, 3 and 5 parties; lanes, ties, ends of the range; stable', () => {
  const next = random(5);
  for (const field of FIELD_NAMES) {
    const width = field === 'FM32' ? 18 : 40;
    for (const parties of [2, 3, 5]) {
      for (const [lanes, n] of [
        [1, 1],
        [3, 2],
        [2, 8],
        [4, 9],
        [1, 64],
        [2, 33],
      ] as const) {
        const shift = Math.ceil(Math.log2(n));
        const top = 2n ** BigInt(width) - 1n;
        const values = Array.from({ length: lanes * n }, (_, i) => {
          if (i % 4 === 0) return [top, -top, 0n, -1n][(i / 4) % 4]!;
          return i % 4 === 1 ? 5n : randomRaw(next, width);
        });
        for (const descending of [false, true]) {
          const attrs = { lanes, n, shift, descending, bits: width + shift + 2, want: 'both' } as const;
          const { raw: got } = runCase({
            field,
            parties,
            inputs: [raw(values), raw(values.map((v) => v * 3n + 1n))],
            build: (c, x, y) => c.emit('sort', [x!, y!], attrs, [x!, x!, y!]),
          });
          const order = Array.from({ length: lanes }, (_, lane) =>
            [...Array(n).keys()].sort((i, j) => {
              const [a, b] = [values[lane * n + i]!, values[lane * n + j]!];
              return a === b ? i - j : a < b === descending ? 1 : -1;
            }),
          );
          const picked = (from: readonly bigint[]) =>
            order.flatMap((o, lane) => o.map((i) => from[lane * n + i]!));
          const what = `${field}, ${parties} parties, ${lanes} x ${n}`;
          same(got[0]!, picked(values), what);
          same(got[1]!.map(Number), order.flat(), what);
          same(got[2]!, picked(values.map((v) => BigInt.asIntN(FIELDS[field].bits, v * 3n + 1n))), what);
        }
      }
    }
  }
});

test.run();
