/** @file All passes, in the order in which each leaves work for the next. */
import type { Graph } from '../../ops/graph.ts';
import { cse } from './cse.ts';
import { dce } from './dce.ts';
import { expand } from './expand.ts';
import { fold } from './fold.ts';
import { early } from './hoist.ts';
import { products } from './products.ts';
import { simplify } from './simplify.ts';

const PASSES: readonly ((graph: Graph) => Graph)[] = [
  expand,
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
  early,
];

/** A pass has nothing to do on what it has made itself, or has left as it was. */
export const optimize = (graph: Graph): Graph => {
  const done = new Map<(graph: Graph) => Graph, Graph>();
  return PASSES.reduce((g, pass) => {
    if (done.get(pass) === g) return g;
    const made = pass(g);
    done.set(pass, made);
    return made;
  }, graph);
};
