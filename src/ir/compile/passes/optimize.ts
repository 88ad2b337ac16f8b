/** @file All passes, in the order in which each leaves work for the next. */
import type { Field } from '../../../ring/field.ts';
import type { Type } from '../../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../../ops/program.ts';
import { cse } from './cse.ts';
import { dce } from './dce.ts';
import { fold } from './fold.ts';
import { gelu } from './gelu.ts';
import { group } from './group.ts';
import { heldAfterLargest } from './held-after-largest.ts';
import { hoist } from './hoist.ts';
import { inverseLengths } from './inverse-lengths.ts';
import type { WorkOptions } from './op-memory.ts';
import { ownLengths } from './own-lengths.ts';
import { simplify } from './simplify.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { sums } from './sums.ts';
import { products } from './sums-of-products.ts';
import { largest, tile } from './tile.ts';

type Pass = (graph: OpGraph, most?: number) => OpGraph;

/** What passes depend on: bits of the ring (128 if absent); sums of more products than `most` are left alone. */
interface Setting {
  readonly bits?: number;
  readonly most?: number;
}

const PASSES: readonly Pass[] = [
  fold,
  cse,
  dce,
  simplify,
  cse,
  dce,
  gelu,
  softmax,
  softplus,
  heldAfterLargest,
  dce,
  inverseLengths,
  cse,
  ownLengths,
  products,
  fold,
  cse,
  dce,
  sums,
  group,
  hoist,
];

type Finds = (node: ProgramNode, types: readonly Type[]) => boolean;

/** Without a node of which this is true a pass has nothing to do. */
const FINDS: ReadonlyMap<Pass, Finds> = new Map<Pass, Finds>([
  [fold, ({ op, outs }, types) => op !== 'const' && outs.some((id) => !types[id]!.secret)],
  [gelu, ({ op }) => op === 'erf' || op === 'tanh'],
  [softmax, ({ op }) => op === 'exp'],
  [softplus, ({ op }) => op === 'log'],
  [heldAfterLargest, ({ op }) => op === 'max'],
  [inverseLengths, ({ op }) => op === 'div' || op === 'rsqrt'],
  [ownLengths, ({ op }) => op === 'div' || op === 'rsqrt'],
  [products, ({ op }) => op === 'sum'],
]);

const hasAny = ({ nodes, types }: OpGraph, finds: Finds): boolean =>
  nodes.some((node) => finds(node, types) || (node.op === 'loop' && hasAny(node.body, finds)));

/** A pass has nothing to do on what it has made itself, or has left as it was. */
export const optimize = (graph: OpGraph, { bits = 128, most }: Setting = {}): OpGraph => {
  const done = new Map<Pass, OpGraph>();
  return PASSES.reduce((g, pass) => {
    // In a small ring numbers in units of a sum's level have too few digits.
    if (done.get(pass) === g || (pass === ownLengths && bits < 128)) return g;
    const finds = FINDS.get(pass);
    const made = !finds || hasAny(g, finds) ? pass(g, most) : g;
    // Nodes that nobody needs are nothing to constants and duplicates: what had none has none without them.
    if (pass === dce) for (const before of [fold, cse]) if (done.get(before) === g) done.set(before, made);
    done.set(pass, made);
    return made;
  }, graph);
};

/** All passes, for parties with so many bytes of memory: large sums of products are cut before they are one product. */
export const optimizeWithin = (
  graph: OpGraph,
  memory: number | undefined,
  options: WorkOptions & { readonly field: Field },
): OpGraph => {
  const { bits } = options.field;
  if (memory === undefined) return optimize(graph, { bits });
  return dce(products(tile(optimize(graph, { bits, most: largest(memory) }), memory, options)));
};
