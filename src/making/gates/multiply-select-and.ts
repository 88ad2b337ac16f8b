/** @file What products, selections and ANDs need, made by two parties. */

import { ringOf, type Value } from '../../gates/gate.ts';
import { productCount, productsProgram } from '../../gates/multi-and.ts';
import { type MatmulAttrs, matmulInto } from '../../gates/multiply.ts';
import type { Truncation } from '../../gates/open-truncate.ts';
import type { Bits, RingArray } from '../../ring/array.ts';
import { bothWays } from '../chunks.ts';
import { runShared } from '../circuits.ts';
import type { Factor, ProductRequest } from '../cross-terms.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { bitTimes } from '../numbers.ts';
import { rangeRows } from './range-rows.ts';

/** Operand i as a factor, whose words are kept by number where they may be asked for again. */
const factor = (m: Maker, i: number, own: RingArray, kept: boolean): Factor => {
  const { zero = [false, false] as const, number } = m.operands[i] ?? {};
  return { own, zero, ...(kept && number !== undefined ? { value: number } : {}) };
};

/** A result's mask, by what is drawn where nothing is truncated: known before anything is made. */
export const resultOf = (m: Maker, t: Truncation, plain = 'outMask'): Value => {
  if (t.trunc === 0) return { r: m.wordMask(plain) };
  return { r: m.wordMask(t.exact ? 'next' : 'shifted') };
};

/** What is made for a truncation to numbers under the mask of `out`. */
export function* wraps(m: Maker, out: Value, t: Truncation): Making<void> {
  if (t.trunc === 0) return;
  const own = ringOf(out.r);
  const watched = rangeRows(m, own, t, true, t.trunc);
  yield* together(t.exact ? [exactly(m, own.length), watched] : [watched]);
}

/** Shares, as words, of the product of both parties' random bits: one transfer. */
export function* exactly(m: Maker, n: number): Making<void> {
  const own = m.bitMask('tops');
  const out = m.words(n);
  const worth = m.words(n);
  m.ring.bitsToRing(worth, own);
  const payload = { kind: 'words', count: 1, field: m.field } as const;
  yield { transfers: bothWays({ planes: 1, n, payload, choices: own, worth, out }), products: [] };
  m.share('wrap', out);
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

/** Puts shares of a product, refreshed. */
const put = (m: Maker, shares: RingArray): void => {
  m.refresh(shares, 'u');
  m.share('u', shares);
};

export function* mul(m: Maker, [x, y]: readonly Value[], t: Truncation): Making<Value[]> {
  const [a, b] = [ringOf(x!.r), ringOf(y!.r)];
  const [left, right] = [factor(m, 0, a, false), factor(m, 1, b, false)];
  const outs = m.outs([resultOf(m, t)]);
  const n = a.length;
  const [made] = yield* together<unknown>([
    cross(m, left, right, { kind: 'elementwise', length: n }, n),
    wraps(m, outs[0]!, t),
  ]);
  const out = made as RingArray;
  const own = m.words(a.length);
  m.ring.mul(own, a, b);
  m.ring.add(out, out, own);
  m.drop(own);
  put(m, out);
  return outs;
}

/** x_0 x_1, twice. */
export function* square(m: Maker, [x]: readonly Value[], t: Truncation): Making<Value[]> {
  const own = ringOf(x!.r);
  const n = own.length;
  const outs = m.outs([resultOf(m, t)]);
  const twice = m.words(n);
  m.ring.add(twice, own, own);
  const [out, local] = [m.words(n), m.words(n)];
  const sides = [
    { own, zero: [false, true] },
    { own: twice, zero: [true, false] },
  ] as const;
  const products = function* (): Making<void> {
    const shape = { kind: 'elementwise', length: n } as const;
    yield { transfers: [], products: [{ x: sides[0], y: sides[1], shape, out }] };
  };
  yield* together([products(), wraps(m, outs[0]!, t)]);
  m.ring.mul(local, own, own);
  m.ring.add(out, out, local);
  put(m, out);
  return outs;
}

export function* matmul(m: Maker, [x, y]: readonly Value[], t: MatmulAttrs): Making<Value[]> {
  const [a, b] = [ringOf(x!.r), ringOf(y!.r)];
  const { batch, m: rows, k, n } = t;
  const [left, right] = [factor(m, 0, a, true), factor(m, 1, b, true)];
  const outs = m.outs([resultOf(m, t)]);
  const size = batch * rows * n;
  const [made] = yield* together<unknown>([
    cross(m, left, right, { kind: 'matmul', batch, m: rows, k, n }, size),
    wraps(m, outs[0]!, t),
  ]);
  const out = made as RingArray;
  yield* matmulInto(m, out, a, b, t, true);
  put(m, out);
  return outs;
}

export function* select(m: Maker, ins: readonly Value[], t: Truncation): Making<Value[]> {
  const outs = m.outs([resultOf(m, t, 'u')]);
  let secrets = 0;
  const pairs: Making<void>[] = [wraps(m, outs[0]!, t)];
  for (let j = 0; 2 * j + 1 < ins.length; j++) {
    const beta = ins[2 * j]!.r as Bits;
    const r = ins[2 * j + 1]!.r;
    const place = r ? secrets++ : 0;
    pairs.push(
      (function* pair(): Making<void> {
        const { bit, products } = yield* bitTimes(m, beta, r ? [ringOf(r)] : [], true);
        m.share('beta', bit!, j);
        if (r) m.share('betaR', products[0]!, place);
      })(),
    );
  }
  yield* together(pairs);
  return outs;
}

export function* and(m: Maker, ins: readonly Value[]): Making<Value[]> {
  const outs = m.outs([{ r: m.bitMask('r') }]);
  const n = ins[0]!.r!.length;
  const sets = [(1 << ins.length) - 1];
  const beta = m.bits(n, ins.length);
  for (const [i, x] of ins.entries()) m.ring.copy(beta.plane(i), x.r as Bits);
  const products = m.bits(n, productCount(sets));
  yield* runShared(m, productsProgram(sets), [beta, products]);
  m.share('products', products);
  return outs;
}
