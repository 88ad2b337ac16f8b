/** @file The plain interpreter: what every op means, on data in the clear. Oracle, constant folder, and what is public at parties. */
import { fail } from '../../errors.ts';
import { isOp, type OpName } from './catalogue.ts';
import { PLAIN_ELEMENTWISE } from './elementwise/plain.ts';
import type { Attrs, Graph, Node, Tensor, Type, ValueId } from './graph.ts';
import { typeText } from './infer.ts';
import { PLAIN_INTEGER } from './integer/plain.ts';
import { isOver } from './loops.ts';
import { PLAIN_OBLIVIOUS } from './oblivious/plain.ts';
import type { PlainTable } from './plain-kernel.ts';
import { PLAIN_SHAPE } from './shape/plain.ts';
import { sameShape } from './shapes.ts';
import { PLAIN_SMOOTH } from './smooth/plain.ts';

const PLAIN: PlainTable<OpName> = {
  ...PLAIN_ELEMENTWISE,
  ...PLAIN_INTEGER,
  ...PLAIN_SHAPE,
  ...PLAIN_OBLIVIOUS,
  ...PLAIN_SMOOTH,
};

const typeOf = (t: Tensor): Type => ({ shape: t.shape, dtype: t.dtype, secret: false });

/** One op on plain data that gives this type. Number of operands and attributes are those of the op. */
export const evalTyped = (op: string, ins: readonly Tensor[], attrs: Attrs, out: Type): Tensor => {
  if (!isOp(op)) return fail('UNSUPPORTED', `no plain meaning for op ${op}`);
  const kernel = PLAIN[op] as unknown as (ins: readonly Tensor[], attrs: Attrs, out: Type) => Tensor;
  return kernel(ins, attrs, out);
};

const runLoop = (node: Node, ins: readonly Tensor[]): Tensor[] => {
  const body = node.body!;
  const carries = body.outs.length;
  const captured = ins.slice(carries);
  let carry = ins.slice(0, carries);
  const lo = node.attrs.lo as number;
  for (let i = 0; !isOver(node, i, carry[0]!); i++) {
    const index: Tensor = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
    carry = run(body, [index, ...carry, ...captured]);
  }
  return carry;
};

/** One node of a graph on plain operands: one result an output. */
export const evaluate = (node: Node, ins: readonly Tensor[], graph: Graph): Tensor[] =>
  node.op === 'loop'
    ? runLoop(node, ins)
    : [evalTyped(node.op, ins, node.attrs, graph.types[node.outs[0]!]!)];

/** Runs a graph on plain inputs. Throws SHAPE when they do not have the graph's input types. */
export const run = (graph: Graph, inputs: readonly Tensor[]): Tensor[] => {
  if (inputs.length !== graph.ins.length)
    fail('INVALID_ARGUMENT', `the program takes ${graph.ins.length} inputs, not ${inputs.length}`);
  const values = new Map<ValueId, Tensor>();
  graph.ins.forEach((id, i) => {
    const [want, have] = [graph.types[id]!, inputs[i]!];
    if (want.dtype !== have.dtype || !sameShape(want.shape, have.shape))
      fail('SHAPE', `input ${i} is ${typeText(typeOf(have))}, the program takes ${typeText(want)}`);
    values.set(id, have);
  });
  for (const node of graph.nodes) {
    const ins = node.ins.map((id) => values.get(id)!);
    const outs = evaluate(node, ins, graph);
    node.outs.forEach((id, i) => {
      values.set(id, outs[i]!);
    });
  }
  return graph.outs.map((id) => values.get(id)!);
};
