/** @file Joining, splitting and repeating arrays. */
import { fail } from '../errors.ts';
import { dtypeName } from '../ir/ops/dtypes.ts';
import { normalAxis, sameShape, shapeText } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import {
  type ArrayInput,
  asArr,
  axisOf,
  broadcast,
  type FlatAxis,
  numbersOf,
  type OneAxis,
  promoteAll,
  reshapeTo,
  type SomeAxes,
  truth,
  unify,
} from './core.ts';
import { isOptions, optionsOf, wordOf } from './options.ts';
import { expandDims, ravel } from './shape.ts';

/** A list of arrays, or the parts of an array along its first axis. */
export const arraysOf = (arrays: readonly ArrayInput[] | BaseArray): BaseArray[] => {
  if (arrays instanceof BaseArray && arrays.ndim > 0)
    return Array.from({ length: arrays.shape[0]! }, (_, i) => {
      const part = block(arrays, 0, i, i + 1);
      return reshapeTo(part, part.shape.slice(1));
    });
  return Array.isArray(arrays)
    ? arrays.map(asArr)
    : fail('INVALID_ARGUMENT', 'a list of arrays is needed: np.concatenate([a, b])');
};

const some = (arrays: readonly ArrayInput[]): BaseArray[] => {
  const list = arraysOf(arrays);
  return list.length === 0 ? fail('SHAPE', 'need at least one array to concatenate') : promoteAll(list);
};

/**
 * Arrays one after another along an axis (null: flattened first). Throws SHAPE when other axes differ.
 * @example
 * np.concatenate([np.array([1, 2]), np.array([3])]) // [1, 2, 3]
 * np.concatenate([np.array([[1]]), np.array([[2]])], 1) // [[1, 2]]
 */
export const concatenate = (arrays: readonly ArrayInput[], axis?: FlatAxis): BaseArray => {
  const at = axisOf<number | null>('np.concatenate', axis, 0);
  const parts = at === null ? some(arrays).map(ravel) : some(arrays);
  if (parts[0]!.ndim === 0) fail('SHAPE', 'zero-dimensional arrays cannot be concatenated');
  return parts.length === 1
    ? parts[0]!
    : apply('concat', parts as [BaseArray, ...BaseArray[]], { axis: normalAxis(at ?? 0, parts[0]!.ndim) });
};

/**
 * Arrays of one shape along a new axis (the first). Local. Throws SHAPE where shapes differ.
 * @example
 * np.stack([np.array([1, 2]), np.array([3, 4])]) // [[1, 2], [3, 4]]
 * np.stack([np.array([1, 2]), np.array([3, 4])], 1) // [[1, 3], [2, 4]]
 */
export const stack = (arrays: readonly ArrayInput[], axis?: OneAxis): BaseArray => {
  const at = axisOf('np.stack', axis, 0);
  const parts = some(arrays);
  if (parts.some((p) => !sameShape(p.shape, parts[0]!.shape)))
    fail(
      'SHAPE',
      `all input arrays must have the same shape: ${parts.map((p) => shapeText(p.shape)).join(' ')}`,
    );
  return concatenate(
    parts.map((p) => expandDims(p, at)),
    at,
  );
};

const atLeast = (x: BaseArray, rank: number): BaseArray =>
  x.ndim >= rank ? x : reshapeTo(x, [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]);

/**
 * Arrays joined along the first axis, vectors as rows. Local. Throws SHAPE where the other axes differ.
 * @example
 * np.vstack([np.array([1, 2]), np.array([3, 4])]) // [[1, 2], [3, 4]]
 */
export const vstack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(
    some(arrays).map((x) => atLeast(x, 2)),
    0,
  );

/**
 * Arrays joined along the second axis, vectors along their own. Local. Throws SHAPE where the other axes differ.
 * @example
 * np.hstack([np.array([1, 2]), np.array([3])]) // [1, 2, 3]
 */
export const hstack = (arrays: readonly ArrayInput[]): BaseArray => {
  const parts = some(arrays).map((x) => atLeast(x, 1));
  return concatenate(parts, parts[0]!.ndim === 1 ? 0 : 1);
};

/**
 * Into `n` equal parts (SHAPE if they are not equal), or before the given positions.
 * @example
 * np.split(np.array([1, 2, 3, 4]), 2) // [[1, 2], [3, 4]]
 * np.split(np.array([1, 2, 3, 4]), [1]) // [[1], [2, 3, 4]]
 * np.split([1, 2, 3], 2) // throws SHAPE
 */
export const split = (x: ArrayInput, parts: number | readonly number[], axis?: OneAxis): BaseArray[] => {
  const a = asArr(x);
  const at = normalAxis(axisOf('np.split', axis, 0), a.ndim);
  const size = a.shape[at]!;
  if (typeof parts === 'number' && (!Number.isInteger(parts) || parts < 1 || size % parts !== 0))
    fail('SHAPE', `array split does not result in an equal division: ${size} into ${parts}`);
  const cuts =
    typeof parts === 'number'
      ? Array.from({ length: parts - 1 }, (_, i) => ((i + 1) * size) / parts)
      : numbersOf('np.split', parts).map((p) => Math.min(Math.max(p < 0 ? p + size : p, 0), size));
  return [0, ...cuts].map((from, i) => block(a, at, from, Math.max(from, cuts[i] ?? size)));
};

/**
 * Elements moved round by `shift`; without an axis the array is flattened, moved and shaped back.
 * @example
 * np.roll(np.array([1, 2, 3]), 1) // [3, 1, 2]
 */
export const roll = (x: ArrayInput, shift: number | readonly number[], axis?: SomeAxes): BaseArray => {
  const a = asArr(x);
  const given = axisOf<number | readonly number[] | null>('np.roll', axis, null);
  if (given === null) return reshapeTo(roll(ravel(a), shift, 0), a.shape);
  const axes = [given].flat() as number[];
  const shifts = numbersOf('np.roll', shift);
  for (const n of shifts)
    if (!Number.isInteger(n)) fail('RANGE', `roll: a shift is a whole number, not ${n}`);
  if (shifts.length !== 1 && shifts.length !== axes.length)
    fail('SHAPE', 'roll: shift and axis differ in length');
  return axes.reduce((acc, which, i) => {
    const at = normalAxis(which, acc.ndim);
    const n = acc.shape[at]!;
    const by = n === 0 ? 0 : ((shifts[shifts.length === 1 ? 0 : i]! % n) + n) % n;
    return by === 0 ? acc : concatenate([block(acc, at, n - by, n), block(acc, at, 0, n - by)], at);
  }, a);
};

/**
 * The array repeated `reps` times along each axis; one number is for the last. Local. Throws SHAPE.
 * @example
 * np.tile(np.array([1, 2]), 2) // [1, 2, 1, 2]
 */
export const tile = (x: ArrayInput, reps: number | readonly number[]): BaseArray => {
  const list = numbersOf('np.tile', reps);
  for (const n of list)
    if (!Number.isInteger(n) || n < 0) fail('RANGE', `tile: times are whole numbers from 0, not ${n}`);
  const a = atLeast(asArr(x), list.length);
  const times = [...new Array<number>(a.ndim - list.length).fill(1), ...list];
  const open = a.shape.flatMap((n) => [1, n]);
  const wide = a.shape.flatMap((n, i) => [times[i]!, n]);
  return reshapeTo(
    broadcast(reshapeTo(a, open), wide),
    a.shape.map((n, i) => n * times[i]!),
  );
};

/**
 * Each element repeated `times` times along an axis (flattened without one), or as often as a list says: one number an element.
 * Throws RANGE for numbers that are not whole, or below 0.
 * @example
 * np.repeat(np.array([1, 2]), 2) // [1, 1, 2, 2]
 */
export const repeat = (x: ArrayInput, times: number | readonly number[], axis?: FlatAxis): BaseArray => {
  const given = axisOf<number | null>('np.repeat', axis, null);
  const a = given === null ? ravel(x) : asArr(x);
  const at = normalAxis(given ?? 0, a.ndim);
  const list = numbersOf('np.repeat', times);
  for (const n of list)
    if (!Number.isInteger(n) || n < 0) fail('RANGE', `repeat: times are whole numbers from 0, not ${n}`);
  if (typeof times !== 'number') return repeatEach(a, list, at);
  const wide = [...a.shape.slice(0, at + 1), times, ...a.shape.slice(at + 1)];
  const open = [...a.shape.slice(0, at + 1), 1, ...a.shape.slice(at + 1)];
  return reshapeTo(
    broadcast(reshapeTo(a, open), wide),
    a.shape.map((n, i) => (i === at ? n * times : n)),
  );
};

const repeatEach = (x: BaseArray, times: readonly number[], axis: number): BaseArray => {
  const n = x.shape[axis]!;
  if (times.length !== 1 && times.length !== n)
    fail('SHAPE', `repeat: ${times.length} numbers of times for ${n} elements`);
  const indices = Array.from({ length: n }, (_, i) =>
    new Array<number>(times[times.length === 1 ? 0 : i]!).fill(i),
  );
  return apply('gather', [x], { axis, indices: indices.flat() });
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

export interface PadOptions {
  /** 'constant' unless said; 'edge', 'reflect', 'symmetric' and 'wrap' repeat what is there, as in NumPy. */
  readonly mode?: PadMode;
  readonly constantValues?: ArrayInput;
}
export type PadMode = 'constant' | keyof typeof MIRRORS;

/** From which place of an axis of n the place i is filled, which may lie outside of it. */
const MIRRORS = {
  edge: (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1),
  wrap: (i: number, n: number): number => ((i % n) + n) % n,
  symmetric: (i: number, n: number): number => {
    const at = ((i % (2 * n)) + 2 * n) % (2 * n);
    return at < n ? at : 2 * n - 1 - at;
  },
  reflect: (i: number, n: number): number => {
    const turn = Math.max(1, 2 * n - 2);
    const at = ((i % turn) + turn) % turn;
    return at < n ? at : turn - at;
  },
} as const;

const repeatedAround = (
  x: BaseArray,
  pairs: readonly (readonly [number, number])[],
  mode: keyof typeof MIRRORS,
) =>
  pairs.reduce((acc, [lo, hi], axis) => {
    const n = acc.shape[axis]!;
    for (const w of [lo, hi])
      if (!Number.isInteger(w) || w < 0) fail('SHAPE', 'np.pad: widths are whole numbers from 0');
    if (lo + hi === 0) return acc;
    if (n === 0) fail('SHAPE', `np.pad: an empty axis has nothing for mode ${JSON.stringify(mode)}`);
    const indices = Array.from({ length: lo + n + hi }, (_, i) => MIRRORS[mode](i - lo, n));
    return apply('gather', [acc], { axis, indices });
  }, x);

/**
 * `value` (a public number) around the array: one width, one [before, after], or one pair an axis; or by {mode, constantValues}.
 * The dtype stays. Throws SHAPE for negative widths, DTYPE for a value that does not fit.
 * @example
 * np.pad(np.array([1, 2]), [1, 2]) // [0, 1, 2, 0, 0]
 * np.pad(np.array([1, 2, 3]), 1, 'reflect') // [2, 1, 2, 3, 2]
 */
export const pad = (
  x: ArrayInput,
  width: PadWidth,
  value?: ArrayInput | PadMode | PadOptions,
  options?: PadOptions,
): BaseArray => {
  const { mode, constantValues } = optionsOf<PadOptions, Required<PadOptions>>(
    'np.pad',
    isOptions(value) ? (value as PadOptions) : options,
    { mode: 'constant', constantValues: 0 },
  );
  const how = typeof value === 'string' ? (value as PadMode) : mode;
  const modes: PadMode[] = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'];
  if (wordOf('np.pad', 'mode', how, modes) !== 'constant') {
    const a = asArr(x);
    return repeatedAround(a, sides(width, a.ndim), how as keyof typeof MIRRORS);
  }
  const plain = value === undefined || typeof value === 'string' || isOptions(value);
  return padded(x, width, plain ? constantValues : value);
};

const padded = (x: ArrayInput, width: PadWidth, value: ArrayInput): BaseArray => {
  const given = asArr(x);
  // As NumPy, which keeps the dtype of the array; a fraction beside integers is an error rather than cut off.
  const [a, fill] = (given.dtype === 'bool' ? [given, truth(value)] : unify([given, value])) as [
    BaseArray,
    BaseArray,
  ];
  if (a.dtype !== given.dtype)
    fail('DTYPE', `np.pad: the padding does not fit ${dtypeName(given.dtype)}: convert with np.astype first`);
  const pairs = sides(width, a.ndim);
  return apply('pad', [a, fill], { lo: pairs.map(([lo]) => lo), hi: pairs.map(([, hi]) => hi) });
};
