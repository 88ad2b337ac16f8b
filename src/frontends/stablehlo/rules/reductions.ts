/** @file Reductions by any associative region, over axes and over windows. */

import type { BaseArray } from '../../../ir/trace/array.ts';
import { pow2 } from '../../../ring/math/index.ts';
import type { Block, Operation } from '../module.ts';
import { positionOf, reducerOf } from './regions.ts';
import {
  type Context,
  dtypeOf,
  input,
  isBoolean,
  np,
  numbers,
  operandOf,
  publicOf,
  type Rule,
  type Rules,
  range,
  regionOf,
  resultOf,
  unsupported,
} from './rule.ts';

type Fold = (x: BaseArray, axes: readonly number[]) => BaseArray;

/** Reducers that `np` has, and whether a start changes nothing. */
const FOLDS: Readonly<Record<string, { readonly fold: Fold; readonly start: (v: number) => boolean }>> = {
  add: { fold: (x, axes) => np.sum(x, [...axes]), start: (v) => v === 0 },
  multiply: { fold: (x, axes) => np.prod(x, [...axes]), start: (v) => v === 1 },
  maximum: { fold: (x, axes) => np.max(x, [...axes]), start: (v) => v === -Infinity },
  minimum: { fold: (x, axes) => np.min(x, [...axes]), start: (v) => v === Infinity },
  and: { fold: (x, axes) => np.all(x, [...axes]), start: (v) => v === 1 },
  or: { fold: (x, axes) => np.any(x, [...axes]), start: (v) => v === 0 },
};

const COMBINE = {
  add: np.add,
  multiply: np.multiply,
  maximum: np.maximum,
  minimum: np.minimum,
  and: np.bitwiseAnd,
  or: np.bitwiseOr,
  xor: np.bitwiseXor,
} as const;

/** The lowest or highest number of integers changes no maximum or minimum either. */
const isNeutral = (kind: string, start: BaseArray, op: Operation): boolean => {
  const known = publicOf(start);
  if (!known) return false;
  const value = Number(known.data[0]);
  if (FOLDS[kind]?.start(value)) return true;
  const { element } = operandOf(op, 0);
  const bits = Number(/\d+/.exec(element)?.[0] ?? 0);
  const [lo, hi] = element.startsWith('ui') ? [0, pow2(bits) - 1] : [-pow2(bits - 1), pow2(bits - 1) - 1];
  return !/f/.test(element) && ((kind === 'maximum' && value === lo) || (kind === 'minimum' && value === hi));
};

/** Elementwise on arrays of any shape, though the region is written for scalars. */
const onArrays =
  (block: Block, context: Context) =>
  (inputs: readonly BaseArray[]): BaseArray[] =>
    context.region(block, inputs);

/**
 * Any region: the axis is halved again and again, and the region runs on the halves: ceil(log2 n) turns. Regions have to be
 * associative, as the specification lets any order be taken.
 */
const halving = (
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

/** Reduces `axes` of arrays; their starts come in at the end. */
const reduced = (
  op: Operation,
  arrays: readonly BaseArray[],
  starts: readonly BaseArray[],
  axes: readonly number[],
  context: Context,
): BaseArray[] => {
  const block = regionOf(op);
  const run = onArrays(block, context);
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
    return [COMBINE[kind as keyof typeof COMBINE](typed, start)];
  }
  const place = placesOf(op, arrays, axes, context);
  if (place) return place;
  let now = [...arrays];
  for (const axis of [...axes].sort((a, b) => b - a)) now = halving(now, axis, run);
  const first = starts.map((s) => np.broadcastTo(s, rest));
  return run([...first, ...now]);
};

/** The region of an argmax over values and their places in the only axis. */
const placesOf = (
  op: Operation,
  arrays: readonly BaseArray[],
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
  if (which === undefined) return undefined;
  const at = which === 'max' ? np.argmax(values, axis) : np.argmin(values, axis);
  const best = which === 'max' ? np.max(values, axis) : np.min(values, axis);
  return [np.astype(best, types[0] as string), np.astype(at, types[1] as string)];
};

const reduce: Rule = (op, inputs, context) => {
  const n = inputs.length / 2;
  return reduced(op, inputs.slice(0, n), inputs.slice(n), numbers(op, 'dimensions'), context);
};

/** Windows as further axes at the end: [out.., window..], by public places. */
const windowsOf = (
  op: Operation,
  x: BaseArray,
  fill: BaseArray,
): { readonly parts: BaseArray; readonly axes: number[] } => {
  const rank = x.ndim;
  const ones = new Array<number>(rank).fill(1);
  const size = numbers(op, 'window_dimensions');
  const [stride, base, dilation] = ['window_strides', 'base_dilations', 'window_dilations'].map((name) =>
    numbers(op, name, ones),
  ) as [readonly number[], readonly number[], readonly number[]];
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  let parts = x;
  const out: number[] = [];
  for (const axis of range(rank)) {
    const n = x.shape[axis] as number;
    const low = padding[2 * axis] as number;
    const spread = n === 0 ? 0 : (n - 1) * (base[axis] as number) + 1;
    const reach = ((size[axis] as number) - 1) * (dilation[axis] as number) + 1;
    const length = spread + low + (padding[2 * axis + 1] as number);
    out.push(length < reach ? 0 : Math.floor((length - reach) / (stride[axis] as number)) + 1);
    // What lies between or outside of the elements is the place behind the last one.
    const places = range(out[axis] as number).flatMap((o) =>
      range(size[axis] as number).map((w) => {
        const at = o * (stride[axis] as number) + w * (dilation[axis] as number) - low;
        const gap = base[axis] as number;
        return at >= 0 && at % gap === 0 && at / gap < n ? at / gap : n;
      }),
    );
    const widths = range(parts.ndim).map((i) => (i === axis ? [0, 1] : [0, 0]));
    const wide = places.includes(n) ? padTo(parts, widths, fill) : parts;
    parts = np.take(wide, places, axis);
  }
  const split = out.flatMap((o, axis) => [o, size[axis] as number]);
  const order = [...range(rank).map((i) => 2 * i), ...range(rank).map((i) => 2 * i + 1)];
  return {
    parts: np.transpose(np.reshape(parts, split), order),
    axes: range(rank).map((i) => rank + i),
  };
};

const padTo = (x: BaseArray, widths: readonly number[][], fill: BaseArray): BaseArray => {
  const known = publicOf(fill);
  if (!known) throw new Error('a start of a window that is secret');
  return np.pad(x, widths as never, finite(known, x));
};

/** The start of a maximum is no number of the ring: the least that any does. */
const finite = (fill: BaseArray, x: BaseArray): BaseArray =>
  x.dtype === 'fxp' ? np.clip(fill, -(1 << 30), 1 << 30) : np.astype(fill, x.dtype);

/** A window over the whole of one axis, padded before or behind: a running sum, product, maximum or minimum. */
const scanOf = (op: Operation, x: BaseArray, kind: string | undefined): BaseArray | undefined => {
  const SCANS = { add: np.cumsum, multiply: np.cumprod, maximum: np.cummax, minimum: np.cummin } as const;
  if (kind === undefined || !Object.hasOwn(SCANS, kind)) return undefined;
  const rank = x.ndim;
  const size = numbers(op, 'window_dimensions');
  const wide = range(rank).filter((axis) => size[axis] !== 1);
  const [axis] = wide;
  const plain = ['window_strides', 'base_dilations', 'window_dilations'].every((name) =>
    numbers(op, name, new Array<number>(rank).fill(1)).every((v) => v === 1),
  );
  if (wide.length !== 1 || axis === undefined || !plain) return undefined;
  const n = x.shape[axis] as number;
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  const elsewhere = range(2 * rank).every((i) => i >> 1 === axis || padding[i] === 0);
  if (size[axis] !== n || !elsewhere) return undefined;
  const run = SCANS[kind as keyof typeof SCANS];
  const [low, high] = [padding[2 * axis], padding[2 * axis + 1]];
  if (low === n - 1 && high === 0) return run(x, axis);
  if (low === 0 && high === n - 1) return np.flip(run(np.flip(x, axis), axis), axis);
  return undefined;
};

const reduceWindow: Rule = (op, inputs, context) => {
  const n = inputs.length / 2;
  const kind = n === 1 ? reducerOf(regionOf(op)) : undefined;
  const [x, start] = [input(inputs, 0, op), input(inputs, n, op)];
  if (n === 1 && kind !== undefined && isNeutral(kind, start, op)) {
    const scanned = scanOf(op, x, kind);
    if (scanned) return np.astype(scanned, dtypeOf(resultOf(op), op));
  }
  const starts = inputs.slice(n);
  if (starts.some((s) => !publicOf(s))) return unsupported(op, 'a start that is secret');
  const parts = inputs.slice(0, n).map((array, i) => windowsOf(op, array, starts[i] as BaseArray));
  return reduced(
    op,
    parts.map((p) => p.parts),
    starts,
    parts[0]?.axes ?? [],
    context,
  );
};

/** What the gradient of a maximum over windows is: each window's source goes to where its first extreme element is. */
const selectAndScatter: Rule = (op, inputs) => {
  const [x, source, start] = [input(inputs, 0, op), input(inputs, 1, op), input(inputs, 2, op)];
  const [select, scatter] = [regionOf(op, 0), regionOf(op, 1)];
  const maker = select.operations.find(({ name }) => name === 'compare');
  const direction = String(maker?.attributes.get('comparison_direction'));
  const own = maker?.operands[0] === select.parameters[0] && maker?.operands[1] === select.parameters[1];
  if (
    select.operations.length !== 2 ||
    !own ||
    !['GE', 'LE', 'GT', 'LT'].includes(direction) ||
    reducerOf(scatter) !== 'add'
  )
    return unsupported(op, 'it chooses by something else than the largest or smallest, or adds up otherwise');
  const rank = x.ndim;
  const sign = direction.startsWith('G') ? 1 : -1;
  const size = numbers(op, 'window_dimensions', new Array<number>(rank).fill(1));
  const stride = numbers(op, 'window_strides', new Array<number>(rank).fill(1));
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  const out = source.shape;
  const places = range(rank).map((axis) =>
    range(out[axis] as number).flatMap((o) =>
      range(size[axis] as number).map(
        (w) => o * (stride[axis] as number) + w - (padding[2 * axis] as number),
      ),
    ),
  );
  // Places of each window in the flattened array; one behind the end for what lies in the padding.
  const total = x.size;
  const flat = combine(places, x.shape, total);
  const perWindow = order(flat, out, size);
  const windows = np.take(
    np.concatenate([np.ravel(x), np.full([1], -sign * (1 << 30), 'float64')], 0),
    perWindow.flat,
  );
  const values = np.reshape(windows, [perWindow.windows, perWindow.entries]);
  const at = sign > 0 ? np.argmax(values, 1) : np.argmin(values, 1);
  const chosen = np.equal(np.expandDims(at, 1), np.arange(perWindow.entries));
  const shares = np.multiply(np.astype(chosen, 'float64'), np.reshape(source, [perWindow.windows, 1]));
  const sum = np.scatterAdd(np.zeros([total + 1]), np.asarray(perWindow.flat), np.ravel(shares));
  const result = np.reshape(np.slice(sum, [0, total]), [...x.shape]);
  const known = publicOf(start);
  return known && Number(known.data[0]) === 0 ? result : np.add(result, start);
};

/** Flat places of the product of lists of places an axis; `outside` for what lies beyond an axis. */
const combine = (
  places: readonly (readonly number[])[],
  shape: readonly number[],
  outside: number,
): number[] => {
  let flat = [0];
  for (const [axis, list] of places.entries()) {
    const n = shape[axis] as number;
    flat = flat.flatMap((base) => list.map((at) => (base < 0 || at < 0 || at >= n ? -1 : base * n + at)));
  }
  return flat.map((at) => (at < 0 ? outside : at));
};

/** From [out0 * w0, out1 * w1, ..] to [windows, entries]. */
const order = (flat: readonly number[], out: readonly number[], size: readonly number[]) => {
  const rank = out.length;
  const windows = out.reduce((a, b) => a * b, 1);
  const entries = size.reduce((a, b) => a * b, 1);
  const split = np.reshape(
    np.asarray([...flat]),
    out.flatMap((o, i) => [o, size[i] as number]),
  );
  const turned = np.transpose(split, [
    ...range(rank).map((i) => 2 * i),
    ...range(rank).map((i) => 2 * i + 1),
  ]);
  return { windows, entries, flat: Array.from(publicOf(turned)?.data as Float64Array, Number) };
};

export const reductions: Rules = {
  reduce,
  reduce_window: reduceWindow,
  select_and_scatter: selectAndScatter,
  map: (op, inputs, context) => onArrays(regionOf(op), context)(inputs),
};
