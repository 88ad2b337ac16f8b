/** @file Elementwise ops on plain data: float64, integers that wrap, bools as 0 and 1. */
import { fail } from '../../../errors.ts';
import * as math from '../../../ring/math/index.ts';
import { alloc, bitsOf, isBig, kindOf } from '../dtypes.ts';
import { type DType, type Element, elements, type Tensor, type Type } from '../graph.ts';
import type { One, PlainTable, Two } from '../plain-kernel.ts';
import type { ElementwiseOp } from './catalogue.ts';

type F1 = (x: number) => number;
type F2 = (x: number, y: number) => number;
type B1 = (x: bigint) => bigint;
type B2 = (x: bigint, y: bigint) => bigint;

/** One rule per representation; typed arrays wrap integers as they are stored. */
interface Meaning<F, B> {
  readonly float?: F;
  readonly int?: F;
  readonly big?: B;
  readonly bool?: F;
}

const pick = <F, B>(op: string, rule: Meaning<F, B>, dtype: DType): F | B => {
  const kind = kindOf(dtype);
  const f = kind === 'float' ? rule.float : kind === 'bool' ? rule.bool : isBig(dtype) ? rule.big : rule.int;
  return f ?? fail('DTYPE', `${op} is not defined on ${dtype}`);
};

const flag = (b: boolean): number => (b ? 1 : 0);
const bigFlag = (b: boolean): bigint => (b ? 1n : 0n);

const bigPow: B2 = (x, y) => {
  if (y < 0n) fail('RANGE', 'integers to negative integer powers are not allowed');
  let [base, power, out] = [x, y, 1n];
  for (; power > 0n; power >>= 1n) {
    if (power & 1n) out = BigInt.asUintN(64, out * base);
    base = BigInt.asUintN(64, base * base);
  }
  return out;
};

const larger: B2 = (x, y) => {
  if (x > y) return x;
  return y;
};
const smaller: B2 = (x, y) => {
  if (x < y) return x;
  return y;
};

const build = (out: Type, element: (i: number) => Element): Tensor => {
  const n = out.shape.reduce((a, b) => a * b, 1);
  const data = alloc(out.dtype, n);
  const to = elements(data);
  for (let i = 0; i < n; i++) to[i] = element(i);
  return { shape: out.shape, dtype: out.dtype, data };
};

const binary =
  (op: ElementwiseOp, rule: Meaning<F2, B2>) =>
  ([x, y]: Two, _attrs: unknown, out: Type): Tensor => {
    const f = pick(op, rule, x.dtype) as (a: Element, b: Element) => Element;
    const [a, b] = [elements(x.data), elements(y.data)];
    const narrow = isBig(x.dtype) && !isBig(out.dtype);
    return build(out, narrow ? (i) => Number(f(a[i]!, b[i]!)) : (i) => f(a[i]!, b[i]!));
  };

const unary =
  (op: ElementwiseOp, rule: Meaning<F1, B1>) =>
  ([x]: One, _attrs: unknown, out: Type): Tensor => {
    const f = pick(op, rule, x.dtype) as (a: Element) => Element;
    const a = elements(x.data);
    return build(out, (i) => f(a[i]!));
  };

const convert = ([x]: One, _attrs: unknown, out: Type): Tensor => {
  const a = elements(x.data);
  const { dtype } = out;
  const bits = bitsOf(dtype);
  const kind = kindOf(dtype);
  if (kind === 'float') return build(out, (i) => Number(a[i]!));
  if (kind === 'bool') return build(out, (i) => flag(Number(a[i]!) !== 0));
  return build(out, (i) => {
    const v = a[i]!;
    if (typeof v === 'number' && !Number.isFinite(v)) fail('RANGE', `cannot convert ${v} to ${dtype}`);
    const big = typeof v === 'bigint' ? v : BigInt(Math.trunc(v));
    const wrapped = kind === 'int' ? BigInt.asIntN(bits, big) : BigInt.asUintN(bits, big);
    return isBig(dtype) ? wrapped : Number(wrapped);
  });
};

export const PLAIN_ELEMENTWISE: PlainTable<ElementwiseOp> = {
  add: binary('add', { float: (x, y) => x + y, int: (x, y) => x + y, big: (x, y) => x + y }),
  sub: binary('sub', { float: (x, y) => x - y, int: (x, y) => x - y, big: (x, y) => x - y }),
  mul: binary('mul', { float: (x, y) => x * y, int: Math.imul, big: (x, y) => x * y }),
  div: binary('div', { float: (x, y) => x / y }),
  maximum: binary('maximum', { float: Math.max, int: Math.max, big: larger }),
  minimum: binary('minimum', { float: Math.min, int: Math.min, big: smaller }),
  pow: binary('pow', {
    float: math.pow,
    int: (x, y) => Number(BigInt.asIntN(32, bigPow(BigInt(x), BigInt(y)))),
    big: bigPow,
  }),
  less: binary('less', {
    float: (x, y) => flag(x < y),
    int: (x, y) => flag(x < y),
    big: (x, y) => bigFlag(x < y),
  }),
  equal: binary('equal', {
    float: (x, y) => flag(x === y),
    int: (x, y) => flag(x === y),
    big: (x, y) => bigFlag(x === y),
  }),
  and: binary('and', { bool: (x, y) => x & y }),
  or: binary('or', { bool: (x, y) => x | y }),
  xor: binary('xor', { bool: (x, y) => x ^ y }),
  not: unary('not', { bool: (x) => 1 - x }),
  neg: unary('neg', { float: (x) => -x, int: (x) => -x, big: (x) => -x }),
  abs: unary('abs', { float: Math.abs, int: Math.abs, big: (x) => (x < 0n ? -x : x) }),
  sign: unary('sign', { float: Math.sign, int: Math.sign, big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n) }),
  floor: unary('floor', { float: Math.floor }),
  exp: unary('exp', { float: math.exp }),
  log: unary('log', { float: math.log }),
  sqrt: unary('sqrt', { float: Math.sqrt }),
  rsqrt: unary('rsqrt', { float: (x) => 1 / Math.sqrt(x) }),
  reciprocal: unary('reciprocal', { float: (x) => 1 / x }),
  sigmoid: unary('sigmoid', { float: math.sigmoid }),
  tanh: unary('tanh', { float: math.tanh }),
  sin: unary('sin', { float: math.sin }),
  cos: unary('cos', { float: math.cos }),
  erf: unary('erf', { float: math.erf }),
  softplus: unary('softplus', { float: math.softplus }),
  select: ([cond, x, y], _attrs, out) => {
    const [c, a, b] = [elements(cond.data), elements(x.data), elements(y.data)];
    return build(out, (i) => (c[i] !== 0 ? a[i]! : b[i]!));
  },
  clip: ([x], { lo, hi }, out) => {
    const a = elements(x.data);
    const hold = (v: number): number => Math.min(Math.max(v, lo), hi);
    const holdBig = (v: bigint): bigint => (v < lo ? BigInt(lo) : v > hi ? BigInt(hi) : v);
    return build(out, isBig(x.dtype) ? (i) => holdBig(a[i] as bigint) : (i) => hold(a[i] as number));
  },
  convert,
  hide: ([x]) => x,
  reveal: ([x]) => x,
  stopGradient: ([x]) => x,
};
