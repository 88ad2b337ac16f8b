/**
 * @file AND of two to five masked bits (ABY2.0, eprint 2020/1225, section 3.1.3). Xor and not are local.
 * Secrecy: products of masks are shared afresh, and the result is opened under a bit of every party's stream.
 *
 * Rounds 1, bits 1; dealer 2^j - 1 - j bits for j operands.
 */

import { bits } from '../dealer/slots.ts';
import { bitsOf, gate, type Shapes } from './gate.ts';
import { addConjunction, dealProducts, productCount } from './multi-and.ts';

const setsOf = (ins: readonly unknown[]): number[] => [(1 << ins.length) - 1];

export const and = gate({
  slots: ({ ins }: Shapes, _: object) => ({
    products: bits('bitProducts', ins[0]!.length, productCount(setsOf(ins))),
    r: bits('mask', ins[0]!.length),
  }),
  *deal(d, ins) {
    const n = ins[0]!.r!.length;
    const sets = setsOf(ins);
    const beta = d.bits(n, ins.length);
    for (const [i, x] of ins.entries()) d.ring.copy(beta.plane(i), bitsOf(x.r));
    const products = d.bits(n, productCount(sets));
    dealProducts(d, beta, 0, sets, products, 0);
    yield* d.share('products', products);
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, ins) {
    const n = ins[0]!.c!.length;
    const sets = setsOf(ins);
    const m = p.bits(n, ins.length);
    const beta = p.bits(n, ins.length);
    ins.forEach((x, i) => {
      p.ring.copy(m.plane(i), bitsOf(x.c));
      p.ring.copy(beta.plane(i), bitsOf(x.r));
    });
    const products = yield* p.receiveShare('products');
    const out = yield* p.mask('r');
    const share = p.bits(n);
    p.ring.copy(share, out);
    addConjunction(p, share, sets[0]!, { m, beta, first: 0, products, at: 0, sets });
    return [{ c: yield* p.open(share), r: out }];
  },
});
