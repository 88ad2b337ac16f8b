/** @file Building graphs: values are numbered in order, and every node is typed by the op table as it is added. */

import { fail } from '../../errors.ts';
import type { Attrs, Graph, Node, Tensor, Type, ValueId } from './graph.ts';
import { oneNaN } from './nan.ts';
import { inferTypes } from './table.ts';

/** A node without the fields that it does not have: nodes are made by the ten thousand, and are compared and sent. */
export const nodeOf = (
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
