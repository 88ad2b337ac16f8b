/** @file Kernels on ring words, mod 2^K. Destinations come first; elementwise ones may write to an input. */

import { fail } from '../errors.ts';
import type { Bits, RingArray } from './array.ts';
import { RingMemory } from './memory.ts';

/** Nanoseconds of an addition, for each byte. */
const WORD_NS = 1 / 16;
/** Nanoseconds of a multiply-add, an eighth of the bytes of a word: roughly. */
const MATMUL_NS = 1 / 16;

export class RingWords extends RingMemory {
  /** dst = a + b */
  add(dst: RingArray, a: RingArray, b: RingArray): void {
    this.words('add', dst, a, b);
    this.kernels[`add${dst.field.bits}`](dst.ptr, a.ptr, b.ptr, dst.length);
  }

  /** dst = a - b */
  sub(dst: RingArray, a: RingArray, b: RingArray): void {
    this.words('sub', dst, a, b);
    this.kernels[`sub${dst.field.bits}`](dst.ptr, a.ptr, b.ptr, dst.length);
  }

  /** dst = -a */
  neg(dst: RingArray, a: RingArray): void {
    this.words('neg', dst, a);
    this.kernels[`neg${dst.field.bits}`](dst.ptr, a.ptr, dst.length);
  }

  /** dst = a * b */
  mul(dst: RingArray, a: RingArray, b: RingArray): void {
    this.words('mul', dst, a, b);
    this.kernels[`mul${dst.field.bits}`](dst.ptr, a.ptr, b.ptr, dst.length);
  }

  /** dst = a xor b, on words or planes */
  xor<A extends RingArray | Bits>(dst: A, a: A, b: A): void {
    this.alike('xor', dst, a, b);
    this.kernels.xor(dst.ptr, a.ptr, b.ptr, dst.bytes);
  }

  /** dst = a and b, on words or planes */
  and<A extends RingArray | Bits>(dst: A, a: A, b: A): void {
    this.alike('and', dst, a, b);
    this.kernels.and(dst.ptr, a.ptr, b.ptr, dst.bytes);
  }

  /** dst = a or b, on words or planes */
  or<A extends RingArray | Bits>(dst: A, a: A, b: A): void {
    this.alike('or', dst, a, b);
    this.kernels.or(dst.ptr, a.ptr, b.ptr, dst.bytes);
  }

  /** dst = a << s; zero from s = K on */
  shl(dst: RingArray, a: RingArray, s: number): void {
    this.#shift('shl', dst, a, s, dst.field.bits);
  }

  /** dst = a >>> s (logical); zero from s = K on */
  shr(dst: RingArray, a: RingArray, s: number): void {
    this.#shift('shr', dst, a, s, dst.field.bits);
  }

  /** dst = a >> s (arithmetic); the sign from s = K - 1 on */
  sar(dst: RingArray, a: RingArray, s: number): void {
    this.#shift('sar', dst, a, Math.min(s, dst.field.bits - 1), dst.field.bits);
  }

  #shift(op: 'shl' | 'shr' | 'sar', dst: RingArray, a: RingArray, s: number, bits: 32 | 64 | 128): void {
    this.words(op, dst, a);
    if (!Number.isInteger(s) || s < 0) fail('RANGE', `ring ${op}: cannot shift by ${s}`);
    if (s >= bits) this.zero(dst);
    else if (s > 0) this.kernels[`${op}${bits}`](dst.ptr, a.ptr, s, dst.length);
    else if (dst.ptr !== a.ptr) this.copy(dst, a);
  }

  /** dst = a + s, s of one word */
  addScalar(dst: RingArray, a: RingArray, s: RingArray): void {
    this.#scalar('addScalar', dst, a, s);
  }

  /** dst = a * s, s of one word */
  mulScalar(dst: RingArray, a: RingArray, s: RingArray): void {
    this.#scalar('mulScalar', dst, a, s);
  }

  #scalar(op: 'addScalar' | 'mulScalar', dst: RingArray, a: RingArray, s: RingArray): void {
    this.words(op, dst, a);
    this.live(s);
    if (s.field !== dst.field || s.length !== 1) this.mismatch(op, dst, a, s);
    this.kernels[`${op}${dst.field.bits}`](dst.ptr, a.ptr, s.ptr, dst.length);
  }

  /**
   * dst = a * p / 2^s: a unsigned, or signed if `signed`; p signed and one word or as many as a. a |p| / 2^s is rounded down, no bit of the
   * product lost.
   */
  scale(dst: RingArray, a: RingArray, p: RingArray, s: number, signed = false): void {
    this.words('scale', dst, a);
    this.live(p);
    const one = p.length === 1 && a.length !== 1;
    if (p.field !== dst.field || (!one && p.length !== a.length)) this.mismatch('scale', dst, a, p);
    const { bits } = dst.field;
    if (!Number.isInteger(s) || s < 0 || s >= bits) fail('RANGE', `ring scale: cannot shift by ${s}`);
    this.kernels[`${one ? 'scale' : 'scaleBy'}${bits}`](dst.ptr, a.ptr, p.ptr, s, +signed, dst.length);
  }

  /** dst (m x n) = a (m x k) times b (k x n), plus dst where `accumulate`. dst shares no memory with a or b. */
  matmul(
    dst: RingArray,
    a: RingArray,
    b: RingArray,
    m: number,
    k: number,
    n: number,
    accumulate = false,
  ): void {
    this.lengths('matmul', [
      [dst, m * n],
      [a, m * k],
      [b, k * n],
    ]);
    if (a.field !== dst.field || b.field !== dst.field) this.mismatch('matmul', dst, a, b);
    if (overlap(dst, a) || overlap(dst, b))
      fail('INVALID_ARGUMENT', 'ring matmul: dst shares memory with an input');
    const { bits, bytes } = dst.field;
    const spaceFor = (count: number): number => this.kernels[`matmulSpace${bits}`](count, k, n) >>> 0;
    // Pieces are rows. Each packs b anew, so there are no more of them than threads.
    const rows = Math.ceil(m / this.threads / 8) * 8;
    const alone = rows >= m || rows * k * n * bytes * MATMUL_NS < this.pieceNs;
    const own = alone ? 0 : Math.ceil(Math.max(spaceFor(rows), spaceFor(m % rows || rows)) / 64) * 64;
    const space = Math.max(spaceFor(m), own * this.threads);
    const work = space > 0 ? this.heap.alloc(space) : undefined;
    try {
      const args = [dst.ptr, a.ptr, b.ptr, m, k, n, +accumulate, work?.start ?? 0];
      if (alone) this.kernels[`matmul${bits}`](...args);
      else {
        const steps = [n * bytes, k * bytes, 0, 0, 0, 0, 0, 0];
        this.shared(`matmul${bits}`, args, {
          total: m,
          grain: rows,
          count: 3,
          steps,
          own: { arg: 7, bytes: own },
        });
      }
    } finally {
      if (work) this.heap.free(work);
    }
  }

  /** a: outer x axis x inner, dst: outer x inner, the sums over the axis. */
  sumAxis(dst: RingArray, a: RingArray, outer: number, axis: number, inner: number): void {
    this.lengths('sumAxis', [
      [dst, outer * inner],
      [a, outer * axis * inner],
    ]);
    if (a.field !== dst.field) this.mismatch('sumAxis', dst, a);
    const row = axis * inner;
    if (outer >= this.threads || (row * WORD_NS * dst.field.bytes) / 2 < this.pieceNs) {
      this.#sums(dst, a, outer, axis, inner);
      return;
    }
    // Few sums, and long ones.
    for (let o = 0; o < outer; o++) this.#longSum(dst.view(o * inner, inner), a.view(o * row, row), axis);
  }

  #sums(dst: RingArray, a: RingArray, outer: number, axis: number, inner: number): void {
    const { bits, bytes } = dst.field;
    const steps = [inner * bytes, axis * inner * bytes, 0, 0, 0];
    const args = [dst.ptr, a.ptr, outer, axis, inner];
    this.cut(`sumAxis${bits}`, args, 2, axis * inner * bytes * WORD_NS, steps);
  }

  /** dst = the sum of `axis` rows: of a part of them by each thread, or row by row where these are few. */
  #longSum(dst: RingArray, a: RingArray, axis: number): void {
    const { threads } = this;
    const inner = dst.length;
    const part = Math.floor(axis / threads);
    if (part < threads) {
      this.copy(dst, a.view(0, inner));
      for (let x = 1; x < axis; x++) this.add(dst, dst, a.view(x * inner, inner));
      return;
    }
    const parts = this.alloc(dst.field, (threads + 1) * inner);
    try {
      const done = threads * part * inner;
      const rest = axis - threads * part;
      this.#sums(parts.view(0, threads * inner), a.view(0, done), threads, part, inner);
      this.#sums(parts.view(threads * inner, inner), a.view(done, rest * inner), 1, rest, inner);
      this.#sums(dst, parts, 1, threads + 1, inner);
    } finally {
      this.release(parts);
    }
  }

  /** dst = first*cx*cy - cx*ry - cy*rx + u; without ry (y public) dst = cy*(first*cx - rx) + u. */
  mulGate(
    dst: RingArray,
    cx: RingArray,
    cy: RingArray,
    rx: RingArray,
    ry: RingArray | null,
    u: RingArray,
    first: boolean | number,
  ): void {
    const { bits } = dst.field;
    if (ry) {
      this.words('mulGate', dst, cx, cy, rx, ry, u);
      this.kernels[`mulGate${bits}`](dst.ptr, cx.ptr, cy.ptr, rx.ptr, ry.ptr, u.ptr, +first, dst.length);
    } else {
      this.words('mulGate', dst, cx, cy, rx, u);
      this.kernels[`mulPublic${bits}`](dst.ptr, cx.ptr, cy.ptr, rx.ptr, u.ptr, +first, dst.length);
    }
  }

  /** dst = first*c*c - 2*c*r + u */
  squareGate(dst: RingArray, c: RingArray, r: RingArray, u: RingArray, first: boolean | number): void {
    this.words('squareGate', dst, c, r, u);
    this.kernels[`squareGate${dst.field.bits}`](dst.ptr, c.ptr, r.ptr, u.ptr, +first, dst.length);
  }

  /**
   * dst += a share of b*x, where b = m xor beta and x = c - r:
   * first*m*c - m*r + (1 - 2m)*(c*beta - betaR). Without r (x public) r and betaR are zero.
   */
  selectAdd(
    dst: RingArray,
    m: Bits,
    c: RingArray,
    r: RingArray | null,
    beta: RingArray,
    betaR: RingArray | null,
    first: boolean | number,
  ): void {
    this.words('selectAdd', dst, c, beta, ...(r ? [r] : []), ...(betaR ? [betaR] : []));
    this.planes('selectAdd', dst.length, [[m, 1]]);
    const kernel = this.kernels[`selectAdd${dst.field.bits}`];
    kernel(dst.ptr, m.ptr, c.ptr, r?.ptr ?? 0, beta.ptr, betaR?.ptr ?? 0, +first, dst.length);
  }

  /** dst = the bits as words 0 and 1 */
  bitsToRing(dst: RingArray, bits: Bits): void {
    this.words('bitsToRing', dst);
    this.planes('bitsToRing', dst.length, [[bits, 1]]);
    this.kernels[`bitsToRing${dst.field.bits}`](dst.ptr, bits.ptr, dst.length);
  }

  /** dst = a where the bit is set, else 0 */
  maskByBits(dst: RingArray, a: RingArray, bits: Bits): void {
    this.words('maskByBits', dst, a);
    this.planes('maskByBits', dst.length, [[bits, 1]]);
    this.kernels[`maskByBits${dst.field.bits}`](dst.ptr, a.ptr, bits.ptr, dst.length);
  }

  /** All words of one field and length, or all planes of one shape. */
  protected alike(op: string, dst: RingArray | Bits, ...rest: readonly (RingArray | Bits)[]): void {
    this.live(dst);
    for (const arr of rest) {
      this.live(arr);
      const fits =
        arr.length === dst.length &&
        (arr.kind === 'ring'
          ? dst.kind === 'ring' && arr.field === dst.field
          : dst.kind === 'bits' && arr.planes === dst.planes);
      if (!fits) this.mismatch(op, dst, ...rest);
    }
  }
}

/** Whether two arrays share bytes. */
export const overlap = (a: RingArray | Bits, b: RingArray | Bits): boolean =>
  a.ptr < b.ptr + b.bytes && b.ptr < a.ptr + a.bytes;
