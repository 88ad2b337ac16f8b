/** @file Building programs: values are numbered in order, and every node is typed by the catalogue of ops as it is added. */
import { fail } from '../../errors.ts';
import type { AttrsOf, LoopAttrs, Operands, OpName } from './catalogue.ts';
import { alloc } from './dtypes.ts';
import type { Attrs, Graph, Node, Tensor, Type, ValueId } from './graph.ts';
import { oneNaN } from './nan.ts';
import type { OpGraph, ProgramNode } from './program.ts';
import { inferTypes } from './types.ts';

/**
 * A node without the fields that it does not have: nodes are made by the ten thousand, and are compared and sent. That it is one of its
 * op, inferTypes has found.
 */
const nodeOf = (
  op: string,
  ins: readonly ValueId[],
  outs: readonly ValueId[],
  attrs: Attrs,
  body: Graph | undefined,
  site: string | undefined,
): ProgramNode => {
  const node: Node =
    body === undefined
      ? site === undefined
        ? { op, ins, outs, attrs }
        : { op, ins, outs, attrs, site }
      : site === undefined
        ? { op, ins, outs, attrs, body }
        : { op, ins, outs, attrs, body, site };
  return node as ProgramNode;
};

interface Copied {
  readonly op: string;
  readonly attrs: Attrs;
  readonly body?: Graph | undefined;
  readonly site?: string | undefined;
}

export class GraphBuilder {
  readonly types: Type[] = [];
  readonly nodes: ProgramNode[] = [];
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

  #add(
    op: string,
    ins: readonly ValueId[],
    attrs: Attrs,
    site: string | undefined,
    body?: Graph,
  ): readonly ValueId[] {
    const given = ins.map((id) => this.typeOf(id));
    const outs = inferTypes(op, given, attrs, body).map((t) => this.#value(t));
    this.nodes.push(nodeOf(op, ins, outs, attrs, body, site));
    return outs.map((id) => this.#known(id, site));
  }

  /** An array without elements hides nothing: it is known to all, and no protocol has to do with it. */
  #known(id: ValueId, site: string | undefined): ValueId {
    const { shape, dtype, secret } = this.types[id]!;
    return secret && shape.includes(0) ? this.constant({ shape, dtype, data: alloc(dtype, 0) }, site) : id;
  }

  /** Adds a node; throws what the op's type rule throws. */
  emit<K extends OpName>(op: K, ins: Operands<K, ValueId>, attrs: AttrsOf<K>, site?: string): ValueId {
    return this.#add(op, ins, attrs, site)[0]!;
  }

  /** Adds a loop. `ins`: carry, then captured values. */
  loop(ins: readonly ValueId[], attrs: LoopAttrs, body: OpGraph, site?: string): readonly ValueId[] {
    return this.#add('loop', ins, attrs, site, body);
  }

  /** Adds a node of a program, or of what claims to be one, on other operands: everything about it is checked. */
  copy({ op, attrs, body, site }: Copied, ins: readonly ValueId[]): readonly ValueId[] {
    return this.#add(op, ins, attrs, site, body);
  }

  /** Adds a node of another program, whose values have `types`, on these operands: without typing it anew where they are what they were. */
  keep(node: ProgramNode, ins: readonly ValueId[], types: readonly Type[]): readonly ValueId[] {
    const { op, attrs, body, site } = node;
    if (body !== undefined) return this.copy(node, ins);
    for (let i = 0; i < ins.length; i++)
      if (this.types[ins[i]!] !== types[node.ins[i]!]) return this.copy(node, ins);
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
    const { shape, dtype, data } = value;
    return this.emit('const', [], { value: { shape, dtype, data: oneNaN(data) } }, site);
  }

  finish(outs: readonly ValueId[]): OpGraph {
    return { ins: this.ins, outs, nodes: this.nodes, types: this.types };
  }
}
