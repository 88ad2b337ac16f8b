/** trunc_allow_msb_error: fewer rounds at FM64 and FM32, results as accurate as without, and wrong ones as rare as is said. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wrongRate } from '../../bench/lib/rates.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { LONG } from '../long.ts';

const N = 4000;
const spread = (from: number, to: number, f: FieldName): Tensor => ({
  shape: [N],
  dtype: 'fxp',
  data: Float64Array.from({ length: N }, (_, i) => {
    const x = from + (to - from) * ((i * 0.6180339887498949) % 1);
    return Math.round(x * 2 ** FIELDS[f].fraction) / 2 ** FIELDS[f].fraction;
  }),
});

type Fn = (...xs: NDArray[]) => NDArray;
const FUNCTIONS: Readonly<Record<string, readonly [Fn, ...(readonly [number, number])[]]>> = {
  multiply: [(x, y) => np.multiply(x!, y!) as NDArray, [-4, 4], [-4, 4]],
  divide: [(x, y) => np.divide(x!, y!) as NDArray, [-4, 4], [0.5, 4]],
  reciprocal: [(x) => np.reciprocal(x!) as NDArray, [0.25, 4]],
  sqrt: [(x) => np.sqrt(x!) as NDArray, [0.1, 8]],
  log: [(x) => np.log(x!) as NDArray, [0.1, 8]],
  exp: [(x) => np.exp(x!) as NDArray, [-4, 3]],
  sigmoid: [(x) => np.sigmoid(x!) as NDArray, [-8, 8]],
  tanh: [(x) => np.tanh(x!) as NDArray, [-8, 8]],
  erf: [(x) => np.nn.gelu(x!) as NDArray, [-6, 6]],
  sin: [(x) => np.sin(x!) as NDArray, [-4, 4]],
};

/** Parties and cost modes: the first at FM32, the others at FM64, all of them at both in a long run. */
const SETTINGS = [
  [2, 'bandwidth'],
  [2, 'latency'],
  [3, 'bandwidth'],
] as const;

/** Farther off than any error. */
const WRONG = 0.5;

for (const [name, [fn, ...ranges]] of Object.entries(FUNCTIONS))
  test(`${name}: as accurate as without`, () => {
    for (const name of ['FM64', 'FM32'] as const) {
      const field = FIELDS[name];
      const inputs = ranges.map(([from, to]) => spread(from, to, name));
      const want = fn(...inputs.map((t) => NDArray.from(t)));
      for (const [parties, costMode] of SETTINGS.filter((_, i) => LONG || i > 0 === (name === 'FM64'))) {
        const run = (truncAllowMsbError: boolean) => {
          const { results, stats } = simulate(fn as never, inputs, {
            ring,
            field,
            parties,
            costMode,
            truncAllowMsbError,
          });
          const errors = [...results[0]!.data].map((v, i) => Math.abs(Number(v) - Number(want.data[i])));
          const rest = errors.filter((e) => e < WRONG);
          return { most: Math.max(...rest), wrong: errors.length - rest.length, rounds: stats.rounds };
        };
        const [exact, free] = [run(false), run(true)];
        const what = `${field.name}, ${parties} parties, ${costMode}`;
        assert.is(exact.wrong, 0, what);
        assert.ok(free.rounds <= exact.rounds, what);
        const unit = 2 ** -field.fraction;
        assert.ok(
          free.most <= (field.bits === 32 ? 2 : 1.3) * exact.most + 2 * unit,
          `${what}: off by ${free.most}, else by ${exact.most}`,
        );
        const rate = wrongRate(ring, field, fn as never, inputs, parties);
        assert.ok(
          free.wrong <= 10 + 4 * rate * N,
          `${what}: ${free.wrong} of ${N} wrong, at a rate of ${rate}`,
        );
      }
    }
  });

test('products are wrong as often as is said, and no oftener', () => {
  const field = FIELDS.FM64;
  const big = (seed: number): Tensor => ({
    shape: [N],
    dtype: 'fxp',
    data: new Float64Array(N).fill(3000 + seed),
  });
  const inputs = [big(0), big(1)];
  const fn: Fn = (x, y) => np.multiply(x!, y!) as NDArray;
  const rate = wrongRate(ring, field, fn as never, inputs, 2);
  // |x y| 2^(2 * 18 - 64)
  assert.ok(Math.abs(rate / (9.003e6 * 2 ** -28) - 1) < 0.01, `${rate}`);
  const { results } = simulate(fn as never, inputs, { ring, field, parties: 2, truncAllowMsbError: true });
  const wrong = [...results[0]!.data].filter((v) => Math.abs(Number(v) - 9.003e6) > 1).length;
  assert.ok(
    wrong > 0.5 * rate * N && wrong < 2 * rate * N,
    `${wrong} of ${N}, where ${rate * N} are expected`,
  );
});

test('at FM128 products are wrong by chance near the end of the ring, and not where the exact form is asked for', () => {
  const field = FIELDS.FM128;
  const inputs: Tensor[] = [{ shape: [N], dtype: 'fxp', data: new Float64Array(N).fill(1.5 * 2 ** 35) }];
  for (const [name, fn, want] of [
    ['a square', (x: NDArray) => np.square(x), 2.25 * 2 ** 70],
    ['a third', (x: NDArray) => np.multiply(np.multiply(x, 2 ** 62), 1 / 3), 2 ** 96],
    [
      'a sum of products',
      (x: NDArray) => np.matmul(np.reshape(x, [N / 2, 2]), np.array([[0.5], [0.25]])),
      1.125 * 2 ** 35,
    ],
  ] as const) {
    const wrong = (options: { readonly truncAllowMsbError?: boolean }): number => {
      const { results } = simulate(fn as never, inputs, { ring, field, parties: 2, ...options });
      return [...results[0]!.data].filter((v) => Math.abs(Number(v) / want - 1) > 1e-4).length;
    };
    assert.is(wrong({ truncAllowMsbError: false }), 0, name);
    if (name !== 'a sum of products') assert.ok(wrong({}) > 0, name);
  }
});

test.run();
