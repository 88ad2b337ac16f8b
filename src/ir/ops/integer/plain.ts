/** @file Ops on plain integers: they wrap, and round and shift as NumPy does. */

import * as math from '../../../ring/math/index.ts';
import { alloc, bitsOf, isBig, kindOf } from '../dtypes.ts';
import { type Element, elements, type Tensor, type Type } from '../graph.ts';
import type { PlainTable } from '../plain-kernel.ts';
import type { IntegerOp } from './catalogue.ts';

type Whole = (x: bigint, y: bigint, bits: bigint) => bigint;

const floorDivide: Whole = (x, y) => {
  if (y === 0n) return 0n;
  const q = x / y;
  return q * y !== x && x < 0n !== y < 0n ? q - 1n : q;
};

const shifts = (y: bigint, bits: bigint): boolean => y >= 0n && y < bits;

const wrapped = (v: bigint, { dtype }: Type): Element => {
  const bits = bitsOf(dtype);
  const big = kindOf(dtype) === 'int' ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
  return isBig(dtype) ? big : Number(big);
};

/** x^y mod 2^bits. */
const power: Whole = (x, y, bits) => {
  if (y < 0n) return 0n;
  let [out, base] = [1n, BigInt.asUintN(Number(bits), x)];
  for (let left = y; left > 0n; left >>= 1n) {
    if (left & 1n) out = BigInt.asUintN(Number(bits), out * base);
    base = BigInt.asUintN(Number(bits), base * base);
  }
  return out;
};

const kernel =
  (f: Whole) =>
  ([x, y]: readonly [Tensor, Tensor?], _attrs: unknown, out: Type): Tensor => {
    const { shape, dtype } = out;
    const [a, b] = [elements(x.data), y && elements(y.data)];
    const data = alloc(dtype, a.length);
    const to = elements(data);
    const bits = BigInt(bitsOf(dtype));
    for (let i = 0; i < a.length; i++) to[i] = wrapped(f(BigInt(a[i]!), b ? BigInt(b[i]!) : 0n, bits), out);
    return { shape, dtype, data };
  };

/** x - floor(x / y) y. `%` is exact, and has the sign of x. */
const realRemainder = (x: number, y: number): number => {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
};

/** Of integers, and of real numbers. */
const division =
  (integers: Whole, reals: (x: number, y: number) => number): ReturnType<typeof kernel> =>
  (ins, attrs, out) => {
    const [x, y] = ins;
    if (x.dtype !== 'fxp') return kernel(integers)(ins, attrs, out);
    const divisors = y!.data as Float64Array;
    return { ...out, data: (x.data as Float64Array).map((v, i) => reals(v, divisors[i]!)) };
  };

export const PLAIN_INTEGER: PlainTable<IntegerOp> = {
  powWhole: (ins, attrs, out) => {
    const [x, y] = ins;
    if (x.dtype !== 'fxp') return kernel(power)(ins, attrs, out);
    const exponents = elements(y.data);
    return { ...out, data: (x.data as Float64Array).map((v, i) => math.pow(v, Number(exponents[i]!))) };
  },
  floorDivide: division(floorDivide, (x, y) => {
    const quotient = (x - realRemainder(x, y)) / y;
    // The quotient of float64 may be next to the whole number that it is.
    return Number.isFinite(quotient) ? Math.round(quotient) : x / y;
  }),
  remainder: division((x, y) => (y === 0n ? 0n : x - y * floorDivide(x, y, 0n)), realRemainder),
  bitAnd: kernel((x, y) => x & y),
  bitOr: kernel((x, y) => x | y),
  bitXor: kernel((x, y) => x ^ y),
  bitNot: kernel((x) => ~x),
  place: ([x], attrs, { shape, dtype }) => {
    const n = BigInt(attrs.n);
    const data = BigInt64Array.from(x.data as BigInt64Array, (v) => {
      const i = BigInt(v);
      return i >= n || i < -n ? n : i < 0n ? i + n : i;
    });
    return { shape, dtype, data };
  },
  shiftLeft: kernel((x, y, bits) => (shifts(y, bits) ? x << y : 0n)),
  shiftRight: kernel((x, y, bits) => (shifts(y, bits) ? x >> y : x < 0n ? -1n : 0n)),
};
