/** @file Repeating a public number of times, or as long as a revealed condition holds. */
import { fail } from '../errors.ts';
import { alloc } from '../ir/ops/dtypes.ts';
import type { Tensor, TensorData } from '../ir/ops/graph.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { type ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { checkCarry, repeat } from '../ir/trace/loop.ts';
import { isTensor, NDArray } from '../ir/trace/ndarray.ts';
import { flatten, sameTree, type TreeDef, treeText, unflatten } from '../ir/trace/pytree.ts';
import { recordFunction, typeOfArray } from '../ir/trace/replay.ts';
import { apply, Traced } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { asArr, broadcast, reshapeTo, truth } from './core.ts';
import { dynamicSlice, dynamicUpdateSlice } from './indexing.ts';
import { optionsOf } from './options.ts';
import { reveal } from './reveal.ts';

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
 * @example
 * np.fori(0, 5, (i, total) => np.add(total, i), np.array(0, 'int64')) // 10
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
  return unflatten(def, repeat({ lo: from, hi: to }, step, start, paths)) as Carry<T>;
};

export interface WhileOptions {
  /** The program fails, at all parties, if the condition still holds after so many turns. Default 65536. */
  readonly maxIterations?: number;
}

const MOST = 65536;

/**
 * carry = body(carry) as long as cond(carry) is true; returns the last carry. The condition is REVEALED before each turn:
 * all parties and the dealer learn it, and so how often the loop turns. That is all they learn; the carry stays secret.
 * Rounds a turn: those of the body and of the condition, and 1; a dealer elsewhere waits for the condition, and is waited for.
 * Throws as np.fori, and RANGE when the condition never ends.
 * @example
 * np.whileRevealed((x) => np.less(x, 100), (x) => np.multiply(x, 3), np.array(1)) // 243
 */
export const whileRevealed = <const T>(
  cond: (carry: Carry<T>) => ArrayInput,
  body: (carry: Carry<T>) => CarryResult<T>,
  init: T,
  options?: WhileOptions,
): Carry<T> => {
  const { maxIterations } = optionsOf('np.whileRevealed', options, { maxIterations: MOST });
  if (!Number.isInteger(maxIterations) || maxIterations < 1 || maxIterations > math.pow2(32))
    fail(
      'INVALID_ARGUMENT',
      `np.whileRevealed: maxIterations is a whole number from 1 to 2^32, not ${String(maxIterations)}`,
    );
  const { leaves, paths, def } = flatten(init, isLeaf);
  const start = leaves.map((x) => asArr(x as ArrayInput));
  const goesOn = (carry: readonly BaseArray[]): BaseArray => {
    const holds = truth(cond(unflatten(def, carry) as Carry<T>));
    if (holds.ndim !== 0)
      fail(
        'SHAPE',
        `np.whileRevealed: a condition is a scalar, not of shape ${shapeText(holds.shape)}: use np.any or np.all`,
      );
    return reveal(holds);
  };
  const step = (_: BaseArray, [, ...carry]: readonly BaseArray[]): BaseArray[] => {
    const next = readCarry(body(unflatten(def, carry) as Carry<T>), def);
    // Before the condition is asked about it.
    for (const [i, x] of next.entries()) checkCarry(paths[i]!, start[i]!, x);
    return [goesOn(next), ...next];
  };
  const turns = { lo: 0, hi: maxIterations, while: true } as const;
  const [, ...end] = repeat(turns, step, [goesOn(start), ...start], ['condition', ...paths]);
  return unflatten(def, end) as Carry<T>;
};

const readCarry = (result: unknown, def: TreeDef): BaseArray[] => {
  const flat = flatten(result, isLeaf);
  if (!sameTree(flat.def, def))
    fail(
      'INVALID_ARGUMENT',
      `a loop's body was given a carry like ${treeText(def)} and returned ${treeText(flat.def)}: return the carry`,
    );
  return flat.leaves.map((x) => asArr(x as ArrayInput));
};

export interface ScanOptions {
  /** Number of steps; needed when there is nothing to scan over. */
  readonly length?: number;
  /** From the last to the first. */
  readonly reverse?: boolean;
}

/** Row `i` of the first axis, and an array with that row replaced. */
const rowOf = (x: BaseArray, i: ArrayInput): BaseArray => {
  const index = x.shape.map((_, axis) => (axis === 0 ? i : 0));
  return reshapeTo(dynamicSlice(x, index, [1, ...x.shape.slice(1)]), x.shape.slice(1));
};
const withRow = (x: BaseArray, row: BaseArray, i: ArrayInput): BaseArray =>
  dynamicUpdateSlice(
    x,
    reshapeTo(row, [1, ...row.shape]),
    x.shape.map((_, axis) => (axis === 0 ? i : 0)),
  );

/**
 * [carry, ys]: `fn(carry, x)` gives [carry, y] for each x along the first axis of `xs` (a tree of arrays, or null with
 * {length}); the y are stacked. Throws SHAPE when the lengths differ or the carry changes.
 * @example
 * np.scan((total, x) => [np.add(total, x), total], np.array(0), np.array([1, 2, 3])) // [6, [0, 1, 3]]
 */
export const scan = <const T, Y = BaseArray>(
  fn: (carry: Carry<T>, x: never) => readonly [CarryResult<T>, unknown],
  init: T,
  xs: unknown,
  options?: ScanOptions,
): [Carry<T>, Y] => {
  const { length, reverse } = optionsOf('np.scan', options, { length: undefined, reverse: false });
  const given = flatten(xs, isLeaf);
  const columns = given.leaves.map((x) => asArr(x as ArrayInput));
  const lengths = new Set([...columns.map((x) => x.shape[0]), ...(length === undefined ? [] : [length])]);
  const [n] = lengths;
  if (lengths.size !== 1 || n === undefined)
    return fail('SHAPE', `np.scan: the numbers of steps differ or are unknown: ${[...lengths].join(', ')}`);
  const { leaves, def, paths } = flatten(init, isLeaf);
  const start = leaves.map((x) => asArr(x as ArrayInput));
  let yDef: TreeDef | undefined;
  const step = (carry: readonly BaseArray[], rows: readonly BaseArray[]): [BaseArray[], BaseArray[]] => {
    const result = fn(unflatten(def, carry) as Carry<T>, unflatten(given.def, rows) as never);
    if (!Array.isArray(result) || result.length !== 2)
      fail('INVALID_ARGUMENT', 'np.scan: the function returns [carry, y]');
    const ys = flatten(result[1], isLeaf);
    yDef = ys.def;
    return [readCarry(result[0], def), ys.leaves.map((y) => asArr(y as ArrayInput))];
  };
  // One recording to learn what the y are like, thrown away.
  const types = [...start, ...columns].map((x, i) => {
    const t = typeOfArray(x);
    return i < start.length ? t : { ...t, shape: t.shape.slice(1) };
  });
  let made: BaseArray[] = [];
  recordFunction(types, (all) => {
    made = step(all.slice(0, start.length), all.slice(start.length))[1];
    return [];
  });
  const stacks = made.map((y) => NDArray.from({ shape: [], dtype: y.dtype, data: alloc(y.dtype, 1) }));
  const empty = stacks.map((zero, k) => broadcast(zero, [n, ...made[k]!.shape]));
  const out = repeat(
    { lo: 0, hi: n },
    (i, state) => {
      const at = reverse ? apply('sub', [NDArray.from(n - 1, 'int64'), i]) : i;
      const rows = columns.map((x) => rowOf(x, at));
      const [carry, ys] = step(state.slice(0, start.length), rows);
      return [...carry, ...ys.map((y, k) => withRow(state[start.length + k]!, y, at))];
    },
    [...start, ...empty],
    [...paths, ...empty.map((_, k) => `ys[${k}]`)],
  );
  const end = unflatten(def, out.slice(0, start.length)) as Carry<T>;
  return [end, unflatten(yDef!, out.slice(start.length)) as Y];
};

export { fori as foriLoop };
