/** @file What NumPy asks of complex numbers, answered for real ones, and arrays of at least so many axes. */
import type { BaseArray } from '../ir/trace/array.ts';
import { less, where } from './compare.ts';
import { type ArrayInput, asArr, reshapeTo } from './core.ts';
import { zerosLike } from './create.ts';

/**
 * The number itself: every number here is real.
 * @example
 * np.real(np.array([1, -2])) // [1, -2]
 */
export const real = (x: ArrayInput): BaseArray => asArr(x);
export { real as conjugate, real as conj };
/**
 * The imaginary part: 0 everywhere, every number here is real.
 * @example
 * np.imag(np.array([1, -2])) // [0, 0]
 */
export const imag = (x: ArrayInput): BaseArray => zerosLike(x);
/**
 * The angle of a real number in radians: pi below 0, else 0. On secrets: 5 rounds.
 * @example
 * np.angle(np.array([2, -3])) // [0, 3.1416]
 */
export const angle = (x: ArrayInput): BaseArray => where(less(x, 0), Math.PI, 0);
/**
 * Whether complex numbers may occur: they may not.
 * @example
 * np.isrealobj([1, 2]) // true
 */
export const isrealobj = (_x: ArrayInput): boolean => true;
/**
 * Whether complex numbers may occur: they may not.
 * @example
 * np.iscomplexobj([1, 2]) // false
 */
export const iscomplexobj = (_x: ArrayInput): boolean => false;

/**
 * The number of axes, which is public.
 * @example
 * np.ndim(np.array([[1, 2], [3, 4]])) // 2
 */
export const ndim = (x: ArrayInput): number => asArr(x).ndim;
/**
 * The shape, which is public.
 * @example
 * np.shape(np.array([[1, 2], [3, 4]])) // [2, 2]
 */
export const shape = (x: ArrayInput): readonly number[] => asArr(x).shape;
/**
 * The number of elements, which is public.
 * @example
 * np.size(np.array([[1, 2], [3, 4]])) // 4
 */
export const size = (x: ArrayInput): number => asArr(x).size;

/**
 * x with at least one axis. Local.
 * @example
 * np.atleast1d(np.array(5)) // [5]
 */
export const atleast1d = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  return a.ndim === 0 ? reshapeTo(a, [1]) : a;
};
/**
 * x with at least two axes; a vector becomes a row. Local.
 * @example
 * np.atleast2d(np.array([1, 2])) // [[1, 2]]
 */
export const atleast2d = (x: ArrayInput): BaseArray => {
  const a = atleast1d(x);
  return a.ndim === 1 ? reshapeTo(a, [1, a.size]) : a;
};
/**
 * x with at least three axes; a vector becomes [1, n, 1], a matrix [n, m, 1]. Local.
 * @example
 * np.atleast3d(np.array([1, 2])) // [[[1], [2]]]
 */
export const atleast3d = (x: ArrayInput): BaseArray => {
  const a = atleast2d(x);
  return a.ndim === 2 ? reshapeTo(a, asArr(x).ndim === 2 ? [...a.shape, 1] : [1, a.size, 1]) : a;
};
