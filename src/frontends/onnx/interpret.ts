/** @file Runs a model: each node is a few calls of `np`, so that it runs in the clear, in the protocol, under gradients. */
import { fail, TesseraError } from '../../errors.ts';
import type { BaseArray } from '../../ir/trace/array.ts';
import { beyondOf, carried, marked } from '../beyond.ts';
import { representable } from '../finite.ts';
import type { Operation } from '../operations.ts';
import { Call, isPublic, type Rule, type Run } from './call.ts';
import { carryOf, TAKES_INFINITE } from './carries.ts';
import {
  type Attribute,
  type Graph,
  keyOf,
  LIMITS,
  type Model,
  type ModelFunction,
  type Node,
  ONNX,
  type Tensor,
} from './model.ts';
import { activations } from './rules/activations.ts';
import { attention } from './rules/attention.ts';
import { control } from './rules/control.ts';
import { convolutions } from './rules/convolutions.ts';
import { elementwise } from './rules/elementwise.ts';
import { encoders } from './rules/encoders.ts';
import { indexing } from './rules/indexing.ts';
import { learners } from './rules/learners.ts';
import { losses } from './rules/losses.ts';
import { moves } from './rules/moves.ts';
import { norms } from './rules/norms.ts';
import { pools } from './rules/pools.ts';
import { products } from './rules/products.ts';
import { quantised } from './rules/quantised.ts';
import { recurrent } from './rules/recurrent.ts';
import { reductions } from './rules/reductions.ts';
import { resizing } from './rules/resizing.ts';
import { shapes } from './rules/shapes.ts';
import { spectra } from './rules/spectra.ts';
import { training } from './rules/training.ts';
import { trees } from './rules/trees.ts';
import { vectors } from './rules/vectors.ts';

const RULES: Readonly<Record<string, Rule>> = {
  ...activations,
  ...attention,
  ...control,
  ...convolutions,
  ...elementwise,
  ...encoders,
  ...indexing,
  ...learners,
  ...losses,
  ...moves,
  ...norms,
  ...pools,
  ...products,
  ...quantised,
  ...recurrent,
  ...reductions,
  ...resizing,
  ...shapes,
  ...spectra,
  ...training,
  ...trees,
  ...vectors,
};

/** Nodes that are run, turns of loops counted. */
const MOST_NODES = 2_000_000;

type Scope = Map<string, BaseArray>;
type Scopes = readonly Scope[];

export interface Inputs {
  readonly arrays: ReadonlyMap<string, BaseArray>;
  readonly array: (tensor: Tensor) => BaseArray;
}

/** Each operation of a model with its place, those inside of branches, loops and functions too. */
export const operationsOf = (model: Model): Operation[] => {
  const found: Operation[] = [];
  const walk = (nodes: readonly Node[]): void => {
    for (const { op, domain, place, attributes } of nodes) {
      const key = keyOf(domain, op);
      if (!model.functions.has(key)) found.push({ op: key, place, isKnown: Object.hasOwn(RULES, key) });
      for (const a of attributes.values()) if (a.kind === 'graph') walk(a.value.nodes);
    }
  };
  walk(model.graph.nodes);
  for (const { nodes } of model.functions.values()) walk(nodes);
  return found;
};

/** Outputs of the model's graph, by name. Throws SHAPE, DTYPE and UNSUPPORTED with the node's place. */
export const runModel = (model: Model, { arrays, array }: Inputs): Map<string, BaseArray> => {
  const words = new Map(model.words.map((text, i) => [text, i]));
  const calls: string[] = [];
  let budget = MOST_NODES;

  const lookUp = (scopes: Scopes, name: string): BaseArray | undefined => {
    for (const scope of scopes) {
      const x = scope.get(name);
      if (x !== undefined) return x;
    }
    return undefined;
  };

  const runNodes = (nodes: readonly Node[], scopes: Scopes, opsets: ReadonlyMap<string, number>): void => {
    const own = scopes[0] as Scope;
    const run: Run = {
      opset: (domain) => opsets.get(domain) ?? model.opsets.get(domain) ?? 1,
      array,
      word: (text) => words.get(text) ?? -1,
      graph: (graph, inputs) => runGraph(graph, inputs, scopes, opsets),
    };
    for (const node of nodes) {
      if (--budget < 0)
        fail(
          'UNSUPPORTED',
          `its loops run more than ${MOST_NODES} nodes, the last ${node.op} at ${node.place}`,
          {
            op: node.op,
            place: node.place,
          },
        );
      const inputs = node.inputs.map((name) => {
        if (name === '') return undefined;
        return (
          lookUp(scopes, name) ??
          fail(
            'SERIALIZATION',
            `${node.op} at ${node.place}: nothing before it makes ${JSON.stringify(name)}`,
            {
              op: node.op,
              place: node.place,
            },
          )
        );
      });
      for (const [i, result] of runNode(node, inputs, run, opsets).entries()) {
        const name = node.outputs[i] ?? '';
        if (name !== '' && result) own.set(name, result);
      }
    }
  };

  const runNode = (
    node: Node,
    inputs: readonly (BaseArray | undefined)[],
    run: Run,
    opsets: ReadonlyMap<string, number>,
  ): readonly (BaseArray | undefined)[] => {
    const key = keyOf(node.domain, node.op);
    const isMixed = inputs.some((x) => x && !isPublic(x));
    const given = isMixed && !TAKES_INFINITE.has(key) ? inputs.map((x) => x && representable(x)) : inputs;
    try {
      const rule = Object.hasOwn(RULES, key) ? RULES[key] : undefined;
      const own = model.functions.get(key);
      if (own) return callFunction(node, own, inputs, opsets);
      const call = new Call(node, given, run);
      if (!rule) return call.unsupported('nothing here does what this operation does');
      const carry = isMixed ? carryOf(node, key) : undefined;
      const mark =
        carry &&
        carried(
          carry,
          inputs.map((x) => x && beyondOf(x)),
        );
      const results = rule(call);
      const all = Array.isArray(results) ? results : [results as BaseArray];
      return mark ? all.map((x) => x && marked(x, mark)) : all;
    } catch (e) {
      if (!(e instanceof TesseraError) || 'place' in e.info) throw e;
      const { op, place } = node;
      throw new TesseraError(e.code, `${op} at ${place}: ${e.message}`, { ...e.info, op, place }, e);
    }
  };

  const enter = <T>(name: string, node: { readonly place: string }, inner: () => T): T => {
    if (calls.length >= LIMITS.depth || calls.includes(name))
      return fail('UNSUPPORTED', `${name} calls itself, at ${node.place}`, { place: node.place });
    calls.push(name);
    try {
      return inner();
    } finally {
      calls.pop();
    }
  };

  /** A function of the model: its nodes with the caller's attributes in place of references. */
  const callFunction = (
    node: Node,
    f: ModelFunction,
    inputs: readonly (BaseArray | undefined)[],
    opsets: ReadonlyMap<string, number>,
  ): (BaseArray | undefined)[] =>
    enter(keyOf(f.domain, f.name), node, () => {
      const scope: Scope = new Map();
      for (const [i, name] of f.inputs.entries()) {
        const x = inputs[i];
        if (x) scope.set(name, x);
      }
      const given = (name: string): Attribute | undefined =>
        node.attributes.get(name) ?? f.defaults.get(name);
      const nodes = f.nodes.map((n) => resolved(n, given, new Set(f.inputs.filter((_, i) => !inputs[i]))));
      runNodes(nodes, [scope], f.opsets.size > 0 ? f.opsets : opsets);
      return f.outputs.map((name) => scope.get(name));
    });

  const runGraph = (
    graph: Graph,
    inputs: readonly BaseArray[],
    outer: Scopes,
    opsets: ReadonlyMap<string, number>,
  ): BaseArray[] => {
    const scope: Scope = new Map();
    const scopes = [scope, ...outer];
    for (const tensor of graph.tensors) scope.set(tensor.name, array(tensor));
    for (const [i, { name }] of graph.inputs.entries()) {
      const x = inputs[i];
      if (x) scope.set(name, x);
    }
    runNodes(graph.nodes, scopes, opsets);
    return graph.outputs.map(
      ({ name }) =>
        lookUp(scopes, name) ??
        fail('SERIALIZATION', `nothing makes ${JSON.stringify(name)}, which the graph gives back`, {
          place: graph.name,
        }),
    );
  };

  const ordered = model.graph.inputs.map(({ name }) => arrays.get(name));
  const own = model.opsets.get(ONNX) ?? 1;
  const results = runGraph(model.graph, ordered as BaseArray[], [], new Map([[ONNX, own], ...model.opsets]));
  return new Map(model.graph.outputs.map(({ name }, i) => [name, results[i] as BaseArray]));
};

/** A node of a function with references to attributes replaced, and inputs that were left out left out. */
const resolved = (
  node: Node,
  given: (name: string) => Attribute | undefined,
  missing: ReadonlySet<string>,
): Node => {
  const attributes = new Map<string, Attribute>();
  for (const [key, a] of node.attributes) {
    const value = a.kind === 'reference' ? given(a.value) : a;
    if (value?.kind === 'graph')
      attributes.set(key, {
        kind: 'graph',
        value: { ...value.value, nodes: value.value.nodes.map((n) => resolved(n, given, missing)) },
      });
    else if (value) attributes.set(key, value);
  }
  return {
    ...node,
    attributes,
    inputs: node.inputs.map((name) => (missing.has(name) ? '' : name)),
  };
};
