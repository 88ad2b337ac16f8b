/** @file Dealt tables, a row of shared words for each element, in blocks that stay in a cache from the draw to the use. */
import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Slot } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { PAUSE } from './pausable.ts';

/**
 * Bytes of table per block: drawn and used while it is in a cache, and a sixteenth of a large table, so that several threads
 * may share the work. The same at dealer and parties.
 */
const BLOCK = { least: 128 << 10, most: 2 << 20 } as const;

/** Elements whose tables of `row` words are dealt together. Multiples of 16, for ranges of streams. */
export const tableBlocks = (n: number, field: Field, row: number): [start: number, length: number][] => {
  const bytes = row * field.bytes;
  const block = Math.min(BLOCK.most, Math.max(BLOCK.least, (n * bytes) / 16));
  const size = Math.max(1, Math.floor(block / (16 * bytes))) * 16;
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => [i * size, Math.min(size, n - i * size)]);
};

/** Elements that are masked at a time at least. */
const MASKED = 4096;

/** `weigh` each block, `mask` some blocks together; yields how many elements are masked. U: the slots that `weigh` uses. */
export function* inBlocks<U>(
  blocks: readonly (readonly [start: number, length: number])[],
  weigh: (block: number, start: number, length: number) => Generator<U, void, unknown>,
  mask: (start: number, length: number) => void,
): Generator<number | U, void, unknown> {
  let from = 0;
  for (const [i, [start, length]] of blocks.entries()) {
    yield* weigh(i, start, length);
    const end = start + length;
    if (end - from < MASKED && i < blocks.length - 1) continue;
    mask(from, end - from);
    yield end;
    from = end;
  }
}

/** The dealer's half: `deal` fills each block of the slot `tables`, rows of `row` words. */
export function* dealTables(
  d: DealerContext<{ readonly tables: readonly Slot<'table' | 'function', 'ring'>[] }>,
  n: number,
  row: number,
  deal: (table: RingArray, start: number, length: number) => void,
) {
  for (const [i, [start, length]] of tableBlocks(n, d.field, row).entries()) {
    const table = d.words(length * row);
    deal(table, start, length);
    yield* d.share('tables', table, i);
    d.drop(table);
    yield PAUSE;
  }
}
