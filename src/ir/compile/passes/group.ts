/**
 * @file Small ops that are alike become one op on a longer array: nodes of one op, from one line, whose operands came about in the same
 * way. So thousands of ops on single numbers cost what a few ops on arrays cost. What is alike is there at the same time, so that no
 * value waits for a round more.
 */
import { GraphBuilder } from '../../ops/builder.ts';
import { type AttrsOf, CATALOGUE, type OpName, opSet } from '../../ops/catalogue.ts';
import { alloc } from '../../ops/dtypes.ts';
import { type Attrs, elements, sizeOf, type Tensor, type Type, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, OpNode, ProgramNode } from '../../ops/program.ts';
import { MOVES } from './makers.ts';
import { rewrite, withBody } from './rewrite.ts';

/** Nodes that a group has at least, elements of a result of one, and of all, at most. */
const LEAST = 16;
const SMALL = 64;
const MOST = 1 << 15;

/** Ops whose known public operands may differ from node to node: each is encoded by itself, and none changes how the others are used. */
const VARYING = opSet('add', 'sub', 'less', 'equal');
/** Ops that need no gate: it is not worth while to put operands together for them. */
const LOCAL = opSet('add', 'sub', 'neg', 'not', 'xor', 'hide');
/** Elementwise ops that are more than their elements. */
const NOT_GROUPED = opSet('reveal', 'stopGradient');

/** Nodes that become one, in the order of the program. */
interface Group {
  readonly nodes: readonly OpNode[];
  /** For each operand: where it comes from. */
  readonly operands: readonly Operand[];
}

type Operand =
  /** One value for all. */
  | { readonly kind: 'shared'; readonly id: ValueId }
  /** A public number each. */
  | { readonly kind: 'constants'; readonly values: readonly Tensor[] }
  /** Results of another group, which of them for each node. */
  | { readonly kind: 'group'; readonly group: Group; readonly places: readonly number[] }
  | { readonly kind: 'separate'; readonly ids: readonly ValueId[] };

/** A result of a group. */
interface Member {
  readonly group: Group;
  readonly place: number;
}

const typeKey = ({ dtype, shape, secret }: Type): string => `${dtype} ${shape}${secret ? ' s' : ''}`;
const attrsKey = (attrs: Attrs): string => {
  let key = '';
  for (const name in attrs) key += ` ${name}=${attrs[name] as string}`;
  return key;
};

/** What came about after something that is revealed, or in a loop: nothing is alike. */
const ALONE = 0;

/**
 * By value a number, the same for values that came about in the same way: by the same ops on operands that did. Which elements an op moves
 * makes no difference.
 */
const histories = ({ ins, nodes, types }: OpGraph): Int32Array => {
  const found = new Int32Array(types.length);
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size + 1);
    return numbers.size;
  };
  const constants = new Uint8Array(types.length);
  const keyOf = (node: OpNode): string => {
    const { op, attrs } = node;
    if (op === 'const') return `const ${typeKey(types[node.outs[0]]!)}`;
    if (MOVES.has(op)) return `move ${found[node.ins[0]!]} ${typeKey(types[node.outs[0]]!)}`;
    if (!CATALOGUE[op].elementwise) return `${op} ${node.outs[0]}`;
    let key = `${op}${attrsKey(attrs)}`;
    for (const id of node.ins) {
      const alike = types[id]!.secret || (constants[id] === 1 && VARYING.has(op));
      key += alike ? ` ${found[id]}` : ` =${id}`;
    }
    return key;
  };
  for (const id of ins) found[id] = numberOf(`input ${typeKey(types[id]!)}`);
  for (const node of nodes) {
    if (node.op === 'loop' || node.op === 'reveal') continue;
    if (node.op === 'const' || (isRepeat(node) && constants[node.ins[0]] === 1)) constants[node.outs[0]] = 1;
    if (node.ins.some((id) => found[id] === ALONE)) continue;
    found[node.outs[0]] = numberOf(keyOf(node));
  }
  return found;
};

/** Known public numbers, and those of which one stands in every place. */
const isRepeat = (node: ProgramNode): node is NodeOf<'broadcast'> => node.op === 'broadcast';

const constantsOf = ({ nodes, types }: OpGraph): ReadonlyMap<ValueId, Tensor> => {
  const found = new Map<ValueId, Tensor>();
  for (const node of nodes) {
    if (node.op === 'const') found.set(node.outs[0], node.attrs.value);
    const one = isRepeat(node) ? found.get(node.ins[0]) : undefined;
    const { shape } = types[node.outs[0]!]!;
    if (one && one.data.length === 1 && sizeOf(shape) <= SMALL) found.set(node.outs[0]!, { ...one, shape });
  }
  return found;
};

/** Nodes that are alike, and where they stand in the graph. */
interface Alike {
  readonly nodes: OpNode[];
  readonly places: number[];
}

/** Nodes that may become one. */
const candidates = (graph: OpGraph): OpNode[][] => {
  const { types } = graph;
  const number = histories(graph);
  // By history, and by line: lines are the same texts over and over, which are not put together anew for each node.
  const alike = new Map<number, Map<string | undefined, Alike>>();
  for (const [at, node] of graph.nodes.entries()) {
    if (node.op === 'loop' || !CATALOGUE[node.op].elementwise || NOT_GROUPED.has(node.op)) continue;
    const [out] = node.outs;
    if (number[out] === ALONE || !types[out]!.secret || sizeOf(types[out]!.shape) > SMALL) continue;
    const history = number[out]!;
    let lines = alike.get(history);
    if (!lines) {
      lines = new Map();
      alike.set(history, lines);
    }
    const before = lines.get(node.site);
    if (before) {
      before.nodes.push(node);
      before.places.push(at);
    } else lines.set(node.site, { nodes: [node], places: [at] });
  }
  const found: { readonly nodes: OpNode[]; readonly at: number }[] = [];
  for (const { nodes, places } of [...alike.values()].flatMap((lines) => [...lines.values()])) {
    if (nodes.length < LEAST) continue;
    const size = Math.max(1, sizeOf(types[nodes[0]!.outs[0]]!.shape));
    const most = Math.floor(MOST / size);
    for (let at = 0; at < nodes.length; at += most)
      found.push({ nodes: nodes.slice(at, at + most), at: places[at]! });
  }
  // Operands first: what is alike is as far from the inputs.
  return found.sort((a, b) => a.at - b.at).map(({ nodes }) => nodes);
};

/** The groups of a graph, by their results. */
const groupsOf = (graph: OpGraph): ReadonlyMap<ValueId, Member> => {
  const members = new Map<ValueId, Member>();
  const all = candidates(graph);
  if (all.length === 0) return members;
  const constants = constantsOf(graph);
  const operandOf = (nodes: readonly OpNode[], i: number): Operand => {
    const ids = nodes.map((node) => node.ins[i]!);
    const [first] = ids as [ValueId];
    if (ids.every((id) => id === first)) return { kind: 'shared', id: first };
    const values = ids.flatMap((id) => constants.get(id) ?? []);
    if (values.length === ids.length) return { kind: 'constants', values };
    const group = members.get(first)?.group;
    if (group && ids.every((id) => members.get(id)?.group === group))
      return { kind: 'group', group, places: ids.map((id) => members.get(id)!.place) };
    return { kind: 'separate', ids };
  };
  for (const nodes of all) {
    const operands = nodes[0]!.ins.map((_, i) => operandOf(nodes, i));
    if (LOCAL.has(nodes[0]!.op) && operands.some(({ kind }) => kind === 'separate')) continue;
    const group: Group = { nodes, operands };
    for (const [place, node] of nodes.entries()) members.set(node.outs[0], { group, place });
  }
  return members;
};

/** The arrays one after another, along a new first axis; a single number stands for all. */
const stacked = (values: readonly Tensor[]): Tensor => {
  const [{ shape, dtype }] = values as [Tensor];
  const size = sizeOf(shape);
  const data = alloc(dtype, values.length * size);
  const to = elements(data);
  for (const [i, value] of values.entries()) {
    const from = elements(value.data);
    for (let j = 0; j < size; j++) to[i * size + j] = from[from.length === 1 ? 0 : j]!;
  }
  return { shape: [values.length, ...shape], dtype, data };
};

/** No value of the new graph. */
const NONE = -1;

/** How rows are taken out of a group's result: their type before and their shape after its first axis has gone. */
interface Rows {
  readonly all: ValueId;
  readonly type: Type;
  readonly shape: number[];
  readonly size: number[];
  readonly step: number[];
}

/** Adds a node whose result is known to be of this type: rows come by the thousand, and are not typed anew. */
const added = <K extends OpName>(
  to: GraphBuilder,
  op: K,
  x: ValueId,
  attrs: AttrsOf<K>,
  type: Type,
  site: string | undefined,
): ValueId => {
  const id = to.types.push(type) - 1;
  const node = { op, ins: [x], outs: [id], attrs };
  to.nodes.push((site === undefined ? node : { ...node, site }) as unknown as ProgramNode);
  return id;
};

/** The new graph. */
class Regrouped {
  readonly #graph: OpGraph;
  readonly #to = new GraphBuilder();
  readonly #members: ReadonlyMap<ValueId, Member>;
  /** Values of the new graph: of old ones, and of groups. */
  readonly #names: Int32Array;
  /** Constants, which come when they are needed. */
  readonly #constants = new Map<ValueId, ProgramNode>();
  readonly #groups = new Map<Group, ValueId>();
  readonly #rows = new Map<Group, Rows>();
  /** Values repeated, by how often. */
  readonly #repeated = new Map<string, ValueId>();

  constructor(graph: OpGraph, members: ReadonlyMap<ValueId, Member>) {
    this.#graph = graph;
    this.#members = members;
    this.#names = new Int32Array(graph.types.length).fill(NONE);
    for (const id of graph.ins) this.#names[id] = this.#to.input(graph.types[id]!);
    for (const node of graph.nodes) if (node.op === 'const') this.#constants.set(node.outs[0], node);
  }

  /** Nodes in their order, and before each what it needs: the rest of a group comes with its first node. */
  make(): OpGraph {
    const { nodes, outs } = this.#graph;
    const maker: (ProgramNode | undefined)[] = [];
    for (const node of nodes) for (const id of node.outs) maker[id] = node;
    const stack: ProgramNode[] = [];
    for (const node of nodes) {
      if (node.op === 'const' || this.#isMade(node)) continue;
      stack.push(node);
      for (let next = stack.at(-1); next !== undefined; next = stack.at(-1)) {
        const group = this.#groupOf(next);
        const missing = this.#isMade(next) ? [] : this.#missing(group?.nodes ?? [next], maker);
        if (missing.length > 0) {
          stack.push(...missing);
          continue;
        }
        stack.pop();
        if (this.#isMade(next)) continue;
        if (group) this.#group(group);
        else this.#node(next);
      }
    }
    return this.#to.finish(outs.map((id) => this.#name(id)));
  }

  #groupOf(node: ProgramNode): Group | undefined {
    return node.outs.length === 1 ? this.#members.get(node.outs[0]!)?.group : undefined;
  }

  #isThere(id: ValueId): boolean {
    const member = this.#members.get(id);
    if (member) return this.#groups.has(member.group);
    return this.#names[id] !== NONE || this.#constants.has(id);
  }

  #isMade({ outs }: ProgramNode): boolean {
    return outs.length > 0 && this.#isThere(outs[0]!);
  }

  #missing(nodes: readonly ProgramNode[], maker: readonly (ProgramNode | undefined)[]): ProgramNode[] {
    const found = new Set<ProgramNode>();
    for (const { ins } of nodes) for (const id of ins) if (!this.#isThere(id)) found.add(maker[id]!);
    return [...found];
  }

  #node(node: ProgramNode): void {
    const ins = node.ins.map((id) => this.#name(id));
    const outs = this.#to.keep(node, ins, this.#graph.types);
    for (const [i, id] of node.outs.entries()) this.#names[id] = outs[i]!;
  }

  #group(group: Group): void {
    const { nodes, operands } = group;
    const [{ op, attrs, site }] = nodes as [OpNode];
    const ins = operands.map((operand) => this.#operand(operand, nodes.length, site));
    this.#groups.set(group, this.#to.copy({ op, attrs, site }, ins)[0]!);
  }

  #operand(operand: Operand, count: number, site: string | undefined): ValueId {
    switch (operand.kind) {
      case 'shared':
        return this.#shared(operand.id, count, site);
      case 'constants':
        return this.#to.constant(stacked(operand.values), site);
      case 'group':
        return this.#of(operand.group, operand.places, site);
      case 'separate':
        return this.#together(operand.ids, site);
    }
  }

  #shared(id: ValueId, count: number, site: string | undefined): ValueId {
    const key = `${id} ${count}`;
    const known = this.#repeated.get(key);
    if (known !== undefined) return known;
    const shape = [count, ...this.#graph.types[id]!.shape];
    const made = this.#to.emit('broadcast', [this.#name(id)], { shape }, site);
    this.#repeated.set(key, made);
    return made;
  }

  #of(group: Group, places: readonly number[], site: string | undefined): ValueId {
    const all = this.#groups.get(group)!;
    if (places.length === group.nodes.length && places.every((place, i) => place === i)) return all;
    return this.#to.emit('gather', [all], { axis: 0, indices: places }, site);
  }

  #together(ids: readonly ValueId[], site: string | undefined): ValueId {
    const rows = ids.map((id) => {
      const { shape } = this.#graph.types[id]!;
      return this.#to.emit('reshape', [this.#name(id)], { shape: [1, ...shape] }, site);
    });
    return this.#to.emit('concat', rows as [ValueId, ...ValueId[]], { axis: 0 }, site);
  }

  /** What all rows of a group have in common: they are taken out by the thousand. */
  #rowsOf(group: Group): Rows {
    const known = this.#rows.get(group);
    if (known) return known;
    const old = this.#graph.types[group.nodes[0]!.outs[0]]!;
    const shape = [...old.shape];
    const size = [1, ...shape];
    const all = this.#groups.get(group)!;
    const rows = { all, type: { ...old, shape: size }, shape, size, step: size.map(() => 1) };
    this.#rows.set(group, rows);
    return rows;
  }

  /** The value that stands for one of the old graph: of a group it is taken out when somebody else needs it. */
  #name(id: ValueId): ValueId {
    const known = this.#names[id]!;
    if (known !== NONE) return known;
    const constant = this.#constants.get(id);
    if (constant) {
      this.#node(constant);
      return this.#names[id]!;
    }
    const { group, place } = this.#members.get(id)!;
    const { site } = group.nodes[place]!;
    const { all, type, shape, size, step } = this.#rowsOf(group);
    const start = [place, ...shape.map(() => 0)];
    const row = added(this.#to, 'slice', all, { start, size, step }, type, site);
    const made = added(this.#to, 'reshape', row, { shape }, this.#graph.types[id]!, site);
    this.#names[id] = made;
    return made;
  }
}

/** Graph -> graph, loop bodies included. */
export const group = (graph: OpGraph): OpGraph => {
  const inside = graph.nodes.some((node) => node.op === 'loop')
    ? rewrite(graph, (to, node, ins) => to.keep(withBody(node, group), ins, to.from.types))
    : graph;
  const members = groupsOf(inside);
  return members.size === 0 ? inside : new Regrouped(inside, members).make();
};
