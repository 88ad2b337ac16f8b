/**
 * @file Products by transfers (Gilboa, CRYPTO 1999, section 4.1): the bits of one party's factor choose, bit i worth the other's factor times
 * 2^i. A factor of b bits takes b transfers.
 */

import type { RingArray } from '../ring/array.ts';
import type { Ring } from '../ring/ring.ts';
import type { Transfer } from './chunks.ts';
import { checkRequest, type Factor, type ProductRequest, type ProductShape } from './cross-terms.ts';
import type { Transfers } from './transfers.ts';

/** Products of words that are made at a time: each takes as many bits of choices as a word has. */
const AT_A_TIME = 1 << 14;

type MatmulShape = ProductShape & { readonly kind: 'matmul' };

/** Words of both factors, and where their product is added. */
interface Part {
  readonly x: RingArray;
  readonly y: RingArray;
  readonly out: RingArray;
}

export class GilboaProducts {
  readonly #ring: Ring;
  readonly #rank: number;
  readonly #transfers: Transfers;

  constructor(ring: Ring, rank: number, transfers: Transfers) {
    this.#ring = ring;
    this.#rank = rank;
    this.#transfers = transfers;
  }

  async make(batch: readonly ProductRequest[]): Promise<void> {
    for (const request of batch) {
      checkRequest(request);
      this.#ring.zero(request.out);
      if (request.shape.kind === 'elementwise') {
        await this.#elementwise(request.x, request.y, request.out);
        if (request.real) await this.#realPart(request, request.real);
      } else await this.#matmul(request, request.shape);
    }
  }

  /** x_0 x_1 - y_0 y_1: of each product one factor is rank 0's, and one rank 1's. */
  async #realPart({ x, y }: ProductRequest, out: RingArray): Promise<void> {
    const ring = this.#ring;
    const [none, product] = [ring.alloc(out.field, out.length), ring.alloc(out.field, out.length)];
    ring.zero(none);
    const first = this.#rank === 0;
    try {
      for (const [factor, to] of [
        [x, out],
        [y, product],
      ] as const) {
        ring.zero(to);
        const [left, right] = first ? [factor.own, none] : [none, factor.own];
        await this.#elementwise(
          { ...factor, own: left, zero: [false, true] },
          { ...factor, own: right, zero: [true, false] },
          to,
        );
      }
      ring.sub(out, out, product);
    } finally {
      for (const a of [none, product]) ring.release(a);
    }
  }

  /** Every multiplication of the product, as many rows of y at a time as fit. */
  async #matmul({ x, y, out }: ProductRequest, { batch, m, k, n }: MatmulShape): Promise<void> {
    const ring = this.#ring;
    const size = m * n;
    const depth = Math.max(1, Math.min(k, Math.floor(AT_A_TIME / Math.max(size, 1))));
    const [a, b, c] = [0, 1, 2].map(() => ring.alloc(out.field, depth * size)) as [
      RingArray,
      RingArray,
      RingArray,
    ];
    try {
      for (let i = 0; i < batch; i++) {
        const to = out.view(i * size, size);
        for (let l = 0; l < k; l += depth) {
          const rows = Math.min(depth, k - l);
          ring.strided(a, 0, [size, n, 1], x.own, i * m * k + l, [1, k, 0], [rows, m, n]);
          ring.strided(b, 0, [size, n, 1], y.own, i * k * n + l * n, [n, 0, 1], [rows, m, n]);
          const [left, right, product] = [a, b, c].map((array) => array.view(0, rows * size)) as [
            RingArray,
            RingArray,
            RingArray,
          ];
          ring.zero(product);
          await this.#elementwise({ ...x, own: left }, { ...y, own: right }, product);
          for (let row = 0; row < rows; row++) ring.add(to, to, product.view(row * size, size));
        }
      }
    } finally {
      for (const array of [a, b, c]) ring.release(array);
    }
  }

  async #elementwise(x: Factor, y: Factor, out: RingArray): Promise<void> {
    for (let start = 0; start < out.length; start += AT_A_TIME) {
      const count = Math.min(AT_A_TIME, out.length - start);
      const at = (a: RingArray): RingArray => a.view(start, count);
      await this.#part(x, y, { x: at(x.own), y: at(y.own), out: at(out) });
    }
  }

  /** x_0 y_1 of rank 0's words and rank 1's bits, and x_1 y_0 the other way round. */
  async #part(x: Factor, y: Factor, part: Part): Promise<void> {
    const ring = this.#ring;
    const { field, length: n } = part.out;
    const planes = y.bits ?? field.bits;
    const bits = ring.bits(n, field.bits);
    const [first, second] = [ring.alloc(field, n), ring.alloc(field, n)];
    try {
      ring.toPlanes(bits, part.y);
      const transfers: Transfer[] = [];
      const shares: RingArray[] = [];
      for (const [sender, share] of [
        [0, first],
        [1, second],
      ] as const) {
        if (x.zero[sender] || y.zero[1 - sender]) continue;
        const own = sender === this.#rank ? { worth: part.x } : { choices: bits.plane(0, planes) };
        transfers.push({ sender, planes, n, payload: { kind: 'product', field }, ...own, out: share });
        shares.push(share);
      }
      await this.#transfers.exchange(transfers);
      for (const share of shares) ring.add(part.out, part.out, share);
    } finally {
      for (const array of [bits, first, second]) ring.release(array);
    }
  }
}
