/** @file All passes, in the order in which each leaves work for the next. */
import type { Graph } from '../graph.ts';
import { cse } from './cse.ts';
import { dce } from './dce.ts';
import { expand } from './expand.ts';
import { fold } from './fold.ts';

export const optimize = (graph: Graph): Graph => dce(cse(fold(expand(graph))));
