import { suite } from 'uvu';
import type { Field } from '../../src/ring/field.ts';
import { blank, fields, get, put, ring, same, scoped, someWords, wrap } from './support.ts';

const test = suite('ring matmul');

const product = (a: bigint[], b: bigint[], m: number, k: number, n: number, field: Field): bigint[] =>
  Array.from({ length: m * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0n;
    for (let x = 0; x < k; x++) sum += a[i * k + x]! * b[x * n + j]!;
    return wrap(sum, field);
  });

const check = (field: Field, m: number, k: number, n: number, a: bigint[], b: bigint[], what: string): void =>
  scoped(() => {
    const old = someWords(field, m * n);
    const expected = product(a, b, m, k, n, field);
    const dst = put(field, old);
    const [da, db] = [put(field, a), put(field, b)];
    ring.matmul(dst, da, db, m, k, n);
    same(get(dst), expected, `${field.name} ${m}x${k}x${n} ${what}`);
    const more = put(field, old);
    ring.matmul(more, da, db, m, k, n, true);
    same(
      get(more),
      expected.map((x, i) => wrap(x + old[i]!, field)),
      `${field.name} ${m}x${k}x${n} ${what}, accumulated`,
    );
    same(get(da), a, 'a');
    same(get(db), b, 'b');
  });

const SHAPES: [number, number, number][] = [
  [0, 3, 3], [3, 0, 4], [3, 3, 0], [1, 1, 1], [1, 5, 1], [1, 1, 9], [9, 1, 1], [1, 100, 1], [1, 33, 8], [4, 2, 8],
  [3, 5, 7], [5, 7, 8], [4, 8, 9], [8, 16, 8], [12, 130, 17], [33, 257, 10], [70, 40, 24], [100, 3, 1], [65, 129, 11],
  [2, 300, 2], [7, 31, 6], [1, 128, 16],
]; // biome-ignore format: a table

test('any shape', () => {
  for (const field of fields) {
    for (const [m, k, n] of SHAPES)
      check(field, m, k, n, someWords(field, m * k), someWords(field, k * n), 'mixed');
  }
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
        const [m, k, n] = [5, 260, 9];
        check(field, m, k, n, new Array(m * k).fill(x), new Array(k * n).fill(y), `all ${x} times all ${y}`);
      }
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
