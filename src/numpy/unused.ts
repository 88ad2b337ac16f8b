/** @file Conditions that a program asks for and means to leave unused. */
import { BaseArray } from '../ir/trace/array.ts';
import { flatten } from '../ir/trace/pytree.ts';
import { Traced } from '../ir/trace/tracer.ts';

/**
 * x itself, an array or a tree of them, with word that nothing has to be made of it. A condition that a program asks for and
 * does not use is an UNUSED_CONDITION error otherwise, since a JavaScript `if` would leave it so.
 * @example
 * np.unused(np.less(np.array([1]), 2)) // [true]
 */
export const unused = <T>(x: T): T => {
  for (const leaf of flatten(x, (y) => y instanceof BaseArray).leaves)
    if (leaf instanceof Traced) leaf.trace.used.add(leaf.id);
  return x;
};
