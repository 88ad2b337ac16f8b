/**
 * @file Many transfers from few: SoftSpokenOT against semi-honest parties (Roy, eprint 2022/192, figure 8; k = 1: Ishai, Kilian, Nissim,
 * Petrank 2003). Each leaf's seed is a stream, a bit a transfer. The receiver sums them to k columns a block, column j of the leaves
 * whose number has bit j, and sends the sum of all, xor its choices. The sender, who lacks leaf d of a block, counts leaves by
 * number ^ d and corrects by what it was sent: its columns are the receiver's, xor d times the choices. So rows are q = t ^ c D for the
 * D of 128 bits of all blocks, and pads their hashes (ring/pads.ts): both at the sender, one at the receiver.
 */

import { randomBytes } from '#kernel-host';
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
import { BLOCK_BITS, BLOCKS, LEAVES, puncturedTrees, SUMS, sideOf, wholeTrees } from './seeds.ts';

/** Which transfers of a session these are: streams and hashes are numbered by it, and none serves twice. */
export interface Place {
  /** The first gate of a job. */
  readonly job: number;
  /** Chunk of transfers in it. */
  readonly chunk: number;
}

/** Leaves to columns and their sum. Arrays: leaves, which are used up; columns; the sum of all. */
const fold = ((): PlaneProgram => {
  const w = new PlaneWriter();
  const leaf = (plane: number): Plane => planeOf(0, plane);
  for (let j = BLOCK_BITS - 1; j >= 0; j--) {
    const half = 1 << j;
    const column = planeOf(1, j);
    w.copy(column, leaf(half));
    for (let x = half + 1; x < 2 * half; x++) w.xor(column, column, leaf(x));
    for (let x = 0; x < half; x++) w.xor(leaf(x), leaf(x), leaf(x + half));
  }
  w.copy(planeOf(2, 0), leaf(0));
  return w.end();
})();

/** Bytes of the message for so many transfers, a multiple of 128. */
export const extensionBytes = (transfers: number): number => (BLOCKS * transfers) / 8;

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

const NOTHING = [0, 0, 0, 0] as const;
type Secret = readonly [number, number, number, number];

/** One party's part as receiver of transfers. */
export class Receiver {
  readonly #ring: Ring;
  readonly #leaves: readonly (readonly Prg[])[];
  readonly #pads: Pads;

  constructor(ring: Ring, leaves: readonly (readonly Uint8Array[])[], pads: Pads) {
    this.#ring = ring;
    this.#pads = pads;
    this.#leaves = leaves.map((block) => block.map((seed) => new Prg(ring, seed)));
  }

  /** Rows for choices, one plane of a multiple of 128 bits; the caller frees them. `message`: what the sender has to be sent. */
  extend(
    choices: Bits,
    place: Place,
  ): { readonly rows: RingArray; readonly message: Uint8Array<ArrayBuffer> } {
    const ring = this.#ring;
    const n = choices.length;
    const message = new Uint8Array(extensionBytes(n));
    const columns = ring.bits(n, BASE);
    const [leaves, total] = [ring.bits(n, LEAVES), ring.bits(n)];
    this.#leaves.forEach((block, b) => {
      block.forEach((prg, x) => {
        prg.fill(leaves.plane(x), place.job, place.chunk);
      });
      ring.runPlanes(fold, [leaves, columns.plane(b * BLOCK_BITS, BLOCK_BITS), total]);
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
  /** By block and place: leaf `place` ^ (the one that is missing). */
  readonly #leaves: readonly (readonly (Prg | undefined)[])[];
  /** All ones or zeros for each bit of D: by it, and by no branch, columns are corrected. */
  readonly #bits: readonly number[];
  readonly #secret: Secret;
  readonly #pads: Pads;

  constructor(
    ring: Ring,
    missing: readonly number[],
    leaves: readonly (readonly (Uint8Array | undefined)[])[],
    pads: Pads,
  ) {
    this.#ring = ring;
    this.#leaves = leaves.map((block, b) =>
      block.map((_, x) => {
        const seed = block[x ^ missing[b]!];
        return seed && new Prg(ring, seed);
      }),
    );
    this.#bits = missing.flatMap((leaf) => Array.from({ length: BLOCK_BITS }, (_, j) => (leaf >> j) & 1));
    this.#secret = Array.from({ length: 4 }, (_, word) =>
      this.#bits.slice(32 * word, 32 * (word + 1)).reduce((sum, bit, i) => sum | (bit << i), 0),
    ) as [number, number, number, number];
    this.#pads = pads;
  }

  /** Rows for n transfers, a multiple of 128, from what the receiver sent; the caller frees them. */
  extend(message: Uint8Array, n: number, place: Place): RingArray {
    const ring = this.#ring;
    const columns = ring.bits(n, BASE);
    const [leaves, total, given, mask] = [ring.bits(n, LEAVES), ring.bits(n), ring.bits(n), ring.bits(n)];
    this.#leaves.forEach((block, b) => {
      block.forEach((prg, x) => {
        if (prg) prg.fill(leaves.plane(x), place.job, place.chunk);
        else ring.zero(leaves.plane(x));
      });
      const own = columns.plane(b * BLOCK_BITS, BLOCK_BITS);
      ring.runPlanes(fold, [leaves, own, total]);
      ring.readWire(given, message, (b * n) / 8);
      for (let j = 0; j < BLOCK_BITS; j++) {
        ring.u8(mask).fill(-this.#bits[b * BLOCK_BITS + j]! & 255);
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

/** A byte beside the first point: whether pads may be made by AES. */
const HASHES: readonly PadHash[] = ['chacha20', 'aes'];

/** Base transfers in both directions: three flights, some 12 KB each way. Pads are made by AES if both parties have it. */
export const connect = async (ring: Ring, channel: MakingChannel): Promise<Ends> => {
  const base = new BaseSender();
  const hello = new Uint8Array(POINT + 1);
  hello.set(base.message);
  hello[POINT] = Number(Pads.hasAes);
  await channel.send(hello);
  const answer = await channel.receive(POINT + 1);
  const both = hello[POINT]! & answer[POINT]!;
  const pads = await Pads.on(ring, HASHES[both]!);
  const chooser = new BaseReceiver(answer.subarray(0, POINT));
  const missing = Array.from(randomBytes(BLOCKS), (byte) => byte % LEAVES);
  const points = new Uint8Array(BASE * POINT);
  const chosen: Uint8Array[] = [];
  for (let i = 0; i < BASE; i++) {
    if (i % BETWEEN_TURNS === 0) await wholeTurn();
    const { message, key } = chooser.choose(i, sideOf(missing[Math.floor(i / BLOCK_BITS)]!, i % BLOCK_BITS));
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
  const roots = Array.from({ length: BLOCKS }, () => randomBytes(KEY));
  const { leaves, message } = wholeTrees(roots, keys);
  await channel.send(message);
  const sums = await channel.receive(SUMS);
  return {
    receiver: new Receiver(ring, leaves, pads),
    sender: new Sender(ring, missing, puncturedTrees(missing, chosen, sums), pads),
  };
};
