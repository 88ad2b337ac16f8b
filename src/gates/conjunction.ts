/**
 * @file Multi-input AND on masked bits (ABY2.0, eprint 2020/1225, section 3.1.3), and the radix-4 tree that turns
 * digit-wise (less, equal) into one (less). Bits stand as planes: one plane is the same bit of every element.
 *
 * A masked bit is b = m xor beta. The product of j masked bits expands to the 2^j products of masks, weighted by
 * public m's; the dealer shares the products of two or more masks, single masks are the parties' own streams.
 */

import type { Dealing } from '../dealer/material.ts';
import type { Bits } from '../ring/array.ts';
import type { Party, Steps } from './gate.ts';

/** Sets of masked bits, as bit masks over a list; every subset of two or more members that some set needs, in order. */
const productsOf = (sets: readonly number[]): number[] => {
  const all = new Set<number>();
  for (const set of sets) {
    for (let t = set; t > 0; t = (t - 1) & set) if (t & (t - 1)) all.add(t);
  }
  return [...all].sort((a, b) => a - b);
};

/** Deals the products of masks `beta` (one plane each) that the conjunctions `sets` need, as planes of one array. */
export const dealProducts = (
  d: Dealing,
  beta: Bits,
  first: number,
  sets: readonly number[],
  into: Bits,
  at: number,
): number => {
  const products = productsOf(sets);
  const place = new Map(products.map((set, i) => [set, at + i]));
  for (const set of products) {
    const low = set & -set;
    const rest = set ^ low;
    const other = rest & (rest - 1) ? into.plane(place.get(rest)!) : beta.plane(first + Math.log2(rest));
    d.ring.and(into.plane(place.get(set)!), beta.plane(first + Math.log2(low)), other);
  }
  return products.length;
};

/** Number of product planes for these conjunctions. */
export const productCount = (sets: readonly number[]): number => productsOf(sets).length;

/** Where the masked bits of a set of conjunctions and the products of their masks stand. */
export interface Masks {
  /** Opened bits m and this party's share of their masks: planes from `first` on. */
  readonly m: Bits;
  readonly beta: Bits;
  readonly first: number;
  /** Shares of the products of the masks: planes from `at` on. */
  readonly products: Bits;
  readonly at: number;
  readonly sets: readonly number[];
}

/**
 * dst ^= this party's xor-share of the AND of the masked bits in `set`. Local: the multilinear polynomial in the
 * public bits m, whose coefficients are the shares of the products of the masks, one variable at a time.
 */
export const addConjunction = (p: Party, dst: Bits, set: number, masks: Masks): void => {
  const { m, beta, first, products, at, sets } = masks;
  const place = new Map(productsOf(sets).map((t, i) => [t, at + i]));
  const members: number[] = [];
  for (let i = 0; set >> i; i++) if ((set >> i) & 1) members.push(i);
  const size = 1 << members.length;
  const work = p.bits(m.length, size);
  p.ring.zero(work.plane(0));
  if (p.first) p.ring.not(work.plane(0), work.plane(0));
  for (let t = 1; t < size; t++) {
    const subset = members.reduce((s, member, i) => s | (((t >> i) & 1) << member), 0);
    const single = (subset & (subset - 1)) === 0;
    p.ring.copy(
      work.plane(t),
      single ? beta.plane(first + Math.log2(subset)) : products.plane(place.get(subset)!),
    );
  }
  members.forEach((member, i) => {
    const bit = 1 << i;
    for (let t = 2 * bit - 1; t < size; t += 2 * bit) {
      p.ring.andXor(work.plane(t), work.plane(t ^ bit), m.plane(first + member));
    }
  });
  p.ring.xor(dst, dst, work.plane(size - 1));
  p.drop(work);
};

/** One group of digits of the tree: which masked bits it opens, in which order, and what it makes of them. */
interface Group {
  /** Digits, most significant first: indexes into the level below. */
  readonly digits: readonly number[];
  readonly last: boolean;
}

/** Groups of four with the short one at the top; the lowest group of a level needs no `equal`. */
const groupsOf = (count: number): Group[] => {
  const head = count % 4;
  const groups: Group[] = [];
  for (let at = 0; at < count; ) {
    const size = at === 0 && head ? head : 4;
    const digits = Array.from({ length: size }, (_, i) => at + i);
    at += size;
    groups.push({ digits, last: at === count });
  }
  return groups;
};

/**
 * Masked bits of a group of s digits: less of digits 1..s-1 at positions 0.., then equal of digits 0.. (all s, or
 * s-1 in the last group). Conjunctions: equal_0 .. equal_{j-1} less_j for j >= 1, and the AND of all equals.
 */
const layout = ({ digits, last }: Group) => {
  const s = digits.length;
  const equals = last ? s - 1 : s;
  const equalSet = (count: number): number => ((1 << count) - 1) << (s - 1);
  const less = Array.from({ length: s - 1 }, (_, i) => (1 << i) | equalSet(i + 1));
  return {
    bits: s - 1 + equals,
    less,
    equal: last ? undefined : equalSet(s),
    sets: last ? less : [...less, equalSet(s)],
  };
};

/** The levels of the tree over `digits` digits: static, so deal and eval follow the same list. */
const levels = (digits: number): Group[][] => {
  const out: Group[][] = [];
  for (let count = digits; count > 1; count = out.at(-1)!.length) out.push(groupsOf(count));
  return out;
};

/** Bits opened per element and comparison by the tree: 70 for 32 digits. */
export const treeBits = (digits: number): number =>
  levels(digits)
    .flat()
    .reduce((n, g) => n + layout(g).bits, 0);

/** Deals for `count` trees side by side over n elements. */
export const dealTree = (d: Dealing, n: number, digits: number, count: number): void => {
  for (const level of levels(digits)) {
    const plans = level.map(layout);
    const bits = plans.reduce((s, l) => s + l.bits, 0);
    const products = plans.reduce((s, l) => s + productCount(l.sets), 0);
    const beta = d.drawBits(n, bits * count);
    const given = d.bits(n, products * count);
    let [b, g] = [0, 0];
    for (let t = 0; t < count; t++) {
      for (const plan of plans) {
        g += dealProducts(d, beta, b, plan.sets, given, g);
        b += plan.bits;
      }
    }
    d.give(given);
    d.drop(beta, given);
  }
};

/**
 * less and equal hold xor-shares, `digits` planes per tree, most significant digit first. Returns xor-shares of
 * "less" over all digits, a plane a tree. Rounds: one a level.
 */
export function* lessTree(p: Party, less: Bits, equal: Bits, digits: number, count: number): Steps<Bits> {
  const n = less.length;
  const { ring } = p;
  let [lt, eq, width] = [less, equal, digits];
  for (const level of levels(digits)) {
    const plans = level.map(layout);
    const bits = plans.reduce((s, l) => s + l.bits, 0);
    const products = plans.reduce((s, l) => s + productCount(l.sets), 0);
    const beta = p.drawBits(n, bits * count);
    const dealt = p.takeBits(n, products * count);
    const masked = p.bits(n, bits * count);
    let at = 0;
    for (let t = 0; t < count; t++) {
      for (const { digits: ds, last } of level) {
        const wanted = [
          ...ds.slice(1).map((j) => lt.plane(t * width + j)),
          ...(last ? ds.slice(0, -1) : ds).map((j) => eq.plane(t * width + j)),
        ];
        for (const plane of wanted) {
          ring.xor(masked.plane(at), plane, beta.plane(at));
          at++;
        }
      }
    }
    const m = yield* p.open(masked);
    const nextLt = p.bits(n, level.length * count);
    const nextEq = p.bits(n, level.length * count);
    p.ring.zero(nextEq);
    let [first, place] = [0, 0];
    for (let t = 0; t < count; t++) {
      level.forEach((group, i) => {
        const plan = plans[i]!;
        const masks = { m, beta, first, products: dealt, at: place, sets: plan.sets };
        const to = t * level.length + i;
        ring.copy(nextLt.plane(to), lt.plane(t * width + group.digits[0]!));
        for (const set of plan.less) addConjunction(p, nextLt.plane(to), set, masks);
        if (plan.equal) addConjunction(p, nextEq.plane(to), plan.equal, masks);
        first += plan.bits;
        place += productCount(plan.sets);
      });
    }
    p.drop(beta, dealt, m);
    if (lt !== less) p.drop(lt, eq);
    [lt, eq, width] = [nextLt, nextEq, level.length];
  }
  return lt;
}
