/** @file Lowering of elementwise ops and products. */

import { TesseraError } from '../../../errors.ts';
import * as basic from '../../../fixed/basic.ts';
import type { Circuit, Wire } from '../../../fixed/circuit.ts';
import * as whole from '../../../fixed/elementary.ts';
import { exp } from '../../../fixed/exp.ts';
import * as power from '../../../fixed/power.ts';
import * as normal from '../../../fixed/roots-logarithms.ts';
import { splitMatmul } from '../../../fixed/split-matmul.ts';
import { maximum, minimum } from '../../../fixed/tournament.ts';
import * as math from '../../../ring/math/index.ts';
import { divisor } from '../../compile/divisor.ts';
import type { Lowering, Rule } from '../../compile/lowering-state.ts';
import type { Node, Tensor, ValueId } from '../graph.ts';

const unary =
  (fn: (c: Circuit, x: Wire) => Wire): Rule =>
  (l, { ins: [x] }) =>
    fn(l.circuit, l.wire(x!));

const binary =
  (fn: (c: Circuit, x: Wire, y: Wire) => Wire): Rule =>
  (l, { ins: [x, y] }) =>
    fn(l.circuit, l.wire(x!), l.wire(y!));

/** Functions that are cheaper where x is known to be small. */
export const ranged =
  (fn: typeof normal.log): Rule =>
  (l, { ins: [x] }) =>
    fn(l.circuit, l.wire(x!), { reach: l.reach(x!) });

const isBool = (l: Lowering, id: ValueId): boolean => l.type(id).dtype === 'bool';

/** The secret operand of a product and the public one, if there is one. */
const split = (l: Lowering, [x, y]: readonly ValueId[]): [secret: ValueId, public_: ValueId | undefined] => {
  if (!l.type(x!).secret) return [y!, x!];
  return [x!, l.type(y!).secret ? undefined : y!];
};

/**
 * Fraction bits for encoding known public factors: as many as leave their products far below the ring, so that
 * small factors lose nothing (30 significant bits for the largest at FM128).
 */
const factorBits = (c: Circuit, t: Tensor | undefined): number => {
  if (!t) return c.fraction;
  let largest = 0;
  for (const v of t.data) largest = Math.max(largest, Math.abs(Number(v)));
  if (largest === 0 || !Number.isFinite(largest)) return c.fraction;
  const significant = { 32: 9, 64: 20, 128: 34 }[c.field.bits];
  return Math.min(Math.max(significant - Math.ceil(math.log2(largest)), c.fraction), 2 * c.fraction);
};

const mul: Rule = (l, node) => {
  const { circuit: c } = l;
  const [s, p] = split(l, node.ins);
  const f = l.fraction(s);
  if (p === undefined) return basic.mul(c, l.wire(node.ins[0]!), l.wire(node.ins[1]!), f);
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
  const bits = known ? basic.bitsOfFactors(c, known) : LATER[c.field.bits](c.fraction);
  return basic.timesPublic(c, l.wire(s), l.wire(p, bits), bits);
};

/** Fraction bits of public factors that are known only when the program runs: up to 2^67, 2^33 and 2^19. */
const LATER: Readonly<Record<32 | 64 | 128, (fraction: number) => number>> = {
  32: (fraction) => Math.max(fraction, 12),
  64: (fraction) => Math.max(fraction, 30),
  128: (fraction) => Math.max(fraction, 60),
};

/** 1 / a public value, as a plain op. */
const inverse = (l: Lowering, id: ValueId): ValueId =>
  l.circuit.node('reciprocal', [l.lowered(id)], {}, [l.type(id)])[0]!;

const div: Rule = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  if (l.type(y!).secret) {
    const known = l.numberOf(x!);
    const reach = known === undefined ? l.reach(x!) : ([known, known] as const);
    const { id, spread } = divisor(l, y!);
    const over = l.reach(id);
    const quotient = over[0] > 0 ? normal.positiveQuotient : normal.divide;
    return quotient(c, l.wire(x!), l.wire(id), { reach, over, spread });
  }
  const number = l.numberOf(y!);
  if (number !== undefined && number !== 0 && Number.isFinite(number))
    return basic.timesNumber(c, l.wire(x!), 1 / number);
  const known = l.constantOf(y!);
  const bits = known
    ? basic.bitsOfFactors(
        c,
        Float64Array.from(known.data as Float64Array, (v) => 1 / v),
      )
    : LATER[c.field.bits](c.fraction);
  return basic.timesPublic(c, l.wire(x!), c.encode(inverse(l, y!), bits), bits);
};

const less: Rule = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  if (isBool(l, x!)) return basic.and(c, basic.not(c, l.wire(x!)), l.wire(y!));
  return basic.less(c, l.wire(x!), l.wire(y!));
};

const equal: Rule = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  if (isBool(l, x!)) return basic.not(c, basic.xor(c, l.wire(x!), l.wire(y!)));
  return basic.equal(c, l.wire(x!), l.wire(y!));
};

const select: Rule = (l, { ins: [cond, x, y] }) => {
  const { circuit: c } = l;
  const [b, u, v] = [l.wire(cond!), l.wire(x!), l.wire(y!)];
  if (u.kind === 'bit') return basic.xor(c, v, basic.and(c, b, basic.xor(c, u, v)));
  if (b.secret) return basic.choose(c, b, u, v);
  const zeroOne = c.node('convert', [l.lowered(cond!)], { dtype: 'int64' }, [
    { shape: b.shape, dtype: 'int64', secret: false },
  ]);
  const difference = basic.mul(c, basic.sub(c, u, v), c.encode(zeroOne[0]!, 0), 0);
  return basic.add(c, v, difference);
};

const pow: Rule = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  const exponent = l.numberOf(y!);
  const f = l.fraction(x!);
  if (f === 0 && exponent === undefined)
    throw new TesseraError(
      'UNSUPPORTED',
      'an integer to a secret or varying power: convert to float64 first',
    );
  if (!l.type(x!).secret) {
    // exp(y log x), and the logarithm of a public number is public.
    const log = c.node('log', [l.lowered(x!)], {}, [l.type(x!)])[0]!;
    const product = basic.mul(c, l.wire(y!), c.encode(log, c.fraction));
    return c.inside(() => exp(c, product));
  }
  if (exponent === undefined) {
    // Of what the program says itself it has taken the sign away.
    const reach = l.constantOf(y!) ? ([0, Infinity] as const) : l.reach(x!);
    return whole.power(c, l.wire(x!), l.wire(y!), reach);
  }
  if (f === 0) return whole.wholePower(c, l.wire(x!), exponent, 0);
  return whole.publicPower(c, l.wire(x!), exponent, l.reach(x!));
};

const powWhole: Rule = (l, { ins: [x, y] }) => {
  const { circuit: c } = l;
  const t = l.intType(y!);
  if (l.fraction(x!) === 0) return power.integerPower(c, l.wire(x!), l.wire(y!), t);
  return power.wholePowerOf(c, l.wire(x!), l.canonical(y!), t);
};

/** From and to bool, integers and fixed point. */
const convert: Rule = (l, node) => {
  const { circuit: c } = l;
  const [x] = node.ins;
  const from = l.type(x!).dtype;
  const to = node.attrs.dtype as string;
  const wire = l.wire(x!);
  const scale = to === 'fxp' ? c.fraction : 0;
  if (from === to) return wire;
  if (to === 'bool')
    return basic.not(c, c.emit('isZero', [wire], {}, [{ shape: wire.shape, kind: 'bit', secret: true }])[0]!);
  if (from === 'bool') return basic.bitToNumber(c, wire, scale);
  if (from === 'fxp') return whole.toInteger(c, wire);
  return scale ? basic.timesInteger(c, wire, math.pow2(scale)) : wire;
};

const matmul: Rule = (l, node) => {
  const { circuit: c } = l;
  const [x, y] = node.ins;
  const [m, k] = l.type(x!).shape.slice(-2) as [number, number];
  const n = l.type(y!).shape.at(-1)!;
  const shape = l.type(node.outs[0]!).shape;
  const batch = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const [s, p] = split(l, node.ins);
  const bits = l.fraction(s) === 0 ? 0 : p === undefined ? c.fraction : factorBits(c, l.constantOf(p));
  if (bits > 0 && p === undefined) return splitMatmul(c, l.wire(x!), l.wire(y!), { batch, m, k, n }, shape);
  const wire = (id: ValueId): Wire => (id === p ? l.wire(id, bits) : l.wire(id));
  return basic.matmul(c, wire(x!), wire(y!), { batch, m, k, n }, shape, bits);
};

/** floor keeps its fixed-point form. */
const floor = (c: Circuit, x: Wire): Wire =>
  basic.timesInteger(c, whole.floorShift(c, x, c.fraction), math.pow2(c.fraction));

const hide: Rule = (l, { ins: [x] }: Node) => {
  const wire = l.wire(x!);
  return l.circuit.emit('hide', [wire], {}, [{ ...wire, secret: true }])[0]!;
};

export const RULES: Readonly<Record<string, Rule>> = {
  add: binary(basic.add),
  sub: binary(basic.sub),
  neg: unary(basic.neg),
  mul,
  div,
  matmul,
  less,
  equal,
  maximum: binary(maximum),
  minimum: binary(minimum),
  and: binary(basic.and),
  or: binary(basic.or),
  xor: binary(basic.xor),
  not: unary(basic.not),
  select,
  pow,
  powWhole,
  convert,
  hide,
  abs: unary(whole.abs),
  sign: (l, { ins: [x] }) => whole.sign(l.circuit, l.wire(x!), l.fraction(x!)),
  floor: unary(floor),
  log: ranged(normal.log),
  sqrt: ranged(normal.sqrt),
  rsqrt: ranged(normal.rsqrt),
  reciprocal: (l, node) =>
    ranged(l.reach(node.ins[0]!)[0] > 0 ? normal.positiveReciprocal : normal.reciprocal)(l, node),
  sin: unary(whole.sin),
  cos: unary(whole.cos),
};
