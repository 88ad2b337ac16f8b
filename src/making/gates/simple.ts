/** @file Gates that need nothing of the other party, or one product of bits for a truncation. */

import { ringOf, type Value } from '../../gates/gate.ts';
import type { Watch } from '../../gates/range-rows.ts';
import type { ScaleAttrs } from '../../gates/scale.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { exactly } from './multiply-select-and.ts';
import { rangeRows } from './range-rows.ts';

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

/** Shares are scaled down where they lie: the result's mask is each party's own. What is watched is scaled exactly. */
export const scale = (m: Maker, ins: readonly Value[], t: ScaleAttrs): Value[] | Making<Value[]> =>
  t.guard === undefined ? [{ r: m.mask('shifted') }] : scaleExact(m, ins, t);

export function* scaleExact(m: Maker, [x]: readonly Value[], t: ScaleAttrs): Making<Value[]> {
  const outs = m.outs([{ r: m.wordMask('next') }]);
  const own = ringOf(x!.r);
  yield* together([exactly(m, own.length), rangeRows(m, own, t, true)]);
  return outs;
}

/** Watches a value of its own. */
export function* guard(m: Maker, [x]: readonly Value[], t: Watch): Making<Value[]> {
  yield* rangeRows(m, ringOf(x!.r), t, true);
  return [{}];
}
