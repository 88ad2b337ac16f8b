/** @file Types of results: every node of a program is checked by the catalogue, and typed, as it is added to a graph. */
import { fail } from '../../errors.ts';
import { checkNode, isOp, type LoopAttrs, type OpName } from './catalogue.ts';
import { INFER_ELEMENTWISE } from './elementwise/infer.ts';
import type { Attrs, Graph, Type } from './graph.ts';
import { type InferTable, typeText } from './infer.ts';
import { INFER_INTEGER } from './integer/infer.ts';
import { INFER_OBLIVIOUS } from './oblivious/infer.ts';
import { INFER_SHAPE } from './shape/infer.ts';
import { sameShape } from './shapes.ts';
import { INFER_SMOOTH } from './smooth/infer.ts';

const INFER: InferTable<OpName> = {
  ...INFER_ELEMENTWISE,
  ...INFER_INTEGER,
  ...INFER_SHAPE,
  ...INFER_OBLIVIOUS,
  ...INFER_SMOOTH,
};

const INDEX: Type = { shape: [], dtype: 'int64', secret: false };
const CONDITION: Type = { shape: [], dtype: 'bool', secret: false };

const sameType = (a: Type, b: Type): boolean =>
  a.dtype === b.dtype && a.secret === b.secret && sameShape(a.shape, b.shape);

const inferLoop = (ins: readonly Type[], attrs: LoopAttrs, body: Graph | undefined): readonly Type[] => {
  if (body === undefined) return fail('INVALID_ARGUMENT', 'loop: no body');
  const params = body.ins.map((id) => body.types[id]!);
  const outs = body.outs.map((id) => body.types[id]!);
  if (params.length !== ins.length + 1 || outs.length > ins.length)
    fail(
      'INVALID_ARGUMENT',
      `loop: the body takes ${params.length} values, the loop gives ${ins.length + 1}`,
    );
  [INDEX, ...ins].forEach((t, i) => {
    if (!sameType(t, params[i]!))
      fail('SHAPE', `loop: operand ${i} is ${typeText(t)}, the body takes ${typeText(params[i]!)}`);
  });
  if (attrs.while === true && !(outs[0] && sameType(outs[0], CONDITION)))
    fail('INVALID_ARGUMENT', 'loop: the first carry is no condition');
  outs.forEach((t, i) => {
    if (!sameType(t, ins[i]!))
      fail('SHAPE', `loop: carry ${i} is ${typeText(ins[i]!)} before the body and ${typeText(t)} after it`);
  });
  return outs;
};

/** Types of the results of an op, or of the loop, by its name. Throws what checkNode throws, and what the op's type rule throws. */
export const inferTypes = (
  op: string,
  ins: readonly Type[],
  attrs: Attrs,
  body?: Graph | undefined,
): readonly Type[] => {
  checkNode(op, ins.length, attrs);
  if (!isOp(op)) return inferLoop(ins, attrs as LoopAttrs, body);
  // Number of operands and attributes are those of the op, as checkNode has found.
  const rule = INFER[op] as unknown as (ins: readonly Type[], attrs: Attrs, op: string) => Type;
  return [rule(ins, attrs, op)];
};
