/**
 * @file Recording a counted loop, and settling what of its carry is secret: a carry that starts public and turns
 * secret in the body is secret from the start, so the body is recorded once and retyped, never run again.
 */
import { fail } from '../../errors.ts';
import { GraphBuilder } from '../ops/builder.ts';
import type { LoopAttrs } from '../ops/catalogue.ts';
import { dtypeName } from '../ops/dtypes.ts';
import { run } from '../ops/evaluate.ts';
import type { Type, ValueId } from '../ops/graph.ts';
import { isOver } from '../ops/loops.ts';
import type { OpGraph, ProgramNode } from '../ops/program.ts';
import { sameShape, shapeText } from '../ops/shapes.ts';
import type { BaseArray } from './array.ts';
import { callSite } from './callsite.ts';
import { checkConditions } from './conditions.ts';
import { NDArray } from './ndarray.ts';
import { currentTrace, Trace, Traced, within } from './tracer.ts';

const INDEX: Type = { shape: [], dtype: 'int64', secret: false };

/** The turns lo .. hi - 1 of a loop. `while`: as long as the first carry, a public bool, is true, and at most those. */
export type Turns = LoopAttrs;

const hide = (builder: GraphBuilder, id: ValueId, secret: boolean): ValueId =>
  secret && !builder.typeOf(id).secret ? builder.emit('hide', [id], {}) : id;

/** Copies a node over, its operands renamed; loops settle their visibility anew. Returns the new results. */
const copyNode = (to: GraphBuilder, node: ProgramNode, ins: readonly ValueId[]): readonly ValueId[] => {
  if (node.op === 'hide' && to.typeOf(ins[0]!).secret) return ins;
  return node.op === 'loop' ? emitLoop(to, node.body, ins, node.attrs, node.site) : to.copy(node, ins);
};

/** The graph with other input types (only visibility differs). */
const retype = (graph: OpGraph, inTypes: readonly Type[]): GraphBuilder & { results: ValueId[] } => {
  const to = new GraphBuilder();
  const rename = new Map<ValueId, ValueId>();
  graph.ins.forEach((id, i) => {
    rename.set(id, to.input(inTypes[i]!));
  });
  for (const node of graph.nodes) {
    const outs = copyNode(
      to,
      node,
      node.ins.map((id) => rename.get(id)!),
    );
    node.outs.forEach((id, i) => {
      rename.set(id, outs[i]!);
    });
  }
  return Object.assign(to, { results: graph.outs.map((id) => rename.get(id)!) });
};

/**
 * Adds a loop to `builder`; `ins` are carry and captured. Carries that are secret before or after the body are made
 * secret in both places, with `hide` where a public value has to become secret.
 */
const emitLoop = (
  builder: GraphBuilder,
  body: OpGraph,
  ins: readonly ValueId[],
  turns: Turns,
  site: string | undefined,
): readonly ValueId[] => {
  const secret = body.outs.map((_, i) => builder.typeOf(ins[i]!).secret);
  for (;;) {
    const types = ins.map((id, i) => {
      const t = builder.typeOf(id);
      return i < secret.length ? { ...t, secret: secret[i]! } : t;
    });
    const typed = retype(body, [INDEX, ...types]);
    const turned = typed.results.map((id) => typed.typeOf(id).secret);
    if (turned.some((s, i) => s && !secret[i])) {
      turned.forEach((s, i) => {
        secret[i] ||= s;
      });
      continue;
    }
    const outs = typed.results.map((id, i) => hide(typed, id, secret[i]!));
    const given = ins.map((id, i) => hide(builder, id, secret[i] ?? false));
    return builder.loop(given, { ...turns }, typed.finish(outs), site);
  }
};

type Kind = Pick<Type, 'shape' | 'dtype'>;

/** A carry keeps its shape and dtype. Throws SHAPE, naming it. */
export const checkCarry = (name: string, before: Kind, after: Kind): void => {
  if (before.dtype === after.dtype && sameShape(before.shape, after.shape)) return;
  const text = (t: Kind): string => `${dtypeName(t.dtype)}${shapeText(t.shape)}`;
  fail(
    'SHAPE',
    `a loop's carry${name} is ${text(before)} before the body and ${text(after)} after it; a carry keeps its shape and ` +
      'dtype: start with np.zeros(shape, dtype) of the right kind, or convert with np.astype',
    { carry: name },
  );
};

/**
 * Records `body(index, carry)` once and adds the loop to `parent`. Throws SHAPE, naming the carry, when the body gives
 * another shape or dtype than it was given. A loop that uses no traced value is computed at once.
 */
const traceLoop = (
  parent: Trace,
  turns: Turns,
  init: readonly BaseArray[],
  names: readonly string[],
  body: (index: Traced, carry: readonly Traced[]) => readonly BaseArray[],
): BaseArray[] => {
  const site = callSite();
  const child = new Trace(parent);
  const types = init.map((x) =>
    x instanceof Traced ? x.type : { shape: x.shape, dtype: x.dtype, secret: false },
  );
  const index = child.input(INDEX);
  const carry = types.map((t) => child.input(t));
  const outs = within(child, () => body(index, carry).map((x) => child.lift(x)));
  checkConditions(child, outs);
  outs.forEach((id, i) => {
    checkCarry(names[i]!, types[i]!, child.builder.typeOf(id));
  });
  const graph = child.builder.finish(outs);
  // Secrets that nobody put in were drawn: such a loop is not known beforehand.
  const draws = graph.types.some((t) => t.secret);
  if (!draws && child.captured.size === 0 && init.every((x) => x instanceof NDArray)) {
    const whole = new GraphBuilder();
    const ids = emitLoop(
      whole,
      graph,
      types.map((t) => whole.input(t)),
      turns,
      site,
    );
    return run(whole.finish(ids), init as readonly NDArray[]).map(
      (t) => new NDArray(t.shape, t.dtype, t.data),
    );
  }
  const ins = [...init, ...child.captured.keys()].map((x) => parent.lift(x));
  return emitLoop(parent.builder, graph, ins, turns, site).map((id) => new Traced(parent, id));
};

/** The body on arrays at once, again and again. */
const runNow = (
  turns: Turns,
  body: (index: BaseArray, carry: readonly BaseArray[]) => readonly BaseArray[],
  init: readonly BaseArray[],
  names: readonly string[],
): readonly BaseArray[] => {
  let carry = init;
  const site = callSite();
  const node = { attrs: { ...turns }, ...(site !== undefined && { site }) };
  for (let i = 0; !isOver(node, i, carry[0] as NDArray); i++) {
    carry = body(NDArray.from(turns.lo + i, 'int64'), carry);
    for (const [k, x] of carry.entries()) checkCarry(names[k]!, init[k]!, x);
  }
  return carry;
};

/** carry = body(i, carry) for each turn: recorded as a loop inside of a program, run at once outside of any. */
export const repeat = (
  turns: Turns,
  body: (index: BaseArray, carry: readonly BaseArray[]) => readonly BaseArray[],
  init: readonly BaseArray[],
  names: readonly string[] = init.map((_, i) => `[${i}]`),
): readonly BaseArray[] => {
  if (turns.hi <= turns.lo && turns.while !== true) return init;
  const parent = currentTrace();
  return parent === undefined
    ? runNow(turns, body, init, names)
    : traceLoop(parent, turns, init, names, body);
};
