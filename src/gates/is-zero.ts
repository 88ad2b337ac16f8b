/**
 * @file x == 0, exact. The number of bits in which the public c and the mask r differ is shared in a small ring,
 * opened under a mask rho, and a second table of the dealer says whether that count was zero (counting: Nishide
 * and Ohta, PKC 2007, section 6; Lipmaa and Toft, ICALP 2013; one-time tables: TCC 2013, section 3).
 *
 * The count runs over k - 1 digits, so that it stays below k: k - 2 single bits, on which "differs" is linear in
 * the share of r's bit, and the two top bits as one digit, for which the dealer adds the product of its bits.
 *
 * Secrecy: rho is uniform mod k, as far as the count goes; the answer is opened under a fresh bit; tables are shared afresh.
 *
 * Rounds 2; bits log2(k) + 1 (8, 7, 6: 1 byte); dealer (k + 1) log2(k) + k bits.
 */

import { bits as bitSlot, bytes } from '../dealer/slots.ts';
import { type Bits, Bytes } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { gate, openWhile, ringOf, type Shapes } from './gate.ts';

/** The table is a row of k bits an element, xor-shared. */
const asBytes = (bits: Bits): Bytes => new Bytes(bits.block, bits.ptr, bits.length / 8);

/** Ins: x. Outs: the masked bit [x == 0]. */
export const isZero = gate({
  slots: ({ field: { bits: k }, ins: [x] }: Shapes, _: object) => ({
    bits: bytes('maskBits', x!.length * k, math.log2(k)),
    product: bytes('bitProducts', x!.length, math.log2(k)),
    rho: bytes('mask', x!.length),
    zero: bitSlot('table', x!.length * k),
    r: bitSlot('mask', x!.length),
  }),
  *deal(d, [x]) {
    const r = ringOf(x!.r);
    const n = r.length;
    const k = d.field.bits;
    const bits = d.bytes(n * k);
    d.ring.bitsAsBytes(bits, r);
    yield* d.share('bits', bits);
    // The product of the two top bits, as a byte.
    const top = d.words(n);
    const next = d.words(n);
    d.ring.shr(top, r, k - 1);
    d.ring.shr(next, r, k - 2);
    d.ring.and(top, top, next);
    const product = d.bytes(n);
    const plain = new Uint8Array(n);
    d.ring.decodeInt(plain, top);
    d.ring.u8(product).set(plain);
    yield* d.share('product', product);
    const rho = yield* d.mask('rho');
    const zero = d.bits(n * k);
    d.ring.oneHotBytes(asBytes(zero), rho);
    yield* d.share('zero', zero);
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x]) {
    const c = ringOf(x!.c);
    const n = c.length;
    const width = math.log2(p.field.bits);
    const bits = yield* p.receiveShare('bits');
    const product = yield* p.receiveShare('product');
    const rho = yield* p.mask('rho');
    const count = p.bytes(n);
    p.ring.countUnequal(count, c, bits, product, p.first);
    p.drop(bits, product);
    p.ring.add8(count, count, rho);
    const material = function* () {
      return { zero: yield* p.receiveShare('zero'), r: yield* p.mask('r') };
    };
    const [v, { zero, r }] = yield* openWhile(p, count, material, { width });
    const bit = p.bits(n);
    p.ring.pickBit(bit, asBytes(zero), v);
    p.ring.xor(bit, bit, r);
    return [{ c: yield* p.open(bit), r }];
  },
});
