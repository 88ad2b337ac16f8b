/** @file What products by lattices come to from fixed seeds: run in a page and in Node, which have to agree. */

import { Slots } from '../../src/making/lattice/packed-products.ts';
import { SETTINGS } from '../../src/making/lattice/parameters.ts';
import { Source } from '../../src/making/lattice/random-polynomials.ts';
import { OtherKey, OwnKey, Scheme } from '../../src/making/lattice/scheme.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Polynomials } from '../../src/ring/polynomials.ts';
import { Ring } from '../../src/ring/ring.ts';

/** A checksum of 32 bits (FNV-1a). */
const sum = (bytes: Uint8Array): number =>
  bytes.reduce((h, byte) => Math.imul(h ^ byte, 16777619), 2166136261) >>> 0;

/** Of a public key, a ciphertext and an answer to it; and whether the shares of the product are right. */
export const latticeSums = async (): Promise<{
  readonly sums: readonly number[];
  readonly right: boolean;
}> => {
  const ring = await Ring.create();
  const rows = await Polynomials.on(ring);
  const setting = SETTINGS.number.slots;
  const scheme = new Scheme(rows, setting);
  const source = (i: number): Source =>
    new Source(rows, new Uint8Array(32).fill(i), setting.n, setting.primes);
  const own = new OwnKey(scheme, source(1), source(2));
  const key = own.publicKey();
  const slots = new Slots(scheme, FIELDS.FM64);
  const [x, y, mine, theirs] = [90, 167, 0, 0].map((byte) => {
    const a = ring.alloc(FIELDS.FM64, setting.n);
    ring.u8(a).fill(byte);
    return a;
  });
  const cipher = slots.encrypt(own, x!);
  const other = new OtherKey(scheme, source(3), source(2), key);
  const answer = slots.answer(other, [{ cipher, number: 1, plain: y! }], theirs!);
  slots.decrypt(own, answer, mine!);
  ring.add(mine!, mine!, theirs!);
  ring.mul(x!, x!, y!);
  const want = ring.u8(x!);
  return { sums: [key, cipher, answer].map(sum), right: ring.u8(mine!).every((byte, i) => byte === want[i]) };
};
