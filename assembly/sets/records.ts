/**
 * @file Digests of identifiers, and what an oblivious function makes of them: records of 16 bytes, which are compared as numbers of
 * two words, the first one first, cut to the same number of bytes, sorted, packed and met with those of another party.
 */
import { compress4, KEYED, PLAIN, PLAIN_KEY, transpose4 } from './blake3';

const MESSAGE: usize = memory.data(272, 16);
const OUTPUT: usize = memory.data(256, 16);
const TURNED: usize = memory.data(64, 16);

/** The first 16 bytes of the hash of each block (64 bytes apart, zeros behind its length). */
export function digestBlocks(out: usize, blocks: usize, lengths: usize, n: usize): void {
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i - 1;
    const b0 = blocks + 64 * i, b1 = b0 + 64 * min<usize>(1, left), b2 = b0 + 64 * min<usize>(2, left), b3 = b0 + 64 * min<usize>(3, left);
    for (let k: usize = 0; k < 64; k += 16) transpose4(MESSAGE + 4 * k, b0 + k, b1 + k, b2 + k, b3 + k);
    for (let j: usize = 0; j < 4; j++) store<u32>(MESSAGE + 4 * j, load<u8>(lengths + i + min(j, left)), 256);
    compress4(OUTPUT, MESSAGE, -1, PLAIN_KEY, PLAIN);
    transpose4(TURNED, OUTPUT, OUTPUT + 16, OUTPUT + 32, OUTPUT + 48);
    memory.copy(out + 16 * i, TURNED, 16 * min<usize>(4, left + 1));
  }
}

/**
 * Leaves each digest once, in the order of their first rows: `rows` has these, `items` the item of each row. `table`: mask + 1 words,
 * more than twice the rows. Returns how many there are.
 */
export function distinct(digests: usize, rows: usize, items: usize, n: usize, table: usize, mask: u32): u32 {
  memory.fill(table, 0, 4 * (<usize>mask + 1));
  let count: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const low = load<u64>(digests + 16 * i), high = load<u64>(digests + 16 * i, 8);
    let slot = <u32>low & mask;
    let item: u32 = 0;
    for (;;) {
      item = load<u32>(table + 4 * <usize>slot);
      if (item === 0) break;
      const known = digests + 16 * <usize>(item - 1);
      if (load<u64>(known) === low && load<u64>(known, 8) === high) break;
      slot = (slot + 1) & mask;
    }
    if (item === 0) {
      store<u64>(digests + 16 * <usize>count, low);
      store<u64>(digests + 16 * <usize>count, high, 8);
      store<u32>(rows + 4 * <usize>count, <u32>i);
      count++;
      item = count;
      store<u32>(table + 4 * <usize>slot, item);
    }
    store<u32>(items + 4 * i, item - 1);
  }
  return count;
}

// @ts-ignore: decorator
@inline
function highMask(length: u32): u64 {
  return length >= 8 ? -1 : ~((<u64>1 << (64 - 8 * <u64>length)) - 1);
}

// @ts-ignore: decorator
@inline
function lowMask(length: u32): u64 {
  return length >= 16 ? -1 : length <= 8 ? 0 : ~((<u64>1 << (128 - 8 * <u64>length)) - 1);
}

/** The digests in another order: the one at index[i] comes to place i. */
export function permute(out: usize, digests: usize, index: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++)
    v128.store(out + 16 * i, v128.load(digests + (<usize>load<u32>(index + 4 * i) << 4)));
}

/** The records of `n` values of 16 bytes: their keyed hash, of which `length` bytes count. */
export function hashValues(records: usize, values: usize, n: usize, seed: usize, length: u32): void {
  const high = highMask(length), low = lowMask(length);
  memory.fill(MESSAGE, 0, 256);
  // A byte behind the value tells this hash from that of keys.
  v128.store(MESSAGE, i32x4.splat(1), 64);
  for (let i: usize = 0; i < n; i += 4) {
    const left = n - i - 1, from = values + 16 * i;
    transpose4(MESSAGE, from, from + 16 * min<usize>(1, left), from + 16 * min<usize>(2, left), from + 16 * min<usize>(3, left));
    compress4(OUTPUT, MESSAGE, 17, seed, KEYED);
    transpose4(TURNED, OUTPUT, OUTPUT + 16, OUTPUT + 32, OUTPUT + 48);
    for (let j: usize = 0; j < min<usize>(4, left + 1); j++) {
      store<u64>(records + 16 * (i + j), load<u64>(TURNED + 16 * j) & high);
      store<u64>(records + 16 * (i + j), load<u64>(TURNED + 16 * j, 8) & low, 8);
    }
  }
}

/**
 * The records in rising order, and where each came from: the place in `from`, or its own number if that is 0. `counts`: 2^bits + 1
 * words.
 */
export function sortRecords(
  out: usize, index: usize, records: usize, from: usize, n: usize, counts: usize, bits: u32,
): void {
  const buckets: usize = 1 << bits;
  const shift: u64 = 64 - bits;
  memory.fill(counts, 0, 4 * (buckets + 1));
  for (let i: usize = 0; i < n; i++) {
    const at = counts + 4 * (bucketOf(load<u64>(records + 16 * i), shift, bits) + 1);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let b: usize = 1; b < buckets; b++)
    store<u32>(counts + 4 * b, load<u32>(counts + 4 * b) + load<u32>(counts + 4 * (b - 1)));
  for (let i: usize = 0; i < n; i++) {
    const high = load<u64>(records + 16 * i), low = load<u64>(records + 16 * i, 8);
    const bucket = counts + 4 * bucketOf(high, shift, bits);
    const to: usize = load<u32>(bucket);
    store<u32>(bucket, <u32>to + 1);
    store<u64>(out + 16 * to, high);
    store<u64>(out + 16 * to, low, 8);
    store<u32>(index + 4 * to, from === 0 ? <u32>i : load<u32>(from + 4 * i));
  }
  for (let i: usize = 1; i < n; i++) {
    const high = load<u64>(out + 16 * i), low = load<u64>(out + 16 * i, 8), origin = load<u32>(index + 4 * i);
    let to = i;
    while (to > 0 && before(high, low, out + 16 * (to - 1))) {
      v128.store(out + 16 * to, v128.load(out + 16 * (to - 1)));
      store<u32>(index + 4 * to, load<u32>(index + 4 * (to - 1)));
      to--;
    }
    if (to === i) continue;
    store<u64>(out + 16 * to, high);
    store<u64>(out + 16 * to, low, 8);
    store<u32>(index + 4 * to, origin);
  }
}

// @ts-ignore: decorator
@inline
function bucketOf(high: u64, shift: u64, bits: u32): usize {
  return bits === 0 ? 0 : <usize>(high >> shift);
}

// @ts-ignore: decorator
@inline
function before(high: u64, low: u64, record: usize): bool {
  const other = load<u64>(record);
  return high < other || (high === other && low < load<u64>(record, 8));
}

/** The first `length` bytes of each record, the highest first. 16 bytes behind the last are written too. */
export function packRecords(out: usize, records: usize, n: usize, length: usize): void {
  for (let i: usize = 0; i < n; i++) {
    store<u64>(out + length * i, bswap(load<u64>(records + 16 * i)));
    store<u64>(out + length * i, bswap(load<u64>(records + 16 * i, 8)), 8);
  }
}

/** Records of packed ones; 16 bytes behind the last are read too. Returns whether they rise. */
export function unpackRecords(records: usize, packed: usize, n: usize, length: u32): i32 {
  let rising = 1;
  const highs = highMask(length), lows = lowMask(length);
  for (let i: usize = 0; i < n; i++) {
    const high = bswap(load<u64>(packed + <usize>length * i)) & highs;
    const low = bswap(load<u64>(packed + <usize>length * i, 8)) & lows;
    store<u64>(records + 16 * i, high);
    store<u64>(records + 16 * i, low, 8);
    if (i > 0 && !before(load<u64>(records + 16 * (i - 1)), load<u64>(records + 16 * (i - 1), 8), records + 16 * i)) rising = 0;
  }
  return rising;
}

/**
 * The common records of two rising lists: `found` has their places in the first, and `bits` a bit for each place of the second.
 * Returns how many there are.
 */
export function meet(found: usize, bits: usize, first: usize, n: usize, second: usize, m: usize): u32 {
  memory.fill(bits, 0, (m + 7) >> 3);
  let count: u32 = 0;
  for (let i: usize = 0, j: usize = 0; i < n && j < m; ) {
    const high = load<u64>(first + 16 * i), low = load<u64>(first + 16 * i, 8);
    const other = second + 16 * j;
    if (before(high, low, other)) i++;
    else if (load<u64>(other) === high && load<u64>(other, 8) === low) {
      store<u32>(found + 4 * <usize>count, <u32>i);
      store<u8>(bits + (j >> 3), load<u8>(bits + (j >> 3)) | (<u8>1 << <u8>(j & 7)));
      count++;
      i++;
      j++;
    } else j++;
  }
  return count;
}
