/** @file Products of matrices and convolutions. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { spaced } from '../../spacing.ts';
import type { Operation } from '../module.ts';
import { input, np, number, numbers, type Rule, type Rules, range, resultOf, unsupported } from './rule.ts';

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);
const sizes = (x: BaseArray, axes: readonly number[]): number[] =>
  axes.map((axis) => x.shape[axis] as number);

/** Batching axes first, then the rest, then those that are summed: one matmul. */
const dotGeneral: Rule = (op, inputs) => {
  const [x, y] = [input(inputs, 0, op), input(inputs, 1, op)];
  const [batchX, batchY, sumX, sumY] = [
    'lhs_batching_dimensions',
    'rhs_batching_dimensions',
    'lhs_contracting_dimensions',
    'rhs_contracting_dimensions',
  ].map((name) => numbers(op, name, [])) as [
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const freeOf = (z: BaseArray, ...used: readonly (readonly number[])[]): number[] =>
    range(z.ndim).filter((axis) => !used.flat().includes(axis));
  const [freeX, freeY] = [freeOf(x, batchX, sumX), freeOf(y, batchY, sumY)];
  const batch = sizes(x, batchX);
  const inner = product(sizes(x, sumX));
  const a = np.reshape(np.transpose(x, [...batchX, ...freeX, ...sumX]), [
    ...batch,
    product(sizes(x, freeX)),
    inner,
  ]);
  const b = np.reshape(np.transpose(y, [...batchY, ...sumY, ...freeY]), [
    ...batch,
    inner,
    product(sizes(y, freeY)),
  ]);
  return np.reshape(np.matmul(a, b), [...batch, ...sizes(x, freeX), ...sizes(y, freeY)]);
};

/** A list of pairs, from a matrix or from a list. */
const pairs = (op: Operation, name: string, n: number): [number, number][] => {
  const flat = numbers(op, name, new Array<number>(2 * n).fill(0));
  return range(n).map((i) => [flat[2 * i] as number, flat[2 * i + 1] as number]);
};

/** Any layout is brought to [batch, features, ..] and [out, in, ..], and the result to where it belongs. */
const convolution: Rule = (op, inputs) => {
  const spatial = numbers(op, 'input_spatial_dimensions');
  const kernelSpatial = numbers(op, 'kernel_spatial_dimensions');
  const outSpatial = numbers(op, 'output_spatial_dimensions');
  const n = spatial.length;
  const ones = new Array<number>(n).fill(1);
  let x = np.transpose(input(inputs, 0, op), [
    number(op, 'input_batch_dimension'),
    number(op, 'input_feature_dimension'),
    ...spatial,
  ]);
  let kernel = np.transpose(input(inputs, 1, op), [
    number(op, 'kernel_output_feature_dimension'),
    number(op, 'kernel_input_feature_dimension'),
    ...kernelSpatial,
  ]);
  const reversed = numbers(op, 'window_reversal', new Array<number>(n).fill(0));
  const turned = range(n)
    .filter((i) => reversed[i] === 1)
    .map((i) => i + 2);
  if (turned.length > 0) kernel = np.flip(kernel, turned);
  const [groups, batches] = [number(op, 'feature_group_count', 1), number(op, 'batch_group_count', 1)];
  // Groups of the batch are groups of features of a batch that is smaller.
  if (batches > 1) {
    const [b, c, ...rest] = x.shape as [number, number, ...number[]];
    const apart = np.reshape(x, [batches, b / batches, c, ...rest]);
    x = np.reshape(np.moveaxis(apart, 0, 1), [b / batches, batches * c, ...rest]);
  }
  if (groups > 1 && batches > 1) return unsupported(op, 'groups of features and of the batch at once');
  x = spaced(x, numbers(op, 'lhs_dilation', ones), pairs(op, 'padding', n));
  const out = convolve(op, x, kernel, groups * batches);
  const order = [number(op, 'output_batch_dimension'), number(op, 'output_feature_dimension'), ...outSpatial];
  const inverse = range(n + 2).map((axis) => order.indexOf(axis));
  return np.transpose(out, inverse);
};

const convolve = (op: Operation, x: BaseArray, kernel: BaseArray, groups: number): BaseArray => {
  const n = x.ndim - 2;
  const ones = new Array<number>(n).fill(1);
  if (n === 0) return np.matmul(x, np.transpose(kernel, [1, 0]));
  return np.nn.conv(x, kernel, {
    stride: [...numbers(op, 'window_strides', ones)],
    dilation: [...numbers(op, 'rhs_dilation', ones)],
    padding: 'VALID',
    groups,
  });
};

export const products: Rules = {
  dot_general: dotGeneral,
  dot: (op, inputs) => {
    const [x, y] = [input(inputs, 0, op), input(inputs, 1, op)];
    return np.reshape(np.matmul(x, y), [...resultOf(op).shape]);
  },
  convolution,
};
