/** @file Building graphs: values are numbered in order, and every node is typed by the op table as it is added. */

import { fail } from '../../errors.ts';
import type { Attrs, Graph, Node, Tensor, Type, ValueId } from './graph.ts';
import { oneNaN } from './nan.ts';
import { inferTypes } from './table.ts';

/** A node without the fields that it does not have: nodes are made by the ten thousand, and are compared and sent. */
const nodeOf = (
  op: string,
  ins: readonly ValueId[],
  outs: readonly ValueId[],
  attrs: Attrs,
  body: Graph | undefined,
  site: string | undefined,
): Node =>
  body === undefined
    ? site === undefined
      ? { op, ins, outs, attrs }
      : { op, ins, outs, attrs, site }
    : site === undefined
      ? { op, ins, outs, attrs, body }
      : { op, ins, outs, attrs, body, site };

export class GraphBuilder {
  readonly types: Type[] = [];
  readonly nodes: Node[] = [];
  readonly ins: ValueId[] = [];

  #value(type: Type): ValueId {
    return this.types.push(type) - 1;
  }

  input(type: Type): ValueId {
    const id = this.#value(type);
    this.ins.push(id);
    return id;
  }

  typeOf(id: ValueId): Type {
    return this.types[id] ?? fail('INVALID_ARGUMENT', `value ${id} is not in the graph`);
  }

  /** Adds a node; throws what the op's type rule throws. */
  emit(
    op: string,
    ins: readonly ValueId[],
    attrs: Attrs = {},
    more: { readonly body?: Graph | undefined; readonly site?: string | undefined } = {},
  ): ValueId[] {
    const { body, site } = more;
    const types = inferTypes(
      op,
      ins.map((id) => this.typeOf(id)),
      attrs,
      body,
    );
    const outs = types.map((t) => this.#value(t));
    this.nodes.push(nodeOf(op, ins, outs, attrs, body, site));
    return outs;
  }

  /** Adds a node of another graph, whose values have `types`, on these operands: without typing it anew where they are what they were. */
  keep(node: Node, ins: readonly ValueId[], types: readonly Type[]): readonly ValueId[] {
    const { op, attrs, body, site } = node;
    if (body !== undefined) return this.emit(op, ins, attrs, node);
    for (let i = 0; i < ins.length; i++)
      if (this.types[ins[i]!] !== types[node.ins[i]!]) return this.emit(op, ins, attrs, node);
    let same = ins === node.ins;
    for (const id of node.outs) if (this.#value(types[id]!) !== id) same = false;
    if (same) {
      this.nodes.push(node);
      return node.outs;
    }
    const first = this.types.length - node.outs.length;
    const outs = node.outs.map((_, i) => first + i);
    this.nodes.push(nodeOf(op, ins, outs, attrs, undefined, site));
    return outs;
  }

  constant(value: Tensor, site?: string): ValueId {
    return this.emit(
      'const',
      [],
      { value: { shape: value.shape, dtype: value.dtype, data: oneNaN(value.data) } },
      { site },
    )[0]!;
  }

  finish(outs: readonly ValueId[]): Graph {
    return { ins: this.ins, outs, nodes: this.nodes, types: this.types };
  }
}
