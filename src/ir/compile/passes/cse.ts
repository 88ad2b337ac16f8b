/** @file Common subexpressions: nodes with the same op, operands and attributes become one (ops have no effects). */
import { opSet } from '../../ops/catalogue.ts';
import type { Attr, Node, Tensor, Type, ValueId } from '../../ops/graph.ts';
import { print } from '../../ops/print.ts';
import type { OpGraph } from '../../ops/program.ts';
import { sameShape } from '../../ops/shapes.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

const sameNumbers = (a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
};

const isList = (x: Attr | undefined): x is readonly number[] | Float64Array =>
  Array.isArray(x) || ArrayBuffer.isView(x);

const sameAttr = (a: Attr | undefined, b: Attr | undefined): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameNumbers(a, b);
  return a.dtype === b.dtype && sameShape(a.shape, b.shape) && sameNumbers(a.data, b.data);
};

const sameAttrs = (a: Node['attrs'], b: Node['attrs']): boolean => {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => sameAttr(a[k], b[k]));
};

const sameType = (a: Type, b: Type): boolean =>
  a.dtype === b.dtype && a.secret === b.secret && sameShape(a.shape, b.shape);

/** Ops whose operands may stand in either order. */
const COMMUTATIVE = opSet('add', 'mul', 'maximum', 'minimum', 'equal', 'and', 'or', 'xor');

/** A node that was seen, and those before it with the same hash. */
interface Seen {
  readonly node: Node;
  readonly operands: readonly ValueId[];
  readonly outs: readonly ValueId[];
  readonly before: Seen | undefined;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** A number of an attribute, all its bits mixed. */
const mixed = (hash: number, x: unknown): number => {
  float[0] = Number(x);
  return Math.imul(Math.imul(hash ^ words[0]!, 0x01000193) ^ words[1]!, 0x85ebca6b);
};

/** Of what tells nodes without operands apart: the beginning of their constants. */
const START = 4;

const attrHash = (hash: number, x: Attr): number => {
  if (typeof x === 'number' || typeof x === 'boolean') return mixed(hash, x);
  if (typeof x === 'string') return mixed(hash, x.length);
  const list = isList(x) ? x : (x as Tensor).data;
  let all = mixed(hash, list.length);
  for (let i = 0; i < Math.min(list.length, START); i++) all = mixed(all, list[i]);
  return all;
};

const sameOperands = (a: readonly ValueId[], b: readonly ValueId[]): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
};

/** The nodes of one graph by what they compute. */
class Table {
  readonly #types: readonly Type[];
  readonly #ops = new Map<string, number>();
  readonly #seen = new Map<number, Seen>();

  constructor(types: readonly Type[]) {
    this.#types = types;
  }

  /** The results that stand for those of the node, on these operands of the new graph; else those that `make` makes. */
  get(node: Node, ins: readonly ValueId[], make: () => readonly ValueId[]): readonly ValueId[] {
    const turned = ins.length === 2 && ins[0]! > ins[1]! && COMMUTATIVE.has(node.op);
    const operands = turned ? [ins[1]!, ins[0]!] : ins;
    const hash = this.#hash(node, operands);
    const first = this.#seen.get(hash);
    for (let seen = first; seen; seen = seen.before) if (this.#alike(seen, node, operands)) return seen.outs;
    const outs = make();
    this.#seen.set(hash, { node, operands, outs, before: first });
    return outs;
  }

  #hash({ op, attrs }: Node, operands: readonly ValueId[]): number {
    const number = this.#ops.get(op) ?? this.#ops.size;
    if (number === this.#ops.size) this.#ops.set(op, number);
    let hash = Math.imul(number + 1, 0x9e3779b1);
    for (const id of operands) hash = Math.imul(hash ^ (id + 1), 0x85ebca6b) ^ (hash >>> 15);
    for (const key in attrs) hash = attrHash(hash, attrs[key]!);
    return hash ^ (hash >>> 13);
  }

  #alike({ node, operands }: Seen, other: Node, ins: readonly ValueId[]): boolean {
    return (
      node.op === other.op &&
      sameOperands(operands, ins) &&
      sameAttrs(node.attrs, other.attrs) &&
      node.outs.length === other.outs.length &&
      node.outs.every((id, i) => sameType(this.#types[id]!, this.#types[other.outs[i]!]!)) &&
      (node.body === other.body || (!!node.body && !!other.body && print(node.body) === print(other.body)))
    );
  }
}

/** Graph -> graph, loop bodies included. */
export const cse = (graph: OpGraph): OpGraph => {
  const table = new Table(graph.types);
  return rewrite(graph, (to, given, ins) => {
    const node = withBody(given, cse);
    return table.get(node, ins, () => keep(to, node, ins));
  });
};
