/** @file Lowering of ops on integers: those that the ring's own arithmetic does not give. */

import { TesseraError } from '../../../errors.ts';
import * as basic from '../../../fixed/basic.ts';
import type { Circuit, Wire } from '../../../fixed/circuit.ts';
import { divmod } from '../../../fixed/integer-division.ts';
import * as integer from '../../../fixed/integers.ts';
import * as power from '../../../fixed/power.ts';
import { tournament } from '../../../fixed/tournament.ts';
import { wholeQuotient } from '../../../fixed/whole-quotient.ts';
import * as math from '../../../ring/math/index.ts';
import { inside, rangeOf } from '../../compile/intervals.ts';
import {
  byDtype,
  type Lowering,
  type LowerTable,
  type One,
  type Rule,
  type Two,
} from '../../compile/lowering-state.ts';
import { bitsOf, kindOf } from '../dtypes.ts';
import { sizeOf, type ValueId } from '../graph.ts';
import type { NodeOf } from '../program.ts';
import type { IntegerOp } from './catalogue.ts';

const isLess = (l: Lowering, x: ValueId, y: ValueId): Wire => {
  const t = l.intType(x);
  const bound = l.type(x).secret ? l.numberOf(y) : undefined;
  const exact = l.isCanonical(x) && l.isCanonical(y);
  // A bound that the ring cannot hold is an error, as it is encoded.
  const { bits } = l.circuit.field;
  const held = bitsOf(l.type(x).dtype) <= bits || Math.abs(bound ?? 0) < math.pow2(bits - 1);
  if (bound !== undefined && held && Number.isSafeInteger(bound) && !(exact && t.bits < l.circuit.field.bits))
    return integer.belowInt(l.circuit, l.wire(x), t, [bound])[0]!;
  return integer.less(l.circuit, l.wire(x), l.wire(y), t, exact);
};

const larger =
  (first: boolean) =>
  (l: Lowering, { ins: [x, y] }: Two): Wire => {
    const below = isLess(l, x, y);
    const [yes, no] = first ? [y, x] : [x, y];
    return basic.choose(l.circuit, below, l.wire(yes), l.wire(no));
  };

const extreme =
  (pick: 'max' | 'min', what: 'value' | 'index') =>
  (l: Lowering, node: One & { readonly attrs: { readonly axis: number } }): Wire => {
    const { circuit: c } = l;
    const id = node.ins[0];
    const x = l.wire(id);
    const axis = node.attrs.axis;
    const cube = [sizeOf(x.shape.slice(0, axis)), x.shape[axis]!, sizeOf(x.shape.slice(axis + 1))];
    const before = (k: Circuit, a: Wire, b: Wire): Wire =>
      integer.less(k, a, b, l.intType(id), l.isCanonical(id));
    const winner = tournament(c, basic.reshape(c, x, cube), pick, what === 'index', before)[what]!;
    return basic.reshape(c, basic.hidden(c, winner), l.type(node.outs[0]).shape);
  };

export const abs = (l: Lowering, { ins: [x] }: One): Wire => {
  const { circuit: c } = l;
  const t = l.intType(x);
  return t.signed ? integer.flip(c, integer.signBit(c, l.wire(x), t.bits), l.wire(x)) : l.wire(x);
};

/** Between integers only what the new dtype cannot take as it is has to be wrapped. */
export const convert = (l: Lowering, node: NodeOf<'convert'>): Wire => {
  const { circuit: c } = l;
  const x = node.ins[0];
  const to = l.type(node.outs[0]).dtype;
  const kind = kindOf(to);
  const own = rangeOf(l.type(x).dtype);
  if (kind === 'bool') return basic.not(c, integer.isZero(c, l.wire(x), l.intType(x)));
  if (kind === 'float') {
    const [lo, hi] = inside(l.integerInterval(x), own) ? l.integerInterval(x) : own;
    const most = math.pow2(c.field.bits - 1 - c.fraction);
    if (lo >= most || hi < -most)
      throw new TesseraError(
        'RANGE',
        `np.astype to float64: all numbers from ${lo} to ${hi} are out of range: ${c.field.name} with ${c.fraction} fraction bits ` +
          `holds |x| < 2^${c.field.bits - 1 - c.fraction}${node.site === undefined ? '' : ` (${node.site})`}`,
        { site: node.site },
      );
    l.noteInterval(node.outs[0], [lo, hi]);
    return basic.timesInteger(c, l.canonical(x), math.pow2(c.fraction));
  }
  const [from, into] = [l.intType(x), l.intType(node.outs[0])];
  return into.bits <= from.bits ? l.wire(x) : l.canonical(x);
};

const divide =
  (what: 'quotient' | 'remainder') =>
  (l: Lowering, node: Two): Wire => {
    const { circuit: c } = l;
    const [x, y] = node.ins;
    // Who asks for both has one division.
    const [quotient, remainder] = l.once(`divmod ${x} ${y}`, () => {
      const t = l.intType(x);
      const both = divmod(c, basic.hidden(c, l.canonical(x)), basic.hidden(c, l.canonical(y)), t);
      return [both.quotient, both.remainder];
    });
    return what === 'quotient' ? quotient! : remainder!;
  };

/** The same of real numbers. */
const divideReals =
  (what: 'quotient' | 'remainder') =>
  (l: Lowering, node: Two): Wire => {
    const { circuit: c } = l;
    const [x, y] = node.ins;
    const [quotient, remainder] = l.once(`real divmod ${x} ${y}`, () => {
      const both = wholeQuotient(c, basic.hidden(c, l.wire(x)), basic.hidden(c, l.wire(y)), {
        interval: l.interval(x),
        divisorInterval: l.interval(y),
      });
      return [both.quotient, both.remainder];
    });
    return what === 'quotient' ? quotient! : remainder!;
  };

const bitwise =
  (op: typeof basic.and) =>
  (l: Lowering, { ins: [x, y] }: Two): Wire =>
    integer.bitwise(l.circuit, op, l.wire(x), l.wire(y), l.intType(x));

const shiftLeft: Rule<'shiftLeft'> = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  const t = l.intType(x);
  const by = l.numberOf(y);
  if (by === undefined) return integer.shiftLeftBy(c, l.wire(x), l.wire(y), t);
  return basic.timesInteger(c, l.wire(x), by >= 0 && by < t.bits ? integer.power(c, by) : 0);
};

const shiftRight: Rule<'shiftRight'> = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  const t = l.intType(x);
  const by = l.numberOf(y);
  if (by === undefined) return integer.shiftRightBy(c, l.wire(x), l.wire(y), t);
  if (by === 0) return l.canonical(x);
  if (by > 0 && by < t.bits) return integer.shiftRight(c, l.wire(x), t, by);
  return t.signed
    ? basic.neg(c, basic.bitToNumber(c, integer.signBit(c, l.wire(x), t.bits)))
    : basic.timesInteger(c, l.wire(x), 0);
};

/** Only what may lie outside is compared with the ends: 3 rounds at 64 bits, and one to choose. */
const place: Rule<'place'> = (l, node) => {
  const { circuit: c } = l;
  const x = node.ins[0];
  const n = node.attrs.n;
  const [lo, hi] = l.wrappedInterval(x);
  const whole = l.canonical(x);
  const filled = (v: number): Wire => basic.filled(c, v, whole.shape, 0);
  const ends: { at: number; below: boolean; move: () => Wire }[] = [];
  if (lo < 0) ends.push({ at: 0, below: true, move: () => filled(n) });
  // What lay below -n has been moved by n already.
  if (lo < -n) ends.push({ at: -n, below: true, move: () => basic.neg(c, whole) });
  if (hi >= n) ends.push({ at: n, below: false, move: () => basic.sub(c, filled(n), whole) });
  if (ends.length === 0) return whole;
  const bits = integer.belowInt(
    c,
    l.wire(x),
    l.intType(x),
    ends.map((e) => e.at),
  );
  const terms = ends.map(({ below, move }, i): [Wire, Wire] => [
    below ? bits[i]! : basic.not(c, bits[i]!),
    move(),
  ]);
  return basic.add(c, whole, basic.selectSum(c, terms));
};

/** Bits that are 0. */
const never = (c: Lowering['circuit'], shape: readonly number[]): Wire => {
  const zero = c.encode(c.tensor({ shape: [], dtype: 'bool', data: Uint8Array.of(0) }), 0);
  const all = basic.expand(c, zero, shape);
  return c.emit('hide', [all], {}, [{ ...all, secret: true }])[0]!;
};

/** Ops that floats and bools have too: what they are on integers. */
export const less = (l: Lowering, { ins: [x, y] }: Two): Wire => isLess(l, x, y);
export const equal = (l: Lowering, { ins: [x, y] }: Two): Wire => {
  const { circuit: c } = l;
  const [a, b] = [l.wrappedInterval(x), l.wrappedInterval(y)];
  if (a[1] < b[0] || b[1] < a[0]) return never(c, l.wire(x).shape);
  return integer.isZero(c, basic.sub(c, l.wire(x), l.wire(y)), l.intType(x));
};
export const maximum = larger(true);
export const minimum = larger(false);
export const max = extreme('max', 'value');
export const min = extreme('min', 'value');
export const argmax = extreme('max', 'index');
export const argmin = extreme('min', 'index');
export const sign = (l: Lowering, { ins: [x] }: One): Wire =>
  integer.sign(l.circuit, l.wire(x), l.intType(x));
export const clip = (l: Lowering, { ins: [x], attrs: { lo, hi } }: NodeOf<'clip'>): Wire =>
  integer.clamp(l.circuit, l.wire(x), lo, hi, l.intType(x));

const powWhole: Rule<'powWhole'> = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  const t = l.intType(y);
  if (l.fraction(x) === 0) return power.integerPower(c, l.wire(x), l.wire(y), t);
  return power.wholePowerOf(c, l.wire(x), l.canonical(y), t);
};

export const LOWER_INTEGER: LowerTable<IntegerOp> = {
  powWhole,
  floorDivide: byDtype(divide('quotient'), divideReals('quotient')),
  remainder: byDtype(divide('remainder'), divideReals('remainder')),
  bitAnd: bitwise(basic.and),
  bitOr: bitwise(basic.or),
  bitXor: bitwise(basic.xor),
  bitNot: (l, { ins: [x] }) => basic.addNumber(l.circuit, basic.neg(l.circuit, l.wire(x)), -1, 0),
  place,
  shiftLeft,
  shiftRight,
};
