/** Many quotients by one number: normalised once, and right as any other quotient. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CostMode } from '../../src/ir/compile/plan.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { divideMany } from '../../src/numpy/elementwise.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

type Fn = (x: BaseArray, y: BaseArray) => BaseArray;

interface Options {
  readonly field?: FieldName;
  readonly fraction?: number;
  readonly costMode?: CostMode;
  readonly parties?: number;
}

const run = (fn: Fn, inputs: readonly NDArray[], { field = 'FM128', parties = 2, ...rest }: Options = {}) => {
  const { results, stats } = simulate(fn as never, [...inputs], {
    ring,
    field: FIELDS[field],
    parties,
    ...rest,
  });
  return { values: Array.from(results[0]!.data, Number), stats };
};

const divide: Fn = (x, y) => np.divide(x, y);
const COUNT = 40;
const row = (of: (i: number) => number): NDArray =>
  NDArray.from(Array.from({ length: COUNT }, (_, i) => of(i)));

/** Accuracy, and the largest quotient, by field. */
const FM = {
  FM32: { relative: 2 ** -4, largest: 25, by: [0.5, 3, -700, 5e4] },
  FM64: { relative: 2 ** -15, largest: 50, by: [1e-3, 3, -1e5, 1e7, 1e9] },
  FM128: { relative: 2 ** -20, largest: 105, by: [1e-3, 3, -1e5, 1e7, 1e9, 1e15, 1e20] },
} as const;

for (const [field, { relative, largest, by }] of Object.entries(FM))
  test(`${field}: x / y is right where one y divides many x`, () => {
    const name = field as FieldName;
    const { fraction } = FIELDS[name];
    const top = 2 ** (largest - fraction);
    for (const costMode of ['bandwidth', 'latency'] as const)
      for (const parties of [2, 3])
        for (const y of by) {
          const own = Math.round(y * 2 ** fraction) / 2 ** fraction;
          const size = Math.min(1e5, 2 ** (30 - fraction)) * Math.min(1, Math.abs(own));
          const x = row((i) => Math.round((i - COUNT / 2) * size) || 0);
          const { values } = run(divide, [x, NDArray.from([y])], { field: name, costMode, parties });
          values.forEach((got, i) => {
            const want = Math.max(-top, Math.min(Number(x.data[i]) / own, top));
            assert.ok(
              Math.abs(got - want) <= relative * Math.abs(want) + 1.5 * 2 ** -fraction,
              `${costMode}, ${parties} parties: ${x.data[i]} / ${own} is ${got}, not ${want}`,
            );
          });
        }
  });

test('x / 0 is the largest number, however often the 0 is repeated', () => {
  const fractions = { FM32: [8, 10], FM64: [12, 18, 20], FM128: [8, 26, 40] } as const;
  for (const [field, list] of Object.entries(fractions))
    for (const fraction of list)
      for (const costMode of ['bandwidth', 'latency'] as const) {
        const name = field as FieldName;
        const top = 2 ** (FM[name].largest - fraction);
        const x = row((i) => [3, 0, -3, 0.5][i % 4]!);
        for (const y of [NDArray.from([0]), row(() => 0)]) {
          const { values } = run(divide, [x, y], { field: name, fraction, costMode });
          values.forEach((got, i) => {
            assert.is(got, i % 4 === 2 ? -top : top, `${field}, ${fraction} bits, ${costMode}`);
          });
        }
      }
});

test('a divisor of many is normalised once', () => {
  const x = row((i) => i / 7 - 3);
  const many = run(divide, [x, NDArray.from([1.5])]).stats;
  const each = run(divide, [x, row(() => 1.5)]).stats;
  assert.ok(many.rounds <= 14 && many.rounds <= each.rounds);
  assert.ok(many.sent[0]![1]! < 0.65 * each.sent[0]![1]!, `${many.sent[0]![1]} of ${each.sent[0]![1]} bytes`);
  assert.ok(many.dealerBytes < 0.6 * each.dealerBytes);
  const promised: Fn = (u, v) => np.divide(np.within(u, -4, 4), np.within(v, 0.5, 1000));
  const few = run(promised, [x, NDArray.from([1.5])]).stats;
  assert.ok(
    few.rounds <= 7 && few.sent[0]![1]! <= 38 * COUNT,
    `${few.rounds} rounds, ${few.sent[0]![1]} bytes`,
  );
});

test('a pivot divides many by an inverse that has digits at any size', () => {
  for (const fraction of [8, 16, 26, 40])
    for (const costMode of ['bandwidth', 'latency'] as const)
      for (const parties of [2, 3])
        for (const size of [-6, -1, 0, 10, 20, 21, 23, 24, 30, 37, 39, 47, 53, 60, 69, 75, 85, 100]) {
          // Shares of a unit count where the divisor is small.
          if (size < 4 - fraction / 2 || size > 125 - fraction) continue;
          const y = -1.37 * 2 ** size;
          const own = Math.round(y * 2 ** fraction) / 2 ** fraction;
          const x = row((i) => Math.round((i - COUNT / 2) * y * 2 ** fraction * 0.37) / 2 ** fraction);
          if (Math.abs(20 * 0.37 * y) * 2 ** fraction >= 2 ** 126) continue;
          const fn: Fn = (u, v) => divideMany(u, v);
          const { values } = run(fn, [x, NDArray.from([y])], { fraction, costMode, parties });
          values.forEach((got, i) => {
            const want = Number(x.data[i]) / own;
            assert.ok(
              Math.abs(got - want) <= 2 ** -20 * Math.abs(want) + 3 * 2 ** -fraction,
              `${fraction} bits, ${costMode}, ${parties} parties: ${x.data[i]} / ${own} is ${got}, not ${want}`,
            );
          });
        }
});

test('rows by their sums and by their largest', () => {
  const x = NDArray.from(
    Array.from({ length: 4 }, (_, r) =>
      Array.from({ length: 16 }, (_v, i) => (16 * r + i + 1) * [0.01, 1, 30, 8e6][r]!),
    ),
  );
  const options = { axis: 1, keepdims: true };
  for (const of of [np.sum, np.max])
    for (const parties of [2, 3]) {
      const { values } = run((v) => np.divide(v, of(v, options)), [x], { parties });
      const by = of(x, options);
      values.forEach((got, i) => {
        const want = Number(x.data[i]) / Number((by as NDArray).data[Math.floor(i / 16)]);
        assert.ok(Math.abs(got - want) <= 2 ** -20 * want + 2 ** -25, `[${i}] is ${got}, not ${want}`);
      });
    }
});

test('factors and divisors that are known only when the program runs are as exact as they are small', () => {
  const cases = {
    FM128: [
      [1e20, 1e-18, 1e15],
      [-3e12, 7e-9, 1e12],
      [5e4, 1.37, 3],
      [1e15, -1e-12, -7e18],
    ],
    FM64: [
      [3e7, 1e-9, 1e7],
      [1e9, 3e-7, -2e8],
      [5e4, 1.37, 3],
    ],
    FM32: [
      [9e4, 1e-3, 3e4],
      [-100, 0.37, 7],
    ],
  } as const;
  for (const [field, rows] of Object.entries(cases))
    for (const costMode of ['bandwidth', 'latency'] as const) {
      const [x, p, y] = [0, 1, 2].map((i) => NDArray.from(rows.map((r) => r[i]!))) as [
        NDArray,
        NDArray,
        NDArray,
      ];
      // What is 0, and nobody knows it.
      const fn = (a: BaseArray, z: BaseArray): BaseArray[] => {
        const known = np.reveal(z);
        return [
          np.multiply(a, np.add(known, p)),
          np.divide(a, np.add(known, y)),
          np.multiply(a, np.add(np.reveal(np.sum(z)), p.at(0))),
        ];
      };
      const { results } = simulate(fn as never, [x, NDArray.from(rows.map(() => 0))], {
        ring,
        field: FIELDS[field as FieldName],
        parties: 2,
        costMode,
      });
      const { fraction } = FIELDS[field as FieldName];
      const wanted = [
        rows.map(([a, b]) => a * b),
        rows.map(([a, , d]) => a / d),
        rows.map(([a]) => a * rows[0]![1]),
      ];
      for (const [i, want] of wanted.entries())
        for (const [j, w] of want.entries()) {
          const off = Math.abs(Number(results[i]!.data[j]) - w);
          assert.ok(
            off <= Math.abs(w) * 2 ** -18 + 3 * 2 ** -fraction,
            `${field} ${costMode} ${i} ${j}: ${w}, off by ${off}`,
          );
        }
    }
});

test.run();
