/** @file Branches on conditions that may be secret: every branch runs, and a choice at the end hides which one counts. */
import { fail } from '../errors.ts';
import { type ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { isTensor, NDArray } from '../ir/trace/ndarray.ts';
import { flatten, sameTree, treeText, unflatten } from '../ir/trace/pytree.ts';
import { clip, equal, where } from './compare.ts';
import { asArr, convertTo, isBool, truth } from './core.ts';
import { wholePlaces } from './indexing.ts';
import { scan } from './loops.ts';

const isLeaf = (x: unknown): boolean => x instanceof BaseArray || isTensor(x) || ArrayBuffer.isView(x);

/** Trees of results of one form, leaf by leaf. */
const merged = <R>(
  name: string,
  results: readonly unknown[],
  merge: (leaves: readonly BaseArray[]) => BaseArray,
): R => {
  const flat = results.map((r) => flatten(r, isLeaf));
  const { def } = flat[0]!;
  for (const other of flat)
    if (!sameTree(other.def, def))
      fail(
        'INVALID_ARGUMENT',
        `np.${name}: branches return ${treeText(def)} and ${treeText(other.def)}: let all return the same tree`,
      );
  const leaves = flat.map((f) => f.leaves.map((x) => asArr(x as ArrayInput)));
  return unflatten(
    def,
    leaves[0]!.map((_, i) => merge(leaves.map((l) => l[i]!))),
  ) as R;
};

/**
 * onTrue(...operands) or onFalse(...operands). Where the condition is known when the program is recorded, the other branch
 * is not; a secret or traced one is not looked at: both branches run, and each result is chosen. Branches that divide or
 * take logarithms have to bear the operands that are not theirs.
 * @example
 * np.cond(np.array(true), (x) => np.add(x, 1), (x) => np.negative(x), np.array([5, 6])) // [6, 7]
 */
export const cond = <A extends readonly unknown[], R>(
  condition: ArrayInput,
  onTrue: (...operands: A) => R,
  onFalse: (...operands: A) => R,
  ...operands: A
): R => {
  const c = truth(condition);
  if (c.ndim !== 0) fail('SHAPE', 'np.cond takes one condition: np.where chooses element by element');
  if (c instanceof NDArray) return c.item() ? onTrue(...operands) : onFalse(...operands);
  return merged('cond', [onTrue(...operands), onFalse(...operands)], ([x, y]) => where(c, x!, y!));
};

/**
 * `branches[index](...operands)`, as jax.lax.switch: a number below 0 takes the first branch, one beyond the end the last. Otherwise
 * as cond. Throws DTYPE for an index that is no integer. Exported as `switch` too.
 * @example
 * np.switchCase(np.array(1, 'int32'), [(x) => x, (x) => np.square(x)], np.array([3, 4])) // [9, 16]
 */
export const switchCase = <A extends readonly unknown[], R>(
  index: ArrayInput,
  branches: readonly ((...operands: A) => R)[],
  ...operands: A
): R => {
  if (branches.length === 0) fail('INVALID_ARGUMENT', 'np.switchCase: no branches');
  const given = asArr(index);
  if (given.ndim !== 0) fail('SHAPE', 'np.switchCase takes one index');
  const whole = isBool(given) ? convertTo(given, 'int8') : wholePlaces(given);
  const i = clip(whole, 0, branches.length - 1);
  if (i instanceof NDArray) return branches[Number(i.item())]!(...operands);
  const hits = branches.slice(1).map((_, k) => equal(i, k + 1));
  return merged(
    'switchCase',
    branches.map((b) => b(...operands)),
    ([first, ...rest]) => rest.reduce((out, x, k) => where(hits[k]!, x, out), first!),
  );
};

/**
 * `fn` of each part along the first axis of a tree of arrays, one after another. np.vmap does all at once, in fewer rounds.
 * @example
 * np.map((x) => np.multiply(x, 10), np.array([1, 2])) // [10, 20]
 */
export const map = <R = BaseArray>(fn: (x: never) => unknown, xs: unknown): R =>
  scan((carry: BaseArray, x: never) => [carry, fn(x)], 0, xs)[1] as R;
