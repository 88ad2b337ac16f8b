/** More of np.nn: by their definitions in the clear, on secrets, and their gradients; attention by its definition. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const X = Array.from({ length: 25 }, (_, i) => (i - 12) / 3);
const softplus = (x: number): number => Math.log1p(Math.exp(x));

const CASES: readonly (readonly [string, (x: BaseArray) => BaseArray, (x: number) => number])[] = [
  ['celu', (x) => np.nn.celu(x, 1.5), (x) => Math.max(x, 0) + Math.min(0, 1.5 * Math.expm1(x / 1.5))],
  ['selu', np.nn.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ['mish', np.nn.mish, (x) => x * Math.tanh(softplus(x))],
  ['hardSilu', np.nn.hardSilu, (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6],
  ['squareplus', np.nn.squareplus, (x) => (x + Math.sqrt(x * x + 4)) / 2],
  ['sparsePlus', np.nn.sparsePlus, (x) => (x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4)],
  ['sparseSigmoid', np.nn.sparseSigmoid, (x) => (Math.min(1, Math.max(-1, x)) + 1) / 2],
  ['identity', np.nn.identity, (x) => x],
];
for (const [name, fn, reference] of CASES)
  test(name, () => {
    const got = value(fn, X) as number[];
    for (const [i, x] of X.entries()) assert.ok(Math.abs(got[i]! - reference(x)) < 1e-9, `${name}(${x})`);
    secretly(fn, [X]);
  });

test('log1mexp, logmeanexp, standardize', () => {
  const positive = [0.05, 0.3, 1, 4, 9];
  const got = value((x) => np.nn.log1mexp(x), positive) as number[];
  for (const [i, x] of positive.entries()) assert.ok(Math.abs(got[i]! - Math.log(-Math.expm1(-x))) < 1e-9);
  secretly((x) => np.nn.log1mexp(x), [positive], { FM128: 2 ** -16, FM64: 2 ** -7 });
  const rows = [
    [1, 2, 4],
    [-3, 0, 0.5],
  ];
  const means = value((x) => np.nn.logmeanexp(x, 1), rows) as number[];
  for (const [i, row] of rows.entries())
    assert.ok(Math.abs(means[i]! - Math.log(row.reduce((a, x) => a + Math.exp(x), 0) / 3)) < 1e-9);
  secretly((x) => np.nn.logmeanexp(x, 1), [rows]);
  const scaled = value((x) => np.nn.standardize(x, { epsilon: 0 }), rows) as number[][];
  for (const row of scaled) {
    assert.ok(Math.abs(row.reduce((a, b) => a + b, 0)) < 1e-9);
    assert.ok(Math.abs(row.reduce((a, b) => a + b * b, 0) - 3) < 1e-9);
  }
  secretly((x) => np.nn.standardize(x), [rows]);
});

test('attention: heads, masks, causal, by its definition', () => {
  const [batch, places, heads, size] = [2, 3, 2, 4];
  const shape = [batch, places, heads, size];
  const numbers = (seed: number): NDArray => np.random.normal(np.random.PRNGKey(seed), shape) as NDArray;
  const [q, k, v] = [numbers(1), numbers(2), numbers(3)];
  const mask = np.array([
    [true, false, true],
    [true, true, true],
    [false, true, true],
  ]) as NDArray;
  const at = (x: NDArray, b: number, p: number, h: number, i: number): number =>
    Number(x.data[((b * places + p) * heads + h) * size + i]);
  const seen = {
    none: () => true,
    causal: (i: number, j: number) => j <= i,
    mask: (i: number, j: number) => mask.data[i * 3 + j] === 1,
  };
  for (const [kind, sees] of Object.entries(seen)) {
    const options = kind === 'causal' ? { isCausal: true } : kind === 'mask' ? { mask } : {};
    const fn = (a: BaseArray, b: BaseArray, c: BaseArray) => np.nn.dotProductAttention(a, b, c, options);
    const got = fn(q, k, v) as NDArray;
    assert.equal([...got.shape], shape);
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < places; i++) {
          const scores = [0, 1, 2].map((j) => {
            const dot = [0, 1, 2, 3].reduce((s, d) => s + at(q, b, i, h, d) * at(k, b, j, h, d), 0) / 2;
            return sees(i, j) ? Math.exp(dot) : 0;
          });
          const total = scores.reduce((x, y) => x + y, 0);
          for (let d = 0; d < size; d++) {
            const want = scores.reduce((s, w, j) => s + (w / total) * at(v, b, j, h, d), 0);
            assert.ok(Math.abs(at(got, b, i, h, d) - want) < 1e-9, kind);
          }
        }
    secretly(fn, [q, k, v], { parties: [2] });
  }
  throws(() => np.nn.dotProductAttention(q, numbers(1).reshape([2, 3, 4, 2]), v), 'SHAPE', '');
});

test.run();
