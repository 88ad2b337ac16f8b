/** @file Joining, splitting and repeating arrays. */
import { fail } from '../errors.ts';
import { block } from '../ir/algebra.ts';
import type { BaseArray } from '../ir/array.ts';
import { normalAxes, normalAxis, sameShape, shapeText } from '../ir/shapes.ts';
import { apply } from '../ir/tracer.ts';
import { type ArrayInput, asArr, broadcast, promoteAll, reshapeTo, unify } from './core.ts';
import { expandDims, ravel } from './shape.ts';

const some = (arrays: readonly ArrayInput[]): BaseArray[] => {
  if (!Array.isArray(arrays)) fail('INVALID_ARGUMENT', 'a list of arrays is needed: np.concatenate([a, b])');
  return arrays.length === 0
    ? fail('SHAPE', 'need at least one array to concatenate')
    : promoteAll(arrays.map(asArr));
};

/** Arrays one after another along an axis (null: flattened first). Throws SHAPE when other axes differ. */
export const concatenate = (arrays: readonly ArrayInput[], axis: number | null = 0): BaseArray => {
  const parts = axis === null ? some(arrays).map(ravel) : some(arrays);
  if (parts[0]!.ndim === 0) fail('SHAPE', 'zero-dimensional arrays cannot be concatenated');
  return parts.length === 1
    ? parts[0]!
    : apply('concat', parts, { axis: normalAxis(axis ?? 0, parts[0]!.ndim) });
};

/** Arrays of one shape along a new axis. */
export const stack = (arrays: readonly ArrayInput[], axis = 0): BaseArray => {
  const parts = some(arrays);
  if (parts.some((p) => !sameShape(p.shape, parts[0]!.shape)))
    fail(
      'SHAPE',
      `all input arrays must have the same shape: ${parts.map((p) => shapeText(p.shape)).join(' ')}`,
    );
  return concatenate(
    parts.map((p) => expandDims(p, axis)),
    axis,
  );
};

const atLeast = (x: BaseArray, rank: number): BaseArray =>
  x.ndim >= rank ? x : reshapeTo(x, [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]);

export const vstack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(
    some(arrays).map((x) => atLeast(x, 2)),
    0,
  );

export const hstack = (arrays: readonly ArrayInput[]): BaseArray => {
  const parts = some(arrays).map((x) => atLeast(x, 1));
  return concatenate(parts, parts[0]!.ndim === 1 ? 0 : 1);
};

/** Into `n` equal parts (SHAPE if they are not equal), or before the given positions. */
export const split = (x: ArrayInput, parts: number | readonly number[], axis = 0): BaseArray[] => {
  const a = asArr(x);
  const at = normalAxis(axis, a.ndim);
  const size = a.shape[at]!;
  if (typeof parts === 'number' && (!Number.isInteger(parts) || parts < 1 || size % parts !== 0))
    fail('SHAPE', `array split does not result in an equal division: ${size} into ${parts}`);
  const cuts =
    typeof parts === 'number'
      ? Array.from({ length: parts - 1 }, (_, i) => ((i + 1) * size) / parts)
      : parts.map((p) => Math.min(Math.max(p < 0 ? p + size : p, 0), size));
  return [0, ...cuts].map((from, i) => block(a, at, from, Math.max(from, cuts[i] ?? size)));
};

/** Elements moved round by `shift`; without an axis the array is flattened, moved and shaped back. */
export const roll = (
  x: ArrayInput,
  shift: number | readonly number[],
  axis?: number | readonly number[],
): BaseArray => {
  const a = asArr(x);
  if (axis === undefined) return reshapeTo(roll(ravel(a), shift, 0), a.shape);
  const axes = [axis].flat() as number[];
  const shifts = [shift].flat() as number[];
  if (shifts.length !== 1 && shifts.length !== axes.length)
    fail('SHAPE', 'roll: shift and axis differ in length');
  return axes.reduce((acc, which, i) => {
    const at = normalAxis(which, acc.ndim);
    const n = acc.shape[at]!;
    const by = n === 0 ? 0 : ((shifts[shifts.length === 1 ? 0 : i]! % n) + n) % n;
    return by === 0 ? acc : concatenate([block(acc, at, n - by, n), block(acc, at, 0, n - by)], at);
  }, a);
};

/** The array repeated `reps` times along each axis. */
export const tile = (x: ArrayInput, reps: number | readonly number[]): BaseArray => {
  const list = typeof reps === 'number' ? [reps] : [...reps];
  const a = atLeast(asArr(x), list.length);
  const times = [...new Array<number>(a.ndim - list.length).fill(1), ...list];
  const open = a.shape.flatMap((n) => [1, n]);
  const wide = a.shape.flatMap((n, i) => [times[i]!, n]);
  return reshapeTo(
    broadcast(reshapeTo(a, open), wide),
    a.shape.map((n, i) => n * times[i]!),
  );
};

/** Each element repeated `times` times along an axis (flattened without one). */
export const repeat = (x: ArrayInput, times: number, axis?: number): BaseArray => {
  const a = axis === undefined ? ravel(x) : asArr(x);
  const [at] = normalAxes(axis ?? 0, a.ndim) as [number];
  const wide = [...a.shape.slice(0, at + 1), times, ...a.shape.slice(at + 1)];
  const open = [...a.shape.slice(0, at + 1), 1, ...a.shape.slice(at + 1)];
  return reshapeTo(
    broadcast(reshapeTo(a, open), wide),
    a.shape.map((n, i) => (i === at ? n * times : n)),
  );
};

type PadWidth = number | readonly [number, number] | readonly (readonly [number, number])[];

const sides = (width: PadWidth, rank: number): (readonly [number, number])[] => {
  if (typeof width === 'number') return new Array<readonly [number, number]>(rank).fill([width, width]);
  const pairs =
    typeof width[0] === 'number'
      ? [width as readonly [number, number]]
      : (width as readonly (readonly [number, number])[]);
  if (pairs.length !== 1 && pairs.length !== rank)
    fail('SHAPE', `np.pad: ${pairs.length} pairs of widths for an array of dimension ${rank}`);
  return Array.from({ length: rank }, (_, i) => pairs[pairs.length === 1 ? 0 : i]!);
};

/** `value` around the array: one width, one [before, after], or one pair an axis. Throws SHAPE for negative widths. */
export const pad = (x: ArrayInput, width: PadWidth, value: ArrayInput = 0): BaseArray => {
  const [a, fill] = unify([asArr(x), value]) as [BaseArray, BaseArray];
  const pairs = sides(width, a.ndim);
  return apply('pad', [a, fill], { lo: pairs.map(([lo]) => lo), hi: pairs.map(([, hi]) => hi) });
};
