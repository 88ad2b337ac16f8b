/** @file Programs through which values enter an SPU and leave it: lowered from the start, without a rule of lowering. */
import * as basic from '../../fixed/basic.ts';
import type { Wire } from '../../fixed/circuit.ts';
import * as math from '../../ring/math/index.ts';
import { alloc } from '../ops/dtypes.ts';
import { type Graph, type Shape, sizeOf, type Tensor, type Type } from '../ops/graph.ts';
import { type CircuitOptions, GraphCircuit, privateInput, revealTo } from './graph-circuit.ts';
import { Watcher, watchedGraph } from './range-watcher.ts';

/** Lowered type of a user-level value. */
export const loweredType = ({ shape, dtype, secret }: Type): Type =>
  secret ? { shape, dtype: dtype === 'bool' ? 'bit' : 'ring', secret } : { shape, dtype, secret };

/** How ports are made for parties with so many bytes of memory. */
export interface PortOptions extends CircuitOptions {
  readonly memoryLimit?: number | undefined;
}

/** Numbers of a part: such that masks of parts are streams, which are not held (run/mask-stream.ts). */
const PART = math.pow2(16);
/** Words for an element in between: as it is encoded, masked, and its mask. */
const BETWEEN = 3;

/** The parts in which values of a shape enter or leave: first element and number; undefined where they fit. */
const partsOf = (
  { shape, dtype }: Type,
  { memoryLimit, field }: PortOptions,
): readonly { readonly from: number; readonly length: number }[] | undefined => {
  const [n, bytes] = [sizeOf(shape), field.bytes * BETWEEN];
  if (memoryLimit === undefined || dtype === 'bool' || n <= PART || n * bytes <= memoryLimit / 4)
    return undefined;
  const step = Math.max(PART, Math.floor(memoryLimit / 8 / bytes));
  return Array.from({ length: Math.ceil(n / step) }, (_, i) => ({
    from: i * step,
    length: Math.min(step, n - i * step),
  }));
};

/** Parts that wait outside of the memory, as one value. */
const joined = (c: GraphCircuit, parts: readonly Wire[], shape: Shape): Wire =>
  basic.reshape(c, basic.concat(c, parts, 1, [sizeOf(shape)]), shape);

/**
 * A program that only takes in private inputs, numbered in order: how PYU objects become SPU objects. What is public is an array
 * without elements, and has no number.
 */
export const inputGraph = (inputs: readonly { owner: number; type: Type }[], options: PortOptions): Graph => {
  const c = new GraphCircuit(options);
  let next = 0;
  const outs = inputs.map(({ owner, type }) => {
    const { shape, dtype, secret } = type;
    if (!secret) return c.wire(c.tensor({ shape, dtype, data: alloc(dtype, 0) }));
    const name = next++;
    const kind = type.dtype === 'bool' ? 'bit' : 'ring';
    const parts = partsOf(type, options)?.map((part) =>
      c.wire(c.fence(privateInput(c, owner, name, [part.length], kind, part.from).id, true)),
    );
    return parts ? joined(c, parts, type.shape) : privateInput(c, owner, name, type.shape, kind);
  });
  return c.graph(
    [],
    outs.map((w: Wire) => w.id),
  );
};

/** A program that reveals its inputs to the given ranks. Public inputs pass through. */
export const revealGraph = (types: readonly Type[], to: readonly number[], options: PortOptions): Graph => {
  const c = new GraphCircuit(options);
  const ins = types.map((t) => c.value(loweredType(t)));
  const outs = ins.map((id, i) => {
    if (!c.types[id]!.secret) return id;
    const parts = partsOf(types[i]!, options)?.map(({ from, length }) => {
      const part = basic.view(c, c.wire(id), [length], [1], from);
      return c.wire(c.fence(revealTo(c, part, to).id, true));
    });
    return (parts ? joined(c, parts, types[i]!.shape) : revealTo(c, c.wire(id), to)).id;
  });
  return c.graph(ins, outs);
};

/**
 * The program that takes exported objects in: each secret one is the sum of private inputs of all parties (in one
 * round), which are numbered by `objects` of secret ones; a public one is a constant.
 */
export const importGraph = (
  types: readonly Type[],
  publics: ReadonlyMap<number, Tensor>,
  parties: number,
  options: CircuitOptions,
): Graph => {
  const watcher = options.rangeGuard ? new Watcher(options.field) : undefined;
  const c = new GraphCircuit(options, watcher);
  watcher?.at({ op: 'load', ins: [], outs: [], attrs: {} }, true);
  const outs = types.map((type, name) => {
    const known = publics.get(name);
    if (known) return c.tensor(known);
    const kind = type.dtype === 'bool' ? 'bit' : 'ring';
    const inputs = Array.from({ length: parties }, (_, rank) =>
      privateInput(c, rank, name * parties + rank, type.shape, kind),
    );
    const out = { shape: type.shape, kind, secret: true } as const;
    const sum = inputs.reduce((all, x) => c.emit('add', [all, x], {}, [out])[0]!);
    if (type.dtype === 'fxp') c.watched?.result(c, sum);
    return sum.id;
  });
  return watchedGraph(c.graph([], outs), watcher);
};
