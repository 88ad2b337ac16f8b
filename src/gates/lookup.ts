/**
 * @file Reading an array at a secret place, and the one-hot code of a secret number.
 *
 * The place is i = c - r. Mod N, a power of two, that is a rotation: the dealer shares the one-hot code of r mod N,
 * which each party rotates by the public c mod N (one-time truth tables: Ishai et al., TCC 2013, section 3; Pika,
 * eprint 2022/826, section 4, with the code itself for a DPF key). So the code costs no round. Its product with a
 * masked array x = c_x - r_x is local but for r_x[i], of which the dealer shares all N rotations.
 * Secrecy: codes and rotations are shared afresh, and what was read is opened under a stream of every party.
 *
 * lookup: rounds 1, bytes k/8 per element read; dealer k/8 * N a place, and as much times the elements read at a
 *   place if the array is secret. N is the least power of two that is not below the axis; a place counts mod N, and where that is no
 *   element 0 is read. With `ends`, N is not below twice the axis, and places below 0 count from its end.
 * oneHot: rounds 1, bits n; dealer N bits. A place mod N that is n or more gives no bit at all.
 */

import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot, words } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import { PAUSE } from './pausable.ts';
import { move } from './permutation.ts';

export interface LookupAttrs {
  /** The array is outer x n x inner, the places are m; the result is outer x m x inner. */
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  readonly m: number;
  /** Places from -n on. */
  readonly ends?: boolean;
}

/** Table words dealt at a time: bounds memory. */
const BLOCK = 1 << 20;

export const powerAbove = (n: number): number => math.pow2(Math.ceil(math.log2(Math.max(n, 1))));

/** Entries of the table of a place. */
export const tableSize = ({ n, ends }: LookupAttrs): number => powerAbove(ends ? 2 * n : n);

/** Low bits of words, as numbers mod N. */
const lowOf = (s: Scratch, a: RingArray, size: number): Uint32Array => {
  const low = new Uint32Array(a.length);
  s.ring.decodeInt(low, a);
  return low.map((v) => v % size);
};

/** Places per block. */
export const blocks = (a: LookupAttrs): [start: number, count: number][] => {
  const { m, outer, inner } = a;
  const each = tableSize(a) * Math.max(1, outer * inner);
  const count = Math.max(1, Math.floor(BLOCK / each));
  return Array.from({ length: Math.ceil(m / count) }, (_, i) => [i * count, Math.min(count, m - i * count)]);
};

/** Which element of the axis a place mod `size` means; n or more: none. */
export const elementAt = ({ n, ends }: LookupAttrs, size: number, place: number): number =>
  ends && place >= size - n ? place - size + n : place;

/** Places of x, outer x n x inner, in [place v][outer][inner] order; what is no element is the zero behind the array. */
const places = (
  a: LookupAttrs,
  size: number,
  shift: (v: number) => number,
  to: Int32Array,
  at: number,
): number => {
  const { outer, n, inner } = a;
  let k = at;
  for (let v = 0; v < size; v++) {
    const j = elementAt(a, size, shift(v));
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) to[k++] = j < n ? (o * n + j) * inner + i : outer * n * inner;
    }
  }
  return k;
};

/** The array with a zero behind it. */
const withZero = (s: Scratch, x: RingArray): RingArray => {
  const out = s.words(x.length + 1);
  s.ring.zero(out);
  s.ring.copy(out.view(0, x.length), x);
  return out;
};

/** Of codes of `size` words, turned by `low` each, the n words from place `from` on. */
const rotated = (
  s: Scratch,
  code: RingArray,
  low: Uint32Array,
  from: number,
  size: number,
  n: number,
): RingArray => {
  const turned = new Int32Array(low.length * n);
  low.forEach((c, e) => {
    for (let j = 0; j < n; j++) turned[e * n + j] = e * size + ((c - from - j + 2 * size) % size);
  });
  const hot = s.words(turned.length);
  move(s, hot, code, turned);
  return hot;
};

const rotationSlots = (a: LookupAttrs) => {
  const size = tableSize(a);
  return blocks(a).map(([, count]) => words('rotations', count * size * a.outer * a.inner));
};

/** Ins: x (secret or public), places. */
export const lookup = gate({
  slots: ({ ins: [x] }: Shapes, a: LookupAttrs) => ({
    codes: blocks(a).map(([, count]) => words('table', count * tableSize(a))),
    rotations: x!.secret ? rotationSlots(a) : undefined,
    r: words('mask', a.outer * a.m * a.inner),
  }),
  *deal(d, [x, place], a) {
    const size = tableSize(a);
    const low = lowOf(d, ringOf(place!.r), size);
    const mask = x!.r && withZero(d, ringOf(x!.r));
    for (const [block, [start, count]] of blocks(a).entries()) {
      const hot = new Uint8Array(count * size);
      for (let e = 0; e < count; e++) hot[e * size + low[start + e]!] = 1;
      const code = d.words(count * size);
      d.ring.encodeInt(code, hot);
      yield* d.share('codes', code, block);
      d.drop(code);
      yield PAUSE;
      if (!mask) continue;
      const from = new Int32Array(count * size * a.outer * a.inner);
      let at = 0;
      for (let e = 0; e < count; e++) {
        const r = low[start + e]!;
        at = places(a, size, (v) => (v - r + size) % size, from, at);
      }
      const rotations = d.words(from.length);
      move(d, rotations, mask, from);
      yield* d.share('rotations', rotations, block);
      d.drop(rotations);
    }
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x, place], a) {
    const { outer, n, inner, m, ends } = a;
    const size = tableSize(a);
    const low = lowOf(p, ringOf(place!.c), size);
    const cx = ringOf(x!.c);
    const sum = p.words(outer * m * inner);
    for (const [block, [start, count]] of blocks(a).entries()) {
      const code = yield* p.receiveShare('codes', block);
      const hot = rotated(p, code, low.subarray(start, start + count), 0, size, n);
      if (ends) {
        const fromEnd = rotated(p, code, low.subarray(start, start + count), size - n, size, n);
        p.ring.add(hot, hot, fromEnd);
        p.drop(fromEnd);
      }
      p.drop(code);
      for (let o = 0; o < outer; o++) {
        const rows = sum.view((o * m + start) * inner, count * inner);
        p.ring.matmul(rows, hot, cx.view(o * n * inner, n * inner), count, n, inner);
      }
      p.drop(hot);
      if (x!.r) yield* subtractMasks(p, sum, block, start, count, low, size, a);
      yield PAUSE;
    }
    const r = yield* p.mask('r');
    p.ring.add(sum, sum, r);
    return [{ c: yield* p.open(sum), r }];
  },
});

/** sum -= shares of r_x at the places: one of the dealt rotations each. */
function* subtractMasks(
  p: Party<{ rotations: ReturnType<typeof rotationSlots> | undefined }>,
  sum: RingArray,
  block: number,
  start: number,
  count: number,
  low: Uint32Array,
  size: number,
  { outer, inner, m }: LookupAttrs,
) {
  const each = outer * inner;
  const rotations = yield* p.receiveShare('rotations', block);
  for (let o = 0; o < outer; o++) {
    const from = new Int32Array(count * inner);
    for (let e = 0; e < count; e++) {
      for (let i = 0; i < inner; i++)
        from[e * inner + i] = (e * size + low[start + e]!) * each + o * inner + i;
    }
    const masks = p.words(from.length);
    move(p, masks, rotations, from);
    const rows = sum.view((o * m + start) * inner, count * inner);
    p.ring.sub(rows, rows, masks);
    p.drop(masks);
  }
  p.drop(rotations);
}

/** Of oneHot. */
export interface OneHotAttrs {
  readonly n: number;
}

/** Sets bit to(e) of every row of `width` bits. */
const setBits = (s: Scratch, rows: Bits, width: number, to: Uint32Array): void => {
  s.ring.zero(rows);
  const bytes = s.ring.u8(rows);
  to.forEach((v, e) => {
    const at = e * width + v;
    bytes[at >> 3]! |= 1 << (at & 7);
  });
};

/** Ins: m numbers. Outs: m x n masked bits. */
export const oneHot = gate({
  slots: ({ ins: [x] }: Shapes, { n }: OneHotAttrs) => ({
    rows: bitSlot('table', x!.length * powerAbove(n)),
    r: bitSlot('mask', x!.length * n),
  }),
  *deal(d, [x], { n }) {
    const size = powerAbove(n);
    const low = lowOf(d, ringOf(x!.r), size);
    const rows = d.bits(low.length * size);
    setBits(d, rows, size, low);
    yield* d.share('rows', rows);
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x], { n }) {
    const size = powerAbove(n);
    const low = lowOf(p, ringOf(x!.c), size);
    const rows = yield* p.receiveShare('rows');
    const out = p.bits(low.length * n);
    p.ring.zero(out);
    const [from, to] = [p.ring.u8(rows), p.ring.u8(out)];
    low.forEach((c, e) => {
      for (let j = 0; j < n; j++) {
        const a = e * size + ((c - j + size) % size);
        const b = e * n + j;
        to[b >> 3]! |= ((from[a >> 3]! >> (a & 7)) & 1) << (b & 7);
      }
    });
    const r = yield* p.mask('r');
    p.ring.xor(out, out, r);
    return [{ c: yield* p.open(out), r }];
  },
});
