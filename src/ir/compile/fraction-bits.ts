/**
 * @file Values with fraction bits of their own. FM128: a product of secrets has 2f fraction bits before it is truncated, and stays so
 * through what is linear (sums, views, public factors), if it ends where an operand may have any fraction bits: a root, a logarithm, a
 * divisor. So `np.sqrt(np.sum(np.square(x)))` has all digits whatever the size of x. A public factor is remembered and not multiplied.
 * What else such a value is used for takes it truncated, on demand.
 *
 * Sums of squares that end in a root are kept at several scales (levels.ts); at FM64 and FM32 nothing else is.
 *
 * Roots and inverses are given more bits where a program asks for them (`fine`), to stand in a product. What was a bool or an integer has
 * no fraction bits at all: products with it are exact, and need no truncation.
 */
import type { Wire } from '../../fixed/circuit.ts';
import { type OpName, opSet } from '../ops/catalogue.ts';
import { sizeOf, type ValueId } from '../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../ops/program.ts';
import { countUses, Lookup } from './passes/makers.ts';

/**
 * `product`: not to stand in another. `fine`, `unit`: with more bits, for a product of any size, or for one of the size of 1. `whole`:
 * without a fraction.
 */
export type Kind = 'product' | 'fine' | 'unit' | 'whole';

/** The sums of coarser squares, made when somebody asks for them. */
export interface Levels {
  readonly middle: () => Wire;
  readonly coarse: () => Wire;
}

/** Bits, of which one at most is set: whether x 2^-k/4 was taken, and whether x 2^-k/2 was. */
export interface Choice {
  readonly middle: Wire;
  readonly coarse: Wire;
}

/** The value is wire 2^-bits factor. */
export interface Scaled {
  readonly wire: Wire;
  readonly bits: number;
  readonly factor: number;
  /** To be truncated in the exact form, since it may be as large as the ring. */
  readonly exact: boolean;
  readonly kind: Kind;
  /** Of a sum of squares that ends in a root: coarser ones, for large numbers. */
  readonly levels?: Levels;
  /** Of a sum of very many squares: it may have left the ring though each of them fits. */
  readonly long?: boolean;
  /** Of the inverse of a root of such a sum: in which units it is. */
  readonly choice?: Choice;
}

export type Levelled = Scaled & { readonly levels: Levels };
export const isLevelled = (s: Scaled): s is Levelled => s.levels !== undefined;

/** Ops that move elements about, or add them up. */
export const LINEAR = ['sum', 'neg', 'broadcast', 'reshape', 'transpose', 'slice', 'gather'] as const;
const isLinear = opSet(...LINEAR);

/** Ops that take operands of any fraction bits: which. */
const TAKERS: { readonly [K in OpName]?: readonly number[] } = {
  sqrt: [0],
  rsqrt: [0],
  log: [0],
  reciprocal: [0],
  div: [0, 1],
};

/** Those of a small ring. */
const ROOTS: typeof TAKERS = { sqrt: [0], rsqrt: [0] };

/** Whether a value was a bool or an integer, seen through what moves elements about. */
const isWhole = (graph: OpGraph, find: Lookup, id: ValueId): boolean => {
  const node = find.maker(id);
  if (node?.op === 'convert') return graph.types[node.ins[0]]!.dtype !== 'fxp';
  return node !== undefined && isLinear.has(node.op) && isWhole(graph, find, node.ins[0]!);
};

/** Products that are worth keeping with all their bits: something that takes them comes of them. `bits`: of the ring. */
export const keepers = (
  graph: OpGraph,
  bits: number,
): {
  readonly kept: ReadonlySet<ValueId>;
  readonly rooted: ReadonlySet<ValueId>;
  readonly summed: ReadonlySet<ValueId>;
  readonly products: ReadonlyMap<ValueId, number>;
} => {
  const takers = bits === 128 ? TAKERS : ROOTS;
  const kept = new Set<ValueId>();
  /** Those that end in a root. */
  const rooted = new Set<ValueId>();
  /** Those of them whose squares may leave the ring before the root does: of which many are added up. */
  const summed = new Set<ValueId>();
  const find = new Lookup(graph);
  const takes = (node: ProgramNode, i: number): boolean => {
    if (node.op === 'loop') return false;
    const { op, outs } = node;
    const scaling = op === 'mul' || (op === 'div' && i === 0);
    const other = node.ins[1 - i];
    const byPublic = scaling && !graph.types[other!]!.secret;
    if (!byPublic && takers[op]?.includes(i)) return node.op !== 'div' || i === 1 || node.attrs.fine !== true;
    const factor = byPublic ? find.numberOf(other!) : undefined;
    const usable = factor !== undefined && factor !== 0 && Number.isFinite(factor);
    if (usable && op === 'mul' && node.attrs.exact === true) return true;
    if (!kept.has(outs[0])) return false;
    if (op === 'concat') return node.ins.every((id) => graph.types[id]!.secret);
    if (op === 'matmul' || op === 'mul') return usable || isWhole(graph, find, other!);
    return usable || op === 'add' || op === 'sub' || isLinear.has(op);
  };
  const uses = countUses(graph);
  for (const node of graph.nodes.toReversed())
    node.ins.forEach((id, i) => {
      const { secret, dtype } = graph.types[id]!;
      // Squares that are summed and nothing else are kept at two scales in a small ring.
      if (bits < 128 && node.op === 'sum' && uses[id] === 1) summed.add(id);
      if (!(secret && dtype === 'fxp' && takes(node, i))) return;
      kept.add(id);
      const [out] = node.outs as [ValueId];
      if (ROOTS[node.op as OpName] === undefined && !rooted.has(out)) return;
      rooted.add(id);
      // A square leaves a small ring even by itself.
      if (bits < 128 || node.op === 'sum' || node.op === 'matmul' || summed.has(out)) summed.add(id);
    });
  return { kept, rooted, summed, products: productsIn(graph, kept, uses) };
};

const isAdded = opSet('add', 'sub');
const isMoved = opSet(...LINEAR, 'add', 'sub', 'concat');

/**
 * Of how many terms an element of the largest sum is that a value becomes a part of. `carries`: whether the sums that an operand holds are still
 * sums in a result of the node; `adds`: how many elements of its operand a node adds up.
 */
export const termsIn = (
  graph: OpGraph,
  carries: (node: ProgramNode, id: ValueId) => boolean,
  adds: (node: ProgramNode) => number,
): ReadonlyMap<ValueId, number> => {
  const found = new Map<ValueId, number>();
  const of = (id: ValueId): number => found.get(id) ?? 1;
  for (const node of graph.nodes) {
    const { op, ins, outs } = node;
    const [out] = outs as [ValueId];
    const terms = ins.map((id) => (carries(node, id) ? of(id) : 1));
    const own = isAdded.has(op) ? terms.reduce((a, b) => a + b, 0) : Math.max(1, ...terms);
    found.set(out, own * Math.max(1, adds(node)));
  }
  for (const node of graph.nodes.toReversed())
    for (const id of node.ins) if (carries(node, id)) found.set(id, Math.max(of(id), of(node.outs[0]!)));
  return found;
};

/** How many elements of its operand a sum adds up; 1 of any other node. */
export const summedBy = (graph: OpGraph, { op, ins, outs }: ProgramNode): number => {
  const size = (id: ValueId): number => sizeOf(graph.types[id]!.shape);
  return op === 'sum' ? size(ins[0]!) / size(outs[0]!) : 1;
};

/**
 * Of how many products an element of the largest sum is that a value becomes a part of. What is truncated is a part of it if it is added up and
 * used for nothing else, as what comes of a tile is: a step of a descent, which is subtracted from weights that are used, is none.
 */
const productsIn = (
  graph: OpGraph,
  kept: ReadonlySet<ValueId>,
  uses: Int32Array,
): ReadonlyMap<ValueId, number> =>
  termsIn(
    graph,
    ({ op, ins, outs }, id) => {
      if (isMoved.has(op)) return kept.has(id) || uses[id] === 1;
      const scaled = op === 'mul' || op === 'div' || op === 'matmul';
      return (
        scaled && kept.has(id) && (kept.has(outs[0]!) || ins.some((other) => !graph.types[other]!.secret))
      );
    },
    (node) => (node.op === 'matmul' ? graph.types[node.ins[0]!]!.shape.at(-1)! : summedBy(graph, node)),
  );

/** Values that stand in a product of secrets: a bool or an integer among them is worth keeping whole. */
export const factors = (graph: OpGraph): ReadonlySet<ValueId> => {
  const found = new Set<ValueId>();
  for (const { op, ins, outs } of graph.nodes.toReversed()) {
    const product = (op === 'mul' || op === 'matmul') && ins.every((id) => graph.types[id]!.secret);
    if (product || (isLinear.has(op) && found.has(outs[0]!))) for (const id of ins) found.add(id);
  }
  return found;
};
