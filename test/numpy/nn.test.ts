/** @file np.nn: activations and losses against plain JavaScript, convolution and pooling by their definition, on secrets too. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { erf } from '../../src/ring/math/index.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const { nn } = np;
const XS = [-9, -3.2, -1, -0.5, -0.01, 0, 0.01, 0.5, 1, 3.2, 7];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const ACTIVATIONS: readonly (readonly [string, (x: BaseArray) => BaseArray, (x: number) => number])[] = [
  ['relu', nn.relu, (x) => Math.max(x, 0)],
  ['relu6', nn.relu6, (x) => Math.min(Math.max(x, 0), 6)],
  ['leakyRelu', (x) => nn.leakyRelu(x, 0.125), (x) => (x < 0 ? 0.125 * x : x)],
  ['elu', nn.elu, (x) => (x < 0 ? Math.expm1(x) : x)],
  ['silu', nn.silu, (x) => x * sigmoid(x)],
  ['gelu', (x) => nn.gelu(x, false), (x) => 0.5 * x * (1 + erf(x / Math.SQRT2))],
  [
    'gelu by tanh',
    nn.gelu,
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  ['softplus', nn.softplus, (x) => Math.log1p(Math.exp(x))],
  ['logSigmoid', nn.logSigmoid, (x) => -Math.log1p(Math.exp(-x))],
  ['hardTanh', nn.hardTanh, (x) => Math.min(Math.max(x, -1), 1)],
  ['hardSigmoid', nn.hardSigmoid, (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  ['softSign', nn.softSign, (x) => x / (1 + Math.abs(x))],
];

for (const [name, fn, reference] of ACTIVATIONS)
  test(name, () => {
    const got = value(fn, XS) as number[];
    for (const [i, x] of XS.entries())
      assert.ok(Math.abs(got[i]! - reference(x)) < 1e-12, `${name}(${x}) = ${got[i]}`);
    secretly(fn, [XS]);
    secretly((x) => np.grad((v: BaseArray) => np.sum(fn(v)))(x), [XS.filter((x) => x !== 0)], {
      parties: [2],
    });
  });

const ROWS = [
  [1, 2, 3, -4],
  [0.5, 0.5, 20, -20],
  [-3, 5, 0, 1],
];
const softmax = (row: readonly number[]): number[] => {
  const total = row.reduce((s, x) => s + Math.exp(x - Math.max(...row)), 0);
  return row.map((x) => Math.exp(x - Math.max(...row)) / total);
};
const close = (got: unknown, want: readonly (readonly number[])[]): void =>
  want.forEach((row, i) => {
    row.forEach((w, j) => {
      assert.ok(Math.abs((got as number[][])[i]![j]! - w) < 1e-12, `[${i}][${j}]`);
    });
  });

test('softmax, logSoftmax, logsumexp', () => {
  close(
    value((x) => nn.softmax(x), ROWS),
    ROWS.map(softmax),
  );
  close(
    value((x) => nn.softmax(x, 0), np.transpose(ROWS)),
    np.transpose(ROWS.map(softmax)).toArray() as number[][],
  );
  close(
    value((x) => nn.logSoftmax(x), ROWS),
    ROWS.map((r) => softmax(r).map(Math.log)),
  );
  const sums = ROWS.map((r) => Math.log(r.reduce((s, x) => s + Math.exp(x), 0)));
  close([value((x) => nn.logsumexp(x, 1), ROWS)], [sums]);
  assert.equal(nn.logsumexp(ROWS, { axis: 1, keepdims: true }).shape, [3, 1]);
  assert.equal(nn.logsumexp(ROWS).shape, []);
  secretly((x) => [nn.softmax(x), nn.logSoftmax(x), nn.logsumexp(x, 1)], [ROWS]);
});

test('losses from logits, and their gradients, which hold no inverse', () => {
  const labels = [1, 0, 1];
  const logits = [2, -1, -30];
  const bce = value((x) => nn.sigmoidCrossEntropy(x, labels), logits) as number[];
  [Math.log1p(Math.exp(-2)), Math.log1p(Math.exp(-1)), 30].forEach((w, i) => {
    assert.ok(Math.abs(bce[i]! - w) < 1e-9);
  });
  const slope = (x: BaseArray): BaseArray =>
    np.grad((v: BaseArray) => np.sum(nn.sigmoidCrossEntropy(v, labels)))(x);
  close([value(slope, logits)], [logits.map((x, i) => sigmoid(x) - labels[i]!)]);
  const stats = secretly(slope, [logits], { fields: ['FM128'], parties: [2] });
  // The secret 1, and one sigmoid.
  assert.ok(stats.rounds <= 6, `${stats.rounds} rounds`);
  const ce = value(
    (x) => nn.softmaxCrossEntropyWithIntegerLabels(x, np.array([2, 2, 1], 'int64')),
    ROWS,
  ) as number[];
  [2, 2, 1].forEach((label, i) => {
    assert.ok(Math.abs(ce[i]! + Math.log(softmax(ROWS[i]!)[label]!)) < 1e-12);
  });
  const toLogits = np.grad((v: BaseArray) => np.sum(nn.softmaxCrossEntropy(v, nn.oneHot([2, 2, 1], 4))));
  close(
    toLogits(ROWS.map((r) => np.array(r)) && np.array(ROWS)).toArray(),
    ROWS.map((r, i) => softmax(r).map((p, j) => p - Number(j === [2, 2, 1][i]))),
  );
  secretly((x) => toLogits(x), [ROWS]);
});

test('layerNorm and glu', () => {
  const normal = ROWS.map((r) => {
    const m = r.reduce((a, b) => a + b) / 4;
    const v = r.reduce((a, b) => a + (b - m) ** 2, 0) / 4;
    return r.map((x, j) => ((x - m) / Math.sqrt(v + 1e-5)) * (j + 1) + 0.5);
  });
  const norm = (x: BaseArray): BaseArray => nn.layerNorm(x, [1, 2, 3, 4], 0.5);
  close(value(norm, ROWS), normal);
  close(
    nn.layerNorm(ROWS).toArray(),
    normal.map((r) => r.map((x, j) => (x - 0.5) / (j + 1))),
  );
  close(
    value((x) => nn.glu(x), ROWS),
    ROWS.map((r) => [r[0]! * sigmoid(r[2]!), r[1]! * sigmoid(r[3]!)]),
  );
  throws(() => nn.glu([1, 2, 3]), 'SHAPE', 'odd');
  secretly((x) => [norm(x), nn.glu(x)], [ROWS]);
});

/** 2-d convolution by its definition. */
const byLoops = (
  x: NDArray,
  k: NDArray,
  stride: number[],
  pads: number[][],
  dilation: number[],
  groups: number,
): { shape: number[]; data: number[] } => {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [o, inner, kh, kw] = k.shape as [number, number, number, number];
  const size = (m: number, win: number, a: number): number =>
    Math.floor((m + pads[a]![0]! + pads[a]![1]! - (win - 1) * dilation[a]! - 1) / stride[a]!) + 1;
  const [oh, ow] = [size(h, kh, 0), size(w, kw, 1)];
  const data: number[] = [];
  for (let b = 0; b < n; b++)
    for (let f = 0; f < o; f++)
      for (let i = 0; i < oh; i++)
        for (let j = 0; j < ow; j++) {
          let sum = 0;
          for (let ci = 0; ci < inner; ci++)
            for (let p = 0; p < kh; p++)
              for (let q = 0; q < kw; q++) {
                const [y, z] = [
                  i * stride[0]! + p * dilation[0]! - pads[0]![0]!,
                  j * stride[1]! + q * dilation[1]! - pads[1]![0]!,
                ];
                if (y < 0 || z < 0 || y >= h || z >= w) continue;
                const channel = Math.floor(f / (o / groups)) * inner + ci;
                sum +=
                  Number(x.data[((b * c + channel) * h + y) * w + z]) *
                  Number(k.data[((f * inner + ci) * kh + p) * kw + q]);
              }
          data.push(sum);
        }
  return { shape: [n, o, oh, ow], data };
};

const counted = (shape: number[], by: number): NDArray =>
  np
    .arange(shape.reduce((a, b) => a * b, 1))
    .mul(by)
    .sub(3)
    .reshape(shape) as NDArray;

test('conv2d: random shapes, strides, paddings, dilations, groups', () => {
  const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  fc.assert(
    fc.property(
      pair(1, 2),
      pair(4, 6),
      pair(1, 3),
      pair(1, 2),
      pair(1, 2),
      pair(0, 2),
      fc.constantFrom(1, 2),
      (nk, space, window, stride, dilation, lo, groups) => {
        fc.pre(space.every((s, i) => s + lo[i]! >= (window[i]! - 1) * dilation[i]! + 1));
        const x = counted([nk[0], 2 * groups, ...space], 0.25);
        const k = counted([groups * nk[1], 2, ...window], 0.5);
        const pads = lo.map((l) => [l, 0] as [number, number]);
        const got = nn.conv2d(x, k, { stride, padding: pads, dilation, groups }) as NDArray;
        const want = byLoops(x, k, stride, pads, dilation, groups);
        assert.equal([got.shape, [...(got.data as Float64Array)]], [want.shape, want.data]);
      },
    ),
  );
});

test('conv1d, SAME, errors', () => {
  const x = [[[1, 2, 3, 4, 5]]];
  assert.equal(
    value((v) => nn.conv1d(v, [[[1, 0, -1]]]), x),
    [[[-2, -2, -2]]],
  );
  assert.equal(nn.conv1d(x, [[[1, 1, 1]]], { padding: 'SAME' }).toArray(), [[[3, 6, 9, 12, 9]]]);
  assert.equal(nn.conv1d(x, [[[1, 1]]], { padding: 'SAME', stride: 2 }).toArray(), [[[3, 7, 5]]]);
  throws(() => nn.conv1d(x, [[[1], [1]]]), 'SHAPE', '[n, channels, ..]');
  throws(() => nn.conv2d(x, x), 'SHAPE', '4 axes');
  throws(() => nn.conv1d(x, [[[1, 1, 1, 1, 1, 1]]]), 'SHAPE', 'does not fit');
  throws(() => nn.conv1d(x, [[[1]]], { stride: 0 }), 'INVALID_ARGUMENT', 'stride');
});

test('pooling', () => {
  const x = [
    [
      [
        [1, -2, 3],
        [4, 5, -6],
        [-7, -8, -9],
      ],
    ],
  ];
  assert.equal(
    value((v) => nn.maxPool(v, 2, { stride: 1 }), x),
    [
      [
        [
          [5, 5],
          [5, 5],
        ],
      ],
    ],
  );
  assert.equal(nn.maxPool(x, 2, { padding: 'SAME' }).toArray(), [
    [
      [
        [5, 3],
        [-7, -9],
      ],
    ],
  ]);
  assert.equal(nn.maxPool([[[-1, -2, -3]]], 3, { padding: [[2, 2]], stride: 1 }).toArray(), [
    [[-1, -1, -1, -2, -3]],
  ]);
  assert.equal(
    value((v) => nn.avgPool(v, [2, 1], { stride: 1 }), x),
    [
      [
        [
          [2.5, 1.5, -1.5],
          [-1.5, -1.5, -7.5],
        ],
      ],
    ],
  );
  assert.equal(nn.avgPool(x, 2, { padding: 'SAME' }).toArray(), [
    [
      [
        [2, -0.75],
        [-3.75, -2.25],
      ],
    ],
  ]);
  throws(() => nn.maxPool([1, 2], 2), 'SHAPE', 'pooling');
});

test('convolution and pooling of secrets: the bytes are those of the output, gradients agree', () => {
  const x = counted([1, 2, 5, 5], 0.125);
  const k = counted([3, 2, 3, 3], 0.0625);
  const options = { padding: 'SAME', stride: 2 } as const;
  const stats = secretly((a, b) => nn.conv2d(a, b, options), [x, k], { fields: ['FM128'] });
  assert.equal([stats.rounds, stats.sent[0]![1]], [2, 16 * (50 + 54 + 27)]);
  secretly((a) => [nn.maxPool(a, 2), nn.avgPool(a, 2)], [x]);
  const loss = (a: BaseArray, b: BaseArray): BaseArray =>
    np.sum(nn.maxPool(nn.relu(nn.conv2d(a, b, options)), 2).square()).mul(2 ** -6);
  secretly((a, b) => np.grad(loss, [0, 1])(a, b), [x, k], { FM64: 2 ** -8, parties: [2] });
});

test.run();
