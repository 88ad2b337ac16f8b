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

export const optimize = (graph: Graph): Graph => PASSES.reduce((g, pass) => pass(g), graph);
