/** @file Whether a value is a sum of squares, by the way it is made: so it is not below 0, though it may be very large. */
import type { OpName } from '../../ops/catalogue.ts';
import type { ValueId } from '../../ops/graph.ts';
import type { Lookup } from './makers.ts';

/** What a value was before it was given another shape: its elements are in the same order. */
export const unshaped = (find: Lookup, id: ValueId): ValueId => {
  const from = find.made(id, 'reshape')?.ins[0];
  return from === undefined ? id : unshaped(find, from);
};

export const isSquare = (find: Lookup, id: ValueId): boolean => {
  const { ins } = find.made(id, 'mul') ?? {};
  return ins !== undefined && ins[0] === ins[1];
};

interface Context {
  readonly find: Lookup;
  readonly shapeOf: (id: ValueId) => readonly number[];
}

type Rule = (c: Context, x: ValueId, y: ValueId) => boolean;

const isPositive = ({ find }: Context, id: ValueId): boolean => (find.numberOf(id) ?? 0) > 0;
const moved: Rule = (c, x) => isSumOfSquares(c, x);
const scaled: Rule = (c, x, y) => isPositive(c, y) && isSumOfSquares(c, x);

const RULES: { readonly [K in OpName]?: Rule } = {
  broadcast: moved,
  reshape: moved,
  slice: moved,
  transpose: moved,
  gather: moved,
  sum: (c, x) => isSquare(c.find, x) || isSumOfSquares(c, x),
  matmul: (c, x, y) =>
    c.shapeOf(x).at(-2) === 1 && c.shapeOf(y).at(-1) === 1 && unshaped(c.find, x) === unshaped(c.find, y),
  add: (c, x, y) => isSumOfSquares(c, x) && isSumOfSquares(c, y),
  mul: (c, x, y) => scaled(c, x, y) || scaled(c, y, x),
  div: scaled,
};

/** Sums of squares, of such sums, and of them times public numbers above 0. */
export const isSumOfSquares = (c: Context, id: ValueId): boolean => {
  const node = c.find.maker(id);
  const [x, y] = (node?.ins ?? []) as readonly ValueId[];
  const rule = node && RULES[node.op as OpName];
  return rule?.(c, x!, y ?? x!) ?? false;
};
