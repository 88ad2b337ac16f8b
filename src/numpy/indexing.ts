/** @file Parts of arrays: slices and picks by public positions, and blocks at indices that a loop counts. */
import { fail } from '../errors.ts';
import { bitsOf, dtypeName, isInt, kindOf } from '../ir/ops/dtypes.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import { type ArrayInput, BaseArray, type SliceSpec } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply, Traced } from '../ir/trace/tracer.ts';
import { describe } from '../names.ts';
import * as math from '../ring/math/index.ts';
import { asArr, axisOf, broadcast, convertTo, type FlatAxis, promoteAll, reshapeTo, spread } from './core.ts';
import { ravel } from './shape.ts';

const wrap = (i: number, n: number, axis: number): number => {
  if (!Number.isInteger(i)) fail('INVALID_ARGUMENT', `an index is a whole number, not ${i}`);
  if (i < -n || i >= n) fail('RANGE', `index ${i} is out of bounds for axis ${axis} with size ${n}`);
  return i < 0 ? i + n : i;
};

type Bounds = readonly [(number | null)?, (number | null)?, (number | null)?];

/** 'a:b:c' -> [a, b, c] */
const parseBounds = (text: string): Bounds => {
  const parts = text.split(':').map((p) => p.trim());
  if (parts.length < 2 || parts.length > 3 || parts.some((p) => !/^([+-]?\d+)?$/.test(p)))
    fail('INVALID_ARGUMENT', `slice ${JSON.stringify(text)} is not of the form 'start:stop:step'`);
  return parts.map((p) => (p === '' ? null : Number(p))) as unknown as Bounds;
};

/** Python's slice semantics: bounds count from the end when negative, and are held inside. */
const resolve = (bounds: Bounds, n: number): { start: number; size: number; step: number } => {
  const step = bounds[2] ?? 1;
  if (step === 0) fail('INVALID_ARGUMENT', 'slice step cannot be zero');
  for (const b of bounds)
    if (b !== null && b !== undefined && !Number.isInteger(b))
      fail('INVALID_ARGUMENT', `a slice is made of public whole numbers, not ${describe(b)}`);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const inside = (b: number): number => Math.min(Math.max(b < 0 ? b + n : b, low), high);
  const start = bounds[0] === null || bounds[0] === undefined ? (step > 0 ? 0 : n - 1) : inside(bounds[0]);
  const stop = bounds[1] === null || bounds[1] === undefined ? (step > 0 ? n : -1) : inside(bounds[1]);
  const size = Math.max(0, Math.ceil((stop - start) / step));
  return size === 0 ? { start: 0, size, step: 1 } : { start, size, step };
};

const isPosition = (s: SliceSpec): s is number | bigint | BaseArray =>
  typeof s === 'number' || typeof s === 'bigint' || s instanceof BaseArray;

const FORM =
  "entries stand beside each other, one an axis: np.slice(x, [0, 3]) is x[0:3], np.slice(x, ':', [0, 3]) is x[:, 0:3], " +
  'np.slice(x, 2) is x[2]';

/** What cuts an axis. Throws INVALID_ARGUMENT, with the forms that there are. */
const boundsOf = (spec: Exclude<SliceSpec, null>): Bounds => {
  if (typeof spec === 'string') return parseBounds(spec);
  if (!Array.isArray(spec))
    return fail('INVALID_ARGUMENT', `np.slice: ${describe(spec)} is no entry of a slice: ${FORM}`);
  if (spec.some((b) => typeof b === 'object' && b !== null && !(b instanceof BaseArray)))
    fail('INVALID_ARGUMENT', `np.slice: a list of slices was given: ${FORM}`);
  if (spec.some((b) => b instanceof Traced))
    fail(
      'INVALID_ARGUMENT',
      'np.slice: the ends of a slice are public numbers, so that its size is known: np.dynamicSlice takes other starts',
    );
  if (spec.length > 3)
    fail(
      'INVALID_ARGUMENT',
      `np.slice: [start, stop, step] has at most three numbers, not ${spec.length}: np.take(x, places, axis) picks places`,
    );
  return spec.map((b) => (b instanceof BaseArray ? b.item() : b)) as unknown as Bounds;
};

/** '...' becomes as many ':' as are missing; the rest of the axes stay whole. */
const expand = (specs: readonly SliceSpec[], rank: number): SliceSpec[] => {
  const used = specs.filter((s) => s !== null && s !== '...').length;
  if (used > rank)
    fail('SHAPE', `too many indices for array: array is ${rank}-dimensional, but ${used} were indexed`);
  const at = specs.indexOf('...');
  if (at !== specs.lastIndexOf('...'))
    fail('INVALID_ARGUMENT', "an index can only have a single ellipsis ('...')");
  const whole = new Array<SliceSpec>(rank - used).fill(':');
  return at < 0 ? [...specs, ...whole] : [...specs.slice(0, at), ...whole, ...specs.slice(at + 1)];
};

/**
 * NumPy's x[...]: one entry an axis. A number (or a public integer scalar, such as a loop index) picks and drops the
 * axis; [start, stop, step] or 'start:stop:step' cuts; ':' keeps; '...' stands for the axes between; null adds one.
 * Throws RANGE for a number outside, SHAPE for too many entries, INVALID_ARGUMENT for what is no entry. A traced index counts
 * from the end when negative, as in JAX, and outside is the last one.
 * @example
 * np.slice(np.array([[1, 2, 3], [4, 5, 6]]), 0, [1, 3]) // [2, 3]
 * np.slice(np.array([1, 2, 3]), '::-1') // [3, 2, 1]
 */
export const slice = (x: ArrayInput, ...specs: readonly SliceSpec[]): BaseArray => {
  let a = asArr(x);
  const list = expand(specs, a.ndim);
  const start: number[] = [];
  const size: number[] = [];
  const step: number[] = [];
  const shape: number[] = [];
  const dynamic = new Map<number, BaseArray>();
  for (const spec of list) {
    const axis = start.length;
    const n = a.shape[axis]!;
    if (spec === null) shape.push(1);
    else if (spec instanceof Traced) {
      dynamic.set(axis, placesIn(spec, n));
      start.push(0);
      size.push(n);
      step.push(1);
    } else if (isPosition(spec)) {
      start.push(wrap(Number(spec instanceof BaseArray ? spec.item() : spec), n, axis));
      size.push(1);
      step.push(1);
    } else {
      const cut = resolve(boundsOf(spec), n);
      start.push(cut.start);
      size.push(cut.size);
      step.push(cut.step);
      shape.push(cut.size);
    }
  }
  if (size.some((n, i) => n !== a.shape[i] || step[i] !== 1)) a = apply('slice', [a], { start, size, step });
  if (dynamic.size > 0) {
    const index = a.shape.map((_, axis) => dynamic.get(axis) ?? 0);
    a = dynamicSlice(
      a,
      index,
      a.shape.map((n, axis) => (dynamic.has(axis) ? 1 : n)),
    );
  }
  return reshapeTo(a, shape);
};

/** Which of the n places of an axis, as an axis behind it, each of these is: negative ones count from the end, those outside are none. */
export const hits = (places: BaseArray, n: number): BaseArray => {
  // All of them are numbers of the dtype.
  const enough = n < math.pow2(bitsOf(places.dtype) - 1);
  const at = reshapeTo(enough ? places : convertTo(places, 'int64'), [...places.shape, 1]);
  const is = (first: number): BaseArray => {
    const each = NDArray.from(
      Array.from({ length: n }, (_, j) => first + j),
      'int64',
    );
    return apply('equal', spread([at, convertTo(each, at.dtype as 'int64')]));
  };
  return kindOf(at.dtype) === 'uint' ? is(0) : apply('xor', [is(0), is(-n)]);
};

/**
 * The elements at `indices` along an axis (of the flattened array without one). Negative places count from the end, and known ones throw
 * RANGE outside. Nobody may see where a place lies that is secret, or counted by a loop, so there is no error: one outside of -n .. n - 1
 * reads 0 or another element (it counts modulo N, the least power of two that is not below 2n, or n itself where that is one).
 * `check: true` finds it: it is an error of the program there. np.clip holds places inside. On secrets: 1 round, and N words of the
 * dealer's for each number that is read; half of that where places are known not to be negative (of unsigned dtypes, clipped).
 * @example
 * np.take(np.array([10, 20, 30]), [2, 0]) // [30, 10]
 * np.take(np.array([10, 20, 30]), np.array([1], 'int32')) // [20]
 */
export const take = (x: ArrayInput, indices: ArrayInput, axis?: FlatAxis): BaseArray => {
  const along = axisOf<number | null>('np.take', axis, null);
  const a = along === null ? ravel(x) : asArr(x);
  const at = normalAxis(along ?? 0, a.ndim);
  const which = asArr(indices);
  if (!(which instanceof NDArray)) return apply('lookup', [a, which], { axis: at });
  const n = a.shape[at]!;
  const list = Array.from(which.data as Float64Array, (i) => wrap(Number(i), n, at));
  const shape = [...a.shape.slice(0, at), ...which.shape, ...a.shape.slice(at + 1)];
  return reshapeTo(apply('gather', [a], { axis: at, indices: list }), shape);
};

/** Places of an axis as integers; lists of whole numbers are float64 where they come from JavaScript. Throws DTYPE. */
export const wholePlaces = (places: ArrayInput): BaseArray => {
  const at = asArr(places);
  const whole = at instanceof NDArray && at.data.every((i) => Number.isInteger(Number(i)));
  const ints = whole && at.dtype !== 'bool' ? convertTo(at, 'int64') : at;
  return isInt(ints.dtype) ? ints : fail('DTYPE', `places are integers, not ${dtypeName(at.dtype)}`);
};

/** Places in an axis of n, from 0: negative ones count from the end, and what lies outside becomes n. */
export const placesIn = (places: ArrayInput, n: number): BaseArray =>
  apply('place', [wholePlaces(places)], { n });

/**
 * x with `parts` added at places of the first axis, public or secret, as JAX's x.at[places].add(parts): a place may come more
 * than once, negative ones count from the end, and what is to be added outside of the axis is dropped. `parts` broadcast. Rounds 6, and 2 where the places are known to lie inside, such as np.clip's.
 * @example
 * np.scatterAdd(np.array([0, 0, 0]), np.array([1, 1], 'int32'), np.array([5, 6])) // [0, 11, 0]
 */
export const scatterAdd = (x: ArrayInput, indices: ArrayInput, parts: ArrayInput): BaseArray => {
  const [a, p] = promoteAll([asArr(x), asArr(parts)]) as [BaseArray, BaseArray];
  if (a.ndim === 0) fail('SHAPE', 'scatterAdd: x has no axis to add along');
  return addAt(a, placesIn(indices, a.shape[0]!), p);
};

/** As scatterAdd, the places being those of `placesIn`, and the parts of the dtype of x. */
export const addAt = (a: BaseArray, at: BaseArray, p: BaseArray): BaseArray => {
  const list = reshapeTo(at, [at.size]);
  const rows = reshapeTo(broadcast(p, [...at.shape, ...a.shape.slice(1)]), [at.size, ...a.shape.slice(1)]);
  return apply('scatterAdd', [a, list, rows], { drops: true });
};

export const isSecret = (x: BaseArray): boolean => x instanceof Traced && x.secret;

const indexOf = (i: ArrayInput): BaseArray => {
  if (typeof i === 'number') return NDArray.from(i, Number.isInteger(i) ? 'int64' : undefined);
  const a = asArr(i);
  return a instanceof NDArray && !isInt(a.dtype) && a.size === 1 && Number.isInteger(a.item())
    ? convertTo(a, 'int64')
    : a;
};

/**
 * A block of `size` whose corner is at `index` (integers, public or secret, moved so that the block fits).
 * @example
 * np.dynamicSlice(np.array([1, 2, 3, 4]), [np.array(1, 'int32')], [2]) // [2, 3]
 */
export const dynamicSlice = (
  x: ArrayInput,
  index: readonly ArrayInput[],
  size: readonly number[],
): BaseArray => {
  const at = index.map(indexOf);
  const op = at.some(isSecret) ? 'sliceAt' : 'dynamicSlice';
  return apply(op, [asArr(x), ...at], { size: [...size] });
};

/**
 * x with the block whose corner is at `index` (integers, public or secret, moved so that the block fits) replaced by
 * `update`, as a new array. Throws SHAPE where it does not fit at all.
 * @example
 * np.dynamicUpdateSlice(np.array([1, 2, 3, 4]), np.array([8, 9]), [np.array(1, 'int32')]) // [1, 8, 9, 4]
 */
export const dynamicUpdateSlice = (
  x: ArrayInput,
  update: ArrayInput,
  index: readonly ArrayInput[],
): BaseArray => {
  const [a, part] = promoteAll([asArr(x), asArr(update)]) as [BaseArray, BaseArray];
  const at = index.map(indexOf);
  return apply(at.some(isSecret) ? 'updateAt' : 'dynamicUpdateSlice', [a, part, ...at]);
};
