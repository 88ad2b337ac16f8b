/** @file How often the body of a loop runs. */
import { fail } from '../../errors.ts';
import type { Node, Tensor } from './graph.ts';

/** Iterations of a loop node: the most there may be, if a revealed condition ends it. */
export const trips = (node: Pick<Node, 'attrs'>): number =>
  Math.max(0, (node.attrs.hi as number) - (node.attrs.lo as number));

/**
 * Does a loop end before this turn (from 0)? Where a revealed condition ends it, its first carry is the condition. Throws RANGE
 * when that has not ended it after all its turns.
 */
export const isOver = (node: Pick<Node, 'attrs' | 'site'>, turn: number, condition: Tensor): boolean => {
  if (node.attrs.while !== true) return turn === trips(node);
  if (condition.data[0] === 0) return true;
  if (turn < trips(node)) return false;
  const site = node.site === undefined ? '' : ` (${node.site})`;
  return fail(
    'RANGE',
    `np.whileRevealed: the condition still holds after ${turn} turns: raise maxIterations, or see that it ends${site}`,
    { turns: turn, site: node.site },
  );
};
