/**
 * @file From what users write to what parties run: a rule an op (ops/<subject>/lower.ts). Secret values become ring
 * elements and bits; ops on public values stay as they are and run in the clear at parties and dealer alike.
 */

import { TesseraError } from '../../errors.ts';
import type { Wire } from '../../fixed/circuit.ts';
import type { OpName } from '../ops/catalogue.ts';
import { LOWER_ELEMENTWISE } from '../ops/elementwise/lower.ts';
import type { Attrs, Graph, Tensor, ValueId } from '../ops/graph.ts';
import { LOWER_INTEGER } from '../ops/integer/lower.ts';
import { isMissing } from '../ops/missing.ts';
import { LOWER_OBLIVIOUS } from '../ops/oblivious/lower.ts';
import { isFence, type LoopNode, type OpGraph, type OpNode, type ProgramNode } from '../ops/program.ts';
import { LOWER_SHAPE } from '../ops/shape/lower.ts';
import { LOWER_SMOOTH } from '../ops/smooth/lower.ts';
import { type CircuitOptions, GraphCircuit } from './graph-circuit.ts';
import { ANY, type Interval } from './intervals.ts';
import { eachLevel, madeNow } from './levels.ts';
import { Lowering, type LowerTable, type Public } from './lowering-state.ts';
import { sumForMean } from './means.ts';
import { takenTogether } from './parts.ts';
import { planner } from './plan.ts';
import { loweredType } from './ports.ts';
import { beforeNode, boundsOf, inputsOf, resultsOf } from './range-bounds.ts';
import { Watcher, watchedGraph } from './range-watcher.ts';
import { Rows } from './rows.ts';
import { lowerScaled } from './scaled-rules.ts';

const LOWER: LowerTable<OpName> = {
  ...LOWER_ELEMENTWISE,
  ...LOWER_INTEGER,
  ...LOWER_SHAPE,
  ...LOWER_OBLIVIOUS,
  ...LOWER_SMOOTH,
};

/** Lowers a program. Its inputs and outputs keep their order; secret ones are masked, public ones plain tensors. */
export const lower = (graph: OpGraph, options: CircuitOptions): Graph => {
  const watcher = options.rangeGuard ? new Watcher(options.field) : undefined;
  const l = lowerAll(graph, options, { watcher });
  const outs = graph.outs.map((id) => {
    const { dtype, secret } = graph.types[id]!;
    return secret && dtype !== 'fxp' && !options.lazyIntegers ? l.canonical(id).id : l.lowered(id);
  });
  const lowered = takenTogether(
    l.circuit.graph(
      graph.ins.map((id) => l.lowered(id)),
      outs,
    ),
  );
  return watchedGraph(lowered, watcher);
};

/** What is known of the inputs of a graph. */
interface Known {
  readonly watcher: Watcher | undefined;
  readonly constants?: ReadonlyMap<ValueId, Tensor>;
  readonly intervals?: ReadonlyMap<ValueId, Interval>;
  /** For the range guard: powers of two that they stay below. */
  readonly bounds?: ReadonlyMap<ValueId, number>;
}

const lowerAll = (
  graph: OpGraph,
  options: CircuitOptions,
  { watcher, constants: known = new Map(), intervals = new Map(), bounds = new Map() }: Known,
): Lowering => {
  const circuit = new GraphCircuit(options, watcher, planner);
  const l = new Lowering(circuit, graph);
  for (const id of graph.ins) {
    l.bind(id, circuit.value(loweredType(graph.types[id]!)));
    const constant = known.get(id);
    if (constant) l.know(id, constant);
    const interval = intervals.get(id);
    if (interval) l.noteInterval(id, interval);
  }
  inputsOf(l, bounds);
  // What is watched is named by its node.
  const rows = watcher ? undefined : new Rows(graph);
  for (const [place, node] of graph.nodes.entries()) {
    circuit.site = node.site;
    if (rows?.lower(l, place)) continue;
    beforeNode(l, node);
    lowerNode(l, node, options);
    if (node.op !== 'loop') l.bound(node);
    resultsOf(l, node);
  }
  return l;
};

const lowerNode = (l: Lowering, node: ProgramNode, options: CircuitOptions): void => {
  if (node.op === 'loop') {
    lowerLoop(l, node, options);
    return;
  }
  const [out] = node.outs;
  const secret = l.type(out).secret || node.ins.some((id) => l.type(id).secret);
  // What is public runs in the clear as it stands, unless it is a matter of the field.
  if (!secret && node.op !== 'epsilon') {
    l.copy(node);
    return;
  }
  const rule = ruleOf(node);
  const made = lowerScaled(l, node, () => rule(l, node)) ?? rule(l, node);
  const end = (id: ValueId): ValueId =>
    isFence(node) ? l.circuit.fence(id, (node.attrs as Attrs).outside === true) : id;
  const forMean = sumForMean(l, node);
  if (forMean) l.bindForMean(out, forMean);
  if ('plain' in made) l.bind(out, made.plain);
  else if ('wire' in made) {
    const ended = (wire: Wire): Wire => l.circuit.wire(end(wire.id));
    // A piece makes all that is made of it.
    const levels = isFence(node) && made.levels && madeNow(eachLevel(made.levels, ended));
    l.bindScaled(out, { ...made, wire: ended(made.wire), ...(levels && { levels }) });
  } else l.bind(out, end(made.id));
};

/** The rule of a node's op. Throws UNSUPPORTED, saying why, where there is none. */
const ruleOf = ({ op, site }: OpNode): ((l: Lowering, node: OpNode) => Wire | Public) => {
  const rule = LOWER[op];
  if (!isMissing(rule)) return rule as (l: Lowering, node: OpNode) => Wire | Public;
  const at = site ? ` (${site})` : '';
  throw new TesseraError('UNSUPPORTED', `np.${op} is not available on secret values: ${rule.missing}${at}`, {
    op,
    site,
  });
};

/** What is known of captured values stays known inside a body. Integers that it carries on are residues. */
const lowerLoop = (l: Lowering, node: LoopNode, options: CircuitOptions): void => {
  const { body } = node;
  const known = new Map<ValueId, Tensor>();
  const intervals = new Map<ValueId, Interval>();
  node.ins.forEach((id, i) => {
    intervals.set(body.ins[i + 1]!, i < node.outs.length ? ANY : l.integerInterval(id));
    const constant = i >= node.outs.length ? l.constantOf(id) : undefined;
    if (constant) known.set(body.ins[i + 1]!, constant);
  });
  const lowered = lowerAll(body, options, {
    watcher: l.circuit.watched?.watcher,
    constants: known,
    intervals,
    bounds: boundsOf(l, node),
  });
  const inner = lowered.circuit.graph(
    body.ins.map((id) => lowered.lowered(id)),
    body.outs.map((id) => lowered.lowered(id)),
  );
  const types = node.outs.map((id) => loweredType(l.graph.types[id]!));
  const ins = node.ins.map((id) => l.lowered(id));
  const outs = l.circuit.node('loop', ins, node.attrs, types, inner);
  for (const [i, id] of node.outs.entries()) {
    l.bind(id, outs[i]!);
    l.noteInterval(id, ANY);
  }
};
