/** @file A user's program as it was recorded: a graph whose nodes are ops of the catalogue, and loops. */
import type { AttrsOf, LoopAttrs, Operands, OpName } from './catalogue.ts';
import type { Graph, Node, ValueId } from './graph.ts';

/** A node of one op. All ops but the loop have one result. */
export interface NodeOf<K extends OpName> {
  readonly op: K;
  readonly ins: Operands<K, ValueId>;
  readonly outs: readonly [ValueId];
  readonly attrs: AttrsOf<K>;
  readonly body?: never;
  /** The user's call site, `file:line:column`. */
  readonly site?: string;
}

export interface LoopNode extends Node {
  readonly op: 'loop';
  readonly attrs: LoopAttrs;
  readonly body: OpGraph;
}

/** A node of any op, by its name. */
export type OpNode = { [K in OpName]: NodeOf<K> }[OpName];
export type ProgramNode = OpNode | LoopNode;

/** A graph of ops, as a user's function was recorded. */
export interface OpGraph extends Graph {
  readonly nodes: readonly ProgramNode[];
}

/** Whether a tile of the program ends with this node. */
export const isFence = ({ op, attrs }: Pick<Node, 'op' | 'attrs'>): boolean =>
  op === 'reshape' && attrs.fence === true;
