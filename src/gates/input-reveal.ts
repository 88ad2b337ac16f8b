/**
 * @file How data enters and leaves.
 *
 * input: the owner's mask is its own PRG stream, the others' shares of it are zero; the owner sends c = x + r.
 *   Rounds 1, bytes k/8 (bits: 1/8), sent by the owner alone.
 * reveal: parties send their shares of r to those who may know x, who compute c - r. Nobody else learns anything.
 *   From three parties on the shares are refreshed by a dealt sharing of zero: the share of r of a sum of inputs
 *   is its owner's mask, and who saw it alone would know that owner's input. Rounds 1, bytes k/8 (bits: 1/8);
 *   dealer k/8 (bits: 1/8) from three parties on.
 * hide: a public value as a secret one. Rounds 0, bytes 0. Its mask is a stream that everybody knows, and not zero:
 *   truncation in its free form (open-truncate.ts) needs masks that spread over the ring.
 */

import { add, subtract } from '../dealer/group.ts';
import { bits, ofOwner, words } from '../dealer/slots.ts';
import type { AnyArray as Arr } from '../ring/array.ts';
import { gate, type Operand, type PrivateInput, type Shapes } from './gate.ts';

export interface InputAttrs extends PrivateInput {
  readonly owner: number;
  readonly bits: boolean;
}

export const input = gate({
  slots: (_: Shapes, { owner, length, bits: isBits }: InputAttrs) => ({
    r: ofOwner(owner, isBits ? bits('ownMask', length) : words('ownMask', length)),
  }),
  *deal(d) {
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, _, attrs) {
    const r = yield* p.mask('r');
    const c: Arr = attrs.bits ? p.bits(attrs.length) : p.words(attrs.length);
    if (attrs.owner === p.rank) add(p.ring, c, p.input(attrs)!, r);
    return [{ c: yield* p.open(c, { from: attrs.owner }), r }];
  },
});

export interface RevealAttrs {
  /** Ranks that learn the value. */
  readonly to: readonly number[];
}

const zeroFor = ({ kind, length }: Operand) =>
  kind === 'bits' ? bits('zero', length) : words('zero', length);

/** Outs: the public value at the receivers, nothing at the others. */
export const reveal = gate({
  slots: ({ parties, ins: [x] }: Shapes, _: RevealAttrs) => ({ zero: parties > 2 ? zeroFor(x!) : undefined }),
  *deal(d, [x]) {
    if (d.parties > 2) {
      const zero = x!.r!.kind === 'bits' ? d.bits(x!.r!.length) : d.words(x!.r!.length);
      d.ring.zero(zero);
      yield* d.share('zero', zero);
    }
    return [{}];
  },
  *eval(p, [x], { to }) {
    const r = x!.r!.kind === 'bits' ? p.bits(x!.r!.length) : p.words(x!.r!.length);
    p.ring.copy(r, x!.r!);
    if (p.parties > 2) {
      const zero = yield* p.receiveShare('zero');
      add(p.ring, r, r, zero);
      p.drop(zero);
    }
    yield* p.open(r, { to });
    if (!to.includes(p.rank)) return [{}];
    subtract(p.ring, r, x!.c!, r);
    return [{ c: r }];
  },
});

export const hide = gate({
  slots: ({ ins: [x] }: Shapes, _: object) => ({
    r: x!.kind === 'bits' ? bits('publicMask', x!.length) : words('publicMask', x!.length),
  }),
  *deal(d) {
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x]) {
    const plain = x!.c!;
    const c: Arr = plain.kind === 'bits' ? p.bits(plain.length) : p.words(plain.length);
    const r = yield* p.mask('r');
    add(p.ring, c, plain, r);
    if (!p.first) {
      p.ring.zero(r);
      r.zero = true;
    }
    return [{ c, r }];
  },
});
