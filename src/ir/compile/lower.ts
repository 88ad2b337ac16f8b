/**
 * @file From what users write to what parties run: a rule per op, keyed by its name. Secret values become ring
 * elements and bits; ops on public values stay as they are and run in the clear at parties and dealer alike.
 */

import { TesseraError } from '../../errors.ts';
import * as math from '../../ring/math/index.ts';
import { isInt } from '../ops/dtypes.ts';
import { RULES } from '../ops/elementwise/lower.ts';
import type { Graph, Node, Tensor, ValueId } from '../ops/graph.ts';
import { integerRules } from '../ops/integer/lower.ts';
import { SECRET_RULES } from '../ops/oblivious/lower.ts';
import { SHAPE_RULES } from '../ops/shape/lower.ts';
import { SMOOTH_RULES } from '../ops/smooth/lower.ts';
import { DECODE } from './analysis.ts';
import { lowerScaled } from './fraction-bits.ts';
import { type CircuitOptions, GraphCircuit, revealTo } from './graph-circuit.ts';
import { objectBits } from './guard-range.ts';
import { ANY, type Span } from './intervals.ts';
import { Lowering, type Rule } from './lowering-state.ts';
import { loweredType } from './ports.ts';
import { beforeNode, boundsOf, inputsOf, resultsOf } from './range-bounds.ts';
import { Watcher, watchedGraph } from './range-watcher.ts';

const rules = integerRules({ ...RULES, ...SHAPE_RULES, ...SECRET_RULES, ...SMOOTH_RULES });

/** Has this op a protocol of its own? Passes expand those that have none. */
export const hasRule = (op: string): boolean => Object.hasOwn(rules, op);

/** Lowers a program. Its inputs and outputs keep their order; secret ones are masked, public ones plain tensors. */
export const lower = (graph: Graph, options: CircuitOptions): Graph => {
  const watcher = options.rangeGuard ? new Watcher(options.field) : undefined;
  const l = lowerAll(graph, options, { watcher });
  const outs = graph.outs.map((id) => {
    const { dtype, secret } = graph.types[id]!;
    return secret && dtype !== 'fxp' && !options.lazyIntegers ? l.canonical(id).id : l.lowered(id);
  });
  const lowered = l.circuit.graph(
    graph.ins.map((id) => l.lowered(id)),
    outs,
  );
  return watchedGraph(lowered, watcher);
};

/** What is known of the inputs of a graph. */
interface Known {
  readonly watcher: Watcher | undefined;
  readonly constants?: ReadonlyMap<ValueId, Tensor>;
  readonly spans?: ReadonlyMap<ValueId, Span>;
  /** For the range guard: powers of two that they stay below. */
  readonly bounds?: ReadonlyMap<ValueId, number>;
}

const lowerAll = (
  graph: Graph,
  options: CircuitOptions,
  { watcher, constants: known = new Map(), spans = new Map(), bounds = new Map() }: Known,
): Lowering => {
  const circuit = new GraphCircuit(options, watcher);
  const l = new Lowering(circuit, graph);
  for (const id of graph.ins) {
    l.bind(id, circuit.value(loweredType(graph.types[id]!)));
    const constant = known.get(id);
    if (constant) l.know(id, constant);
    const span = spans.get(id);
    if (span) l.setSpan(id, span);
  }
  inputsOf(l, bounds);
  for (const node of graph.nodes) {
    circuit.site = node.site;
    beforeNode(l, node);
    lowerNode(l, node, options);
    if (node.op !== 'loop') l.bound(node);
    resultsOf(l, node);
  }
  return l;
};

const lowerNode = (l: Lowering, node: Node, options: CircuitOptions): void => {
  if (node.op === 'loop') lowerLoop(l, node, options);
  else if (node.op === 'reveal' && l.type(node.ins[0]!).secret) lowerReveal(l, node, options);
  else if (node.op === 'epsilon') lowerEpsilon(l, node);
  else if (node.outs.every((id) => !l.graph.types[id]!.secret)) l.copy(node);
  else {
    const rule = ruleOf(node);
    const made = lowerScaled(l, node, rule) ?? rule(l, node);
    const out = node.outs[0]!;
    const end = (id: ValueId): ValueId => (node.attrs.fence === true ? fence(l.circuit, id) : id);
    if ('wire' in made) l.bindScaled(out, { ...made, wire: l.circuit.wire(end(made.wire.id)) });
    else l.bind(out, end(made.id));
  }
};

/** The same value, with which a piece of the program ends. */
const fence = (circuit: GraphCircuit, id: ValueId): ValueId =>
  circuit.node('reshape', [id], { fence: true }, [circuit.types[id]!])[0]!;

/** Opened to every party, and from there on plain data, of which the dealer hears. */
const lowerReveal = (l: Lowering, { ins: [x], outs: [y] }: Node, { parties }: CircuitOptions): void => {
  const { circuit } = l;
  const wire = isInt(l.type(x!).dtype) ? l.canonical(x!) : l.wire(x!);
  if (parties === undefined)
    throw new TesseraError('INVALID_ARGUMENT', 'np.reveal needs to know how many parties run the program');
  const everybody = Array.from({ length: parties }, (_, rank) => rank);
  const shown = revealTo(circuit, wire, everybody);
  const attrs = { fraction: l.fraction(x!) };
  l.bind(y!, circuit.node(DECODE, [shown.id], attrs, [l.type(y!)])[0]!);
};

/** Known as soon as field and fraction are. The largest: what every number that a program may have is below, and still can be compared. */
const lowerEpsilon = (l: Lowering, { outs: [x], attrs }: Node): void => {
  const { field, fraction, watched } = l.circuit;
  const bits = attrs.largest !== true ? 0 : watched ? objectBits(field) : field.bits - 3;
  const value: Tensor = { shape: [], dtype: 'fxp', data: Float64Array.of(math.pow2(bits - fraction)) };
  l.bind(x!, l.circuit.tensor(value));
  l.know(x!, value);
};

const ruleOf = (node: Node): Rule => {
  if (Object.hasOwn(rules, node.op)) return rules[node.op]!;
  const site = node.site ? ` (${node.site})` : '';
  throw new TesseraError('UNSUPPORTED', `np.${node.op} is not available on secret values${site}`, {
    op: node.op,
    site: node.site,
  });
};

/** What is known of captured values stays known inside a body. Integers that it carries on are residues. */
const lowerLoop = (l: Lowering, node: Node, options: CircuitOptions): void => {
  const body = node.body!;
  const known = new Map<ValueId, Tensor>();
  const spans = new Map<ValueId, Span>();
  node.ins.forEach((id, i) => {
    spans.set(body.ins[i + 1]!, i < node.outs.length ? ANY : l.span(id));
    const constant = i >= node.outs.length ? l.constantOf(id) : undefined;
    if (constant) known.set(body.ins[i + 1]!, constant);
  });
  const lowered = lowerAll(body, options, {
    watcher: l.circuit.watched?.watcher,
    constants: known,
    spans,
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
    l.setSpan(id, ANY);
  }
};
