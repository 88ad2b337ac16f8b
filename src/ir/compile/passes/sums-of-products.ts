/** @file Sums of products as products of matrices, of which only the sums are opened and truncated. */
import type { GraphBuilder } from '../../ops/builder.ts';
import type { AttrsOf, Operands, OpName } from '../../ops/catalogue.ts';
import { type Shape, sizeOf, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph } from '../../ops/program.ts';
import { countUses, Lookup } from './makers.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

class Emitter {
  readonly to: GraphBuilder;
  readonly site: string | undefined;

  constructor(to: GraphBuilder, site: string | undefined) {
    this.to = to;
    this.site = site;
  }

  op<K extends OpName>(op: K, ins: Operands<K, ValueId>, attrs: AttrsOf<K>): ValueId {
    return this.to.emit(op, ins, attrs, this.site);
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
const sumOfProducts = (
  e: Emitter,
  find: Lookup,
  sum: NodeOf<'sum'>,
  x: ValueId,
  y: ValueId,
): ValueId | undefined => {
  const { axes } = sum.attrs;
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
    const factor = one.op === 'const' ? number : (one.ins[0] ?? number);
    if (e.shape(factor).length !== 0) return undefined;
    const total = e.op('sum', [other], { axes });
    return e.op(
      'mul',
      [total, left.length === 0 ? factor : e.op('broadcast', [factor], { shape: left })],
      {},
    );
  }
  // A square is known by its one operand.
  const moved = e.permute(x, [...rest, ...axes]);
  const rows = e.reshape(moved, [sizeOf(left), 1, k]);
  const other = y === x ? moved : e.permute(y, [...rest, ...axes]);
  return e.reshape(e.op('matmul', [rows, e.reshape(other, [sizeOf(left), k, 1])], {}), left);
};

/** Graph -> graph, loop bodies included. `most`: sums of more products stay as they are. */
export const products = (graph: OpGraph, most = Number.POSITIVE_INFINITY): OpGraph => {
  const uses = countUses(graph);
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    if (node.op === 'loop')
      return keep(
        to,
        withBody(node, (body) => products(body, most)),
        ins,
      );
    const e = new Emitter(to, node.site);
    const [x] = ins as [ValueId];
    const few = node.op === 'sum' && sizeOf(e.shape(x)) <= most;
    if (few && to.typeOf(x).secret && uses[node.ins[0]] === 1) {
      const product = find.made(x, 'mul');
      const made = product && sumOfProducts(e, find, node, product.ins[0], product.ins[1]);
      if (made !== undefined) return [made];
    }
    return keep(to, node, ins);
  });
};
