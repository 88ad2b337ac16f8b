/**
 * @file Many transfers from few: SoftSpokenOT against semi-honest parties (Roy, eprint 2022/192, figure 8; k = 1: Ishai, Kilian, Nissim,
 * Petrank 2003). Each leaf's seed is a stream, a bit a transfer. The receiver sums them to k columns a block, column j of the leaves
 * whose number has bit j, and sends the sum of all, xor its choices. The sender, who lacks leaf d of a block, counts leaves by
 * number ^ d and corrects by what it was sent: its columns are the receiver's, xor d times the choices. So rows are q = t ^ c D for the
 * D of 128 bits of all blocks, and pads their hashes (ring/pads.ts): both at the sender, one at the receiver.
 */

import { randomBytes } from '#kernel-host';
import { fail } from '../errors.ts';
import { wholeTurn } from '../link/tick.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { FIELDS } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';
import { type PadHash, Pads } from '../ring/pads.ts';
import { type Plane, type PlaneProgram, PlaneWriter, planeOf } from '../ring/plane-program.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { BASE, BaseReceiver, BaseSender, KEY, POINT } from './base.ts';
import type { MakingChannel } from './cross-terms.ts';
import { BLOCK_BITS, type BlockBits, blocksOf, puncturedTrees, SUMS, sidesOf, wholeTrees } from './seeds.ts';

/** Which transfers of a session these are: streams and hashes are numbered by it, and none serves twice. */
export interface Place {
  /** The first gate of a job. */
  readonly job: number;
  /** Chunk of transfers in it. */
  readonly chunk: number;
}

/** Leaves to columns and their sum. Arrays: leaves, which are used up; columns; the sum of all. */
const folding = (bits: number): PlaneProgram => {
  const w = new PlaneWriter();
  const leaf = (plane: number): Plane => planeOf(0, plane);
  for (let j = bits - 1; j >= 0; j--) {
    const half = 1 << j;
    const column = planeOf(1, j);
    w.copy(column, leaf(half));
    for (let x = half + 1; x < 2 * half; x++) w.xor(column, column, leaf(x));
    for (let x = 0; x < half; x++) w.xor(leaf(x), leaf(x), leaf(x + half));
  }
  w.copy(planeOf(2, 0), leaf(0));
  return w.end();
};
/** By bits of a block. */
const folds = new Map<number, PlaneProgram>();
const foldOf = (bits: number): PlaneProgram => {
  const known = folds.get(bits) ?? folding(bits);
  folds.set(bits, known);
  return known;
};

/** Bytes of the message for so many transfers, a multiple of 128. */
export const extensionBytes = (k: BlockBits, transfers: number): number =>
  (blocksOf(k).length * transfers) / 8;

const rowsOf = (ring: Ring, columns: Bits): RingArray => {
  const rows = ring.alloc(FIELDS.FM128, columns.length);
  ring.fromPlanes(rows, columns);
  return rows;
};

/** The words that say which rows these are. */
const numberOf = ({ job, chunk }: Place): [number, number, number] => [
  job >>> 0,
  Math.floor(job / math.pow2(32)),
  chunk,
];

/** By the kernel: the host's cipher is about as fast, but what it gives is for the garbage collector, hundreds of arrays a chunk. */
const leafStream = (ring: Ring, seed: Uint8Array): Prg => new Prg(ring, seed, 'wasm');

const NOTHING = [0, 0, 0, 0] as const;
type Secret = readonly [number, number, number, number];

/** One party's part as receiver of transfers. */
export class Receiver {
  readonly #ring: Ring;
  readonly #k: BlockBits;
  readonly #leaves: readonly (readonly Prg[])[];
  readonly #pads: Pads;

  constructor(ring: Ring, k: BlockBits, leaves: readonly (readonly Uint8Array[])[], pads: Pads) {
    this.#ring = ring;
    this.#k = k;
    this.#pads = pads;
    this.#leaves = leaves.map((block) => block.map((seed) => leafStream(ring, seed)));
  }

  /** Rows for choices, one plane of a multiple of 128 bits; the caller frees them. `message`: what the sender has to be sent. */
  extend(
    choices: Bits,
    place: Place,
  ): { readonly rows: RingArray; readonly message: Uint8Array<ArrayBuffer> } {
    const ring = this.#ring;
    const k = this.#k;
    const n = choices.length;
    const blocks = blocksOf(k);
    const message = new Uint8Array(extensionBytes(k, n));
    const columns = ring.bits(n, BASE);
    const [leaves, total] = [ring.bits(n, math.pow2(k)), ring.bits(n)];
    this.#leaves.forEach((block, b) => {
      block.forEach((prg, x) => {
        prg.fill(leaves.plane(x), place.job, place.chunk);
      });
      const bits = blocks[b]!;
      const own = leaves.plane(0, block.length);
      ring.runPlanes(foldOf(bits), [own, columns.plane(b * k, bits), total]);
      ring.xor(total, total, choices);
      ring.writeWire(message, (b * n) / 8, total);
    });
    const rows = rowsOf(ring, columns);
    for (const a of [columns, leaves, total]) ring.release(a);
    return { rows, message };
  }

  /** The pad of each choice. */
  pads(dst: RingArray, rows: RingArray, from: number, each: number, place: Place): void {
    this.#pads.fill(dst, rows, from, each, NOTHING, numberOf(place));
  }
}

/** One party's part as sender of transfers. */
export class Sender {
  readonly #ring: Ring;
  readonly #k: BlockBits;
  /** By block and place: leaf `place` ^ (the one that is missing). */
  readonly #leaves: readonly (readonly (Prg | undefined)[])[];
  /** All ones or zeros for each bit of D: by it, and by no branch, columns are corrected. */
  readonly #bits: readonly number[];
  readonly #secret: Secret;
  readonly #pads: Pads;

  constructor(
    ring: Ring,
    k: BlockBits,
    missing: readonly number[],
    leaves: readonly (readonly (Uint8Array | undefined)[])[],
    pads: Pads,
  ) {
    this.#ring = ring;
    this.#k = k;
    this.#leaves = leaves.map((block, b) =>
      block.map((_, x) => {
        const seed = block[x ^ missing[b]!];
        return seed && leafStream(ring, seed);
      }),
    );
    const blocks = blocksOf(k);
    this.#bits = missing.flatMap((leaf, b) => Array.from({ length: blocks[b]! }, (_, j) => (leaf >> j) & 1));
    this.#secret = Array.from({ length: 4 }, (_, word) =>
      this.#bits.slice(32 * word, 32 * (word + 1)).reduce((sum, bit, i) => sum | (bit << i), 0),
    ) as [number, number, number, number];
    this.#pads = pads;
  }

  /** Bytes of the receiver's message for n transfers, a multiple of 128. */
  awaited(n: number): number {
    return extensionBytes(this.#k, n);
  }

  /** Rows for n transfers, a multiple of 128, from what the receiver sent; the caller frees them. */
  extend(message: Uint8Array, n: number, place: Place): RingArray {
    const ring = this.#ring;
    const k = this.#k;
    const blocks = blocksOf(k);
    const columns = ring.bits(n, BASE);
    const [leaves, total, given, mask] = [
      ring.bits(n, math.pow2(k)),
      ring.bits(n),
      ring.bits(n),
      ring.bits(n),
    ];
    this.#leaves.forEach((block, b) => {
      block.forEach((prg, x) => {
        if (prg) prg.fill(leaves.plane(x), place.job, place.chunk);
        else ring.zero(leaves.plane(x));
      });
      const bits = blocks[b]!;
      const own = columns.plane(b * k, bits);
      ring.runPlanes(foldOf(bits), [leaves.plane(0, block.length), own, total]);
      ring.readWire(given, message, (b * n) / 8);
      for (let j = 0; j < bits; j++) {
        ring.u8(mask).fill(-this.#bits[b * k + j]! & 255);
        ring.andXor(own.plane(j), given, mask);
      }
    });
    const rows = rowsOf(ring, columns);
    for (const a of [columns, leaves, total, given, mask]) ring.release(a);
    return rows;
  }

  /** The pads of choice 0, or of choice 1. */
  pads(dst: RingArray, rows: RingArray, from: number, each: number, choice: 0 | 1, place: Place): void {
    this.#pads.fill(dst, rows, from, each, choice === 1 ? this.#secret : NOTHING, numberOf(place));
  }
}

/** Both parts of a party, for transfers in both directions. */
export interface Ends {
  readonly sender: Sender;
  readonly receiver: Receiver;
}

/** Base transfers between two turns of the event loop: they take a fifth of a second in all. */
const BETWEEN_TURNS = 16;

/** Beside the first point: whether pads may be made by AES, and k. */
const HASHES: readonly PadHash[] = ['chacha20', 'aes'];
const HELLO = POINT + 2;

/** Bytes a second below which larger blocks are faster, though the machines have other work too (1e5 comparisons at 20 and 50 Mbit/s). */
const SLOW: readonly (readonly [BlockBits, number])[] = [
  [8, 625e3],
  [6, 5e6],
];

/** k for a link of so many bytes a second: the fewer, the fewer bits a transfer; the least work where they are not known. */
export const blockBitsFor = (bandwidth: number | undefined): BlockBits =>
  SLOW.find(([, below]) => bandwidth !== undefined && bandwidth < below)?.[0] ?? 4;

/** The smaller k of both parties' wishes: the one that takes less work. */
const agreed = (own: BlockBits, theirs: number): BlockBits =>
  BLOCK_BITS.find((k) => k === Math.min(own, theirs)) ??
  fail(
    'DIVERGED',
    `the other party wishes for transfers in blocks of ${theirs} bits, which nobody makes: the parties run different versions`,
  );

/**
 * Base transfers in both directions: three flights, some 12 KB each way. Pads are made by AES if both parties have it, and k is the smaller one
 * of what they wish for.
 */
export const connect = async (ring: Ring, channel: MakingChannel, wish: BlockBits): Promise<Ends> => {
  const base = new BaseSender();
  const hello = new Uint8Array(HELLO);
  hello.set(base.message);
  hello.set([Number(Pads.hasAes), wish], POINT);
  await channel.send(hello);
  const answer = await channel.receive(HELLO);
  const both = Number(Pads.hasAes) & answer[POINT]!;
  const k = agreed(wish, answer[POINT + 1]!);
  const pads = await Pads.on(ring, HASHES[both]!);
  const chooser = new BaseReceiver(answer.subarray(0, POINT));
  const blocks = blocksOf(k);
  const missing = Array.from(randomBytes(blocks.length), (byte, b) => byte % math.pow2(blocks[b]!));
  const sides = sidesOf(k, missing);
  const points = new Uint8Array(BASE * POINT);
  const chosen: Uint8Array[] = [];
  for (let i = 0; i < BASE; i++) {
    if (i % BETWEEN_TURNS === 0) await wholeTurn();
    const { message, key } = chooser.choose(i, sides[i]!);
    points.set(message, i * POINT);
    chosen.push(key);
  }
  await channel.send(points);
  const theirs = await channel.receive(BASE * POINT);
  const keys: (readonly [Uint8Array, Uint8Array])[] = [];
  for (let i = 0; i < BASE; i++) {
    if (i % BETWEEN_TURNS === 0) await wholeTurn();
    keys.push(base.keys(i, theirs.subarray(i * POINT, (i + 1) * POINT)));
  }
  const roots = blocks.map(() => randomBytes(KEY));
  const { leaves, message } = wholeTrees(k, roots, keys);
  await channel.send(message);
  const sums = await channel.receive(SUMS);
  return {
    receiver: new Receiver(ring, k, leaves, pads),
    sender: new Sender(ring, k, missing, puncturedTrees(k, missing, chosen, sums), pads),
  };
};
