/** @file What products, selections and ANDs need, made by two parties. */

import { ringOf, type Value } from '../../gates/gate.ts';
import { productCount, productsProgram } from '../../gates/multi-and.ts';
import { type MatmulAttrs, matmulInto } from '../../gates/multiply.ts';
import type { Truncation } from '../../gates/open-truncate.ts';
import type { Bits, RingArray } from '../../ring/array.ts';
import { runShared } from '../circuits.ts';
import type { Factor, ProductRequest } from '../cross-terms.ts';
import type { Maker, Making } from '../maker.ts';
import { bitTimes } from '../numbers.ts';

/** Operand i as a factor, whose words are kept by number where they may be asked for again. */
const factor = (m: Maker, i: number, own: RingArray, kept: boolean): Factor => {
  const { zero = [false, false] as const, number } = m.operands[i] ?? {};
  return { own, zero, ...(kept && number !== undefined ? { value: number } : {}) };
};

/** The share of the result's mask, and what is made for a truncation of n numbers. `own`: its mask where nothing is truncated. */
export function* truncation(m: Maker, n: number, t: Truncation, own?: RingArray): Making<Value> {
  if (t.trunc === 0) return { r: own ?? m.wordMask('outMask') };
  if (!t.exact) return { r: m.wordMask('shifted') };
  return yield* exactly(m, n);
}

/** Shares, as words, of the product of both parties' random bits: one transfer. */
export function* exactly(m: Maker, n: number): Making<Value> {
  const own = m.bitMask('tops');
  const out = m.words(n);
  const worth = m.words(n);
  m.ring.bitsToRing(worth, own);
  const data = m.first ? { worth } : { choices: own };
  const payload = { kind: 'words', count: 1, field: m.field } as const;
  yield { transfers: [{ sender: 0, planes: 1, n, payload, ...data, out }], products: [] };
  m.share('wrap', out);
  return { r: m.wordMask('next') };
}

/** The cross terms of a product: a share of them, to which what each party has of it alone is added. */
function* cross(
  m: Maker,
  x: Factor,
  y: Factor,
  shape: ProductRequest['shape'],
  n: number,
): Making<RingArray> {
  const out = m.words(n);
  yield { transfers: [], products: [{ x, y, shape, out }] };
  return out;
}

/** Shares of a product, refreshed and put; its mask is the result. */
function* product(m: Maker, shares: RingArray, t: Truncation): Making<Value[]> {
  m.refresh(shares, 'u');
  m.share('u', shares);
  return [yield* truncation(m, shares.length, t)];
}

export function* mul(m: Maker, [x, y]: readonly Value[], t: Truncation): Making<Value[]> {
  const [a, b] = [ringOf(x!.r), ringOf(y!.r)];
  const [left, right] = [factor(m, 0, a, false), factor(m, 1, b, false)];
  const out = yield* cross(m, left, right, { kind: 'elementwise', length: a.length }, a.length);
  const own = m.words(a.length);
  m.ring.mul(own, a, b);
  m.ring.add(out, out, own);
  m.drop(own);
  return yield* product(m, out, t);
}

/** x_0 x_1, twice. */
export function* square(m: Maker, [x]: readonly Value[], t: Truncation): Making<Value[]> {
  const own = ringOf(x!.r);
  const n = own.length;
  const twice = m.words(n);
  m.ring.add(twice, own, own);
  const [out, local] = [m.words(n), m.words(n)];
  const sides = [
    { own, zero: [false, true] },
    { own: twice, zero: [true, false] },
  ] as const;
  yield {
    transfers: [],
    products: [{ x: sides[0], y: sides[1], shape: { kind: 'elementwise', length: n }, out }],
  };
  m.ring.mul(local, own, own);
  m.ring.add(out, out, local);
  return yield* product(m, out, t);
}

export function* matmul(m: Maker, [x, y]: readonly Value[], t: MatmulAttrs): Making<Value[]> {
  const [a, b] = [ringOf(x!.r), ringOf(y!.r)];
  const { batch, m: rows, k, n } = t;
  const [left, right] = [factor(m, 0, a, true), factor(m, 1, b, true)];
  const out = yield* cross(m, left, right, { kind: 'matmul', batch, m: rows, k, n }, batch * rows * n);
  yield* matmulInto(m, out, a, b, t, true);
  return yield* product(m, out, t);
}

export function* select(m: Maker, ins: readonly Value[], t: Truncation): Making<Value[]> {
  const n = (ins[0]!.r ?? ins[0]!.c)!.length;
  let secrets = 0;
  for (let j = 0; 2 * j + 1 < ins.length; j++) {
    const beta = ins[2 * j]!.r as Bits;
    const r = ins[2 * j + 1]!.r;
    const { bit, products } = yield* bitTimes(m, beta, r ? [ringOf(r)] : [], true);
    m.share('beta', bit!, j);
    if (r) m.share('betaR', products[0]!, secrets++);
  }
  return [yield* truncation(m, n, t, t.trunc === 0 ? m.wordMask('u') : undefined)];
}

export function* and(m: Maker, ins: readonly Value[]): Making<Value[]> {
  const n = ins[0]!.r!.length;
  const sets = [(1 << ins.length) - 1];
  const beta = m.bits(n, ins.length);
  for (const [i, x] of ins.entries()) m.ring.copy(beta.plane(i), x.r as Bits);
  const products = m.bits(n, productCount(sets));
  yield* runShared(m, productsProgram(sets), [beta, products]);
  m.share('products', products);
  return [{ r: m.bitMask('r') }];
}
