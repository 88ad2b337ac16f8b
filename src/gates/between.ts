/**
 * @file Which of some ranges a secret lies in, all of them of whole steps within sixteen steps from `lo` on, and whether it lies beyond these.
 *
 * y = x - lo = c - r with c public. Behind the low bits (of less than a step) stand a digit d, the number of the step, and the upper
 * bits, which are 0 inside. Parties read each digit of c off the dealt one-hot code of r's, as in less-than.ts. y is in the range
 * [a, b) iff r's digit lies in c's digit - B - [a, b), mod 16, where B is the borrow of the low bits, and r's upper bits are those of c, or
 * one less where that goes below 0. Both are public for either B: each is a sum of entries of one code, and one tree for the borrow and
 * two of equalities serve all ranges. The sign of y stands alone behind the upper bits.
 *
 * Secrecy: codes and products of masks are shared afresh; what is opened is masked by streams of every party.
 *
 * Rounds 4 (FM32: 3). Bits for two ranges, FM128 at 29 low bits: 123 opened, dealer 876; FM64 at 20: 66, 432; FM32 at 9: 42, 247.
 */
import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot, ofOwner, type Slot } from '../dealer/slots.ts';
import { fail } from '../errors.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { type Plane, type PlaneProgram, PlaneWriter, planeOf as plane } from '../ring/plane-program.ts';
import { type Conjunction, dealStage, runStage, type Stage, stageOf, stageSlots } from './and-stages.ts';
import { answerSlots, dealAnswers, openAnswers } from './answers.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import { type Half, halvesOf } from './halves.ts';
import { covering, digit, digitCodes, digitTiles, shiftedPlanes } from './less-than.ts';

export interface BetweenAttrs {
  /** Raw ring integer, exact as float64. */
  readonly lo: number;
  /** Low bits: a step is 2^low. 1 to 64. */
  readonly low: number;
  /** One or two, from step a to before step b, 0 <= a < b <= 16. */
  readonly ranges: readonly (readonly [a: number, b: number])[];
}

export const STEPS = 16;
/** Ranges at most. */
const RANGES = 2;
/** Digits of a group of the tree. */
const GROUP = 4;
/** Low bits, of which there is one at least: two levels of the tree reach over them. */
const LOW_BITS = 64;

/** Digits of each part, and what is done to their planes. */
interface BetweenShape {
  /** Digits of the low bits, of the upper ones, and of all. */
  readonly low: number;
  readonly upper: number;
  readonly digits: number;
  /** What is taken off c's digit, each time that its code is read. */
  readonly offsets: readonly number[];
  /** Takes them off. Arrays: digit, digits (4 planes each), whether they went below 0, ones and room. */
  readonly takeOff: PlaneProgram;
  /** Sums of entries. Arrays: read, what went below 0, share of 1, the stages' planes. */
  readonly sums: PlaneProgram;
  /** The stages' planes: less and equal of each digit, equal of one less of each upper digit, then sums and results. */
  readonly less: (digit: number) => number;
  readonly equal: (digit: number) => number;
  readonly equalLess: (digit: number) => number;
  readonly sum: (index: number) => number;
  /** A plane for each range, one of beyond. */
  readonly result: (range: number) => number;
  readonly planes: number;
  readonly stages: readonly Stage[];
}

/** Groups of at most `size` digits, the short one at the top. */
const groupsOf = (digits: readonly number[], size: number): number[][] => {
  const out: number[][] = [];
  for (let end = digits.length; end > 0; end -= size) out.unshift(digits.slice(Math.max(0, end - size), end));
  return out;
};

const writeTakeOff = (offsets: readonly number[]): PlaneProgram => {
  const w = new PlaneWriter();
  const [one, next] = [plane(3, 0), plane(3, 1)];
  offsets.forEach((t, i) => {
    const borrow = plane(2, i);
    w.xor(borrow, one, one);
    for (let bit = 0; bit < 4; bit++) {
      const c = plane(0, bit);
      const out = plane(1, 4 * i + bit);
      const set = (t >> bit) & 1;
      w.xor(out, c, borrow);
      if (set) w.xor(out, out, one);
      // The next borrow: not c and borrow, or not c or borrow.
      w.xor(next, c, one);
      if (set) w.andXor(next, c, borrow);
      else w.and(next, next, borrow);
      w.copy(borrow, next);
    }
  });
  return w.end();
};

/**
 * Sums of entries: of each range [a, b) with the upper bits as they are, or one less; for no borrow, and what a borrow changes. With
 * p = [r > c - t mod 16] and f = [c < t], both of which are known for each offset t: r > c - t iff p or f, and r > 16 + c - t iff p and f.
 */
const writeSums = (
  offsets: readonly number[],
  ranges: BetweenAttrs['ranges'],
  at: (range: number, less: number, changed: number) => number,
): PlaneProgram => {
  const w = new PlaneWriter();
  const one = plane(2, 0);
  const above = (to: Plane, t: number): void => {
    if (t >= STEPS) {
      w.xor(to, to, one);
      return;
    }
    const [p, f] = [plane(0, offsets.indexOf(t)), plane(1, offsets.indexOf(t))];
    w.xor(to, to, p);
    w.andXor(to, p, f);
    w.andXor(to, one, f);
  };
  const aboveLess = (to: Plane, t: number): void =>
    t >= STEPS
      ? above(to, t - STEPS)
      : w.andXor(to, plane(0, offsets.indexOf(t)), plane(1, offsets.indexOf(t)));
  ranges.forEach((range, i) => {
    for (const [less, add] of [above, aboveLess].entries())
      for (const borrow of [0, 1])
        for (const changed of borrow ? [1] : [0, 1])
          for (const end of range) add(plane(3, at(i, less, changed)), end + borrow);
  });
  return w.end();
};

/** The last range is all of them: beyond is what is neither negative nor in it. */
export const allRanges = (ranges: BetweenAttrs['ranges']): BetweenAttrs['ranges'] => [...ranges, [0, STEPS]];

const shapes = new Map<string, BetweenShape>();

/** In a ring of so many bits. */
export const betweenShape = (bits: number, { low: lowBits, ranges }: BetweenAttrs): BetweenShape => {
  const key = `${bits} ${lowBits} ${ranges.join(' ')}`;
  const known = shapes.get(key);
  if (known) return known;
  if (lowBits < 1 || lowBits > LOW_BITS)
    fail('INVALID_ARGUMENT', `between takes 1 to ${LOW_BITS} low bits, not ${lowBits}`);
  if (ranges.length > RANGES)
    fail('INVALID_ARGUMENT', `between takes ${RANGES} ranges at most, not ${ranges.length}`);
  const [low, upper] = [covering(lowBits), covering(bits - 5 - lowBits)];
  const digits = upper + 1 + low;
  const less = (d: number): number => d;
  const equal = (d: number): number => digits + d;
  const equalLess = (d: number): number => 2 * digits + d;
  const all = allRanges(ranges);
  const sum = (range: number, one: number, changed: number): number =>
    2 * digits + upper + 4 * range + 2 * one + changed;
  const result = (range: number): number => sum(all.length, 0, 0) + range;
  const offsets = [...new Set([0, ...all.flat().flatMap((t) => [t % STEPS, (t + 1) % STEPS])])].sort(
    (a, b) => a - b,
  );

  const stages: Stage[] = [];
  let tops = Array.from({ length: upper }, (_, i) => i);
  let lows = Array.from({ length: low }, (_, i) => upper + 1 + i);
  while (tops.length > 2 || lows.length > 1) {
    const ands: Conjunction[] = [];
    const merge = (
      given: readonly number[],
      most: number,
      equals: readonly ((d: number) => number)[],
    ): number[] =>
      groupsOf(given, most).map((group) => {
        const first = group[0]!;
        for (let j = 1; j < group.length; j++)
          ands.push({ to: less(first), of: [...group.slice(0, j).map(equal), less(group[j]!)] });
        if (group.length > 1) for (const of of equals) ands.push({ to: of(first), of: group.map(of) });
        return first;
      });
    // Two groups are left at the top, so that the last stage has few factors.
    tops = merge(tops, tops.length > 8 ? GROUP : Math.ceil(tops.length / 2), [equal, equalLess]);
    lows = merge(lows, GROUP, [equal]);
    stages.push(
      stageOf(
        ands,
        ands.filter(({ to }) => to >= digits).map(({ to }) => to),
      ),
    );
  }
  const borrow = lows.map(less);
  const inside: Conjunction[] = all.flatMap((_, r) =>
    [equal, equalLess].flatMap((of, one) => [
      { to: result(r), of: [...tops.map(of), sum(r, one, 0)] },
      { to: result(r), of: [...tops.map(of), ...borrow, sum(r, one, 1)] },
    ]),
  );
  const beyond = result(ranges.length);
  const sign: Conjunction[] = [
    ...tops.map((d, i) => ({ to: beyond, of: [...tops.slice(0, i).map(equal), less(d)] })),
    { to: beyond, of: [...tops.map(equal), less(upper)] },
    { to: beyond, of: [...tops.map(equal), equal(upper), ...borrow] },
  ];
  stages.push(stageOf([...inside, ...sign]));
  const made: BetweenShape = {
    low,
    upper,
    digits,
    offsets,
    takeOff: writeTakeOff(offsets),
    sums: writeSums(offsets, all, sum),
    less,
    equal,
    equalLess,
    sum: (index) => sum(0, 0, index),
    result,
    planes: result(all.length),
    stages,
  };
  shapes.set(key, made);
  return made;
};

/** Planes of a number whose parts begin with a digit each: low bits, the step's digit, upper bits without the sign. */
export const aligned = (
  s: Pick<Scratch, 'bits' | 'ring'>,
  planes: Bits,
  bits: number,
  { low }: BetweenAttrs,
): Bits => {
  const [lower, upper] = [covering(low), covering(bits - 5 - low)];
  const out = s.bits(planes.length, 4 * (upper + 1 + lower));
  s.ring.zero(out);
  if (low > 0) s.ring.copy(out.plane(0, low), planes.plane(0, low));
  s.ring.copy(out.plane(4 * lower, bits - 1 - low), planes.plane(low, bits - 1 - low));
  return out;
};

const NAMES = { masks: 'stageMasks', products: 'stageProducts' } as const;

/** Parts of a number of whose digits two parties choose entries: planes of an entry. */
export const choiceWidths = ({ ranges }: BetweenAttrs) => ({
  upper: 3,
  step: 2 + 4 * (ranges.length + 1),
  low: 2,
});

interface ChoiceTile {
  readonly half: Half;
  readonly part: 'upper' | 'step' | 'low';
  readonly from: number;
  readonly count: number;
}

/** Digits whose entries are dealt with together, each of one part and of one half of the numbers. */
export const choiceTiles = (n: number, { upper, low }: Pick<BetweenShape, 'upper' | 'low'>): ChoiceTile[] => {
  const parts = [
    ['upper', 0, upper],
    ['step', upper, 1],
    ['low', upper + 1, low],
  ] as const;
  return halvesOf(n).flatMap((half) =>
    parts.flatMap(([part, first, digits]) =>
      digitTiles(half.count, digits).map(({ from, count }) => ({ half, part, from: first + from, count })),
    ),
  );
};

const chosenSlots = (n: number, shape: BetweenShape, attrs: BetweenAttrs) => {
  const widths = choiceWidths(attrs);
  const tiles = choiceTiles(n, shape);
  return {
    entries: tiles.map(({ half, part, count }) =>
      ofOwner(half.sender, bitSlot('entryPads', half.count, STEPS * widths[part] * count)),
    ),
    chosen: tiles.map(({ half, part, count }) =>
      ofOwner(half.sender, bitSlot('chosenPads', half.count, widths[part] * count)),
    ),
  };
};

type ReadSlots = {
  readonly codes: ReturnType<typeof digitCodes>;
  readonly sign: readonly Slot<'maskBits', 'bits'>[];
};

/** Reads codes, and fills the planes of the stages: digits, sums, and of beyond what is not the borrow. */
function* readRanges(p: Party<ReadSlots>, c: RingArray, attrs: BetweenAttrs, work: Bits) {
  const { ring } = p;
  const n = c.length;
  const k = p.field.bits;
  const shape = betweenShape(k, attrs);
  const { digits, upper, offsets } = shape;
  const one = p.bits(n, 2);
  ring.zero(one);
  ring.not(one.plane(0), one.plane(0));

  const planes = shiftedPlanes(p, c, attrs.lo);
  const parts = aligned(p, planes, k, attrs);
  const less = shiftedPlanes(p, c, attrs.lo + math.pow2(attrs.low + 4));
  const partsLess = aligned(p, less, k, attrs);
  const below = p.bits(n, offsets.length);
  const steps = p.bits(n, 4 * offsets.length);
  ring.runPlanes(shape.takeOff, [digit(parts, 4 * digits, upper), steps, below, one]);
  const read = p.bits(n, offsets.length);
  for (const [tile, { from, count }] of digitTiles(n, digits).entries()) {
    const tables = yield* p.receiveShare('codes', tile);
    for (let d = from; d < from + count; d++) {
      const table = tables.plane(STEPS * (d - from), STEPS);
      ring.digitSelect(
        work.plane(shape.equal(d)),
        work.plane(shape.less(d)),
        table,
        digit(parts, 4 * digits, d),
      );
      if (d < upper)
        ring.digitSelect(work.plane(shape.equalLess(d)), null, table, digit(partsLess, 4 * digits, d));
      if (d === upper)
        for (let i = 0; i < offsets.length; i++)
          ring.digitSelect(null, read.plane(i), table, steps.plane(4 * i, 4));
    }
    p.drop(tables);
  }
  const beyond = work.plane(shape.result(attrs.ranges.length));
  // Rank 0's share: not negative, but for the borrow.
  if (p.first) ring.xor(beyond, planes.plane(k - 1), one.plane(0));
  else ring.zero(one.plane(0));
  ring.runPlanes(shape.sums, [read, below, one, work]);
  const sign = yield* p.receiveShare('sign', 0);
  ring.xor(beyond, beyond, sign);
  p.drop(planes, parts, less, partsLess, below, steps, read, one, sign);
}

/** Ins: x. Outs: a masked bit a range, [lo + a 2^low <= x < lo + b 2^low], and [x >= lo + 16 * 2^low]. */
export const between = gate({
  slots: ({ field, ins: [x], made }: Shapes, attrs: BetweenAttrs) => {
    const n = x!.length;
    const shape = betweenShape(field.bits, attrs);
    const material = stageSlots(n, shape.stages);
    return {
      codes: made ? [] : digitCodes(n, shape.digits),
      sign: made ? [] : [bitSlot('maskBits', n)],
      ...(made ? chosenSlots(n, shape, attrs) : { entries: [], chosen: [] }),
      stageMasks: material.masks,
      stageProducts: material.products,
      ...answerSlots(n, attrs.ranges.length + 1),
    };
  },
  *deal(d, [x], attrs) {
    const { ring } = d;
    const r = ringOf(x!.r);
    const n = r.length;
    const k = d.field.bits;
    const { digits, stages } = betweenShape(k, attrs);
    const planes = d.bits(n, k);
    ring.toPlanes(planes, r);
    const parts = aligned(d, planes, k, attrs);
    for (const [tile, { from, count }] of digitTiles(n, digits).entries()) {
      const tables = d.bits(n, STEPS * count);
      for (let i = 0; i < count; i++)
        ring.oneHot(tables.plane(STEPS * i, STEPS), digit(parts, 4 * digits, from + i));
      yield* d.share('codes', tables, tile);
      d.drop(tables);
    }
    const sign = d.bits(n);
    ring.copy(sign, planes.plane(k - 1));
    yield* d.share('sign', sign, 0);
    d.drop(planes, parts, sign);
    for (const [i, stage] of stages.entries()) yield* dealStage(d, n, stage, NAMES, i);
    return yield* dealAnswers(d, attrs.ranges.length + 1);
  },
  *eval(p, [x], attrs) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const shape = betweenShape(p.field.bits, attrs);
    const work = p.bits(n, shape.planes);
    ring.zero(work);
    if (p.made) yield* p.made.ranges(p, c, ringOf(x!.r), attrs, work);
    else yield* readRanges(p, c, attrs, work);
    for (const [i, stage] of shape.stages.entries()) yield* runStage(p, work, stage, NAMES, i);

    const answers = p.bits(n, attrs.ranges.length + 1);
    ring.copy(answers, work.plane(shape.result(0), answers.planes));
    p.drop(work);
    return yield* openAnswers(p, answers);
  },
});
