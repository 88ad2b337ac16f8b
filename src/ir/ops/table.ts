/** @file The table of ops that a user's program is made of. Protocols, interpreters and passes are keyed by it. */
import { fail } from '../../errors.ts';
import { ELEMENTWISE } from './elementwise/infer.ts';
import type { Attrs, Graph, Type } from './graph.ts';
import { type Infer, num, type OpDef, typeText } from './infer.ts';
import { INTEGER } from './integer/infer.ts';
import { SECRET } from './oblivious/infer.ts';
import { SHAPING } from './shape/infer.ts';
import { sameShape } from './shapes.ts';
import { SMOOTH } from './smooth/infer.ts';

export type { OpDef } from './infer.ts';
export { typeText } from './infer.ts';

const INDEX: Type = { shape: [], dtype: 'int64', secret: false };

const CONDITION: Type = { shape: [], dtype: 'bool', secret: false };

const sameType = (a: Type, b: Type): boolean =>
  a.dtype === b.dtype && a.secret === b.secret && sameShape(a.shape, b.shape);

const loop: OpDef = {
  arity: [0],
  elementwise: false,
  doc:
    'the body for index {lo} .. {hi} - 1; ins carry, captured; outs carry. ' +
    'The body takes index (public int64), carry, captured, and gives carry. ' +
    'With {while} it ends as soon as the first carry, a public bool, is false, and fails if it has not by {hi}',
  infer: (op) => (ins, attrs, body) => {
    num(op, attrs, 'lo');
    num(op, attrs, 'hi');
    if (body === undefined) return fail('INVALID_ARGUMENT', `${op}: no body`);
    const params = body.ins.map((id) => body.types[id]!);
    const outs = body.outs.map((id) => body.types[id]!);
    if (params.length !== ins.length + 1 || outs.length > ins.length)
      fail(
        'INVALID_ARGUMENT',
        `${op}: the body takes ${params.length} values, the loop gives ${ins.length + 1}`,
      );
    [INDEX, ...ins].forEach((t, i) => {
      if (!sameType(t, params[i]!))
        fail('SHAPE', `${op}: operand ${i} is ${typeText(t)}, the body takes ${typeText(params[i]!)}`);
    });
    if (attrs.while === true && !(outs[0] && sameType(outs[0], CONDITION)))
      fail('INVALID_ARGUMENT', `${op}: the first carry is no condition`);
    outs.forEach((t, i) => {
      if (!sameType(t, ins[i]!))
        fail(
          'SHAPE',
          `${op}: carry ${i} is ${typeText(ins[i]!)} before the body and ${typeText(t)} after it`,
        );
    });
    return outs;
  },
};

export const OPS: Readonly<Record<string, OpDef>> = {
  ...ELEMENTWISE,
  ...INTEGER,
  ...SHAPING,
  ...SECRET,
  ...SMOOTH,
  loop,
};

export const opDef = (op: string): OpDef =>
  Object.hasOwn(OPS, op) ? OPS[op]! : fail('UNSUPPORTED', `unknown op ${JSON.stringify(op)}`);

const rules = new Map<string, Infer>();

/** The type rule of an op, made once. */
const ruleOf = (op: string, def: OpDef): Infer => {
  const known = rules.get(op);
  if (known) return known;
  const rule = def.infer(op);
  rules.set(op, rule);
  return rule;
};

/** Types of the results of an op. Throws typed errors on any operand or attribute that does not fit. */
export const inferTypes = (
  op: string,
  ins: readonly Type[],
  attrs: Attrs,
  body?: Graph | undefined,
): readonly Type[] => {
  const def = opDef(op);
  const fits = typeof def.arity === 'number' ? ins.length === def.arity : ins.length >= def.arity[0];
  if (!fits) fail('INVALID_ARGUMENT', `${op} does not take ${ins.length} operands`);
  return ruleOf(op, def)(ins, attrs, body);
};
