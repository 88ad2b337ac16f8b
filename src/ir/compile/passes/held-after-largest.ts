/**
 * @file The largest of numbers that were held above a public one, as a pool after relu has them: the largest is held above it instead, which takes
 * a comparison a result in place of one a number.
 */
import { sizeOf, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, ProgramNode } from '../../ops/program.ts';
import { countUses, Lookup, MOVES } from './makers.ts';
import { keep, type Rewriter, rewrite, withBody } from './rewrite.ts';

/** Uses of values of the new graph. */
type Uses = ReadonlyMap<ValueId, number>;

/** The public number that a value is in every place, as one number. */
const numberIn = (to: Rewriter, find: Lookup, id: ValueId): ValueId | undefined => {
  const node = find.maker(id);
  if (node && MOVES.has(node.op)) return numberIn(to, find, node.ins[0]!);
  return node?.op === 'const' && to.typeOf(id).shape.length === 0 ? id : undefined;
};

const heldAfter = (
  to: Rewriter,
  find: Lookup,
  uses: Uses,
  { attrs, site }: NodeOf<'max'>,
  from: ValueId,
): ValueId | undefined => {
  const moves: ProgramNode[] = [];
  let id = from;
  for (let node = find.maker(id); node && MOVES.has(node.op) && uses.get(id) === 1; node = find.maker(id)) {
    moves.push(node);
    id = node.ins[0]!;
  }
  const held = uses.get(id) === 1 ? find.made(id, 'maximum') : undefined;
  for (const [x, bound] of held ? [held.ins, [held.ins[1], held.ins[0]] as const] : []) {
    const number = numberIn(to, find, bound);
    if (number === undefined || !to.typeOf(x).secret) continue;
    const moved = moves.reduceRight(
      (value, move) => to.emit(move.op as 'reshape', [value], move.attrs as { shape: number[] }, move.site),
      x,
    );
    const largest = to.emit('max', [moved], attrs, site);
    const { shape } = to.typeOf(largest);
    if (sizeOf(shape) >= sizeOf(to.typeOf(x).shape)) return undefined;
    const wide = shape.length === 0 ? number : to.emit('broadcast', [number], { shape: [...shape] }, site);
    return to.emit('maximum', [largest, wide], {}, held!.site);
  }
  return undefined;
};

/** Graph -> graph, loop bodies included. What else asks for the numbers that were held keeps them so. */
export const heldAfterLargest = (graph: OpGraph): OpGraph => {
  const before = countUses(graph);
  const uses = new Map<ValueId, number>();
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    const made = node.op === 'max' ? heldAfter(to, find, uses, node as NodeOf<'max'>, ins[0]!) : undefined;
    const outs = made === undefined ? keep(to, withBody(node, heldAfterLargest), ins) : [made];
    for (const [i, id] of outs.entries()) uses.set(id, before[node.outs[i]!]!);
    return outs;
  });
};
