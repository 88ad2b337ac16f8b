/** @file Shape arithmetic: broadcasting, axes, strides, with NumPy's error messages. */
import { fail } from '../../errors.ts';
import { type Shape, sizeOf } from './graph.ts';

/** `(2,3)`, `(4,)`, `()`: as NumPy prints shapes. */
export const shapeText = (shape: Shape): string => `(${shape.join(',')}${shape.length === 1 ? ',' : ''})`;

export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** Row-major strides, in elements. */
export const stridesOf = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
};

/** The common shape, right-aligned, or undefined. */
const joinShapes = (shapes: readonly Shape[]): number[] | undefined => {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const at = rank - shape.length + i;
      const n = shape[i]!;
      if (out[at] === 1) out[at] = n;
      else if (n !== 1 && n !== out[at]) return undefined;
    }
  }
  return out;
};

/**
 * The shape that all broadcast to. Throws SHAPE, naming them.
 * @example
 * np.broadcastShapes([2, 1], [3]) // [2, 3]
 * np.broadcastShapes([2], [3]) // throws SHAPE
 */
export const broadcastShapes = (...shapes: readonly Shape[]): number[] =>
  joinShapes(shapes) ??
  fail(
    'SHAPE',
    `operands could not be broadcast together with shapes ${shapes.map((s) => shapeText(s)).join(' ')}`,
    { shapes },
  );

/** Throws SHAPE unless `from` broadcasts to exactly `to`. */
export const checkBroadcast = (from: Shape, to: Shape): void => {
  const joined = joinShapes([from, to]);
  if (joined === undefined || !sameShape(joined, to))
    fail('SHAPE', `an array of shape ${shapeText(from)} cannot be broadcast to shape ${shapeText(to)}`, {
      from,
      to,
    });
};

/** A valid shape from user input. Throws SHAPE. */
export const checkShape = (shape: readonly number[]): number[] => {
  for (const n of shape)
    if (!Number.isSafeInteger(n) || n < 0)
      fail('SHAPE', `a shape holds whole numbers from 0, not ${String(n)} in (${shape.join(',')})`);
  if (!Number.isSafeInteger(sizeOf(shape))) fail('SHAPE', `shape ${shapeText(shape)} has too many elements`);
  return [...shape];
};

/** Axis from -rank to rank - 1, made positive. Throws SHAPE. */
export const normalAxis = (axis: number, rank: number): number => {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    fail('SHAPE', `axis ${axis} is out of bounds for array of dimension ${rank}`, { axis, rank });
  return axis < 0 ? axis + rank : axis;
};

/** Several axes (all when undefined), sorted; repeats throw SHAPE. */
export const normalAxes = (axes: number | readonly number[] | undefined | null, rank: number): number[] => {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === 'number' ? [axes] : [...axes]).map((a) => normalAxis(a, rank));
  if (new Set(list).size !== list.length) fail('SHAPE', `duplicate value in 'axis': ${JSON.stringify(axes)}`);
  return list.sort((a, b) => a - b);
};

/** A new shape in which at most one -1 stands for what is left. Throws SHAPE. */
export const reshapeTo = (from: Shape, wanted: readonly number[]): number[] => {
  const size = sizeOf(from);
  const misfit = (): never =>
    fail('SHAPE', `cannot reshape array of size ${size} into shape ${shapeText(wanted)}`, { from, wanted });
  const holes = wanted.filter((n) => n === -1).length;
  if (holes > 1) fail('SHAPE', `can only specify one unknown dimension, not ${shapeText(wanted)}`);
  const known = checkShape(wanted.filter((n) => n !== -1));
  if (holes === 0) return sizeOf(known) === size ? known : misfit();
  const rest = sizeOf(known);
  if (rest === 0 || size % rest !== 0) misfit();
  return wanted.map((n) => (n === -1 ? size / rest : n));
};

/** `from` without the given (normal, sorted) axes. */
export const dropAxes = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, i) => !axes.includes(i));
