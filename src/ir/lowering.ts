/** @file The state of lowering one graph: what each user-level value has become. */

import type { Wire } from '../fixed/circuit.ts';
import type { GraphCircuit } from './circuit.ts';
import type { Graph, Node, Tensor, Type, ValueId } from './graph.ts';

export class Lowering {
  readonly circuit: GraphCircuit;
  readonly graph: Graph;
  #lowered = new Map<ValueId, ValueId>();
  #encoded = new Map<string, Wire>();
  #constants = new Map<ValueId, Tensor>();

  constructor(circuit: GraphCircuit, graph: Graph) {
    this.circuit = circuit;
    this.graph = graph;
  }

  bind(id: ValueId, lowered: ValueId): void {
    this.#lowered.set(id, lowered);
  }

  know(id: ValueId, value: Tensor): void {
    this.#constants.set(id, value);
  }

  lowered(id: ValueId): ValueId {
    return this.#lowered.get(id)!;
  }

  type(id: ValueId): Type {
    return this.graph.types[id]!;
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
  copy(node: Node): void {
    const ins = node.ins.map((id) => this.lowered(id));
    const outs = this.circuit.node(
      node.op,
      ins,
      node.attrs,
      node.outs.map((id) => this.type(id)),
    );
    for (const [i, id] of node.outs.entries()) this.bind(id, outs[i]!);
    if (node.op === 'const') this.know(node.outs[0]!, node.attrs.value as Tensor);
    // What only moves elements about keeps a number a number.
    if (node.op === 'broadcast' || node.op === 'reshape') {
      const known = this.constantOf(node.ins[0]!);
      if (known) this.know(node.outs[0]!, known);
    }
  }

  /** A value as ring elements or bits; public ones are encoded (once), fixed-point ones with `fraction` bits. */
  wire(id: ValueId, fraction = this.circuit.fraction): Wire {
    const { secret, dtype } = this.type(id);
    if (secret) return this.circuit.wire(this.lowered(id));
    const bits = dtype === 'fxp' ? fraction : 0;
    const key = `${id} ${bits}`;
    const wire = this.#encoded.get(key) ?? this.circuit.encode(this.lowered(id), bits);
    this.#encoded.set(key, wire);
    return wire;
  }

  /** Fraction bits of a value: of fixed-point numbers those of the field, of integers none. */
  fraction(id: ValueId): number {
    return this.type(id).dtype === 'fxp' ? this.circuit.fraction : 0;
  }
}

/** How one op is lowered; its operands are not all public. */
export type Rule = (l: Lowering, node: Node) => Wire;
