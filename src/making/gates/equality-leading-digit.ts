/** @file What equality, ranges and the leading digit need, made by two parties. */

import type { Stage } from '../../gates/and-stages.ts';
import { aligned, type BetweenAttrs, betweenShape, choiceTiles, choiceWidths } from '../../gates/between.ts';
import { ringOf, type Value } from '../../gates/gate.ts';
import { takeHalf } from '../../gates/halves.ts';
import { type LeadingDigitAttrs, ones, shapeOf } from '../../gates/leading-digit.ts';
import { digit } from '../../gates/less-than.ts';
import type { Bits, Bytes } from '../../ring/array.ts';
import { FIELDS } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import { bothWays, type Transfer } from '../chunks.ts';
import { and, runShared } from '../circuits.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { bitsOfCodes, digits, indexCode, oneHot, rowsOf } from '../numbers.ts';
import { copyOf, giveTiles } from './comparisons.ts';

const SMALL = FIELDS.FM32;
const RADIX = 16;

/** Planes of xor-shared bits as bytes that add up to them: of each plane, n. */
function* bitsToBytes(m: Maker, planes: Bits): Making<Uint8Array[]> {
  const { ring } = m;
  const n = planes.length;
  const own = ring.alloc(SMALL, n * planes.planes);
  const out = ring.alloc(SMALL, n * planes.planes);
  const worth = ring.alloc(SMALL, n * planes.planes);
  for (const a of [own, out, worth]) m.adopt(a);
  for (let i = 0; i < planes.planes; i++) ring.bitsToRing(own.view(i * n, n), planes.plane(i));
  ring.shl(worth, own, 1);
  ring.neg(worth, worth);
  const payload = { kind: 'words', count: 1, field: SMALL } as const;
  const transfers = bothWays({ planes: planes.planes, n, payload, choices: planes, worth, out });
  yield { transfers, products: [] };
  ring.add(out, out, own);
  const bytes = new Uint8Array(n * planes.planes);
  ring.decodeInt(bytes, out);
  m.drop(own, out, worth);
  return Array.from({ length: planes.planes }, (_, i) => bytes.subarray(i * n, (i + 1) * n));
}

export function* isZero(m: Maker, [x]: readonly Value[]): Making<Value[]> {
  const outs = m.outs([{ r: m.bitMask('r') }]);
  const { ring } = m;
  const own = ringOf(x!.r);
  const n = own.length;
  const k = m.field.bits;
  const bits = function* (): Making<void> {
    const { codes, carries } = yield* digits(m, own, k);
    const planes = bitsOfCodes(m, codes);
    m.drop(codes, carries);
    const top = yield* and(m, planes.plane(k - 1), planes.plane(k - 2));
    const all = m.bits(n, k + 1);
    ring.copy(all.plane(0, k), planes);
    ring.copy(all.plane(k), top);
    const bytes = yield* bitsToBytes(m, all);
    const table = m.bytes(n * k);
    const to = ring.u8(table);
    for (let b = 0; b < k; b++) for (let e = 0; e < n; e++) to[e * k + b] = bytes[b]![e]!;
    m.share('bits', table);
    const product = m.bytes(n);
    ring.u8(product).set(bytes[k]!);
    m.share('product', product);
    m.drop(planes, top, all);
  };
  const zero = function* (): Making<void> {
    const rho = m.mask('rho') as Bytes;
    const small = ring.alloc(SMALL, n);
    m.adopt(small);
    ring.encodeInt(small, ring.u8(rho).slice());
    const { code, carry } = yield* indexCode(m, small, 0, math.log2(k));
    m.share('zero', rowsOf(m, code, k));
    m.drop(small, code, carry);
  };
  yield* together([bits(), zero()]);
  return outs;
}

/** Products of masks of stages of ANDs. */
const stages = (
  m: Maker,
  n: number,
  all: readonly Stage[],
  masks: string,
  products: string,
): Making<void>[] =>
  all.map(function* stage({ products: count, deal }, i): Making<void> {
    const own = m.bitMask(masks, i);
    const out = m.bits(n, count);
    yield* runShared(m, deal, [own, out]);
    m.drop(own);
    m.share(products, out, i);
  });

export function* leadingDigit(m: Maker, [x]: readonly Value[], attrs: LeadingDigitAttrs): Making<Value[]> {
  const { ring } = m;
  const own = ringOf(x!.r);
  const n = own.length;
  const k = m.field.bits;
  const shape = shapeOf(k, attrs);
  const { digits: count, codes: each } = shape;
  let sign: Bits | undefined;
  const tables = function* (): Making<void> {
    // The digits of r itself say its sign, those of twice r stand one bit higher: both come of one sum.
    const plain = yield* digits(m, own, k);
    const planes = bitsOfCodes(m, plain.codes);
    m.drop(plain.codes, plain.carries);
    const twice = m.bits(n, k);
    ring.zero(twice.plane(0));
    ring.copy(twice.plane(1, k - 1), planes.plane(0, k - 1));
    const borrowMasks = m.bitMask('borrowMasks');
    const masked = copyOf(m, planes.plane(k - 1));
    m.share('sign', copyOf(m, masked));
    ring.xor(masked, masked, borrowMasks.plane(count - 1));
    sign = masked;
    const numbers = m.bits(n, 4 * each * (count - 1));
    const [room, one] = [m.bits(n, 2), ones(m, n)];
    if (!m.first) ring.zero(one);
    yield* runShared(m, shape.numbers, [twice, borrowMasks, masked, numbers, room, one]);
    const all = m.bits(n, k + numbers.planes);
    ring.copy(all.plane(0, k), twice);
    ring.copy(all.plane(k, numbers.planes), numbers);
    const codes = yield* oneHot(m, all);
    giveTiles(m, 'codes', codes.plane(0, 4 * k));
    giveTiles(m, 'sums', codes.plane(4 * k, 4 * numbers.planes));
    if (attrs.signed) {
      const table = yield* and(m, masked, codes.plane(0, 16), 16);
      m.share('lowest', table);
    }
    m.drop(planes, twice, borrowMasks, numbers, room, one, all, codes);
  };
  yield* together([
    tables(),
    ...stages(m, n, shape.borrows, 'borrowStageMasks', 'borrowStageProducts'),
    ...stages(m, n, shape.alls, 'allStageMasks', 'allStageProducts'),
  ]);
  const outs = Array.from({ length: shape.results }, (_, i): Value => ({ r: m.bitMask('results', i) }));
  return [...outs, { r: sign! }];
}

export function* between(m: Maker, [x]: readonly Value[], attrs: BetweenAttrs): Making<Value[]> {
  const own = ringOf(x!.r);
  const n = own.length;
  const k = m.field.bits;
  const shape = betweenShape(k, attrs);
  const widths = choiceWidths(attrs);
  const choices = function* (): Making<void> {
    const planes = m.bits(n, k);
    m.ring.toPlanes(planes, own);
    const parts = aligned(m, planes, k, attrs);
    const tiles = choiceTiles(n, shape);
    const transfers = tiles.map(({ half, part, from, count }): Transfer & { out: Bits } => {
      const width = widths[part];
      const payload = { kind: 'choice', width } as const;
      const common = { sender: half.sender, planes: 4 * count, n: half.count, payload };
      if (half.sender === m.rank) return { ...common, out: m.bits(half.count, RADIX * width * count) };
      const chosen = m.bits(half.count, 4 * count);
      for (let j = 0; j < count; j++)
        takeHalf(m.ring, chosen.plane(4 * j, 4), digit(parts, parts.planes, from + j), half);
      return { ...common, choices: chosen, out: m.bits(half.count, width * count) };
    });
    yield { transfers, products: [] };
    for (const [i, { sender, out, choices: chosen }] of transfers.entries()) {
      m.share(sender === m.rank ? 'entries' : 'chosen', out, i);
      if (chosen) m.drop(chosen);
    }
    m.drop(planes, parts);
  };
  yield* together([choices(), ...stages(m, n, shape.stages, 'stageMasks', 'stageProducts')]);
  return m.answers(attrs.ranges.length + 1);
}
