/**
 * @file Arrays of references: plain values beside bounds of their errors. Integers are BigInts. Shares no arithmetic with
 * the product; only names of dtypes are taken from there.
 */
import type { UserDType } from '../../src/ir/ops/dtypes.ts';
import type { FieldName } from '../../src/ring/field.ts';

export type DType = UserDType;
export type Num = number | bigint;

/** Plain values: numbers of float64 and bool, BigInts of integers. */
export interface Arr {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly v: readonly Num[];
}

/** What the parties may have: within `e` of `v`. Infinity: anything (a tie that may fall either way). */
export interface Ref extends Arr {
  readonly e: readonly number[];
  /** Everybody knows it: what is made of such values alone is computed in float64. */
  readonly open?: boolean;
  /** An input, of which nothing is promised but its dtype. */
  readonly raw?: boolean;
}

/** The numbers that a program is run on. */
export interface Spec {
  readonly field: FieldName;
  readonly bits: number;
  /** Fraction bits. */
  readonly f: number;
  /** With a range guard. */
  readonly guarded: boolean;
  /** A unit in the last place. */
  readonly ulp: number;
  /** What functions may be off by: 2^-20, or 6 bits less than the fraction has. */
  readonly goal: number;
  /** Numbers are below this, and so are sums and differences of two. */
  readonly top: number;
  /** Products are below this. */
  readonly products: number;
  /** Quotients saturate there. */
  readonly quotients: number;
  /** Sums whose mean is taken: where products are small, they are divided before they overflow. */
  readonly sums: number;
}

const BITS: Readonly<Record<FieldName, number>> = { FM32: 32, FM64: 64, FM128: 128 };

/** With a range guard: raw numbers that are carried on, and products, are below 2 to these powers. */
const GUARDED: Readonly<Record<FieldName, readonly [numbers: number, products: number]>> = {
  FM32: [28, 28],
  FM64: [59, 59],
  FM128: [104, 120],
};

export const specOf = (field: FieldName, f: number, guarded = false, exact = field !== 'FM128'): Spec => {
  const bits = BITS[field];
  const [numbers, factors] = guarded ? GUARDED[field] : [bits, bits];
  // What is truncated in the free form is wrong with probability |z| / 2^128: 2^-24 here.
  const most = exact ? bits - 2 : bits - 24;
  const products = 2 ** (Math.min(factors - 1, most) - 2 * f);
  const top = 2 ** (Math.min(numbers - 1, exact ? bits - 3 : most) - f);
  return {
    field,
    bits,
    guarded,
    f,
    ulp: 2 ** -f,
    goal: Math.max(2 ** -20, 2 ** (6 - f)),
    top,
    products,
    quotients: 2 ** ({ FM32: 25, FM64: 50, FM128: 105 }[field] - f),
    sums: field === 'FM128' ? products : top,
  };
};

/** The ring holds no more of integers: FM32 has none of more than 32 bits. */
export const holds = (x: bigint, spec: Spec): boolean =>
  spec.bits > 32 || (x >= -(2n ** 31n) && x < 2n ** 31n);

/** A program that leaves the ranges of its functions says nothing about them. */
export class Outside extends Error {}

export const outside = (why: string): never => {
  throw new Outside(why);
};

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const isInt = (d: DType): boolean => d !== 'fxp' && d !== 'bool';

export const bitsOf = (d: DType): number => (d === 'bool' ? 1 : d === 'fxp' ? 64 : Number(/\d+/.exec(d)![0]));

export const isUnsigned = (d: DType): boolean => d.startsWith('u');

/** A whole number as this dtype holds it: modulo 2^bits. */
export const wrap = (x: bigint, d: DType): bigint =>
  isUnsigned(d) ? BigInt.asUintN(bitsOf(d), x) : BigInt.asIntN(bitsOf(d), x);

/** NumPy's table of promotion. */
export const promote = (a: DType, b: DType): DType => {
  if (a === b) return a;
  if (a === 'fxp' || b === 'fxp') return 'fxp';
  if (a === 'bool') return b;
  if (b === 'bool') return a;
  const [x, y] = bitsOf(a) >= bitsOf(b) ? [a, b] : [b, a];
  if (isUnsigned(a) === isUnsigned(b)) return x;
  const [signed, unsigned] = isUnsigned(a) ? [b, a] : [a, b];
  if (bitsOf(signed) > bitsOf(unsigned)) return signed;
  const bits = bitsOf(unsigned) * 2;
  return bits > 64 ? 'fxp' : (`int${bits}` as typeof y);
};

/** One element as another dtype. Throws Outside where NumPy's answer depends on the machine. */
const cast = (x: Num, from: DType, to: DType): Num => {
  if (from === to) return x;
  if (to === 'bool') return Number(Number(x) !== 0);
  if (to === 'fxp') return Number(x);
  if (from !== 'fxp') return wrap(BigInt(x), to);
  const whole = BigInt(Math.trunc(x as number));
  return wrap(whole, to) === whole ? whole : outside(`${x} does not fit ${to}`);
};

export const castArr = (a: Arr, to: DType): Arr =>
  a.dtype === to ? a : { shape: a.shape, dtype: to, v: a.v.map((x) => cast(x, a.dtype, to)) };

/** Shapes broadcast, as NumPy's. Throws Outside where they do not. */
export const broadcastShape = (...shapes: readonly (readonly number[])[]): number[] => {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((s) => s[s.length - rank + i] ?? 1).filter((n) => n !== 1);
    if (sizes.some((n) => n !== sizes[0])) outside('shapes do not broadcast');
    return sizes[0] ?? 1;
  });
};

/** For each element of `shape`, the place of its element in an array of `from`. */
export const broadcastPlaces = (from: readonly number[], shape: readonly number[]): number[] => {
  const pad = shape.length - from.length;
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    let [rest, place, step] = [flat, 0, 1];
    for (let i = shape.length - 1; i >= 0; i--) {
      const at = rest % shape[i]!;
      rest = Math.floor(rest / shape[i]!);
      const n = from[i - pad] ?? 1;
      if (i >= pad) {
        place += (n === 1 ? 0 : at) * step;
        step *= n;
      }
    }
    return place;
  });
};

export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export interface Lanes {
  /** Shape of what is left when the axes are gone. */
  readonly rest: number[];
  /** The axes as 1. */
  readonly kept: number[];
  /** The places of each lane's elements, lanes in the order of `rest`. */
  readonly places: number[][];
}

/** The lanes of an array along some axes (all if undefined). */
export const lanesOf = (shape: readonly number[], axes?: readonly number[]): Lanes => {
  const gone = axes?.map((a) => axisOf(a, shape.length)) ?? shape.map((_, i) => i);
  const rest = shape.filter((_, i) => !gone.includes(i));
  const places: number[][] = Array.from({ length: sizeOf(rest) }, () => []);
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    let [left, lane, step] = [flat, 0, 1];
    for (let i = shape.length - 1; i >= 0; i--) {
      const at = left % shape[i]!;
      left = Math.floor(left / shape[i]!);
      if (gone.includes(i)) continue;
      lane += at * step;
      step *= shape[i]!;
    }
    places[lane]!.push(flat);
  }
  return { rest, kept: shape.map((n, i) => (gone.includes(i) ? 1 : n)), places };
};
