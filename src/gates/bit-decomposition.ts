/**
 * @file All bits of x mod 2^b at once. x = c - r: bit by bit that is a subtraction, whose borrows into the 4-bit
 * digits are a parallel prefix over the digits' (less, equal) (Sklansky's tree, radix 4, multi-input ANDs as in
 * multi-and.ts; edaBits, eprint 2020/338, section 3, for a public minus a shared number). Inside a digit the bits
 * are read off the dealt one-hot code of r's digit, rotated by the public digit of c, and corrected by the borrow,
 * which is opened masked: the dealer shares the code times the borrow's mask too.
 * Secrecy: codes and products are shared afresh; borrows and bits are opened under streams of every party.
 *
 * Rounds 2 + levels of the tree; bits: the tree's, b/4 - 1, and b. By b = 8, 16, 32, 64, 128: rounds 2, 3, 4, 4, 5;
 * bits 9, 23, 54, 118, 258.
 * Dealer 8 b bits and the products of the tree.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot } from '../dealer/slots.ts';
import type { Bits } from '../ring/array.ts';
import { gate, openWhile, type Party, ringOf, type Shapes } from './gate.ts';
import { digit } from './less-than.ts';
import { addConjunction, dealProducts, productCount } from './multi-and.ts';

/** What one position of the prefix takes at one level: planes of masked bits, and conjunctions over them. */
interface Merge {
  readonly position: number;
  /** Indexes into the level's masked bits. */
  readonly uses: readonly number[];
  /** Sets over `uses`: those whose AND is added to "less", and the one that becomes "equal". */
  readonly less: readonly number[];
  readonly equal: number | undefined;
  readonly sets: readonly number[];
}

interface Level {
  /** Masked bits: which of position's (less, equal) each is. */
  readonly opened: readonly { readonly position: number; readonly equal: boolean }[];
  readonly merges: readonly Merge[];
}

const levelOf = (positions: number, size: number): Level => {
  const opened: { position: number; equal: boolean }[] = [];
  const places = new Map<string, number>();
  const place = (position: number, equal: boolean): number => {
    const key = `${position} ${equal}`;
    const known = places.get(key) ?? opened.push({ position, equal }) - 1;
    places.set(key, known);
    return known;
  };
  const merges: Merge[] = [];
  for (let position = size; position < positions; position++) {
    const base = Math.floor(position / (4 * size)) * 4 * size;
    const q = Math.floor((position - base) / size);
    if (q === 0) continue;
    const end = (i: number): number => base + (i + 1) * size - 1;
    const top = base > 0 ? 0 : 1;
    // equal of the position, of the blocks below it from the nearest on, then less of those blocks.
    const equals = Array.from({ length: q - top }, (_, i) => place(end(q - 1 - i), true));
    const uses = [place(position, true), ...equals];
    const first = uses.length;
    for (let i = q - 1; i >= 0; i--) uses.push(place(end(i), false));
    const less = Array.from({ length: q }, (_, i) => ((1 << (i + 1)) - 1) | (1 << (first + i)));
    const equal = base > 0 ? (1 << (q + 1)) - 1 : undefined;
    merges.push({ position, uses, less, equal, sets: equal === undefined ? less : [...less, equal] });
  }
  return { opened, merges };
};

/** By level and merge of the prefix over so many digits: which masks its sets are over. */
export const prefixMerges = (positions: number): readonly (readonly Pick<Merge, 'uses' | 'sets'>[])[] =>
  levelsOf(positions).map(({ merges }) => merges);

/** Levels of the prefix over `positions` digits. */
const levelsOf = (positions: number): Level[] => {
  const out: Level[] = [];
  for (let size = 1; size < positions; size *= 4) out.push(levelOf(positions, size));
  return out;
};

/** Material of the prefix over so many digits of n elements. */
const prefixSlots = (n: number, digits: number) => {
  const levels = levelsOf(digits);
  return {
    prefixMasks: levels.map(({ opened }) => bitSlot('mask', n, opened.length)),
    prefixProducts: levels.flatMap(({ merges }) =>
      merges.map(({ sets }) => bitSlot('bitProducts', n, productCount(sets))),
    ),
  };
};
type PrefixSlots = ReturnType<typeof prefixSlots>;

/** Deals all levels. */
function* dealPrefix(d: DealerContext<PrefixSlots>, n: number, digits: number) {
  let merge = 0;
  for (const [i, { merges }] of levelsOf(digits).entries()) {
    const beta = yield* d.mask('prefixMasks', i);
    for (const { uses, sets } of merges) {
      const own = d.bits(n, uses.length);
      uses.forEach((from, k) => {
        d.ring.copy(own.plane(k), beta.plane(from));
      });
      const products = d.bits(n, productCount(sets));
      dealProducts(d, own, 0, sets, products, 0);
      yield* d.share('prefixProducts', products, merge++);
      d.drop(own, products);
    }
    d.drop(beta);
  }
}

/** All levels in place: lt and eq have a plane a position, the least significant first. */
function* runPrefix(p: Party<PrefixSlots>, lt: Bits, eq: Bits, digits: number) {
  const n = lt.length;
  let merge = 0;
  for (const [level, { opened, merges }] of levelsOf(digits).entries()) {
    const beta = yield* p.mask('prefixMasks', level);
    const masked = p.bits(n, opened.length);
    opened.forEach(({ position, equal }, i) => {
      p.ring.xor(masked.plane(i), (equal ? eq : lt).plane(position), beta.plane(i));
    });
    const material = function* () {
      const all: Bits[] = [];
      for (const _ of merges) all.push(yield* p.receiveShare('prefixProducts', merge++));
      return all;
    };
    const [m, dealt] = yield* openWhile(p, masked, material);
    merges.forEach(({ position, uses, less, equal, sets }, j) => {
      const [ms, betas] = [p.bits(n, uses.length), p.bits(n, uses.length)];
      uses.forEach((from, i) => {
        p.ring.copy(ms.plane(i), m.plane(from));
        p.ring.copy(betas.plane(i), beta.plane(from));
      });
      const masks = { m: ms, beta: betas, first: 0, products: dealt[j]!, at: 0, sets };
      for (const set of less) addConjunction(p, lt.plane(position), set, masks);
      if (equal !== undefined) {
        p.ring.zero(eq.plane(position));
        addConjunction(p, eq.plane(position), equal, masks);
      }
      p.drop(ms, betas, dealt[j]!);
    });
    p.drop(beta, m);
  }
}

/** table[v - w] in every lane, for each w: the one-hot code of (public digit - coded digit). */
const rotated = (p: Scratch, table: Bits, digits: Bits): Bits => {
  const n = table.length;
  const twice = p.bits(n, 32);
  p.ring.copy(twice.plane(0, 16), table);
  p.ring.copy(twice.plane(16, 16), table);
  const out = p.bits(n, 16);
  for (let w = 0; w < 16; w++) p.ring.digitSelect(out.plane(w), null, twice.plane(16 - w, 16), digits);
  p.drop(twice);
  return out;
};

/** dst ^= bit i of w - minus, over the one-hot planes w. */
const addBit = (p: Scratch, dst: Bits, oneHot: Bits, i: number, minus: 0 | 1): void => {
  for (let w = 0; w < 16; w++) if (((w - minus) >> i) & 1) p.ring.xor(dst, dst, oneHot.plane(w));
};

/** Of bits. */
export interface BitsAttrs {
  /** b: a multiple of 4. */
  readonly bits: number;
}

/** Ins: x. Outs: the b bits of x mod 2^b as masked bits, [b, n], the least significant first. */
export const bits = gate({
  slots: ({ ins: [x] }: Shapes, { bits: b }: BitsAttrs) => {
    const [n, digits] = [x!.length, b / 4];
    return {
      codes: Array.from({ length: digits }, () => bitSlot('digitCodes', n, 16)),
      ...prefixSlots(n, digits - 1),
      borrowMasks: bitSlot('mask', n, digits - 1),
      codesTimesMasks: Array.from({ length: digits - 1 }, () => bitSlot('bitProducts', n, 16)),
      r: bitSlot('mask', b * n),
    };
  },
  *deal(d, [x], { bits: b }) {
    const r = ringOf(x!.r);
    const n = r.length;
    const digits = b / 4;
    const planes = d.bits(n, d.field.bits);
    d.ring.toPlanes(planes, r);
    const codes: Bits[] = [];
    for (let j = 0; j < digits; j++) {
      const code = d.bits(n, 16);
      d.ring.oneHot(code, digit(planes, b, digits - 1 - j));
      codes.push(yield* d.share('codes', code, j));
    }
    yield* dealPrefix(d, n, digits - 1);
    const beta = yield* d.mask('borrowMasks');
    for (let j = 1; j < digits; j++) {
      const code = codes[j]!;
      for (let w = 0; w < 16; w++) d.ring.and(code.plane(w), code.plane(w), beta.plane(j - 1));
      yield* d.share('codesTimesMasks', code, j - 1);
    }
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x], { bits: b }) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const digits = b / 4;
    const planes = p.bits(n, p.field.bits);
    ring.toPlanes(planes, c);
    const digitOf = (j: number): Bits => digit(planes, b, digits - 1 - j);
    const codes: Bits[] = [];
    for (let j = 0; j < digits; j++) codes.push(yield* p.receiveShare('codes', j));
    const [lt, eq] = [p.bits(n, digits), p.bits(n, digits)];
    codes.forEach((code, j) => {
      ring.digitSelect(eq.plane(j), lt.plane(j), code, digitOf(j));
    });
    yield* runPrefix(p, lt, eq, digits - 1);
    const beta = yield* p.mask('borrowMasks');
    const masked = p.bits(n, digits - 1);
    ring.xor(masked, lt.plane(0, digits - 1), beta);
    const borrowed = yield* p.open(masked);
    const out = p.bits(b * n);
    const bit = p.bits(n);
    const step = p.bits(n);
    for (const [j, code] of codes.entries()) {
      const own = rotated(p, code, digitOf(j));
      const product = j > 0 ? yield* p.receiveShare('codesTimesMasks', j - 1) : undefined;
      const times = product && rotated(p, product, digitOf(j));
      for (let i = 0; i < 4; i++) {
        ring.zero(bit);
        addBit(p, bit, own, i, 0);
        if (times) {
          ring.zero(step);
          addBit(p, step, own, i, 0);
          addBit(p, step, own, i, 1);
          ring.andXor(bit, step, borrowed.plane(j - 1));
          addBit(p, bit, times, i, 0);
          addBit(p, bit, times, i, 1);
        }
        if (n > 0) ring.strided(out, (4 * j + i) * n, [1], bit, 0, [1], [n]);
      }
      p.drop(own, ...(times ? [times, product!] : []));
    }
    const r = yield* p.mask('r');
    ring.xor(out, out, r);
    return [{ c: yield* p.open(out), r }];
  },
});
