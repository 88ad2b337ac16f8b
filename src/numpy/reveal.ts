/** @file What a program reveals on its way. */
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr } from './core.ts';

/**
 * x as a public value: every party of the SPU LEARNS it, and the dealer hears it, who needs it to follow the program. What
 * is made of it alone is computed in the clear. To show a result to some parties only, return it and use sf.reveal.
 * Rounds 1, bytes those of x; gates that come later in the program wait for it.
 * @example
 * np.reveal(np.sum(np.array([1, 2, 3]))) // 6
 */
export const reveal = (x: ArrayInput): BaseArray => apply('reveal', [asArr(x)]);
