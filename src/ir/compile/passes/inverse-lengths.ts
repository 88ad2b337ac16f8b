/**
 * @file x times the inverse of its own length, or of its square, as gradients of roots and logarithms have it: x * rsqrt(sum(x * x)), and
 * x * (1 / sum(x * x)). The inverse of a large number has few digits, which x would multiply. So x is divided: the quotient is of the size
 * of 1, and has all of its digits. What else is a factor of the inverse (a cotangent) comes after it.
 */
import type { OpName } from '../../ops/catalogue.ts';
import type { ValueId } from '../../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../../ops/program.ts';
import { Lookup } from './makers.ts';
import { keep, type Rewriter, rewrite, withBody } from './rewrite.ts';
import { isSquare, unshaped } from './sums-of-squares.ts';

/** What x is divided by, one after the other, and what the quotient is multiplied with. */
interface Parts {
  readonly by: readonly ValueId[];
  readonly rest: ValueId | undefined;
}

/** Whether it is a sum of squares of x times public numbers above 0, in whatever shape. */
const isOwnSum = (to: Rewriter, find: Lookup, id: ValueId, x: ValueId): boolean => {
  const node = find.maker(id);
  const isPositive = (other: ValueId): boolean => (find.numberOf(other) ?? 0) > 0;
  if (node?.op === 'reshape') return isOwnSum(to, find, node.ins[0], x);
  if (node?.op === 'sum') return find.made(node.ins[0], 'mul')?.ins.every((one) => one === x) ?? false;
  if (node?.op === 'matmul') {
    const [a, b] = node.ins;
    const isRow = to.typeOf(a).shape.at(-2) === 1 && to.typeOf(b).shape.at(-1) === 1;
    return isRow && unshaped(find, a) === unshaped(find, x) && unshaped(find, b) === unshaped(find, x);
  }
  if (node?.op !== 'mul' && node?.op !== 'div') return false;
  const [a, b] = node.ins;
  if (isPositive(b)) return isOwnSum(to, find, a, x);
  return node.op === 'mul' && isPositive(a) && isOwnSum(to, find, b, x);
};

/** What each value is an inverse of, or of the root of, times other factors: found as nodes are visited, one step each. */
class Divisors {
  readonly #find: Lookup;
  readonly #of = new Map<ValueId, ValueId | undefined>();

  constructor(find: Lookup) {
    this.#find = find;
  }

  of(id: ValueId): ValueId | undefined {
    if (!this.#of.has(id)) this.#of.set(id, this.#within(id));
    return this.#of.get(id);
  }

  #within(id: ValueId): ValueId | undefined {
    const node = this.#find.maker(id);
    if (node?.op === 'rsqrt') return node.attrs.fine === undefined ? node.ins[0] : undefined;
    if (node?.op === 'div') return node.ins[1];
    if (node?.op === 'reshape' || node?.op === 'broadcast') return this.of(node.ins[0]);
    return node?.op === 'mul' ? (this.of(node.ins[0]) ?? this.of(node.ins[1])) : undefined;
  }
}

/** What x times a value of which `divisors` knows a divisor is divided by and multiplied with; undefined where shapes differ within. */
const partsOf = (to: Rewriter, find: Lookup, divisors: Divisors, id: ValueId): Parts | undefined => {
  const { op, ins, attrs, site } = find.maker(id)! as ProgramNode & { readonly op: OpName };
  if (op === 'rsqrt') return { by: [to.emit('sqrt', [ins[0]!], {}, site)], rest: undefined };
  if (op === 'div') {
    const root = isSquare(find, ins[1]!)
      ? find.maker(ins[1]!)!.ins[0]!
      : to.emit('sqrt', [ins[1]!], {}, site);
    return { by: [root, root], rest: ins[0] };
  }
  const at = op === 'mul' && divisors.of(ins[0]!) === undefined ? 1 : 0;
  const parts = partsOf(to, find, divisors, ins[at]!);
  if (parts === undefined) return undefined;
  const { by, rest } = parts;
  if (op !== 'mul') {
    const moved = (value: ValueId): ValueId =>
      to.emit(op as 'reshape' | 'broadcast', [value], attrs as { shape: readonly number[] }, site);
    return { by: by.map(moved), rest: rest === undefined ? undefined : moved(rest) };
  }
  const other = ins[1 - at]!;
  if (!sameShape(to, other, id)) return undefined;
  return { by, rest: rest === undefined ? other : to.emit('mul', [rest, other], {}, site) };
};

const sameShape = (to: Rewriter, a: ValueId, b: ValueId): boolean =>
  String(to.typeOf(a).shape) === String(to.typeOf(b).shape);

/** Whether x is divided by its own length or square in `divisor`. */
const isOwn = (to: Rewriter, find: Lookup, divisor: ValueId, x: ValueId): boolean =>
  isOwnSum(to, find, divisor, x) || (isSquare(find, divisor) && find.maker(divisor)!.ins[0] === x);

const times = (
  to: Rewriter,
  find: Lookup,
  divisors: Divisors,
  { ins, site }: { readonly ins: readonly ValueId[]; readonly site: ProgramNode['site'] },
): ValueId | undefined => {
  for (const [w, x] of [ins, [ins[1], ins[0]]] as [ValueId, ValueId][]) {
    const divisor = divisors.of(w);
    if (divisor === undefined || !to.typeOf(x).secret || !sameShape(to, w, x)) continue;
    if (!isOwn(to, find, divisor, x)) continue;
    const parts = partsOf(to, find, divisors, w);
    if (parts === undefined) continue;
    const { by, rest } = parts;
    const div = (a: ValueId, b: ValueId): ValueId => to.emit('div', [a, b], {}, site);
    // x / (x x) is 1 / x.
    if (by.length === 2 && by[0] === x) return div(rest!, x);
    const quotient = by.reduce(div, x);
    return rest === undefined ? quotient : to.emit('mul', [rest, quotient], {}, site);
  }
  return undefined;
};

/** Graph -> graph, loop bodies included. Equal nodes are to have been merged before. */
export const inverseLengths = (graph: OpGraph): OpGraph => {
  let find: Lookup | undefined;
  let divisors: Divisors | undefined;
  return rewrite(graph, (to, node, ins) => {
    find ??= new Lookup(to);
    divisors ??= new Divisors(find);
    if (node.op === 'loop') return keep(to, withBody(node, inverseLengths), ins);
    const made = node.op === 'mul' ? times(to, find, divisors, { ins, site: node.site }) : undefined;
    const outs = made === undefined ? keep(to, node, ins) : [made];
    divisors.of(outs[0]!);
    return outs;
  });
};
