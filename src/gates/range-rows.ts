/** @file How a gate has its numbers watched by the range guard (guard.ts): a dealt row of bits for each number. */
import type { DealerContext } from '../dealer/dealer-context.ts';
import type { PartyContext } from '../dealer/party-context.ts';
import { bits, bytes } from '../dealer/slots.ts';
import type { Bits, Bytes, RingArray } from '../ring/array.ts';

/** Attributes of a gate whose numbers the range guard watches. */
export interface Watch {
  /** The site to which a number is counted; absent: not watched. */
  readonly guard?: number;
  readonly margin?: number;
}

/** Rows are dealt and looked up in blocks of so many numbers. */
const BLOCK = 1 << 13;

export const blocksOf = (n: number): [start: number, length: number][] => {
  const out: [number, number][] = [];
  for (let from = 0; from < n; from += BLOCK) out.push([from, Math.min(BLOCK, n - from)]);
  return out;
};

/** Top bits of a number that a row is of; of one that two parties have truncated where its shares lie, one more: for a wrap of these. */
export const TOP_BITS = 8;
export const CUT_BITS = 9;

/** The slots for n numbers, empty if they are not watched. */
export const rangeSlots = (n: number, { guard }: Watch, width = TOP_BITS) => ({
  rangeRows:
    guard === undefined ? undefined : blocksOf(n).map(([, length]) => bits('table', length << width)),
  rangeWeights:
    guard === undefined ? undefined : blocksOf(n).map(([, length]) => bytes('publicCoins', 4 * length)),
});
export type RangeSlots = ReturnType<typeof rangeSlots>;

/** The dealer's half, for numbers under the whole mask `r`; `round`: a wrap of x + r does no harm. */
export function* dealGuard(
  d: DealerContext<RangeSlots>,
  r: RingArray,
  { guard, margin = 0 }: Watch,
  round: boolean,
) {
  if (guard === undefined) return;
  for (const [i, [start, length]] of blocksOf(r.length).entries()) {
    const rows = d.bits(256 * length);
    d.ring.rangeTable(rows, r.view(start, length), margin, round);
    yield* d.share('rangeRows', rows, i);
    d.drop(rows);
  }
}

/** A party, and its sums of what left the range, by the sites of the program. */
interface Watcher extends PartyContext<RangeSlots> {
  note(site: number, share: number): void;
}

/** This party's share of the weights of those numbers that left the range, by their public halves and rows. */
export type RangeTest = (c: RingArray, rows: Bits, weights: Bytes) => number;

/** Adds the weights of those masked numbers that left the range to this party's sum. */
export function* watch(p: Watcher, c: RingArray, { guard }: Watch, test?: RangeTest) {
  if (guard === undefined) return;
  for (const [i, [start, length]] of blocksOf(c.length).entries()) {
    const rows = yield* p.receiveShare('rangeRows', i);
    const weights = yield* p.mask('rangeWeights', i);
    const part = c.view(start, length);
    p.note(guard, test ? test(part, rows, weights) : p.ring.rangeTest(part, rows, weights, p.first));
    p.drop(rows, weights);
  }
}
