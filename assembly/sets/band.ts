/**
 * @file A random-band oblivious key-value store (Bienstock, Patel, Seo and Yeo, eprint 2023/903) of values in GF(2^128): to each key
 * belong a place and a band of WIDTH random bits, and the sum of the columns under the bits is its value. Keys are digests of 16
 * bytes; place, band and value follow from the keyed hash of the digest. Keys are taken in the order of their places, so that
 * memory is passed through once. Sums take the same time for all bands.
 */
import { compress4, KEYED, transpose4 } from './blake3';

/** Bits of a band. */
const WIDTH: u32 = 224;
/** Bytes of a column while the system is solved: its row, shifted to begin here, and its value. */
const ENTRY: usize = 48;

const MESSAGE: usize = memory.data(256, 16);
const OUTPUT: usize = memory.data(256, 16);
/** Hashes of four keys: words 4 k to 4 k + 3 of key j at 64 k + 16 j. */
const HASHED: usize = memory.data(256, 16);

/** Columns that a band spans. */
export function bandWidth(): u32 {
  return WIDTH;
}

/** Bytes of a column in the table of `solve`. */
export function entryBytes(): u32 {
  return <u32>ENTRY;
}

function hashFour(k0: usize, k1: usize, k2: usize, k3: usize, seed: usize): void {
  transpose4(MESSAGE, k0, k1, k2, k3);
  compress4(OUTPUT, MESSAGE, 16, seed, KEYED);
  for (let i: usize = 0; i < 256; i += 64)
    transpose4(HASHED + i, OUTPUT + i, OUTPUT + i + 16, OUTPUT + i + 32, OUTPUT + i + 48);
}

/** The digest that stands in a place of the order; beyond its end the last one. */
// @ts-ignore: decorator
@inline
function keyAt(digests: usize, order: usize, i: usize, end: usize): usize {
  return digests + (<usize>load<u32>(order + 4 * min(i, end - 1)) << 4);
}

// @ts-ignore: decorator
@inline
function scaled(word: usize, count: u32): u32 {
  return <u32>((<u64>load<u32>(word) * <u64>count) >> 32);
}

/** Where the band of the j-th of four keys begins, in `bins` stretches of `columns`. */
// @ts-ignore: decorator
@inline
function placeOf(j: usize, bins: u32, columns: u32): u32 {
  return scaled(HASHED + 16 * j, bins) * columns + scaled(HASHED + 16 * j + 4, columns - WIDTH + 1);
}

/** The place of each key. */
export function places(out: usize, digests: usize, n: usize, seed: usize, bins: u32, columns: u32): void {
  for (let i: usize = 0; i < n; i += 4) {
    const key = digests + 16 * i;
    const left = n - i;
    hashFour(key, key + 16 * min<usize>(1, left - 1), key + 16 * min<usize>(2, left - 1), key + 16 * min<usize>(3, left - 1), seed);
    for (let j: usize = 0; j < min<usize>(4, left); j++) store<u32>(out + 4 * (i + j), placeOf(j, bins, columns));
  }
}

/** Keys in the order of their places, by counting. Behind it counts[c] is how many have a place up to c. */
export function orderByPlace(order: usize, counts: usize, placed: usize, n: usize, columns: usize): void {
  memory.fill(counts, 0, 4 * columns);
  for (let i: usize = 0; i < n; i++) {
    const at = counts + 4 * <usize>load<u32>(placed + 4 * i);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum: u32 = 0;
  for (let c: usize = 0; c < columns; c++) {
    const count = load<u32>(counts + 4 * c);
    store<u32>(counts + 4 * c, sum);
    sum += count;
  }
  for (let i: usize = 0; i < n; i++) {
    const at = counts + 4 * <usize>load<u32>(placed + 4 * i);
    const to = load<u32>(at);
    store<u32>(order + 4 * <usize>to, <u32>i);
    store<u32>(at, to + 1);
  }
}

/**
 * Puts the j-th of four keys among the rows of `table`: what its lowest column belongs to is added, until that is free. 0 if no
 * column is left.
 */
function insert(table: usize, column: usize, j: usize): i32 {
  const from = HASHED + 16 * j;
  let a = load<u64>(from, 8) | 1, b = load<u64>(from, 64), c = load<u64>(from, 72), d = <u64>load<u32>(from, 128);
  let value = v128.load(from, 192);
  while ((a | b | c | d) !== 0) {
    if (a === 0) {
      a = b; b = c; c = d; d = 0;
      column += 64;
      continue;
    }
    const shift = ctz(a);
    if (shift > 0) {
      const rest: u64 = 64 - shift;
      a = (a >> shift) | (b << rest);
      b = (b >> shift) | (c << rest);
      c = (c >> shift) | (d << rest);
      d >>= shift;
      column += <usize>shift;
    }
    const entry = table + ENTRY * column;
    const there = load<u64>(entry);
    if (there === 0) {
      store<u64>(entry, a);
      store<u64>(entry, b, 8);
      store<u64>(entry, c, 16);
      store<u64>(entry, d, 24);
      v128.store(entry, value, 32);
      return 1;
    }
    a ^= there;
    b ^= load<u64>(entry, 8);
    c ^= load<u64>(entry, 16);
    d ^= load<u64>(entry, 24);
    value = v128.xor(value, v128.load(entry, 32));
  }
  return 0;
}

/** The columns of `at` under the bits of the row at `row` (WIDTH bits), added. */
// @ts-ignore: decorator
@inline
function sumUnder(row: usize, at: usize): v128 {
  let even = i64x2.splat(0), odd = i64x2.splat(0);
  for (let word: usize = 0; word < 7; word++) {
    let bits = v128.load32_splat(row + 4 * word);
    for (let column = at + 512 * word + 384; column >= at + 512 * word; column -= 128) {
      even = v128.xor(even, v128.and(v128.load(column, 112), i32x4.shr_s(bits, 31)));
      odd = v128.xor(odd, v128.and(v128.load(column, 96), i32x4.shr_s(i32x4.shl(bits, 1), 31)));
      even = v128.xor(even, v128.and(v128.load(column, 80), i32x4.shr_s(i32x4.shl(bits, 2), 31)));
      odd = v128.xor(odd, v128.and(v128.load(column, 64), i32x4.shr_s(i32x4.shl(bits, 3), 31)));
      even = v128.xor(even, v128.and(v128.load(column, 48), i32x4.shr_s(i32x4.shl(bits, 4), 31)));
      odd = v128.xor(odd, v128.and(v128.load(column, 32), i32x4.shr_s(i32x4.shl(bits, 5), 31)));
      even = v128.xor(even, v128.and(v128.load(column, 16), i32x4.shr_s(i32x4.shl(bits, 6), 31)));
      odd = v128.xor(odd, v128.and(v128.load(column), i32x4.shr_s(i32x4.shl(bits, 7), 31)));
      bits = i32x4.shl(bits, 8);
    }
  }
  return v128.xor(even, odd);
}

/**
 * Solves one bin: the `columns` elements at `store` for the keys `from` to `end` of the order, whose places begin at `base`. `store`
 * holds random elements, which stay where nothing determines a column, and is readable for WIDTH elements more. `table` has
 * ENTRY bytes a column. A key's value is its own, of its hash, or (unless `values` is 0) what stands in its place there. Returns 0 if the keys have no
 * solution, else 1.
 */
export function solve(
  columnsAt: usize, table: usize, digests: usize, order: usize, from: usize, end: usize, seed: usize,
  bins: u32, columns: u32, base: u32, values: usize,
): i32 {
  memory.fill(table, 0, ENTRY * columns);
  for (let i = from; i < end; i += 4) {
    hashFour(
      keyAt(digests, order, i, end), keyAt(digests, order, i + 1, end),
      keyAt(digests, order, i + 2, end), keyAt(digests, order, i + 3, end), seed,
    );
    for (let j: usize = 0; j < min<usize>(4, end - i); j++) {
      if (values !== 0) v128.store(HASHED + 16 * j, v128.load(keyAt(values, order, i + j, end)), 192);
      if (!insert(table, <usize>(placeOf(j, bins, columns) - base), j)) return 0;
    }
  }
  const none = i64x2.splat(0);
  for (let c = <isize>columns - 1; c >= 0; c--) {
    const entry = table + ENTRY * <usize>c;
    const at = columnsAt + 16 * <usize>c;
    const taken = load<u64>(entry) & 1;
    // The row's own column is not yet known: its bit is left out.
    store<u64>(entry, load<u64>(entry) & ~1);
    const free = v128.and(v128.load(at), i64x2.splat(taken - 1));
    v128.store(at, none);
    v128.store(at, v128.xor(free, v128.xor(v128.load(entry, 32), sumUnder(entry, at))));
  }
  return 1;
}

/** For each key, in their order, its value by the store, and (unless `hashed` is 0) its own. */
export function decodeBand(
  out: usize, hashed: usize, columnsAt: usize, digests: usize, order: usize, n: usize, seed: usize,
  bins: u32, columns: u32,
): void {
  for (let i: usize = 0; i < n; i += 4) {
    hashFour(
      keyAt(digests, order, i, n), keyAt(digests, order, i + 1, n),
      keyAt(digests, order, i + 2, n), keyAt(digests, order, i + 3, n), seed,
    );
    for (let j: usize = 0; j < min<usize>(4, n - i); j++) {
      const from = HASHED + 16 * j;
      store<u64>(MESSAGE, load<u64>(from, 8) | 1);
      v128.store(MESSAGE, v128.load(from, 64), 8);
      store<u32>(MESSAGE, load<u32>(from, 128), 24);
      const at = columnsAt + 16 * <usize>placeOf(j, bins, columns);
      v128.store(out + 16 * (i + j), sumUnder(MESSAGE, at));
      if (hashed !== 0) v128.store(hashed + 16 * (i + j), v128.load(from, 192));
    }
  }
}
