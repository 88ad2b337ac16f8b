/**
 * @file Rewriting towards fewer comparisons, openings and choices: one comparison for all who need it, one choice for
 * both of a pair, chains of choices by one condition cut short, neutral elements dropped.
 */
import type { GraphBuilder } from '../../ops/builder.ts';
import { alloc } from '../../ops/dtypes.ts';
import type { Graph, Node, ValueId } from '../../ops/graph.ts';
import { hasRule } from '../lower.ts';
import { Lookup } from './makers.ts';
import { keep, rewrite } from './rewrite.ts';

interface Context {
  readonly to: GraphBuilder;
  readonly find: Lookup;
  /** Pairs of values, `a,b`, that are compared in this order; pairs whose larger and smaller are both wanted. */
  readonly compared: ReadonlySet<string>;
  /** Values of the old graph of which it is asked whether they are below 0. */
  readonly signed: ReadonlySet<ValueId>;
  /** Comparisons made so far, by `x,y`. */
  readonly lesses: Map<string, ValueId>;
  /** Choices made so far, by `condition,x,y`. */
  readonly choices: Map<string, ValueId>;
}

/** What stands for the node's result, or undefined: the node stays. */
type Simplify = (c: Context, node: Node, ins: readonly ValueId[]) => ValueId | undefined;

const emit = (c: Context, node: Node, op: string, ins: readonly ValueId[]): ValueId =>
  c.to.emit(op, ins, {}, { site: node.site })[0]!;

/** x, if the other operand is this number in every place and x alone has the result's type. */
const neutral = (
  c: Context,
  value: number,
  [x, y]: readonly ValueId[],
  either: boolean,
): ValueId | undefined => {
  if (c.find.numberOf(y!) === value && c.to.typeOf(x!).secret) return x;
  return either && c.find.numberOf(x!) === value && c.to.typeOf(y!).secret ? y : undefined;
};

/** [a < b], emitted once. */
const lessOf = (c: Context, node: Node, a: ValueId, b: ValueId): ValueId => {
  const key = `${a},${b}`;
  const made = c.lesses.get(key) ?? emit(c, node, 'less', [a, b]);
  c.lesses.set(key, made);
  return made;
};

const choose = (c: Context, node: Node, cond: ValueId, x: ValueId, y: ValueId): ValueId => {
  const seen = c.choices.get(`${cond},${x},${y}`);
  if (seen !== undefined) return seen;
  const { dtype, secret } = c.to.typeOf(x);
  const other = c.choices.get(`${cond},${y},${x}`);
  const masked = c.to.typeOf(cond).secret && dtype !== 'bool' && (secret || c.to.typeOf(y).secret);
  const made =
    other !== undefined && masked
      ? emit(c, node, 'sub', [emit(c, node, 'add', [x, y]), other])
      : emit(c, node, 'select', [cond, x, y]);
  c.choices.set(`${cond},${x},${y}`, made);
  return made;
};

const select: Simplify = (c, node, [cond, x, y]) => {
  const inverse = c.find.made(cond!, 'not');
  if (inverse !== undefined) return select(c, node, [inverse.ins[0]!, y!, x!]);
  const yes = c.find.made(x!, 'select');
  const no = c.find.made(y!, 'select');
  const a = yes?.ins[0] === cond ? yes!.ins[1]! : x!;
  const b = no?.ins[0] === cond ? no!.ins[2]! : y!;
  if (a === b && c.to.typeOf(a).secret) return a;
  return choose(c, node, cond!, a, b);
};

/** The larger (smaller) of a pair that is compared anyway: a choice by that comparison. */
const extreme =
  (larger: boolean): Simplify =>
  (c, node, [x, y]) => {
    for (const [a, b] of [
      [x!, y!],
      [y!, x!],
    ] as const) {
      if (!c.compared.has(`${a},${b}`)) continue;
      const less = lessOf(c, node, a, b);
      return larger ? choose(c, node, less, b, a) : choose(c, node, less, a, b);
    }
    return undefined;
  };

/** |x| where x is compared with 0 anyway. */
const abs: Simplify = (c, node, [x]) => {
  if (!c.signed.has(node.ins[0]!)) return undefined;
  const { dtype, shape } = c.to.typeOf(x!);
  const zero = c.to.constant({ shape: [], dtype, data: alloc(dtype, 1) }, node.site);
  const wide =
    shape.length === 0
      ? zero
      : c.to.emit('broadcast', [zero], { shape: [...shape] }, { site: node.site })[0]!;
  return choose(c, node, lessOf(c, node, x!, wide), emit(c, node, 'neg', [x!]), x!);
};

/** min(max(x, lo), hi) and max(min(x, hi), lo) for public numbers lo <= hi. */
const clamp =
  (outer: 'maximum' | 'minimum'): Simplify =>
  (c, node, ins) => {
    if (!hasRule('clip')) return undefined;
    const split = (op: string, [x, y]: readonly ValueId[]): { x: ValueId; bound: number } | undefined => {
      const [p, q] = [c.find.numberOf(x!), c.find.numberOf(y!)];
      return q !== undefined
        ? { x: x!, bound: q }
        : p !== undefined && op !== ''
          ? { x: y!, bound: p }
          : undefined;
    };
    const out = split(outer, ins);
    const inner = outer === 'maximum' ? 'minimum' : 'maximum';
    const made = out && c.find.made(out.x, inner);
    const held = made && split(inner, made.ins);
    if (!out || !held || !c.to.typeOf(held.x).secret) return undefined;
    const [lo, hi] = outer === 'maximum' ? [out.bound, held.bound] : [held.bound, out.bound];
    return lo <= hi ? c.to.emit('clip', [held.x], { lo, hi }, { site: node.site })[0]! : undefined;
  };

const first =
  (...rules: readonly Simplify[]): Simplify =>
  (c, node, ins) => {
    for (const rule of rules) {
      const found = rule(c, node, ins);
      if (found !== undefined) return found;
    }
    return undefined;
  };

/** op(op(x)) is x. */
const involution =
  (op: string): Simplify =>
  (c, _node, [x]) =>
    c.find.made(x!, op)?.ins[0];

const RULES_BY_OP: Readonly<Record<string, Simplify>> = {
  not: involution('not'),
  neg: involution('neg'),
  add: (c, _node, ins) => neutral(c, 0, ins, true),
  sub: (c, _node, ins) => neutral(c, 0, ins, false),
  mul: (c, _node, ins) => neutral(c, 1, ins, true),
  div: (c, _node, ins) => neutral(c, 1, ins, false),
  less: (c, node, [a, b]) => lessOf(c, node, a!, b!),
  select,
  maximum: first(clamp('maximum'), extreme(true)),
  minimum: first(clamp('minimum'), extreme(false)),
  abs,
};

/** Which pairs are compared with `less`, or have both their larger and their smaller asked for. */
const comparisons = (graph: Graph): Set<string> => {
  const pairs = new Set<string>();
  const extremes = new Map<string, Set<string>>();
  for (const { op, ins } of graph.nodes) {
    if (op === 'less') pairs.add(ins.join(','));
    if (op !== 'maximum' && op !== 'minimum') continue;
    const key = [...ins].sort((a, b) => a - b).join(',');
    extremes.set(key, (extremes.get(key) ?? new Set()).add(op));
  }
  for (const [key, ops] of extremes) {
    const turned = key.split(',').reverse().join(',');
    if (ops.size === 2 && !pairs.has(turned)) pairs.add(key);
  }
  return pairs;
};

/** Values that stand in some [x < 0]. */
const signedValues = (graph: Graph, pairs: ReadonlySet<string>): Set<ValueId> => {
  const find = new Lookup(graph);
  const split = [...pairs].map((key) => key.split(',').map(Number) as [number, number]);
  return new Set(split.filter(([, b]) => find.numberOf(b) === 0).map(([a]) => a));
};

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before, and are to be merged after. */
export const simplify = (graph: Graph): Graph => {
  const pairs = comparisons(graph);
  const signed = signedValues(graph, pairs);
  const compared = new Set<string>();
  const names = new Map<ValueId, ValueId>();
  const waiting = new Map<ValueId, (readonly [ValueId, ValueId])[]>();
  for (const key of pairs) {
    const pair = key.split(',').map(Number) as [ValueId, ValueId];
    for (const id of pair) waiting.set(id, [...(waiting.get(id) ?? []), pair]);
  }
  let c: Context | undefined;
  return rewrite(graph, (to, node, ins) => {
    c ??= { to, find: new Lookup(to), compared, signed, lesses: new Map(), choices: new Map() };
    // Pairs are known by their old numbers; what is asked for are the new ones.
    for (const [i, id] of node.ins.entries()) {
      if (names.has(id)) continue;
      names.set(id, ins[i]!);
      for (const [a, b] of waiting.get(id) ?? [])
        if (names.has(a) && names.has(b)) compared.add(`${names.get(a)},${names.get(b)}`);
    }
    if (node.body !== undefined) return keep(to, { ...node, body: simplify(node.body) }, ins);
    const secret = ins.some((id) => to.typeOf(id).secret);
    const found =
      secret && Object.hasOwn(RULES_BY_OP, node.op) ? RULES_BY_OP[node.op]!(c, node, ins) : undefined;
    return found === undefined ? keep(to, node, ins) : [found];
  });
};
