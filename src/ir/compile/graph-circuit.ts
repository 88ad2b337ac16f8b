/** @file A lowered graph in the making: the Circuit that fixed/ writes with. */

import {
  type Circuit,
  count,
  type FssAlternative,
  type FssFunction,
  type LoweredAttrs,
  type LoweredOp,
  type Wire,
  type WireType,
} from '../../fixed/circuit.ts';
import type { GateAttrs } from '../../gates/gate-table.ts';
import type { Field } from '../../ring/field.ts';
import type { AttrsOf, Operands, OpName } from '../ops/catalogue.ts';
import type { Attrs, Graph, Node, Tensor, Type, ValueId } from '../ops/graph.ts';
import { oneNaN } from '../ops/nan.ts';
import { inferTypes } from '../ops/types.ts';
import type { Coarse } from './coarse.ts';
import type { Planner, PlanOptions } from './plan.ts';
import { WatchedValues, type Watcher } from './range-watcher.ts';

/** How sigmoid is computed, as in SPU's runtime configuration. */
export type SigmoidMode = 'REAL' | 'MM1' | 'SEG3';

export interface CircuitOptions extends PlanOptions {
  /** Fraction bits of fixed-point numbers; the field's default if absent. */
  readonly fraction?: number | undefined;
  /** Accept rare truncation errors (trunc_allow_msb_error); if absent, at FM128. */
  readonly truncAllowMsbError?: boolean | undefined;
  /** REAL if absent: error below 2^-20. MM1 and SEG3 are SPU's straight lines, for the programs that use them. */
  readonly sigmoidMode?: SigmoidMode | undefined;
  /** Integer results may stay unwrapped: they are revealed at once, and that wraps them. */
  readonly lazyIntegers?: boolean | undefined;
  /** With the range guard: numbers that leave the range are detected, and one bit is opened at the end of the program. */
  readonly rangeGuard?: boolean | undefined;
  /** Called with public numbers that the fraction bits cannot represent. */
  readonly onCoarse?: ((found: Coarse) => void) | undefined;
}

export class GraphCircuit implements Circuit {
  readonly field: Field;
  readonly fraction: number;
  readonly exact: boolean;
  readonly types: Type[] = [];
  readonly nodes: Node[] = [];
  /** The user's call site, put on every node that is added. */
  site: string | undefined;
  readonly options: CircuitOptions;
  /** Bounds of the values, for the range guard. */
  readonly watched: WatchedValues | undefined;
  readonly #planner: Planner | undefined;
  #constants = new Map<string, Wire>();

  /** `planner` chooses between protocols by the cost mode; without one all is done by tables, as where nothing is compared. */
  constructor(options: CircuitOptions, watcher?: Watcher, planner?: Planner) {
    this.#planner = planner;
    this.options = options;
    this.watched = watcher && new WatchedValues(watcher);
    this.field = options.field;
    this.fraction = options.fraction ?? options.field.fraction;
    this.exact = !(options.truncAllowMsbError ?? options.field.bits === 128);
  }

  value(type: Type): ValueId {
    return this.types.push(type) - 1;
  }

  node(op: string, ins: readonly ValueId[], attrs: Attrs, outs: readonly Type[], body?: Graph): ValueId[] {
    const ids = outs.map((t) => this.value(t));
    const site = this.site;
    const node = { op, ins, outs: ids, attrs, ...(body && { body }), ...(site && { site }) };
    this.nodes.push(node);
    this.watched?.after(node, this.types);
    return ids;
  }

  /** An op of the catalogue on plain public values, as it stands. */
  plain<K extends OpName>(op: K, ins: Operands<K, ValueId>, attrs: AttrsOf<K>): ValueId {
    const given = (ins as readonly ValueId[]).map((id) => this.types[id]!);
    return this.node(op, ins, attrs, inferTypes(op, given, attrs))[0]!;
  }

  wire(id: ValueId): Wire {
    const { shape, dtype, secret } = this.types[id]!;
    return { id, shape, kind: dtype === 'bit' ? 'bit' : 'ring', secret };
  }

  emit<K extends LoweredOp>(
    op: K,
    ins: readonly Wire[],
    attrs: LoweredAttrs<K>,
    outs: readonly WireType[],
  ): Wire[] {
    const types = outs.map(({ shape, kind, secret }): Type => ({ shape, dtype: kind, secret }));
    const own = attrs as Attrs;
    const all = this.watched?.before(this, op, ins, own) ?? own;
    return this.node(
      this.#planner?.planned(op, own, count(ins[0]?.shape ?? []), this.options) ?? op,
      ins.map((w) => w.id),
      all as Attrs,
      types,
    ).map((id) => this.wire(id));
  }

  usesFss<K extends FssFunction>(
    op: K,
    attrs: GateAttrs<K>,
    elements: number,
    instead: FssAlternative,
  ): boolean {
    return this.#planner?.usesFss(op, attrs, elements, instead, this.options) ?? false;
  }

  comparesByFss(thresholds: readonly number[], elements: number): boolean {
    return this.#planner?.planned('less', { thresholds }, elements, this.options) === 'lessFss';
  }

  groups(left: number, lanes: number): number {
    return this.#planner?.groups(left, lanes, this.options) ?? 2;
  }

  get guarded(): boolean {
    return this.watched !== undefined;
  }

  inside<T>(make: () => T): T {
    return this.watched ? this.watched.watcher.during(false, make) : make();
  }

  /** Constants are made once per circuit. */
  constant(values: Float64Array, shape: readonly number[], fraction: number): Wire {
    const key = values.length === 1 ? `${values[0]} ${Object.is(values[0], -0)} ${shape} ${fraction}` : '';
    const known = this.#constants.get(key);
    if (known) return known;
    const wire = this.encode(this.tensor({ shape, dtype: 'fxp', data: values }), fraction);
    if (key) this.#constants.set(key, wire);
    return wire;
  }

  /** A plain public tensor as a value. */
  tensor(value: Tensor): ValueId {
    const { shape, dtype, data } = value;
    return this.plain('const', [], { value: { shape, dtype, data: oneNaN(data) } });
  }

  /** A plain public value as ring elements (fxp with `fraction` bits, integers as they are) or bits. */
  encode(id: ValueId, fraction: number): Wire {
    const { shape, dtype } = this.types[id]!;
    const kind = dtype === 'bool' ? 'bit' : 'ring';
    return this.wire(this.node('encode', [id], { fraction }, [{ shape, dtype: kind, secret: false }])[0]!);
  }

  /** The same value, with which a piece of the program ends; `outside` of the memory it waits for who uses it. */
  fence(id: ValueId, outside?: boolean): ValueId {
    return this.node('reshape', [id], { fence: true, ...(outside && { outside }) }, [this.types[id]!])[0]!;
  }

  graph(ins: readonly ValueId[], outs: readonly ValueId[]): Graph {
    return { ins, outs, nodes: this.nodes, types: this.types };
  }
}

/** Adds the gate for a private input, or a part of it. `name` is its number among the program's private inputs. */
export const privateInput = (
  c: GraphCircuit,
  owner: number,
  name: number,
  shape: readonly number[],
  kind: Wire['kind'],
  from?: number,
): Wire => {
  const length = shape.reduce((a, b) => a * b, 1);
  return c.emit(
    'input',
    [],
    { owner, name, length, bits: kind === 'bit', ...(from !== undefined && { from }) },
    [{ shape, kind, secret: true }],
  )[0]!;
};

/** Adds the gate that reveals a wire to the given ranks. */
export const revealTo = (c: GraphCircuit, x: Wire, to: readonly number[]): Wire =>
  c.emit('reveal', [x], { to }, [{ ...x, secret: false }])[0]!;
