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

import { add, subtract } from '../dealer/material.ts';
import type { Scratch } from '../dealer/scratch.ts';
import type { AnyArray as Arr } from '../ring/array.ts';
import type { Gate } from './gate.ts';

export interface InputAttrs extends Readonly<Record<string, unknown>> {
  readonly owner: number;
  /** Which of the program's private inputs this is. */
  readonly name: number;
  readonly length: number;
  readonly bits: boolean;
}

const room = (s: Scratch, { length, bits }: InputAttrs): Arr => (bits ? s.bits(length) : s.words(length));

export const input: Gate<InputAttrs> = {
  needsNoDealer: () => true,
  deal(d, _, attrs) {
    return [{ r: d.drawOf(attrs.owner, room(d, attrs)) }];
  },
  *eval(p, _, attrs) {
    const r = p.drawOf(attrs.owner, room(p, attrs));
    const c = room(p, attrs);
    if (attrs.owner === p.rank) add(p.ring, c, p.input(attrs.name)!, r);
    return [{ c: yield* p.open(c, { from: attrs.owner }), r }];
  },
};

export interface RevealAttrs extends Readonly<Record<string, unknown>> {
  /** Ranks that learn the value. */
  readonly to: readonly number[];
}

/** Outs: the public value at the receivers, nothing at the others. */
export const reveal: Gate<RevealAttrs> = {
  needsNoDealer: (parties) => parties === 2,
  deal(d, [x]) {
    if (d.parties > 2) {
      const zero = x!.r!.kind === 'bits' ? d.bits(x!.r!.length) : d.words(x!.r!.length);
      d.ring.zero(zero);
      d.give(zero);
    }
    return [{}];
  },
  *eval(p, [x], { to }) {
    const r = x!.r!.kind === 'bits' ? p.bits(x!.r!.length) : p.words(x!.r!.length);
    p.ring.copy(r, x!.r!);
    if (p.parties > 2) {
      const zero = r.kind === 'bits' ? p.takeBits(r.length) : p.take(r.length);
      add(p.ring, r, r, zero);
      p.drop(zero);
    }
    yield* p.open(r, { to });
    if (!to.includes(p.rank)) return [{}];
    subtract(p.ring, r, x!.c!, r);
    return [{ c: r }];
  },
};

export const hide: Gate = {
  needsNoDealer: () => true,
  deal: (d, [x]) => [
    { r: d.drawPublic(x!.c!.kind === 'bits' ? d.bits(x!.c!.length) : d.words(x!.c!.length)) },
  ],
  // biome-ignore lint/correctness/useYield: a gate without a round
  *eval(p, [x]) {
    const bits = x!.c!.kind === 'bits';
    const [c, r] = bits
      ? [p.bits(x!.c!.length), p.bits(x!.c!.length)]
      : [p.words(x!.c!.length), p.words(x!.c!.length)];
    p.drawPublic(r);
    add(p.ring, c, x!.c!, r);
    if (!p.first) {
      p.ring.zero(r);
      r.zero = true;
    }
    return [{ c, r }];
  },
};
