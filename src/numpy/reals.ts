/** @file What NumPy asks of complex numbers, answered for real ones, and arrays of at least so many axes. */
import type { BaseArray } from '../ir/trace/array.ts';
import { less, where } from './compare.ts';
import { type ArrayInput, asArr, reshapeTo } from './core.ts';
import { zerosLike } from './create.ts';

/** The number itself: every number here is real. */
export const real = (x: ArrayInput): BaseArray => asArr(x);
export const conjugate = real;
export const conj = real;
/** 0 everywhere. */
export const imag = (x: ArrayInput): BaseArray => zerosLike(x);
/** pi below 0, else 0. */
export const angle = (x: ArrayInput): BaseArray => where(less(x, 0), Math.PI, 0);
/** Whether complex numbers may occur: they may not. */
export const isrealobj = (_x: ArrayInput): boolean => true;
export const iscomplexobj = (_x: ArrayInput): boolean => false;

/** The number of axes, the shape and the number of elements, which are public. */
export const ndim = (x: ArrayInput): number => asArr(x).ndim;
export const shape = (x: ArrayInput): readonly number[] => asArr(x).shape;
export const size = (x: ArrayInput): number => asArr(x).size;

export const atleast1d = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  return a.ndim === 0 ? reshapeTo(a, [1]) : a;
};
export const atleast2d = (x: ArrayInput): BaseArray => {
  const a = atleast1d(x);
  return a.ndim === 1 ? reshapeTo(a, [1, a.size]) : a;
};
export const atleast3d = (x: ArrayInput): BaseArray => {
  const a = atleast2d(x);
  return a.ndim === 2 ? reshapeTo(a, asArr(x).ndim === 2 ? [...a.shape, 1] : [1, a.size, 1]) : a;
};
