/** @file Work cut into ranges, so that the first of a long opening leaves while the rest is computed (ir/run/round.ts). */

import type { Field } from '../ring/field.ts';

/** Bytes of words per range: long enough for several threads, short enough for the cache. */
const RANGE = 1 << 20;

/** Does work(start, count) range by range, and yields how many of the n words stand then. */
export function* inRanges(
  n: number,
  field: Field,
  work: (start: number, count: number) => void,
): Generator<number> {
  const size = RANGE / field.bytes;
  for (let start = 0; start < n; start += size) {
    const count = Math.min(size, n - start);
    work(start, count);
    yield start + count;
  }
}
