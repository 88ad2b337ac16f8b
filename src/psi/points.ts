/** @file Points of Curve25519 by their x, 32 bytes each, and the secret numbers that they are multiplied by. */
import { randomBytes } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import { wholeTurn } from '../link/tick.ts';
import type { SetMemory } from '../ring/set-memory.ts';

export const POINT = 32;
/** Points that are multiplied before other work has its turn, and that are sent at once. */
const BATCH = 256;
export const CHUNK = 8 * BATCH * POINT;

/** The order of the subgroup, a prime. */
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

/** A number whose multiples lie in the subgroup of prime order. */
export const secret = (): Uint8Array<ArrayBuffer> => {
  const out = randomBytes(32);
  out[0]! &= 248;
  out[31] = (out[31]! & 127) | 64;
  return out;
};

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

/** The number that undoes a multiplication by `scalar` in the subgroup, where 8 is undone too. */
export const inverse = (scalar: Uint8Array): Uint8Array<ArrayBuffer> => {
  // a^(q - 2), by squares.
  let [base, result] = [numberOf(scalar) % ORDER, 1n];
  for (let e = ORDER - 2n; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return Uint8Array.from({ length: 32 }, (_, i) => Number((result >> BigInt(8 * i)) & 255n));
};

/** Works on points of a piece in batches. */
export const batches = async (
  at: number,
  size: number,
  work: (at: number, n: number) => void,
): Promise<void> => {
  for (let from = at; from < at + size; from += POINT * BATCH) {
    work(from, Math.min(BATCH, (at + size - from) / POINT));
    await wholeTurn();
  }
};

/** Multiplies points in place. Throws SERIALIZATION for one of small order, which no identifier has. */
export const multiplied =
  (memory: SetMemory, scalar: number, peer: string): ((at: number, n: number) => void) =>
  (at, n) => {
    if (!memory.kernels.maskPoints(at, at, n, scalar))
      throw new TesseraError('SERIALIZATION', `${peer} sent a point of small order as an identifier`, {
        party: peer,
      });
  };
