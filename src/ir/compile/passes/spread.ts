/** @file Numbers of rows, as programs spread them over the elements of those: given axes of length 1, and broadcast. */
import type { Shape, ValueId } from '../../ops/graph.ts';
import type { ProgramNode } from '../../ops/program.ts';
import type { Rewriter } from './rewrite.ts';

/** Whether an array of shape `from` that is broadcast to `shape` has one number for all places along these axes. */
export const isAlong = (shape: Shape, axes: readonly number[], from: Shape): boolean => {
  const lead = shape.length - from.length;
  return lead >= 0 && shape.every((n, i) => (axes.includes(i) ? 1 : n) === (from[i - lead] ?? 1));
};

/** `id` in the shape `from`, and broadcast to `shape`. */
export const spread = (
  to: Rewriter,
  id: ValueId,
  from: Shape,
  shape: Shape,
  site: ProgramNode['site'],
): ValueId => {
  const same = to.typeOf(id).shape.length === from.length;
  const shaped = same ? id : to.emit('reshape', [id], { shape: [...from] }, site);
  return to.emit('broadcast', [shaped], { shape: [...shape] }, site);
};
