/** @file The task of one product of matrices, x encrypted by its owner, y in plain words at the other party: of some of x's rows. */

import type { RingArray } from '../../ring/array.ts';
import { answerTo } from './answers.ts';
import type { Task } from './lattice-task.ts';
import {
  answerBytes,
  cipherBytes,
  type Matrices,
  type MatrixShape,
  type Strided,
  type Tile,
  tilesOf,
} from './matrices.ts';
import type { Entry } from './operand-cache.ts';
import type { Setup } from './setup.ts';

export interface MatrixProduct {
  readonly encryptor: number;
  readonly shape: MatrixShape;
  readonly tile: Tile;
  /** The operand that is encrypted, at who encrypts it; the plain one at the other. */
  readonly own: Strided;
  /** What shares of the product are added to. */
  readonly out: Strided;
  readonly entry: Entry;
  /** Whether it is yet to be sent. */
  readonly fresh: boolean;
}

export const matrixTask = (
  setup: Setup,
  matrices: Matrices,
  { encryptor, shape, tile, own, out, entry, fresh }: MatrixProduct,
): Task => {
  const { scheme } = setup;
  const { ring } = scheme.rows;
  const tiles = tilesOf(shape, tile);
  const places = matrices
    .windows(shape, tile)
    .flatMap(({ r, c, rows, columns }) =>
      Array.from({ length: rows * columns }, (_, a) => [r + (a % rows), c + Math.floor(a / rows)] as const),
    );
  const ups = fresh ? tiles.m * tiles.k : 0;
  const first = setup.numbers[encryptor]!;
  setup.numbers[encryptor as 0 | 1] += ups;
  let share: RingArray | undefined;
  /** Shares of this product alone. */
  const shares = (): Strided => {
    share ??= ring.alloc(matrices.field, shape.m * shape.n);
    return { words: share, offset: 0, row: shape.n, column: 1 };
  };
  const add = (): void => {
    const whole = ring.alloc(matrices.field, shape.m * shape.n);
    try {
      const size = [shape.m, shape.n];
      ring.strided(whole, 0, [shape.n, 1], out.words, out.offset, [out.row, out.column], size);
      ring.add(whole, whole, share!);
      ring.strided(out.words, out.offset, [out.row, out.column], whole, 0, [shape.n, 1], size);
    } finally {
      ring.release(whole);
    }
  };
  return {
    encryptor,
    ups,
    upBytes: cipherBytes(scheme),
    downs: places.map(() => answerBytes(scheme, shape.m, tile)),
    encrypt: (i) => matrices.encrypt(setup.own, own, shape, tile, Math.floor(i / tiles.k), i % tiles.k),
    open: (i, answer) => {
      const [r, c] = places[i]!;
      matrices.decrypt(setup.own, answer, shape, tile, r, c, shares());
      if (i === places.length - 1) add();
    },
    accept: (i, bytes) => {
      entry.ciphers[i] = { bytes, number: first + i };
    },
    *answers() {
      yield* answerTo(matrices, setup.other, setup.source, entry.ciphers, own, shape, tile, shares());
      add();
    },
    close: () => {
      if (share) ring.release(share);
      share = undefined;
    },
  };
};
