/** @file The state of lowering one graph: what each user-level value has become. */

import { fail } from '../../errors.ts';
import type { Wire } from '../../fixed/circuit.ts';
import { canonical, type IntType } from '../../fixed/integers.ts';
import * as math from '../../ring/math/index.ts';
import { type OpName, opSet } from '../ops/catalogue.ts';
import { bitsOf, isInt, ringRange } from '../ops/dtypes.ts';
import type { DType, Tensor, Type, ValueId } from '../ops/graph.ts';
import type { Missing } from '../ops/missing.ts';
import type { NodeOf, OpGraph, OpNode, ProgramNode } from '../ops/program.ts';
import { coarseIn } from './coarse.ts';
import { factors, keepers, type Scaled } from './fraction-bits.ts';
import type { GraphCircuit } from './graph-circuit.ts';
import {
  ANY,
  type Interval,
  inside,
  intervalOfTensor,
  intType,
  rangeOf,
  realInterval,
  resultInterval,
} from './intervals.ts';
import { toFraction } from './levels.ts';
import { type BlockSum, meansIn } from './mean-sums.ts';
import { Lookup, MOVES } from './passes/makers.ts';

/** Ops whose results may be larger than their operands. */
const GROWING = opSet('add', 'sub', 'neg', 'mul', 'sum', 'matmul', 'pow', 'powWhole');

const onlyMoves = (op: string): boolean => MOVES.has(op) || op === 'concat';

export class Lowering {
  readonly circuit: GraphCircuit;
  readonly graph: OpGraph;
  #lowered = new Map<ValueId, ValueId>();
  #encoded = new Map<string, Wire>();
  #constants = new Map<ValueId, Tensor>();
  #intervals = new Map<ValueId, Interval>();
  #canonical = new Map<ValueId, Wire>();
  #shared = new Map<string, readonly Wire[]>();
  #scaled = new Map<ValueId, Scaled>();
  readonly #find: Lookup;
  readonly #keepers: ReturnType<typeof keepers>;
  readonly #factors: ReadonlySet<ValueId>;
  readonly #sources = new Map<ValueId, ProgramNode>();
  readonly #results: ReadonlySet<ValueId>;
  readonly #means: ReadonlyMap<ValueId, number>;
  #forMeans = new Map<ValueId, BlockSum>();
  /** Substitutes for values while one node is lowered. */
  #instead = new Map<ValueId, Wire>();

  constructor(circuit: GraphCircuit, graph: OpGraph) {
    this.circuit = circuit;
    this.graph = graph;
    this.#find = new Lookup(graph);
    this.#factors = factors(graph);
    this.#results = new Set(graph.outs);
    this.#keepers = keepers(graph, circuit.field.bits);
    this.#means = meansIn(graph, circuit.field.bits);
  }

  bind(id: ValueId, lowered: ValueId): void {
    this.#lowered.set(id, lowered);
  }

  know(id: ValueId, value: Tensor): void {
    this.#constants.set(id, value);
  }

  /** What it became, with the program's fraction bits: made now of a value with bits of its own. */
  lowered(id: ValueId): ValueId {
    const known = this.#lowered.get(id);
    if (known !== undefined) return known;
    const scaled = this.#scaled.get(id)!;
    const { circuit } = this;
    const make = (): Wire => toFraction(this, scaled);
    const { watched } = circuit;
    const maker = watched && this.source(id);
    const made = watched ? watched.watcher.during(true, make, maker) : make();
    watched?.truncated(circuit, made, maker);
    this.#lowered.set(id, made.id);
    return made.id;
  }

  /** Whether a value has bits of its own. */
  hasBits(id: ValueId): boolean {
    return this.#scaled.has(id);
  }

  /** Whether a value has bits of its own, and has not been brought to the program's fraction. */
  isPending(id: ValueId): boolean {
    return this.#scaled.has(id) && !this.#lowered.has(id);
  }

  bindScaled(id: ValueId, scaled: Scaled): void {
    this.#scaled.set(id, scaled);
  }

  /** A secret number with the bits that it has. */
  scaled(id: ValueId): Scaled {
    const plain = { bits: this.circuit.fraction, factor: 1, exact: false, kind: 'product' as const };
    return this.#scaled.get(id) ?? { ...plain, wire: this.wire(id) };
  }

  /** Whether a value keeps all bits of its product, because something that uses it takes any fraction bits. */
  keeps(id: ValueId): boolean {
    return this.#keepers.kept.has(id);
  }

  /** Whether it does because a root takes it. */
  roots(id: ValueId): boolean {
    return this.#keepers.rooted.has(id);
  }

  /** Whether a root takes the sum of many such. */
  sums(id: ValueId): boolean {
    return this.#keepers.summed.has(id);
  }

  /** Of how many products the largest sum is that it becomes a part of. */
  products(id: ValueId): number {
    return this.#keepers.products.get(id) ?? 1;
  }

  /** Of how many numbers it is the sum, if a mean is made of it in a small ring. */
  termsOfMean(id: ValueId): number | undefined {
    return this.#means.get(id);
  }

  /** What a sum is for a mean of it (means.ts). */
  forMean(id: ValueId): BlockSum | undefined {
    return this.#forMeans.get(id);
  }

  bindForMean(id: ValueId, sum: BlockSum): void {
    this.#forMeans.set(id, sum);
  }

  /** Whether a value leaves the graph. */
  isResult(id: ValueId): boolean {
    return this.#results.has(id);
  }

  /** Whether a value stands in a product of secrets. */
  multiplies(id: ValueId): boolean {
    return this.#factors.has(id);
  }

  /** Lowers with a wire in the place of a value. */
  as(id: ValueId, wire: Wire, lower: () => Wire): Wire {
    return this.asAll([id], () => wire, lower);
  }

  /** Lowers with a wire in the place of each of these values. */
  asAll(ids: readonly ValueId[], wireOf: (id: ValueId) => Wire, lower: () => Wire): Wire {
    for (const [id, wire] of ids.map((id) => [id, wireOf(id)] as const)) this.#instead.set(id, wire);
    const made = lower();
    for (const id of ids) this.#instead.delete(id);
    return made;
  }

  type(id: ValueId): Type {
    return this.graph.types[id]!;
  }

  /** The user's op that made a value; none made an input. */
  maker(id: ValueId): ProgramNode | undefined {
    return this.#find.maker(id);
  }

  /** The user's op of whose result a value is made by moves alone, and by factors that are remembered. */
  source(id: ValueId): ProgramNode | undefined {
    const known = this.#sources.get(id);
    if (known) return known;
    const node = this.maker(id);
    const found = node && this.#sourceOf(node, id);
    if (found) this.#sources.set(id, found);
    return found;
  }

  #sourceOf(node: ProgramNode, id: ValueId): ProgramNode {
    const wire = this.#scaled.get(id)?.wire.id;
    const kept = node.ins.filter((x) => wire !== undefined && this.#scaled.get(x)?.wire.id === wire);
    const from = onlyMoves(node.op) ? node.ins : kept;
    const [first, ...rest] = from.map((x) => this.source(x));
    const same = first && rest.every((n) => n?.op === first.op && n.site === first.site);
    return same ? first : node;
  }

  /** The elements of a public value, if they are known before the program runs: perhaps fewer, when repeated. */
  constantOf(id: ValueId): Tensor | undefined {
    return this.#constants.get(id);
  }

  /** The one number that fills a known public value, if it is one. */
  numberOf(id: ValueId): number | undefined {
    const t = this.constantOf(id);
    if (!t || t.data.length === 0) return undefined;
    const [head] = t.data;
    for (let i = 1; i < t.data.length; i++) if (t.data[i] !== head) return undefined;
    return Number(head);
  }

  /** A node on public values, as it stands. */
  copy(node: OpNode): void {
    const ins = node.ins.map((id) => this.lowered(id));
    const outs = this.circuit.node(
      node.op,
      ins,
      node.attrs,
      node.outs.map((id) => this.type(id)),
    );
    for (const [i, id] of node.outs.entries()) this.bind(id, outs[i]!);
    if (node.op === 'const') this.know(node.outs[0], node.attrs.value);
    // What only moves elements about keeps a number a number.
    if (!onlyMoves(node.op) || node.ins.length !== 1) return;
    const known = this.constantOf(node.ins[0]);
    const whole = node.op === 'broadcast' || node.op === 'reshape';
    if (known && (whole || this.numberOf(node.ins[0]) !== undefined)) this.know(node.outs[0], known);
  }

  /** A value as ring elements or bits; public ones are encoded (once), fixed-point ones with `fraction` bits. */
  wire(id: ValueId, fraction = this.circuit.fraction): Wire {
    const { secret, dtype } = this.type(id);
    const instead = this.#instead.get(id);
    if (instead) return instead;
    if (secret) return this.circuit.wire(this.lowered(id));
    const bits = dtype === 'fxp' ? fraction : 0;
    const key = `${id} ${bits}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    if (dtype === 'fxp') this.holds(this.constantOf(id)?.data as Float64Array | undefined, bits);
    const wire = this.circuit.encode(this.lowered(id), bits);
    this.#encoded.set(key, wire);
    return wire;
  }

  /** Reports public numbers that so many fraction bits cannot represent. */
  holds(values: ArrayLike<number> | undefined, fraction = this.circuit.fraction): void {
    const { onCoarse } = this.circuit.options;
    const found = values && onCoarse && coarseIn(values, fraction, this.circuit.site);
    if (found) onCoarse(found);
  }

  /** Which integers a value may hold. */
  integerInterval(id: ValueId): Interval {
    const known = this.#intervals.get(id);
    if (known) return known;
    const constant = this.constantOf(id);
    if (constant && isInt(constant.dtype)) return intervalOfTensor(constant);
    const { dtype, secret } = this.type(id);
    return secret && isInt(dtype) ? this.#held(dtype) : rangeOf(dtype);
  }

  /** Which integers a value may be once it is wrapped to its dtype. */
  wrappedInterval(id: ValueId): Interval {
    const range = rangeOf(this.type(id).dtype);
    return inside(this.integerInterval(id), range) ? this.integerInterval(id) : range;
  }

  /** Where a real value lies, as far as that is known. */
  interval(id: ValueId): Interval {
    return this.#intervals.get(id) ?? ANY;
  }

  noteInterval(id: ValueId, interval: Interval): void {
    this.#intervals.set(id, interval);
  }

  /** What is known of a value holds for a part of it. */
  noteRow(id: ValueId, of: ValueId): void {
    const known = this.#intervals.get(of);
    if (known) this.#intervals.set(id, known);
  }

  /** Where a real result of a node lies, as far as that follows from its operands. */
  #boundReal(node: OpNode, id: ValueId): void {
    if (this.#intervals.has(id)) return;
    const { bits } = this.circuit.field;
    const types = node.ins.map((x) => this.type(x));
    const own = node.ins.map((x, i): Interval => {
      const { dtype, secret } = types[i]!;
      if (dtype === 'bool') return [0, 1];
      if (isInt(dtype)) return this.wrappedInterval(x);
      const known = secret ? undefined : this.constantOf(x);
      return known ? intervalOfTensor(known) : this.interval(x);
    });
    const found = realInterval(node, types, own, math.pow2(bits - 4 - this.circuit.fraction));
    if (found !== ANY) this.noteInterval(id, found);
  }

  /** Notes what the results of a node may hold. */
  bound(node: OpNode): void {
    const types = node.ins.map((id) => this.type(id));
    const intervals = node.ins.map(
      (id, i): Interval => (types[i]!.dtype === 'fxp' ? [0, 0] : this.integerInterval(id)),
    );
    for (const id of node.outs) {
      const type = this.type(id);
      if (type.secret && type.dtype === 'fxp') this.#boundReal(node, id);
      if (!type.secret || !isInt(type.dtype)) continue;
      const interval = resultInterval(node, type, types, intervals);
      if (GROWING.has(node.op) || (node.op === 'convert' && isInt(types[0]!.dtype)))
        this.#fits(node, type, interval);
      this.noteInterval(id, interval);
    }
  }

  /** What a secret integer may be: of a dtype wider than the ring no more than the ring holds, since what leaves it is refused. */
  #held(dtype: DType): Interval {
    const [least, most] = ringRange(dtype, this.circuit.field.bits);
    return [Number(least), Number(most)];
  }

  /** An integer dtype wider than the ring cannot wrap as it should: what may leave the ring here is refused. */
  #fits({ op, site }: OpNode, { dtype }: Type, interval: Interval): void {
    const { bits, name } = this.circuit.field;
    if (bitsOf(dtype) <= bits) return;
    if (inside(interval, this.#held(dtype))) return;
    fail(
      'RANGE',
      `np.${op === 'convert' ? 'astype' : op} of ${dtype} may leave the ${bits} bits of ${name}, where it cannot wrap as ${dtype} does: take a larger field, ` +
        `or a smaller dtype${site === undefined ? '' : ` (${site})`}`,
      { site },
    );
  }

  intType(id: ValueId): IntType {
    return intType(this.type(id).dtype, this.circuit.field);
  }

  /** Whether a value's wire is the integer itself, not only a residue. Public values are. */
  isCanonical(id: ValueId): boolean {
    const { dtype, secret } = this.type(id);
    return !secret || !isInt(dtype) || inside(this.integerInterval(id), rangeOf(dtype));
  }

  /** The integer itself: wrapped (once) if it has to be. */
  canonical(id: ValueId): Wire {
    if (this.isCanonical(id)) return this.wire(id);
    const wire = this.#canonical.get(id) ?? canonical(this.circuit, this.wire(id), this.intType(id));
    this.#canonical.set(id, wire);
    return wire;
  }

  /** Wires that several nodes share, made by the first. */
  once(key: string, make: () => readonly Wire[]): readonly Wire[] {
    const wires = this.#shared.get(key) ?? make();
    this.#shared.set(key, wires);
    return wires;
  }

  /** Fraction bits of a value: of fixed-point numbers those of the field, of integers none. */
  fraction(id: ValueId): number {
    return this.type(id).dtype === 'fxp' ? this.circuit.fraction : 0;
  }
}

/** A public result, which runs in the clear from there on. */
export interface Public {
  readonly plain: ValueId;
}

/** How one op is lowered whose operands or result are not all public (ops/<subject>/lower.ts). */
export type Rule<K extends OpName> = (l: Lowering, node: NodeOf<K>) => Wire | Public;
export type LowerTable<N extends OpName> = { readonly [K in N]: Rule<K> | Missing };

/** What rules for several ops read of a node. */
export interface One {
  readonly ins: readonly [ValueId];
  readonly outs: readonly [ValueId];
}
export interface Two {
  readonly ins: readonly [ValueId, ValueId];
  readonly outs: readonly [ValueId];
}

/** One rule where the first operand is an integer, another elsewhere. */
export const byDtype =
  <N extends { readonly ins: readonly [ValueId, ...ValueId[]] }>(
    integers: (l: Lowering, node: N) => Wire,
    others: (l: Lowering, node: N) => Wire,
  ) =>
  (l: Lowering, node: N): Wire =>
    (isInt(l.type(node.ins[0]).dtype) ? integers : others)(l, node);
