/** @file Common subexpressions: nodes with the same op, operands and attributes become one (ops have no effects). */
import type { Attr, Graph, Node, ValueId } from '../../ops/graph.ts';
import { attrsText, print } from '../../ops/print.ts';
import { typeText } from '../../ops/table.ts';
import { keep, rewrite } from './rewrite.ts';

const sameAttr = (a: Attr | undefined, b: Attr | undefined): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (Array.isArray(a) || Array.isArray(b)) {
    const [x, y] = [a as readonly number[], b as readonly number[]];
    return x.length === y.length && x.every((n, i) => n === y[i]);
  }
  if (!('data' in a && 'data' in b)) return false;
  const [x, y] = [a.data, b.data];
  return a.dtype === b.dtype && x.length === y.length && x.every((n, i) => Object.is(n, y[i]));
};

const sameAttrs = (a: Node, b: Node): boolean =>
  Object.keys(a.attrs).every((k) => sameAttr(a.attrs[k], b.attrs[k]));

/** Ops whose operands may stand in either order. */
const COMMUTATIVE = new Set(['add', 'mul', 'maximum', 'minimum', 'equal', 'and', 'or', 'xor']);

/** Graph -> graph, loop bodies included. */
export const cse = (graph: Graph): Graph => {
  const seen = new Map<string, { readonly node: Node; readonly outs: readonly ValueId[] }>();
  return rewrite(graph, (to, given, ins) => {
    const node = given.body === undefined ? given : { ...given, body: cse(given.body) };
    const operands = COMMUTATIVE.has(node.op) ? [...ins].sort((x, y) => x - y) : ins;
    // Operands say what the results' types are, where there are any.
    const types = ins.length > 0 ? '' : node.outs.map((id) => typeText(graph.types[id]!)).join();
    const body = node.body === undefined ? '' : print(node.body);
    const key = `${node.op}|${operands.join()}|${attrsText(node.attrs)}|${types}|${body}`;
    const known = seen.get(key);
    if (known !== undefined && sameAttrs(known.node, node)) return known.outs;
    const outs = keep(to, node, ins);
    seen.set(key, { node, outs });
    return outs;
  });
};
