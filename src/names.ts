/** @file Words for messages: what a value is, and the known name that an unknown one was meant to be. */
import { fail, oneOf } from './errors.ts';

/** Edits (insert, delete, change, swap of neighbours) from one word to the other. */
const distance = (a: string, b: string): number => {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(change, rows[i - 1]![j]! + 1, row[j - 1]! + 1, swap ? rows[i - 2]![j - 2]! + 1 : Infinity),
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
};

const plain = (name: string): string => name.replace(/[_\-\s]/g, '').toLowerCase();

/** The known name that somebody who typed `name` most likely meant, if one is close. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const [best] = known.map((k) => ({ k, d: distance(plain(name), plain(k)) })).sort((a, b) => a.d - b.d);
  return best !== undefined && best.d <= Math.max(1, Math.floor(best.k.length / 3)) ? best.k : undefined;
};

/** `did you mean "FM128"? Known: FM32, FM64 or FM128`. */
export const suggestion = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  return `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}Use ${oneOf(known)}`;
};

/** What a value is, for messages; never the data itself beyond a short primitive. */
export const describe = (x: unknown): string => {
  if (x === null || x === undefined) return String(x);
  if (typeof x === 'string') return JSON.stringify(x.length > 40 ? `${x.slice(0, 40)}...` : x);
  if (typeof x === 'number' || typeof x === 'boolean' || typeof x === 'bigint') return String(x);
  if (typeof x === 'function') return 'a function';
  if (Array.isArray(x)) return 'a list';
  const name = (x as object).constructor?.name;
  return name === undefined || name === 'Object' ? 'an object' : `a ${name}`;
};

/** An option in the documented spelling: `num_returns` is `numReturns`. */
export const camelKey = (key: string): string =>
  key.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

/** The same as in the guide: `numReturns` is `num_returns`. */
export const snakeKey = (key: string): string => key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** Throws INVALID_ARGUMENT for arguments that nobody reads. */
export const noMore = (what: string, surplus: readonly unknown[], use = ''): void => {
  if (surplus.length > 0)
    fail(
      'INVALID_ARGUMENT',
      `${what}: ${surplus.length === 1 ? 'an argument too many' : `${surplus.length} arguments too many`} ` +
        `(${surplus.map(describe).join(', ')})${use && `: ${use}`}`,
    );
};

/** `1 round`, `2 rounds`. */
export const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
