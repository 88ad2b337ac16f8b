/**
 * @file Stages of multi-input ANDs on masked bits (ABY2.0, eprint 2020/1225, section 3.1.3) that may share their inputs: prefixes
 * of many digits in two stages. A stage opens some planes of its array, each masked, and adds to other planes of it the ANDs of
 * what it opened. Products of masks that several ANDs need are dealt once.
 *
 * Rounds 1 a stage; a bit for each plane opened; dealer a bit for each set of two or more masks.
 */
import type { DealerContext } from '../dealer/dealer-context.ts';
import { bits as bitSlot, type Slot, type SlotUse } from '../dealer/slots.ts';
import type { Bits } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { type Plane, type PlaneProgram, PlaneWriter, planeOf as plane } from '../ring/plane-program.ts';
import { openWhile, type Party } from './gate.ts';

/** Plane `to` ^= the AND of these planes, all of which are opened. */
export interface Conjunction {
  readonly to: number;
  readonly of: readonly number[];
}

export interface Stage {
  /** Planes opened. */
  readonly bits: number;
  /** Planes of products of masks. */
  readonly products: number;
  /** Arrays: masks, products. */
  readonly deal: PlaneProgram;
  /** Arrays: planes, masks, masked. */
  readonly mask: PlaneProgram;
  /** Arrays: planes, opened, masks, products, the share of 1, room to work in. */
  readonly eval: PlaneProgram;
  readonly work: number;
}

/** A stage of these ANDs. `cleared`: planes that they replace. */
export const stageOf = (ands: readonly Conjunction[], cleared: readonly number[] = []): Stage => {
  const opened = [...new Set(ands.flatMap((a) => a.of))].sort((a, b) => a - b);
  const place = new Map(opened.map((at, i) => [at, i]));
  const [deal, mask, run] = [new PlaneWriter(), new PlaneWriter(), new PlaneWriter()];
  opened.forEach((at, i) => {
    mask.xor(plane(2, i), plane(0, at), plane(1, i));
  });
  /** Products of masks by their least member and the product of the others, which is a mask where it is one alone. */
  const products = new Map<number, number>();
  /** Masks by their number, products of theirs behind them. */
  const factor = (array: number, at: number): Plane =>
    at < opened.length ? plane(array, at) : plane(array + 1, at - opened.length);
  const product = (member: number, others: number): number => {
    const key = others * opened.length + member;
    const known = products.get(key);
    if (known !== undefined) return known;
    const at = opened.length + products.size;
    products.set(key, at);
    deal.and(factor(0, at), plane(0, member), factor(0, others));
    return at;
  };
  for (const at of cleared) run.xor(plane(0, at), plane(0, at), plane(0, at));
  let work = 0;
  for (const { to, of } of ands) {
    const members = of.map((at) => place.get(at)!).sort((a, b) => a - b);
    const size = math.pow2(members.length);
    work = Math.max(work, size);
    run.copy(plane(5, 0), plane(4, 0));
    const factors = new Int32Array(size);
    for (let t = 1; t < size; t++) {
      const others = t & (t - 1);
      const member = members[math.log2(t ^ others)]!;
      factors[t] = others === 0 ? member : product(member, factors[others]!);
      run.copy(plane(5, t), factor(2, factors[t]!));
    }
    // The polynomial in the public bits whose coefficients are products of masks, a variable at a time.
    members.forEach((member, i) => {
      const bit = math.pow2(i);
      for (let t = 2 * bit - 1; t < size; t += 2 * bit)
        run.andXor(plane(5, t), plane(5, t - bit), plane(1, member));
    });
    run.xor(plane(0, to), plane(0, to), plane(5, size - 1));
  }
  return {
    bits: opened.length,
    products: products.size,
    deal: deal.end(),
    mask: mask.end(),
    eval: run.end(),
    work,
  };
};

/** Material of stages over n elements, under two names of the gate's choice. */
export const stageSlots = (n: number, stages: readonly Stage[]) => ({
  masks: stages.map((stage) => bitSlot('mask', n, stage.bits)),
  products: stages.map((stage) => bitSlot('bitProducts', n, stage.products)),
});

/** A gate's names for the material of its stages. */
export interface StageNames<M extends string, P extends string> {
  readonly masks: M;
  readonly products: P;
}
type StageTable<M extends string, P extends string> = Record<M, Slot<'mask', 'bits'>[]> &
  Record<P, Slot<'bitProducts', 'bits'>[]>;

/** Deals for the stage of number `index`. */
export function* dealStage<M extends string, P extends string>(
  d: DealerContext<StageTable<M, P>>,
  n: number,
  { products, deal }: Stage,
  names: StageNames<M, P>,
  index: number,
) {
  const masks = yield* d.mask(names.masks as never, index) as SlotUse<M, Bits>;
  const out = d.bits(n, products);
  d.ring.runPlanes(deal, [masks, out]);
  yield* d.share(names.products as never, out as never, index) as SlotUse<P, Bits>;
  d.drop(masks, out);
}

/** In place. */
export function* runStage<M extends string, P extends string>(
  p: Party<StageTable<M, P>>,
  planes: Bits,
  stage: Stage,
  names: StageNames<M, P>,
  index: number,
) {
  const n = planes.length;
  const masks = yield* p.mask(names.masks as never, index) as SlotUse<M, Bits>;
  const masked = p.bits(n, stage.bits);
  p.ring.runPlanes(stage.mask, [planes, masks, masked]);
  const received = () => p.receiveShare(names.products as never, index) as SlotUse<P, Bits>;
  const [m, products] = yield* openWhile(p, masked, received);
  const one = p.bits(n);
  p.ring.zero(one);
  if (p.first) p.ring.not(one, one);
  const work = p.bits(n, stage.work);
  p.ring.runPlanes(stage.eval, [planes, m, masks, products, one, work]);
  p.drop(masks, m, products, one, work);
}

/** Digits of a block, so that two stages reach over all of them. */
const blockOf = (positions: number): number => Math.ceil(Math.sqrt(positions));

/**
 * Two stages that turn (less, equal) of digits into the borrows behind each, the lowest first: less is plane p, equal plane
 * positions + p.
 */
export const borrowStages = (positions: number): readonly Stage[] => {
  const size = blockOf(positions);
  const equal = (p: number): number => positions + p;
  const [first, second]: [Conjunction[], Conjunction[]] = [[], []];
  const replaced: number[] = [];
  for (let p = 0; p < positions; p++) {
    const block = Math.floor(p / size);
    const base = block * size;
    const equals = (from: number): number[] =>
      Array.from({ length: p - from + 1 }, (_, i) => equal(from + i));
    for (let i = base; i < p; i++) first.push({ to: p, of: [...equals(i + 1), i] });
    if (block > 0 && p > base) {
      first.push({ to: equal(p), of: equals(base) });
      replaced.push(equal(p));
    }
    const end = (b: number): number => (b + 1) * size - 1;
    for (let b = block - 1; b >= 0; b--) {
      const between = Array.from({ length: block - 1 - b }, (_, i) => equal(end(b + 1 + i)));
      second.push({ to: p, of: [equal(p), ...between, end(b)] });
    }
  }
  return [stageOf(first, replaced), stageOf(second)];
};

/** Two stages that turn each plane into the AND of it and of all before it. */
export const allStages = (positions: number): readonly Stage[] => {
  const size = blockOf(positions);
  const [first, second]: [Conjunction[], Conjunction[]] = [[], []];
  for (let p = 0; p < positions; p++) {
    const block = Math.floor(p / size);
    const base = block * size;
    const run = Array.from({ length: p - base + 1 }, (_, i) => base + i);
    if (p > base) first.push({ to: p, of: run });
    const ends = Array.from({ length: block }, (_, i) => (i + 1) * size - 1);
    if (block > 0) second.push({ to: p, of: [...ends, p] });
  }
  const replaced = (ands: readonly Conjunction[]): number[] => ands.map((a) => a.to);
  return [stageOf(first, replaced(first)), stageOf(second, replaced(second))];
};
