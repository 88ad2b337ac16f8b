/**
 * @file GELU that a program has written out, x (1 + erf(x / sqrt 2)) / 2 or x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: one gate in place of
 * one for the inner function, and products. Its error is absolute, where that of the products is the smaller the nearer x is to 0: so it stands in
 * for programs of single precision alone.
 */
import type { ValueId } from '../../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../../ops/program.ts';
import { countUses, Lookup } from './makers.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

/** Coefficients, the constant first. */
type Polynomial = readonly number[];

const ROOT = Math.sqrt(2 / Math.PI);
/** What the inner function is of, where x is the other factor. */
const INNER = { erf: [0, Math.SQRT1_2], tanh: [0, ROOT, 0, 0.044715 * ROOT] } as const;

/** Constants of single precision, and of ten digits. */
const CLOSE = 1 / (1 << 22);
const isClose = (p: Polynomial, want: Polynomial): boolean =>
  p.length === want.length && p.every((c, i) => Math.abs(c - want[i]!) <= CLOSE * Math.abs(want[i]!));

/** Nodes that a value is followed back through. */
const DEPTH = 8;
const DEGREE = 3;

const sum = (p: Polynomial, q: Polynomial, sign: 1 | -1): Polynomial =>
  Array.from({ length: Math.max(p.length, q.length) }, (_, i) => (p[i] ?? 0) + sign * (q[i] ?? 0));

const product = (p: Polynomial, q: Polynomial): Polynomial | undefined => {
  if (p.length + q.length - 2 > DEGREE) return undefined;
  const out = new Array<number>(p.length + q.length - 1).fill(0);
  for (const [i, a] of p.entries()) for (const [j, b] of q.entries()) out[i + j]! += a * b;
  return out;
};

type Rule = (p: Polynomial, q: Polynomial) => Polynomial | undefined;
const RULES: Readonly<Partial<Record<string, Rule>>> = {
  add: (p, q) => sum(p, q, 1),
  sub: (p, q) => sum(p, q, -1),
  neg: (p) => sum([], p, -1),
  mul: product,
  div: (p, q) => (q.length === 1 && q[0] !== 0 ? p.map((c) => c / q[0]!) : undefined),
};

/** The polynomial in `x` that a value is. */
const polynomialOf = (find: Lookup, id: ValueId, x: ValueId, depth = DEPTH): Polynomial | undefined => {
  if (id === x) return [0, 1];
  const number = find.numberOf(id);
  if (number !== undefined) return [number];
  const node = find.maker(id);
  const rule = node && RULES[node.op];
  if (!rule || depth === 0) return undefined;
  const p = polynomialOf(find, node.ins[0]!, x, depth - 1);
  const q = p && node.ins.length > 1 ? polynomialOf(find, node.ins[1]!, x, depth - 1) : [];
  return p && q && rule(p, q);
};

/** A number times a value. */
interface Scaled {
  readonly number: number;
  readonly value: ValueId;
}

/** What a value is a number times of: itself first, then what it is made of. */
const scalingsOf = (find: Lookup, id: ValueId): Scaled[] => {
  const all: Scaled[] = [{ number: 1, value: id }];
  for (let last = all[0]!; all.length < DEPTH; last = all.at(-1)!) {
    const [a, b] = find.made(last.value, 'mul')?.ins ?? [];
    if (a === undefined || b === undefined) break;
    const [p, q] = [find.numberOf(a), find.numberOf(b)];
    const factor = p ?? q;
    if (factor === undefined) break;
    all.push({ number: last.number * factor, value: p === undefined ? a : b });
  }
  return all;
};

type Inner = ProgramNode & { readonly op: keyof typeof INNER };

/** The function of which a value is a sum with a number. */
const innerOf = (find: Lookup, id: ValueId, depth = DEPTH): Inner | undefined => {
  const node = find.maker(id);
  if (!node || depth === 0) return undefined;
  if (node.op === 'erf' || node.op === 'tanh')
    return node.attrs.single === true ? (node as Inner) : undefined;
  if (!RULES[node.op]) return undefined;
  const open = node.ins.filter((one) => find.numberOf(one) === undefined);
  return open.length === 1 ? innerOf(find, open[0]!, depth - 1) : undefined;
};

/** The x of which a product is the GELU, and by which function. */
const matchOf = (find: Lookup, id: ValueId): { readonly x: ValueId; readonly inner: Inner } | undefined => {
  const whole = scalingsOf(find, id).at(-1)!;
  const [a, b] = find.made(whole.value, 'mul')?.ins ?? [];
  if (a === undefined || b === undefined) return undefined;
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const inner = innerOf(find, other);
    const outer = inner && polynomialOf(find, other, inner.outs[0]!);
    if (outer?.length !== 2) continue;
    for (const { number, value: x } of scalingsOf(find, side)) {
      const within = polynomialOf(find, inner!.ins[0]!, x);
      const [c, d] = outer.map((one) => one * number * whole.number) as [number, number];
      // Both functions are odd: a sign within is one without.
      const odd = within?.map((one) => (d < 0 ? -one : one) + 0);
      if (odd && isClose([c, Math.abs(d)], [0.5, 0.5]) && isClose(odd, INNER[inner!.op]))
        return { x, inner: inner! };
    }
  }
  return undefined;
};

/** Graph -> graph, loop bodies included. A function within that others ask for too stays, and so does the product. */
export const gelu = (graph: OpGraph): OpGraph => {
  const uses = countUses(graph);
  const shared = new Set<ValueId>();
  let find: Lookup | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    const outs = keep(to, withBody(node, gelu), ins);
    if (node.op in INNER && uses[node.outs[0]!]! > 1) shared.add(outs[0]!);
    if (node.op !== 'mul' || !to.typeOf(outs[0]!).secret) return outs;
    const match = matchOf(find, outs[0]!);
    if (
      !match ||
      shared.has(match.inner.outs[0]!) ||
      !sameShape(to.typeOf(match.x).shape, to.typeOf(outs[0]!).shape)
    )
      return outs;
    return [to.emit('gelu', [match.x], { approximate: match.inner.op === 'tanh' }, node.site)];
  });
};

const sameShape = (a: readonly number[], b: readonly number[]): boolean => String(a) === String(b);
