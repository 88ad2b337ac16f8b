/**
 * @file sin and cos of an angle in turns: reduction to one turn is dropping the high bits of c and of r; the dealer
 * shares sin R and cos R, and sin(C - R) = sin C cos R - cos C sin R with public sin C, cos C (range reduction as
 * in SIRNN, eprint 2021/459, section 4.4). Rounds 1, bytes k/8 per output; dealer 3k/8 (exact truncation: 2, 2k/8).
 */

import type { Scratch } from '../dealer/scratch.ts';
import type { RingArray } from '../ring/array.ts';
import { sin } from './elementary.ts';
import { dealFinish, finish, type Truncation } from './finish.ts';
import { type Gate, ringOf } from './gate.ts';

export interface SineAttrs extends Truncation, Readonly<Record<string, unknown>> {
  /** Fraction bits of the angle, in turns. */
  readonly turn: number;
  /** Scale of the dealt and of the public factor, in bits. */
  readonly t: number;
}

/** sin and cos of each angle, encoded with `t` bits. */
const factors = (s: Scratch, a: RingArray, { turn, t }: SineAttrs): [RingArray, RingArray] => {
  const n = a.length;
  const k = s.field.bits;
  const low = s.words(n);
  s.ring.shl(low, a, k - turn);
  s.ring.shr(low, low, k - turn);
  const angle = new Float64Array(n);
  s.ring.decode(angle, low, turn);
  const out = [s.words(n), s.words(n)] as [RingArray, RingArray];
  s.ring.encode(
    out[0],
    angle.map((x) => sin(2 * Math.PI * x)),
    t,
  );
  s.ring.encode(
    out[1],
    angle.map((x) => sin(2 * Math.PI * (x + 0.25))),
    t,
  );
  s.drop(low);
  return out;
};

/** Ins: an angle in turns. Outs: its sine. */
export const sine: Gate<SineAttrs> = {
  deal(d, [x], a) {
    const r = ringOf(x!.r);
    for (const factor of factors(d, r, a)) d.give(factor);
    return [dealFinish(d, d.draw(r.length), a, true)];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const n = c.length;
    const [sinC, cosC] = factors(p, c, a);
    const sinR = p.take(n);
    const cosR = p.take(n);
    p.ring.mul(sinC, sinC, cosR);
    p.ring.mul(cosC, cosC, sinR);
    p.ring.sub(sinC, sinC, cosC);
    const u = p.draw(n);
    p.ring.add(sinC, sinC, u);
    return [yield* finish(p, sinC, a, u)];
  },
};
