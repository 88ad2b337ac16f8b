/**
 * @file Rewriting towards fewer comparisons, openings and choices: one comparison for all who need it, one choice for
 * both of a pair, chains of choices by one condition cut short, neutral elements dropped.
 */
import type { GraphBuilder } from '../../ops/builder.ts';
import type { Operands, OpName } from '../../ops/catalogue.ts';
import { alloc } from '../../ops/dtypes.ts';
import type { ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, ProgramNode } from '../../ops/program.ts';
import { Lookup } from './makers.ts';
import { keep, rewrite, withBody } from './rewrite.ts';
import { isSumOfSquares } from './sums-of-squares.ts';

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
type Simplify<K extends OpName> = (
  c: Context,
  node: NodeOf<K>,
  ins: Operands<K, ValueId>,
) => ValueId | undefined;

type Sited = Pick<ProgramNode, 'site'>;

/** x, if the other operand is this number in every place and x alone has the result's type. */
const neutral = (
  c: Context,
  value: number,
  [x, y]: readonly [ValueId, ValueId],
  either: boolean,
): ValueId | undefined => {
  if (c.find.numberOf(y) === value && c.to.typeOf(x).secret) return x;
  return either && c.find.numberOf(x) === value && c.to.typeOf(y).secret ? y : undefined;
};

/** [a < b], emitted once. */
const lessOf = (c: Context, { site }: Sited, a: ValueId, b: ValueId): ValueId => {
  const key = `${a},${b}`;
  const made = c.lesses.get(key) ?? c.to.emit('less', [a, b], {}, site);
  c.lesses.set(key, made);
  return made;
};

const choose = (c: Context, { site }: Sited, cond: ValueId, x: ValueId, y: ValueId): ValueId => {
  const seen = c.choices.get(`${cond},${x},${y}`);
  if (seen !== undefined) return seen;
  const { dtype, secret } = c.to.typeOf(x);
  const other = c.choices.get(`${cond},${y},${x}`);
  const masked = c.to.typeOf(cond).secret && dtype !== 'bool' && (secret || c.to.typeOf(y).secret);
  const made =
    other !== undefined && masked
      ? c.to.emit('sub', [c.to.emit('add', [x, y], {}, site), other], {}, site)
      : c.to.emit('select', [cond, x, y], {}, site);
  c.choices.set(`${cond},${x},${y}`, made);
  return made;
};

const select = (c: Context, node: Sited, [cond, x, y]: Operands<'select', ValueId>): ValueId | undefined => {
  const told = c.find.numberOf(cond);
  const chosen = told === 0 ? y : x;
  if (told !== undefined && c.to.typeOf(chosen).secret) return chosen;
  const inverse = c.find.made(cond, 'not');
  if (inverse !== undefined) return select(c, node, [inverse.ins[0], y, x]);
  const yes = c.find.made(x, 'select');
  const no = c.find.made(y, 'select');
  const a = yes?.ins[0] === cond ? yes.ins[1] : x;
  const b = no?.ins[0] === cond ? no.ins[2] : y;
  if (a === b && c.to.typeOf(a).secret) return a;
  return choose(c, node, cond, a, b);
};

/** The larger (smaller) of a pair that is compared anyway: a choice by that comparison. */
const extreme =
  (larger: boolean): Simplify<'maximum' | 'minimum'> =>
  (c, node, [x, y]) => {
    for (const [a, b] of [
      [x, y],
      [y, x],
    ] as const) {
      if (!c.compared.has(`${a},${b}`)) continue;
      const less = lessOf(c, node, a, b);
      return larger ? choose(c, node, less, b, a) : choose(c, node, less, a, b);
    }
    return undefined;
  };

/** |x| where x is compared with 0 anyway. */
const abs: Simplify<'abs'> = (c, node, [x]) => {
  if (!c.signed.has(node.ins[0])) return undefined;
  const { dtype, shape } = c.to.typeOf(x);
  const zero = c.to.constant({ shape: [], dtype, data: alloc(dtype, 1) }, node.site);
  const wide = shape.length === 0 ? zero : c.to.emit('broadcast', [zero], { shape: [...shape] }, node.site);
  return choose(c, node, lessOf(c, node, x, wide), c.to.emit('neg', [x], {}, node.site), x);
};

/** min(max(x, lo), hi) and max(min(x, hi), lo) for public numbers lo <= hi. */
const clamp =
  (outer: 'maximum' | 'minimum'): Simplify<'maximum' | 'minimum'> =>
  (c, node, ins) => {
    const split = ([x, y]: Operands<'maximum', ValueId>): { x: ValueId; bound: number } | undefined => {
      const [p, q] = [c.find.numberOf(x), c.find.numberOf(y)];
      return q !== undefined ? { x, bound: q } : p !== undefined ? { x: y, bound: p } : undefined;
    };
    const out = split(ins);
    const inner = outer === 'maximum' ? 'minimum' : 'maximum';
    const made = out && c.find.made(out.x, inner);
    const held = made && split(made.ins);
    if (!out || !held || !c.to.typeOf(held.x).secret) return undefined;
    const [lo, hi] = outer === 'maximum' ? [out.bound, held.bound] : [held.bound, out.bound];
    return lo <= hi ? c.to.emit('clip', [held.x], { lo, hi }, node.site) : undefined;
  };

/** The root of a product of sums of squares: the product may leave the ring where the roots do not. */
const rootOfProduct: Simplify<'sqrt'> = (c, node, [x]) => {
  const product = c.find.made(x, 'mul');
  const sums = { find: c.find, shapeOf: (id: ValueId) => c.to.typeOf(id).shape };
  if (!product?.ins.every((id) => c.to.typeOf(id).secret && isSumOfSquares(sums, id))) return undefined;
  const [a, b] = product.ins.map((id) => c.to.emit('sqrt', [id], {}, node.site)) as [ValueId, ValueId];
  return c.to.emit('mul', [a, b], {}, node.site);
};

/** What axes of length 1 before the others were added to is broadcast as it was. */
const broadcast: Simplify<'broadcast'> = (c, node, [x]) => {
  const added = c.find.made(x, 'reshape');
  if (added === undefined) return undefined;
  const [from, shape] = [c.to.typeOf(added.ins[0]).shape, c.to.typeOf(x).shape];
  const lead = shape.length - from.length;
  if (lead <= 0 || shape.some((n, i) => n !== (i < lead ? 1 : from[i - lead]))) return undefined;
  return c.to.emit('broadcast', [added.ins[0]], node.attrs, node.site);
};

/** All elements in their order. */
const gather: Simplify<'gather'> = (c, { attrs }, [x]) =>
  c.to.typeOf(x).shape[attrs.axis] === attrs.indices.length && attrs.indices.every((from, i) => from === i)
    ? x
    : undefined;

const first =
  <K extends OpName>(...rules: readonly Simplify<K>[]): Simplify<K> =>
  (c, node, ins) => {
    for (const rule of rules) {
      const found = rule(c, node, ins);
      if (found !== undefined) return found;
    }
    return undefined;
  };

/** op(op(x)) is x. */
const involution =
  (op: 'not' | 'neg'): Simplify<'not' | 'neg'> =>
  (c, _node, [x]) =>
    c.find.made(x, op)?.ins[0];

/** What is simpler where a secret is among the operands; other ops stay as they are. */
const SIMPLER: { readonly [K in OpName]?: Simplify<K> } = {
  not: involution('not'),
  neg: involution('neg'),
  add: (c, _node, ins) => neutral(c, 0, ins, true),
  sub: (c, _node, ins) => neutral(c, 0, ins, false),
  mul: (c, _node, ins) => neutral(c, 1, ins, true),
  div: (c, _node, ins) => neutral(c, 1, ins, false),
  less: (c, node, [a, b]) => lessOf(c, node, a, b),
  select,
  maximum: first(clamp('maximum'), extreme(true)),
  minimum: first(clamp('minimum'), extreme(false)),
  abs,
  sqrt: rootOfProduct,
  broadcast,
  gather,
  stopGradient: (_c, _node, [x]) => x,
};

/** Which pairs are compared with `less`, or have both their larger and their smaller asked for. */
const comparisons = (graph: OpGraph): Set<string> => {
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
const signedValues = (graph: OpGraph, pairs: ReadonlySet<string>): Set<ValueId> => {
  const find = new Lookup(graph);
  const split = [...pairs].map((key) => key.split(',').map(Number) as [number, number]);
  return new Set(split.filter(([, b]) => find.numberOf(b) === 0).map(([a]) => a));
};

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before, and are to be merged after. */
export const simplify = (graph: OpGraph): OpGraph => {
  const pairs = comparisons(graph);
  const signed = signedValues(graph, pairs);
  const compared = new Set<string>();
  const names = new Map<ValueId, ValueId>();
  const waiting = new Map<ValueId, (readonly [ValueId, ValueId])[]>();
  for (const key of pairs) {
    const pair = key.split(',').map(Number) as [ValueId, ValueId];
    for (const id of pair) {
      const pairs = waiting.get(id);
      if (pairs) pairs.push(pair);
      else waiting.set(id, [pair]);
    }
  }
  let c: Context | undefined;
  return rewrite(graph, (to, node, ins) => {
    c ??= { to, find: new Lookup(to), compared, signed, lesses: new Map(), choices: new Map() };
    // Pairs are known by their old numbers; what is asked for are the new ones.
    for (let i = 0; waiting.size > 0 && i < node.ins.length; i++) {
      const id = node.ins[i]!;
      if (!waiting.has(id) || names.has(id)) continue;
      names.set(id, ins[i]!);
      for (const [a, b] of waiting.get(id)!)
        if (names.has(a) && names.has(b)) compared.add(`${names.get(a)},${names.get(b)}`);
    }
    if (node.op === 'loop') return keep(to, withBody(node, simplify), ins);
    const secret = ins.some((id) => to.typeOf(id).secret);
    const rule = secret ? (SIMPLER[node.op] as Simplify<OpName> | undefined) : undefined;
    const found = rule?.(c, node, ins as never);
    return found === undefined ? keep(to, node, ins) : [found];
  });
};
