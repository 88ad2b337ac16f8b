/**
 * @file Random bits that nobody knows: the xor of bits that every party draws from its host's cryptographic source
 * (not from the stream that the dealer knows), opened under a stream of every party. Rounds 1, bits 1; dealer nothing.
 */

import { randomBytes } from '../ring/prg.ts';
import type { Gate } from './gate.ts';

export const randomBits: Gate<{ readonly length: number } & Readonly<Record<string, unknown>>> = {
  needsNoDealer: () => true,
  deal: (d, _, { length }) => [{ r: d.drawBits(length) }],
  *eval(p, _, { length }) {
    const r = p.drawBits(length);
    const share = p.bits(length);
    p.ring.u8(share).set(randomBytes(share.bytes));
    p.ring.xor(share, share, r);
    return [{ c: yield* p.open(share), r }];
  },
};
