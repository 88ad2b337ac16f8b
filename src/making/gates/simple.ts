/** @file Gates that need nothing of the other party, or one product of bits for a truncation. */

import { ringOf, type Value } from '../../gates/gate.ts';
import type { Maker, Making } from '../maker.ts';
import { exactly } from './multiply-select-and.ts';

export const input = (m: Maker): Value[] => [{ r: m.mask('r') }];

export const reveal = (): Value[] => [{}];

/** The mask is a stream that everybody knows: rank 0's share is all of it. */
export const hide = (m: Maker): Value[] => {
  const r = m.mask('r');
  if (!m.first) {
    m.ring.zero(r);
    r.zero = true;
  }
  return [{ r }];
};

export const randomBits = input;

/** Shares are scaled down where they lie: the result's mask is each party's own. */
export const scale = (m: Maker): Value[] => [{ r: m.mask('shifted') }];

export function* scaleExact(m: Maker, [x]: readonly Value[]): Making<Value[]> {
  return [yield* exactly(m, ringOf(x!.r).length)];
}
