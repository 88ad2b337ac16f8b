/**
 * @file Long sums of secret numbers that were written one addition after the other: what is added several times is multiplied instead,
 * and many small terms are the sum of one array. Sums are exact, in whatever order.
 */
import { GraphBuilder } from '../../ops/builder.ts';
import { sizeOf, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, ProgramNode } from '../../ops/program.ts';
import { countUses } from './makers.ts';
import { rewrite, withBody } from './rewrite.ts';

/** Additions of a sum that is worth it, and terms of a sum that becomes one of an array. */
const LONG = 16;
/** Elements of a term that goes into an array. */
const SMALL = 64;

type Addition = NodeOf<'add'> | NodeOf<'sub'>;

/** How often each term is added: fewer than 0 times where it is subtracted. */
type Terms = ReadonlyMap<ValueId, number>;

interface Sums {
  /** By its result. */
  readonly terms: ReadonlyMap<ValueId, Terms>;
  /** Sums on the way to one of these. */
  readonly inner: ReadonlySet<ValueId>;
}

const sumsOf = (graph: OpGraph): Sums => {
  const { nodes, types } = graph;
  const uses = countUses(graph);
  const additions = new Map<ValueId, Addition>();
  const inner = new Set<ValueId>();
  for (const node of nodes) {
    if (node.op !== 'add' && node.op !== 'sub') continue;
    const type = types[node.outs[0]]!;
    if (type.dtype !== 'fxp' || !type.secret) continue;
    additions.set(node.outs[0], node);
    for (const id of node.ins) if (uses[id] === 1 && additions.has(id)) inner.add(id);
  }
  const all = new Map<ValueId, Terms>();
  const kept = new Set<ValueId>();
  for (const [out, root] of additions) {
    if (inner.has(out)) continue;
    const terms = new Map<ValueId, number>();
    const stack: { readonly node: Addition; readonly sign: number }[] = [{ node: root, sign: 1 }];
    const own: ValueId[] = [];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node, sign } = next;
      const { ins } = node;
      for (const [id, times] of [
        [ins[1], node.op === 'sub' ? -sign : sign],
        [ins[0], sign],
      ] as const) {
        if (inner.has(id)) {
          stack.push({ node: additions.get(id)!, sign: times });
          own.push(id);
        } else terms.set(id, (terms.get(id) ?? 0) + times);
      }
    }
    if (own.length + 1 < LONG || !isWorthIt(graph, terms, own.length + 1)) continue;
    all.set(out, terms);
    for (const id of own) kept.add(id);
  }
  return { terms: all, inner: kept };
};

/** Public numbers are encoded one by one, so none may be there twice. */
const isWorthIt = ({ types }: OpGraph, terms: Terms, additions: number): boolean => {
  let secrets = 0;
  for (const [id, times] of terms) {
    if (types[id]!.secret) secrets += times === 0 ? 0 : 1;
    else if (Math.abs(times) !== 1) return false;
  }
  const [first] = terms.keys();
  return secrets > 0 && (2 * terms.size <= additions || sizeOf(types[first!]!.shape) <= SMALL);
};

/** The terms in a new graph, added up. */
const added = (
  to: GraphBuilder,
  terms: Terms,
  names: readonly ValueId[],
  site: string | undefined,
): ValueId => {
  const given = [...terms].map(([id, times]) => ({ id: names[id]!, times }));
  const { shape } = to.typeOf(given[0]!.id);
  const isSecret = ({ id }: { readonly id: ValueId }): boolean => to.typeOf(id).secret;
  const parts: { id: ValueId; minus: boolean }[] = [];
  for (const minus of [false, true]) {
    const once = given.filter((t) => isSecret(t) && t.times === (minus ? -1 : 1)).map(({ id }) => id);
    if (once.length < LONG) parts.push(...once.map((id) => ({ id, minus })));
    else {
      const rows = once.map((id) => to.emit('reshape', [id], { shape: [1, ...shape] }, site));
      const all = to.emit('concat', rows as [ValueId, ...ValueId[]], { axis: 0 }, site);
      parts.push({ id: to.emit('sum', [all], { axes: [0] }, site), minus });
    }
  }
  for (const { id, times } of given.filter((t) => isSecret(t) && Math.abs(t.times) > 1)) {
    const one = to.constant({ shape: [], dtype: 'fxp', data: Float64Array.of(Math.abs(times)) }, site);
    const factor = shape.length === 0 ? one : to.emit('broadcast', [one], { shape: [...shape] }, site);
    parts.push({ id: to.emit('mul', [id, factor], {}, site), minus: times < 0 });
  }
  // A sum begins with what is added, where there is such.
  parts.sort((a, b) => Number(a.minus) - Number(b.minus));
  parts.push(...given.filter((t) => !isSecret(t)).map(({ id, times }) => ({ id, minus: times < 0 })));
  const [first, ...rest] = parts as [(typeof parts)[0], ...typeof parts];
  const begin = first.minus ? to.emit('neg', [first.id], {}, site) : first.id;
  return rest.reduce((sum, { id, minus }) => to.emit(minus ? 'sub' : 'add', [sum, id], {}, site), begin);
};

/** Graph -> graph, loop bodies included. */
export const sums = (graph: OpGraph): OpGraph => {
  const inside = graph.nodes.some((node) => node.op === 'loop')
    ? rewrite(graph, (to, node, ins) => to.keep(withBody(node, sums), ins, to.from.types))
    : graph;
  const { terms, inner } = sumsOf(inside);
  if (terms.size === 0) return inside;
  const to = new GraphBuilder();
  const names: ValueId[] = [];
  for (const id of inside.ins) names[id] = to.input(inside.types[id]!);
  for (const node of inside.nodes satisfies readonly ProgramNode[]) {
    const [out] = node.outs;
    if (out !== undefined && inner.has(out)) continue;
    const own = out === undefined ? undefined : terms.get(out);
    if (own) names[out!] = added(to, own, names, node.site);
    else {
      const outs = to.keep(
        node,
        node.ins.map((id) => names[id]!),
        inside.types,
      );
      for (const [i, id] of node.outs.entries()) names[id] = outs[i]!;
    }
  }
  return to.finish(inside.outs.map((id) => names[id]!));
};
