/** @file One node without messages, the same for parties and dealer: plain public data, encoding, local ops. */

import { Scratch } from '../../dealer/scratch.ts';
import { TesseraError } from '../../errors.ts';
import type { Value } from '../../gates/gate.ts';
import { type LocalName, localOf } from '../../gates/local-ops.ts';
import { isPausable, type Pausable } from '../../gates/pausable.ts';
import type { AnyArray as Arr, RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import { isLowered } from '../compile/analysis.ts';
import type { DynamicOp } from '../compile/lowered-ops.ts';
import { PARTS, type PartsAttrs } from '../compile/parts.ts';
import { evaluate } from '../ops/evaluate.ts';
import { type Graph, type Node, sizeOf, type Tensor } from '../ops/graph.ts';
import { encodeTensor } from './encode.ts';
import { type Kept, stretchOf, withMasks } from './mask-stream.ts';
import { joinOutside, putOutside, sliceOutside } from './outside.ts';
import { arraysOf, type Entry } from './store.ts';

/** Public indexes of a dynamic slice or update, clamped so that the block stays inside, as jax.lax does. */
const starts = (shape: readonly number[], size: readonly number[], indexes: readonly Entry[]): number[] =>
  indexes.map((e, axis) => Math.min(Math.max(Number((e as Tensor).data[0]), 0), shape[axis]! - size[axis]!));

const stridesOf = (shape: readonly number[]): number[] =>
  shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));

/** Ops whose attributes depend on public values that are known only when the program runs. */
const DYNAMIC: Readonly<
  Record<DynamicOp, (ins: readonly Entry[], attrs: object) => [op: LocalName, ins: Entry[], attrs: object]>
> = {
  dynamicSlice: ([x, ...indexes], attrs) => {
    const { shape, size } = attrs as { shape: number[]; size: number[] };
    const strides = stridesOf(shape);
    const offset = starts(shape, size, indexes).reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
    return ['view', [x!], { shape: size, strides, offset }];
  },
  dynamicUpdate: ([x, u, ...indexes], attrs) => {
    const { shape, size } = attrs as { shape: number[]; size: number[] };
    return ['update', [x!, u!], { shape, size, start: starts(shape, size, indexes) }];
  },
};

const isDynamic = (op: string): op is DynamicOp => Object.hasOwn(DYNAMIC, op);

const encoded = (scratch: Scratch, value: Tensor, node: Node): Arr => {
  try {
    return encodeTensor(scratch, value, node.attrs.fraction as number, node);
  } catch (e) {
    scratch.end();
    throw e;
  }
};

/** What is done without bringing in what lies outside, or by putting it there. */
const stayingOutside = (
  ring: Ring,
  { op, ins, attrs }: { op: string; ins: readonly Kept[]; attrs: object },
  length: number,
): Kept | undefined => {
  const [x] = ins;
  const { outside, outer } = attrs as { outside?: boolean; outer?: number };
  if (op === 'reshape' && outside === true && !x!.outside) return { outside: putOutside(ring, length, x!) };
  if (op === 'reshape' && x!.outside) return x;
  if (op === 'concat' && outer === 1 && ins.every((v) => v.outside))
    return { outside: joinOutside(ins.map((v) => v.outside!)) };
  const part = op === 'view' && x!.outside ? stretchOf(attrs as Node['attrs']) : undefined;
  return part && { outside: sliceOutside(x!.outside!, part.start, part.length) };
};

/** Stretches of an array, in its memory. */
const parts = (ring: Ring, field: Field, x: Kept, { starts, lengths }: PartsAttrs): Value[] => {
  const scratch = new Scratch(ring, field);
  const [{ c, r }] = withMasks(scratch, [x]) as [Value];
  const stretch = (a: Arr, i: number): Arr => ring.retain((a as RingArray).view(starts[i]!, lengths[i]!));
  // All of one form: they are read by the thousand.
  const made = starts.map((_, i): Value => {
    if (!r) return { c: stretch(c!, i) };
    return c ? { c: stretch(c, i), r: stretch(r, i) } : { r: stretch(r, i) };
  });
  scratch.end();
  return made;
};

/** Runs a node that is neither a gate nor a loop: at once, or in stretches where it may take long. */
export const step = (
  ring: Ring,
  field: Field,
  graph: Graph,
  node: Node,
  ins: readonly Entry[],
): Entry[] | Pausable<Entry[]> => {
  if (!isLowered(graph, node)) return [...evaluate(node, ins as readonly Tensor[], graph)];
  if (node.op === 'encode') {
    return [{ c: encoded(new Scratch(ring, field), ins[0] as Tensor, node) }];
  }
  if (node.op === PARTS) return parts(ring, field, ins[0] as Kept, node.attrs as unknown as PartsAttrs);
  const [op, operands, attrs] = isDynamic(node.op)
    ? DYNAMIC[node.op](ins, node.attrs)
    : [node.op, ins, node.attrs];
  const local = localOf(op);
  if (!local) throw new TesseraError('UNSUPPORTED', `no gate or local op is named ${op}`, { op });
  const [x] = operands as readonly Kept[];
  const length = sizeOf(graph.types[node.outs[0]!]!.shape);
  const stays = stayingOutside(ring, { op, ins: operands as readonly Kept[], attrs }, length);
  if (stays) return [stays];
  const scratch = new Scratch(ring, field);
  const stretch = op === 'view' && x!.stream ? stretchOf(attrs as Node['attrs']) : undefined;
  const part = stretch && { ...x!.stream!, ...stretch, start: x!.stream!.start + stretch.start };
  const whole = part || op === 'reshape' ? [x!] : (operands as readonly Kept[]);
  let values: readonly Value[] = whole;
  let work: ReturnType<typeof local> | undefined;
  try {
    if (!part && op !== 'reshape') values = withMasks(scratch, whole);
    work = local(scratch, values, attrs);
  } finally {
    if (work === undefined) scratch.end();
  }
  if (isPausable(work)) return inStretches(scratch, work, values);
  const out = linear(scratch, work, values);
  return [part ? { ...out, stream: part } : out];
};

function* inStretches(
  scratch: Scratch,
  work: Pausable<Value>,
  operands: readonly Value[],
): Pausable<Entry[]> {
  let out: Value | undefined;
  try {
    out = yield* work;
  } finally {
    // It failed, or was given up in the middle.
    if (!out) scratch.end();
  }
  return [linear(scratch, out, operands)];
}

/** What a local op has made: linear in masks. */
const linear = (scratch: Scratch, out: Value, operands: readonly Value[]): Value => {
  scratch.end(arraysOf(out));
  if (out.r && operands.every((v) => !v.r || v.r.zero)) out.r.zero = true;
  return out;
};
