/** @file Repeating a public number of times. */
import { fail } from '../errors.ts';
import { type ArrayInput, BaseArray } from '../ir/array.ts';
import type { Tensor, TensorData } from '../ir/graph.ts';
import { repeat } from '../ir/loop.ts';
import { isTensor } from '../ir/ndarray.ts';
import { flatten, sameTree, type TreeDef, treeText, unflatten } from '../ir/pytree.ts';
import { Traced } from '../ir/tracer.ts';
import { asArr } from './core.ts';

const isLeaf = (x: unknown): boolean => x instanceof BaseArray || isTensor(x) || ArrayBuffer.isView(x);

const bound = (x: number | bigint | BaseArray, name: string): number => {
  if (x instanceof Traced)
    fail(
      x.secret ? 'SECRET_IN_CONTROL_FLOW' : 'UNSUPPORTED',
      `np.fori: ${name} is to be known when the program is recorded; it is ${x.toString()}`,
    );
  const n = Number(x instanceof BaseArray ? x.item() : x);
  return Number.isSafeInteger(n)
    ? n
    : fail('INVALID_ARGUMENT', `np.fori: ${name} is a whole number, not ${String(x)}`);
};

type Leaf = number | bigint | boolean | BaseArray | Tensor | TensorData | Float32Array;

/** What the body is given: the tree of `init` with arrays for leaves. */
export type Carry<T> = T extends Leaf ? BaseArray : { readonly [K in keyof T]: Carry<T[K]> };
/** What the body may return: the same tree, with anything for leaves that `np` takes for an array. */
export type CarryResult<T> = T extends Leaf ? ArrayInput : { readonly [K in keyof T]: CarryResult<T[K]> };

/**
 * carry = body(i, carry) for i = lo .. hi - 1; returns the last carry. The carry is an array, or a tree of them (arrays
 * and objects). The body is recorded once, with `i` as a public int64 scalar: use it in np functions, not in `if`.
 * Throws SHAPE, naming the carry, when the body changes its shape or dtype, and INVALID_ARGUMENT when it changes the tree.
 */
export const fori = <const T>(
  lo: number | bigint | BaseArray,
  hi: number | bigint | BaseArray,
  body: (i: BaseArray, carry: Carry<T>) => CarryResult<T>,
  init: T,
): Carry<T> => {
  const [from, to] = [bound(lo, 'lo'), bound(hi, 'hi')];
  const { leaves, paths, def } = flatten(init, isLeaf);
  const start = leaves.map((x) => asArr(x as ArrayInput));
  const step = (i: BaseArray, carry: readonly BaseArray[]): BaseArray[] =>
    readCarry(body(i, unflatten(def, carry) as Carry<T>), def);
  return unflatten(def, repeat(from, to, step, start, paths)) as Carry<T>;
};

const readCarry = (result: unknown, def: TreeDef): BaseArray[] => {
  const flat = flatten(result, isLeaf);
  if (!sameTree(flat.def, def))
    fail(
      'INVALID_ARGUMENT',
      `np.fori: the body was given a carry like ${treeText(def)} and returned ${treeText(flat.def)}: return the carry`,
    );
  return flat.leaves.map((x) => asArr(x as ArrayInput));
};
