/** @file What rows count: as they are given, and by their label. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import type { ArrayInput, BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { target } from './columns.ts';

/** What a row counts by its label: the same for all, `[of 0, of 1]`, or so that both labels weigh the same. */
export type ClassWeight = null | 'balanced' | readonly [number, number];

/** Throws INVALID_ARGUMENT for what is no class weight. */
export const checkClassWeight = (name: string, c: ClassWeight): void => {
  const isPair = Array.isArray(c) && c.length === 2 && c.every((w) => w >= 0 && w < 1e6);
  if (c !== null && c !== 'balanced' && !isPair)
    fail(
      'INVALID_ARGUMENT',
      `${name}: classWeight is 'balanced', or a list [of 0, of 1] of two numbers from 0 on, not ${describe(c)}`,
    );
};

/** Both, either or none. */
export const times = <A extends BaseArray | undefined>(a: A, b: BaseArray | undefined): A | BaseArray =>
  a && b ? np.multiply(a, b) : (a ?? (b as A));

/** What rows of labels 0 and 1 count; undefined where all count 1. Labels are balanced by `each`, what rows count besides, 1 on average. */
export const classWeights = (y: BaseArray, given: ClassWeight, each?: BaseArray): BaseArray | undefined => {
  if (given === null) return undefined;
  if (given !== 'balanced') return np.add(np.multiply(y, given[1] - given[0]), given[0]);
  const share = np.mean(times(y, each));
  return np.where(np.greater(y, 0.5), np.divide(0.5, share), np.divide(0.5, np.subtract(1, share)));
};

/** Weights over their mean, and their mean. */
export interface Weighing {
  readonly each: BaseArray;
  readonly mean: BaseArray;
}

/** Weights of rows, so that sums stay in range whatever their unit. Throws SHAPE. */
export const weighing = (given: ArrayInput | undefined, rows: number): Weighing | undefined => {
  if (given === undefined) return undefined;
  const w = target(given, rows);
  const mean = np.mean(w);
  return { each: np.divide(w, mean), mean };
};
