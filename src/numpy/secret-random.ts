/**
 * @file Randomness that nobody knows: no party and no dealer. Each call draws anew, in each turn of a loop and in each run.
 * Outside of a program they draw from the runtime's generator.
 */
import { fail } from '../errors.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply, currentTrace, type Trace } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { type ArrayInput, asArr, axisOf, convertTo, type OneAxis } from './core.ts';
import { arange, readShape, type ShapeInput } from './create.ts';
import { add, multiply } from './elementwise.ts';
import { matmul } from './linalg.ts';

const counts = new WeakMap<Trace, number>();
let drawsOutside = 0;

/** Tells one draw of a program from another, the same at every party that records it. */
const nextDraw = (): number => {
  let root = currentTrace();
  while (root?.parent !== undefined) root = root.parent;
  if (root === undefined) return drawsOutside++;
  const n = counts.get(root) ?? 0;
  counts.set(root, n + 1);
  return n;
};

/**
 * Secret bools, each true with probability 1/2, that no party knows or chose alone. Without messages. In the clear
 * from the platform's cryptographic source.
 * @example
 * np.less(np.random.secretBits([3]), 2) // [true, true, true]
 */
export const secretBits = (shape: ShapeInput = []): BaseArray =>
  apply('randomBits', [], { shape: readShape(shape), draw: nextDraw() });

/** Bits of a uniform number: as many as FM128 has in its fraction. */
const UNIFORM_BITS = 26;

/**
 * Secret real numbers from lo to hi, hi left out: multiples of (hi - lo) 2^-26 (coarser where the field is).
 * @example
 * np.less(np.random.secretUniform([2], 0, 1), 1) // [true, true]
 */
export const secretUniform = (shape: ShapeInput = [], lo = 0, hi = 1): BaseArray => {
  if (!(Number.isFinite(lo) && Number.isFinite(hi) && lo <= hi))
    fail('RANGE', `secretUniform needs finite numbers lo <= hi, not ${lo} and ${hi}`);
  const bits = convertTo(secretBits([...readShape(shape), UNIFORM_BITS]), 'fxp');
  const weights = Float64Array.from({ length: UNIFORM_BITS }, (_, i) => math.pow2(-(i + 1)));
  return add(multiply(matmul(bits, weights), hi - lo), lo);
};

/**
 * The parts of x along an axis (the first) in an order that nobody knows, each order as likely. Throws SHAPE for a
 * scalar.
 * @example
 * np.sort(np.random.secretShuffle(np.array([3, 1, 2]))) // [1, 2, 3]
 */
export const secretShuffle = (x: ArrayInput, axis?: OneAxis): BaseArray => {
  const a = asArr(x);
  const at = normalAxis(axisOf('np.random.secretShuffle', axis, 0), a.ndim);
  return apply('shuffle', [a], { axis: at, draw: nextDraw() });
};

/**
 * 0 .. n - 1 in an order that nobody knows, int64, each order as likely. Rounds as np.random.secretShuffle.
 * @example
 * np.sort(np.random.secretPermutation(3)) // [0, 1, 2]
 */
export const secretPermutation = (n: number): BaseArray => {
  return secretShuffle(arange(n));
};
