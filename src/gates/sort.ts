/**
 * @file Sorting: a shuffle that no party knows (shuffle.ts), then quicksort on comparisons that all parties see, and
 * the dealer, who knows the shuffle, does not. Of distinct keys in random order the comparisons tell nothing but that
 * order (Hamada, Kikuchi, Ikarashi, Chida, Takahashi, "Practically efficient multi-party sorting protocols from
 * comparison sort algorithms", ICISC 2012, section 3.3). Keys are made distinct, and the sort stable, by the element's
 * place as lowest bits. All this holds for keys whose differences fit into `bits`: others are sorted wrong, and the
 * comparisons may tell of them.
 *
 * Which pairs meet is known late, so a difference is opened under a mask of its own, and the digits of that mask are
 * dealt (less-than.ts); the results are opened as they are. At the end the sorted columns get fresh masks.
 *
 * Rounds N + 1, and 2 + tree a level (FM128: 5; FM64: 4); levels about 1.1 log_2 n (1e4: 13).
 * Bytes a comparison k/8 and tree bits (FM128: 25), about 1.6 log_2 n comparisons an element; dealer as less-than.ts.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { words } from '../dealer/slots.ts';
import { fail } from '../errors.ts';
import type { RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { gate, type Party, ringOf, type Shapes, type Value } from './gate.ts';
import {
  clearAbove,
  dealLower,
  FIRST_SIGN,
  type SignPlace,
  signPlaceAfter,
  signSlots,
  signs,
} from './less-than.ts';
import { PAUSE } from './pausable.ts';
import { move } from './permutation.ts';
import { additive, dealShuffle, type Lanes, shuffleColumns, turnSlots } from './shuffle.ts';
import { SortPlan, schedule } from './sort-plan.ts';

export interface SortAttrs extends Lanes {
  /** Keys are x * 2^shift, or -x * 2^shift, plus the place. */
  readonly shift: number;
  readonly descending: boolean;
  /** Bits of a difference of keys, with its sign. */
  readonly bits: number;
  readonly want: 'value' | 'index' | 'both' | 'none';
}

const wants = {
  value: [true, false],
  index: [false, true],
  both: [true, true],
  none: [false, false],
} as const;

/** Material to compare differences with 0, level by level: `counts` of them. */
const levelSlots = (counts: readonly number[], bits: number, made: boolean | undefined) => {
  const levels = counts.map((m) => signSlots(m, bits, 1, made));
  return {
    rho: counts.map((m) => words('mask', m)),
    codes: levels.flatMap((level) => level.codes),
    sign: levels.flatMap((level) => level.sign),
    entries: levels.flatMap((level) => level.entries),
    chosen: levels.flatMap((level) => level.chosen),
    treeMasks: levels.flatMap((level) => level.treeMasks),
    treeProducts: levels.flatMap((level) => level.treeProducts),
  };
};
type LevelSlots = ReturnType<typeof levelSlots>;

/** One level of comparisons. */
export interface SignLevel {
  readonly index: number;
  readonly place: SignPlace;
  readonly bits: number;
}

/** All levels, each with how many it compares. `made`: whether two parties make their material. */
export function* levelsOf(
  { lanes, n, bits }: Pick<SortAttrs, 'lanes' | 'n' | 'bits'>,
  made: boolean,
): Generator<[m: number, level: SignLevel]> {
  let place = FIRST_SIGN;
  for (const [index, m] of schedule(lanes, n).entries()) {
    yield [m, { index, place, bits }];
    place = signPlaceAfter(place, m, bits, made);
  }
}

function* dealSigns(d: DealerContext<LevelSlots>, m: number, { index, place, bits }: SignLevel) {
  const rho = yield* d.mask('rho', index);
  const planes = d.bits(m, d.field.bits);
  d.ring.toPlanes(planes, rho);
  const sign = d.bits(m);
  d.ring.copy(sign, planes.plane(bits - 1));
  const covered = clearAbove(d, planes, bits - 1);
  yield* dealLower(d, planes, covered, 1, place);
  yield* d.share('sign', sign, place.index);
  d.drop(rho, planes, sign);
}

/** Signs of shared numbers, public. The dealt sharing of the mask's sign refreshes the shares that are opened. */
function* openSigns(p: Party<LevelSlots>, share: RingArray, { index, place, bits }: SignLevel) {
  const rho = yield* p.mask('rho', index);
  p.ring.add(share, share, rho);
  const c = yield* p.open(share);
  const shares = yield* signs(p, c, rho, [0], bits, place);
  const opened = yield* p.open(shares);
  const out = p.ring.u8(opened).slice();
  p.drop(rho, opened);
  return out;
}

const keysOf = (p: Scratch, x: RingArray, place: RingArray, { shift, descending }: SortAttrs): RingArray => {
  const key = p.words(x.length);
  // A product by a public number, not a shift: shares of masks may only be used linearly.
  p.ring.mulScalar(key, x, p.scalar((descending ? -1 : 1) * math.pow2(shift)));
  p.ring.add(key, key, place);
  return key;
};

/** The columns that are handed on: keys and places as asked, and all that came along. */
export const handedOn = <T>(columns: readonly T[], want: SortAttrs['want']): T[] =>
  columns.filter((_, i) => i > 1 || wants[want][i]);

/**
 * Ins: x, lanes x n, and columns that go along. Outs: each lane in order, and (or) the places that its elements came
 * from; then the columns in that order.
 */
export const sort = gate({
  slots: ({ parties, ins, made }: Shapes, attrs: SortAttrs) => {
    const size = attrs.lanes * attrs.n;
    const columns = ins.length + 1;
    return {
      ...turnSlots(parties, columns, attrs),
      masks: handedOn(new Array<number>(columns).fill(size), attrs.want).map((n) => words('mask', n)),
      ...levelSlots(schedule(attrs.lanes, attrs.n), attrs.bits, made),
    };
  },
  *deal(d, [x, ...along], attrs) {
    const size = attrs.lanes * attrs.n;
    const place = d.words(size);
    d.ring.zero(place);
    const columns = [ringOf(x!.r), place, ...along.map((v) => ringOf(v.r))];
    yield* dealShuffle(d, columns, attrs);
    const outs: Value[] = [];
    for (const i of handedOn(columns, attrs.want).keys()) outs.push({ r: yield* d.mask('masks', i) });
    for (const [m, level] of levelsOf(attrs, false)) {
      yield* dealSigns(d, m, level);
      yield PAUSE;
    }
    return outs;
  },
  *eval(p, [x, ...along], attrs) {
    const { lanes, n } = attrs;
    const size = lanes * n;
    const place = p.words(size);
    p.ring.encodeInt(
      place,
      Int32Array.from({ length: size }, (_, i) => i % n),
    );
    const shuffled = yield* shuffleColumns(p, [ringOf(x!.c), place, ...along.map((v) => ringOf(v.c))], attrs);
    const columns = shuffled.map((column) => additive(p, column));
    const keys = keysOf(p, columns[0]!, columns[1]!, attrs);
    const wanted = handedOn(columns, attrs.want);
    const masks: RingArray[] = [];
    for (const i of wanted.keys()) masks.push(yield* p.mask('masks', i));
    const plan = new SortPlan(lanes, n);
    for (const [m, level] of levelsOf(attrs, p.made !== undefined)) {
      if (plan.finished) break;
      const { first, second } = plan.next(m);
      const [a, b] = [p.words(m), p.words(m)];
      p.ring.zero(a);
      p.ring.zero(b);
      move(p, a, keys, first);
      move(p, b, keys, second);
      p.ring.sub(a, a, b);
      const answers = yield* openSigns(p, a, level);
      plan.answer((i) => (answers[i >> 3]! >> (i & 7)) & 1, first.length);
      p.drop(a, b);
    }
    if (!plan.finished)
      fail('UNSUPPORTED', `the sort of ${n} ran out of comparisons (by bad luck): run it again`);
    p.discard();
    const opened = p.words(size * wanted.length);
    wanted.forEach((column, i) => {
      const part = opened.view(i * size, size);
      move(p, part, column, plan.order);
      p.ring.add(part, part, masks[i]!);
    });
    yield* p.open(opened);
    return wanted.map((_, i): Value => {
      const c = p.words(size);
      p.ring.copy(c, opened.view(i * size, size));
      return { c, r: masks[i]! };
    });
  },
});
