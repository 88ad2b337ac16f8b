/** @file What the ring tests share: BigInt references of words, values with edges, and guarded arrays. */

import * as assert from 'uvu/assert';
import { type Bits, type Bytes, RingArray } from '../../src/ring/array.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

export const ring = await Ring.create();
export const fields = Object.values(FIELDS);
export const LENGTHS = [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 127, 128, 129, 1000];

/** A small deterministic generator (mulberry32) of 32-bit numbers. */
export const generator = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
};

const random = generator(20240607);
/** A whole number below n. */
export const below = (n: number): number => random() % n;

export const wrap = (x: bigint, field: Field): bigint => BigInt.asUintN(field.bits, x);
export const signed = (x: bigint, field: Field): bigint => BigInt.asIntN(field.bits, x);

/** n words: edges, sparse patterns, random ones. */
export const someWords = (field: Field, n: number): bigint[] =>
  Array.from({ length: n }, () => {
    const whole =
      BigInt(random()) | (BigInt(random()) << 32n) | (BigInt(random()) << 64n) | (BigInt(random()) << 96n);
    const bit = 1n << BigInt(below(field.bits));
    const edges = [0n, 1n, -1n, bit, bit - 1n, -bit, ~bit, (1n << 127n) | (1n << 63n) | (1n << 31n)];
    return wrap(below(3) === 0 ? edges[below(edges.length)]! : whole, field);
  });

const bytesOf = (words: readonly bigint[], field: Field): Uint8Array => {
  const out = new Uint8Array(words.length * field.bytes);
  words.forEach((word, i) => {
    for (let b = 0; b < field.bytes; b++) out[i * field.bytes + b] = Number((word >> BigInt(8 * b)) & 255n);
  });
  return out;
};

/** An array with the words, in the middle of a larger one: misaligned, and with neighbours that must not change. */
export const put = (field: Field, words: readonly bigint[]): RingArray => {
  const whole = ring.alloc(field, words.length + 8);
  ring.u8(whole).fill(0xa5);
  const arr = whole.view(3, words.length);
  ring.u8(arr).set(bytesOf(words, field));
  return arr;
};

/** The words of an array; its neighbours (made by put) are checked. */
export const get = (arr: RingArray): bigint[] => {
  const { field, length } = arr;
  const around = new RingArray(arr.block, arr.ptr - 3 * field.bytes, field, length + 8);
  const bytes = ring.u8(around);
  const neighbours = [...bytes.subarray(0, 3 * field.bytes), ...bytes.subarray((length + 3) * field.bytes)];
  assert.ok(
    neighbours.every((byte) => byte === 0xa5),
    'a kernel wrote outside of its destination',
  );
  return plain(arr);
};

/** The words of an array that put did not make. */
const plain = (arr: RingArray): bigint[] => {
  const bytes = ring.u8(arr);
  return Array.from({ length: arr.length }, (_, i) => {
    let word = 0n;
    for (let b = arr.field.bytes; b-- > 0; ) word = (word << 8n) | BigInt(bytes[i * arr.field.bytes + b]!);
    return word;
  });
};

export const blank = (field: Field, n: number): RingArray => put(field, someWords(field, n));

export const someBits = (planes: number, n: number): number[][] =>
  Array.from({ length: planes }, () => Array.from({ length: n }, () => random() & 1));

/** Planes with the bits, and noise in the unspecified tails. */
export const putBits = (planes: readonly (readonly number[])[], n: number): Bits => {
  const arr = ring.bits(n, planes.length);
  const bytes = ring.u8(arr).fill(0x5a);
  planes.forEach((plane, p) => {
    plane.forEach((bit, i) => {
      const at = p * arr.stride + (i >> 3);
      bytes[at] = (bytes[at]! & ~(1 << (i & 7))) | (bit << (i & 7));
    });
  });
  return arr;
};

export const getBits = (arr: Bits): number[][] => {
  const bytes = ring.u8(arr);
  return Array.from({ length: arr.planes }, (_, p) =>
    Array.from({ length: arr.length }, (_, i) => (bytes[p * arr.stride + (i >> 3)]! >> (i & 7)) & 1),
  );
};

export const putBytes = (values: readonly number[]): Bytes => {
  const whole = ring.bytes(values.length + 32);
  ring.u8(whole).fill(0xa5);
  const arr = whole.view(5, values.length);
  ring.u8(arr).set(values);
  return arr;
};

export const getBytes = (arr: Bytes): number[] => {
  const around = new Uint8Array(ring.memory.buffer, arr.ptr - 5, arr.length + 32);
  const neighbours = [...around.subarray(0, 5), ...around.subarray(arr.length + 5)];
  assert.ok(
    neighbours.every((byte) => byte === 0xa5),
    'a kernel wrote outside of its destination',
  );
  return [...ring.u8(arr)];
};

export const someBytes = (n: number, modulus = 256): number[] =>
  Array.from({ length: n }, () => below(modulus));

/** Runs the body for each field and length, and gives back what it allocated. */
export const eachLength = (body: (field: Field, n: number) => void, lengths = LENGTHS): void => {
  for (const field of fields) for (const n of lengths) scoped(() => body(field, n));
};

/** Frees everything that the body allocates. */
export const scoped = <T>(body: () => T): T => {
  const { heap } = ring;
  const given: ReturnType<typeof heap.alloc>[] = [];
  const alloc = heap.alloc;
  heap.alloc = (bytes) => {
    const block = alloc.call(heap, bytes);
    given.push(block);
    return block;
  };
  try {
    return body();
  } finally {
    heap.alloc = alloc;
    for (const block of given) if (block.refs > 0) heap.free(block);
  }
};

/** Lists are equal; a short message where they are not, since long diffs of BigInts do not print. */
export const same = <T>(actual: readonly T[], expected: readonly T[], what: string): void => {
  assert.is(actual.length, expected.length, `${what}: length`);
  const at = actual.findIndex((x, i) => !Object.is(x, expected[i]));
  if (at >= 0)
    assert.unreachable(`${what}: element ${at} of ${expected.length} is ${actual[at]}, not ${expected[at]}`);
};
