/**
 * @file Products: elementwise, squares and matrices. c_z = c_x c_y - c_x [r_y] - c_y [r_x] + [r_x r_y] + [r_z]:
 * only the output is opened, so a product of matrices (m,k)(k,n) costs m n elements whatever k is, and an operand
 * that is used again costs nothing more (ABY2.0, eprint 2020/1225, sections 3.1 and 5; Turbospeedz, eprint
 * 2019/080, section 3.2).
 *
 * The opening's mask is u - r_x r_y, where u is the sum of the parties' streams: so the product of the masks
 * needs no correction of its own, and the dealer sends one element, the correction of the output's mask. It is uniform
 * because u is, whatever the operands; u serves this once.
 *
 * A share that is 0 by the program (of an input's mask, but at its owner) takes no product: of X W for two parties' inputs
 * each computes one, and a third none.
 *
 * Rounds 1, bytes k/8 per output; dealer k/8. Exact truncation (see open-truncate.ts): 2, 2k/8; dealer 2k/8.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { words } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import { gate, ringOf, type Shapes, type Value } from './gate.ts';
import { dealOpenTruncate, openTruncate, type Truncation, truncationSlots } from './open-truncate.ts';
import { type Pausable, type Pause, product } from './pausable.ts';
import { inRanges } from './ranges.ts';

const productSlots = (n: number, t: Truncation, made: boolean | undefined) => ({
  u: words('pad', n),
  ...truncationSlots(n, t, 'product', made),
});
type ProductSlots = ReturnType<typeof productSlots>;

/** The opening's mask is u minus the product of the masks. */
function* dealProduct(d: DealerContext<ProductSlots>, masks: RingArray, t: Truncation) {
  const mask = yield* d.mask('u');
  d.ring.sub(mask, mask, masks);
  return yield* dealOpenTruncate(d, mask, t, 'product');
}

/** u + this party's share of x times a number whose share of the mask is 0 here. */
const timesPublic = (
  p: Scratch & { readonly first: number },
  u: RingArray,
  x: Value,
  c: RingArray,
  at: (a: RingArray) => RingArray,
): void => {
  if (p.first || !ringOf(x.r).zero)
    p.ring.mulGate(u, at(ringOf(x.c)), at(c), at(ringOf(x.r)), null, u, p.first);
};

/** x * y, elementwise. */
export const mul = gate({
  slots: ({ ins: [x], made }: Shapes, t: Truncation) => productSlots(x!.length, t, made),
  *deal(d, [x, y], t) {
    const rx = ringOf(x!.r);
    const masks = d.words(rx.length);
    d.ring.mul(masks, rx, ringOf(y!.r));
    return [yield* dealProduct(d, masks, t)];
  },
  *eval(p, [x, y], t) {
    const { array: u, fill } = yield* p.deferredMask('u');
    const [cx, cy, rx, ry] = [ringOf(x!.c), ringOf(y!.c), ringOf(x!.r), ringOf(y!.r)];
    const compute = inRanges(u.length, p.field, (start, count) => {
      const at = (a: RingArray): RingArray => a.view(start, count);
      fill(start, count);
      if (rx.zero) timesPublic(p, at(u), y!, cx, at);
      else if (ry.zero) timesPublic(p, at(u), x!, cy, at);
      else p.ring.mulGate(at(u), at(cx), at(cy), at(rx), at(ry), at(u), p.first);
    });
    return [yield* openTruncate(p, u, t, compute)];
  },
});

/** x * x. */
export const square = gate({
  slots: ({ ins: [x], made }: Shapes, t: Truncation) => productSlots(x!.length, t, made),
  *deal(d, [x], t) {
    const rx = ringOf(x!.r);
    const masks = d.words(rx.length);
    d.ring.mul(masks, rx, rx);
    return [yield* dealProduct(d, masks, t)];
  },
  *eval(p, [x], t) {
    const { array: u, fill } = yield* p.deferredMask('u');
    const compute = inRanges(u.length, p.field, (start, count) => {
      fill(start, count);
      const at = (a: RingArray): RingArray => a.view(start, count);
      const [c, r] = [ringOf(x!.c), ringOf(x!.r)];
      if (r.zero) timesPublic(p, at(u), x!, c, at);
      else p.ring.squareGate(at(u), at(c), at(r), at(u), p.first);
    });
    return [yield* openTruncate(p, u, t, compute)];
  },
});

/** A batch of products of (m, k) and (k, n) matrices. */
export interface MatmulShape {
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export interface MatmulAttrs extends Truncation, MatmulShape {}

/** dst (+)= a b for a batch of (m,k)(k,n) products, in stretches. */
export function* matmulInto(
  s: Scratch,
  dst: RingArray,
  a: RingArray,
  b: RingArray,
  { batch, m, k, n }: MatmulShape,
  accumulate: boolean,
): Pausable<void> {
  for (let i = 0; i < batch; i++) {
    const [d, x, y] =
      batch === 1
        ? [dst, a, b]
        : [dst.view(i * m * n, m * n), a.view(i * m * k, m * k), b.view(i * k * n, k * n)];
    yield* product(s, d, x, y, { m, k, n }, accumulate);
  }
}

/** Rows of a product that are computed at a time at least: with fewer, seven products would not stand for eight. */
const ROWS = 1024;
/** Words of a product that are computed at a time at least. */
const WORDS = 1 << 16;

/** dst += a b, rows after rows; without a, dst stands, and leaves in the same parts as those of the other parties. */
function* inRows(
  s: Scratch,
  dst: RingArray,
  a: RingArray | undefined,
  b: RingArray,
  { batch, m, k, n }: MatmulShape,
): Generator<number | Pause> {
  const rows = Math.max(ROWS, Math.ceil(WORDS / Math.max(n, 1)));
  for (let i = 0; i < batch; i++) {
    for (let row = 0; row < m; row += rows) {
      const count = Math.min(rows, m - row);
      const at = i * m + row;
      if (a) {
        const [x, y] = [a.view(at * k, count * k), b.view(i * k * n, k * n)];
        yield* product(s, dst.view(at * n, count * n), x, y, { m: count, k, n });
      }
      yield (at + count) * n;
    }
  }
}

/** dst += this party's share of c (c - 2r), of rows: each product is a number. */
function* byThemselves(
  p: Scratch & { readonly first: number },
  dst: RingArray,
  c: RingArray,
  r: RingArray,
  shape: MatmulShape,
): Generator<number | Pause> {
  if (p.first) {
    const factor = p.words(c.length);
    p.ring.sub(factor, c, r);
    p.ring.sub(factor, factor, r);
    yield* matmulInto(p, dst, c, factor, shape, true);
    p.drop(factor);
  } else {
    const mixed = p.words(shape.batch);
    yield* matmulInto(p, mixed, c, r, shape, false);
    for (let i = 0; i < 2; i++) p.ring.sub(dst, dst, mixed);
    p.drop(mixed);
  }
  yield shape.batch;
}

export const matmul = gate({
  slots: ({ made }: Shapes, t: MatmulAttrs) => productSlots(t.batch * t.m * t.n, t, made),
  *deal(d, [x, y], t) {
    const masks = d.words(t.batch * t.m * t.n);
    yield* matmulInto(d, masks, ringOf(x!.r), ringOf(y!.r), t, false);
    return [yield* dealProduct(d, masks, t)];
  },
  *eval(p, [x, y], t) {
    const [cx, cy, rx, ry] = [ringOf(x!.c), ringOf(y!.c), ringOf(x!.r), ringOf(y!.r)];
    const u = yield* p.mask('u');
    if (t.m * t.n === 1 && cx.ptr === cy.ptr && rx.ptr === ry.ptr && !rx.zero)
      return [yield* openTruncate(p, u, t, byThemselves(p, u, cx, rx, t))];
    // first ? c_x (c_y - r_y) : -c_x r_y, then - r_x c_y; or in one: first ? (c_x - r_x) c_y : -r_x c_y
    const minus = (c: RingArray | undefined, r: RingArray): RingArray => {
      const out = p.words(r.length);
      if (c) p.ring.sub(out, c, r);
      else p.ring.neg(out, r);
      return out;
    };
    if (!ry.zero) {
      const left = minus(p.first ? cy : undefined, ry);
      yield* matmulInto(p, u, cx, left, t, true);
      p.drop(left);
    }
    const whole = ry.zero && p.first === 1;
    if (rx.zero && !whole) return [yield* openTruncate(p, u, t, inRows(p, u, undefined, cy, t))];
    const right = minus(whole ? cx : undefined, rx);
    const result = yield* openTruncate(p, u, t, inRows(p, u, right, cy, t));
    p.drop(right);
    return [result];
  },
});
