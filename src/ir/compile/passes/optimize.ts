/** @file All passes, in the order in which each leaves work for the next. */
import type { OpGraph } from '../../ops/program.ts';
import { cse } from './cse.ts';
import { dce } from './dce.ts';
import { fold } from './fold.ts';
import { hoist } from './hoist.ts';
import { products } from './products.ts';
import { simplify } from './simplify.ts';

const PASSES: readonly ((graph: OpGraph) => OpGraph)[] = [
  fold,
  cse,
  dce,
  simplify,
  cse,
  dce,
  products,
  fold,
  cse,
  dce,
  hoist,
];

/** A pass has nothing to do on what it has made itself, or has left as it was. */
export const optimize = (graph: OpGraph): OpGraph => {
  const done = new Map<(graph: OpGraph) => OpGraph, OpGraph>();
  return PASSES.reduce((g, pass) => {
    if (done.get(pass) === g) return g;
    const made = pass(g);
    done.set(pass, made);
    return made;
  }, graph);
};
