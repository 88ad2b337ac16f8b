/** @file Straight-line programs on bit planes (assembly/plane-program.ts), written once for a shape and run on any length. */

import { fail } from '../errors.ts';

declare const operand: unique symbol;

/** A plane of one of the program's arrays, as an instruction names it: the array above 24 bits of the plane. */
export type Plane = number & { readonly [operand]: never };

export interface PlaneProgram {
  /** Four words an instruction: op, dst, a, b. */
  readonly code: Uint32Array;
  /** Planes that each array must have. */
  readonly planes: readonly number[];
}

const OPS = { copy: 0, xor: 1, and: 2, andXor: 3 } as const;
const MAX_PLANE = 0xffffff;

/** A plane of an array by their numbers. A program has tens of thousands of them: no objects. */
export const planeOf = (array: number, plane: number): Plane => {
  if (plane > MAX_PLANE || array > 255)
    fail('RANGE', `a plane program cannot name plane ${plane} of array ${array}`);
  return (array * 0x100_0000 + plane) as Plane;
};

export class PlaneWriter {
  readonly #code: number[] = [];
  readonly #planes: number[] = [];

  #operand(at: Plane): number {
    const array = at >>> 24;
    const planes = (at & MAX_PLANE) + 1;
    if (planes > (this.#planes[array] ?? 0)) this.#planes[array] = planes;
    return at;
  }

  #write(op: number, dst: Plane, a: Plane, b: Plane): void {
    this.#code.push(op, this.#operand(dst), this.#operand(a), this.#operand(b));
  }

  copy(dst: Plane, a: Plane): void {
    this.#write(OPS.copy, dst, a, a);
  }

  xor(dst: Plane, a: Plane, b: Plane): void {
    this.#write(OPS.xor, dst, a, b);
  }

  and(dst: Plane, a: Plane, b: Plane): void {
    this.#write(OPS.and, dst, a, b);
  }

  /** dst ^= a & b */
  andXor(dst: Plane, a: Plane, b: Plane): void {
    this.#write(OPS.andXor, dst, a, b);
  }

  end(): PlaneProgram {
    return { code: Uint32Array.from(this.#code), planes: Array.from(this.#planes, (n) => n ?? 0) };
  }
}
