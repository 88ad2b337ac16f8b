/**
 * @file Handles on arrays in linear memory. A handle holds no data; views of it come from `Ring.u8`.
 *
 * Views share the block of the array that they were made from, and its reference count.
 */

import { fail } from '../errors.ts';
import type { Field } from './field.ts';
import type { Block } from './heap.ts';

/** What every handle has: address, payload size in bytes, and number of elements. */
export interface Arr {
  readonly kind: 'ring' | 'bits' | 'bytes';
  readonly block: Block;
  readonly ptr: number;
  readonly bytes: number;
  readonly length: number;
  /**
   * Nothing but zeros, as everybody knows from the program: a share of another party's mask. Work on it may be left out;
   * it is not written to again.
   */
  zero: boolean;
}

const outside = (what: string, start: number, count: number, size: number): never =>
  fail('RANGE', `${what} ${start}..${start + count} is outside of 0..${size}`);

const within = (start: number, count: number, size: number): boolean =>
  Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0 && start + count <= size;

/** `length` words mod 2^K, little-endian, contiguous. */
export class RingArray implements Arr {
  readonly kind = 'ring';
  readonly block: Block;
  readonly ptr: number;
  readonly field: Field;
  readonly length: number;
  readonly bytes: number;
  zero = false;

  constructor(block: Block, ptr: number, field: Field, length: number) {
    this.block = block;
    this.ptr = ptr;
    this.field = field;
    this.length = length;
    this.bytes = length * field.bytes;
  }

  /** Words start .. start + length of the same memory. */
  view(start: number, length: number): RingArray {
    if (!within(start, length, this.length)) outside('view', start, length, this.length);
    const part = new RingArray(this.block, this.ptr + start * this.field.bytes, this.field, length);
    part.zero = this.zero;
    return part;
  }
}

/** `planes` planes of `length` packed bits; planes are `stride` bytes apart. Bits past the length are unspecified. */
export class Bits implements Arr {
  readonly kind = 'bits';
  readonly block: Block;
  readonly ptr: number;
  readonly planes: number;
  readonly length: number;
  /** Bytes per plane: ceil(length / 128) * 16. */
  readonly stride: number;
  readonly bytes: number;
  zero = false;

  constructor(block: Block, ptr: number, planes: number, length: number) {
    this.block = block;
    this.ptr = ptr;
    this.planes = planes;
    this.length = length;
    this.stride = Bits.strideOf(length);
    this.bytes = planes * this.stride;
  }

  static strideOf(length: number): number {
    return Math.ceil(length / 128) * 16;
  }

  /** Planes p .. p + count of the same memory. */
  plane(p: number, count = 1): Bits {
    if (!within(p, count, this.planes)) outside('planes', p, count, this.planes);
    const part = new Bits(this.block, this.ptr + p * this.stride, count, this.length);
    part.zero = this.zero;
    return part;
  }

  /** Bits start .. start + length of the same memory, of one plane; start: a multiple of 128. */
  view(start: number, length: number): Bits {
    if (this.planes !== 1 || start % 128 !== 0 || !within(start, length, this.length))
      outside('bits', start, length, this.length);
    return new Bits(this.block, this.ptr + start / 8, 1, length);
  }
}

/** `length` bytes, or values mod 2^w for some w <= 8. */
export class Bytes implements Arr {
  readonly kind = 'bytes';
  readonly block: Block;
  readonly ptr: number;
  readonly length: number;
  readonly bytes: number;
  zero = false;

  constructor(block: Block, ptr: number, length: number) {
    this.block = block;
    this.ptr = ptr;
    this.length = length;
    this.bytes = length;
  }

  /** Bytes start .. start + length of the same memory. */
  view(start: number, length: number): Bytes {
    if (!within(start, length, this.length)) outside('view', start, length, this.length);
    return new Bytes(this.block, this.ptr + start, length);
  }
}

/** Any array, told apart by `kind`. */
export type AnyArray = RingArray | Bits | Bytes;
