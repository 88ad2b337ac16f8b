/**
 * @file Where the range guard watches a program (gates/guard.ts), decided as it is lowered. For every number in the ring a bound
 * of its size is kept: what the program cannot have made too large needs no watching. Watched are
 *   - what is truncated, before it is: products, and what functions scale back;
 *   - operands of everything but sums and moves, results, revealed values and what loops carry, if they may have wrapped.
 */
import { type Circuit, count, type Wire } from '../../fixed/circuit.ts';
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import { entryOf, type OpName, opSet } from '../ops/catalogue.ts';
import type { Graph, Node, Tensor, Type, ValueId, Watched } from '../ops/graph.ts';
import { keptBits, marginOf, refusedBits } from './guard-range.ts';
import { type LoweredTable, loweredSet } from './lowered-ops.ts';

/** Whole factors with more zeros than this at their end may make a product vanish: their operands are watched, too. */
const MOST_ZEROS = 16;

type Attributes = Readonly<Record<string, unknown>>;

const log2Sum = (a: number, b: number): number => {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === -Infinity ? high : high + math.log2(1 + math.pow2(low - high));
};

/** Bounds of results by those of operands, as powers of two, before truncation. */
const BOUNDS: LoweredTable<(bounds: readonly number[], attrs: Attributes) => number> = {
  add: ([a, b]) => log2Sum(a!, b!),
  filled: (_, attrs) => numberSize(attrs).log2,
  addNumber: ([a], attrs) => log2Sum(a!, numberSize(attrs).log2),
  mulInteger: ([a], attrs) => a! + factorSize(attrs).log2,
  sub: ([a, b]) => log2Sum(a!, b!),
  neg: ([a]) => a!,
  view: ([a]) => a!,
  reshape: ([a]) => a!,
  gather: ([a]) => a!,
  dynamicSlice: ([a]) => a!,
  hide: ([a]) => a!,
  concat: (all) => Math.max(...all),
  update: (all) => Math.max(...all),
  dynamicUpdate: ([a, b]) => Math.max(a!, b!),
  sum: ([a], { axis }) => a! + math.log2(axis as number),
  mulPublic: ([a, b]) => a! + b!,
  matmulPublic: ([a, b], { k }) => a! + b! + math.log2(k as number),
  publicMatmul: ([a, b], { k }) => a! + b! + math.log2(k as number),
  mul: ([a, b]) => a! + b!,
  square: ([a]) => 2 * a!,
  matmul: ([a, b], { k }) => a! + b! + math.log2(k as number),
  scale: ([a, b]) => a! + b!,
  scaleExact: ([a, b]) => a! + b!,
  truncate: ([a]) => a!,
  truncateExact: ([a]) => a!,
  select: (all) =>
    all.reduce((sum, a, i) => (i % 2 || i === all.length - 1 ? log2Sum(sum, a) : sum), -Infinity),
};

/** Products by a public matrix, the second operand: no sum of it is larger than that of all its magnitudes. */
const WITH_MATRIX = loweredSet('matmulPublic', 'publicMatmul');

/** Gates whose numbers are watched before they are truncated. Those of functions that level off keep within by themselves. */
const TRUNCATING = loweredSet('mul', 'square', 'matmul', 'select', 'truncate', 'truncateExact');

/** Products by public numbers in one step, of which only the result has to fit: no number is larger in between. */
const SCALING = loweredSet('scale', 'scaleExact');

/** Gates that are right up to 2^(k-2), and never wrong by a wrap of z + r, whatever the circuit is. */
const EXACT = loweredSet('truncateExact', 'scaleExact');

/** Ops that do not care whether their operands have wrapped: their results tell. */
export const LINEAR = opSet(
  'add',
  'sub',
  'neg',
  'sum',
  'hide',
  'stopGradient',
  'within',
  'select',
  'broadcast',
  'reshape',
  'transpose',
  'slice',
  'gather',
  'concat',
  'pad',
  'dynamicSlice',
  'dynamicUpdateSlice',
  'loop',
);

/** Ops whose results are no larger than the largest of their operands, and of public numbers among their attributes. */
const HELD = opSet(
  'select',
  'maximum',
  'minimum',
  'abs',
  'floor',
  'clip',
  'interp',
  'sign',
  'max',
  'min',
  'sort',
  'sortBy',
  'shuffle',
  'lookup',
  'sliceAt',
  'updateAt',
);

/** Raw operands of these ops are below 2 to this power: they have to be squared. */
const OPERANDS: { readonly [K in OpName]?: Readonly<Record<Field['bits'], number>> } = {
  hypot: { 32: 20, 64: 46, 128: 102 },
};

/** Raw results of functions are not above 2 to this power, wherever their operands lie: they end there, or cannot be larger. */
const RESULTS: { readonly [K in OpName]?: (bits: Field['bits'], fraction: number) => number } = {
  sqrt: (bits, f) => (bits + f) / 2,
  rsqrt: (_, f) => 1.5 * f + 1,
  reciprocal: (_, f) => 2 * f + 3,
  cbrt: (bits, f) => (bits + 2 * f) / 3,
  exp: (bits) => ({ 32: 29, 64: 61, 128: 100 })[bits],
  div: (bits) => ({ 32: 25, 64: 50, 128: 105 })[bits],
};

/** Public values keep what is known of their size where they are only moved. */
const MOVED = opSet('broadcast', 'reshape', 'transpose', 'slice', 'gather');

const REPEATING = opSet('broadcast', 'gather');

interface Size {
  /** Largest magnitude, and the sum of all, as powers of two. */
  readonly log2: number;
  readonly sum: number;
  /** Every element is a multiple of 2 to this power. */
  readonly zeros: number;
}

/** The largest power of two of which the whole number x is a multiple, as a power of two. */
const zerosOf = (x: number): number => {
  let [zeros, rest] = [0, x];
  while (rest % 2 === 0) [zeros, rest] = [zeros + 1, rest / 2];
  return zeros;
};

/** Of public numbers as they are encoded. */
const sizeOf = ({ dtype, data }: Tensor, fraction: number): Size => {
  let [largest, sum, zeros] = [0, 0, Infinity];
  const scale = dtype === 'fxp' ? math.pow2(fraction) : 1;
  for (const v of data) {
    const x = Math.abs(Math.round(Number(v) * scale));
    if (!Number.isFinite(x) || x === 0) continue;
    largest = Math.max(largest, x);
    sum += x;
    if (zeros > 0) zeros = Math.min(zeros, zerosOf(x));
  }
  return { log2: math.log2(largest), sum: math.log2(sum), zeros };
};

/** Of a public number in the attributes of an op. */
const numberSize = ({ value, fraction }: Attributes): Size =>
  sizeOf({ shape: [], dtype: 'fxp', data: Float64Array.of(value as number) }, fraction as number);

const factorSize = ({ factor }: Attributes): Size => numberSize({ value: factor, fraction: 0 });

/** What is known while a program with its loops is lowered. */
export class Watcher {
  /** The ops that are watched. */
  readonly ops: Watched[] = [];
  readonly field: Field;
  /**
   * Of what is being lowered: it consists of products, sums and moves of real numbers. Functions are right wherever a number lies, and use
   * all of the ring inside: only what enters and leaves them is watched.
   */
  #active = false;
  readonly #sites = new Map<Node, number>();
  #node: Node | undefined;

  constructor(field: Field) {
    this.field = field;
  }

  get active(): boolean {
    return this.#active;
  }

  /** What is emitted from here on belongs to this op. */
  at(node: Node, active: boolean): void {
    [this.#node, this.#active] = [node, active];
  }

  /** What is emitted meanwhile belongs to another op, or is a function inside of one. */
  during<T>(active: boolean, make: () => T, node = this.#node): T {
    const before = [this.#node, this.#active] as const;
    [this.#node, this.#active] = [node, active];
    const made = make();
    [this.#node, this.#active] = before;
    return made;
  }

  /** The number of the present op, or of the one that made a value. */
  site(maker = this.#node!): number {
    const { op, site } = maker;
    const known = this.#sites.get(maker) ?? this.ops.push({ op, ...(site && { site }) }) - 1;
    this.#sites.set(maker, known);
    return known;
  }
}

/** A lowered program with the ops that are watched in it, if any are. */
export const watchedGraph = (graph: Graph, watcher: Watcher | undefined): Graph =>
  watcher && watcher.ops.length > 0 ? { ...graph, watched: watcher.ops } : graph;

/** Bounds of the values of one lowered graph, and what is watched of them. */
export class WatchedValues {
  readonly watcher: Watcher;
  readonly #bounds = new Map<ValueId, number>();
  /** Of public values: as plain numbers, perhaps repeated, and encoded. */
  readonly #plain = new Map<ValueId, { readonly value: Tensor; readonly repeated: boolean }>();
  readonly #sizes = new Map<ValueId, Size>();
  #watching = false;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
  }

  /** Objects of the SPU are below 2 to this power. Few of them may be added without a thought. */
  get object(): number {
    return keptBits(this.watcher.field);
  }

  bound({ id, secret }: Pick<Wire, 'id' | 'secret'>): number {
    const { bits } = this.watcher.field;
    return this.#bounds.get(id) ?? (secret ? bits : bits - 1);
  }

  set({ id }: Pick<Wire, 'id'>, bound: number): void {
    this.#bounds.set(id, bound);
  }

  /** The attributes of an operation that is about to be emitted. */
  before(c: Circuit, op: string, ins: readonly Wire[], attrs: Attributes): Attributes {
    const { active, field } = this.watcher;
    if (!active || this.#watching || ins.every((w) => !w.secret)) return attrs;
    if (op === 'mulPublic') this.#beforeFactor(c, ins[0]!, this.#sizes.get(ins[1]!.id));
    if (op === 'mulInteger') this.#beforeFactor(c, ins[0]!, factorSize(attrs));
    if (SCALING.has(op)) return this.#beforeScale(c, op, ins, attrs);
    if (!TRUNCATING.has(op) || !attrs.trunc) return attrs;
    // Where a wrap of z + r does harm, it is found, however small z is.
    const exact = c.exact || attrs.exact === true || EXACT.has(op);
    if (exact && this.#untruncated(op, ins, attrs) < field.bits - 2) return attrs;
    return { ...attrs, ...this.#mark() };
  }

  #mark(maker?: Node): { readonly guard: number; readonly margin: number } {
    return { guard: this.watcher.site(maker), margin: marginOf(this.watcher.field) };
  }

  #untruncated(op: string, ins: readonly Pick<Wire, 'id' | 'secret'>[], attrs: Attributes): number {
    const boundOf = entryOf(BOUNDS, op);
    if (boundOf === undefined) return this.watcher.field.bits;
    const bounds = ins.map((w) => this.bound(w));
    const factors = WITH_MATRIX.has(op) ? this.#sizes.get(ins[1]!.id) : undefined;
    return Math.min(boundOf(bounds, attrs), factors ? bounds[0]! + factors.sum : Infinity);
  }

  /** Notes what is known of the results of a node. */
  after(node: Node, types: readonly Type[]): void {
    const { op, ins, outs, attrs } = node;
    const known = this.#plain.get(ins[0]!);
    if (op === 'const') this.#plain.set(outs[0]!, { value: attrs.value as Tensor, repeated: false });
    else if (known && op === 'encode') {
      const size = sizeOf(known.value, attrs.fraction as number);
      this.#encoded(outs[0]!, known.repeated ? { ...size, sum: Infinity } : size);
    } else if (known && MOVED.has(op))
      this.#plain.set(outs[0]!, { ...known, repeated: known.repeated || REPEATING.has(op) });
    if (op === 'guard' || types[outs[0]!]!.dtype !== 'ring' || this.#bounds.has(outs[0]!)) return;
    const { bits } = this.watcher.field;
    const trunc = (attrs.trunc as number | undefined) ?? 0;
    const wires = ins.map((id) => ({ id, secret: types[id]!.secret }));
    const z = this.#untruncated(op, wires, attrs);
    // How far sums of the program may be beyond the ring; what is truncated, and what functions are made of, is an element of it.
    const unlimited = this.watcher.active && trunc === 0;
    const unwrapped =
      attrs.guard === undefined ? (unlimited ? Infinity : bits) : refusedBits(this.watcher.field);
    const most = SCALING.has(op) ? bits - 1 + trunc : unwrapped;
    for (const id of outs) this.set({ id }, Math.min(z, most) - trunc);
  }

  #encoded(id: ValueId, size: Size): void {
    this.#sizes.set(id, size);
    this.set({ id }, size.log2);
  }

  /** A whole factor that ends in zeros may take all of an operand out of the ring. */
  #beforeFactor(c: Circuit, x: Wire, size: Size | undefined): void {
    if (size && size.zeros > MOST_ZEROS) this.below(c, x, this.watcher.field.bits - 1 - size.log2);
  }

  /**
   * What a factor makes of a number that wrapped looks like any other. One that is known may not take a number out of the ring; where there
   * are several, their results tell. What is large enough for a wrap of x + r in the free form is watched for that too.
   */
  #beforeScale(c: Circuit, op: string, [x, p]: readonly Wire[], attrs: Attributes): Attributes {
    const { field } = this.watcher;
    const rare = EXACT.has(op) || this.bound(x!) <= this.object;
    const size = count(p!.shape) === 1 ? this.#sizes.get(p!.id) : undefined;
    const fits = size ? field.bits - 1 - (size.log2 - (attrs.trunc as number)) : Infinity;
    if (!rare) this.set(x!, Math.min(this.bound(x!), refusedBits(field)));
    this.below(c, x!, Math.min(field.bits - 2, fits));
    return rare ? attrs : { ...attrs, ...this.#mark() };
  }

  /** Watches that x stays below 2 to this power: x times powers of two that cannot take it out of the ring. */
  below(c: Circuit, x: Wire, most: number, maker?: Node): void {
    const { field } = this.watcher;
    const [before, end, near] = [this.#watching, field.bits - 1, refusedBits(field)];
    this.#watching = true;
    for (let bound = this.bound(x); bound > most && count(x.shape) > 0; ) {
      const room = Math.max(0, Math.floor(end - bound));
      const up = Math.min(room, Math.max(0, Math.ceil(near - most)));
      const y = up === 0 ? x : c.emit('mulInteger', [x], { factor: math.pow2(up) }, [x])[0]!;
      c.emit('guard', [y], this.#mark(maker), [{ shape: [], kind: 'ring', secret: false }]);
      bound = near - up;
      this.set(x, bound);
    }
    this.#watching = before;
  }

  /** Before an op of the user's. */
  operand(c: Circuit, { op }: Node, x: Wire, maker?: Node): void {
    const { bits } = this.watcher.field;
    // Sums of sums may lose all that is not 0.
    if (LINEAR.has(op) && this.bound(x) <= bits + MOST_ZEROS) return;
    const most = entryOf(OPERANDS, op)?.[bits] ?? bits - 1;
    this.below(c, x, Math.min(Math.max(bits - 3, this.object), most), maker);
  }

  /** Sums of products that are not truncated, before what takes them as they are. */
  products(c: Circuit, x: Wire, maker?: Node): void {
    this.below(c, x, refusedBits(this.watcher.field), maker);
  }

  /** What was such a sum, and was brought to the program's fraction. */
  truncated(c: Circuit, x: Wire, maker?: Node): void {
    this.below(c, x, Math.max(this.watcher.field.bits - 3, this.object), maker);
  }

  /** Of public numbers, if they are known. */
  publicBound(value: Tensor | undefined, fraction: number): number {
    return value ? sizeOf(value, fraction).log2 : this.watcher.field.bits - 1;
  }

  /** What is kept, carried on or revealed. */
  result(c: Circuit, x: Wire, maker?: Node): void {
    this.below(c, x, this.object, maker);
  }

  /** After a function of operands with the program's fraction: where its results end. */
  ends({ op }: Node, out: Wire, fraction: number): void {
    const most = this.watcher.active ? undefined : entryOf(RESULTS, op)?.(this.watcher.field.bits, fraction);
    if (most !== undefined) this.set(out, Math.min(this.bound(out), most));
  }

  /** After an op of the user's: what is known of its result besides. */
  held({ op, attrs }: Node, out: Wire, bounds: () => readonly number[], fraction: number): void {
    if (!HELD.has(op)) return;
    const named = [1, attrs.lo, attrs.hi, attrs.to].flat().filter((x) => Number.isFinite(x)) as number[];
    const log2 = math.log2(Math.max(...named.map(Math.abs))) + fraction;
    this.set(out, Math.min(this.bound(out), Math.max(log2, ...bounds())));
  }
}
