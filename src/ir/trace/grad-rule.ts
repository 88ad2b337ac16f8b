/**
 * @file How a small change of an op's result acts back on its operands: one rule an op (ops/<subject>/grad.ts), as compositions of ops.
 * A rule asks for operands and result only where it needs them, so that a loop keeps no more than its backward pass reads.
 */
import type { AttrsOf, OpName } from '../ops/catalogue.ts';
import type { Type } from '../ops/graph.ts';
import { type Missing, missing } from '../ops/missing.ts';
import * as a from './algebra.ts';
import type { BaseArray } from './array.ts';

/** What a rule has at hand. `x(i)` and `y()`: operand i and the result; `t(i)`: the type of operand i. */
export interface Backward<A = unknown> {
  readonly x: (i: number) => BaseArray;
  readonly y: () => BaseArray;
  readonly t: (i: number) => Type;
  /** Gradient of the loss by the result. */
  readonly ct: BaseArray;
  readonly attrs: A;
}

/** The gradient by operand i, called only when wanted; undefined: nothing flows to it. */
export type GradRule<A = unknown> = (b: Backward<A>, i: number) => BaseArray | undefined;

export type GradTable<N extends OpName> = { readonly [K in N]: GradRule<AttrsOf<K>> | Missing };

/** Nothing flows. */
export const none: GradRule = () => undefined;

/** Of ops on bools and integers alone: nobody asks for their gradients. */
export const discrete: Missing = missing('its results are integers or bools');

export const zerosLike = (x: BaseArray): BaseArray => a.zeros(x.shape, x.dtype);

/** The part of ct where `cond` holds, or where it does not. */
export const where = (cond: BaseArray, ct: BaseArray, holds: boolean): BaseArray =>
  holds ? a.select(cond, ct, zerosLike(ct)) : a.select(cond, zerosLike(ct), ct);

/** Of a function whose slope is `of`. */
export const slope =
  <A = unknown>(of: (b: Backward<A>) => BaseArray): GradRule<A> =>
  (b) =>
    a.mul(b.ct, of(b));
