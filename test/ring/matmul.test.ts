import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RingArray } from '../../src/ring/array.ts';
import type { Field } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { below, blank, fields, get, put, ring, same, scoped, someWords, wrap } from './support.ts';

const test = suite('ring matmul');

const product = (a: bigint[], b: bigint[], m: number, k: number, n: number, field: Field): bigint[] =>
  Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0n;
    for (let x = 0; x < k; x++) sum += a[i * k + x]! * b[x * n + j]!;
    return wrap(sum, field);
  });

const check = (
  field: Field,
  [m, k, n]: readonly [number, number, number],
  a: bigint[],
  b: bigint[],
  what: string,
  expected = product(a, b, m, k, n, field),
): void =>
  scoped(() => {
    const old = someWords(field, m * n);
    const dst = put(field, old);
    const [da, db] = [put(field, a), put(field, b)];
    ring.matmul(dst, da, db, m, k, n);
    same(get(dst), expected, `${field.name} ${m}x${k}x${n} ${what}`);
    const more = put(field, old);
    ring.matmul(more, da, db, m, k, n, true);
    const added = expected.map((x, i) => wrap(x + old[i]!, field));
    same(get(more), added, `${field.name} ${m}x${k}x${n} ${what}, accumulated`);
    same(get(da), a, 'a');
    same(get(db), b, 'b');
  });

const SHAPES: [number, number, number][] = [
  [0, 3, 3], [3, 0, 4], [3, 3, 0], [1, 1, 1], [1, 5, 1], [1, 1, 9], [9, 1, 1], [1, 100, 1], [1, 4097, 1], [1, 65, 7], [1, 33, 8], [4, 2, 8],
  [3, 5, 7], [5, 7, 8], [4, 8, 9], [8, 16, 8], [12, 130, 17], [33, 257, 10], [70, 40, 24], [100, 3, 1], [65, 129, 11],
  [2, 300, 2], [7, 31, 6], [1, 128, 16],
]; // biome-ignore format: a table

/** Shapes for which Z_2^128 takes digit planes: more than a block of rows, of depth, of columns; all remainders. */
const DIGIT_SHAPES: [number, number, number][] = [
  [32, 32, 32], [70, 40, 24], [66, 259, 40], [31, 33, 530], [40, 17, 40], [129, 129, 31], [24, 128, 65],
]; // biome-ignore format: a table

test('any shape', () => {
  for (const field of fields) {
    for (const shape of [...SHAPES, ...DIGIT_SHAPES]) {
      const [m, k, n] = shape;
      if (field.bits < 128 && m * k * n > 200_000) continue;
      check(field, shape, someWords(field, m * k), someWords(field, k * n), 'mixed');
    }
  }
  const space = (m: number, k: number, n: number): number => ring.kernels.matmulSpace128(m, k, n);
  for (const shape of DIGIT_SHAPES) assert.ok(space(...shape) > shape[1] * 48, `${shape} takes digit planes`);
});

/** Shapes that are halved, up to three times; what halves leave over in rows, depth and columns. */
const HALVED: [number, number, number][] = [
  [128, 128, 128], [131, 130, 141], [256, 256, 256], [257, 256, 256], [256, 259, 256], [256, 256, 263], [271, 300, 285], [515, 512, 517],
]; // biome-ignore format: a table

test('large products, by halves: against strips that are too few rows to halve, and against a vector', () => {
  for (const field of fields)
    for (const [m, k, n] of HALVED)
      scoped(() => {
        const prg = new Prg(ring, new Uint8Array(32).fill(4));
        const words = (count: number, draw: number): RingArray => {
          const arr = ring.alloc(field, count);
          prg.fill(arr, 0, draw);
          return arr;
        };
        const [a, b, d] = [words(m * k, 1), words(k * n, 2), words(m * n, 3)];
        const strips = words(m * n, 3);
        for (let i = 0; i < m; i += 100) {
          const rows = Math.min(100, m - i);
          ring.matmul(strips.view(i * n, rows * n), a.view(i * k, rows * k), b, rows, k, n, true);
        }
        ring.matmul(d, a, b, m, k, n, true);
        assert.is(Buffer.compare(ring.u8(d), ring.u8(strips)), 0, `${field.name} ${m}x${k}x${n}`);
        // d v = a (b v), with matrix times vector in another kernel.
        ring.matmul(d, a, b, m, k, n);
        const v = words(n, 4);
        const [bv, abv, dv] = [ring.alloc(field, k), ring.alloc(field, m), ring.alloc(field, m)];
        ring.matmul(bv, b, v, k, n, 1);
        ring.matmul(abv, a, bv, m, k, 1);
        ring.matmul(dv, d, v, m, n, 1);
        assert.is(Buffer.compare(ring.u8(dv), ring.u8(abv)), 0, `${field.name} ${m}x${k}x${n} times v`);
        for (const arr of [a, b, d, strips, v, bv, abv, dv]) ring.release(arr);
      });
});

/** Words whose digits, whatever the digit size, are as large as they get. */
const extremes = (field: Field): bigint[] => {
  const all = (1n << BigInt(field.bits)) - 1n;
  const digits = (digit: bigint): bigint => {
    let x = 0n;
    for (let i = 0n; i < 10n; i++) x += digit << (13n * i);
    return wrap(x, field);
  };
  return [
    0n,
    1n,
    all,
    all >> 1n,
    (all >> 1n) + 1n,
    digits(4095n),
    digits(4096n),
    digits(-4096n),
    digits(-4095n),
    digits(4097n),
  ];
};

test('extreme words in every place', () => {
  for (const field of fields) {
    for (const x of extremes(field)) {
      for (const y of extremes(field)) {
        const [m, k, n] = [16, 260, 32];
        const expected = new Array(m * n).fill(wrap(260n * x * y, field));
        const what = `all ${x} times all ${y}`;
        check(field, [m, k, n], new Array(m * k).fill(x), new Array(k * n).fill(y), what, expected);
        check(field, [5, k, 1], new Array(5 * k).fill(x), new Array(k).fill(y), what, expected.slice(0, 5));
      }
    }
  }
});

test('extreme words, mixed', () => {
  for (const field of fields) {
    const pool = extremes(field);
    const some = (count: number): bigint[] => Array.from({ length: count }, () => pool[below(pool.length)]!);
    for (const shape of [
      [24, 200, 24],
      [9, 200, 1],
      [1, 50, 9],
      [1, 200, 1],
      [1, 50, 3],
    ] as const) {
      const [m, k, n] = shape;
      check(field, shape, some(m * k), some(k * n), 'extremes');
    }
  }
});

test('a destination that held something else', () => {
  for (const field of fields) {
    scoped(() => {
      const dst = blank(field, 6);
      ring.matmul(dst, put(field, []), put(field, []), 2, 0, 3);
      same(get(dst), new Array(6).fill(0n), 'k = 0 gives zeros');
    });
  }
});

test.run();
