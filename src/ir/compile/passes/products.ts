/** @file Sums of products as products of matrices, of which only the sums are opened and truncated. */
import type { GraphBuilder } from '../../ops/builder.ts';
import { type Graph, type Node, type Shape, sizeOf, type ValueId } from '../../ops/graph.ts';
import { countUses, Lookup } from './makers.ts';
import { keep, rewrite } from './rewrite.ts';

class Emitter {
  readonly to: GraphBuilder;
  readonly site: string | undefined;

  constructor(to: GraphBuilder, node: Node) {
    this.to = to;
    this.site = node.site;
  }

  op(op: string, ins: readonly ValueId[], attrs: Node['attrs'] = {}): ValueId {
    return this.to.emit(op, ins, attrs, { site: this.site })[0]!;
  }

  shape(id: ValueId): Shape {
    return this.to.typeOf(id).shape;
  }

  reshape(x: ValueId, shape: Shape): ValueId {
    return this.op('reshape', [x], { shape: [...shape] });
  }

  /** The axes in another order, if it is another. */
  permute(x: ValueId, perm: readonly number[]): ValueId {
    return perm.every((p, i) => p === i) ? x : this.op('transpose', [x], { perm });
  }
}

/** sum(x y) over `axes` as [b, 1, k] x [b, k, 1]; a public factor that is one number comes out of the sum. */
const sumOfProducts = (e: Emitter, find: Lookup, sum: Node, x: ValueId, y: ValueId): ValueId | undefined => {
  const axes = sum.attrs.axes as readonly number[];
  const shape = e.shape(x);
  const k = sizeOf(axes.map((i) => shape[i]!));
  if (k < 2 || sizeOf(shape) === 0) return undefined;
  const rest = [...shape.keys()].filter((i) => !axes.includes(i));
  const left = rest.map((i) => shape[i]!);
  for (const [number, other] of [
    [x, y],
    [y, x],
  ] as const) {
    if (e.to.typeOf(number).secret || find.numberOf(number) === undefined) continue;
    const one = find.maker(number)!;
    const factor = one.op === 'const' ? number : one.ins[0]!;
    if (e.shape(factor).length !== 0) return undefined;
    const total = e.op('sum', [other], { axes });
    return e.op('mul', [total, left.length === 0 ? factor : e.op('broadcast', [factor], { shape: left })]);
  }
  const cube = (id: ValueId, row: boolean): ValueId =>
    e.reshape(e.permute(id, [...rest, ...axes]), row ? [sizeOf(left), 1, k] : [sizeOf(left), k, 1]);
  return e.reshape(e.op('matmul', [cube(x, true), cube(y, false)]), left);
};

/** Graph -> graph, loop bodies included. */
export const products = (graph: Graph): Graph => {
  const uses = countUses(graph);
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    if (node.body !== undefined) return keep(to, { ...node, body: products(node.body) }, ins);
    const e = new Emitter(to, node);
    const [x] = ins as [ValueId];
    if (node.op === 'sum' && to.typeOf(x).secret && uses[node.ins[0]!] === 1) {
      const product = find.made(x, 'mul');
      const made = product && sumOfProducts(e, find, node, product.ins[0]!, product.ins[1]!);
      if (made !== undefined) return [made];
    }
    return keep(to, node, ins);
  });
};
