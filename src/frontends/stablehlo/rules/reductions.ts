/** @file Reductions by any associative region. */

import type { BaseArray } from '../../../ir/trace/array.ts';
import { pow2 } from '../../../ring/math/index.ts';
import { isInfinite } from '../../beyond.ts';
import { maximum, minimum } from '../../finite.ts';
import type { Block, Operation } from '../module.ts';
import { elementwise } from './elementwise.ts';
import { positionOf, reducerOf, separated } from './regions.ts';
import {
  type Context,
  dtypeOf,
  isBoolean,
  np,
  numbers,
  operandOf,
  publicOf,
  type Rule,
  type Rules,
  range,
  regionOf,
  text,
  unsupported,
} from './rule.ts';
import { special } from './special.ts';

type Fold = (x: BaseArray, axes: readonly number[]) => BaseArray;

/** Reducers that `np` has, and whether a start changes nothing. */
const FOLDS: Readonly<Record<string, { readonly fold: Fold; readonly start: (v: number) => boolean }>> = {
  add: { fold: (x, axes) => np.sum(x, [...axes]), start: (v) => v === 0 },
  multiply: { fold: (x, axes) => np.prod(x, [...axes]), start: (v) => v === 1 },
  maximum: { fold: (x, axes) => np.max(x, [...axes]), start: (v) => isInfinite(v) && v < 0 },
  minimum: { fold: (x, axes) => np.min(x, [...axes]), start: (v) => isInfinite(v) && v > 0 },
  and: { fold: (x, axes) => np.all(x, [...axes]), start: (v) => v === 1 },
  or: { fold: (x, axes) => np.any(x, [...axes]), start: (v) => v === 0 },
};

const COMBINE = {
  add: np.add,
  multiply: np.multiply,
  maximum,
  minimum,
  and: np.bitwiseAnd,
  or: np.bitwiseOr,
  xor: np.bitwiseXor,
} as const;

/** They know what an infinite number is. */
const EXTREMES = { maximum, minimum };

/** The lowest or highest number of integers changes no maximum or minimum either. */
export const isNeutral = (kind: string, start: BaseArray, op: Operation): boolean => {
  const known = publicOf(start);
  if (!known) return false;
  const value = Number(known.data[0]);
  if (FOLDS[kind]?.start(value)) return true;
  const { element } = operandOf(op, 0);
  const bits = Number(/\d+/.exec(element)?.[0] ?? 0);
  const [lo, hi] = element.startsWith('ui') ? [0, pow2(bits) - 1] : [-pow2(bits - 1), pow2(bits - 1) - 1];
  return !/f/.test(element) && ((kind === 'maximum' && value === lo) || (kind === 'minimum' && value === hi));
};

/** A region that is written for scalars, on arrays of any shape. Throws UNSUPPORTED where it does more than compute element by element. */
export const onArrays = (
  op: Operation,
  block: Block,
  context: Context,
): ((inputs: readonly BaseArray[]) => BaseArray[]) => {
  checkScalar(op, block, context, 0);
  return (inputs) => context.region(block, inputs);
};

const isScalarOperation = (name: string): boolean =>
  Object.hasOwn(elementwise, name) || (Object.hasOwn(special, name) && name !== 'chlo.top_k');
const CALLS: Readonly<Record<string, string>> = {
  call: 'callee',
  'func.call': 'callee',
  composite: 'decomposition',
};

const checkScalar = (op: Operation, block: Block, context: Context, depth: number): void => {
  for (const inner of block.operations) {
    const callee = Object.hasOwn(CALLS, inner.name) ? CALLS[inner.name] : undefined;
    if (callee !== undefined && depth < 10) {
      if (inner.name !== 'composite' || !isScalarOperation(text(inner, 'name')))
        checkScalar(
          op,
          context.bodyOf(text(inner, callee).replace(/^@/, ''), inner.place),
          context,
          depth + 1,
        );
    } else if (!isScalarOperation(inner.name) && inner.name !== 'constant' && inner.name !== 'return')
      unsupported(
        op,
        `its region does more than compute element by element: ${inner.name} at ${inner.place}`,
      );
  }
};

/** Numbers that stand for all when a start is asked whether it changes anything. */
const SAMPLES = [0, 1, -1, 0.375, -71.5, 1e6, -1e9, 1e20, -1e20];

/** Does the region leave everything as it is that meets these starts? They are public, and some are infinite. */
export const changesNothing = (
  op: Operation,
  starts: readonly BaseArray[],
  run: (inputs: readonly BaseArray[]) => BaseArray[],
): boolean => {
  const samples = starts.map((_, i) => {
    const dtype = dtypeOf(operandOf(op, i), op);
    return np.astype(
      np.asarray(
        dtype === 'float64'
          ? SAMPLES
          : SAMPLES.map((v, k) => (dtype === 'bool' ? k % 2 : Math.trunc(v % 100))),
      ),
      dtype,
    );
  });
  const wide = starts.map((s) => np.broadcastTo(s, [SAMPLES.length]));
  const same = (results: readonly BaseArray[]): boolean =>
    results.every((x, i) => {
      const [got, want] = [publicOf(x), publicOf(samples[i])];
      return (
        want !== undefined &&
        got?.data.length === want.data.length &&
        got.data.every((v, k) => v === want.data[k])
      );
    });
  return same(run([...wide, ...samples])) && same(run([...samples, ...wide]));
};

export const isInfiniteStart = (start: BaseArray): boolean => {
  const known = publicOf(start);
  return known?.dtype === 'fxp' && isInfinite(Number(known.data[0]));
};

/**
 * Any region: the axis is halved again and again, and the region runs on the halves: ceil(log2 n) turns. Regions have to be
 * associative, as the specification lets any order be taken.
 */
export const halving = (
  arrays: readonly BaseArray[],
  axis: number,
  run: (inputs: readonly BaseArray[]) => BaseArray[],
): BaseArray[] => {
  let now = [...arrays];
  const part = (x: BaseArray, from: number, to: number): BaseArray =>
    np.slice(x, ...range(x.ndim).map((i) => (i === axis ? ([from, to] as [number, number]) : ':')));
  for (let n = now[0]?.shape[axis] as number; n > 1; n = now[0]?.shape[axis] as number) {
    const half = n >> 1;
    // Neighbours meet, so that what is first stays first.
    const even = now.map((x) =>
      np.slice(
        x,
        ...range(x.ndim).map((i) => (i === axis ? ([0, 2 * half, 2] as [number, number, number]) : ':')),
      ),
    );
    const odd = now.map((x) =>
      np.slice(
        x,
        ...range(x.ndim).map((i) => (i === axis ? ([1, 2 * half, 2] as [number, number, number]) : ':')),
      ),
    );
    const met = run([...even, ...odd]);
    now =
      n % 2 === 0 ? met : met.map((x, i) => np.concatenate([x, part(now[i] as BaseArray, n - 1, n)], axis));
  }
  return now.map((x) => np.squeeze(x, axis));
};

/** The region of an operation with infinite starts, which are left out. Throws UNSUPPORTED where they change what they meet. */
export const neutralRegion = (
  op: Operation,
  starts: readonly BaseArray[],
  context: Context,
): ((inputs: readonly BaseArray[]) => BaseArray[]) => {
  const run = onArrays(op, regionOf(op), context);
  return starts.every((s) => publicOf(s)) && changesNothing(op, starts, run)
    ? run
    : unsupported(op, 'a start that is infinite, and that changes what it meets');
};

/** Reduces `axes` of arrays; their starts come in at the end. */
export const reduced = (
  op: Operation,
  arrays: readonly BaseArray[],
  starts: readonly BaseArray[],
  axes: readonly number[],
  context: Context,
): BaseArray[] => {
  const block = regionOf(op);
  const [x, start] = [arrays[0] as BaseArray, starts[0] as BaseArray];
  const empty = axes.some((axis) => x.shape[axis] === 0);
  const rest = x.shape.filter((_, i) => !axes.includes(i));
  if (empty) return starts.map((s) => np.broadcastTo(s, rest));
  const kind = arrays.length === 1 ? reducerOf(block) : undefined;
  const simple =
    kind !== undefined &&
    Object.hasOwn(FOLDS, kind) &&
    (isBoolean(operandOf(op, 0)) || !['and', 'or'].includes(kind));
  if (kind !== undefined && simple) {
    const folded = FOLDS[kind]?.fold(x, axes) as BaseArray;
    const typed = np.astype(folded, dtypeOf(operandOf(op, 0), op));
    if (isNeutral(kind, start, op)) return [typed];
    if (!(kind in EXTREMES) && isInfiniteStart(start)) return unsupported(op, 'an infinite start');
    return [COMBINE[kind as keyof typeof COMBINE](typed, start)];
  }
  const isLeftOut = starts.some(isInfiniteStart);
  const run = isLeftOut ? neutralRegion(op, starts, context) : onArrays(op, block, context);
  const place = placesOf(op, arrays, starts, axes, context);
  if (place) return place;
  let now = [...arrays];
  for (const axis of [...axes].sort((a, b) => b - a)) now = halving(now, axis, run);
  if (isLeftOut) return now;
  const first = starts.map((s) => np.broadcastTo(s, rest));
  return run([...first, ...now]);
};

/** The region of an argmax over values and their places in the only axis. */
const placesOf = (
  op: Operation,
  arrays: readonly BaseArray[],
  starts: readonly BaseArray[],
  axes: readonly number[],
  context: Context,
): BaseArray[] | undefined => {
  const [values, places] = arrays;
  const [axis] = axes;
  const known = publicOf(places);
  if (arrays.length !== 2 || axes.length !== 1 || !values || !known || axis === undefined) return undefined;
  const step = known.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const n = known.shape[axis] as number;
  if (
    !Array.from(known.data as ArrayLike<number | bigint>).every(
      (v, i) => Number(v) === Math.floor(i / step) % n,
    )
  )
    return undefined;
  const types = op.operands.slice(0, 2).map((_, i) => dtypeOf(operandOf(op, i), op));
  const clear = (list: readonly number[]): number[] =>
    context
      .region(
        regionOf(op),
        list.map((v, i) => np.astype(np.asarray(v), types[i % 2] as string)),
      )
      .map((x) => Number(publicOf(x)?.data[0]));
  const which = positionOf(regionOf(op), clear);
  const kind = which === 'max' ? 'maximum' : 'minimum';
  if (which === undefined || !isNeutral(kind, starts[0] as BaseArray, op)) return undefined;
  const at = which === 'max' ? np.argmax(values, axis) : np.argmin(values, axis);
  const best = which === 'max' ? np.max(values, axis) : np.min(values, axis);
  return [np.astype(best, types[0] as string), np.astype(at, types[1] as string)];
};

const reduce: Rule = (op, inputs, context) => {
  const n = inputs.length / 2;
  return (
    apart(reduce, op, inputs, context) ??
    reduced(op, inputs.slice(0, n), inputs.slice(n), numbers(op, 'dimensions'), context)
  );
};

/** The results of an operation whose region does something to each array by itself. */
export const apart = (
  rule: Rule,
  op: Operation,
  inputs: readonly BaseArray[],
  context: Context,
): BaseArray[] | undefined => {
  const n = inputs.length / 2;
  return separated(op, n)?.flatMap((part, i) =>
    rule(part, [inputs[i] as BaseArray, inputs[n + i] as BaseArray], context),
  );
};

export const reductions: Rules = {
  reduce,
  map: (op, inputs, context) => onArrays(op, regionOf(op), context)(inputs),
};
