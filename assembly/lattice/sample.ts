/** @file Random polynomials from a stream: uniform, of -1, 0, 1, and small noise. */

import { less, times } from './residue';

// @ts-ignore: decorator
@inline
function one(d: usize, x: u32, limit: u32, reciprocal: u64, p: u32): usize {
  const r = x - <u32>((x * reciprocal) >> 32) * p; // below 2p
  store<u32>(d, r - (p & -u32(r >= p)));
  return d + (usize(x < limit) << 2);
}

/**
 * Numbers that are uniform mod p, below p: of `words` random words at s those that are below a multiple of p close to 2^32, `limit`, at
 * most `need` of them. Returns how many there are. Which words are refused says nothing of those that are taken.
 */
export function uniform(d: usize, s: usize, words: usize, need: usize, limit: u32, p: u32): usize {
  const start = d;
  const reciprocal = (<u64>1 << 32) / p;
  const end = s + words * 4;
  const full = d + need * 4;
  const P = i32x4.splat(p);
  const most = i32x4.splat(limit);
  const S = i32x4.splat(<u32>reciprocal);
  const unit = i32x4.splat(1);
  while (s + 16 <= end && d + 16 <= full) {
    const x = v128.load(s);
    v128.store(d, less(times(x, unit, S, P), P));
    if (i32x4.all_true(i32x4.lt_u(x, most))) d += 16;
    else for (let i: usize = 0; i < 16; i += 4) d = one(d, load<u32>(s + i), limit, reciprocal, p);
    s += 16;
  }
  for (; s < end && d < full; s += 4) d = one(d, load<u32>(s), limit, reciprocal, p);
  return (d - start) >> 2;
}

/** Numbers -1, 0 and 1, each as likely, as i32: random bytes but 255, mod 3. Returns how many there are. */
export function ternary(d: usize, s: usize, bytes: usize, need: usize): usize {
  const start = d;
  const end = s + bytes;
  const full = d + need * 4;
  for (; s < end && d < full; s++) {
    const x = <u32>load<u8>(s);
    store<i32>(d, <i32>(x - 3 * ((x * 171) >> 9)) - 1);
    d += usize(x != 255) << 2;
  }
  return (d - start) >> 2;
}

/** Noise: of 48 random bits those that are set, less 24. Variance 12. As i32; s: 6 n bytes, n a multiple of 16. */
export function noise(d: usize, s: usize, n: usize): void {
  const centre = i8x16.splat(24);
  for (let i: usize = 0; i < n; i += 16, d += 64) {
    let sum = i8x16.neg(centre);
    for (let j: usize = 0; j < 6; j++) sum = i8x16.add(sum, i8x16.popcnt(v128.load(s + i + j * n)));
    const low = i16x8.extend_low_i8x16_s(sum), high = i16x8.extend_high_i8x16_s(sum);
    v128.store(d, i32x4.extend_low_i16x8_s(low));
    v128.store(d, i32x4.extend_high_i16x8_s(low), 16);
    v128.store(d, i32x4.extend_low_i16x8_s(high), 32);
    v128.store(d, i32x4.extend_high_i16x8_s(high), 48);
  }
}
