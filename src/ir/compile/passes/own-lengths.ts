/**
 * @file What is divided by the root of its own sum of squares (a z-score, a vector of length 1), or multiplied with the inverse of that: the quotient is no larger than that sum has
 * terms. So it is a product with the inverse of the root, which is made once for all that it divides, and needs no saturation.
 */
import type { ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, ProgramNode } from '../../ops/program.ts';
import { Lookup } from './makers.ts';
import { keep, type Rewriter, rewrite, withBody } from './rewrite.ts';
import { isAlong, spread } from './spread.ts';

const isPositive = (find: Lookup, id: ValueId): boolean => (find.numberOf(id) ?? 0) > 0;

/** The sum that a value is times public numbers above 0, more by such numbers or not, in whatever shape. */
const sumOf = (find: Lookup, id: ValueId): NodeOf<'sum'> | undefined => {
  const node = find.maker(id);
  if (node?.op === 'sum') return node;
  if (node?.op === 'reshape') return sumOf(find, node.ins[0]);
  if (node?.op !== 'mul' && node?.op !== 'div' && node?.op !== 'add') return undefined;
  const [x, y] = node.ins;
  if (isPositive(find, y)) return sumOf(find, x);
  return node.op !== 'div' && isPositive(find, x) ? sumOf(find, y) : undefined;
};

type Root = NodeOf<'sqrt' | 'rsqrt'>;

const rootOf = (find: Lookup, id: ValueId, op: Root['op']): Root | undefined => {
  const node = find.maker(id);
  if (node?.op === 'reshape') return rootOf(find, node.ins[0], op);
  return node?.op === op && node.attrs.fine === undefined ? node : undefined;
};

/** x by its own length, where `y` is that or, by `op`, the inverse of it. */
const byOwnLength = (
  to: Rewriter,
  find: Lookup,
  [x, y]: readonly [ValueId, ValueId],
  op: Root['op'],
  site: ProgramNode['site'],
): ValueId | undefined => {
  const { shape, secret } = to.typeOf(x);
  const length = find.made(y, 'broadcast')?.ins[0] ?? y;
  const root = rootOf(find, length, op);
  const sum = root && sumOf(find, root.ins[0]);
  const square = sum && find.made(sum.ins[0], 'mul');
  if (!square || square.ins.some((id) => id !== x) || !secret) return undefined;
  // Each number is divided by the length of the vector that it stands in.
  const from = to.typeOf(length).shape;
  if (!isAlong(shape, sum.attrs.axes, from)) return undefined;
  const inverse = to.emit('rsqrt', root.ins, { fine: 'unit' }, site);
  return to.emit('mul', [x, spread(to, inverse, from, shape, site)], {}, site);
};

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before. */
export const ownLengths = (graph: OpGraph): OpGraph => {
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    const { op, site } = node;
    const [x, y] = ins as [ValueId, ValueId];
    const made =
      op === 'div'
        ? byOwnLength(to, find, [x, y], 'sqrt', site)
        : op === 'mul'
          ? (byOwnLength(to, find, [x, y], 'rsqrt', site) ?? byOwnLength(to, find, [y, x], 'rsqrt', site))
          : undefined;
    return made === undefined ? keep(to, withBody(node, ownLengths), ins) : [made];
  });
};
