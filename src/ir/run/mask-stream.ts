/**
 * @file Masks that are nothing but a stream: those of inputs, which are their owner's stream, and zeros at the others. A large one
 * is not kept but drawn again where it is used, and of a slice of rows only these rows. Whose stream, and which, is what the input
 * gate has drawn: the same bytes for the same gate, and no stream serves for anything else.
 */

import type { Scratch } from '../../dealer/scratch.ts';
import type { Value } from '../../gates/gate.ts';
import type { RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Node } from '../ops/graph.ts';

/** Words from which on a mask is worth drawing again. */
const LARGE = 1 << 16;
/** Streams are drawn from multiples of so many bytes on. */
const BLOCK = 64;

export interface MaskStream {
  /** Undefined: zeros. */
  readonly prg: Prg | undefined;
  readonly gate: number;
  readonly field: Field;
  /** In words. */
  readonly start: number;
  readonly length: number;
}

/** A value whose mask, or share of it, may be a stream that is not there. */
export interface Kept extends Value {
  readonly stream?: MaskStream;
}

/** Words of a stream, in an array that the caller has to free. */
const drawStream = (ring: Ring, { prg, gate, field, start, length }: MaskStream): RingArray => {
  if (prg === undefined) {
    const zeros = ring.alloc(field, length);
    ring.zero(zeros);
    zeros.zero = true;
    return zeros;
  }
  const before = ((start * field.bytes) % BLOCK) / field.bytes;
  const all = ring.alloc(field, before + length);
  prg.fill(all, gate, 0, (start - before) * field.bytes);
  return before === 0 ? all : all.view(before, length);
};

/** Whether the array is what the stream gives: its first block. */
const isOf = (ring: Ring, array: RingArray, stream: MaskStream): boolean => {
  if (stream.prg === undefined) return array.zero;
  const count = BLOCK / stream.field.bytes;
  const first = drawStream(ring, { ...stream, length: count });
  const [a, b] = [ring.u8(array.view(0, count)), ring.u8(first)];
  const same = a.every((byte, i) => byte === b[i]);
  ring.release(first);
  return same;
};

/** The result of an input gate, without its mask where that is large, and a stream. `prg`: its owner's; undefined where the share is zeros. */
export const keptInput = (
  ring: Ring,
  node: Node,
  gate: number,
  value: Value,
  prgOf: (owner: number) => Prg | undefined,
): Kept => {
  const { c, r } = value;
  if (node.op !== 'input' || r?.kind !== 'ring' || r.length < LARGE) return value;
  const prg = prgOf(node.attrs.owner as number);
  const stream = { prg, gate, field: r.field, start: 0, length: r.length };
  return isOf(ring, r, stream) ? { ...(c && { c }), stream } : value;
};

/** The values with their masks, of which streams are drawn: `scratch` frees these at its end. */
export const withMasks = (scratch: Scratch, values: readonly Kept[]): readonly Value[] => {
  if (values.every(({ stream }) => stream === undefined)) return values;
  return values.map(({ c, r, stream }): Value => {
    const mask = stream ? drawStream(scratch.ring, stream) : r;
    if (stream && mask) scratch.adopt(mask);
    return { ...(c && { c }), ...(mask && { r: mask }) };
  });
};

interface ViewAttrs {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The part of a stream that a view takes, if that is one stretch of it. */
export const partOf = (stream: MaskStream, attrs: Node['attrs']): MaskStream | undefined => {
  const { shape, strides, offset } = attrs as unknown as ViewAttrs;
  let length = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== length) return undefined;
    length *= shape[i]!;
  }
  return { ...stream, start: stream.start + offset, length };
};
