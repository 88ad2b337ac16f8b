/** e^x of any x: dense over the whole range and beyond it, at many fraction bits, by tables and by keys, among two and three parties. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rangeOfExp } from '../../src/fixed/exp.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const FRACTIONS = { FM128: [8, 18, 26, 40, 48], FM64: [8, 18, 30], FM32: [8, 12] } as const;
const GOAL = { FM128: 2 ** -20, FM64: 2 ** -13, FM32: 2 ** -6 } as const;
const WAYS = [
  [2, 'bandwidth'],
  [3, 'bandwidth'],
  [2, 'latency'],
] as const;

const run = (
  fn: (x: np.BaseArray) => unknown,
  x: readonly number[],
  field: FieldName,
  fraction: number,
  [parties, costMode]: (typeof WAYS)[number],
): number[] => {
  const given = { ring, field: FIELDS[field], parties, costMode, fraction };
  const { results } = simulate(fn as never, [np.array(x) as np.NDArray], given);
  return Array.from(results[0]!.data, Number);
};

for (const field of ['FM128', 'FM64', 'FM32'] as const) {
  for (const fraction of FRACTIONS[field]) {
    test(`${field}, ${fraction} fraction bits: e^x of any x`, () => {
      const unit = 2 ** -fraction;
      const { near, lo, hi, largest } = rangeOfExp({ field: FIELDS[field], fraction });
      const end = 2 ** (FIELDS[field].bits - 2 - fraction);
      const dense = Array.from({ length: 400 }, (_, i) => -48 + (i * (hi + 60)) / 399);
      const turns = [lo, near, hi].flatMap((t) => [t - unit, t, t + unit]);
      const far = [1e2, 1e3, 1e5, 1e9, end].flatMap((v) => [v, -v]).filter((v) => Math.abs(v) <= end);
      const x = [...dense, ...turns, ...far].map((v) => Math.round(v / unit) * unit);
      for (const way of WAYS) {
        run((a) => np.exp(a), x, field, fraction, way).forEach((got, i) => {
          const want = Math.min(Math.exp(x[i]!), largest);
          const allowed = 1.5 * unit + want * GOAL[field];
          assert.ok(Math.abs(got - want) <= allowed, `${way}: exp(${x[i]}) = ${got}, not ${want}`);
          if (x[i]! >= hi + unit) assert.is(got, largest);
        });
      }
    });
  }
}

test('what is made of it: any size', () => {
  const x = [-1e9, -80, -51.5, -30, -20.5, -2, -0.125, 0, 0.125, 2, 15, 25, 50, 51.5, 80, 1e9];
  const top = 2 ** 74;
  const held = (v: number): number => Math.max(-top, Math.min(top, v));
  const rows: readonly [string, (a: np.BaseArray) => unknown, (v: number) => number][] = [
    ['sinh', np.sinh, (v) => held(Math.sinh(v))],
    ['cosh', np.cosh, (v) => held(Math.cosh(v))],
    ['expm1', np.expm1, (v) => held(Math.expm1(v))],
    ['exp2', np.exp2, (v) => held(2 ** v)],
    ['elu', (a) => np.nn.elu(a), (v) => (v < 0 ? Math.expm1(v) : v)],
    [
      'softmax',
      (a) => np.nn.softmax(np.stack([a, np.multiply(a, 0)], 1)).slice(':', 0),
      (v) => 1 / (1 + Math.exp(-v)),
    ],
    [
      'logsumexp',
      (a) => np.nn.logsumexp(np.stack([a, np.multiply(a, 0)], 1), -1),
      (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
    ],
  ];
  for (const way of WAYS) {
    for (const [name, fn, of] of rows) {
      run(fn, x, 'FM128', 26, way).forEach((got, i) => {
        const want = of(x[i]!);
        const allowed = 2 ** -19 * Math.max(1, Math.abs(want));
        assert.ok(Math.abs(got - want) <= allowed, `${way}: ${name}(${x[i]}) = ${got}, not ${want}`);
      });
    }
  }
});

test('where the cost mode is chosen: on fast links and slow ones', () => {
  const x = [-1e9, -3, 0, 2.5, 30, 1e9];
  const given = { ring, field: FIELDS.FM128, parties: 2, costMode: 'auto' } as const;
  for (const rttMs of [0.1, 40, 400]) {
    const link = { rttMs, bandwidth: 1e8 };
    const { results, stats } = simulate(np.exp as never, [np.array(x) as np.NDArray], { ...given, link });
    Array.from(results[0]!.data, Number).forEach((got, i) => {
      const want = Math.min(Math.exp(x[i]!), 2 ** 74);
      assert.ok(Math.abs(got - want) <= 2 ** -25 + want * GOAL.FM128, `${rttMs} ms: ${got}, not ${want}`);
    });
    assert.is(stats.rounds, rttMs < 1 ? 5 : 2);
  }
});

test('a promise that x is small is one opening, and no more than before', () => {
  const x = Array.from({ length: 1000 }, (_, i) => -20 + i / 25);
  const cost = (lo: number, hi: number) => {
    const fn = (a: np.BaseArray): unknown => np.exp(np.within(a, lo, hi));
    const given = { ring, field: FIELDS.FM128, parties: 2 };
    const { stats } = simulate(fn as never, [np.array(x) as np.NDArray], given);
    return [stats.rounds, stats.sent[0]![1]!, stats.dealerBytes];
  };
  assert.equal(cost(-20, 21), [1, 16_000, 272_000]);
  assert.equal(cost(-50, 21), [5, 40_875, 394_000]);
});

test.run();
