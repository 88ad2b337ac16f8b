/**
 * @file Random bits that nobody knows: the xor of bits that every party draws from its host's cryptographic source
 * (not from the stream that the dealer knows), opened under a stream of every party. Rounds 1, bits 1; dealer nothing.
 */

import { bits } from '../dealer/slots.ts';
import { randomBytes } from '../ring/prg.ts';
import { gate, type Shapes } from './gate.ts';

export interface RandomBitsAttrs {
  readonly length: number;
}

export const randomBits = gate({
  slots: (_: Shapes, { length }: RandomBitsAttrs) => ({ r: bits('mask', length) }),
  *deal(d) {
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, _, { length }) {
    const r = yield* p.mask('r');
    const share = p.bits(length);
    p.ring.u8(share).set(randomBytes(share.bytes));
    p.ring.xor(share, share, r);
    return [{ c: yield* p.open(share), r }];
  },
});
