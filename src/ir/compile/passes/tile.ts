/**
 * @file Tiling, for programs inside a memory limit: nodes that work row by row on arrays that are too large are cut along the first
 * axis, and run tile after tile. Nodes that pass rows to each other form a region; only the inputs and outputs of a region exist as
 * whole arrays. A sum over the rows becomes the sum of the tiles' sums.
 *
 * Tiles cost rounds (each has its own) and no bytes. A fence at the end of a tile keeps the parties from beginning the next.
 */
import { GraphBuilder } from '../../ops/builder.ts';
import { CATALOGUE, type OpName } from '../../ops/catalogue.ts';
import { type Graph, type Shape, sizeOf, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, OpGraph, OpNode, ProgramNode } from '../../ops/program.ts';
import { HELD, takesRounds, type WorkOptions, workOf } from './op-memory.ts';

/** Bytes for an element of a value that is cut, at least: a quotient with all that it is made of. */
const ELEMENT = 2048;
/** The part of the memory from which on what leaves a region waits outside of it. */
const OUTSIDE = 0.25;
/** The part of the memory that a tile may need; what enters and leaves it has the rest. */
const SHARE = 0.5;

/** How a node is tiled: which operands are cut into rows (the others are whole), and whether the result is a sum over the rows. */
interface Rows {
  readonly count: number;
  readonly cut: readonly boolean[];
  readonly total: boolean;
}

/** Nodes that are done together, tile by tile. */
interface Region {
  readonly rows: number;
  readonly nodes: OpNode[];
  /** Most elements of a row. */
  widest: number;
  /** Regions that have to be over before. */
  readonly needs: Set<Region>;
  /** The region that this one became a part of. */
  into?: Region;
}

const root = (region: Region): Region => (region.into ? root(region.into) : region);

/** Whether `region` depends on `other`, or is the same. */
const waitsFor = (region: Region, other: Region, seen = new Set<Region>()): boolean => {
  const from = root(region);
  if (from === root(other)) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...from.needs].some((r) => waitsFor(r, other, seen));
};

const merge = (region: Region, other: Region): void => {
  region.nodes.push(...other.nodes);
  region.widest = Math.max(region.widest, other.widest);
  for (const r of other.needs) region.needs.add(r);
  other.into = region;
};

type Types = Graph['types'];
const shapeOf = (types: Types, id: ValueId): Shape => types[id]!.shape;
const each = (node: Pick<OpNode, 'ins'>, cut: boolean): boolean[] => node.ins.map(() => cut);

/** By op: which operands are cut into rows; undefined where the op cannot be tiled. */
const CUTS: { readonly [K in OpName]?: (node: NodeOf<K>, types: Types) => readonly boolean[] | undefined } = {
  broadcast: ({ ins: [x], outs: [y] }, types) => {
    const [from, to] = [shapeOf(types, x), shapeOf(types, y)];
    return [from.length === to.length && from[0] === to[0]];
  },
  reshape: ({ ins: [x], outs: [y] }, types) =>
    shapeOf(types, x)[0] === shapeOf(types, y)[0] ? [true] : undefined,
  transpose: ({ attrs }) => (attrs.perm[0] === 0 ? [true] : undefined),
  sum: (node) => each(node, true),
  max: ({ attrs }) => (attrs.axis === 0 ? undefined : [true]),
  min: ({ attrs }) => (attrs.axis === 0 ? undefined : [true]),
  argmax: ({ attrs }) => (attrs.axis === 0 ? undefined : [true]),
  argmin: ({ attrs }) => (attrs.axis === 0 ? undefined : [true]),
  // In a batch of products, both operands are.
  matmul: ({ ins: [x] }, types) => [true, shapeOf(types, x).length > 2],
};

const rowsOf = (node: ProgramNode, types: Types): Rows | undefined => {
  if (node.op === 'loop' || node.op === 'reveal') return undefined;
  const cuts = CUTS[node.op] as ((node: OpNode, types: Types) => readonly boolean[] | undefined) | undefined;
  const cut = CATALOGUE[node.op].elementwise ? each(node, true) : cuts?.(node, types);
  if (cut === undefined) return undefined;
  const total = node.op === 'sum' && node.attrs.axes.includes(0);
  const count = shapeOf(types, node.op === 'sum' && total ? node.ins[0] : node.outs[0])[0] ?? 1;
  return count > 1 ? { count, cut, total } : undefined;
};

/** The regions of a graph, by their nodes. */
const regionsOf = (graph: OpGraph, most: number): ReadonlyMap<ProgramNode, Region> => {
  const { types } = graph;
  const found = new Map<ProgramNode, Region>();
  /** The region that makes a value, row by row. */
  const home = new Map<ValueId, Region>();
  const homeOf = (id: ValueId): Region | undefined => {
    const region = home.get(id);
    return region && root(region);
  };
  /** Regions whose end a value waits for. */
  const after = new Map<ValueId, ReadonlySet<Region>>();
  /** Those that the operands wait for, seen from a region, or from outside of all. */
  const needsOf = (node: ProgramNode, from: Region | undefined): Region[] =>
    node.ins.flatMap((id) => {
      const own = homeOf(id);
      return [...(after.get(id) ?? []), ...(own && own !== from ? [own] : [])];
    });
  for (const node of graph.nodes) {
    const rows = rowsOf(node, types);
    const byRow = node.ins.filter((_, i) => rows?.cut[i]);
    const size = Math.max(0, ...[...node.outs, ...byRow].map((id) => sizeOf(shapeOf(types, id))));
    const secret = node.outs.some((id) => types[id]!.secret);
    let region: Region | undefined;
    if (rows && node.op !== 'loop' && secret && size > most) {
      const fits = (r: Region): boolean =>
        r.rows === rows.count &&
        node.ins.every((id, i) => homeOf(id) !== r || rows.cut[i]) &&
        !needsOf(node, r).some((other) => waitsFor(other, r));
      const near = [...new Set(byRow.map(homeOf))].filter((r): r is Region => r !== undefined && fits(r));
      const own = near[0] ?? { rows: rows.count, nodes: [], widest: 1, needs: new Set() };
      for (const other of near.slice(1))
        if (!waitsFor(own, other) && !waitsFor(other, own)) merge(own, other);
      region = own;
      region.nodes.push(node);
      region.widest = Math.max(region.widest, size / rows.count);
      found.set(node, region);
    }
    const needs = needsOf(node, region);
    for (const other of needs) region?.needs.add(other);
    for (const id of node.outs) {
      if (region && !rows!.total) home.set(id, region);
      after.set(id, new Set(region && rows!.total ? [...needs, region] : needs));
    }
  }
  const order = new Map<ProgramNode, number>(graph.nodes.map((node, i) => [node, i]));
  for (const [node, region] of found) found.set(node, root(region));
  for (const region of new Set(found.values())) region.nodes.sort((x, y) => order.get(x)! - order.get(y)!);
  return found;
};

/** The attributes for a tile: shapes with fewer rows. */
const withRows = (node: OpNode, rows: number): OpNode =>
  node.op === 'broadcast' || node.op === 'reshape'
    ? { ...node, attrs: { ...node.attrs, shape: [rows, ...node.attrs.shape.slice(1)] } }
    : node;

/** Bytes for a row of a region: its ops run side by side where none waits for another, and values are held to their last use. */
const rowBytes = (
  { nodes, rows }: Region,
  types: Types,
  leaves: ReadonlySet<ValueId>,
  o: WorkOptions,
): number => {
  const size = (id: ValueId): number => sizeOf(shapeOf(types, id)) / rows;
  /** By round: bytes of what runs and of what is held. */
  const turns: number[] = [];
  const made = new Map<ValueId, number>();
  const last = new Map<ValueId, number>();
  for (const node of nodes) {
    const { cut } = rowsOf(node, types)!;
    const ins = node.ins.filter((_, i) => cut[i]);
    const turn = Math.max(0, ...ins.map((id) => made.get(id) ?? 0)) + (takesRounds(node) ? 1 : 0);
    const most = Math.max(...[...ins, ...node.outs].map(size));
    turns[turn] = (turns[turn] ?? 0) + most * workOf(node, o);
    for (const id of ins) {
      if (!made.has(id)) made.set(id, 0);
      last.set(id, Math.max(last.get(id) ?? 0, turn));
    }
    for (const id of node.outs) made.set(id, turn);
  }
  for (const [id, from] of made) {
    const to = leaves.has(id) ? turns.length - 1 : (last.get(id) ?? from);
    for (let turn = from; turn <= to; turn++) turns[turn] = (turns[turn] ?? 0) + size(id) * HELD;
  }
  return Math.max(...turns.map((n) => n ?? 0));
};

/** Elements of the largest values that are done whole. */
export const largest = (memory: number): number => Math.max(1, Math.floor(memory / ELEMENT));

/** Graph -> graph, for parties with so many bytes of memory. */
export const tile = (graph: OpGraph, memory: number, options: WorkOptions = {}): OpGraph => {
  const greediest = graph.nodes.reduce(
    (most, node) => Math.max(most, rowsOf(node, graph.types) ? workOf(node, options) : 0),
    0,
  );
  const most = Math.max(1, Math.floor(memory / Math.max(ELEMENT, greediest)));
  const regions = regionsOf(graph, most);
  const bodies = new Map(
    graph.nodes.flatMap(({ body }) => (body ? [[body, tile(body, memory, options)] as const] : [])),
  );
  if (regions.size === 0 && [...bodies].every(([body, cut]) => body === cut)) return graph;
  const { types } = graph;
  const to = new GraphBuilder();
  const names = new Map<ValueId, ValueId>();
  for (const id of graph.ins) names.set(id, to.input(types[id]!));
  const uses = usesOf(graph, regions);
  const maker = new Map<ValueId, ProgramNode>(
    graph.nodes.flatMap((node) => node.outs.map((id) => [id, node] as const)),
  );

  const emitRegion = (region: Region): void => {
    const row = rowBytes(region, types, uses, options);
    const step = Math.max(1, Math.floor(Math.min(most / region.widest, (memory * SHARE) / row)));
    const inside = new Set(region.nodes.map((node) => node.outs[0]));
    const parts = new Map<ValueId, [ValueId, ...ValueId[]]>();
    for (let from = 0; from < region.rows; from += step) {
      const count = Math.min(step, region.rows - from);
      /** Rows of what is made here, and of what comes from outside: that may be used whole by other nodes. */
      const own = new Map<ValueId, ValueId>();
      const operand = (id: ValueId, cut: boolean): ValueId => {
        const whole = names.get(id)!;
        if (!cut) return whole;
        const known = own.get(id);
        if (known !== undefined) return known;
        const { shape } = types[id]!;
        const start = shape.map((_, i) => (i === 0 ? from : 0));
        const size = shape.map((n, i) => (i === 0 ? count : n));
        const rows = to.emit('slice', [whole], { start, size, step: shape.map(() => 1) });
        own.set(id, rows);
        return rows;
      };
      for (const node of region.nodes) {
        const { cut } = rowsOf(node, types)!;
        const ins = node.ins.map((id, i) => operand(id, cut[i]!));
        own.set(node.outs[0], to.copy(withRows(node, count), ins)[0]!);
      }
      for (const id of inside) {
        if (!uses.has(id)) continue;
        const value = own.get(id)!;
        const { shape } = to.typeOf(value);
        const large = sizeOf(shapeOf(types, id)) * HELD > memory * OUTSIDE && types[id]!.dtype !== 'bool';
        const outside = large && !rowsOf(maker.get(id)!, types)!.total;
        const done = to.emit('reshape', [value], { shape, fence: true, ...(outside && { outside }) });
        const before = parts.get(id);
        if (before) before.push(done);
        else parts.set(id, [done]);
      }
    }
    for (const [id, values] of parts) names.set(id, together(to, rowsOf(maker.get(id)!, types)!, values));
  };

  // What a region takes from outside comes before it, whatever stands between its nodes in the program.
  const emitted = new Set<ProgramNode | Region>();
  const unitOf = (node: ProgramNode): ProgramNode | Region => regions.get(node) ?? node;
  const needs = (unit: ProgramNode | Region): (ProgramNode | Region)[] =>
    ('nodes' in unit ? unit.nodes : [unit])
      .flatMap((node) => node.ins.map((id) => maker.get(id)))
      .filter((node) => node !== undefined)
      .map(unitOf)
      .filter((other) => other !== unit && !emitted.has(other));
  const stack: (ProgramNode | Region)[] = [];
  for (const node of graph.nodes) {
    stack.push(unitOf(node));
    for (let unit = stack.at(-1); unit !== undefined; unit = stack.at(-1)) {
      const missing = emitted.has(unit) ? [] : needs(unit);
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (emitted.has(unit)) continue;
      emitted.add(unit);
      if ('nodes' in unit) emitRegion(unit);
      else {
        const ins = unit.ins.map((id) => names.get(id)!);
        const outs = to.copy(
          unit.op === 'loop' ? { ...unit, body: bodies.get(unit.body) ?? unit.body } : unit,
          ins,
        );
        for (const [i, id] of unit.outs.entries()) names.set(id, outs[i]!);
      }
    }
  }
  return to.finish(graph.outs.map((id) => names.get(id)!));
};

/** Values that somebody outside of their region uses. */
const usesOf = (graph: OpGraph, regions: ReadonlyMap<ProgramNode, Region>): ReadonlySet<ValueId> => {
  const home = new Map<ValueId, Region>();
  for (const [node, region] of regions) for (const id of node.outs) home.set(id, region);
  const used = new Set(graph.outs);
  for (const node of graph.nodes)
    for (const id of node.ins) if (home.get(id) !== regions.get(node)) used.add(id);
  return used;
};

/** The tiles of a value as one: their sum, or their rows one after another. */
const together = (to: GraphBuilder, { total }: Rows, parts: readonly [ValueId, ...ValueId[]]): ValueId => {
  if (parts.length === 1) return parts[0];
  return total
    ? parts.reduce((sum, part) => to.emit('add', [sum, part], {}))
    : to.emit('concat', parts, { axis: 0 });
};
