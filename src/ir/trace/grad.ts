/**
 * @file Reverse mode: a graph becomes two, one that runs forward and also gives what the way back reads (the residuals),
 * and one that runs back. A loop becomes a loop forward that stacks its residuals and a loop back that unstacks them,
 * so nothing secret is computed twice.
 */
import { fail } from '../../errors.ts';
import type { OpName } from '../ops/catalogue.ts';
import { GRAD_ELEMENTWISE } from '../ops/elementwise/grad.ts';
import type { Attrs, Type, ValueId } from '../ops/graph.ts';
import { GRAD_INTEGER } from '../ops/integer/grad.ts';
import { isMissing } from '../ops/missing.ts';
import { GRAD_OBLIVIOUS } from '../ops/oblivious/grad.ts';
import type { LoopNode, OpGraph, OpNode, ProgramNode } from '../ops/program.ts';
import { GRAD_SHAPE } from '../ops/shape/grad.ts';
import { GRAD_SMOOTH } from '../ops/smooth/grad.ts';
import * as a from './algebra.ts';
import type { BaseArray } from './array.ts';
import { atSite } from './callsite.ts';
import type { GradRule, GradTable } from './grad-rule.ts';
import { repeat } from './loop.ts';
import { NDArray } from './ndarray.ts';
import { replay, replayNode } from './replay.ts';
import { apply, Trace, type Traced, within } from './tracer.ts';

export interface Linear {
  /** The graph's inputs -> its outputs, then the residuals. */
  readonly forward: OpGraph;
  /** Residuals, then gradients by the outputs of dtype float64 -> gradients by the wanted inputs, in order. */
  readonly backward: OpGraph;
  /** Where the residuals that are inputs of the graph themselves stand among them; undefined for the others. */
  readonly inputOf: readonly (number | undefined)[];
}

export const GRAD: GradTable<OpName> = {
  ...GRAD_ELEMENTWISE,
  ...GRAD_INTEGER,
  ...GRAD_SHAPE,
  ...GRAD_OBLIVIOUS,
  ...GRAD_SMOOTH,
};

/** The rule of a node's op. Throws UNSUPPORTED, saying why, where there is none. */
const ruleOf = ({ op, site }: OpNode): GradRule<Attrs> => {
  const rule = GRAD[op];
  if (isMissing(rule))
    return fail('UNSUPPORTED', `np.grad: ${op} has no gradient: ${rule.missing}`, { op, site });
  // The node's attributes are those of its op.
  return rule as GradRule<Attrs>;
};

export const isFloat = (t: Pick<Type, 'dtype'>): boolean => t.dtype === 'fxp';

/** Values that depend on the wanted inputs by ways through which gradients may flow. */
const activeValues = (graph: OpGraph, wanted: readonly boolean[]): Set<ValueId> => {
  const active = new Set(graph.ins.filter((id, i) => wanted[i] && isFloat(graph.types[id]!)));
  for (const node of graph.nodes) {
    if (node.op === 'stopGradient') continue;
    const flows =
      node.op === 'loop'
        ? loopActive(node, active)
        : node.outs.map(() => node.ins.some((id) => active.has(id)));
    for (const [i, id] of node.outs.entries()) if (flows[i] && isFloat(graph.types[id]!)) active.add(id);
  }
  return active;
};

/** Which carries of a loop are active, until nothing changes. */
const loopActive = (node: LoopNode, active: ReadonlySet<ValueId>): boolean[] => {
  const { body } = node;
  const carries = body.outs.length;
  const ins = node.ins.map((id) => active.has(id));
  for (;;) {
    const inner = activeValues(body, [false, ...ins]);
    const more = body.outs.map((id, i) => ins[i]! || inner.has(id));
    if (more.every((is, i) => is === ins[i])) return more;
    for (let i = 0; i < carries; i++) ins[i] = more[i]!;
  }
};

/** The way back of one node: given gradients by its results, those by its operands. */
type Back = (cts: readonly (BaseArray | undefined)[]) => readonly (BaseArray | undefined)[];

/** Lets a value of the forward graph be read on the way back. */
type Keep = (value: BaseArray) => BaseArray;

const nodeBack =
  (
    node: OpNode,
    graph: OpGraph,
    ins: readonly BaseArray[],
    out: BaseArray,
    wanted: readonly boolean[],
    keep: Keep,
  ): Back =>
  ([ct]) => {
    const rule = ruleOf(node);
    const b = {
      x: (i: number) => keep(ins[i]!),
      y: () => keep(out),
      t: (i: number) => graph.types[node.ins[i]!]!,
      ct: ct!,
      attrs: node.attrs,
    };
    return ins.map((_, i) => (wanted[i] ? rule(b, i) : undefined));
  };

const first = (stack: BaseArray, at: BaseArray): BaseArray => {
  const zero = a.scalar(0, 'int64');
  const index = stack.shape.map((_, i) => (i === 0 ? at : zero));
  const row = apply('dynamicSlice', [stack, ...index], { size: [1, ...stack.shape.slice(1)] });
  return a.reshape(row, stack.shape.slice(1));
};

const setFirst = (stack: BaseArray, row: BaseArray, at: BaseArray): BaseArray => {
  const zero = a.scalar(0, 'int64');
  const index = stack.shape.map((_, i) => (i === 0 ? at : zero));
  return apply('dynamicUpdateSlice', [stack, a.reshape(row, [1, ...row.shape]), ...index]);
};

const int = (n: number): NDArray => a.scalar(n, 'int64');

/** Runs a loop forward, its residuals stacked beside its carry, and says how to run back. */
const linearLoop = (
  node: LoopNode,
  ins: readonly BaseArray[],
  active: readonly boolean[],
  keep: Keep,
): { outs: readonly BaseArray[]; back: Back } => {
  const { body } = node;
  const { lo, hi } = node.attrs;
  const trips = Math.max(0, hi - lo);
  const carries = body.outs.length;
  const [init, captured] = [ins.slice(0, carries), ins.slice(carries)];
  const linear = linearize(body, [false, ...active]);
  const types = linear.forward.outs.slice(carries).map((id) => linear.forward.types[id]!);
  // A residual that is a captured value is the same in each turn: it is handed over as it is.
  const fixed = linear.inputOf.map((i) =>
    i !== undefined && i > carries ? captured[i - 1 - carries]! : undefined,
  );
  const stacked = types.map((_, i) => i).filter((i) => fixed[i] === undefined);
  const stacks = stacked.map((i) => a.zeros([trips, ...types[i]!.shape], types[i]!.dtype));
  const all = repeat(
    { lo, hi },
    (i, state) => {
      const outs = replay(linear.forward, [i, ...state.slice(0, carries), ...captured]);
      const at = a.sub(i, int(lo));
      return [
        ...outs.slice(0, carries),
        ...stacked.map((r, k) => setFirst(state[carries + k]!, outs[carries + r]!, at)),
      ];
    },
    [...init, ...stacks],
  );
  const moving = active.map((is, i) => (is ? i : -1)).filter((i) => i >= 0);
  const floats = body.outs.map((id, i) => (isFloat(body.types[id]!) ? i : -1)).filter((i) => i >= 0);
  const back: Back = (cts) => {
    const kept = stacked.map((_, k) => keep(all[carries + k]!));
    const steady = fixed.map((x) => (x === undefined ? undefined : keep(x)));
    const shapeOf = (i: number): readonly number[] => body.types[body.ins[1 + i]!]!.shape;
    const start = moving.map((i) => (i < carries ? cts[i] : undefined) ?? a.zeros(shapeOf(i)));
    const result = repeat(
      { lo: 0, hi: trips },
      (j, state) => {
        const at = a.sub(int(trips - 1), j);
        const rows = new Map(stacked.map((r, k) => [r, first(kept[k]!, at)]));
        const residuals = types.map((_, r) => steady[r] ?? rows.get(r)!);
        const of = (i: number): BaseArray => state[moving.indexOf(i)] ?? a.zeros(shapeOf(i));
        const grads = replay(linear.backward, [...residuals, ...floats.map(of)]);
        return moving.map((i, k) => (i < carries ? grads[k]! : a.add(state[k]!, grads[k]!)));
      },
      start,
    );
    return ins.map((_, i) => (moving.includes(i) ? result[moving.indexOf(i)] : undefined));
  };
  return { outs: all.slice(0, carries), back };
};

/** The two graphs of `graph`; gradients by the wanted inputs (of dtype float64). Throws UNSUPPORTED, naming the op. */
export const linearize = (graph: OpGraph, wanted: readonly boolean[]): Linear => {
  const active = activeValues(graph, wanted);
  const there = new Trace();
  const back = new Trace();
  const inputs = graph.ins.map((id) => there.input(graph.types[id]!));
  const kept = new Map<BaseArray, Traced>();
  const keep: Keep = (value) => {
    if (value instanceof NDArray) return value;
    const known = kept.get(value) ?? back.input((value as Traced).type);
    kept.set(value, known);
    return known;
  };
  const values = new Map<ValueId, BaseArray>(graph.ins.map((id, i) => [id, inputs[i]!]));
  const ways: { readonly node: ProgramNode; readonly back: Back }[] = [];
  const step = (node: ProgramNode): void => {
    const ins = node.ins.map((id) => values.get(id)!);
    const flags = node.ins.map((id) => active.has(id));
    const flows = node.outs.some((id) => active.has(id));
    let outs: readonly BaseArray[];
    if (flows && node.op === 'loop' && node.attrs.while === true)
      fail(
        'UNSUPPORTED',
        'np.grad: how often np.whileRevealed turns is not known beforehand, so there is no way back through it: use ' +
          'np.fori, or np.stopGradient on what it is given',
        { site: node.site },
      );
    if (flows && node.op === 'loop') {
      const moving = loopActive(node, active);
      const loop = linearLoop(
        node,
        ins,
        flags.map((is, i) => moving[i] ?? is),
        keep,
      );
      outs = loop.outs;
      ways.push({ node, back: loop.back });
    } else {
      outs = replayNode(node, ins, inputs);
      if (flows && node.op !== 'loop')
        ways.push({ node, back: nodeBack(node, graph, ins, outs[0]!, flags, keep) });
    }
    for (const [i, id] of node.outs.entries()) values.set(id, outs[i]!);
  };
  within(there, () => {
    for (const node of graph.nodes) atSite(node.site, () => step(node));
  });
  const cts = new Map<ValueId, BaseArray>();
  const accumulate = (id: ValueId, ct: BaseArray | undefined): void => {
    if (ct === undefined || !active.has(id)) return;
    const before = cts.get(id);
    cts.set(id, before === undefined ? ct : a.add(before, ct));
  };
  const results = within(back, () => {
    const seeds = graph.outs
      .filter((id) => isFloat(graph.types[id]!))
      .map((id) => [id, back.input({ ...graph.types[id]!, secret: true })] as const);
    for (const [id, ct] of seeds) accumulate(id, ct);
    for (const { node, back: way } of ways.toReversed()) {
      const given = node.outs.map((id) => cts.get(id));
      if (given.every((ct) => ct === undefined)) continue;
      const made = atSite(node.site, () => way(given));
      for (const [i, id] of node.ins.entries()) accumulate(id, made[i]);
    }
    return graph.ins
      .filter((_, i) => wanted[i])
      .map((id) => back.lift(cts.get(id) ?? a.zeros(graph.types[id]!.shape, graph.types[id]!.dtype)));
  });
  const residuals = [...kept.keys()];
  const seeds = back.builder.ins.filter((id) => ![...kept.values()].some((t) => t.id === id));
  const backward: OpGraph = {
    ...back.builder.finish(results),
    ins: [...[...kept.values()].map((t) => t.id), ...seeds],
  };
  const outs = [
    ...graph.outs.map((id) => there.lift(values.get(id)!)),
    ...residuals.map((r) => there.lift(r)),
  ];
  return {
    forward: there.builder.finish(outs),
    backward,
    inputOf: residuals.map((r) => {
      const at = inputs.indexOf(r as Traced);
      return at < 0 ? undefined : at;
    }),
  };
};
