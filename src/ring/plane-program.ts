/** @file Straight-line programs on bit planes (assembly/plane-program.ts), written once for a shape and run on any length. */

import { fail } from '../errors.ts';
import * as math from './math/index.ts';

/** A plane of one of the program's arrays. */
export interface Plane {
  readonly array: number;
  readonly plane: number;
}

export interface PlaneProgram {
  /** Four words an instruction: op, dst, a, b. */
  readonly code: Uint32Array;
  /** Planes that each array must have. */
  readonly planes: readonly number[];
}

const OPS = { copy: 0, xor: 1, and: 2, andXor: 3 } as const;
const MAX_PLANE = 0xffffff;

export class PlaneWriter {
  readonly #code: number[] = [];
  readonly #planes: number[] = [];

  #operand({ array, plane }: Plane): number {
    if (plane > MAX_PLANE || array > 255)
      fail('RANGE', `a plane program cannot name plane ${plane} of array ${array}`);
    this.#planes[array] = Math.max(this.#planes[array] ?? 0, plane + 1);
    return array * math.pow2(24) + plane;
  }

  #write(op: keyof typeof OPS, dst: Plane, a: Plane, b: Plane): void {
    this.#code.push(OPS[op], this.#operand(dst), this.#operand(a), this.#operand(b));
  }

  copy(dst: Plane, a: Plane): void {
    this.#write('copy', dst, a, a);
  }

  xor(dst: Plane, a: Plane, b: Plane): void {
    this.#write('xor', dst, a, b);
  }

  and(dst: Plane, a: Plane, b: Plane): void {
    this.#write('and', dst, a, b);
  }

  /** dst ^= a & b */
  andXor(dst: Plane, a: Plane, b: Plane): void {
    this.#write('andXor', dst, a, b);
  }

  end(): PlaneProgram {
    return { code: Uint32Array.from(this.#code), planes: Array.from(this.#planes, (n) => n ?? 0) };
  }
}
