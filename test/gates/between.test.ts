/** Which of some ranges of a window of sixteen steps a number lies in, over the whole ring. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { FIELD_NAMES, LENGTHS, random, randomRaw, raw, runCase, same } from './harness.ts';

const RANGES = [
  [6, 12],
  [12, 16],
] as const;
/** Low bits; rounds, bits and dealer bits for RANGES. */
const COSTS = {
  FM128: [29, [4, 123, 876]],
  FM64: [20, [4, 66, 432]],
  FM32: [9, [3, 42, 247]],
} as const;

const gate = (
  c: Circuit,
  x: Wire,
  lo: number,
  low: number,
  ranges: readonly (readonly [number, number])[],
): Wire[] =>
  c.emit(
    'between',
    [x],
    { lo, low, ranges },
    new Array(ranges.length + 1).fill({ shape: x.shape, kind: 'bit', secret: true }),
  );

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const [usual, costs] = COSTS[field];
  const check = (
    parties: number,
    n: number,
    lo: number,
    low: number,
    ranges: readonly (readonly [number, number])[],
  ) => {
    const step = 2n ** BigInt(low);
    const from = BigInt(lo);
    const next = random(n + k + low);
    const edges = Array.from({ length: 19 }, (_, i) => from + BigInt(i - 1) * step).flatMap((t) => [
      t,
      t - 1n,
      t + 1n,
    ]);
    const half = 2n ** BigInt(k - 2);
    edges.push(0n, 1n, -1n, half, -half, from + 16n * step + 2n ** BigInt(low + 4));
    const inside = (): bigint => from + (randomRaw(next, low + 5) - 2n ** BigInt(low + 2));
    const x = Array.from(
      { length: n },
      (_, i) => edges[i] ?? (i % 2 ? inside() : randomRaw(next, k - 2)),
    ).map((v) => BigInt.asIntN(k, v));
    const r = runCase({ field, parties, inputs: [raw(x)], build: (c, u) => gate(c, u!, lo, low, ranges) });
    const want = ranges.map(([a, b]) =>
      x.map((v) => BigInt(v >= from + BigInt(a) * step && v < from + BigInt(b) * step)),
    );
    want.push(x.map((v) => BigInt(v >= from + 16n * step)));
    r.raw.forEach((got, i) => {
      same(got, want[i]!, `${parties} parties, ${n} of ${low} low bits from ${lo}, range ${i}`);
    });
    return [r.rounds, r.bytes, r.dealerBytes];
  };

  test(`${field}: ranges of a window`, () => {
    for (const parties of [2, 3, 5])
      for (const n of parties === 2 ? LENGTHS : [257]) {
        const size = Math.ceil(n / 8);
        const [rounds, bits, dealt] = costs;
        assert.equal(
          check(parties, n, -(2 ** usual) * 9 - 5, usual, RANGES),
          [rounds, size * bits, size * dealt],
          `${n}`,
        );
      }
  });

  test(`${field}: windows of any width, anywhere`, () => {
    for (const low of [1, 3, 4, 5, 8, 13, 22, 37, 64].filter((l) => l < k - 8))
      for (const lo of [0, 3, -77, -(2 ** Math.min(low + 4, 50)) + 1, 2 ** Math.min(low, 50)])
        for (const ranges of [
          [[0, 1]],
          [[15, 16]],
          [[0, 16]],
          [[1, 15]],
          [
            [3, 11],
            [2, 9],
          ],
        ] as const)
          check(2, 300, lo, low, ranges);
  });
}

test('what it does not take', () => {
  assert.throws(
    () =>
      runCase({
        field: 'FM128',
        parties: 2,
        inputs: [raw([1n])],
        build: (c, u) => gate(c, u!, 0, 29, [...RANGES, [0, 1]]),
      }),
    /between takes 2 ranges at most, not 3/,
  );
  for (const low of [0, 65])
    assert.throws(
      () =>
        runCase({
          field: 'FM128',
          parties: 2,
          inputs: [raw([1n])],
          build: (c, u) => gate(c, u!, 0, low, RANGES),
        }),
      /between takes 1 to 64 low bits/,
    );
});

test.run();
