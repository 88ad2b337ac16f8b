/**
 * @file A correlation of oblivious transfers (PaXoS: Pinkas, Rosulek, Trieu and Yanai, eprint 2020/193; transfers of SoftSpokenOT: Roy, eprint 2022/192, section 4).
 * P is encoded by a linear code, [256, 71, 60] (assembly/sets/code.ts). To each of 256 columns belong four streams, of which the sender lacks number d_j: the receiver
 * has u = r_0 + .. + r_3 and v = the sum of x r_x, of two bits, and sends u plus the column of code(P); the sender has v + d u and adds d times what came, which is v +
 * code(P)_j d_j. All 512 columns of v are reduced to 128 by L_b, (v_0, .., v_3) -> v_0 + b v_1 + b^2 v_2 + b^3 v_3 in GF(2^128) for a public random b. So C = L_b(v),
 * B + M(P) = C, and M(z) = L_b(code(z) d) is linear.
 *
 * What the sender gets is masked by streams that it lacks. For an identifier that the receiver has not, H(y) and <row(y), P> agree in 71 bits with 2^-71: of 4e7 once in
 * 2^45. Else code(z) has w >= 60 ones, and d is uniform there in 2 w >= 120 bits (less than 128 for 2^-53 of all z). For a random b, unknown when d was
 * drawn, L_b collides with at most 3 * 2^-128: M(z) is any one value with at most 3 * 2^-128 + 2^-2w in the mean.
 */
import { randomBytes } from '#kernel-host';
import { wholeTurn } from '../link/tick.ts';
import type { SetMemory } from '../ring/set-memory.ts';
import type { Correlation } from './correlation.ts';
import { allLeaves, COLUMNS, mostLeaves } from './leaves.ts';
import type { Wire } from './peer-messages.ts';
import { BAND } from './shape.ts';

/** Rows that are worked on at a time, a multiple of the 512 bits of a block of a stream. */
const ROWS = 16_384;
/** Rows of a block of the code's kernels. */
const BLOCK = 128;
/** Bytes of an element, and so of b. */
const ELEMENT = 16;
/** Elements that the columns are reduced from. */
const PARTS = 4;

/** Stretches of so many rows: where each begins, and how many it has, in whole blocks. */
const stretches = (total: number): readonly { readonly from: number; readonly n: number }[] =>
  Array.from({ length: Math.ceil(total / ROWS) }, (_, i) => ({
    from: i * ROWS,
    n: Math.min(ROWS, BLOCK * Math.ceil((total - i * ROWS) / BLOCK)),
  }));

const placed = (memory: SetMemory, bytes: Uint8Array): number => {
  const at = memory.take(bytes.length);
  memory.bytes(at, bytes.length).set(bytes);
  return at;
};

/** Columns of streams, and their reduction. */
class Columns {
  readonly #memory: SetMemory;
  readonly #keys: number;
  readonly #factor: number;
  readonly #columns: number;
  readonly #four: number;
  readonly #parts: readonly number[];

  constructor(memory: SetMemory, keys: Uint8Array, b: Uint8Array) {
    this.#memory = memory;
    this.#keys = placed(memory, keys);
    this.#factor = memory.take(memory.kernels.factorBytes() >>> 0);
    memory.kernels.prepareFactor(this.#factor, placed(memory, b));
    this.#columns = memory.take((2 * COLUMNS * ROWS) / 8);
    this.#four = memory.take((4 * ROWS) / 8);
    this.#parts = Array.from({ length: PARTS }, () => memory.take(ELEMENT * ROWS));
  }

  /** Draws the columns of n rows, and their sums unless `sums` is 0. */
  draw(sums: number, from: number, n: number): void {
    const { kernels } = this.#memory;
    kernels.spread(this.#columns, sums, this.#keys, n, from / 512, this.#four);
  }

  /** The drawn columns, reduced. */
  reduce(out: number, n: number): void {
    for (const [i, part] of this.#parts.entries())
      this.#memory.kernels.rowsOf(part, this.#columns + (i * BLOCK * n) / 8, n);
    this.#horner(out, n);
  }

  /** What columns of bits are worth: the image of each, for the two bits of d that it is multiplied with. */
  images(out: number, missing: Uint8Array): void {
    for (const [i, part] of this.#parts.entries()) {
      const words = this.#memory.bytes(part, ELEMENT * COLUMNS);
      words.fill(0);
      for (let j = i * 64; j < (i + 1) * 64; j++) {
        const bit = 2 * (j % 64);
        words[ELEMENT * j + (bit >> 3)] = missing[j]! << (bit & 7);
      }
    }
    this.#horner(out, COLUMNS);
    for (const part of this.#parts) this.#memory.bytes(part, ELEMENT * COLUMNS).fill(0);
  }

  #horner(out: number, n: number): void {
    const { kernels } = this.#memory;
    const [first, second, third, last] = this.#parts as [number, number, number, number];
    kernels.multiplyAdd(last, last, third, this.#factor, n);
    kernels.multiplyAdd(last, last, second, this.#factor, n);
    kernels.multiplyAdd(out, last, first, this.#factor, n);
  }
}

const messageBytes = (n: number): number => (COLUMNS * n) / 8;

const asking = async (peer: Wire): ReturnType<Correlation['asking']> => {
  const b = randomBytes(ELEMENT);
  const keys = await allLeaves(peer, b);
  return async (memory, store, total) => {
    const columns = new Columns(memory, keys, b);
    const sums = memory.take(messageBytes(ROWS));
    for (const { from, n } of stretches(total)) {
      const rows = store + ELEMENT * from;
      columns.draw(sums, from, n);
      memory.kernels.addWords(sums, rows, n);
      await peer.send(memory.bytes(sums, messageBytes(n)).slice());
      columns.reduce(rows, n);
    }
  };
};

const answering: Correlation['answering'] = async (memory, peer, total) => {
  const { kernels } = memory;
  const { missing, keys, beside } = await mostLeaves(peer, ELEMENT);
  const tables = (): number => memory.take(kernels.factorBytes() >>> 0);
  const [map, low, high] = [tables(), tables(), tables()];
  const store = memory.take(ELEMENT * (total + BAND));
  const came = memory.take(messageBytes(ROWS));
  const halves = [memory.take(ELEMENT * ROWS), memory.take(ELEMENT * ROWS)] as const;
  /** Adds d times what stands in `came`, reduced. */
  const addProducts = (to: number, n: number): void => {
    for (const [i, half] of halves.entries()) {
      kernels.rowsOf(half, came + (i * BLOCK * n) / 8, n);
      kernels.multiplyAdd(to, half, to, i === 0 ? low : high, n);
    }
  };
  const columns = new Columns(memory, keys, beside);
  const images = memory.take(ELEMENT * COLUMNS);
  columns.images(images, missing);
  kernels.prepareMap(low, images);
  kernels.prepareMap(high, images + ELEMENT * BLOCK);
  // The words of the 128 numbers of one bit, as if they had come, give the map of numbers.
  const ones = memory.bytes(images, ELEMENT * BLOCK);
  ones.fill(0);
  for (let i = 0; i < BLOCK; i++) ones[ELEMENT * i + (i >> 3)] = 1 << (i & 7);
  memory.bytes(came, messageBytes(BLOCK)).fill(0);
  kernels.addWords(came, images, BLOCK);
  ones.fill(0);
  addProducts(images, BLOCK);
  kernels.prepareMap(map, images);
  memory.bytes(images, ELEMENT * COLUMNS).fill(0);
  // While the other party encodes its set.
  for (const { from, n } of stretches(total)) {
    columns.draw(0, from, n);
    columns.reduce(store + ELEMENT * from, n);
    await wholeTurn();
  }
  const uncover = async (): Promise<number> => {
    for (const { from, n } of stretches(total)) {
      const message = await peer.receive(messageBytes(n), 'an encoded set');
      memory.bytes(came, messageBytes(n)).set(message);
      addProducts(store + ELEMENT * from, n);
    }
    return store;
  };
  return { map, uncover };
};

export const transferred: Correlation = { asking, answering };
