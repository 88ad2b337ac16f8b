/**
 * @file Arithmetic modulo primes below 2^28, four numbers a vector, without a branch or an address that depends on them.
 *
 * A constant factor w comes with floor(w 2^32 / p) (Shoup's form; Harvey, "Faster arithmetic for number-theoretic transforms",
 * 2014): the product of any 32-bit number with it takes no division and lies below 2p.
 */

/** The high halves of the 32-bit products. */
// @ts-ignore: decorator
@inline
export function high(a: v128, b: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(a, b);
  return v128.shuffle<u32>(low, i64x2.extmul_high_i32x4_u(a, b), 1, 3, 5, 7);
}

/** x w mod p, below 2p; x: any 32 bits, s = floor(w 2^32 / p). */
// @ts-ignore: decorator
@inline
export function times(x: v128, w: v128, s: v128, p: v128): v128 {
  return i32x4.sub(i32x4.mul(x, w), i32x4.mul(high(x, s), p));
}

/** x - m where x is not below m. */
// @ts-ignore: decorator
@inline
export function less(x: v128, m: v128): v128 {
  return i32x4.min_u(x, i32x4.sub(x, m));
}

/**
 * Four 64-bit numbers times 2^-32 mod p, plus p: v / 2^32 < result < v / 2^32 + p + 1. `inverse` = 1 / p mod 2^32 (Montgomery 1985, with
 * a difference, so that no carry is lost).
 */
// @ts-ignore: decorator
@inline
export function fold(low: v128, high: v128, p: v128, inverse: v128): v128 {
  const m = i32x4.mul(v128.shuffle<u32>(low, high, 0, 2, 4, 6), inverse);
  const back = v128.shuffle<u32>(i64x2.extmul_low_i32x4_u(m, p), i64x2.extmul_high_i32x4_u(m, p), 1, 3, 5, 7);
  return i32x4.add(i32x4.sub(v128.shuffle<u32>(low, high, 1, 3, 5, 7), back), p);
}

/** 1 / p mod 2^32 for odd p. */
export function inverseOf(p: u32): u32 {
  let x = p;
  for (let i = 0; i < 4; i++) x *= 2 - p * x;
  return x;
}

/** floor(w 2^32 / p). */
// @ts-ignore: decorator
@inline
export function shoup(w: u32, p: u32): u32 {
  return <u32>((<u64>w << 32) / p);
}

/** a^e mod p. */
export function power(a: u32, e: u32, p: u32): u32 {
  let result: u64 = 1;
  for (let square: u64 = a; e; e >>= 1) {
    if (e & 1) result = (result * square) % p;
    square = (square * square) % p;
  }
  return <u32>result;
}
