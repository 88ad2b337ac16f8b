/** @file Arguments and results of what a file describes. */
import { fail } from '../errors.ts';
import type { ArrayInput, BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';

/** Size of an axis that is known only at the call. */
const OPEN = -1;

/** An argument or a result. An axis whose size is open is -1. */
export interface ProgramArray {
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** The dtype of complex arrays, of which programs take and give both parts. */
export const COMPLEX = 'complex128';
export const isComplex = ({ dtype }: ProgramArray): boolean => dtype === COMPLEX;

const shapeText = (shape: readonly number[]): string => shape.map((n) => (n === OPEN ? '?' : n)).join(', ');

export const portText = ({ shape, dtype }: ProgramArray): string => `${dtype}[${shapeText(shape)}]`;

/** An argument as its type says. Throws SHAPE and DTYPE by its place; `what` is what the file holds. */
export const taken = (
  given: unknown,
  { shape, dtype }: ProgramArray,
  path: string,
  what: string,
): BaseArray => {
  const x = np.asarray(given as ArrayInput);
  const fits = x.ndim === shape.length && shape.every((n, i) => n === OPEN || n === x.shape[i]);
  if (!fits)
    return fail(
      'SHAPE',
      `${path} has shape (${shapeText(shape)}) in the ${what}, and (${shapeText(x.shape)}) here`,
    );
  if (dtype === 'float64' || x.dtype === dtype) return np.astype(x, dtype);
  const whole =
    x instanceof np.NDArray &&
    Array.from(x.data as ArrayLike<number | bigint>).every((v) => Number.isInteger(Number(v)));
  const isInteger = x.dtype !== 'fxp' && x.dtype !== 'bool' && dtype !== 'bool';
  return whole || isInteger
    ? np.astype(x, dtype)
    : fail(
        'DTYPE',
        `${path} is of ${dtype} in the ${what}, and of ${x.dtype === 'fxp' ? 'float64' : x.dtype} here`,
      );
};

/** A complex argument, { real, imag } or a real array, as its two parts; any other one as it is. */
export const partsOf = (given: unknown, port: ProgramArray, path: string, what: string): BaseArray[] => {
  if (!isComplex(port)) return [taken(given, port, path, what)];
  const part = { ...port, dtype: 'float64' };
  const both = given as { readonly real?: unknown; readonly imag?: unknown };
  const isPair = typeof given === 'object' && given !== null && 'real' in given && 'imag' in given;
  const real = taken(isPair ? both.real : given, part, isPair ? `${path}.real` : path, what);
  return [real, isPair ? taken(both.imag, part, `${path}.imag`, what) : np.zeros(real.shape)];
};
