/**
 * @file Identifiers as digests. Each is written with its type and its length (1: text in UTF-8; 2: a whole number of 64 bits, in two's
 * complement), and rows of several columns one value after another, so that different rows are different bytes. Up to 64 bytes
 * are one block of BLAKE3; for longer ones the block is 255 and 63 bytes of their SHA-512. Digests are cut to 128 bits.
 */
import { randomBytes, sha512 } from '#kernel-host';
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import * as math from '../ring/math/index.ts';
import { SetMemory } from '../ring/set-memory.ts';
import type { SetOf } from './oprf.ts';
import { MOST_IDS } from './shape.ts';

/** One identifier: text, or a whole number. */
export type Id = string | number | bigint;

/** A column of them. */
export type IdColumn =
  | readonly Id[]
  | Int32Array
  | Uint32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** What is done with an identifier before it is compared; undefined or null leaves its row out. */
export type Normalize = (
  id: Id | readonly Id[],
  row: number,
  party: string,
) => Id | readonly Id[] | null | undefined;

export type Duplicates = 'error' | 'first' | 'product';

export interface IdOptions {
  readonly party: string;
  readonly normalize?: Normalize | undefined;
  readonly duplicates: Duplicates;
}

/** A party's set, and the rows that its items stand for. */
export interface Ids extends SetOf {
  /** Rows of the table, those left out too. */
  readonly length: number;
  /** The first row of each item. */
  readonly first: Uint32Array;
  /** With `product`: the rows of item i are rows[starts[i]] up to rows[starts[i + 1]]. */
  readonly groups?: { readonly starts: Uint32Array; readonly rows: Uint32Array };
}

const BLOCK = 64;
const LONG = 255;
const TEXT = 1;
const WHOLE = 2;
/** Rows that are written before they are hashed. */
const BATCH = 4096;
const LONE = /\p{Surrogate}/u;
const encoder = new TextEncoder();
const [LEAST, MOST] = [-(1n << 63n), (1n << 63n) - 1n];

const isColumn = (x: unknown): x is IdColumn =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView));

/** One column, or a list of them. Throws INVALID_ARGUMENT. */
const columnsOf = (ids: unknown, party: string): readonly IdColumn[] => {
  const alien = (what: string): never =>
    fail('INVALID_ARGUMENT', `sf.psi: the identifiers of ${party} ${what}`, { party });
  if (!isColumn(ids))
    return alien(`are ${describe(ids)}, not a list of text or whole numbers, or a list of such columns`);
  if (!Array.isArray(ids) || ids.length === 0 || !isColumn(ids[0])) return [ids];
  const columns = ids as readonly unknown[];
  for (const [i, column] of columns.entries()) {
    if (!isColumn(column)) return alien(`have a column ${i} that is ${describe(column)}`);
    if (column.length !== (columns[0] as IdColumn).length)
      return alien(`have columns of ${(columns[0] as IdColumn).length} and ${column.length} rows`);
  }
  return columns as readonly IdColumn[];
};

/** Writes rows as bytes. */
class Writer {
  bytes = new Uint8Array(256);
  length = 0;
  readonly #party: string;

  constructor(party: string) {
    this.#party = party;
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  #alien(id: unknown, row: number, why: string): never {
    return fail('INVALID_ARGUMENT', `sf.psi: row ${row} of ${this.#party} has ${why}`, {
      party: this.#party,
      row,
      type: typeof id,
    });
  }

  add(id: unknown, row: number): void {
    if (typeof id === 'string') this.#text(id, row);
    else if (typeof id === 'number') {
      if (!Number.isSafeInteger(id))
        this.#alien(id, row, 'a number that is not whole and below 2^53: give it as text or bigint');
      this.#whole(id % math.pow2(32), Math.floor(id / math.pow2(32)));
    } else if (typeof id === 'bigint') {
      if (id < LEAST || id > MOST)
        this.#alien(id, row, 'a whole number of more than 64 bits: give it as text');
      this.#whole(Number(BigInt.asUintN(32, id)), Number(id >> 32n));
    } else if (id === null || id === undefined)
      this.#alien(id, row, 'no identifier: leave the row out with the option normalize');
    else this.#alien(id, row, `${describe(id)} as identifier, which is neither text nor a whole number`);
  }

  #size(n: number): void {
    for (; n > 127; n = Math.floor(n / 128)) this.bytes[this.length++] = (n % 128) + 128;
    this.bytes[this.length++] = n;
  }

  #text(id: string, row: number): void {
    const { length } = id;
    if (length === 0)
      this.#alien(id, row, 'an empty identifier: leave the row out with the option normalize');
    this.#room(3 * length + 10);
    const start = this.length;
    this.bytes[this.length++] = TEXT;
    this.#size(length);
    for (let i = 0; i < length; i++) {
      const unit = id.charCodeAt(i);
      if (unit > 127) {
        this.length = start;
        this.#wide(id, row);
        return;
      }
      this.bytes[this.length++] = unit;
    }
  }

  #wide(id: string, row: number): void {
    if (LONE.test(id)) this.#alien(id, row, 'half of a pair of UTF-16 in its identifier');
    const bytes = encoder.encode(id);
    this.bytes[this.length++] = TEXT;
    this.#size(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #whole(low: number, high: number): void {
    this.#room(10);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = WHOLE;
    bytes[at++] = 8;
    for (const word of [low, high]) {
      bytes[at++] = word & 255;
      bytes[at++] = (word >> 8) & 255;
      bytes[at++] = (word >> 16) & 255;
      bytes[at++] = (word >> 24) & 255;
    }
    this.length = at;
  }
}

/** The block of what was written. Returns its length. */
const blockOf = (bytes: Uint8Array, block: Uint8Array): number => {
  block.fill(0);
  if (bytes.length <= BLOCK) {
    block.set(bytes);
    return bytes.length;
  }
  block[0] = LONG;
  block.set(sha512(bytes).subarray(0, BLOCK - 1), 1);
  return BLOCK;
};

/** Digests of the rows, at the address that is returned, and the row of each. */
const digestsOf = (memory: SetMemory, ids: unknown, { party, normalize }: IdOptions) => {
  const columns = columnsOf(ids, party);
  const { length } = columns[0]!;
  if (length > MOST_IDS)
    fail('RANGE', `sf.psi: ${party} has ${length} identifiers; the most are ${MOST_IDS}`, { party });
  const digests = memory.take(16 * length);
  const top = memory.used;
  const blocks = memory.take(BLOCK * BATCH);
  const lengths = memory.take(BATCH);
  const rows = normalize ? new Uint32Array(length) : undefined;
  const writer = new Writer(party);
  const single = columns.length === 1 ? columns[0] : undefined;
  let [count, waiting] = [0, 0];
  const flush = (): void => {
    memory.kernels.digestBlocks(digests + 16 * (count - waiting), blocks, lengths, waiting);
    waiting = 0;
  };
  const all = memory.bytes(blocks, BLOCK * BATCH);
  const sizes = memory.bytes(lengths, BATCH);
  for (let row = 0; row < length; row++) {
    let id: unknown = single ? single[row] : columns.map((column) => column[row]);
    if (normalize) {
      id = normalize(id as Id, row, party);
      if (id === null || id === undefined) continue;
      rows![count] = row;
    }
    writer.length = 0;
    if (Array.isArray(id)) for (const part of id as readonly unknown[]) writer.add(part, row);
    else writer.add(id, row);
    const block = all.subarray(BLOCK * waiting, BLOCK * (waiting + 1));
    sizes[waiting] = blockOf(writer.bytes.subarray(0, writer.length), block);
    waiting++;
    count++;
    if (waiting === BATCH) flush();
  }
  flush();
  memory.release(top);
  return { digests, count, rows, length };
};

/** The rows of each item. */
const groupsOf = (items: Uint32Array, count: number, rows: Uint32Array | undefined) => {
  const starts = new Uint32Array(count + 1);
  for (const item of items) starts[item + 1]! += 1;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const out = new Uint32Array(items.length);
  for (const [i, item] of items.entries()) out[next[item]!++] = rows ? rows[i]! : i;
  return { starts, rows: out };
};

/**
 * Reads a party's identifiers into a memory of their own. Throws INVALID_ARGUMENT with party and row for what is none, and for one
 * that comes twice unless `duplicates` allows it.
 */
export const readIds = async (ids: unknown, options: IdOptions): Promise<Ids> => {
  const memory = await SetMemory.create();
  const { party, duplicates } = options;
  const { digests, count: n, rows, length } = digestsOf(memory, ids, options);
  const top = memory.used;
  const firsts = memory.take(4 * n);
  const items = memory.take(4 * n);
  const slots = math.pow2(Math.ceil(math.log2(2 * n + 2)));
  const table = memory.take(4 * slots);
  const count = memory.kernels.distinct(digests, firsts, items, n, table, slots - 1) >>> 0;
  const rowOf = (i: number): number => (rows ? rows[i]! : i);
  const of = memory.words(items, n).slice();
  const first = memory.words(firsts, count).map(rowOf);
  memory.release(top);
  if (count < n && duplicates === 'error') {
    const again = of.findIndex((item, i) => rowOf(i) !== first[item]);
    const [before, row] = [first[of[again]!]!, rowOf(again)];
    fail(
      'INVALID_ARGUMENT',
      `sf.psi: rows ${before} and ${row} of ${party} have the same identifier: give the option duplicates, "first" or "product"`,
      { party, row, first: before },
    );
  }
  return {
    memory,
    digests,
    count,
    length,
    first,
    ...(duplicates === 'product' && { groups: groupsOf(of, count, rows) }),
  };
};

const WORD = (1n << 62n) - 1n;

/** Two words of 62 bits of each row's digest; random ones for rows that are left out. Throws as `readIds`. */
export const rowWords = async (
  ids: unknown,
  options: IdOptions,
): Promise<readonly [BigInt64Array, BigInt64Array]> => {
  const { memory, digests, count, first, length } = await readIds(ids, options);
  const [key, check] = [new BigInt64Array(length), new BigInt64Array(length)];
  if (count < length) {
    const random = new BigUint64Array(randomBytes(16 * length).buffer);
    for (let row = 0; row < length; row++) {
      key[row] = random[2 * row]! & WORD;
      check[row] = random[2 * row + 1]! & WORD;
    }
  }
  const known = memory.bytes(digests, 16 * count);
  const view = new DataView(known.buffer, known.byteOffset, known.byteLength);
  for (const [i, row] of first.entries()) {
    key[row] = view.getBigUint64(16 * i, true) & WORD;
    check[row] = view.getBigUint64(16 * i + 8, true) & WORD;
  }
  return [key, check];
};
