/**
 * @file Ranges in which masked numbers lie, where two parties have made the material (gates/between.ts). As in signs.ts, x - lo = y - r_1
 * for y = c - r_0 - lo, which rank 0 knows, and r_1, by whose digits rank 1 has chosen pads ahead. Rank 0 sends for each digit what the gate
 * reads of codes, for every value that r_1's digit may have: less and equal, for upper digits equal to one less, for the step's digit the
 * sums of entries that ranges are made of, which it computes itself. For the second half of the numbers ranks are changed.
 *
 * Secrecy: as signs.ts.
 *
 * Rounds 1 more than the gate's; 32 bits a low digit, 48 an upper one, 224 for the step's digit of two ranges.
 */

import {
  aligned,
  allRanges,
  type BetweenAttrs,
  betweenShape,
  choiceTiles,
  choiceWidths,
  STEPS,
} from '../gates/between.ts';
import type { Party } from '../gates/gate.ts';
import { type Half, halvesOf, putHalf } from '../gates/halves.ts';
import { digit, shiftedPlanes } from '../gates/less-than.ts';
import type { ChosenSlots } from '../gates/open-truncate.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { addEntries, addFunctions, choose, ENTRIES } from './choices.ts';

/** The gate's sums of entries as functions of c's digit and r's, in their order. */
const entrySums = ({ ranges }: BetweenAttrs): ((c: number, r: number) => boolean)[] =>
  allRanges(ranges).flatMap(([a, b]) =>
    [0, STEPS].flatMap((more) => {
      const inside =
        (borrow: number) =>
        (c: number, r: number): boolean =>
          r > c + more - b - borrow && r <= c + more - a - borrow;
      const [without, within] = [inside(0), inside(1)];
      return [without, (c: number, r: number): boolean => without(c, r) !== within(c, r)];
    }),
  );
const same = [(d: number, e: number): boolean => d === e];

/** Fills the planes of the gate's stages: digits, sums, and of beyond what is not the borrow. */
export function* chosenRanges(
  p: Party<Pick<ChosenSlots, 'entries' | 'chosen'>>,
  c: RingArray,
  r: RingArray,
  attrs: BetweenAttrs,
  work: Bits,
) {
  const { ring } = p;
  const n = c.length;
  const shape = betweenShape(p.field.bits, attrs);
  const { digits } = shape;
  const beyond = work.plane(shape.result(attrs.ranges.length));
  const sides = halvesOf(n).map((half): Side => {
    const made = sideOf(p, c, r, attrs, half);
    putHalf(ring, beyond, made.top, half);
    return made;
  });
  const tiles = choiceTiles(n, shape);
  const widths = choiceWidths(attrs);
  const sums = entrySums(attrs);
  const [sent, shares]: [Bits[], Bits[]] = [[], []];
  const sideAt = ({ sender }: Half): Side => sides[sender]!;
  for (const [i, { half, part, from, count }] of tiles.entries()) {
    const { sends, parts, partsLess } = sideAt(half);
    const width = widths[part];
    const entries = yield* p.receiveShare('entries', i);
    const share = yield* p.receiveShare('chosen', i);
    if (sends)
      for (let j = 0; j < count; j++) {
        const of = entries.plane(ENTRIES * width * j, ENTRIES * width);
        const [to, at] = [share.plane(width * j, width), digit(parts, 4 * digits, from + j)];
        addEntries(ring, of, at, to, 0);
        if (part === 'upper')
          addFunctions(ring, of, digit(partsLess, 4 * digits, from + j), to, 2, 'same', same);
        if (part === 'step') addFunctions(ring, of, at, to, 2, `${attrs.ranges.join(' ')}`, sums);
      }
    sent.push(entries);
    shares.push(share);
    // All tiles in one round.
    const opening = p.open(entries, { from: half.sender });
    if (i < tiles.length - 1) opening.next();
    else yield* opening;
  }
  for (const [i, { half, part, from, count }] of tiles.entries()) {
    const { sends, parts } = sideAt(half);
    const width = widths[part];
    for (let j = 0; j < count; j++) {
      const d = from + j;
      const share = shares[i]!.plane(width * j, width);
      if (!sends) {
        const entries = sent[i]!.plane(ENTRIES * width * j, ENTRIES * width);
        choose(ring, entries, digit(parts, 4 * digits, d));
        ring.xor(share, share, entries.plane(0, width));
      }
      const put = (plane: number, count: number, at: number): void =>
        putHalf(ring, work.plane(plane, count), share.plane(at, count), half);
      put(shape.less(d), 1, 0);
      put(shape.equal(d), 1, 1);
      if (part === 'upper') put(shape.equalLess(d), 1, 2);
      if (part === 'step') put(shape.sum(0), sums.length, 2);
    }
    p.drop(sent[i]!, shares[i]!);
  }
  for (const { parts, partsLess, top } of sides) p.drop(parts, partsLess, top);
}

/** What a party knows of one half of the numbers: parts of c - r - lo if it sends the entries, of its mask if it has chosen. */
interface Side {
  readonly sends: boolean;
  readonly parts: Bits;
  readonly partsLess: Bits;
  /** Its share of what is not negative, but for the borrow. */
  readonly top: Bits;
}

const sideOf = (p: Party, c: RingArray, r: RingArray, attrs: BetweenAttrs, half: Half): Side => {
  const { ring } = p;
  const k = p.field.bits;
  const sends = half.sender === p.rank;
  const own = p.words(half.count);
  const mask = r.view(half.from, half.count);
  if (sends) ring.sub(own, c.view(half.from, half.count), mask);
  else ring.copy(own, mask);
  const [planes, less] = [attrs.lo, attrs.lo + math.pow2(attrs.low + 4)].map((t) =>
    shiftedPlanes(p, own, sends ? t : 0),
  ) as [Bits, Bits];
  const [parts, partsLess] = [aligned(p, planes, k, attrs), aligned(p, less, k, attrs)];
  const top = p.bits(half.count);
  ring.copy(top, planes.plane(k - 1));
  if (sends) ring.not(top, top);
  p.drop(own, planes, less);
  return { sends, parts, partsLess, top };
};
