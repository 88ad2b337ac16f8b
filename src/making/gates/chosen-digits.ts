/** @file What signs need whose digits one party has chosen by ahead (making/signs.ts). */

import { halvesOf, takeHalf } from '../../gates/halves.ts';
import { clearAbove, covering, digit, digitTiles, entryBits, type SignPlace } from '../../gates/less-than.ts';
import type { RingArray } from '../../ring/array.ts';
import { ENTRIES } from '../choices.ts';
import type { Transfer } from '../chunks.ts';
import type { Maker, Making } from '../maker.ts';

/** Of each half: pads of 16 entries for each digit at its sender, and of those that its digits choose at the other rank. */
export function* chosenDigits(
  m: Maker,
  own: RingArray,
  bits: number,
  rows: number,
  place: SignPlace,
): Making<void> {
  const n = own.length;
  const digits = covering(bits - 1);
  const width = entryBits(rows);
  const payload = { kind: 'choice', width } as const;
  const planes = m.bits(n, own.field.bits);
  m.ring.toPlanes(planes, own);
  clearAbove(m, planes, bits - 1);
  const transfers: Transfer[] = [];
  const ends: (() => void)[] = [];
  let at = place.codes;
  for (const [h, half] of halvesOf(n).entries()) {
    const tiles = digitTiles(half.count, digits);
    const first = at;
    at += tiles.length;
    const common = { sender: half.sender, n: half.count, payload };
    if (half.sender === m.rank) {
      for (const [i, { count }] of tiles.entries()) {
        const out = m.bits(half.count, ENTRIES * width * count);
        transfers.push({ ...common, planes: 4 * count, out });
        ends.push(() => m.share('entries', out, first + i));
      }
      continue;
    }
    const [choices, out] = [m.bits(half.count, 4 * digits), m.bits(half.count, width * digits)];
    for (let j = 0; j < digits; j++)
      takeHalf(m.ring, choices.plane(4 * j, 4), digit(planes, 4 * digits, j), half);
    for (const { from, count } of tiles)
      transfers.push({
        ...common,
        planes: 4 * count,
        choices: choices.plane(4 * from, 4 * count),
        out: out.plane(width * from, width * count),
      });
    ends.push(() => {
      m.share('chosen', out, place.index + h);
      m.drop(choices);
    });
  }
  m.drop(planes);
  yield { transfers, products: [] };
  for (const end of ends) end();
}
