/**
 * @file Masks that are nothing but a stream: those of inputs, which are their owner's stream, and zeros at the others. Values hold
 * where such a mask comes from; its words are drawn when they are used, and stand once in a memory, for the party and for a dealer
 * beside it. Where they would take too much of the memory they are drawn again at each use, of a slice of rows these rows alone.
 * Whose stream, and which, is what the input gate has drawn: the same bytes for the same gate, and no stream serves for anything else.
 */

import type { Scratch } from '../../dealer/scratch.ts';
import type { Value } from '../../gates/gate.ts';
import type { RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Node } from '../ops/graph.ts';
import { type Outside, takeInside } from './outside.ts';

/** Words from which on a mask is worth all this. */
const LARGE = 1 << 16;
/** Streams are drawn from multiples of so many bytes on. */
const BLOCK = 64;
/** The part of the memory that may be in use, at most, where words are kept. */
const ROOM = 1 / 2;

/** A stream that is a mask as a whole. */
interface Stream {
  readonly prg: Prg;
  readonly gate: number;
  /** In words. */
  readonly length: number;
}

/** Words of one stream, or zeros, for all that hold a value under it in one memory. */
export class MaskSource {
  readonly #ring: Ring;
  readonly #field: Field;
  readonly #stream: Stream | undefined;
  readonly #ended: () => void;
  #kept: RingArray | undefined;
  #users = 0;

  /** Without a stream it is zeros. */
  constructor(ring: Ring, field: Field, stream?: Stream, ended: () => void = () => {}) {
    this.#ring = ring;
    this.#field = field;
    this.#stream = stream;
    this.#ended = ended;
  }

  /** One more that holds it. */
  retain(): void {
    this.#users++;
  }

  /** One less; the last gives the words up. */
  release(): void {
    if (--this.#users > 0) return;
    this.#keep(undefined);
    this.#ended();
  }

  /** Words start .. start + length, which the caller has to free. */
  take(start: number, length: number): RingArray {
    const [from, count] = this.#stream ? [0, this.#stream.length] : [start, length];
    if ((this.#kept?.length ?? 0) < count) {
      if (!this.#fits(count)) return this.#draw(start, length);
      this.#keep(undefined);
      this.#keep(this.#draw(from, count));
    }
    const part = this.#kept!.view(start - from, length);
    return this.#ring.retain(part);
  }

  /** The whole of it, drawn by the caller, whose it is no more: it is kept if there is room. */
  put(array: RingArray): void {
    if (this.#kept || !this.#fits(0)) this.#ring.release(array);
    else this.#keep(array);
  }

  #keep(array: RingArray | undefined): void {
    if (this.#kept) this.#ring.release(this.#kept);
    this.#kept = array;
  }

  /** Whether there is room for so many words more. */
  #fits(count: number): boolean {
    const { used, limit } = this.#ring.heap;
    return used + count * this.#field.bytes <= limit * ROOM;
  }

  #draw(start: number, length: number): RingArray {
    const [ring, field] = [this.#ring, this.#field];
    if (!this.#stream) {
      const zeros = ring.alloc(field, length);
      ring.zero(zeros);
      zeros.zero = true;
      return zeros;
    }
    const { prg, gate } = this.#stream;
    const before = ((start * field.bytes) % BLOCK) / field.bytes;
    const all = ring.alloc(field, before + length);
    prg.fill(all, gate, 0, (start - before) * field.bytes);
    return before === 0 ? all : all.view(before, length);
  }
}

/** All sources of one memory. A gate's number is that of one stream: its owner's. */
export class MaskSources {
  readonly #ring: Ring;
  readonly #streams = new Map<number, MaskSource>();
  readonly #zeros = new Map<Field, MaskSource>();

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** The mask of an input gate's result, or a share of it. `prg`: its owner's; undefined where the share is zeros. */
  stream(field: Field, length: number, gate: number, prg: Prg | undefined): MaskStream {
    return { source: prg ? this.#drawn(field, { prg, gate, length }) : this.#zero(field), start: 0, length };
  }

  #drawn(field: Field, stream: Stream): MaskSource {
    const { gate } = stream;
    let source = this.#streams.get(gate);
    if (!source) {
      source = new MaskSource(this.#ring, field, stream, () => this.#streams.delete(gate));
      this.#streams.set(gate, source);
    }
    return source;
  }

  #zero(field: Field): MaskSource {
    let source = this.#zeros.get(field);
    if (!source) {
      source = new MaskSource(this.#ring, field);
      this.#zeros.set(field, source);
    }
    return source;
  }
}

/** A mask that is a stream, or a part of it. */
export interface MaskStream {
  readonly source: MaskSource;
  /** In words. */
  readonly start: number;
  readonly length: number;
}

/** A value whose mask, or share of it, may be a stream, or which lies outside of the memory. */
export interface Kept extends Value {
  readonly stream?: MaskStream;
  readonly outside?: Outside;
}

/** Visits where the masks of a value come from. */
export const eachSource = ({ stream, outside }: Kept, visit: (source: MaskSource) => void): void => {
  if (stream) visit(stream.source);
  if (outside) for (const { stream: part } of outside.parts) if (part) visit(part.source);
};

/** Whether a node is an input whose mask is a large stream. */
export const isLargeInput = ({ op, attrs }: Node): boolean =>
  op === 'input' && attrs.bits !== true && (attrs.length as number) >= LARGE;

/** The values with their masks, of which streams are drawn where they are not there, and brought in: `scratch` gives these back at its end. */
export const withMasks = (scratch: Scratch, values: readonly Kept[]): readonly Value[] => {
  if (values.every(({ stream, outside }) => stream === undefined && outside === undefined)) return values;
  return values.map(({ c, r, stream, outside }): Value => {
    if (outside) return takeInside(scratch, outside);
    const mask = stream ? stream.source.take(stream.start, stream.length) : r;
    if (stream && mask) scratch.adopt(mask);
    return { ...(c && { c }), ...(mask && { r: mask }) };
  });
};

interface ViewAttrs {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The stretch of a value that a view takes, if it is one. */
export const stretchOf = (
  attrs: Node['attrs'],
): { readonly start: number; readonly length: number } | undefined => {
  const { shape, strides, offset } = attrs as unknown as ViewAttrs;
  let length = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== length) return undefined;
    length *= shape[i]!;
  }
  return { start: offset, length };
};
