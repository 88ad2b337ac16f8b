/**
 * @file Answers to encrypted matrices: sums of ciphertexts times plain tiles, blinded, masked, flooded and rounded. Those of a window are
 * worked on together, prime by prime: its ciphertexts are unpacked and its plain tiles transformed once for all of them.
 */

import type { RingArray } from '../../ring/array.ts';
import { packedBytes } from '../../ring/polynomials.ts';
import {
  answerBytes,
  CHUNK,
  type Cipher,
  type Matrices,
  type MatrixShape,
  picked,
  type Strided,
  type Tile,
  tilesOf,
  type Window,
} from './matrices.ts';
import type { Source } from './random-polynomials.ts';
import type { OtherKey } from './scheme.ts';

/**
 * The answers to an encrypted matrix: its product with y, of which this party's share is `share`. In the order of `windows`; `undefined`
 * where others may have a turn.
 */
export function* answerTo(
  matrices: Matrices,
  other: OtherKey,
  source: Source,
  ciphers: readonly Cipher[],
  y: Strided,
  shape: MatrixShape,
  tile: Tile,
  share: Strided,
): Generator<Uint8Array<ArrayBuffer> | undefined> {
  for (const window of matrices.windows(shape, tile)) {
    const answers = new Answers(matrices, other, source, shape, tile, window);
    try {
      yield* answers.multiply(ciphers, y);
      yield* answers.finish(share);
    } finally {
      answers.close();
    }
  }
}

/** The answers of one window. */
class Answers {
  readonly #matrices: Matrices;
  readonly #other: OtherKey;
  readonly #shape: MatrixShape;
  readonly #tile: Tile;
  readonly #window: Window;
  readonly #length: number;
  readonly #count: number;
  /** Of each answer: both halves mod each prime, the blinding's secret and noise, the mask and the share. */
  readonly #first: RingArray;
  readonly #second: RingArray;
  readonly #secrets: RingArray;
  readonly #noises: RingArray;
  readonly #masks: RingArray;
  readonly #shares: RingArray;
  readonly #held: RingArray[] = [];

  constructor(
    matrices: Matrices,
    other: OtherKey,
    source: Source,
    shape: MatrixShape,
    tile: Tile,
    window: Window,
  ) {
    this.#matrices = matrices;
    this.#other = other;
    this.#shape = shape;
    this.#tile = tile;
    this.#window = window;
    const { scheme, field } = matrices;
    const { rows, primes, n } = scheme;
    const count = window.rows * window.columns;
    const length = picked(shape.m, tile);
    const limbs = (length * field.bits) / 32;
    this.#count = count;
    this.#length = length;
    this.#first = this.#hold(rows.alloc(length, count * primes.length));
    this.#second = this.#hold(rows.alloc(n, count * primes.length));
    this.#secrets = this.#hold(rows.alloc(n, count));
    this.#noises = this.#hold(rows.alloc(n, count));
    this.#masks = this.#hold(rows.alloc(limbs, count));
    this.#shares = this.#hold(rows.ring.alloc(field, length * count));
    for (let a = 0; a < count; a++) {
      other.blind(scheme.at(this.#secrets, a), scheme.at(this.#noises, a));
      matrices.mask(source, this.#masks.view(a * limbs, limbs), this.#shares.view(a * length, length));
    }
  }

  close(): void {
    for (const a of this.#held.splice(0)) this.#matrices.scheme.rows.ring.release(a);
  }

  #hold(a: RingArray): RingArray {
    this.#held.push(a);
    return a;
  }

  /** The sums of products of ciphertexts and plain tiles, blinded and masked, mod each prime. */
  *multiply(ciphers: readonly Cipher[], y: Strided): Generator<undefined> {
    const { scheme } = this.#matrices;
    const { rows, n } = scheme;
    const tiles = tilesOf(this.#shape, this.#tile);
    const chunk = Math.min(CHUNK, tiles.k);
    const block = this.#tile.inner * this.#tile.columns;
    const limbs = (block * this.#matrices.field.bits) / 32;
    const { rows: rowCount, columns } = this.#window;
    const room = {
      halves: [0, 1].map(() => this.#hold(rows.alloc(n, rowCount * chunk))) as [RingArray, RingArray],
      plain: this.#hold(rows.alloc(n, chunk)),
      sums: [0, 1].map(() => this.#hold(rows.alloc(n, this.#count))) as [RingArray, RingArray],
      some: this.#hold(rows.alloc(n, 2)),
      planes: this.#hold(rows.alloc(limbs, columns * tiles.k)),
    };
    for (let c = 0; c < columns; c++)
      for (let l = 0; l < tiles.k; l++) {
        const planes = room.planes.view((c * tiles.k + l) * limbs, limbs);
        this.#matrices.plainPlanes(y, this.#shape, this.#tile, l, this.#window.c + c, planes);
      }
    for (let i = 0; i < scheme.primes.length; i++) {
      for (let from = 0; from < tiles.k; from += chunk) {
        this.#chunk(ciphers, i, from, Math.min(chunk, tiles.k - from), room);
        yield;
      }
      for (let a = 0; a < this.#count; a++) this.#blind(a, i, room);
    }
  }

  #chunk(ciphers: readonly Cipher[], i: number, from: number, count: number, room: Room): void {
    const { scheme } = this.#matrices;
    const { rows, n, primes } = scheme;
    const p = primes[i]!;
    const tiles = tilesOf(this.#shape, this.#tile);
    const { r, rows: rowCount, columns } = this.#window;
    const block = this.#tile.inner * this.#tile.columns;
    const limbs = room.planes.length / (columns * tiles.k);
    const size = packedBytes(n);
    for (let row = 0; row < rowCount; row++)
      for (let l = 0; l < count; l++) {
        const { bytes, number } = ciphers[(r + row) * tiles.k + from + l]!;
        rows.unpack(scheme.at(room.halves[0], row * count + l), bytes, i * size, p, scheme.wire);
        this.#other.second(scheme.at(room.halves[1], row * count + l), number, i);
      }
    for (let c = 0; c < columns; c++) {
      for (let l = 0; l < count; l++) {
        const planes = room.planes.view((c * tiles.k + from + l) * limbs, limbs);
        this.#matrices.plainMod(scheme.at(room.plain, l), planes, block, i);
      }
      for (let row = 0; row < rowCount; row++)
        for (const h of [0, 1] as const) {
          const sum = scheme.at(room.sums[h], c * rowCount + row);
          const to = from === 0 ? sum : scheme.at(room.some, 0);
          const half = room.halves[h].view(row * count * n, count * n);
          rows.dot(to, half, n, room.plain, n, count, p);
          if (from > 0) rows.add(sum, sum, to, p);
        }
    }
  }

  /** Adds the blinding and the mask to answer a, mod prime i. */
  #blind(a: number, i: number, room: Room): void {
    const { scheme } = this.#matrices;
    const { rows, primes } = scheme;
    const [secret, product] = [scheme.at(room.some, 0), scheme.at(room.some, 1)];
    this.#other.blinding(secret, scheme.at(this.#secrets, a), i);
    const halves = [this.#other.b, this.#other.a].map((key, h) => {
      const sum = scheme.at(room.sums[h]!, a);
      rows.dot(product, scheme.at(key, i), 0, secret, 0, 1, primes[i]!);
      rows.add(sum, sum, product, primes[i]!);
      return sum;
    });
    const [b, s] = halves as [RingArray, RingArray];
    this.#other.back(b, i, undefined);
    this.#other.back(s, i, scheme.at(this.#noises, a));
    const place = a * primes.length + i;
    const first = this.#first.view(place * this.#length, this.#length);
    rows.pick(first, b, this.#tile.inner - 1, this.#tile.inner);
    const limbs = this.#masks.length / this.#count;
    this.#matrices.addMask(first, this.#masks.view(a * limbs, limbs), i);
    rows.ring.copy(scheme.at(this.#second, place), s);
  }

  /** Floods, rounds and packs the answers, and puts this party's shares where they belong. */
  *finish(share: Strided): Generator<Uint8Array<ArrayBuffer>> {
    const { scheme } = this.#matrices;
    const { rows, primes, setting, n } = scheme;
    const { r, c, rows: rowCount } = this.#window;
    const length = this.#length;
    const scratch = this.#hold(rows.alloc(n, 2));
    for (let a = 0; a < this.#count; a++) {
      const first = this.#first.view(a * primes.length * length, primes.length * length);
      const second = this.#second.view(a * primes.length * n, primes.length * n);
      this.#other.finish(first, length, second, scratch);
      const out = new Uint8Array(answerBytes(scheme, this.#shape.m, this.#tile));
      let at = 0;
      for (let i = 0; i < setting.kept; i++) at += rows.pack(out, at, scheme.at(second, i), scheme.wire);
      for (let i = 0; i < setting.kept; i++)
        at += rows.pack(out, at, first.view(i * length, length), scheme.wire);
      const row = r + (a % rowCount);
      const column = c + Math.floor(a / rowCount);
      const words = this.#shares.view(a * length, length);
      this.#matrices.scatter(words, this.#shape, this.#tile, row, column, share);
      yield out;
    }
  }
}

interface Room {
  readonly halves: readonly [RingArray, RingArray];
  readonly plain: RingArray;
  readonly sums: readonly [RingArray, RingArray];
  readonly some: RingArray;
  readonly planes: RingArray;
}
