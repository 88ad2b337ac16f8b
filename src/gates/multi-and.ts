/**
 * @file Multi-input AND on masked bits (ABY2.0, eprint 2020/1225, section 3.1.3), and the radix-4 tree that turns
 * digit-wise (less, equal) into one (less). Bits stand as planes: one plane is the same bit of every element.
 *
 * A masked bit is b = m xor beta. The product of j masked bits expands to the 2^j products of masks, weighted by
 * public m's; the dealer shares the products of two or more masks, single masks are the parties' own streams. A set of
 * masked bits is written as a bit mask over a list.
 *
 * What is done to planes is the same for every batch: it is written once a shape, as programs on planes.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot } from '../dealer/slots.ts';
import type { Bits } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { type Plane, type PlaneProgram, PlaneWriter, planeOf } from '../ring/plane-program.ts';
import { openWhile, type Party } from './gate.ts';

/** Every subset of two or more members that some set needs, in order. */
const productsOf = (sets: readonly number[]): number[] => {
  const all = new Set<number>();
  for (const set of sets) {
    for (let t = set; t > 0; t = (t - 1) & set) if (t & (t - 1)) all.add(t);
  }
  return [...all].sort((a, b) => a - b);
};

const lowest = (set: number): number => math.log2(set & -set);
const isSingle = (set: number): boolean => (set & (set - 1)) === 0;

const planesOf =
  (array: number) =>
  (plane: number): Plane =>
    planeOf(array, plane);

/** Masked bits from plane `first` on, products of their masks from plane `at` on. */
interface Group {
  readonly products: readonly number[];
  readonly first: number;
  readonly at: number;
}

/** Arrays of the dealer's program: masks, products of masks. */
const DEAL = { beta: planesOf(0), products: planesOf(1) };

const writeProducts = (w: PlaneWriter, { products, first, at }: Group): void => {
  const place = new Map(products.map((set, i) => [set, at + i]));
  for (const set of products) {
    const rest = set & (set - 1);
    const other = isSingle(rest) ? DEAL.beta(first + lowest(rest)) : DEAL.products(place.get(rest)!);
    w.and(DEAL.products(place.get(set)!), DEAL.beta(first + lowest(set)), other);
  }
};

/** Arrays of a party's program: opened bits, shares of masks and of products, the share of 1, room to work in. */
const EVAL = {
  m: planesOf(0),
  beta: planesOf(1),
  products: planesOf(2),
  one: planesOf(3),
  work: planesOf(4),
};
const WORK_PLANES = 16;

/**
 * dst ^= this party's xor-share of the AND of the masked bits in `set`: the multilinear polynomial in the public bits
 * m whose coefficients are the shares of the products of the masks, evaluated one variable at a time.
 */
const writeConjunction = (w: PlaneWriter, dst: Plane, set: number, { products, first, at }: Group): void => {
  const place = new Map(products.map((t, i) => [t, at + i]));
  const members: number[] = [];
  for (let i = 0; set >> i; i++) if ((set >> i) & 1) members.push(i);
  const size = 1 << members.length;
  w.copy(EVAL.work(0), EVAL.one(0));
  for (let t = 1; t < size; t++) {
    const subset = members.reduce((s, member, i) => s | (((t >> i) & 1) << member), 0);
    const share = isSingle(subset) ? EVAL.beta(first + lowest(subset)) : EVAL.products(place.get(subset)!);
    w.copy(EVAL.work(t), share);
  }
  members.forEach((member, i) => {
    const bit = 1 << i;
    for (let t = 2 * bit - 1; t < size; t += 2 * bit) {
      w.andXor(EVAL.work(t), EVAL.work(t ^ bit), EVAL.m(first + member));
    }
  });
  w.xor(dst, dst, EVAL.work(size - 1));
};

/** What local work of a party needs. */
type RankedScratch = Scratch & { readonly first: number };

/** This party's share of the constant 1: all ones at rank 0, zeros elsewhere. */
const shareOfOne = (p: RankedScratch, n: number): Bits => {
  const one = p.bits(n);
  p.ring.zero(one);
  if (p.first) p.ring.not(one, one);
  return one;
};

/** Programs by what they do, written once. */
const cache = new Map<string, PlaneProgram>();
const written = (key: string, write: (w: PlaneWriter) => void): PlaneProgram => {
  const known = cache.get(key);
  if (known) return known;
  const writer = new PlaneWriter();
  write(writer);
  const program = writer.end();
  cache.set(key, program);
  return program;
};

/** Number of product planes for these conjunctions. */
export const productCount = (sets: readonly number[]): number => productsOf(sets).length;

/** The program that multiplies masks as `sets` need it. Arrays: masks, products. */
export const productsProgram = (sets: readonly number[], first = 0, at = 0): PlaneProgram =>
  written(`products ${first} ${at} ${sets}`, (w) =>
    writeProducts(w, { products: productsOf(sets), first, at }),
  );

/** The products of masks (planes of `beta` from `first` on) that `sets` need, into planes of `into` from `at` on. */
export const dealProducts = (
  d: Scratch,
  beta: Bits,
  first: number,
  sets: readonly number[],
  into: Bits,
  at: number,
): void => {
  d.ring.runPlanes(productsProgram(sets, first, at), [beta, into]);
};

/** Where masked bits and the products of their masks stand. */
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

/** dst (one plane) ^= this party's xor-share of the AND of the masked bits in `set`. Local. */
export const addConjunction = (
  p: RankedScratch,
  dst: Bits,
  set: number,
  { m, beta, first, products, at, sets }: Masks,
): void => {
  const members = [...set.toString(2)].filter((bit) => bit === '1').length;
  const work = p.bits(m.length, 1 << members);
  const one = shareOfOne(p, m.length);
  const key = `and ${set} ${first} ${at} ${sets}`;
  const program = written(key, (w) =>
    writeConjunction(w, planeOf(5, 0), set, { products: productsOf(sets), first, at }),
  );
  p.ring.runPlanes(program, [m, beta, products, one, work, dst]);
  p.drop(work, one);
};

/** Masks the bits of digits before `end`, those of the digits before them being masked already. */
interface Masking {
  readonly end: number;
  /** Planes that are masked then. */
  readonly bits: number;
  /** Arrays: less, equal, masks, masked. */
  readonly program: PlaneProgram;
}

/** One level of the tree, for `count` trees side by side. */
interface Level {
  /** Groups a tree: digits of the next level. */
  readonly groups: number;
  /** Planes of masked bits and of products, of all trees together. */
  readonly bits: number;
  readonly products: number;
  /** Arrays: DEAL. */
  readonly deal: PlaneProgram;
  /** Masks what is opened: at once, and group after group. */
  readonly mask: Masking;
  readonly masks: readonly Masking[];
  /** Merges the groups. Arrays: EVAL, then less, next less, next equal. */
  readonly merge: PlaneProgram;
}

/** Digits of each group, most significant first: groups of four, the short one at the top. */
const groupsOf = (count: number): number[][] => {
  const groups: number[][] = [];
  for (let at = 0; at < count; ) {
    const size = at === 0 && count % 4 ? count % 4 : 4;
    groups.push(Array.from({ length: size }, (_, i) => at + i));
    at += size;
  }
  return groups;
};

/**
 * Masked bits of a group of s digits: equal of digits 0.. (all s, or s-1 in the last group, whose own "equal" nobody needs), then less
 * of digits 1..s-1. Conjunctions: equal_0 .. equal_{j-1} less_j for j >= 1, and all equals. Equals come first, so that products
 * have few first factors.
 */
const layout = (digits: readonly number[], last: boolean) => {
  const s = digits.length;
  const equals = last ? s - 1 : s;
  const equalSet = (count: number): number => (1 << count) - 1;
  const less = Array.from({ length: s - 1 }, (_, i) => (1 << (equals + i)) | equalSet(i + 1));
  const equal = last ? [] : [equalSet(s)];
  return {
    opened: { less: digits.slice(1), equal: last ? digits.slice(0, -1) : digits },
    less,
    equal,
    sets: [...less, ...equal],
  };
};

const writeLevel = (width: number, count: number): Level => {
  const groups = groupsOf(width);
  const [deal, mask, merge] = [new PlaneWriter(), new PlaneWriter(), new PlaneWriter()];
  const [less, equal, beta, masked] = [planesOf(0), planesOf(1), planesOf(2), planesOf(3)];
  const [lt, nextLess, nextEqual] = [planesOf(5), planesOf(6), planesOf(7)];
  let [bits, products] = [0, 0];
  const masks = groups.map((digits, i): Masking => {
    const own = new PlaneWriter();
    const l = layout(digits, i === groups.length - 1);
    for (let tree = 0; tree < count; tree++) {
      const group: Group = { products: productsOf(l.sets), first: bits, at: products };
      for (const [array, opened] of [
        [equal, l.opened.equal],
        [less, l.opened.less],
      ] as const) {
        for (const digit of opened) {
          for (const w of [mask, own]) w.xor(masked(bits), array(tree * width + digit), beta(bits));
          bits++;
        }
      }
      products += group.products.length;
      writeProducts(deal, group);
      const to = tree * groups.length + i;
      merge.copy(nextLess(to), lt(tree * width + digits[0]!));
      for (const set of l.less) writeConjunction(merge, nextLess(to), set, group);
      for (const set of l.equal) writeConjunction(merge, nextEqual(to), set, group);
    }
    return { end: digits.at(-1)! + 1, bits, program: own.end() };
  });
  return {
    groups: groups.length,
    bits,
    products,
    deal: deal.end(),
    mask: { end: width, bits, program: mask.end() },
    masks,
    merge: merge.end(),
  };
};

const trees = new Map<string, readonly Level[]>();

/** The levels of `count` trees over `digits` digits. */
const levelsOf = (digits: number, count: number): readonly Level[] => {
  const key = `${digits} ${count}`;
  const known = trees.get(key);
  if (known) return known;
  const levels: Level[] = [];
  for (let width = digits; width > 1; width = levels.at(-1)!.groups) levels.push(writeLevel(width, count));
  trees.set(key, levels);
  return levels;
};

/** Material of `count` trees side by side over n elements. */
export const treeSlots = (n: number, digits: number, count: number) => ({
  treeMasks: levelsOf(digits, count).map((level) => bitSlot('mask', n, level.bits)),
  treeProducts: levelsOf(digits, count).map((level) => bitSlot('bitProducts', n, level.products)),
});
type TreeSlots = ReturnType<typeof treeSlots>;

/** By level of `count` trees: planes of products, and the program that makes them. Arrays: masks, products. */
export const treePrograms = (digits: number, count: number): readonly Pick<Level, 'products' | 'deal'>[] =>
  levelsOf(digits, count);

/** Levels of such trees. */
export const treeLevels = (digits: number): number => levelsOf(digits, 1).length;

/** Deals for `count` trees side by side over n elements. `first`: the place of their first level among the slots. */
export function* dealTree(
  d: DealerContext<TreeSlots>,
  n: number,
  digits: number,
  count: number,
  first: number,
) {
  for (const [i, level] of levelsOf(digits, count).entries()) {
    const beta = yield* d.mask('treeMasks', first + i);
    const products = d.bits(n, level.products);
    d.ring.runPlanes(level.deal, [beta, products]);
    yield* d.share('treeProducts', products, first + i);
    d.drop(beta, products);
  }
}

/** Xor-shares of less and equal of digits, `digits` planes a tree, the most significant first. */
export interface Digits<U> {
  readonly less: Bits;
  readonly equal: Bits;
  /** Sees to it that the digits before `end` are there. U: the slots that it uses. */
  upTo(end: number): Generator<U, void, unknown>;
  /** Whether they come tile by tile. */
  readonly inTiles: boolean;
}

/**
 * Xor-shares of "less" over all digits, a plane a tree. Rounds: one a level. The first level's opening leaves in ranges if
 * the digits come in tiles. Gives the digits up. `first`: as for dealTree.
 */
export function* lessTree<U>(
  p: Party<TreeSlots>,
  given: Digits<U>,
  digits: number,
  count: number,
  first: number,
) {
  const n = given.less.length;
  const { ring } = p;
  const levels = levelsOf(digits, count);
  const work = p.bits(n, WORK_PLANES);
  const one = shareOfOne(p, n);
  let { less: lt, equal: eq } = given;
  let beta = levels.length > 0 ? yield* p.mask('treeMasks', first) : undefined;
  for (const [i, level] of levels.entries()) {
    const masked = p.bits(n, level.bits);
    const arrays = [lt, eq, beta!, masked];
    function* compute() {
      for (const { end, bits, program } of i === 0 && given.inTiles ? level.masks : [level.mask]) {
        if (i === 0) yield* given.upTo(end);
        ring.runPlanes(program, arrays);
        yield bits;
      }
    }
    const material = function* () {
      const products = yield* p.receiveShare('treeProducts', first + i);
      return {
        products,
        next: i + 1 < levels.length ? yield* p.mask('treeMasks', first + i + 1) : undefined,
      };
    };
    const [m, { products, next }] = yield* openWhile(p, masked, material, { compute: compute() });
    const nextLess = p.bits(n, level.groups * count);
    const nextEqual = p.bits(n, level.groups * count);
    ring.zero(nextEqual);
    ring.runPlanes(level.merge, [m, beta!, products, one, work, lt, nextLess, nextEqual]);
    p.drop(beta!, products, m, lt, eq);
    [lt, eq, beta] = [nextLess, nextEqual, next];
  }
  if (levels.length === 0) yield* given.upTo(digits);
  p.drop(work, one, eq);
  return lt;
}
