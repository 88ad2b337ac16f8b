/** @file Between the host's numbers and ring words, and copies of any stride. No BigInt is ever made. */

import { fail } from '../errors.ts';
import type { Bits, RingArray } from './array.ts';
import type { Field } from './field.ts';
import * as math from './math/index.ts';
import { SCRATCH } from './memory.ts';
import { overlap, RingWords } from './words.ts';

/** Typed arrays of whole numbers. */
export type IntArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const signed = (a: IntArray): boolean =>
  a instanceof Int8Array || a instanceof Int16Array || a instanceof Int32Array || a instanceof BigInt64Array;

const bytesOf = (a: ArrayBufferView, start: number, length: number): Uint8Array =>
  new Uint8Array(a.buffer, a.byteOffset + start, length);

/** Nanoseconds of a word in a strided copy. */
const STRIDED_NS = 1;
/** Bytes of numbers that threads share. */
const STAGE = 1 << 21;
const LIMB = math.pow2(32);

/** Half to the even neighbour. */
const roundEven = (x: number): number => {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
};

/** One dimension of a strided copy: size and strides in elements. */
interface Dimension {
  size: number;
  dst: number;
  src: number;
}

export class RingConvert extends RingWords {
  /**
   * dst = round(src * 2^fractionBits), half to even. Returns the index of the first element that is not finite or
   * leaves the signed range of the field, or -1. Words from that index on are unspecified.
   */
  encode(dst: RingArray, src: Float64Array, fractionBits: number): number {
    this.lengths('encode', [[dst, src.length]]);
    const scale = powerOfTwo('encode', fractionBits);
    const kernel = this.kernels[`encode${dst.field.bits}`];
    let found = -1;
    this.#staged(src.length, 8, (i, n, at) => {
      this.raw(at, n * 8).set(bytesOf(src, i * 8, n * 8));
      const bad = kernel(dst.ptr + i * dst.field.bytes, at, scale, n);
      if (bad >= 0) found = i + bad;
      return bad < 0;
    });
    return found;
  }

  /** dst = a + value 2^fractionBits, rounded half to even. Throws RANGE where no word holds that. */
  addNumber(dst: RingArray, a: RingArray, value: number, fractionBits: number): void {
    this.words('addNumber', dst, a);
    const word = this.#wordOf(dst.field, value, fractionBits);
    this.kernels[`addScalar${dst.field.bits}`](dst.ptr, a.ptr, word, dst.length);
  }

  /** Every word of dst = value 2^fractionBits. Rounding and errors as of addNumber. */
  fill(dst: RingArray, value: number, fractionBits: number): void {
    this.zero(dst);
    this.addNumber(dst, dst, value, fractionBits);
  }

  /** dst = a times a whole number: a shift where that is a power of two. Errors as of addNumber. */
  mulInteger(dst: RingArray, a: RingArray, factor: number): void {
    const shift = factor > 0 ? Math.round(math.log2(factor)) : -1;
    if (factor === -1) this.neg(dst, a);
    else if (shift >= 0 && math.pow2(shift) === factor) this.shl(dst, a, shift);
    else {
      this.words('mulInteger', dst, a);
      const word = this.#wordOf(dst.field, factor, 0);
      this.kernels[`mulScalar${dst.field.bits}`](dst.ptr, a.ptr, word, dst.length);
    }
  }

  /** The address of a number as a word: in the scratch, for the length of one call. */
  #wordOf({ name, bits }: Field, value: number, fractionBits: number): number {
    const whole = roundEven(value * powerOfTwo('encode', fractionBits));
    const end = math.pow2(bits - 1);
    if (!(whole >= -end && whole < end))
      fail(
        'RANGE',
        `cannot encode the public number ${value}: ${name} with ${fractionBits} fraction bits holds finite numbers x with ` +
          `|x| < 2^${bits - 1 - fractionBits}`,
      );
    const limbs = new Uint32Array(this.memory.buffer, this.scratch, bits / 32);
    // Divisions by powers of two lose nothing.
    for (let i = 0, rest = whole; i < limbs.length; i++) {
      const up = Math.floor(rest / LIMB);
      limbs[i] = rest - up * LIMB;
      rest = up;
    }
    return this.scratch;
  }

  /** dst = signed(a) / 2^fractionBits, rounded once. */
  decode(dst: Float64Array, a: RingArray, fractionBits: number): void {
    this.lengths('decode', [[a, dst.length]]);
    const scale = 1 / powerOfTwo('decode', fractionBits);
    const kernel = this.kernels[`decode${a.field.bits}`];
    this.#staged(dst.length, 8, (i, n, at) => {
      kernel(at, a.ptr + i * a.field.bytes, scale, n);
      bytesOf(dst, i * 8, n * 8).set(this.raw(at, n * 8));
      return true;
    });
  }

  /** dst = src mod 2^K: extended by the sign of src's type; wider values wrap. */
  encodeInt(dst: RingArray, src: IntArray): void {
    this.lengths('encodeInt', [[dst, src.length]]);
    const width = src.BYTES_PER_ELEMENT;
    const kernel = this.kernels[`encodeInt${dst.field.bits}`];
    this.#staged(src.length, width, (i, n, at) => {
      this.raw(at, n * width).set(bytesOf(src, i * width, n * width));
      kernel(dst.ptr + i * dst.field.bytes, at, n, width, +signed(src));
      return true;
    });
  }

  /** dst = the low bits of a; a type wider than the field is filled by its own signedness. */
  decodeInt(dst: IntArray, a: RingArray): void {
    this.lengths('decodeInt', [[a, dst.length]]);
    const width = dst.BYTES_PER_ELEMENT;
    const { bytes } = a.field;
    this.#staged(dst.length, width, (i, n, at) => {
      this.kernels.decodeInt(at, a.ptr + i * bytes, n, bytes, width, +signed(dst));
      bytesOf(dst, i * width, n * width).set(this.raw(at, n * width));
      return true;
    });
  }

  /** Takes n numbers of `width` bytes through scratch in stretches, larger ones for several threads, while `take` wants more. */
  #staged(n: number, width: number, take: (from: number, n: number, at: number) => boolean): void {
    const block = this.threads > 1 && n * width > STAGE ? this.heap.alloc(STAGE) : undefined;
    const step = (block ? STAGE : SCRATCH) / width;
    try {
      for (let i = 0; i < n; i += step) {
        if (!take(i, Math.min(step, n - i), block?.start ?? this.scratch)) return;
      }
    } finally {
      if (block) this.heap.free(block);
    }
  }

  /**
   * dst[dstOffset + i . dstStrides] = src[srcOffset + i . srcStrides] for all i below shape, of any number of dimensions.
   * Strides count elements; a source stride of 0 broadcasts. Planes of bits are copied alike. No shared memory.
   */
  strided<A extends RingArray | Bits>(
    dst: A,
    dstOffset: number,
    dstStrides: readonly number[],
    src: A,
    srcOffset: number,
    srcStrides: readonly number[],
    shape: readonly number[],
  ): void {
    this.live(dst);
    this.live(src);
    const rank = shape.length;
    if (dstStrides.length !== rank || srcStrides.length !== rank) {
      fail(
        'SHAPE',
        `ring strided: ${rank} dimensions, ${dstStrides.length} and ${srcStrides.length} strides`,
      );
    }
    if (shape.some((size) => !Number.isInteger(size) || size < 0)) {
      fail('SHAPE', `ring strided: shape [${shape}] is not made of whole numbers >= 0`);
    }
    if (shape.includes(0)) return;
    inside('dst', dst.length, dstOffset, dstStrides, shape);
    inside('src', src.length, srcOffset, srcStrides, shape);
    if (overlap(dst, src)) fail('INVALID_ARGUMENT', 'ring strided: dst and src share memory');
    const dims = simplify(shape.map((size, i) => ({ size, dst: dstStrides[i]!, src: srcStrides[i]! })));
    const walk = new Int32Array(this.memory.buffer, this.scratch, dims.length * 3);
    walk.set(dims.flatMap((d) => [d.size, d.dst, d.src]));
    if (dst.kind === 'ring' && src.kind === 'ring' && dst.field === src.field) {
      const { bits, bytes } = dst.field;
      const from = src.ptr + srcOffset * bytes;
      const [outer] = dims as [Dimension];
      const each = (STRIDED_NS * dims.reduce((all, d) => all * d.size, 1)) / outer.size;
      const args = [dst.ptr + dstOffset * bytes, from, this.scratch, dims.length, outer.size];
      this.cut(`strided${bits}`, args, 4, each, [outer.dst * bytes, outer.src * bytes, 0, 0, 0]);
    } else if (dst.kind === 'bits' && src.kind === 'bits' && dst.planes === src.planes) {
      for (let p = 0; p < dst.planes; p++) {
        const to = dst.ptr + p * dst.stride;
        const from = src.ptr + p * src.stride;
        this.kernels.stridedBits(to, dstOffset, from, srcOffset, this.scratch, dims.length);
      }
    } else {
      this.mismatch('strided', dst, src);
    }
  }
}

const powerOfTwo = (op: string, bits: number): number =>
  Number.isInteger(bits) && bits >= 0 && bits <= 1000
    ? math.pow2(bits)
    : fail('RANGE', `ring ${op}: fraction bits must be a whole number in 0..1000, not ${bits}`);

const inside = (
  what: string,
  length: number,
  offset: number,
  strides: readonly number[],
  shape: readonly number[],
): void => {
  let low = offset;
  let high = offset;
  strides.forEach((stride, i) => {
    const reach = stride * (shape[i]! - 1);
    if (reach < 0) low += reach;
    else high += reach;
  });
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low < 0 || high >= length) {
    fail('RANGE', `ring strided: ${what} elements ${low}..${high} are outside of 0..${length - 1}`);
  }
};

/** Fewest dimensions, smallest destination steps innermost: the order of copying does not matter. */
const simplify = (dims: Dimension[]): Dimension[] => {
  const sorted = dims.filter((d) => d.size > 1).sort((a, b) => Math.abs(b.dst) - Math.abs(a.dst));
  const out: Dimension[] = [];
  for (const d of sorted.reverse()) {
    const inner = out.at(-1);
    if (inner && d.dst === inner.dst * inner.size && d.src === inner.src * inner.size) inner.size *= d.size;
    else out.push({ ...d });
  }
  return out.length > 0 ? out.reverse() : [{ size: 1, dst: 1, src: 1 }];
};
