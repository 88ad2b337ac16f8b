/**
 * @file What is asked of whoever makes products of masks without a dealer, whatever the protocol: two parties hold additive shares of
 * two factors each, x = x_0 + x_1 and y = y_0 + y_1, and want shares of the cross terms x_0 y_1 + x_1 y_0. What a party can
 * multiply by itself, x_i y_i, it does by itself.
 */

import { fail } from '../errors.ts';
import type { RingArray } from '../ring/array.ts';

/** Ordered messages to and from the other party, on a line that carries nothing else. */
export interface MakingChannel {
  /** 0 or 1: whose end this is. */
  readonly rank: number;
  /** The bytes are the channel's from here on. Resolves when more may be sent. */
  send(message: Uint8Array<ArrayBuffer>): Promise<void> | void;
  /** The next message. One of another length than `bytes` is an error that names the other party. */
  receive(bytes: number): Promise<Uint8Array>;
}

/** One factor, as a party holds it. */
export interface Factor {
  /** This party's share: words of FM32, FM64 or FM128. */
  readonly own: RingArray;
  /** By rank: its share is 0 by the program, so that it takes no product. The same at both parties. */
  readonly zero: readonly [boolean, boolean];
  /**
   * Shares are numbers below 2^bits, not negative, and products need not wrap: absent where they fill the ring. The same at both
   * parties.
   */
  readonly bits?: number;
  /** Requests of one program with the same number here ask for products of the same words. */
  readonly value?: number;
}

/** Elementwise products, or a batch of products of matrices (m, k) (k, n). */
export type ProductShape =
  | { readonly kind: 'elementwise'; readonly length: number }
  | {
      readonly kind: 'matmul';
      readonly batch: number;
      readonly m: number;
      readonly k: number;
      readonly n: number;
    };

export interface ProductRequest {
  readonly x: Factor;
  readonly y: Factor;
  readonly shape: ProductShape;
  /** Filled with this party's share of x_0 y_1 + x_1 y_0 mod 2^k: random words at either party. */
  readonly out: RingArray;
  /**
   * Of products element by element: filled with this party's share of x_0 x_1 - y_0 y_1. So x + y i of either party are complex numbers, of
   * whose product this is the real part, and `out` the other.
   */
  readonly real?: RingArray;
}

/** A way to make products. Both parties ask for the same batches in the same order. */
export interface ProductMaker {
  /** Answers all requests of a batch: when it resolves, every `out` is filled. Rejects with a typed error, and keeps nothing. */
  make(batch: readonly ProductRequest[], channel: MakingChannel): Promise<void>;
}

/** Words of the two factors, and of the result. */
export const productLengths = (shape: ProductShape): readonly [x: number, y: number, out: number] => {
  if (shape.kind === 'elementwise') return [shape.length, shape.length, shape.length];
  const { batch, m, k, n } = shape;
  return [batch * m * k, batch * k * n, batch * m * n];
};

/** Throws where the arrays of a request are not what its shape says. */
export const checkRequest = ({ x, y, shape, out, real }: ProductRequest): void => {
  const wanted = productLengths(shape);
  const given = [x.own.length, y.own.length, out.length];
  const { field } = out;
  if (real && (shape.kind !== 'elementwise' || real.length !== out.length || real.field !== field))
    fail('SHAPE', `the real part of ${out.length} products is given ${real.length} words`);
  if (given.some((length, i) => length !== wanted[i]) || x.own.field !== field || y.own.field !== field)
    fail(
      'SHAPE',
      `a product of ${wanted[0]} by ${wanted[1]} words into ${wanted[2]} is given ${given} words`,
    );
};
