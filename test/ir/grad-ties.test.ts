/** @file Gradients where two ways meet: ties are shared evenly, and ends have the slopes that JAX gives them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

type Loss = (...xs: BaseArray[]) => BaseArray;
/** JAX 0.10 in float64: jax.grad by every argument. */
type Row = readonly [
  name: string,
  loss: Loss,
  inputs: readonly (readonly number[])[],
  want: readonly number[],
];

const weighed = (x: BaseArray): BaseArray => np.sum(np.multiply(x, np.add(np.arange(x.size), 1)));
const slopesOf =
  (f: (x: BaseArray) => BaseArray): Loss =>
  (x) =>
    np.sum(f(x));
const AT = [-3, -1, 0, 1, 3, 6];
const third = 1 / 3;

const ROWS: readonly Row[] = [
  [
    'maximum',
    (x, y) => np.sum(np.maximum(x, y)),
    [
      [2, 1, 3],
      [2, 5, 1],
    ],
    [0.5, 0, 1, 0.5, 1, 0],
  ],
  [
    'minimum',
    (x, y) => np.sum(np.minimum(x, y)),
    [
      [2, 1, 3],
      [2, 5, 1],
    ],
    [0.5, 1, 0, 0.5, 0, 1],
  ],
  ['maximum with 0', (x) => np.sum(np.maximum(x, 0)), [[0, -1, 1]], [0.5, 0, 1]],
  ['max', (x) => np.max(x), [[1, 3, 3, 2, 3]], [0, third, third, 0, third]],
  ['min', (x) => np.min(x), [[1, 3, 1, 2, 3]], [0.5, 0, 0.5, 0, 0]],
  ['max of one', (x) => np.max(x), [[7]], [1]],
  [
    'max of rows',
    (x) => weighed(np.max(np.reshape(x, [2, 3]), 1)),
    [[4, 4, 4, 1, 0, 1]],
    [third, third, third, 1, 0, 1],
  ],
  ['max of both axes', (x) => np.max(np.reshape(x, [2, 2])), [[5, 1, 5, 2]], [0.5, 0, 0.5, 0]],
  ['ptp', (x) => np.ptp(x), [[1, 3, 3, 1]], [-0.5, 0.5, 0.5, -0.5]],
  ['norm inf', (x) => np.linalg.norm(x, Number.POSITIVE_INFINITY), [[2, -2]], [0.5, -0.5]],
  ['sort', (x) => weighed(np.sort(x)), [[2, 1, 2, 1]], [3, 1, 4, 2]],
  ['topK', (x) => weighed(np.topK(x, 2)[0]), [[2, 1, 2, 2]], [1, 0, 2, 0]],
  ['median', (x) => np.median(x), [[2, 1, 2, 2]], [0.5, 0, 0.5, 0]],
  ['cummax', (x) => np.sum(np.multiply(np.cummax(x), [1, 2, 4])), [[2, 2, 1]], [4, 3, 0]],
  ['clip', (x) => np.sum(np.clip(x, -1, 1)), [[-2, -1, 0, 1, 2]], [0, 0.5, 1, 0.5, 0]],
  ['clip below', (x) => np.sum(np.clip(x, -1)), [[-2, -1, 0]], [0, 0.5, 1]],
  ['abs', (x) => np.sum(np.abs(x)), [[-1, 0, 1]], [-1, 1, 1]],
  ['relu', slopesOf(np.nn.relu), [AT], [0, 0, 0, 1, 1, 1]],
  ['relu6', slopesOf(np.nn.relu6), [AT], [0, 0, 0, 1, 1, 0]],
  ['leakyRelu', slopesOf(np.nn.leakyRelu), [AT], [0.01, 0.01, 1, 1, 1, 1]],
  ['elu', slopesOf((x) => np.nn.elu(x, 2)), [[-1, 0, 1]], [0.7357588823428847, 2, 1]],
  ['celu', slopesOf((x) => np.nn.celu(x, 2)), [[-1, 0, 1]], [0.6065306597126334, 1, 1]],
  ['hardTanh', slopesOf(np.nn.hardTanh), [AT], [0, 1, 1, 1, 0, 0]],
  ['hardSigmoid', slopesOf(np.nn.hardSigmoid), [AT], [0, 1 / 6, 1 / 6, 1 / 6, 0, 0]],
  ['hardSilu', slopesOf(np.nn.hardSilu), [AT], [0, 1 / 6, 0.5, 5 / 6, 1, 1]],
  ['sparsePlus', slopesOf(np.nn.sparsePlus), [AT], [0, 0, 0.5, 1, 1, 1]],
  ['sparseSigmoid', slopesOf(np.nn.sparseSigmoid), [AT], [0, 0.25, 0.5, 0.25, 0, 0]],
  [
    'maxPool',
    (x) => np.sum(np.nn.maxPool(np.reshape(x, [1, 1, 2, 4]), 2)),
    [[1, 1, 0, 3, 1, 1, 2, 0]],
    [0.25, 0.25, 0, 1, 0.25, 0.25, 0, 0],
  ],
];

const near = (name: string, got: readonly NDArray[], want: readonly number[], tol: number): void => {
  const all = got.flatMap((g) => Array.from(g.data, Number));
  assert.is(all.length, want.length, name);
  for (const [i, v] of all.entries())
    assert.ok(Math.abs(v - want[i]!) <= tol, `${name}[${i}]: ${v}, not ${want[i]}`);
};

for (const [name, loss, inputs, want] of ROWS)
  test(name, () => {
    const arrays = inputs.map((x) => NDArray.from([...x]));
    const grads = (...xs: BaseArray[]): BaseArray[] =>
      np.grad<BaseArray[]>(loss, { argnums: xs.map((_, i) => i) })(...xs);
    near(name, grads(...arrays) as NDArray[], want, 1e-7);
    for (const [field, parties, costMode] of [
      ['FM128', 2, 'bandwidth'],
      ['FM128', 2, 'latency'],
      ['FM64', 3, 'bandwidth'],
    ] as const) {
      const { results } = simulate(grads as never, arrays, { ring, field: FIELDS[field], parties, costMode });
      near(`${name}, ${field}, ${costMode}`, results, want, field === 'FM64' ? 2 ** -10 : 2 ** -18);
    }
  });

test.run();
