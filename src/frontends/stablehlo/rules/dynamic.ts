/** @file Operations whose shapes are computed: here they are known when a program is called, since shapes are public. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import type { Attribute, Operation } from '../module.ts';
import { indexing } from './indexing.ts';
import { moves } from './moves.ts';
import { products } from './products.ts';
import {
  dtypeOf,
  input,
  np,
  number,
  publicOf,
  type Rule,
  type Rules,
  range,
  resultOf,
  tensorOf,
  unsupported,
} from './rule.ts';

/** A list of whole numbers that an operand holds. */
const listOf = (op: Operation, inputs: readonly BaseArray[], i: number): number[] => {
  const known = publicOf(inputs[i]);
  return known
    ? Array.from(known.data as ArrayLike<number | bigint>, Number)
    : unsupported(op, 'a shape or a place that depends on secrets');
};

/** The operation with other attributes, and its first operands alone. */
const as = (
  op: Operation,
  attributes: Readonly<Record<string, Attribute>>,
  shape?: readonly number[],
): Operation => ({
  ...op,
  attributes: new Map([...op.attributes, ...Object.entries(attributes)]),
  results: shape ? [{ type: { ...tensorOf(op.results[0]?.type, op), shape } }] : op.results,
});

const run = (
  rules: Rules,
  name: string,
  op: Operation,
  inputs: readonly BaseArray[],
): BaseArray | BaseArray[] => (rules[name] as Rule)(op, inputs, undefined as never);

export const dynamic: Rules = {
  get_dimension_size: (op, inputs) => {
    const axis = number(op, 'dimension');
    return np.asarray(
      input(inputs, 0, op).shape[axis] ?? unsupported(op, `axis ${axis}`),
      dtypeOf(resultOf(op), op),
    );
  },
  dynamic_reshape: (op, inputs) => np.reshape(input(inputs, 0, op), listOf(op, inputs, 1)),
  dynamic_broadcast_in_dim: (op, inputs) =>
    run(moves, 'broadcast_in_dim', as(op, {}, listOf(op, inputs, 1)), inputs.slice(0, 1)),
  dynamic_iota: (op, inputs) => run(moves, 'iota', as(op, {}, listOf(op, inputs, 0)), []),
  real_dynamic_slice: (op, inputs) =>
    run(
      moves,
      'slice',
      as(op, {
        start_indices: listOf(op, inputs, 1),
        limit_indices: listOf(op, inputs, 2),
        strides: listOf(op, inputs, 3),
      }),
      inputs.slice(0, 1),
    ),
  dynamic_pad: (op, inputs) =>
    run(
      moves,
      'pad',
      as(op, {
        edge_padding_low: listOf(op, inputs, 2),
        edge_padding_high: listOf(op, inputs, 3),
        interior_padding: listOf(op, inputs, 4),
      }),
      inputs.slice(0, 2),
    ),
  dynamic_gather: (op, inputs) =>
    run(indexing, 'gather', as(op, { slice_sizes: listOf(op, inputs, 2) }), inputs.slice(0, 2)),
  dynamic_conv: (op, inputs) =>
    run(products, 'convolution', as(op, { padding: listOf(op, inputs, 2) }), inputs.slice(0, 2)),
  set_dimension_size: (op, inputs) => {
    const x = input(inputs, 0, op);
    const axis = number(op, 'dimension');
    const [size] = listOf(op, inputs, 1);
    return size === x.shape[axis]
      ? x
      : np.slice(x, ...range(x.ndim).map((i) => (i === axis ? ([0, size] as [number, number]) : ':')));
  },
};
