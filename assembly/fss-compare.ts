/**
 * @file Keys of a distributed comparison function, four in the 32-bit lanes: [x < a] and [x == a] of public x and a
 * secret a, xor-shared between two parties (Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee: eprint 2020/1392,
 * section 3, figure 1, with one-bit payload; the control bits at the leaf are the DPF of Boyle, Gilboa, Ishai, CCS 2016).
 *
 * The generator is that of fss-expand.ts. Of a block, words 0..3: left child, 4..7: right child, 8: bits t_left, t_right, v_left, v_right.
 *
 * Correction words of one key: `levels` words of 16 bytes, then a nibble a level: bits t_left, t_right, v, and in the
 * last level the final word. `row` bytes a key, a multiple of 16. Only the lowest `levels` bits of a and x count.
 * No branch and no address depends on a seed or on a; x is public.
 */

import { column01, column23, constant, expandFour, high, low } from './fss-expand';
import { scratch } from './scratch';

/** In scratch: the state of the PRG, and the output for each party, nine vectors. */
const OUT0: usize = 256;
const OUT1 = OUT0 + 144;

// @ts-ignore: decorator
@inline
function ones(x: v128, bit: i32): v128 {
  return i32x4.shr_s(i32x4.shl(x, 31 - bit), 31);
}

/** Expands four seeds: words 0 to 8 of their blocks. */
function expand(out: usize, s0: v128, s1: v128, s2: v128, s3: v128, level: u32, keys: v128): void {
  const state = scratch;
  expandFour(s0, s1, s2, s3, i32x4.splat(level), keys);
  v128.store(out, i32x4.add(v128.load(state, 0), constant(0)), 0);
  v128.store(out, i32x4.add(v128.load(state, 16), constant(1)), 16);
  v128.store(out, i32x4.add(v128.load(state, 32), constant(2)), 32);
  v128.store(out, i32x4.add(v128.load(state, 48), constant(3)), 48);
  v128.store(out, i32x4.add(v128.load(state, 64), s0), 64);
  v128.store(out, i32x4.add(v128.load(state, 80), s1), 80);
  v128.store(out, i32x4.add(v128.load(state, 96), s2), 96);
  v128.store(out, i32x4.add(v128.load(state, 112), s3), 112);
  v128.store(out, i32x4.add(v128.load(state, 128), s0), 128);
}

// @ts-ignore: decorator
@inline
function bitAt(p: usize, bit: i32): i32 {
  return <i32>((load<u32>(p + ((bit >> 5) << 2)) >> (bit & 31)) & 1);
}

/** Bit `bit` of four words, as masks. */
// @ts-ignore: decorator
@inline
function bitsAt(p0: usize, p1: usize, p2: usize, p3: usize, bit: i32): v128 {
  return i32x4.neg(i32x4(bitAt(p0, bit), bitAt(p1, bit), bitAt(p2, bit), bitAt(p3, bit)));
}

// @ts-ignore: decorator
@inline
function flagsAt(p: usize, level: i32): i32 {
  return <i32>((<u32>load<u8>(p + (level >> 1))) >> ((level & 1) << 2)) & 15;
}

// @ts-ignore: decorator
@inline
function putFlags(p: usize, level: i32, flags: i32): void {
  p += level >> 1;
  const old: i32 = level & 1 ? load<u8>(p) : 0;
  store<u8>(p, old | (flags << ((level & 1) << 2)));
}

/** Correction words cw of n keys, from number `first` on, with the root seeds seed0, seed1 (16 bytes a key) for the words a of `word` bytes. */
export function dcfGen(
  cw: usize, row: usize, seed0: usize, seed1: usize, a: usize, n: i32, levels: i32, word: usize, first: i32,
): void {
  const out0 = scratch + OUT0;
  const out1 = scratch + OUT1;
  const last = n - 1;
  for (let g = 0; g < n; g += 4) {
    // Lanes past the end repeat the last key: they write the same bytes again.
    const e0 = <usize>g, e1 = <usize>min(g + 1, last), e2 = <usize>min(g + 2, last), e3 = <usize>min(g + 3, last);
    const keys = i32x4.add(i32x4(<i32>e0, <i32>e1, <i32>e2, <i32>e3), i32x4.splat(first));
    const a0 = a + e0 * word, a1 = a + e1 * word, a2 = a + e2 * word, a3 = a + e3 * word;
    const k0 = cw + e0 * row, k1 = cw + e1 * row, k2 = cw + e2 * row, k3 = cw + e3 * row;
    const f = <usize>levels << 4;
    memory.fill(k0 + f, 0, row - f);
    memory.fill(k1 + f, 0, row - f);
    memory.fill(k2 + f, 0, row - f);
    memory.fill(k3 + f, 0, row - f);
    let r0 = v128.load(seed0 + (e0 << 4)), r1 = v128.load(seed0 + (e1 << 4)), r2 = v128.load(seed0 + (e2 << 4)), r3 = v128.load(seed0 + (e3 << 4));
    let x = column01(r0, r1), y = column01(r2, r3), z = column23(r0, r1), w = column23(r2, r3);
    let s0 = low(x, y), s1 = high(x, y), s2 = low(z, w), s3 = high(z, w);
    r0 = v128.load(seed1 + (e0 << 4)); r1 = v128.load(seed1 + (e1 << 4)); r2 = v128.load(seed1 + (e2 << 4)); r3 = v128.load(seed1 + (e3 << 4));
    x = column01(r0, r1); y = column01(r2, r3); z = column23(r0, r1); w = column23(r2, r3);
    let u0 = low(x, y), u1 = high(x, y), u2 = low(z, w), u3 = high(z, w);
    let t = i32x4.splat(0), t1 = i32x4.splat(-1), v = i32x4.splat(0);
    for (let level = 0; level < levels; level++) {
      expand(out0, s0, s1, s2, s3, level, keys);
      expand(out1, u0, u1, u2, u3, level, keys);
      const bit = bitsAt(a0, a1, a2, a3, levels - 1 - level);
      // Of both children the difference; the one off the path to a is corrected to zero.
      const lose0 = v128.bitselect(v128.xor(v128.load(out0, 0), v128.load(out1, 0)), v128.xor(v128.load(out0, 64), v128.load(out1, 64)), bit);
      const lose1 = v128.bitselect(v128.xor(v128.load(out0, 16), v128.load(out1, 16)), v128.xor(v128.load(out0, 80), v128.load(out1, 80)), bit);
      const lose2 = v128.bitselect(v128.xor(v128.load(out0, 32), v128.load(out1, 32)), v128.xor(v128.load(out0, 96), v128.load(out1, 96)), bit);
      const lose3 = v128.bitselect(v128.xor(v128.load(out0, 48), v128.load(out1, 48)), v128.xor(v128.load(out0, 112), v128.load(out1, 112)), bit);
      const f0 = v128.load(out0, 128), f1 = v128.load(out1, 128), df = v128.xor(f0, f1);
      const vLeft = ones(df, 2), vRight = ones(df, 3);
      // Left of a path that turns right is less.
      const vcw = v128.xor(v128.xor(v128.bitselect(vLeft, vRight, bit), v), bit);
      v = v128.xor(v128.xor(v, v128.bitselect(vRight, vLeft, bit)), vcw);
      const tLeft = v128.xor(ones(df, 0), v128.not(bit)), tRight = v128.xor(ones(df, 1), bit);
      const keep = v128.bitselect(tRight, tLeft, bit);
      s0 = v128.xor(v128.bitselect(v128.load(out0, 64), v128.load(out0, 0), bit), v128.and(t, lose0));
      s1 = v128.xor(v128.bitselect(v128.load(out0, 80), v128.load(out0, 16), bit), v128.and(t, lose1));
      s2 = v128.xor(v128.bitselect(v128.load(out0, 96), v128.load(out0, 32), bit), v128.and(t, lose2));
      s3 = v128.xor(v128.bitselect(v128.load(out0, 112), v128.load(out0, 48), bit), v128.and(t, lose3));
      u0 = v128.xor(v128.bitselect(v128.load(out1, 64), v128.load(out1, 0), bit), v128.and(t1, lose0));
      u1 = v128.xor(v128.bitselect(v128.load(out1, 80), v128.load(out1, 16), bit), v128.and(t1, lose1));
      u2 = v128.xor(v128.bitselect(v128.load(out1, 96), v128.load(out1, 32), bit), v128.and(t1, lose2));
      u3 = v128.xor(v128.bitselect(v128.load(out1, 112), v128.load(out1, 48), bit), v128.and(t1, lose3));
      t = v128.xor(v128.bitselect(ones(f0, 1), ones(f0, 0), bit), v128.and(t, keep));
      t1 = v128.xor(v128.bitselect(ones(f1, 1), ones(f1, 0), bit), v128.and(t1, keep));
      x = column01(lose0, lose1); y = column01(lose2, lose3); z = column23(lose0, lose1); w = column23(lose2, lose3);
      const at = <usize>level << 4;
      v128.store(k0 + at, low(x, y));
      v128.store(k1 + at, high(x, y));
      v128.store(k2 + at, low(z, w));
      v128.store(k3 + at, high(z, w));
      let flags = v128.or(v128.and(tLeft, i32x4.splat(1)), v128.or(v128.and(tRight, i32x4.splat(2)), v128.and(vcw, i32x4.splat(4))));
      if (level == levels - 1) flags = v128.or(flags, v128.and(v128.xor(ones(v128.xor(s0, u0), 0), v), i32x4.splat(8)));
      putFlags(k3 + f, level, i32x4.extract_lane(flags, 3));
      if (e2 != e3) putFlags(k2 + f, level, i32x4.extract_lane(flags, 2));
      if (e1 != e2) putFlags(k1 + f, level, i32x4.extract_lane(flags, 1));
      if (e0 != e1) putFlags(k0 + f, level, i32x4.extract_lane(flags, 0));
    }
  }
  memory.fill(scratch, 0, OUT1 + 144);
}

/**
 * Shares of [x < a] (less) and of [x == a] (equal) as bits of planes; either may be 0. `party` is 0 or 1. The planes
 * are written up to n bits, and to the end of the byte. The keys' numbers begin at `first`.
 */
export function dcfEval(
  less: usize, equal: usize, cw: usize, row: usize, seed: usize, x: usize, n: i32, levels: i32, word: usize, party: i32,
  first: i32,
): void {
  const out0 = scratch + OUT0;
  const last = n - 1;
  for (let g = 0; g < n; g += 4) {
    const e0 = <usize>g, e1 = <usize>min(g + 1, last), e2 = <usize>min(g + 2, last), e3 = <usize>min(g + 3, last);
    const keys = i32x4.add(i32x4(<i32>e0, <i32>e1, <i32>e2, <i32>e3), i32x4.splat(first));
    const x0 = x + e0 * word, x1 = x + e1 * word, x2 = x + e2 * word, x3 = x + e3 * word;
    const k0 = cw + e0 * row, k1 = cw + e1 * row, k2 = cw + e2 * row, k3 = cw + e3 * row;
    const f = <usize>levels << 4;
    const r0 = v128.load(seed + (e0 << 4)), r1 = v128.load(seed + (e1 << 4)), r2 = v128.load(seed + (e2 << 4)), r3 = v128.load(seed + (e3 << 4));
    let p = column01(r0, r1), q = column01(r2, r3), y = column23(r0, r1), z = column23(r2, r3);
    let s0 = low(p, q), s1 = high(p, q), s2 = low(y, z), s3 = high(y, z);
    let t = i32x4.splat(-party), v = i32x4.splat(0), flags = i32x4.splat(0);
    for (let level = 0; level < levels; level++) {
      expand(out0, s0, s1, s2, s3, level, keys);
      const bit = bitsAt(x0, x1, x2, x3, levels - 1 - level);
      const at = <usize>level << 4;
      const c0 = v128.load(k0 + at), c1 = v128.load(k1 + at), c2 = v128.load(k2 + at), c3 = v128.load(k3 + at);
      p = column01(c0, c1); q = column01(c2, c3); y = column23(c0, c1); z = column23(c2, c3);
      flags = i32x4(flagsAt(k0 + f, level), flagsAt(k1 + f, level), flagsAt(k2 + f, level), flagsAt(k3 + f, level));
      s0 = v128.xor(v128.bitselect(v128.load(out0, 64), v128.load(out0, 0), bit), v128.and(t, low(p, q)));
      s1 = v128.xor(v128.bitselect(v128.load(out0, 80), v128.load(out0, 16), bit), v128.and(t, high(p, q)));
      s2 = v128.xor(v128.bitselect(v128.load(out0, 96), v128.load(out0, 32), bit), v128.and(t, low(y, z)));
      s3 = v128.xor(v128.bitselect(v128.load(out0, 112), v128.load(out0, 48), bit), v128.and(t, high(y, z)));
      const own = v128.load(out0, 128);
      v = v128.xor(v, v128.xor(v128.bitselect(ones(own, 3), ones(own, 2), bit), v128.and(t, ones(flags, 2))));
      t = v128.xor(v128.bitselect(ones(own, 1), ones(own, 0), bit), v128.and(t, v128.bitselect(ones(flags, 1), ones(flags, 0), bit)));
    }
    v = v128.xor(v, v128.xor(ones(s0, 0), v128.and(t, ones(flags, 3))));
    const at = <usize>(g >> 3);
    const second = (g & 4) != 0;
    if (less) store<u8>(less + at, second ? <i32>load<u8>(less + at) | (i32x4.bitmask(v) << 4) : i32x4.bitmask(v));
    if (equal) store<u8>(equal + at, second ? <i32>load<u8>(equal + at) | (i32x4.bitmask(t) << 4) : i32x4.bitmask(t));
  }
  memory.fill(scratch, 0, OUT1);
}
