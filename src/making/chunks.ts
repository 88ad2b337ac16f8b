/** @file What is asked of transfers, and how it is cut into chunks that travel. */

import { type Half, halvesOf } from '../gates/halves.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { FIELDS, type Field } from '../ring/field.ts';
import type { Ring } from '../ring/ring.ts';

/** Bits of a digit that is chosen by. */
export const DIGIT = 4;

/** What each choice is of. */
export type Payload =
  /** So many bits, at most 128: shares by xor. */
  | { readonly kind: 'bits'; readonly width: number }
  /** One, two or four words: additive shares. */
  | { readonly kind: 'words'; readonly count: 1 | 2 | 4; readonly field: Field }
  /** A word, the same for all planes of choices, plane i of which counts 2^i: shares of the product. */
  | { readonly kind: 'product'; readonly field: Field }
  /**
   * Four planes of choices at a time are the digits of one choice of 16, for which the sender has 16 pads of so many bits (at most 8),
   * and the receiver one: nothing is sent back.
   */
  | { readonly kind: 'choice'; readonly width: number };

/** Transfers of one shape in one direction. Planes of choices, each of n bits. */
export interface Transfer {
  /** Rank of who sends. */
  readonly sender: 0 | 1;
  readonly planes: number;
  readonly n: number;
  /** The elements of each plane that it is about; all where there is none. */
  readonly part?: Pick<Half, 'from' | 'count'>;
  readonly payload: Payload;
  /** At the receiver: its bits. */
  readonly choices?: Bits;
  /**
   * At the sender: what a set bit is worth. Bits: a plane for each plane of choices and bit of it. Words: of each plane and word, n
   * of them. Product: n words.
   */
  readonly worth?: Bits | RingArray;
  /** Filled with this party's share, in the form of `worth`. Of choices: at the sender 16 `width` planes a digit, at the receiver `width`. */
  readonly out: Bits | RingArray;
}

/** The same transfers in both directions: each party is the sender of half of the elements. It gives choices, and what they are worth. */
export const bothWays = (of: Omit<Transfer, 'sender' | 'part'>): Transfer[] =>
  halvesOf(of.n).map(({ sender, ...part }) => ({ ...of, sender, part }));

/** Transfers of one chunk at most. */
const CHUNK = 1 << 17;

/** A stretch of a transfer that travels as one: whole planes, or elements of one (of the planes of one digit). */
export interface Unit {
  readonly of: Transfer;
  readonly plane: number;
  readonly planes: number;
  readonly start: number;
  readonly count: number;
  /** Transfers that the elements of a plane take: whole bytes of choices. */
  readonly each: number;
  /** First transfer in the chunk. */
  readonly at: number;
}

export interface Chunk {
  readonly units: Unit[];
  /** Transfers, a multiple of 128. */
  size: number;
}

const wholeBytes = (n: number): number => Math.ceil(n / 8) * 8;

/** Planes of choices that stay together. */
const togetherOf = ({ payload }: Transfer): number => (payload.kind === 'choice' ? DIGIT : 1);

/** Transfers in chunks. */
export const chunksOf = (transfers: readonly Transfer[]): Chunk[] => {
  const chunks: Chunk[] = [];
  let used = CHUNK;
  const add = (of: Transfer, plane: number, planes: number, start: number, count: number): void => {
    const each = wholeBytes(count);
    const size = planes * each;
    if (used + size > CHUNK) {
      chunks.push({ units: [], size: 0 });
      used = 0;
    }
    const chunk = chunks.at(-1)!;
    chunk.units.push({ of, plane, planes, start, count, each, at: used });
    used += size;
    chunk.size = Math.ceil(used / 128) * 128;
  };
  for (const of of transfers) {
    const { from, count } = of.part ?? { from: 0, count: of.n };
    if (count === 0) continue;
    const side = togetherOf(of);
    const most = side * Math.floor(CHUNK / wholeBytes(count) / side);
    if (most > 0)
      for (let plane = 0; plane < of.planes; plane += most)
        add(of, plane, Math.min(most, of.planes - plane), from, count);
    else
      for (let plane = 0; plane < of.planes; plane += side)
        for (let start = 0; start < count; start += CHUNK / side)
          add(of, plane, side, from + start, Math.min(CHUNK / side, count - start));
  }
  return chunks;
};

/** Copies elements of planes to and from where they stand one after another, in whole bytes. */
export const packBits = (ring: Ring, to: Bits, from: Bits, plane: number, u: Unit, step: number): void => {
  const [source, target] = [ring.u8(from), ring.u8(to)];
  const bytes = u.each / 8;
  for (let j = 0; j < u.planes; j++) {
    const at = (plane + j * step) * from.stride + u.start / 8;
    target.set(source.subarray(at, at + bytes), j * bytes);
  }
};

export const unpackBits = (ring: Ring, to: Bits, from: Bits, plane: number, u: Unit, step: number): void => {
  const [source, target] = [ring.u8(from), ring.u8(to)];
  const bytes = u.each / 8;
  for (let j = 0; j < u.planes; j++) {
    const at = (plane + j * step) * to.stride + u.start / 8;
    target.set(source.subarray(j * bytes, (j + 1) * bytes), at);
  }
};

export const fieldFor = (width: number): Field =>
  width <= 32 ? FIELDS.FM32 : width <= 64 ? FIELDS.FM64 : FIELDS.FM128;

export const wordsOf = (payload: Payload): number => (payload.kind === 'words' ? payload.count : 1);

/** Bytes of a unit's answer. */
const answerBytes = ({ of: { payload }, planes, count, each }: Unit): number => {
  if (payload.kind === 'choice') return 0;
  return payload.kind === 'bits'
    ? (payload.width * planes * each) / 8
    : planes * count * wordsOf(payload) * payload.field.bytes;
};

/** Bytes of the answers to a chunk. */
export const bytesOf = ({ units }: Chunk): number => units.reduce((sum, unit) => sum + answerBytes(unit), 0);
