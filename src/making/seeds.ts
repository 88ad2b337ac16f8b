/**
 * @file The seeds of an extension: 128 / k blocks of 2^k, of which the receiver of transfers knows all and the sender all but one a block
 * (SoftSpokenOT: Roy, eprint 2022/192, section 3; trees of Goldreich, Goldwasser and Micali). A seed's two children are its
 * SHA-512; of each level both sums, of left and of right children, are sent under the keys of one base transfer.
 */

import { sha512 } from '#kernel-host';
import { BASE, KEY } from './base.ts';

/** k: bits of a block. Bits a transfer are as many as blocks, 128 / k, and work grows as 2^k / k. */
export const BLOCK_BITS = [4, 6, 8] as const;
export type BlockBits = (typeof BLOCK_BITS)[number];

/** Bits of each block: k, and in the last one what is left of 128. */
export const blocksOf = (k: BlockBits): number[] =>
  Array.from({ length: Math.ceil(BASE / k) }, (_, b) => Math.min(k, BASE - b * k));

const xorInto = (dst: Uint8Array, a: Uint8Array): void => {
  for (let i = 0; i < dst.length; i++) dst[i]! ^= a[i]!;
};

/** Seeds of the next level: left and right child of each. */
const grown = (nodes: readonly (Uint8Array | undefined)[]): (Uint8Array | undefined)[] =>
  nodes.flatMap((node) => {
    if (node === undefined) return [undefined, undefined];
    const both = sha512(node);
    return [both.slice(0, KEY), both.slice(KEY, 2 * KEY)];
  });

/** The sum of all left (0) or right (1) children that are known. */
const sumOf = (nodes: readonly (Uint8Array | undefined)[], side: number): Uint8Array => {
  const sum = new Uint8Array(KEY);
  nodes.forEach((node, i) => {
    if (node && i % 2 === side) xorInto(sum, node);
  });
  return sum;
};

/** Bytes of what the sender of transfers is sent. */
export const SUMS = 2 * BASE * KEY;

/** All leaves of all blocks, and what the other party is sent, by both keys of each base transfer. */
export const wholeTrees = (
  k: BlockBits,
  roots: readonly Uint8Array[],
  keys: readonly (readonly [Uint8Array, Uint8Array])[],
): { readonly leaves: Uint8Array[][]; readonly message: Uint8Array<ArrayBuffer> } => {
  const message = new Uint8Array(SUMS);
  const blocks = blocksOf(k);
  const leaves = roots.map((root, block) => {
    let nodes: (Uint8Array | undefined)[] = [root];
    for (let level = 0; level < blocks[block]!; level++) {
      nodes = grown(nodes);
      const transfer = block * k + level;
      for (const side of [0, 1] as const) {
        const at = message.subarray((2 * transfer + side) * KEY, (2 * transfer + side + 1) * KEY);
        at.set(sumOf(nodes, side));
        xorInto(at, keys[transfer]![side]);
      }
    }
    return nodes as Uint8Array[];
  });
  return { leaves, message };
};

/** The bit by which a base transfer is chosen: the side off the path to the leaf that is not known, of a block of so many bits. */
const sideOf = (bits: number, missing: number, level: number): number =>
  1 - ((missing >> (bits - 1 - level)) & 1);

/** These bits for all base transfers. */
export const sidesOf = (k: BlockBits, missing: readonly number[]): number[] =>
  blocksOf(k).flatMap((bits, block) =>
    Array.from({ length: bits }, (_, level) => sideOf(bits, missing[block]!, level)),
  );

/** All leaves but one a block, `missing`, by one key of each base transfer. */
export const puncturedTrees = (
  k: BlockBits,
  missing: readonly number[],
  keys: readonly Uint8Array[],
  message: Uint8Array,
): (Uint8Array | undefined)[][] =>
  missing.map((leaf, block) => {
    const bits = blocksOf(k)[block]!;
    let nodes: (Uint8Array | undefined)[] = [undefined];
    for (let level = 0; level < bits; level++) {
      nodes = grown(nodes);
      const transfer = block * k + level;
      const side = sideOf(bits, leaf, level);
      const seed = message.slice((2 * transfer + side) * KEY, (2 * transfer + side + 1) * KEY);
      xorInto(seed, keys[transfer]!);
      xorInto(seed, sumOf(nodes, side));
      // The sibling of the path's node at this level.
      nodes[(leaf >> (bits - 1 - level)) ^ 1] = seed;
    }
    return nodes;
  });
