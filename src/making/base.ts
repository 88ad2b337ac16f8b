/**
 * @file Base transfers: 128 oblivious transfers of seeds on ristretto255 (Chou and Orlandi, eprint 2015/267, figure 1). The sender of
 * A = a G, the receiver of B_i = b_i G, or A + b_i G where its bit is set; keys are hashes of a B_i and a (B_i - A), of which the receiver
 * knows b_i A. Points, and so the transcript, are hashed into the keys. Encodings of the group have no subgroups to check; the identity
 * is refused. Semi-honest: CDH in the group, SHA-512 as a random oracle.
 */

import { ristretto255 } from '@noble/curves/ed25519.js';
import { sha512 } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import { randomBytes } from '../ring/prg.ts';

const { Point } = ristretto255;
type Point = InstanceType<typeof Point>;

/** Bytes of a point. */
export const POINT = 32;
/** Transfers. */
export const BASE = 128;
/** Bytes of a key. */
export const KEY = 32;

const LABEL = new TextEncoder().encode('tessera base transfer 1');

/** A scalar from 64 bytes, uniform to 2^-256. */
const scalarOf = (bytes: Uint8Array): bigint => {
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
  const scalar = Point.Fn.create(BigInt(`0x${hex}`));
  return scalar === Point.Fn.ZERO ? Point.Fn.ONE : scalar;
};

const pointOf = (bytes: Uint8Array): Point => {
  let point: Point | undefined;
  try {
    point = Point.fromBytes(bytes);
  } catch {
    point = undefined;
  }
  if (!point || point.equals(Point.ZERO))
    throw new TesseraError(
      'LINK',
      'the other party sent what is no point of ristretto255 for a base transfer',
    );
  return point;
};

const keyOf = (index: number, a: Uint8Array, b: Uint8Array, shared: Point): Uint8Array => {
  const bytes = new Uint8Array(LABEL.length + 1 + 3 * POINT);
  bytes.set(LABEL);
  bytes[LABEL.length] = index;
  [a, b, shared.toBytes()].forEach((part, i) => {
    bytes.set(part, LABEL.length + 1 + i * POINT);
  });
  return sha512(bytes).slice(0, KEY);
};

/** Who has two keys for each transfer. */
export class BaseSender {
  readonly #scalar: bigint;
  /** a A. */
  readonly #square: Point;
  /** What the receiver is sent: A. */
  readonly message: Uint8Array<ArrayBuffer>;

  /** `entropy`: 64 random bytes. */
  constructor(entropy: Uint8Array = randomBytes(64)) {
    this.#scalar = scalarOf(entropy);
    const point = Point.BASE.multiply(this.#scalar);
    this.#square = point.multiply(this.#scalar);
    this.message = point.toBytes().slice();
  }

  /** Both keys of transfer i, from the receiver's point for it. */
  keys(i: number, b: Uint8Array): readonly [Uint8Array, Uint8Array] {
    const point = pointOf(b);
    const first = point.multiply(this.#scalar);
    return [keyOf(i, this.message, b, first), keyOf(i, this.message, b, first.subtract(this.#square))];
  }
}

/** Who has one key of each transfer, by its bit. */
export class BaseReceiver {
  readonly #a: Uint8Array;
  readonly #point: Point;

  /** `a`: what the sender sent. */
  constructor(a: Uint8Array) {
    this.#a = a.slice();
    // Its multiples are tabulated: each transfer takes one.
    this.#point = pointOf(this.#a).precompute(5);
  }

  /** The point that the sender is sent for transfer i, and the key. `entropy`: 64 random bytes. */
  choose(
    i: number,
    bit: number,
    entropy: Uint8Array = randomBytes(64),
  ): { readonly message: Uint8Array; readonly key: Uint8Array } {
    const scalar = scalarOf(entropy);
    const own = Point.BASE.multiply(scalar);
    // Both are computed: time tells nothing of the bit.
    const points = [own, own.add(this.#point)] as const;
    const message = points[bit === 1 ? 1 : 0].toBytes().slice();
    return { message, key: keyOf(i, this.#a, message, this.#point.multiply(scalar)) };
  }
}
