/** @file `sf.join`: columns of one party for the rows of another, where nobody learns which rows have any. */
import type { currentSession } from './device/default-session.ts';
import type { SPU } from './device/devices.ts';
import { type DeviceObject, deviceIn, type SPUObject } from './device/objects.ts';
import { fail } from './errors.ts';
import type { BaseArray } from './ir/trace/array.ts';
import type { NDArray } from './ir/trace/ndarray.ts';
import * as np from './numpy/index.ts';
import type { Normalize } from './psi/ids.ts';
import { type Identifiers, ownedBy } from './psi.ts';

/** What a join of tables gives: for each row of the first table, whether the second has it, and the second's columns. */
export interface Joined {
  /** A bool a row. */
  readonly member: SPUObject<NDArray>;
  /** Zeros in rows that the second table does not have. */
  readonly columns: readonly SPUObject<NDArray>[];
  /** With `how: 'outer'`: for each row of the second table, whether the first has none with its identifier. */
  readonly lone?: SPUObject<NDArray>;
}

export interface JoinOptions {
  /** What is compared in an identifier's place; undefined or null: the row has no partner. */
  readonly normalize?: Normalize;
  /** 'left' (unless given): the rows of the first table; 'outer': of the second as well, of which `lone` says which belong to nobody in the first. */
  readonly how?: 'left' | 'outer';
}

/** Rows one further down; the first one stays. */
const below = (x: BaseArray): BaseArray => np.concatenate([np.slice(x, [0, 1]), np.slice(x, [0, -1])]);

/** A column of n numbers as one that goes with an array of so many axes. */
const beside = (column: BaseArray, axes: number): BaseArray =>
  np.reshape(column, [column.shape[0]!, ...Array<number>(axes - 1).fill(1)]);

type Words = readonly [key: BaseArray, check: BaseArray, row: BaseArray];

/**
 * The second table's columns for the first one's rows. Rows of both are sorted by the first word of their digests, those of the second
 * first where equal ones meet: so a row has a partner if the one before it has the same digest. A sort by places brings them back.
 */
const joined = (
  [key, check, row]: Words,
  [otherKey, otherCheck, otherRow]: Words,
  columns: readonly BaseArray[],
  isOuter: boolean,
): BaseArray[] => {
  const [n, m] = [key.shape[0]!, otherKey.shape[0]!];
  for (const [i, column] of columns.entries())
    if (column.ndim === 0 || column.shape[0] !== m)
      fail(
        'SHAPE',
        `sf.join: column ${i} has ${column.shape[0] ?? 'no'} rows, and there are ${m} identifiers beside it`,
      );
  const padded = columns.map((c) => np.concatenate([c, np.zeros([n, ...c.shape.slice(1)], c.dtype)]));
  const [keys, checks, places, ...carried] = np.sortBy(
    np.concatenate([otherKey, key]),
    np.concatenate([otherCheck, check]),
    np.concatenate([otherRow, np.add(row, m)]),
    ...padded,
  ) as [BaseArray, BaseArray, BaseArray, ...BaseArray[]];
  const same = np.logicalAnd(np.equal(keys, below(keys)), np.equal(checks, below(checks)));
  const none = np.zeros([1], 'bool');
  const member = np.concatenate([none, np.slice(same, [1, n + m])]);
  const found = carried.map((c) => np.where(beside(member, c.ndim), below(c), 0));
  // Of two equal rows the second table's comes first.
  const met = isOuter ? np.logicalOr(member, np.concatenate([np.slice(member, [1, n + m]), none])) : member;
  const [, ...back] = np.sortBy(places, met, ...found);
  const [first] = back as [BaseArray];
  const own = back.map((c) => np.slice(c, [m, n + m]));
  return isOuter ? [...own, np.logicalNot(np.slice(first, [0, m]))] : own;
};

/** Two words of 62 bits for each row at its party, and the number of the row. */
const wordsAt = async (ids: unknown, party: string, normalize: Normalize | undefined) => {
  const { rowWords } = await import('./psi/ids.ts');
  const words = await rowWords(ids, { party, duplicates: 'error', normalize });
  return [...words, Int32Array.from(words[0], (_, row) => row)];
};

/**
 * Columns of the second party (handles of its arrays, a row for each of its identifiers) for the rows of the first, on an SPU: nobody
 * learns which rows have a partner, or how many. Results have the first party's rows in their order, so that its own columns stay where
 * they are; `member` says which have a partner, and columns are 0 where there is none; with { how: 'outer' } `lone` says which rows of the second have none. Everybody learns how many rows each table has.
 * Identifiers are those of `sf.psi`, each once in a table; a row that `normalize` leaves out has no partner. A partner is missed with at most
 * (n + m)^2 2^-63 for n and m rows, and a wrong one taken with 2^-80. Two sorts of n + m rows (np.sortBy); errors come with the handles.
 * More tables are joined to the first one's rows by a call each: results have the same rows, and `np.logicalAnd` of their members says who is in all.
 * Throws INVALID_ARGUMENT for other than two parties and for handles elsewhere, SHAPE for columns of another length and for tables without rows.
 * @example
 * const incomes = sf.to(bob, [100, 200, 300]);
 * const { member, columns } = sf.join(spu, { alice: ['ann', 'bea', 'cy'], bob: ['cy', 'dee', 'ann'] }, [incomes]);
 * await sf.reveal(member) // [true, false, true]
 * await sf.reveal(columns[0]) // [300, 0, 100]
 */
export const join = (
  spu: SPU,
  ids: Readonly<Record<string, Identifiers>>,
  columns: readonly DeviceObject[],
  options: JoinOptions = {},
): Joined => {
  const alien = Object.keys(options).find((key) => key !== 'normalize' && key !== 'how');
  if (alien !== undefined)
    fail('INVALID_ARGUMENT', `sf.join: unknown option ${JSON.stringify(alien)}: known are normalize and how`);
  const { normalize, how = 'left' } = options;
  if (how !== 'left' && how !== 'outer') fail('INVALID_ARGUMENT', "sf.join: how is 'left' or 'outer'");
  const isOuter = how === 'outer';
  if (deviceIn('sf.join', spu).kind !== 'SPU') fail('INVALID_ARGUMENT', 'sf.join takes an SPU first');
  if (!Array.isArray(columns))
    fail('INVALID_ARGUMENT', 'sf.join takes a list of columns of the second party');
  const sets = ownedBy('sf.join', ids, spu.session as ReturnType<typeof currentSession>);
  if (sets.length !== 2)
    fail(
      'INVALID_ARGUMENT',
      `sf.join is for two parties, not ${sets.length}: join each further table to the first one's rows by a call of its own`,
    );
  const words = sets.flatMap(([party, object]) => {
    const identifiers = (given: unknown) => wordsAt(given, party, normalize);
    return object.device(identifiers, { numReturns: 3 })(object);
  });
  const program = (...given: BaseArray[]): BaseArray[] => {
    const [first, second] = [given.slice(0, 3), given.slice(3, 6)] as unknown as readonly [Words, Words];
    return joined(first, second, given.slice(6), isOuter);
  };
  const numReturns = 1 + columns.length + (isOuter ? 1 : 0);
  const [member, ...rest] = spu(program, { numReturns })(...words, ...columns) as unknown as [
    SPUObject<NDArray>,
    ...SPUObject<NDArray>[],
  ];
  return isOuter ? { member, columns: rest.slice(0, -1), lone: rest.at(-1)! } : { member, columns: rest };
};
