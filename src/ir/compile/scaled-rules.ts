/** @file How ops are lowered on values with fraction bits of their own (fraction-bits.ts). */
import * as basic from '../../fixed/basic.ts';
import type { Wire } from '../../fixed/circuit.ts';
import { type ManyDivisor, MOST_OF_MANY, manyDivisor, manyQuotients } from '../../fixed/many-quotients.ts';
import * as normal from '../../fixed/roots-logarithms.ts';
import { cutBits, keptMatmul } from '../../fixed/split-matmul.ts';
import * as math from '../../ring/math/index.ts';
import { type OpName, opSet } from '../ops/catalogue.ts';
import { sizeOf, type Tensor, type ValueId } from '../ops/graph.ts';
import type { NodeOf, OpNode } from '../ops/program.ts';
import { divisor } from './divisor.ts';
import { isLevelled, type Levelled, type LINEAR, type Scaled } from './fraction-bits.ts';
import { inverse, root, rootSteps, split, underRoot, underRootSteps } from './homogeneous.ts';
import { ANY } from './intervals.ts';
import {
  eachLevel,
  hasLevels,
  inUnits,
  inverseRootOfLevels,
  joinLevels,
  rootOfLevels,
  squareLevels,
  toFraction,
} from './levels.ts';
import type { Lowering, One, Public, Two } from './lowering-state.ts';
import { meanOf } from './means.ts';

const isPlain = (l: Lowering, s: Scaled): boolean => s.bits === l.circuit.fraction && s.factor === 1;
/** Whether a sum of squares is right by its levels alone: in a small ring, and where it is one of very many. */
const isByLevels = (l: Lowering, s: Scaled): boolean =>
  isLevelled(s) && (s.long === true || l.circuit.field.bits < 128);
/** With bits that no product has room for; what is right by its levels is for roots alone. */
const isWide = (l: Lowering, s: Scaled): boolean =>
  s.kind === 'product' && !isPlain(l, s) && !isByLevels(l, s);

/** For what is no root, and takes the first of its sums. */
const first = ({ levels: _, ...s }: Scaled): Scaled => s;

type Made = Wire | Scaled;
/** `own`: by the rule of the op, for wires in the place of its operands. */
type ScaledRule<N> = (l: Lowering, node: N, own: () => Wire | Public) => Made | undefined;

/** What is by levels goes through these as it is, also where no root takes it: a factor that makes a mean of it may come after. */
const isPassed = opSet('reshape', 'slice', 'sum');

const linear: ScaledRule<NodeOf<(typeof LINEAR)[number]>> = (l, node, own) => {
  const x = node.ins[0];
  const { levels: known, choice, ...s } = l.scaled(x);
  // Only squares are known to be no less than 0.
  const levels = node.op === 'neg' && !isByLevels(l, l.scaled(x)) ? undefined : known;
  if (isPlain(l, s) && !levels) return undefined;
  const passes = l.keeps(node.outs[0]) || (isPassed.has(node.op) && isByLevels(l, l.scaled(x)));
  if (s.kind === 'product' && !passes) return undefined;
  // Inverses of one unit cannot be added to those of another.
  if ((levels && node.op === 'neg') || (choice && (node.op === 'neg' || node.op === 'sum'))) return undefined;
  const move = (wire: Wire): Wire => l.as(x, wire, () => own() as Wire);
  return {
    ...s,
    wire: move(s.wire),
    ...(levels && { levels: eachLevel(levels, move) }),
    ...(choice && { choice: { middle: move(choice.middle), coarse: move(choice.coarse) } }),
  };
};

/** Parts of a value that have the same bits, as one. */
const concat: ScaledRule<NodeOf<'concat'>> = (l, node, own) => {
  const [head, ...rest] = [l.scaled(node.ins[0]), ...node.ins.slice(1).map((id) => l.scaled(id))] as const;
  if (!l.keeps(node.outs[0]) && ![head, ...rest].every((s) => isByLevels(l, s))) return undefined;
  const same = (s: Scaled): boolean =>
    s.bits === head.bits && s.factor === head.factor && s.kind === head.kind;
  const levelled = [head, ...rest].every(isLevelled);
  if (!(isWide(l, head) || levelled) || !rest.every(same)) return undefined;
  if (!levelled && [head, ...rest].some((s) => isByLevels(l, s))) return undefined;
  const whole = (of: (s: Scaled) => Wire): Wire =>
    l.asAll(
      node.ins,
      (id) => of(l.scaled(id)),
      () => own() as Wire,
    );
  const levels = levelled && {
    middle: () => whole((s) => s.levels!.middle()),
    coarse: () => whole((s) => s.levels!.coarse()),
  };
  const wire = whole((s) => s.wire);
  return {
    ...first(head),
    wire,
    exact: head.exact || rest.some((s) => s.exact),
    ...(levels && { levels: eachLevel(levels, (w) => w) }),
  };
};

/** A public value divided by the factor, with so many fraction bits. */
const publicAs = (l: Lowering, id: ValueId, { bits, factor }: Scaled): Wire => {
  const { circuit: c } = l;
  if (factor === 1) return l.wire(id, bits);
  const type = l.type(id);
  // In units of the factor it has as many digits as it would have with so many more or fewer bits.
  const values = l.constantOf(id)?.data as Float64Array | undefined;
  l.holds(values, bits - math.log2(Math.abs(factor)));
  const one: Tensor = { shape: [], dtype: 'fxp', data: Float64Array.of(1 / factor) };
  const wide = c.plain('broadcast', [c.tensor(one)], { shape: [...type.shape] });
  return c.encode(c.plain('mul', [l.lowered(id), wide], {}), bits);
};

/** What is taken with the bits that it has: sums of products that have left the ring are found. */
const taken = (l: Lowering, id: ValueId): Scaled => {
  const { circuit: c } = l;
  const s = l.scaled(id);
  if (!isWide(l, s)) return s;
  c.watched?.products(c, s.wire, l.source(id));
  return first(s);
};

/** An operand of a sum at the scale of the other, where that is a matter of a whole factor. */
const alike = (l: Lowering, id: ValueId, to: Scaled): Wire | undefined => {
  if (!l.type(id).secret) return publicAs(l, id, to);
  const s = l.scaled(id);
  if (isByLevels(l, s)) return undefined;
  const factor = (s.factor / to.factor) * math.pow2(to.bits - s.bits);
  const whole = Number.isInteger(factor) && Math.abs(factor) < math.pow2(100);
  return whole ? basic.timesInteger(l.circuit, s.wire, factor) : undefined;
};

/** Fraction bits from which lengths that are not larger than those of everyday numbers have squares that leave FM128. */
const SMALL = 32;

/** Sums of squares added up, or one and a public number that is not below 0. */
const sumLevels = (l: Lowering, x: ValueId, y: ValueId): Levelled | undefined => {
  const { circuit: c } = l;
  const [one, id] = l.type(x).secret ? [l.scaled(x), y] : [l.scaled(y), x];
  if (!isLevelled(one)) return undefined;
  if (l.type(id).secret) {
    const other = l.scaled(id);
    if (!isLevelled(other) || other.factor !== one.factor || other.bits !== one.bits) return undefined;
    const add = (u: Wire, v: Wire): Wire => basic.add(c, u, v);
    return { ...one, wire: add(one.wire, other.wire), levels: joinLevels(one.levels, other.levels, add) };
  }
  // Where another level is taken a number of the size of an epsilon is below its units.
  const least = l.constantOf(id)?.data;
  if (!least || !Array.from(least, Number).every((v) => v >= 0 && v <= 1)) return undefined;
  // An epsilon is added to numbers of the size of 1, whose squares have room at FM128.
  if (c.field.bits === 128 && c.fraction < SMALL) return undefined;
  return { ...one, wire: basic.add(c, one.wire, publicAs(l, id, one)) };
};

const sum =
  (op: typeof basic.add): ScaledRule<Two> =>
  (l, { ins: [x, y], outs: [out] }) => {
    const levelled = op === basic.add ? sumLevels(l, x, y) : undefined;
    if (levelled && (l.keeps(out) || isByLevels(l, levelled))) return levelled;
    if (!l.keeps(out)) return undefined;
    const secrets = [x, y].filter((id) => l.type(id).secret).map((id) => l.scaled(id));
    const wide = secrets.filter((s) => isWide(l, s));
    if (wide.length === 0 || secrets.some((s) => s.kind === 'fine' || s.kind === 'unit')) return undefined;
    // The one that the other can be brought to by a whole factor.
    const to = wide.reduce((a, b) =>
      math.pow2(b.bits) / Math.abs(b.factor) > math.pow2(a.bits) / Math.abs(a.factor) ? b : a,
    );
    const [u, v] = [alike(l, x, to), alike(l, y, to)];
    if (!u || !v) return undefined;
    return { ...first(to), wire: op(l.circuit, u, v), exact: wide.some((s) => s.exact) };
  };

/** x times a public number that is remembered. */
const times = (
  l: Lowering,
  node: NodeOf<'mul'> | NodeOf<'div'>,
  x: ValueId,
  factor: number,
): Made | undefined => {
  const s = l.scaled(x);
  const kept = l.keeps(node.outs[0]);
  const exact = node.op === 'mul' && node.attrs.exact === true;
  const byLevels = isByLevels(l, s) && factor > 0;
  if (!(byLevels || ((isWide(l, s) || (isLevelled(s) && factor > 0)) && (exact || kept))))
    return meanOf(l, x, factor);
  const made = { ...(factor > 0 ? s : first(s)), factor: s.factor * factor, exact: s.exact || exact };
  if (kept) return made;
  taken(l, x);
  return toFraction(l, made);
};

const publicNumber = (l: Lowering, id: ValueId): number | undefined => {
  const number = l.type(id).secret ? undefined : l.numberOf(id);
  return number !== undefined && number !== 0 && Number.isFinite(number) ? number : undefined;
};

type Multiply = (x: Wire, y: Wire, trunc: number, exact: boolean) => Wire;

/** Products of the size of 1 with so many fraction bits are truncated in the free form. */
const FREE = 80;

/** A product of secrets by `multiply`. */
const product = (l: Lowering, node: Two, multiply: Multiply): Made | undefined => {
  const { circuit: c } = l;
  const [x, y] = node.ins;
  const kept = l.keeps(node.outs[0]);
  const sides = [
    { own: l.scaled(x), other: y, by: multiply },
    { own: l.scaled(y), other: x, by: ((u, v, ...rest) => multiply(v, u, ...rest)) satisfies Multiply },
  ];
  const whole = sides.find(({ own }) => own.kind === 'whole');
  if (whole) {
    const o = l.scaled(whole.other);
    const by = (wire: Wire): Wire => whole.by(whole.own.wire, wire, 0, false);
    const keeps = kept && !o.choice && (c.field.bits === 128 || isLevelled(o));
    if (keeps || o.kind === 'whole')
      return { ...o, wire: by(o.wire), ...(o.levels && { levels: eachLevel(o.levels, by) }) };
    return whole.by(whole.own.wire, l.wire(whole.other), 0, false);
  }
  const [fine, other] = sides.filter(({ own }) => own.kind !== 'product');
  if (fine && !other) {
    const { bits, kind, wire, choice } = fine.own;
    const free = c.field.bits === 128 && kind === 'unit' && bits + c.fraction <= FREE;
    const value = choice ? inUnits(l, fine.other, choice) : l.wire(fine.other);
    return fine.by(wire, value, bits, !free);
  }
  if (!kept || c.field.bits !== 128) return undefined;
  const cut = Math.min(c.fraction, cutBits(c, l.products(node.outs[0])));
  const wire = multiply(l.wire(x), l.wire(y), cut, false);
  return { wire, bits: 2 * c.fraction - cut, factor: 1, exact: false, kind: 'product' };
};

const mul: ScaledRule<NodeOf<'mul'>> = (l, node) => {
  const { circuit: c } = l;
  const [x, y] = node.ins;
  const [px, py] = [publicNumber(l, x), publicNumber(l, y)];
  if (py !== undefined) return times(l, node, x, py);
  if (px !== undefined) return times(l, node, y, px);
  if (!l.type(x).secret || !l.type(y).secret) return undefined;
  if (x === y && l.sums(node.outs[0]) && l.scaled(x).kind === 'product' && hasLevels(c))
    return squareLevels(l, x, (u, trunc) => basic.mul(c, u, u, trunc), node.outs[0]);
  return product(l, node, (u, v, trunc, exact) => {
    const square = u.id === v.id;
    return c.emit(square ? 'square' : 'mul', square ? [u] : [u, v], { trunc, exact }, [u])[0]!;
  });
};

/** What a value was before it was given another shape. */
const unshaped = (l: Lowering, id: ValueId): ValueId => {
  const node = l.maker(id);
  return node?.op === 'reshape' ? unshaped(l, node.ins[0]!) : id;
};

const matmul: ScaledRule<NodeOf<'matmul'>> = (l, node) => {
  const [x, y] = node.ins;
  if (!l.type(x).secret || !l.type(y).secret) return undefined;
  const { shape } = l.type(node.outs[0]);
  const [m, k] = l.type(x).shape.slice(-2) as [number, number];
  const dims = { batch: sizeOf(shape.slice(0, -2)), m, k, n: l.type(y).shape.at(-1)! };
  const own = dims.m === 1 && dims.n === 1 ? unshaped(l, x) : undefined;
  if (
    own !== undefined &&
    own === unshaped(l, y) &&
    (l.roots(node.outs[0]) || l.circuit.field.bits < 128) &&
    hasLevels(l.circuit)
  ) {
    const { circuit: c } = l;
    const as = (u: Wire, id: ValueId): Wire => basic.reshape(c, u, l.type(id).shape);
    const squares = (u: Wire, trunc: number): Wire => basic.matmul(c, as(u, x), as(u, y), dims, shape, trunc);
    return squareLevels(l, own, squares, node.outs[0]);
  }
  const bits =
    l.circuit.field.bits === 128 && l.keeps(node.outs[0]) ? cutBits(l.circuit, l.products(node.outs[0])) : 0;
  if (bits > 0 && l.scaled(x).kind === 'product' && l.scaled(y).kind === 'product') {
    const { circuit: c } = l;
    const wire = keptMatmul(c, l.wire(x), l.wire(y), dims, shape, bits);
    return { wire, bits: 2 * c.fraction - bits, factor: 1, exact: false, kind: 'product' };
  }
  return product(
    l,
    node,
    (u, v, trunc, exact) =>
      l.circuit.emit('matmul', [u, v], { ...dims, trunc, exact }, [{ ...u, shape }])[0]!,
  );
};

const div: ScaledRule<NodeOf<'div'>> = (l, node) => {
  const { circuit: c } = l;
  const [x, y] = node.ins;
  const number = publicNumber(l, y);
  if (number !== undefined) return times(l, node, x, 1 / number);
  if (!l.type(y).secret) return undefined;
  const whole = { bits: c.fraction, factor: 1 };
  const { id: by, spread } = divisor(l, y);
  const fine = node.attrs.fine === true ? fineBits(c, 'fine') : undefined;
  if (fine !== undefined) return byOne(l, x, by, spread, Math.min(fine, MOST_OF_MANY));
  const wide = [x, by].map((id) => (l.type(id).secret && isWide(l, l.scaled(id)) ? taken(l, id) : undefined));
  if (wide.every((s) => s === undefined)) return undefined;
  const [u, v] = wide.map((s) => ({ ...split((s ?? whole).factor), bits: (s ?? whole).bits }));
  const quotient = normal.divide(c, wide[0]?.wire ?? l.wire(x), wide[1]?.wire ?? l.wire(by), {
    spread,
    numerator: u!.bits - u!.exponent,
    denominator: v!.bits - v!.exponent,
    ...(!wide[0] && { interval: l.interval(x) }),
    ...(!wide[1] && { divisorInterval: l.interval(by) }),
  });
  return basic.timesNumber(c, quotient, u!.mantissa / v!.mantissa);
};

/** Bits of a product that is no larger than this, with those of both factors. */
const UNIT = 12;

/** Fraction bits of roots and inverses that stand in a product; undefined where the ring has no room for more than usual. */
const fineBits = (
  { field, fraction }: Lowering['circuit'],
  kind: 'fine' | 'unit',
  isRoot = false,
): number | undefined => {
  const whole = field.bits === 128;
  // Of the size of 1; of a root at most, whose square is a product; of any size.
  const most =
    kind === 'unit'
      ? field.bits - UNIT - fraction
      : whole
        ? FREE - fraction
        : isRoot
          ? field.bits / 2 - 2
          : 0;
  const bits = whole ? Math.min(most, Math.max(2 * fraction, FREE - fraction)) : Math.min(most, 2 * fraction);
  return bits > fraction ? bits : undefined;
};

/** x / y for a y that divides many: its inverse with so many bits, which it has once, and a product. */
const byOne = (l: Lowering, x: ValueId, y: ValueId, spread: (made: Wire) => Wire, bits: number): Wire => {
  const { circuit: c } = l;
  const own = ownBits(l, y);
  const { mantissa, exponent } = split(own.factor);
  const input = own.bits - exponent;
  const interval = isPlain(l, own) ? l.interval(y) : ANY;
  const made = l.once(`divisor ${y}`, () =>
    c.inside(() => {
      const [inverse, ...under] = manyDivisor(c, own.wire, { input, interval }, bits);
      return [mantissa === 1 ? inverse : basic.timesNumber(c, inverse, 1 / mantissa), ...under];
    }),
  );
  return c.inside(() => manyQuotients(c, l.wire(x), made as ManyDivisor, { input, output: bits, spread }));
};

/** What a root or an inverse takes. */
const ownBits = (l: Lowering, id: ValueId): Scaled => {
  const s = taken(l, id);
  if (s.kind === 'product' && !isByLevels(l, s)) return s;
  return { wire: l.wire(id), bits: l.circuit.fraction, factor: 1, exact: false, kind: s.kind };
};

/** Bits of the inverse of the root of a unit in the last place of s, where that is to fit: with a factor of 1 / n it is larger. */
const roomFor = (l: Lowering, s: Scaled): number =>
  l.circuit.field.bits - SPARE - Math.ceil((s.bits - split(s.factor).exponent) / 2);
const SPARE = 8;

const taker =
  (
    of: (l: Lowering, s: Scaled, output: number) => Wire,
  ): ScaledRule<NodeOf<'sqrt' | 'rsqrt' | 'reciprocal'>> =>
  (l, { ins: [x], attrs }) => {
    const { fraction } = l.circuit;
    const kind = attrs.fine;
    const own = l.scaled(x);
    const wanted = kind && fineBits(l.circuit, kind, of === underRoot);
    const bits = wanted && Math.max(fraction, Math.min(wanted, roomFor(l, own)));
    if (isLevelled(own) && of === root) return rootOfLevels(l, x, own, rootSteps);
    if (isLevelled(own) && of === underRoot && kind !== 'fine')
      return inverseRootOfLevels(l, x, own, underRootSteps, bits ?? fraction);
    if (kind !== undefined && bits !== undefined)
      return { wire: of(l, ownBits(l, x), bits), bits, factor: 1, exact: false, kind };
    const s = taken(l, x);
    return isWide(l, s) ? of(l, s, fraction) : undefined;
  };

const log: ScaledRule<One> = (l, node) => {
  const { circuit: c } = l;
  const s = taken(l, node.ins[0]);
  if (!isWide(l, s)) return undefined;
  const { mantissa, exponent } = split(s.factor);
  const value = normal.log(c, s.wire, { input: s.bits - exponent });
  return mantissa === 1 ? value : basic.addNumber(c, value, math.log(mantissa));
};

/** Bools and integers as numbers: whole ones, until their fraction is asked for. */
const convert: ScaledRule<One> = (l, { ins: [x], outs: [out] }) => {
  const { dtype } = l.type(x);
  if (dtype === 'fxp' || !l.multiplies(out)) return undefined;
  const wire = dtype === 'bool' ? basic.bitToNumber(l.circuit, l.wire(x)) : l.canonical(x);
  return { wire, bits: 0, factor: 1, exact: false, kind: 'whole' };
};

/** Ops that may take operands with bits of their own, or make such results. */
const SCALED: { readonly [K in OpName]?: ScaledRule<NodeOf<K>> } = {
  sum: linear,
  neg: linear,
  broadcast: linear,
  reshape: linear,
  transpose: linear,
  slice: linear,
  gather: linear,
  concat,
  add: sum(basic.add),
  sub: sum(basic.sub),
  mul,
  div,
  matmul,
  sqrt: taker(root),
  rsqrt: taker(underRoot),
  reciprocal: taker(inverse),
  log,
  convert,
};

/** Whether an op may take operands with bits of their own. */
export const takesScaled = (op: string): boolean => Object.hasOwn(SCALED, op);

/** How a node is lowered whose operands or result have bits of their own; undefined: as any other. */
export const lowerScaled = (l: Lowering, node: OpNode, own: () => Wire | Public): Made | undefined => {
  const scaled = SCALED[node.op] as ScaledRule<OpNode> | undefined;
  return l.type(node.outs[0]).dtype === 'fxp' ? scaled?.(l, node, own) : undefined;
};
