/** @file What a region does, found by its form: the reducer of a sum, the comparison of a sort. */
import type { Block, Operation, Value } from '../module.ts';

/** The operation that makes a value, in a block. */
export const makerOf = (block: Block, value: Value | undefined): Operation | undefined =>
  block.operations.find(({ results }) => value !== undefined && results.includes(value));

const returned = (block: Block): readonly Value[] => block.operations.at(-1)?.operands ?? [];

/** Reducers that are one operation on their own two arguments. */
const SIMPLE = new Set(['add', 'multiply', 'maximum', 'minimum', 'and', 'or', 'xor']);

/** 'add', 'maximum', ... if the region does just that for its only array. */
export const reducerOf = (block: Block): string | undefined => {
  const [a, b] = block.parameters;
  const [value] = returned(block);
  if (block.parameters.length !== 2 || returned(block).length !== 1) return undefined;
  const maker = makerOf(block, value);
  if (!maker || !SIMPLE.has(maker.name)) return undefined;
  const [x, y] = maker.operands;
  return (x === a && y === b) || (x === b && y === a) ? maker.name : undefined;
};

/** Does the region give back its second argument: what is written replaces what was there? */
export const replaces = (block: Block): boolean =>
  block.parameters.length === 2 && returned(block)[0] === block.parameters[1];

/**
 * An operation on n pairs of arrays as n operations, where its region makes each result of its own two arguments by one simple operation, or
 * gives back the second one. `between` arrays stand between the first n operands and the last n.
 */
export const separated = (op: Operation, n: number, between = 0): Operation[] | undefined => {
  const [block] = op.regions;
  if (!block || n < 2 || block.parameters.length !== 2 * n || returned(block).length !== n) return undefined;
  const each = returned(block).map((value, i): Operation | undefined => {
    const maker = makerOf(block, value);
    const parameters = [block.parameters[i] as Value, block.parameters[n + i] as Value];
    const end = { ...(block.operations.at(-1) as Operation), operands: [value] };
    const own: Block = { parameters, operations: maker ? [maker, end] : [end] };
    if (reducerOf(own) === undefined && !replaces(own)) return undefined;
    const operands = [i, ...Array.from({ length: between }, (_, k) => n + k), n + between + i];
    return {
      ...op,
      operands: operands.map((at) => op.operands[at] as Value),
      results: op.results.slice(i, i + 1),
      regions: [own],
    };
  });
  return each.every((part) => part !== undefined) ? (each as Operation[]) : undefined;
};

/** Operations on elements whose results follow from how their arguments are ordered. */
const ORDERED = new Set(['compare', 'or', 'and', 'select', 'return']);

/**
 * Whether a region over (value, place, value', place') chooses the larger or the smaller value, and of equal ones the first place. It may
 * do no more than compare and choose; then what it does on the nine ways in which two pairs can be ordered is what it always does.
 */
export const positionOf = (
  block: Block,
  run: (inputs: readonly number[]) => readonly number[],
): 'max' | 'min' | undefined => {
  if (block.parameters.length !== 4 || returned(block).length !== 2) return undefined;
  if (block.operations.some(({ name }) => !ORDERED.has(name))) return undefined;
  const cases = [0, 1, 2].flatMap((value) => [0, 1, 2].map((place) => [value, place, 1, 1] as const));
  const chooses = (sign: number): boolean =>
    cases.every(([a, i, b, j]) => {
      const first = sign * a > sign * b || (a === b && i < j);
      const [value, place] = run([a, i, b, j]);
      return value === (sign * a > sign * b ? a : b) && place === (first ? i : j);
    });
  return chooses(1) ? 'max' : chooses(-1) ? 'min' : undefined;
};

export interface SortKey {
  /** Which of the arrays. */
  readonly array: number;
  readonly descending: boolean;
}

/** The number that a value always is, in the region or outside of it. */
export type Constant = (value: Value | undefined) => number | undefined;

/**
 * The parameter that a value is, but for what JAX does to -0 and NaN before it compares (`where(x == 0, 0, x)`, `where(x != x, NaN, x)`),
 * and for floats that are widened: none of it changes the order of numbers.
 */
const orderOf = (block: Block, value: Value | undefined, constant: Constant): number | undefined => {
  if (value === undefined) return undefined;
  const place = block.parameters.indexOf(value);
  if (place >= 0) return place;
  const maker = makerOf(block, value);
  const [first, , last] = maker?.operands ?? [];
  if (maker?.name === 'convert') return isWidening(maker) ? orderOf(block, first, constant) : undefined;
  if (maker?.name !== 'select') return undefined;
  const kept = orderOf(block, last, constant);
  const asked = makerOf(block, first);
  if (kept === undefined || asked?.name !== 'compare') return undefined;
  const of = asked.operands.map((x) => orderOf(block, x, constant));
  const direction = asked.attributes.get('comparison_direction');
  const isNotNumber = direction === 'NE' && of[0] === kept && of[1] === kept;
  const isZero = direction === 'EQ' && of[0] === kept && constant(asked.operands[1]) === 0;
  const toZero = isZero && constant(maker.operands[1]) === 0;
  return isNotNumber || toZero ? kept : undefined;
};

const isWidening = ({ operands, results }: Operation): boolean => {
  const bits = [operands[0], results[0]].map((v) =>
    v?.type.kind === 'tensor' ? /^b?f(\d+)$/.exec(v.type.element)?.[1] : undefined,
  );
  return bits.every((b) => b !== undefined) && Number(bits[0]) <= Number(bits[1]);
};

const DIRECTIONS: Readonly<Record<string, boolean>> = { LT: false, LE: false, GT: true, GE: true };

/**
 * The keys of a sort, the first first, or undefined where the comparison is of another form. One comparison is one key; several
 * are `a < a' or (a = a' and (...))`, or a choice by `a = a'`.
 */
export const sortKeysOf = (block: Block, constant: Constant): SortKey[] | undefined => {
  const pairOf = (op: Operation | undefined): readonly [number, number] | undefined => {
    const [x, y] = (op?.operands ?? []).map((value) => orderOf(block, value, constant));
    return x !== undefined && y !== undefined && x >> 1 === y >> 1 && x !== y ? [x, y] : undefined;
  };
  const single = (op: Operation | undefined): SortKey | undefined => {
    if (op?.name !== 'compare') return undefined;
    const direction = String(op.attributes.get('comparison_direction'));
    const pair = pairOf(op);
    if (!pair || !Object.hasOwn(DIRECTIONS, direction)) return undefined;
    return { array: pair[0] >> 1, descending: DIRECTIONS[direction] !== pair[0] > pair[1] };
  };
  const tieOf = (op: Operation | undefined): number | undefined => {
    const pair =
      op?.name === 'compare' && op.attributes.get('comparison_direction') === 'EQ' ? pairOf(op) : undefined;
    return pair && pair[0] >> 1;
  };
  const keysOf = (value: Value | undefined): SortKey[] | undefined => {
    const maker = makerOf(block, value);
    const key = single(maker);
    if (key) return [key];
    // Of equal keys the next one decides.
    if (maker?.name === 'select') {
      const [tie, further, less] = maker.operands.map((x) => makerOf(block, x));
      const first = single(less);
      const more = first && tieOf(tie) === first.array ? keysOf(further?.results[0]) : undefined;
      return first && more && [first, ...more];
    }
    if (maker?.name !== 'or') return undefined;
    for (const [less, rest] of [maker.operands, [...maker.operands].reverse()]) {
      const first = single(makerOf(block, less));
      const both = makerOf(block, rest);
      if (!first || both?.name !== 'and') continue;
      for (const [tie, further] of [both.operands, [...both.operands].reverse()]) {
        const more = tieOf(makerOf(block, tie)) === first.array ? keysOf(further) : undefined;
        if (more) return [first, ...more];
      }
    }
    return undefined;
  };
  return keysOf(returned(block)[0]);
};
