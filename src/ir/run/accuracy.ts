/**
 * @file Holding a program's secret values, opened in a simulation, against the same program in float64: where a result
 * left the fixed-point range or lost bits, and which op was the first whose loss reached the program's results.
 *
 * A fraction bit is lost with every doubling of the error beyond 2^-f; errors are absolute below 1, relative above.
 */
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import type { Exposed } from '../compile/expose.ts';
import { opSet } from '../ops/catalogue.ts';
import { intRange, isInt } from '../ops/dtypes.ts';
import { evaluate } from '../ops/evaluate.ts';
import { elements, type Node, sizeOf, type Tensor, type ValueId } from '../ops/graph.ts';

export interface Precision {
  readonly field: Field;
  readonly fraction: number;
  /** Fraction bits that a result may lose. */
  readonly bits: number;
}

/**
 * `range`: too large, infinite or NaN in float64. `bits`: inexact. `value`: an integer or a bool that is another. `place`: it was read
 * at a place outside of its axis. `wrap`: an integer too large for its dtype.
 */
export interface Fault {
  readonly kind: 'range' | 'bits' | 'value' | 'place' | 'wrap';
  /** Place in the result, flat. */
  readonly at: number;
  readonly lostBits: number;
}

export interface Finding extends Fault {
  readonly node: Node;
  readonly turns: readonly number[];
  /** Bits that the op lost by itself, on the operands that it was given; undefined where that is not known. */
  readonly ownBits: number | undefined;
  readonly result: Tensor;
}

export interface Comparison {
  /** The first op whose fault reaches a result of the program. */
  readonly first: Finding | undefined;
  /** Faults that no result depends on: in what np.where drops, for example. */
  readonly dropped: number;
  /** Ops that were held against float64. */
  readonly ops: number;
  /** Ops that could not be: what is drawn at random, and what float64 refuses. */
  readonly unchecked: number;
  /** Comparisons and roundings that fell the other way because their operands were a tie within the error. */
  readonly ties: number;
  /** Bits lost, by op and site: the most. */
  readonly lost: ReadonlyMap<string, { readonly node: Node; readonly bits: number }>;
  /** The program's results in float64. */
  readonly outs: readonly Tensor[];
}

/** Ops that are not the same twice. */
const DRAWN = opSet('shuffle', 'randomBits');

/** Ops on reals that jump: an error below a unit in the last place may change their result by any amount. */
const JUMPS = opSet('floor', 'sign', 'convert', 'sortBy', 'arctan2');

const draws = (node: Node): boolean => DRAWN.has(node.op) || (node.body?.nodes.some(draws) ?? false);

/** Fraction bits lost by `got`. */
const bitsLost = (want: number, got: number, fraction: number): number => {
  const error = Math.abs(got - want) / Math.max(1, Math.abs(want));
  return error === 0 ? 0 : Math.max(0, fraction + math.log2(error));
};

/** The worst element of a result; NaN and what is out of range before anything else. */
const worst = (want: Tensor, got: Tensor, { field, fraction }: Precision): Fault => {
  let found: Fault = { kind: 'bits', at: 0, lostBits: 0 };
  if (want.dtype !== 'fxp') {
    const at = want.data.findIndex((x, i) => x !== got.data[i]);
    return at < 0 ? found : { kind: 'value', at, lostBits: Number.POSITIVE_INFINITY };
  }
  const limit = math.pow2(field.bits - 1 - fraction);
  const [wanted, gotten] = [want.data as Float64Array, got.data as Float64Array];
  for (let at = 0; at < wanted.length; at++) {
    if (!(Math.abs(wanted[at]!) < limit)) return { kind: 'range', at, lostBits: Number.POSITIVE_INFINITY };
    const lostBits = bitsLost(wanted[at]!, gotten[at]!, fraction);
    if (lostBits > found.lostBits) found = { kind: 'bits', at, lostBits };
  }
  return found;
};

const isFault = (f: Fault, { bits }: Precision): boolean => f.kind !== 'bits' || f.lostBits > bits;

/** Ops that read an array at places, which are to lie within the axis. */
const READS = opSet('lookup');

/** The first result, flat, that a lookup reads outside of its axis; undefined if there is none. */
const strayRead = ({ op, attrs }: Node, [x, places]: readonly Tensor[]): number | undefined => {
  if (!READS.has(op)) return undefined;
  const axis = attrs.axis as number;
  const n = x!.shape[axis]!;
  const at = Array.from(places!.data, Number).findIndex((i) => i < -n || i >= n);
  return at < 0 ? undefined : at * sizeOf(x!.shape.slice(axis + 1));
};

/** `t` with nothing right at the flat place `at`: what depends on it differs from what the parties have. */
const spoilt = (t: Tensor, at: number): Tensor => {
  const data = t.data.slice() as Tensor['data'];
  const to = elements(data);
  const was = to[at]!;
  to[at] =
    t.dtype === 'fxp'
      ? Number.NaN
      : t.dtype === 'bool'
        ? 1 - Number(was)
        : typeof was === 'bigint'
          ? was + 1n
          : was + 1;
  return { ...t, data };
};

/** Ops on integers that may wrap. What is shifted or converted is meant to lose bits. */
const WRAPS = opSet('add', 'sub', 'neg', 'mul', 'sum', 'matmul', 'pow', 'powWhole');

/** The integer results of a node before they wrapped, as float64: where the first is beyond its dtype. */
const wrapped = (node: Node, ins: readonly Tensor[], out: Tensor, { graph }: Exposed): Fault | undefined => {
  if (!WRAPS.has(node.op) || !isInt(out.dtype)) return undefined;
  const [lo, hi] = intRange(out.dtype).map(Number) as [number, number];
  const op = node.op === 'powWhole' ? 'pow' : node.op;
  const floats = ins.map(
    (t): Tensor => ({ ...t, dtype: 'fxp', data: Float64Array.from(t.data as Int32Array, Number) }),
  );
  const types = graph.types.map((t, id) => (node.outs.includes(id) ? { ...t, dtype: 'fxp' as const } : t));
  const [exact] = evaluate({ ...node, op }, floats, { ...graph, types });
  const at = (exact!.data as Float64Array).findIndex((v) => v < lo || v > hi);
  return at < 0 ? undefined : { kind: 'wrap', at, lostBits: Number.POSITIVE_INFINITY };
};

/** What float64 makes of a node; undefined where it refuses (an integer divided by zero). */
const tried = (node: Node, ins: readonly Tensor[], { graph }: Exposed): Tensor[] | undefined => {
  try {
    return evaluate(node, ins, graph);
  } catch {
    return undefined;
  }
};

/**
 * `inputs`: in float64. `opened`: what the parties had for the values in `exposed.shown`. An integer, a bool or a jump
 * that differs although the op did right by its operands is a tie: float64 goes on with the parties' result.
 */
export const compare = (
  exposed: Exposed,
  inputs: readonly Tensor[],
  opened: readonly Tensor[],
  precision: Precision,
): Comparison => {
  const { graph, shown, turns } = exposed;
  const secret = new Map(shown.map((id, i) => [id, opened[i]!]));
  const plain = new Map<ValueId, Tensor>(graph.ins.map((id, i) => [id, inputs[i]!]));
  /** Faulty values, each with the fault that it goes back to. */
  const roots = new Map<ValueId, Finding>();
  const order = new Map<Finding, number>();
  const lost = new Map<string, { node: Node; bits: number }>();
  const sinks: ValueId[] = [];
  const counts = { ops: 0, unchecked: 0, ties: 0 };
  const had = (id: ValueId): Tensor => secret.get(id) ?? plain.get(id)!;

  const earliest = (ids: readonly ValueId[]): Finding | undefined =>
    ids
      .flatMap((id) => roots.get(id) ?? [])
      .reduce<Finding | undefined>((a, b) => (a && order.get(a)! <= order.get(b)! ? a : b), undefined);

  const checkResult = (node: Node, i: number, want: Tensor): void => {
    const id = node.outs[i]!;
    const got = secret.get(id)!;
    const operands = node.ins.map((id) => plain.get(id)!);
    const fault = wrapped(node, operands, want, exposed) ?? worst(want, got, precision);
    counts.ops++;
    const key = `${node.op} ${node.site}`;
    const before = lost.get(key)?.bits ?? 0;
    if (fault.lostBits > before) lost.set(key, { node, bits: fault.lostBits });
    const inherited = earliest(node.ins);
    if (!isFault(fault, precision)) {
      // What wrapped is what NumPy has, so nothing that follows differs.
      if (inherited?.kind === 'wrap') roots.set(id, inherited);
      return;
    }
    const again = tried(node, node.ins.map(had), exposed)?.[i];
    const own = again && worst(again, got, precision);
    if (
      own &&
      fault.kind !== 'wrap' &&
      inherited === undefined &&
      (got.dtype !== 'fxp' || JUMPS.has(node.op)) &&
      !isFault(own, precision)
    ) {
      counts.ties++;
      lost.set(key, { node, bits: Math.max(before, own.lostBits) });
      plain.set(id, got);
      return;
    }
    const turn = turns.get(id) ?? [];
    const root = inherited ?? { ...fault, node, turns: turn, ownBits: own?.lostBits, result: want };
    if (!order.has(root)) order.set(root, order.size);
    roots.set(id, root);
  };

  /** A place outside of an axis, unless it goes back to an earlier fault. */
  const blame = (node: Node, at: number): void => {
    const [id] = node.outs as readonly [ValueId];
    counts.ops++;
    const fault = { kind: 'place', at, lostBits: Number.POSITIVE_INFINITY } as const;
    const found = { ...fault, node, turns: turns.get(id) ?? [], ownBits: undefined, result: had(id) };
    const root = earliest(node.ins) ?? found;
    if (!order.has(root)) order.set(root, order.size);
    roots.set(id, root);
  };
  const strayAt = (node: Node): number | undefined =>
    strayRead(
      node,
      node.ins.map((id) => plain.get(id)!),
    );

  for (const node of graph.nodes) {
    const results = draws(node)
      ? undefined
      : tried(
          node,
          node.ins.map((id) => plain.get(id)!),
          exposed,
        );
    const stray = results === undefined ? strayAt(node) : undefined;
    if (stray !== undefined) blame(node, stray);
    else if (results === undefined) {
      counts.unchecked++;
      // Float64 goes on from what the parties have: a fault among the operands is never seen again.
      for (const id of node.ins) if (roots.has(id)) sinks.push(id);
    }
    for (const [i, id] of node.outs.entries()) {
      const held = results?.[i] ?? had(id);
      plain.set(id, stray === undefined ? held : spoilt(held, stray));
      if (results !== undefined && secret.has(id)) checkResult(node, i, results[i]!);
    }
  }
  const results = graph.outs.slice(0, graph.outs.length - shown.length);
  const ends = [...results, ...sinks];
  const reaching = new Set(ends.flatMap((id) => roots.get(id) ?? []));
  return {
    ...counts,
    lost,
    first: earliest(ends),
    dropped: [...order.keys()].filter((f) => !reaching.has(f)).length,
    outs: results.map((id) => plain.get(id)!),
  };
};
