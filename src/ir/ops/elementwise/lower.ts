/** @file Lowering of elementwise ops and products. */

import { TesseraError } from '../../../errors.ts';
import * as basic from '../../../fixed/basic.ts';
import type { Circuit, Wire } from '../../../fixed/circuit.ts';
import { clamp } from '../../../fixed/clamp.ts';
import * as whole from '../../../fixed/elementary.ts';
import { exp } from '../../../fixed/exp.ts';
import * as normal from '../../../fixed/roots-logarithms.ts';
import * as smooth from '../../../fixed/smooth.ts';
import { maximum, minimum } from '../../../fixed/tournament.ts';
import * as math from '../../../ring/math/index.ts';
import { DECODE } from '../../compile/analysis.ts';
import { divisor } from '../../compile/divisor.ts';
import { type GraphCircuit, revealTo, type SigmoidMode } from '../../compile/graph-circuit.ts';
import { binary, ranged, unary, within } from '../../compile/lower-rules.ts';
import {
  byDtype,
  type Lowering,
  type LowerTable,
  type One,
  type Rule,
  type Two,
} from '../../compile/lowering-state.ts';
import { isInt } from '../dtypes.ts';
import type { ValueId } from '../graph.ts';
import * as integers from '../integer/lower.ts';
import { missing } from '../missing.ts';
import type { NodeOf } from '../program.ts';
import type { ElementwiseOp } from './catalogue.ts';

const isBool = (l: Lowering, id: ValueId): boolean => l.type(id).dtype === 'bool';

/** The secret operand of a product and the public one, if there is one. */
export const split = (
  l: Lowering,
  [x, y]: readonly [ValueId, ValueId],
): [secret: ValueId, public_: ValueId | undefined] => {
  if (!l.type(x).secret) return [y, x];
  return [x, l.type(y).secret ? undefined : y];
};

const mul = (l: Lowering, node: Two): Wire => {
  const { circuit: c } = l;
  const [s, p] = split(l, node.ins);
  const f = l.fraction(s);
  if (p === undefined) return basic.mul(c, l.wire(node.ins[0]), l.wire(node.ins[1]), f);
  const number = l.numberOf(p);
  if (f === 0) return basic.mul(c, l.wire(s), l.wire(p), 0);
  if (number !== undefined && Number.isFinite(number)) return basic.timesNumber(c, l.wire(s), number);
  const known = l.constantOf(p)?.data as Float64Array | undefined;
  // No number: encoding it says so.
  if (known?.some((v) => !(Math.abs(v) < math.pow2(c.field.bits - 1 - f))))
    return basic.mul(c, l.wire(s), l.wire(p), f);
  // Whole numbers, such as a mask's, need no truncation.
  if (known?.every((v) => Number.isInteger(v) && Math.abs(v) < math.pow2(c.field.bits - 2)))
    return basic.mul(c, l.wire(s), l.wire(p, 0), 0);
  if (!known) return timesLater(c, l.wire(s), l.lowered(p));
  const bits = basic.bitsOfFactors(c, known);
  return basic.timesPublic(c, l.wire(s), l.wire(p, bits), bits);
};

/** Fraction bits of public factors that are known only when the program runs: up to 2^67, 2^33 and 2^19. */
const LATER: Readonly<Record<32 | 64 | 128, (fraction: number) => number>> = {
  32: (fraction) => Math.max(fraction, 12),
  64: (fraction) => Math.max(fraction, 30),
  128: (fraction) => Math.max(fraction, 60),
};

/**
 * x times public factors that are known only when the program runs. Nobody knows yet how small they are, so what LATER leaves of them is
 * a second factor, with all bits that the ring has.
 */
const timesLater = (c: GraphCircuit, x: Wire, factor: ValueId): Wire => {
  const [bits, all] = [LATER[c.field.bits](c.fraction), c.field.bits - 2];
  const [large, small] = cutPublic(c, factor, bits);
  return basic.add(
    c,
    basic.timesPublic(c, x, c.encode(large, bits), bits),
    basic.timesPublic(c, x, c.encode(small, all), all),
  );
};

/** Public numbers rounded to so many fraction bits, and what is left of them. */
export const cutPublic = (c: GraphCircuit, factors: ValueId, bits: number): [ValueId, ValueId] => {
  const { shape } = c.types[factors]!;
  const constant = (v: number): ValueId =>
    c.plain('broadcast', [c.tensor({ shape: [], dtype: 'fxp', data: Float64Array.of(v) })], { shape });
  const raised = c.plain(
    'add',
    [c.plain('mul', [factors, constant(math.pow2(bits))], {}), constant(0.5)],
    {},
  );
  const large = c.plain('mul', [c.plain('floor', [raised], {}), constant(math.pow2(-bits))], {});
  return [large, c.plain('sub', [factors, large], {})];
};

/** 1 / a public value, as a plain op. */
const inverse = (l: Lowering, id: ValueId): ValueId => l.circuit.plain('reciprocal', [l.lowered(id)], {});

const div = (l: Lowering, { ins: [x, y] }: Two): Wire => {
  const { circuit: c } = l;
  if (l.type(y).secret) {
    const known = l.numberOf(x);
    const interval = known === undefined ? l.interval(x) : ([known, known] as const);
    const { id, spread } = divisor(l, y);
    const divisorInterval = l.interval(id);
    const quotient = divisorInterval[0] > 0 ? normal.positiveQuotient : normal.divide;
    return quotient(c, l.wire(x), l.wire(id), { interval, divisorInterval, spread });
  }
  const number = l.numberOf(y);
  if (number !== undefined && number !== 0 && Number.isFinite(number))
    return basic.timesNumber(c, l.wire(x), 1 / number);
  const known = l.constantOf(y);
  if (!known) return timesLater(c, l.wire(x), inverse(l, y));
  const inverses = Float64Array.from(known.data as Float64Array, (v) => 1 / v);
  const bits = basic.bitsOfFactors(c, inverses);
  return basic.timesPublic(c, l.wire(x), c.encode(inverse(l, y), bits), bits);
};

const less = (l: Lowering, { ins: [x, y] }: Two): Wire => {
  const { circuit: c } = l;
  if (isBool(l, x)) return basic.and(c, basic.not(c, l.wire(x)), l.wire(y));
  return basic.less(c, l.wire(x), l.wire(y));
};

const equal = (l: Lowering, { ins: [x, y] }: Two): Wire => {
  const { circuit: c } = l;
  if (isBool(l, x)) return basic.not(c, basic.xor(c, l.wire(x), l.wire(y)));
  return basic.equal(c, l.wire(x), l.wire(y));
};

const select: Rule<'select'> = (l, { ins: [cond, x, y] }) => {
  const { circuit: c } = l;
  const [b, u, v] = [l.wire(cond), l.wire(x), l.wire(y)];
  if (u.kind === 'bit') return basic.xor(c, v, basic.and(c, b, basic.xor(c, u, v)));
  if (b.secret) return basic.choose(c, b, u, v);
  const zeroOne = c.plain('convert', [l.lowered(cond)], { dtype: 'int64' });
  const difference = basic.mul(c, basic.sub(c, u, v), c.encode(zeroOne, 0), 0);
  return basic.add(c, v, difference);
};

const pow = (l: Lowering, { ins: [x, y] }: Two): Wire => {
  const { circuit: c } = l;
  const exponent = l.numberOf(y);
  const f = l.fraction(x);
  if (f === 0 && exponent === undefined)
    throw new TesseraError(
      'UNSUPPORTED',
      'an integer to a secret or varying power: convert to float64 first',
    );
  if (!l.type(x).secret) {
    // The logarithm of a public number is public.
    const log = c.encode(c.plain('log', [l.lowered(x)], {}), whole.logarithmBits(c));
    return whole.expOfProduct(c, log, l.wire(y));
  }
  if (exponent === undefined) {
    // Of what the program says itself it has taken the sign away.
    const interval = l.constantOf(y) ? ([0, Infinity] as const) : l.interval(x);
    return whole.power(c, l.wire(x), l.wire(y), interval);
  }
  if (f === 0) return whole.wholePower(c, l.wire(x), exponent, 0);
  return whole.publicPower(c, l.wire(x), exponent, l.interval(x));
};

/** From and to bool, integers and fixed point. */
const convert = (l: Lowering, node: NodeOf<'convert'>): Wire => {
  const { circuit: c } = l;
  const [x] = node.ins;
  const from = l.type(x).dtype;
  const to = node.attrs.dtype;
  const wire = l.wire(x);
  const scale = to === 'fxp' ? c.fraction : 0;
  if (from === to) return wire;
  if (to === 'bool')
    return basic.not(c, c.emit('isZero', [wire], {}, [{ shape: wire.shape, kind: 'bit', secret: true }])[0]!);
  if (from === 'bool') return basic.bitToNumber(c, wire, scale);
  if (from === 'fxp') return whole.toInteger(c, wire);
  return scale ? basic.timesInteger(c, wire, math.pow2(scale)) : wire;
};

/** floor keeps its fixed-point form. */
const floor = (c: Circuit, x: Wire): Wire =>
  basic.timesInteger(c, whole.floorShift(c, x, c.fraction), math.pow2(c.fraction));

const hide: Rule<'hide'> = (l, { ins: [x] }) => {
  const wire = l.wire(x);
  return l.circuit.emit('hide', [wire], {}, [{ ...wire, secret: true }])[0]!;
};

const clip = (l: Lowering, { ins: [x], outs: [out], attrs: { lo, hi } }: NodeOf<'clip'>): Wire => {
  l.noteInterval(out, [lo, hi]);
  l.holds([lo, hi].filter(Number.isFinite));
  return clamp(l.circuit, l.wire(x), lo, hi);
};

/** SPU's three ways to compute a sigmoid. */
const SIGMOIDS: Readonly<Record<SigmoidMode, typeof smooth.sigmoid>> = {
  REAL: smooth.sigmoid,
  MM1: smooth.sigmoidLine,
  SEG3: smooth.sigmoidSegments,
};

/** Opened to every party, and from there on plain data, of which the dealer is told. */
const reveal: Rule<'reveal'> = (l, { ins: [x], outs: [y] }) => {
  const { circuit } = l;
  const { parties } = circuit.options;
  const wire = isInt(l.type(x).dtype) ? l.canonical(x) : l.wire(x);
  if (parties === undefined)
    throw new TesseraError('INVALID_ARGUMENT', 'np.reveal needs to know how many parties run the program');
  const everybody = Array.from({ length: parties }, (_, rank) => rank);
  const shown = revealTo(circuit, wire, everybody);
  const [plain] = circuit.node(DECODE, [shown.id], { fraction: l.fraction(x) }, [l.type(y)]);
  return { plain: plain! };
};

export const LOWER_ELEMENTWISE: LowerTable<ElementwiseOp> = {
  add: binary(basic.add),
  sub: binary(basic.sub),
  mul,
  div,
  maximum: byDtype(integers.maximum, binary(maximum)),
  minimum: byDtype(integers.minimum, binary(minimum)),
  pow,
  less: byDtype(integers.less, less),
  equal: byDtype(integers.equal, equal),
  and: binary(basic.and),
  or: binary(basic.or),
  xor: binary(basic.xor),
  not: unary(basic.not),
  neg: unary(basic.neg),
  abs: byDtype(integers.abs, unary(whole.abs)),
  sign: byDtype(integers.sign, (l, { ins: [x] }: One) => whole.sign(l.circuit, l.wire(x), l.fraction(x))),
  floor: unary(floor),
  exp: ranged(exp),
  log: ranged(normal.log),
  sqrt: ranged(normal.sqrt),
  rsqrt: ranged(normal.rsqrt),
  reciprocal: (l, node) =>
    ranged(l.interval(node.ins[0])[0] > 0 ? normal.positiveReciprocal : normal.reciprocal)(l, node),
  sigmoid: (l, node) => within(SIGMOIDS[l.circuit.options.sigmoidMode ?? 'REAL'])(l, node),
  tanh: within(smooth.tanh),
  sin: unary(whole.sin),
  cos: unary(whole.cos),
  erf: within(smooth.erf),
  softplus: within(smooth.softplus),
  select,
  clip: byDtype(integers.clip, clip),
  stopGradient: missing('it ends with recording: passes take it out'),
  convert: byDtype(integers.convert, convert),
  reveal,
  hide,
};
