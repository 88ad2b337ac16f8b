/**
 * @file How an op is done on a batch of examples at once: one rule an op (ops/<subject>/batch.ts). Every op stays one op, so rounds do
 * not grow with the batch.
 */
import type { AttrsOf, Operands, OpName } from '../ops/catalogue.ts';
import type { Attrs, Type } from '../ops/graph.ts';
import type { Missing } from '../ops/missing.ts';
import * as a from './algebra.ts';
import type { BaseArray } from './array.ts';
import { applyNamed } from './tracer.ts';

/** A value, and whether its first axis is the batch. */
export interface Batched {
  readonly x: BaseArray;
  readonly batched: boolean;
}

/** A node whose operands depend on the example, at least one of them. */
export interface Call<Ins extends readonly Batched[] = readonly Batched[], A = Attrs> {
  readonly op: string;
  readonly ins: Ins;
  readonly attrs: A;
  /** Types for one example. */
  readonly types: readonly Type[];
  readonly out: Type;
  readonly size: number;
}

export type BatchRule<K extends OpName> = (c: Call<Operands<K, Batched>, AttrsOf<K>>) => BaseArray;
export type BatchTable<N extends OpName> = { readonly [K in N]: BatchRule<K> | Missing };

/** The operand with a batch axis, whether it had one or not. */
export const wide = ({ x, batched }: Batched, size: number): BaseArray =>
  batched ? x : a.repeatFirst(x, size);

/** Elementwise ops, and whatever treats all axes but the last ones alike. */
export const everywhere = (c: Call): BaseArray =>
  applyNamed(
    c.op,
    c.ins.map((x) => wide(x, c.size)),
    c.attrs,
  );

/** One rule for all ops of a subject. */
export const forAll = <N extends OpName, R>(entries: Readonly<Record<N, unknown>>, rule: R) =>
  Object.fromEntries(Object.keys(entries).map((op) => [op, rule])) as { readonly [K in N]: R };

/** The op once an example, results stacked: what has no form for places of their own. The ops share their rounds. */
export const eachAlone = (c: Call): BaseArray => {
  const example = ({ x, batched }: Batched, i: number): BaseArray =>
    batched ? a.reshape(a.block(x, 0, i, i + 1), x.shape.slice(1)) : x;
  const [first, ...rest] = Array.from({ length: c.size }, (_, i) => {
    const out = applyNamed(
      c.op,
      c.ins.map((x) => example(x, i)),
      c.attrs,
    );
    return a.reshape(out, [1, ...out.shape]);
  });
  return first === undefined ? a.zeros([0, ...c.out.shape], c.out.dtype) : a.concat([first, ...rest], 0);
};

/** `rule` where all examples share their places, which are the operands from `from` on. */
export const unlessMoved =
  <C extends Call<readonly Batched[], Attrs>>(from: number, rule: (c: C) => BaseArray) =>
  (c: C): BaseArray =>
    c.ins.slice(from).some((i) => i.batched) ? eachAlone(c) : rule(c);

export const indexOf = (c: Pick<Call, 'ins'>, from: number): BaseArray[] => [
  a.scalar(0, 'int64'),
  ...c.ins.slice(from).map((i) => i.x),
];
