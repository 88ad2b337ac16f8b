/**
 * @file Products with one factor in GF(2^128), x^128 + x^7 + x^2 + x + 1. An element is 16 bytes, its lowest coefficient in the lowest
 * bit of the first. The product is linear in the other operand: tables of its nibbles, of 16 bytes each, are looked up by swizzles,
 * 16 elements at a time, so that neither time nor addresses depend on either factor.
 */

const NIBBLES: usize = memory.data(512, 16);
const BYTES: usize = memory.data(256, 16);
const POWERS: usize = memory.data(2048, 16);

/** Bytes of the tables of a factor: for each byte of the result and each nibble of the operand one of 16 bytes. */
export function factorBytes(): i32 {
  return 8192;
}

/** The tables of `factor`. */
export function prepareFactor(tables: usize, factor: usize): void {
  let low = load<u64>(factor), high = load<u64>(factor, 8);
  for (let k: usize = 0; k < 128; k++) {
    store<u64>(POWERS + 16 * k, low);
    store<u64>(POWERS + 16 * k, high, 8);
    const carry = 0 - (high >> 63);
    high = (high << 1) | (low >> 63);
    low = (low << 1) ^ (carry & 0x87);
  }
  prepareMap(tables, POWERS);
  memory.fill(POWERS, 0, 2048);
}

/** The tables of a linear map, which stand in for those of a factor, from the images of the 128 bits. */
export function prepareMap(tables: usize, images: usize): void {
  for (let nibble: usize = 0; nibble < 32; nibble++) {
    for (let value: usize = 0; value < 16; value++) {
      let sum = i64x2.splat(0);
      for (let bit: usize = 0; bit < 4; bit++)
        if ((value >> bit) & 1) sum = v128.xor(sum, v128.load(images + 16 * (4 * nibble + bit)));
      v128.store(BYTES, sum);
      for (let byte: usize = 0; byte < 16; byte++)
        store<u8>(tables + 512 * byte + 16 * nibble + value, load<u8>(BYTES + byte));
    }
  }
  memory.fill(BYTES, 0, 16);
}

/** 16 x 16 bytes at `from` with rows and columns exchanged, at `to`. */
function transpose16(to: usize, from: usize): void {
  // Four times over, row i and row i + 8 become rows 2 i and 2 i + 1, interleaved.
  let source = from;
  for (let step = 0; step < 4; step++) {
    const target = step & 1 ? to : SPARE;
    for (let i: usize = 0; i < 8; i++) {
      const a = v128.load(source + 16 * i), b = v128.load(source + 16 * i, 128);
      v128.store(target + 32 * i, i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
      v128.store(target + 32 * i, i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
    }
    source = target;
  }
}

const SPARE: usize = memory.data(256, 16);
const TURNED: usize = memory.data(256, 16);

/** out = a times the factor + b, of n elements, a multiple of 16. `out` may be `a` or `b`. */
export function multiplyAdd(out: usize, a: usize, b: usize, tables: usize, n: usize): void {
  const low = i8x16.splat(15);
  for (let at: usize = 0; at < 16 * n; at += 256) {
    transpose16(TURNED, a + at);
    for (let i: usize = 0; i < 256; i += 16) {
      const bytes = v128.load(TURNED + i);
      v128.store(NIBBLES + 2 * i, v128.and(bytes, low));
      v128.store(NIBBLES + 2 * i, i8x16.shr_u(bytes, 4), 16);
    }
    for (let byte: usize = 0; byte < 16; byte++) {
      const table = tables + 512 * byte;
      let even = i64x2.splat(0), odd = i64x2.splat(0);
      for (let i: usize = 0; i < 512; i += 128) {
        even = v128.xor(even, i8x16.swizzle(v128.load(table + i), v128.load(NIBBLES + i)));
        odd = v128.xor(odd, i8x16.swizzle(v128.load(table + i, 16), v128.load(NIBBLES + i, 16)));
        even = v128.xor(even, i8x16.swizzle(v128.load(table + i, 32), v128.load(NIBBLES + i, 32)));
        odd = v128.xor(odd, i8x16.swizzle(v128.load(table + i, 48), v128.load(NIBBLES + i, 48)));
        even = v128.xor(even, i8x16.swizzle(v128.load(table + i, 64), v128.load(NIBBLES + i, 64)));
        odd = v128.xor(odd, i8x16.swizzle(v128.load(table + i, 80), v128.load(NIBBLES + i, 80)));
        even = v128.xor(even, i8x16.swizzle(v128.load(table + i, 96), v128.load(NIBBLES + i, 96)));
        odd = v128.xor(odd, i8x16.swizzle(v128.load(table + i, 112), v128.load(NIBBLES + i, 112)));
      }
      v128.store(BYTES + 16 * byte, v128.xor(even, odd));
    }
    transpose16(TURNED, BYTES);
    for (let i: usize = 0; i < 256; i += 16)
      v128.store(out + at + i, v128.xor(v128.load(TURNED + i), v128.load(b + at + i)));
  }
}

/** d = d + a, of n elements. */
export function addInto(d: usize, a: usize, n: usize): void {
  for (let at: usize = 0; at < 16 * n; at += 16) v128.store(d + at, v128.xor(v128.load(d + at), v128.load(a + at)));
}
