/**
 * @file Rows of transfers to pads (assembly/lattice/transfer.ts): by AES under a fixed key where both parties' platforms have it, else by
 * ChaCha20.
 */

import { blockCipher } from '#kernel-host';
import type { RingArray } from './array.ts';
import type { Block } from './heap.ts';
import { exportsOf, type Kernel, moduleOf } from './modules.ts';
import type { Ring } from './ring.ts';

/** Four words each. */
type Words = readonly [number, number, number, number];
type Place = readonly [number, number, number];

/** Which function makes pads of rows. */
export type PadHash = 'aes' | 'chacha20';

/** dst: pads of `bytes` each of n rows from the address `rows` on, the first of them with number `from`. */
type Fill = (
  dst: number,
  bytes: number,
  rows: number,
  n: number,
  from: number,
  secret: Words,
  place: Place,
) => void;

/** A way of making pads, and the bytes that it works in. */
interface Maker {
  readonly room: number;
  readonly kernels: readonly string[];
  with(kernels: Readonly<Record<string, Kernel>>, memory: WebAssembly.Memory, room: number): Fill;
}

/** Rows a call of the host's cipher. */
const ROWS = 1024;
const BLOCK = 16;
const MOST_BLOCKS = 4;
/** The letters of "pads of transfer": a permutation that everybody knows. */
const FIXED_KEY = Uint8Array.from('pads of transfer', (letter) => letter.charCodeAt(0));

const MAKERS: Readonly<Record<PadHash, Maker>> = {
  chacha20: {
    room: 512,
    kernels: ['transferPads'],
    with:
      ({ transferPads }, _, room) =>
      (dst, bytes, rows, n, from, secret, place) => {
        transferPads!(dst, bytes, rows, n, from, ...secret, ...place, room);
      },
  },
  aes: {
    room: (1 + MOST_BLOCKS) * BLOCK * ROWS,
    kernels: ['maskRows', 'numberRows', 'padsOfRows'],
    with: ({ maskRows, numberRows, padsOfRows }, memory, room) => {
      const encrypt = blockCipher()!(FIXED_KEY);
      const permute = (at: number, bytes: number): void => {
        const part = new Uint8Array(memory.buffer, at, bytes);
        part.set(encrypt(part));
      };
      const wide = room + BLOCK * ROWS;
      return (dst, bytes, rows, n, from, secret, place) => {
        const blocks = Math.ceil(bytes / BLOCK);
        for (let i = 0; i < n; i += ROWS) {
          const many = Math.min(ROWS, n - i);
          maskRows!(room, rows + BLOCK * i, many, ...secret);
          permute(room, BLOCK * many);
          numberRows!(wide, room, many, blocks, from + i, ...place);
          permute(wide, BLOCK * many * blocks);
          padsOfRows!(dst + bytes * i, bytes, wide, room, many);
        }
      };
    },
  },
};

export class Pads {
  readonly ring: Ring;
  readonly #fill: Fill;
  readonly #room: Block;

  private constructor(ring: Ring, fill: Fill, room: Block) {
    this.ring = ring;
    this.#fill = fill;
    this.#room = room;
  }

  /** Whether this platform has the cipher that 'aes' takes. */
  static get hasAes(): boolean {
    return blockCipher() !== undefined;
  }

  /** The kernels on the ring's memory; their module is loaded with the first call. */
  static async on(ring: Ring, hash: PadHash): Promise<Pads> {
    const { memory } = ring;
    const maker = MAKERS[hash];
    const module = await moduleOf('lattice', !(memory.buffer instanceof ArrayBuffer));
    const kernels = await exportsOf(module, memory, maker.kernels);
    const room = ring.heap.alloc(maker.room);
    return new Pads(ring, maker.with(kernels, memory, room.start), room);
  }

  /**
   * dst: the pads of rows from `from` on, `each` words (4, 8 bytes, or a multiple of 16 up to 64, in all) each: a multiple of four of
   * them. Every row is xored with `secret` first. `place`: three words that say which rows these are, the second below 2^30.
   */
  fill(dst: RingArray, rows: RingArray, from: number, each: number, secret: Words, place: Place): void {
    this.ring.live(dst);
    this.ring.live(rows);
    const n = dst.length / each;
    const bytes = dst.field.bytes * each;
    if (
      n % 4 !== 0 ||
      from + n > rows.length ||
      rows.field.bytes !== BLOCK ||
      !(bytes < BLOCK ? bytes % 4 === 0 : bytes % BLOCK === 0 && bytes <= MOST_BLOCKS * BLOCK)
    )
      throw new RangeError(`no pads of ${bytes} bytes for ${n} of ${rows.length} rows`);
    this.#fill(dst.ptr, bytes, rows.ptr + BLOCK * from, n, from, secret, place);
  }

  /** Gives its room back. */
  close(): void {
    this.ring.heap.free(this.#room);
  }
}
