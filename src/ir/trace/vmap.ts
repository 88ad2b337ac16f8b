/**
 * @file Batching: a graph for one example replayed on many at once. Values that depend on the example carry a new first
 * axis; the others stay as they are. Every op stays one op, so rounds do not grow with the batch.
 */
import { fail } from '../../errors.ts';
import type { OpName } from '../ops/catalogue.ts';
import { ELEMENTWISE } from '../ops/elementwise/catalogue.ts';
import type { ValueId } from '../ops/graph.ts';
import { INTEGER } from '../ops/integer/catalogue.ts';
import { isMissing } from '../ops/missing.ts';
import { BATCH_OBLIVIOUS } from '../ops/oblivious/batch.ts';
import type { LoopNode, OpGraph, OpNode, ProgramNode } from '../ops/program.ts';
import { BATCH_SHAPE } from '../ops/shape/batch.ts';
import { SMOOTH } from '../ops/smooth/catalogue.ts';
import type { BaseArray } from './array.ts';
import { type Batched, type BatchTable, type Call, everywhere, forAll, wide } from './batch-rule.ts';
import { atSite } from './callsite.ts';
import { repeat } from './loop.ts';
import { replayNode } from './replay.ts';

const BATCH: BatchTable<OpName> = {
  ...forAll(ELEMENTWISE, everywhere),
  ...forAll(INTEGER, everywhere),
  ...forAll(SMOOTH, everywhere),
  ...BATCH_SHAPE,
  ...BATCH_OBLIVIOUS,
};

const batchedNode = (node: OpNode, call: Call): BaseArray => {
  const rule = BATCH[node.op];
  if (isMissing(rule))
    return fail('UNSUPPORTED', `np.vmap: ${node.op} has no batched form: ${rule.missing}`, {
      op: node.op,
      site: node.site,
    });
  // Operands and attributes are those of the op.
  return (rule as unknown as (c: Call) => BaseArray)(call);
};

/** Which values depend on the batched inputs. */
const dependent = (graph: OpGraph, ins: readonly boolean[]): Set<ValueId> => {
  const reached = new Set(graph.ins.filter((_, i) => ins[i]));
  for (const node of graph.nodes) {
    const flags = node.ins.map((id) => reached.has(id));
    const outs = node.op === 'loop' ? batchedCarries(node, flags) : node.outs.map(() => flags.includes(true));
    for (const [i, id] of node.outs.entries()) if (outs[i]) reached.add(id);
  }
  return reached;
};

/** Which carries of a loop are batched, until nothing changes. */
const batchedCarries = (node: LoopNode, given: readonly boolean[]): boolean[] => {
  const { body } = node;
  const ins = [...given];
  for (;;) {
    const reached = dependent(body, [false, ...ins]);
    const carries = body.outs.map((id, i) => ins[i]! || reached.has(id));
    if (carries.every((is, i) => is === ins[i])) return carries;
    for (const [i, is] of carries.entries()) ins[i] = is;
  }
};

const batchedLoop = (node: LoopNode, ins: readonly Batched[], size: number): Batched[] => {
  const { body } = node;
  const carries = batchedCarries(
    node,
    ins.map((x) => x.batched),
  );
  if (node.attrs.while === true && carries[0])
    fail(
      'UNSUPPORTED',
      'np.vmap: the condition of np.whileRevealed is another for each example: map its body, and go on while any example needs it',
      { site: node.site },
    );
  const captured = ins.slice(carries.length);
  const out = repeat(
    node.attrs,
    (i, carry) => {
      const given = carry.map((x, k) => ({ x, batched: carries[k]! }));
      const made = batch(body, [{ x: i, batched: false }, ...given, ...captured], size);
      return made.map((m, k) => (carries[k] ? wide(m, size) : m.x));
    },
    carries.map((is, k) => (is ? wide(ins[k]!, size) : ins[k]!.x)),
  );
  return out.map((x, k) => ({ x, batched: carries[k]! }));
};

/** The graph on a batch of `size` examples. Throws UNSUPPORTED, naming the op, where there is no batched form. */
export const batch = (graph: OpGraph, inputs: readonly Batched[], size: number): Batched[] => {
  const values = new Map<ValueId, Batched>();
  for (const [i, id] of graph.ins.entries()) values.set(id, inputs[i]!);
  const beside = inputs.map((i) => i.x);
  const visit = (node: ProgramNode): readonly Batched[] => {
    const ins = node.ins.map((id) => values.get(id)!);
    if (node.op === 'loop') return batchedLoop(node, ins, size);
    if (!ins.some((i) => i.batched))
      return replayNode(
        node,
        ins.map((i) => i.x),
        beside,
      ).map((x) => ({ x, batched: false }));
    const types = node.ins.map((id) => graph.types[id]!);
    const { op, attrs } = node;
    const out = graph.types[node.outs[0]]!;
    return [{ x: batchedNode(node, { op, ins, attrs, types, out, size }), batched: true }];
  };
  for (const node of graph.nodes) {
    const outs = atSite(node.site, () => visit(node));
    for (const [i, id] of node.outs.entries()) values.set(id, outs[i]!);
  }
  return graph.outs.map((id) => values.get(id)!);
};
