/**
 * @file How long a lowered program is before it runs: its rounds, which are those of its longest path, and its operations.
 * Of a loop that ends by a revealed condition, the most that it may take.
 */
import { betweenShape } from '../../gates/between.ts';
import type { GateAttrs, GateName } from '../../gates/gate-table.ts';
import { covering } from '../../gates/less-than.ts';
import { treeLevels } from '../../gates/multi-and.ts';
import type { Truncation } from '../../gates/open-truncate.ts';
import { usualLevels } from '../../gates/sort-plan.ts';
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import type { Graph } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';
import { isGate } from './analysis.ts';

/** What rounds depend on beside the program. */
interface Setting {
  readonly field: Field;
  readonly parties: number;
}

/** A tree over the digits of so many bits, and the opening of its answer. */
const compared = (bits: number): number => 1 + treeLevels(covering(bits));

const opened = ({ trunc, exact }: Truncation): number => (trunc > 0 && exact ? 2 : 1);

type Rounds<K extends GateName> = (attrs: GateAttrs<K>, setting: Setting) => number;

const one = (): number => 1;
const none = (): number => 0;

/** By gate, as its file says. */
const ROUNDS: { readonly [K in GateName]: Rounds<K> } = {
  input: one,
  reveal: one,
  hide: none,
  guard: none,
  mul: opened,
  square: opened,
  matmul: opened,
  truncate: none,
  truncateExact: one,
  scale: none,
  scaleExact: one,
  less: ({ bits }, { field }) => compared((bits ?? field.bits) - 1),
  borrow: ({ bits }) => compared(bits),
  isZero: () => 2,
  leadingDigit: () => 6,
  between: (attrs, { field }) => 1 + betweenShape(field.bits, attrs).stages.length,
  lessFss: one,
  borrowFss: one,
  isZeroFss: one,
  piecewiseLinearFss: one,
  splineFss: one,
  exponentialFss: one,
  lessInt: ({ bits }) => compared(bits - 1),
  belowInt: ({ bits }) => compared(bits),
  negative: ({ bits }) => compared(bits - 1),
  residue: none,
  bits: ({ bits }) => 2 + Math.ceil(math.log2(Math.max(1, bits / 4 - 1)) / 2),
  select: opened,
  and: one,
  fourier: opened,
  exponential: opened,
  exponentials: one,
  lookup: one,
  oneHot: one,
  randomBits: one,
  shuffle: (_, { parties }) => parties,
  sort: ({ lanes, n, bits }, { parties }) => parties + 1 + usualLevels(lanes, n) * (1 + compared(bits - 1)),
};

/** How long a program is. */
export interface Length {
  readonly rounds: number;
  /** Nodes that run. */
  readonly ops: number;
}

const cache = new WeakMap<Graph, Setting & { readonly length: Length }>();

/** Counts along a graph. */
export const lengthOf = (graph: Graph, { field, parties }: Setting): Length => {
  const known = cache.get(graph);
  if (known && known.field === field && known.parties === parties) return known.length;
  const depth = new Float64Array(graph.types.length);
  let [rounds, ops, floor] = [0, 0, 0];
  for (const node of graph.nodes) {
    const turns = node.body ? trips(node) : 1;
    const inner = node.body && lengthOf(node.body, { field, parties });
    const own = inner
      ? turns * inner.rounds
      : isGate(graph, node)
        ? (ROUNDS[node.op as GateName] as (attrs: object, setting: Setting) => number)(node.attrs, {
            field,
            parties,
          })
        : 0;
    const end = own + node.ins.reduce((most, id) => Math.max(most, depth[id]!), floor);
    for (const id of node.outs) depth[id] = end;
    rounds = Math.max(rounds, end);
    ops += inner ? turns * inner.ops : 1;
    // What stands behind it waits until it has ended.
    if (node.attrs.fence === true || node.op === 'decode') floor = Math.max(floor, end);
  }
  const length = { rounds: rounds + (graph.watched ? 2 : 0), ops };
  cache.set(graph, { field, parties, length });
  return length;
};
