/**
 * @file Products of matrices: numbers stand in coefficients, with a plain modulus of 2^k, and a product of polynomials is one of matrices
 * (Cheetah: eprint 2022/207, section 4.1). A tile of `rows` x `inner` words is encrypted, X[i][j] at coefficient i inner columns + j; the other
 * party's tile of `inner` x `columns` has Y[j][c] at c inner + inner - 1 - j; their product has the sum over j at coefficients
 * (i columns + c) inner + inner - 1. Of an answer's first half only those are sent. rows inner columns is at most the degree.
 */

import type { RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import { FRACTION_LIMBS, packedBytes } from '../../ring/polynomials.ts';
import { inverse, joinWeights, mod, productOf, reduceWeights, wordsOf } from './modular.ts';
import type { Source } from './random-polynomials.ts';
import type { OwnKey, Scheme } from './scheme.ts';

/** Powers of two. */
export interface Tile {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/** Element (i, j) of a matrix stands at offset + i row + j column. */
export interface Strided {
  readonly words: RingArray;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

export interface MatrixShape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** One ciphertext of the other party's, as it was received. */
export interface Cipher {
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** Tiles of a result: rows from r on, columns from c on. Answers go by columns, then by rows. */
export interface Window {
  readonly r: number;
  readonly c: number;
  readonly rows: number;
  readonly columns: number;
}

/** Bytes of what is worked on at once. */
const WINDOW = 1 << 25;
/** Products that one kernel call adds up, at most. */
export const CHUNK = 64;

export const tilesOf = ({ m, k, n }: MatrixShape, tile: Tile): MatrixShape => ({
  m: Math.ceil(m / tile.rows),
  k: Math.ceil(k / tile.inner),
  n: Math.ceil(n / tile.columns),
});

/** Numbers of an answer's first half that are sent. */
export const picked = (m: number, tile: Tile): number =>
  Math.ceil((Math.min(m, tile.rows) * tile.columns) / 16) * 16;

export const cipherBytes = (scheme: Scheme): number => scheme.primes.length * packedBytes(scheme.n);

export const answerBytes = (scheme: Scheme, m: number, tile: Tile): number =>
  scheme.setting.kept * (packedBytes(scheme.n) + packedBytes(picked(m, tile)));

export class Matrices {
  readonly field: Field;
  readonly scheme: Scheme;
  readonly #modulus: RingArray;
  /** By prime: words to messages mod it, and as they are. */
  readonly #messages: readonly RingArray[];
  readonly #plain: readonly RingArray[];
  readonly #joins: RingArray;
  /** 1 / (Q / p) mod each kept prime, Q their product. */
  readonly #parts: readonly number[];
  readonly #words: RingArray;
  readonly #planes: RingArray;
  readonly #room: RingArray;

  constructor(scheme: Scheme, field: Field) {
    const { rows, primes, setting } = scheme;
    const { ring } = rows;
    const { bits } = field;
    this.field = field;
    this.scheme = scheme;
    this.#modulus = scheme.hold(ring.alloc(field, 1));
    const q = BigInt.asUintN(bits, productOf(primes));
    ring.u8(this.#modulus).forEach((_, i, bytes) => {
      bytes[i] = Number((q >> BigInt(8 * i)) & 255n);
    });
    this.#messages = primes.map((p) =>
      scheme.hold(wordsOf(ring, reduceWeights(bits, -inverse(1n << BigInt(bits), p), p))),
    );
    this.#plain = primes.map((p) => scheme.hold(wordsOf(ring, reduceWeights(bits, 1n, p))));
    const kept = primes.slice(0, setting.kept);
    this.#joins = scheme.hold(wordsOf(ring, joinWeights(bits, kept, FRACTION_LIMBS)));
    this.#parts = kept.map((p) => mod(inverse(productOf(kept.filter((other) => other !== p)), p), p));
    this.#words = scheme.hold(ring.alloc(field, scheme.n));
    this.#planes = scheme.alloc(bits / 32);
    this.#room = scheme.alloc(Math.max(2, setting.kept));
  }

  /** Encrypts tile (r, l) of a matrix: one ciphertext of the key. */
  encrypt(
    own: OwnKey,
    x: Strided,
    { m, k }: MatrixShape,
    tile: Tile,
    r: number,
    l: number,
  ): Uint8Array<ArrayBuffer> {
    const { scheme } = this;
    const { rows, primes } = scheme;
    const { ring } = rows;
    const [words, message] = [this.#words, scheme.at(this.#room, 0)];
    const out = new Uint8Array(cipherBytes(scheme));
    const size = [Math.min(tile.rows, m - r * tile.rows), Math.min(tile.inner, k - l * tile.inner)];
    ring.zero(words);
    const from = x.offset + r * tile.rows * x.row + l * tile.inner * x.column;
    ring.strided(words, 0, [tile.inner * tile.columns, 1], x.words, from, [x.row, x.column], size);
    ring.mulScalar(words, words, this.#modulus);
    rows.split(this.#planes, words);
    own.begin();
    let at = 0;
    primes.forEach((p, i) => {
      rows.reduce(message, this.#planes, this.#messages[i]!, p);
      own.encrypt(message, i);
      at += rows.pack(out, at, message, scheme.wire);
    });
    return out;
  }

  /** What is worked on together. */
  windows(shape: MatrixShape, tile: Tile): Window[] {
    const { scheme } = this;
    const tiles = tilesOf(shape, tile);
    const each = (scheme.primes.length + 4) * 4 * scheme.n * 2;
    const most = Math.max(1, Math.floor(WINDOW / each));
    const rowStep = Math.min(
      tiles.m,
      most,
      Math.max(1, Math.floor(WINDOW / (8 * scheme.n * Math.min(tiles.k, CHUNK)))),
    );
    const columnStep = Math.max(1, Math.floor(most / rowStep));
    const all: Window[] = [];
    for (let r = 0; r < tiles.m; r += rowStep)
      for (let c = 0; c < tiles.n; c += columnStep)
        all.push({
          r,
          c,
          rows: Math.min(rowStep, tiles.m - r),
          columns: Math.min(columnStep, tiles.n - c),
        });
    return all;
  }

  /** Decrypts the answer of tile (r, c): this party's share. */
  decrypt(
    own: OwnKey,
    bytes: Uint8Array,
    { m, n }: MatrixShape,
    tile: Tile,
    r: number,
    c: number,
    share: Strided,
  ): void {
    const { scheme } = this;
    const { rows, primes, setting } = scheme;
    const { ring } = rows;
    const length = picked(m, tile);
    const half = scheme.at(this.#room, 0);
    const [sum, first] = [scheme.at(this.#room, 1).view(0, length), half.view(0, length)];
    const planes = rows.alloc(length, setting.kept);
    const words = ring.alloc(this.field, length);
    try {
      for (let i = 0; i < setting.kept; i++) {
        const p = primes[i]!;
        rows.unpack(half, bytes, i * packedBytes(scheme.n), p, scheme.wire);
        own.decrypt(half, i);
        rows.pick(sum, half, tile.inner - 1, tile.inner);
        const at = setting.kept * packedBytes(scheme.n) + i * packedBytes(length);
        rows.unpack(first, bytes, at, p, scheme.wire);
        rows.add(sum, sum, first, p);
        rows.scale(planes.view(i * length, length), sum, this.#parts[i]!, p);
      }
      rows.join(words, planes, this.#joins);
      this.scatter(words, { m, n }, tile, r, c, share);
    } finally {
      ring.release(planes);
      ring.release(words);
    }
  }

  /** Puts the words of tile (r, c) of a result where they belong. */
  scatter(
    words: RingArray,
    { m, n }: Omit<MatrixShape, 'k'>,
    tile: Tile,
    r: number,
    c: number,
    to: Strided,
  ): void {
    const size = [Math.min(tile.rows, m - r * tile.rows), Math.min(tile.columns, n - c * tile.columns)];
    const at = to.offset + r * tile.rows * to.row + c * tile.columns * to.column;
    this.scheme.rows.ring.strided(to.words, at, [to.row, to.column], words, 0, [tile.columns, 1], size);
  }

  /** A plain tile (l, c), transformed mod each prime in turn: words first, then `plainMod`. */
  plainPlanes(y: Strided, { k, n }: MatrixShape, tile: Tile, l: number, c: number, planes: RingArray): void {
    const { rows } = this.scheme;
    const { ring } = rows;
    const block = tile.inner * tile.columns;
    const words = this.#words.view(0, block);
    ring.zero(words);
    const size = [Math.min(tile.columns, n - c * tile.columns), Math.min(tile.inner, k - l * tile.inner)];
    const from = y.offset + l * tile.inner * y.row + c * tile.columns * y.column;
    ring.strided(words, tile.inner - 1, [tile.inner, -1], y.words, from, [y.column, y.row], size);
    rows.split(planes, words);
  }

  /** d = the tile of these planes mod prime i, transformed. */
  plainMod(d: RingArray, planes: RingArray, block: number, i: number): void {
    const { rows, primes, tables, n } = this.scheme;
    rows.reduce(d.view(0, block), planes, this.#plain[i]!, primes[i]!);
    rows.repeat(d, block);
    rows.forward(d, tables[i]!, primes[i]!, n / block);
  }

  /** Random words at the places of an answer: limbs of the message that hides it, and this party's share, which is minus the words. */
  mask(source: Source, planes: RingArray, share: RingArray): void {
    const { rows } = this.scheme;
    const { ring } = rows;
    const words = this.#words.view(0, share.length);
    source.words(words);
    ring.neg(share, words);
    ring.mulScalar(words, words, this.#modulus);
    rows.split(planes, words);
  }

  /** Adds a mask to what is picked of an answer, mod prime i. */
  addMask(c0: RingArray, planes: RingArray, i: number): void {
    const { rows, primes } = this.scheme;
    const message = this.#room.view(0, c0.length);
    rows.reduce(message, planes, this.#messages[i]!, primes[i]!);
    rows.addScaled(c0, c0, message, 1, primes[i]!);
    rows.scale(c0, c0, 1, primes[i]!);
  }
}
