/**
 * @file How data enters and leaves.
 *
 * input: the owner's mask is its own PRG stream, the others' shares of it are zero; the owner sends c = x + r.
 *   Rounds 1, bytes k/8 (bits: 1/8), sent by the owner alone.
 * reveal: parties send their shares of r to those who may know x, who compute c - r. Rounds 1, bytes k/8
 *   (bits: 1/8). Nobody else learns anything.
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
  undealt: true,
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
  undealt: true,
  deal: () => [{}],
  *eval(p, [x], { to }) {
    const r = x!.r!.kind === 'bits' ? p.bits(x!.r!.length) : p.words(x!.r!.length);
    p.ring.copy(r, x!.r!);
    yield* p.open(r, { to });
    if (!to.includes(p.rank)) return [{}];
    subtract(p.ring, r, x!.c!, r);
    return [{ c: r }];
  },
};
