/** @file Kernels on bit planes, digits of planes, and tables of bytes. */

import { fail } from '../errors.ts';
import type { Bits, Bytes, RingArray } from './array.ts';
import { RingConvert } from './convert.ts';
import type { PlaneProgram } from './plane-program.ts';

export class RingBits extends RingConvert {
  /** dst = not a */
  not(dst: Bits, a: Bits): void {
    this.alike('not', dst, a);
    this.kernels.not(dst.ptr, a.ptr, dst.bytes);
  }

  /** dst ^= a & b */
  andXor(dst: Bits, a: Bits, b: Bits): void {
    this.alike('andXor', dst, a, b);
    this.kernels.andXor(dst.ptr, a.ptr, b.ptr, dst.bytes);
  }

  /**
   * Runs a straight-line program on planes; `arrays` in the order of the program's names, all of one length. Aliasing
   * arrays is for the caller to get right.
   */
  runPlanes(program: PlaneProgram, arrays: readonly Bits[]): void {
    const { stride } = arrays[0]!;
    arrays.forEach((a, i) => {
      this.live(a);
      if (a.stride !== stride || a.planes < program.planes[i]!)
        fail(
          'SHAPE',
          `ring runPlanes: array ${i} has ${a.planes} planes of ${a.stride} bytes, not ${program.planes[i]} of ${stride}`,
        );
    });
    const { code } = program;
    const block = this.heap.alloc(code.byteLength + 4 * arrays.length);
    try {
      const bases = block.start + code.byteLength;
      new Uint32Array(this.memory.buffer, block.start, code.length).set(code);
      new Uint32Array(this.memory.buffer, bases, arrays.length).set(arrays.map((a) => a.ptr));
      this.kernels.runPlanes(block.start, code.length / 4, bases, stride, 0, stride);
    } finally {
      this.heap.free(block);
    }
  }

  /** Bit b of word i of a becomes bit i of plane b. dst has K planes. */
  toPlanes(dst: Bits, a: RingArray): void {
    this.live(a);
    this.planes('toPlanes', a.length, [[dst, a.field.bits]]);
    this.kernels.toPlanes(dst.ptr, dst.stride, a.ptr, a.length, a.field.bytes);
  }

  /** The reverse; planes that are not given are zero. */
  fromPlanes(dst: RingArray, planes: Bits): void {
    this.live(dst);
    if (planes.planes > dst.field.bits) this.mismatch('fromPlanes', dst, planes);
    this.planes('fromPlanes', dst.length, [[planes, planes.planes]]);
    this.kernels.fromPlanes(dst.ptr, planes.ptr, planes.stride, planes.planes, dst.length, dst.field.bytes);
  }

  /** Per lane, with v = the value of the 4 digit planes: eq = table[v], lt = xor of table[u] for u > v. */
  digitSelect(eq: Bits | null, lt: Bits | null, table: Bits, digit: Bits): void {
    const wanted: [Bits, number][] = [
      [table, 16],
      [digit, 4],
    ];
    if (eq) wanted.push([eq, 1]);
    if (lt) wanted.push([lt, 1]);
    this.planes('digitSelect', digit.length, wanted);
    const { ptr, stride } = digit;
    this.kernels.digitSelect(eq?.ptr ?? 0, lt?.ptr ?? 0, table.ptr, ptr, stride, stride);
  }

  /** Plane v of dst (16 planes) is set in the lanes whose digit (4 planes) is v. */
  oneHot(dst: Bits, digit: Bits): void {
    this.planes('oneHot', digit.length, [
      [dst, 16],
      [digit, 4],
    ]);
    this.kernels.oneHot(dst.ptr, digit.ptr, digit.stride, digit.stride);
  }

  /** dst = a + b mod 256 */
  add8(dst: Bytes, a: Bytes, b: Bytes): void {
    this.lengths('add8', [
      [dst, dst.length],
      [a, dst.length],
      [b, dst.length],
    ]);
    this.kernels.add8(dst.ptr, a.ptr, b.ptr, dst.length);
  }

  /** dst = a - b mod 256 */
  sub8(dst: Bytes, a: Bytes, b: Bytes): void {
    this.lengths('sub8', [
      [dst, dst.length],
      [a, dst.length],
      [b, dst.length],
    ]);
    this.kernels.sub8(dst.ptr, a.ptr, b.ptr, dst.length);
  }

  /**
   * A share mod 256 of the number of bits in which c and the mask differ, the top two bits counted as one:
   * table (n*K) shares each bit of the mask, prod (n) the product of its top two bits.
   */
  countUnequal(dst: Bytes, c: RingArray, table: Bytes, prod: Bytes, first: boolean | number): void {
    const n = c.length;
    const { bits, bytes } = c.field;
    this.lengths('countUnequal', [
      [c, n],
      [dst, n],
      [table, n * bits],
      [prod, n],
    ]);
    this.kernels.countUnequal(dst.ptr, c.ptr, table.ptr, prod.ptr, +first, n, bytes);
  }

  /** Bit b of word i becomes byte i*K + b of dst, 0 or 1. */
  bitsAsBytes(dst: Bytes, a: RingArray): void {
    this.lengths('bitsAsBytes', [
      [a, a.length],
      [dst, a.length * a.field.bits],
    ]);
    this.kernels.bitsAsBytes(dst.ptr, a.ptr, a.bytes);
  }

  /** Bit i of dst = bit (v[i] mod K) of the i-th K-bit word of the table, K = 8 * table bytes / n. */
  pickBit(dst: Bits, table: Bytes, v: Bytes): void {
    this.planes('pickBit', v.length, [[dst, 1]]);
    this.live(v);
    this.live(table);
    this.kernels.pickBit(dst.ptr, table.ptr, v.ptr, v.length, this.#wordBytes('pickBit', table, v));
  }

  /** The i-th K-bit word of dst has bit v[i] mod K set, and no other. */
  oneHotBytes(dst: Bytes, v: Bytes): void {
    this.live(v);
    this.live(dst);
    this.kernels.oneHotBytes(dst.ptr, v.ptr, v.length, this.#wordBytes('oneHotBytes', dst, v));
  }

  /** Row i of dst: which top bytes are at most `margin` from that of r[i], as signed numbers, or mod 256 if `round`. */
  rangeTable(dst: Bits, r: RingArray, margin: number, round: boolean): void {
    this.live(r);
    this.planes('rangeTable', 256 * r.length, [[dst, 1]]);
    this.kernels.rangeTable(dst.ptr, r.ptr, r.length, r.field.bytes, margin, +round);
  }

  /** A share of the xor of the weights (four bytes each) of all c[i] whose row of the table has a 0 at their top byte. */
  rangeTest(c: RingArray, table: Bits, weights: Bytes, first: boolean | number): number {
    this.live(c);
    this.planes('rangeTest', 256 * c.length, [[table, 1]]);
    this.lengths('rangeTest', [[weights, 4 * c.length]]);
    return this.kernels.rangeTest(c.ptr, table.ptr, weights.ptr, c.length, c.field.bytes, +first) >>> 0;
  }

  #wordBytes(op: string, table: Bytes, v: Bytes): number {
    const bytes = v.length === 0 ? 16 : table.length / v.length;
    if (![4, 8, 16].includes(bytes))
      fail('SHAPE', `ring ${op}: ${table.length} bytes are not ${v.length} words`);
    return bytes;
  }
}
