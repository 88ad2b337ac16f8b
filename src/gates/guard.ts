/**
 * @file The range guard: which numbers have left the range, counted without a message, and one bit at the end of a program.
 *
 * With x = c - r, the top bytes C of c and R of r differ by at most `margin` where |x| < margin 2^(k-8), and by more where
 * |x| >= (margin + 1) 2^(k-8): as numbers where a wrap of x + r does harm (free truncation), mod 256 elsewhere. Per number the
 * dealer shares the row of 256 bits that says so of every C (one-time truth tables: Ishai et al., TCC 2013, section 3), and
 * each party looks its share of the bit up by C. What left the range has a weight of 32 public random bits; the sums, a
 * share for each site of the program, are xors of weights, which cancel with probability 2^-32.
 *
 * The verdict: with T the sum of all, v = T + rho is opened, then alpha T = alpha v + (alpha rho), in GF(2^32): 0 if all is well,
 * and else a number that alpha alone decides. Only in that case, bisection over the sums up to a site finds the first.
 *
 * Secrecy: rows are shared afresh; v has a mask that serves once; alpha T tells whether T = 0, and nothing else. Of a program
 * that left the range everybody learns its first site that did.
 *
 * Two parties without a dealer make the same rows (making/gates/range-rows.ts). A product that they truncate where its shares lie has no public c:
 * its result is watched, by one bit more, which tells of a wrap of shares. Scaled values take the exact form, which no wrap spoils.
 *
 * Rounds 0, bytes 0; dealer 32 bytes. The verdict: rounds 2, bytes 8; dealer 4, and as much for each halving of the sites.
 */
import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits } from '../dealer/slots.ts';
import type { Bits } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import { dealGuard, rangeSlots, type Watch, watch } from './range-rows.ts';

/** Watches a value of its own. Ins: x. */
export const guard = gate({
  slots: ({ ins: [x] }: Shapes, attrs: Watch) => rangeSlots(x!.length, attrs),
  *deal(d, [x], attrs) {
    yield* dealGuard(d, ringOf(x!.r), attrs, true);
    return [{}];
  },
  *eval(p, [x], attrs) {
    yield* watch(p, ringOf(x!.c), attrs);
    return [{}];
  },
});

export const WIDTH = 32;

/** x y in GF(2^32), mod x^32 + x^7 + x^3 + x^2 + 1. */
export const fieldProduct = (x: number, y: number): number => {
  let [a, sum] = [x | 0, 0];
  for (let b = 0; b < WIDTH; b++) {
    sum ^= a & -((y >>> b) & 1);
    a = (a << 1) ^ (0x8d & (a >> 31));
  }
  return sum >>> 0;
};

export const readWord = (s: Scratch, bits: Bits): number => {
  const [a, b, c, d] = s.ring.u8(bits) as unknown as [number, number, number, number];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
};

export const wordBits = (s: Scratch, value: number): Bits => {
  const bits = s.bits(WIDTH);
  s.ring.u8(bits).set([value, value >>> 8, value >>> 16, value >>> 24]);
  return bits;
};

/** How often a verdict on so many sites may ask at most. */
export const questions = (sites: number): number => 1 + Math.ceil(math.log2(sites));

/** Of a verdict on so many sites. */
export const verdictSlots = (sites: number) => {
  const each = <T>(slot: T): T[] => new Array<T>(questions(sites)).fill(slot);
  return {
    rho: each(bits('mask', WIDTH)),
    alpha: each(bits('mask', WIDTH)),
    product: each(bits('bitProducts', WIDTH)),
  };
};
type VerdictSlots = ReturnType<typeof verdictSlots>;

export function* dealVerdict(d: DealerContext<VerdictSlots>, sites: number) {
  for (let i = 0; i < questions(sites); i++) {
    const rho = readWord(d, yield* d.mask('rho', i));
    const alpha = readWord(d, yield* d.mask('alpha', i));
    yield* d.share('product', wordBits(d, fieldProduct(alpha, rho)), i);
  }
}

/** Whether shares that add up to T stand for anything but 0. Rounds 2, bytes 8. */
function* isSome(p: Party<VerdictSlots>, share: number, question: number) {
  const rho = readWord(p, yield* p.mask('rho', question));
  const alpha = readWord(p, yield* p.mask('alpha', question));
  const product = readWord(p, yield* p.receiveShare('product', question));
  const v = readWord(p, yield* p.open(wordBits(p, share ^ rho)));
  return readWord(p, yield* p.open(wordBits(p, fieldProduct(alpha, v) ^ product))) !== 0;
}

/** The first site at which numbers left the range, by this party's sums; undefined if none did. */
export function* verdict(p: Party<VerdictSlots>, sums: Uint32Array) {
  const upTo = (site: number): number => sums.subarray(0, site + 1).reduce((a, b) => a ^ b, 0);
  let found: number | undefined;
  let asked = 0;
  if (yield* isSome(p, upTo(sums.length - 1), asked++)) {
    let [first, last] = [0, sums.length - 1];
    while (first < last) {
      const middle = (first + last) >> 1;
      if (yield* isSome(p, upTo(middle), asked++)) last = middle;
      else first = middle + 1;
    }
    found = first;
  }
  p.discard();
  return found;
}
