/** @file Every combination of rows with a common identifier, where parties have several rows of one. */
import { fail, TesseraError } from '../errors.ts';
import type { Ids } from './ids.ts';
import type { Wire } from './peer-messages.ts';

/** Most combinations of rows. */
export const MOST_PAIRS = 100_000_000;

/** As many little-endian words as there are numbers. */
const packed = (numbers: Uint32Array): Uint8Array<ArrayBuffer> => {
  const out = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [i, n] of numbers.entries()) out.setUint32(4 * i, n, true);
  return new Uint8Array(out.buffer);
};

/** Another party, and whether it is named before this one. */
export interface Other {
  readonly peer: Wire;
  readonly before: boolean;
}

/** How many rows of each common identifier the other party has. */
const countsOf = async ({ peer }: Other, items: number): Promise<Uint32Array> => {
  const theirs = await peer.receive(4 * items, 'numbers of rows');
  const view = new DataView(theirs.buffer, theirs.byteOffset, theirs.byteLength);
  const counts = Uint32Array.from({ length: items }, (_, i) => view.getUint32(4 * i, true));
  if (counts.includes(0))
    throw new TesseraError('SERIALIZATION', `${peer.peer} says to have no row of a common identifier`, {
      party: peer.peer,
    });
  return counts;
};

/**
 * This party's rows of all combinations, from the numbers of its common items: item by item, and of each the rows of the party that is named
 * first one after another, with all of the next one's each, and so on. All learn how many rows of each common identifier every party has.
 * Throws RANGE for more combinations than an array has room for.
 */
export const pairs = async (
  { starts, rows }: NonNullable<Ids['groups']>,
  items: Uint32Array,
  others: readonly Other[],
): Promise<Int32Array> => {
  const own = items.map((item) => starts[item + 1]! - starts[item]!);
  for (const { peer } of others) await peer.send(packed(own));
  // How often a block of this party's rows comes, and how often each of them in a row.
  const [blocks, turns] = [new Float64Array(items.length).fill(1), new Float64Array(items.length).fill(1)];
  for (const other of others) {
    const counts = await countsOf(other, items.length);
    const product = other.before ? blocks : turns;
    for (const [i, count] of counts.entries()) product[i]! *= count;
  }
  const total = own.reduce((sum, count, i) => sum + count * blocks[i]! * turns[i]!, 0);
  if (total > MOST_PAIRS)
    fail('RANGE', `sf.psi: the common identifiers have ${total} pairs of rows; the most are ${MOST_PAIRS}`);
  const out = new Int32Array(total);
  let at = 0;
  for (const [i, item] of items.entries()) {
    const mine = rows.subarray(starts[item], starts[item + 1]);
    for (let block = 0; block < blocks[i]!; block++)
      for (const row of mine) {
        out.fill(row, at, at + turns[i]!);
        at += turns[i]!;
      }
  }
  return out;
};
