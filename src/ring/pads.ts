/** @file Rows of transfers to pads, by the kernel of assembly/lattice/transfer.ts. */

import type { RingArray } from './array.ts';
import type { Block } from './heap.ts';
import { exportsOf, type Kernel, moduleOf } from './modules.ts';
import type { Ring } from './ring.ts';

/** Bytes that the kernel works in. */
const ROOM = 512;

/** Four words each. */
type Words = readonly [number, number, number, number];

export class Pads {
  readonly ring: Ring;
  readonly #kernel: Kernel;
  readonly #room: Block;

  private constructor(ring: Ring, kernel: Kernel) {
    this.ring = ring;
    this.#kernel = kernel;
    this.#room = ring.heap.alloc(ROOM);
  }

  /** The kernel on the ring's memory; its module is loaded with the first call. */
  static async on(ring: Ring): Promise<Pads> {
    const { memory } = ring;
    const module = await moduleOf('lattice', !(memory.buffer instanceof ArrayBuffer));
    return new Pads(ring, (await exportsOf(module, memory, ['transferPads'])).transferPads!);
  }

  /**
   * dst: the pads of rows from `from` on, `each` words (4, 8 bytes, or a multiple of 16 up to 64, in all) each: a multiple of four of
   * them. Every row is xored with `secret` first. `place`: three words that say which rows these are.
   */
  fill(
    dst: RingArray,
    rows: RingArray,
    from: number,
    each: number,
    secret: Words,
    place: readonly [number, number, number],
  ): void {
    this.ring.live(dst);
    this.ring.live(rows);
    const n = dst.length / each;
    const bytes = dst.field.bytes * each;
    if (
      n % 4 !== 0 ||
      from + n > rows.length ||
      rows.field.bytes !== 16 ||
      !(bytes < 16 ? bytes % 4 === 0 : bytes % 16 === 0 && bytes <= 64)
    )
      throw new RangeError(`no pads of ${bytes} bytes for ${n} of ${rows.length} rows`);
    this.#kernel(dst.ptr, bytes, rows.ptr + 16 * from, n, from, ...secret, ...place, this.#room.start);
  }

  /** Gives its room back. */
  close(): void {
    this.ring.heap.free(this.#room);
  }
}
