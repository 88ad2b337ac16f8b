/** @file Every pair of rows with a common identifier, where parties have several rows of one. */
import { fail, TesseraError } from '../errors.ts';
import type { Ids } from './ids.ts';
import type { Wire } from './peer-messages.ts';

/** Most pairs of rows. */
export const MOST_PAIRS = 100_000_000;

/** As many little-endian words as there are numbers. */
const packed = (numbers: Uint32Array): Uint8Array<ArrayBuffer> => {
  const out = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [i, n] of numbers.entries()) out.setUint32(4 * i, n, true);
  return new Uint8Array(out.buffer);
};

/**
 * This party's rows of all pairs, from the numbers of its common items: item by item, and of each the rows of the outer party one
 * after another, with all of the inner party's each. Both learn how many rows of each common identifier the other has. Throws RANGE
 * for more pairs than an array has room for.
 */
export const pairs = async (
  { starts, rows }: NonNullable<Ids['groups']>,
  items: Uint32Array,
  peer: Wire,
  outer: boolean,
): Promise<Int32Array> => {
  const own = items.map((item) => starts[item + 1]! - starts[item]!);
  await peer.send(packed(own));
  const theirs = await peer.receive(4 * items.length, 'numbers of rows');
  const view = new DataView(theirs.buffer, theirs.byteOffset, theirs.byteLength);
  const counts = items.map((_, i) => view.getUint32(4 * i, true));
  if (counts.includes(0))
    throw new TesseraError('SERIALIZATION', `${peer.peer} says to have no row of a common identifier`, {
      party: peer.peer,
    });
  const total = counts.reduce((sum, count, i) => sum + count * own[i]!, 0);
  if (total > MOST_PAIRS)
    fail('RANGE', `sf.psi: the common identifiers have ${total} pairs of rows; the most are ${MOST_PAIRS}`);
  const out = new Int32Array(total);
  let at = 0;
  for (const [i, item] of items.entries()) {
    const mine = rows.subarray(starts[item], starts[item + 1]);
    const other = counts[i]!;
    for (let k = 0; k < mine.length * other; k++)
      out[at++] = mine[outer ? Math.floor(k / other) : k % mine.length]!;
  }
  return out;
};
