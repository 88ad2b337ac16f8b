/** @file Two parties of products by lattices in one process, and what products have to be. */

import * as assert from 'uvu/assert';
import type { MakingChannel, ProductRequest } from '../../src/making/cross-terms.ts';
import { LatticeProducts } from '../../src/making/lattice/lattice-maker.ts';
import type { Strength } from '../../src/making/lattice/parameters.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';

/** One end of a line; `sent` counts bytes, `alter` sees each message before the other end does. */
export interface End extends MakingChannel {
  sent: number;
  readonly messages: Uint8Array[];
  alter: ((message: Uint8Array<ArrayBuffer>, i: number) => Uint8Array<ArrayBuffer>) | undefined;
}

/** Both ends of a line in memory. */
const line = (): [End, End] => {
  const queues: Uint8Array[][] = [[], []];
  const waiting: (((message: Uint8Array) => void) | undefined)[] = [undefined, undefined];
  const end = (rank: 0 | 1): End => ({
    rank,
    sent: 0,
    messages: [],
    alter: undefined,
    send(message) {
      this.sent += message.length;
      const what = this.alter?.(message, this.messages.length) ?? message;
      this.messages.push(what);
      const wake = waiting[1 - rank];
      waiting[1 - rank] = undefined;
      if (wake) wake(what);
      else queues[1 - rank]!.push(what);
    },
    receive() {
      const next = queues[rank]!.shift();
      if (next) return Promise.resolve(next);
      return new Promise((resolve) => {
        waiting[rank] = resolve;
      });
    },
  });
  return [end(0), end(1)];
};

export interface Pair {
  readonly rings: readonly [Ring, Ring];
  readonly makers: readonly [LatticeProducts, LatticeProducts];
  readonly ends: [End, End];
}

export const pair = async (strength: Strength = 'number', kept?: number): Promise<Pair> => {
  const rings = [await Ring.create(), await Ring.create()] as const;
  const options = kept === undefined ? { strength } : { strength, kept };
  return {
    rings,
    makers: [
      await LatticeProducts.create(rings[0], options),
      await LatticeProducts.create(rings[1], options),
    ],
    ends: line(),
  };
};

const words = (ring: Ring, like: RingArray): RingArray => ring.alloc(like.field, like.length);

/** Holds bytes to others; of long ones a difference in full takes minutes to show. */
export const same = (is: Uint8Array, want: Uint8Array, what: string): void => {
  assert.is(is.length, want.length, what);
  const at = is.findIndex((byte, i) => byte !== want[i]);
  assert.ok(at < 0, `${what}: byte ${at}`);
};

/** A copy in another ring. */
export const carried = (to: Ring, from: Ring, a: RingArray): RingArray => {
  const copy = to.alloc(a.field, a.length);
  to.u8(copy).set(from.u8(a));
  return copy;
};

let draws = 0;
/** Random words that are the same in every run. */
export const someShares = (ring: Ring, field: RingArray['field'], n: number): RingArray => {
  const a = ring.alloc(field, n);
  new Prg(ring, new Uint8Array(32).fill(5)).fill(a, ++draws, 0);
  return a;
};

/** Products of the parties' shares as they have to be, in the ring of party 0: cross terms only. */
export const expected = (
  ring: Ring,
  [mine, theirs]: readonly [ProductRequest, ProductRequest],
): RingArray => {
  const { x, y, shape, out } = mine;
  const want = words(ring, out);
  const other = words(ring, out);
  const product = (d: RingArray, a: RingArray, b: RingArray): void => {
    if (shape.kind === 'elementwise') ring.mul(d, a, b);
    else
      for (let i = 0; i < shape.batch; i++) {
        const { m, k, n } = shape;
        ring.matmul(d.view(i * m * n, m * n), a.view(i * m * k, m * k), b.view(i * k * n, k * n), m, k, n);
      }
  };
  product(want, x.own, theirs.y.own);
  product(other, theirs.x.own, y.own);
  ring.add(want, want, other);
  return want;
};

export const { FM32, FM64, FM128 } = FIELDS;
