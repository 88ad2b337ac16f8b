/**
 * @file Numbers mod p = 2^255 - 19, four at a time, one in each 32-bit lane: ten limbs of 26 and 25 bits in turn, each a vector (160 bytes
 * a number). Products leave limbs below 2^26 (the second a little above 2^25); sums and differences of such, which are not reduced,
 * may be factors again: limbs below 2^27.6. Nothing depends on the numbers but the results.
 */

/** Bytes of four numbers. */
export const FOUR: usize = 160;

const DOUBLED: usize = memory.data(160, 16);
/** 19 times the second factor, then the factor. */
const FOLDED: usize = memory.data(320, 16);
/** Ten sums of products of lanes 0 and 1, and of 2 and 3. */
const SUMS: usize = memory.data(320, 16);

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_u(a, b);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return i64x2.extmul_high_i32x4_u(a, b);
}

/** Limbs of the ten sums: what is above them is carried on, and around with 2^255 = 19. */
function carry(out: usize): void {
  let l = v128.load(SUMS), h = v128.load(SUMS, 16);
  for (let k: usize = 0; k < 9; k++) {
    const at = SUMS + 32 * k;
    const bits: i32 = 26 - <i32>(k & 1);
    const mask = i64x2.splat((<i64>1 << bits) - 1);
    v128.store(at, v128.and(l, mask));
    v128.store(at, v128.and(h, mask), 16);
    l = i64x2.add(v128.load(at, 32), i64x2.shr_u(l, bits));
    h = i64x2.add(v128.load(at, 48), i64x2.shr_u(h, bits));
  }
  const mask = i64x2.splat(0x1ffffff), mask0 = i64x2.splat(0x3ffffff);
  v128.store(SUMS, v128.and(l, mask), 288);
  v128.store(SUMS, v128.and(h, mask), 304);
  l = i64x2.shr_u(l, 25);
  h = i64x2.shr_u(h, 25);
  l = i64x2.add(v128.load(SUMS), i64x2.add(l, i64x2.add(i64x2.shl(l, 1), i64x2.shl(l, 4))));
  h = i64x2.add(v128.load(SUMS, 16), i64x2.add(h, i64x2.add(i64x2.shl(h, 1), i64x2.shl(h, 4))));
  v128.store(SUMS, v128.and(l, mask0));
  v128.store(SUMS, v128.and(h, mask0), 16);
  v128.store(SUMS, i64x2.add(v128.load(SUMS, 32), i64x2.shr_u(l, 26)), 32);
  v128.store(SUMS, i64x2.add(v128.load(SUMS, 48), i64x2.shr_u(h, 26)), 48);
  for (let k: usize = 0; k < 10; k++) {
    const pair = SUMS + 32 * k;
    v128.store(
      out + 16 * k,
      i8x16.shuffle(v128.load(pair), v128.load(pair, 16), 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
    );
  }
}

/** out = f g. */
export function mul(out: usize, f: usize, g: usize): void {
  const nineteen = i32x4.splat(19);
  for (let i: usize = 0; i < 160; i += 32) {
    const even = v128.load(g + i), odd = v128.load(g + i, 16);
    v128.store(FOLDED + i, i32x4.mul(even, nineteen));
    v128.store(FOLDED + i, i32x4.mul(odd, nineteen), 16);
    v128.store(FOLDED + i, even, 160);
    v128.store(FOLDED + i, odd, 176);
    v128.store(DOUBLED + i, v128.load(f + i));
    v128.store(DOUBLED + i, i32x4.shl(v128.load(f + i, 16), 1), 16);
  }
  // Limb i of the first meets limb k - i of the second, or k - i + 10 of its 19-fold; two odd ones count twice.
  for (let k: usize = 0; k < 10; k++) {
    const first = k & 1 ? f : DOUBLED;
    const second = FOLDED + 16 + 16 * k;
    let a = v128.load(first), b = v128.load(second, 144);
    let l = low(a, b), h = high(a, b);
    a = v128.load(first, 16); b = v128.load(second, 128);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 32); b = v128.load(second, 112);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 48); b = v128.load(second, 96);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 64); b = v128.load(second, 80);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 80); b = v128.load(second, 64);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 96); b = v128.load(second, 48);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 112); b = v128.load(second, 32);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 128); b = v128.load(second, 16);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    a = v128.load(first, 144); b = v128.load(second);
    l = i64x2.add(l, low(a, b)); h = i64x2.add(h, high(a, b));
    v128.store(SUMS + 32 * k, l);
    v128.store(SUMS + 32 * k, h, 16);
  }
  carry(out);
}

/** out = f n, for n below 2^20. */
export function mulSmall(out: usize, f: usize, n: i32): void {
  const factor = i32x4.splat(n);
  for (let k: usize = 0; k < 10; k++) {
    const limb = v128.load(f + 16 * k);
    v128.store(SUMS + 32 * k, low(limb, factor));
    v128.store(SUMS + 32 * k, high(limb, factor), 16);
  }
  carry(out);
}

/** out = f + g, of reduced ones. */
export function add(out: usize, f: usize, g: usize): void {
  for (let i: usize = 0; i < FOUR; i += 16) v128.store(out + i, i32x4.add(v128.load(f + i), v128.load(g + i)));
}

/** out = f - g, of reduced ones: 2 p is added. */
export function sub(out: usize, f: usize, g: usize): void {
  v128.store(out, i32x4.sub(i32x4.add(v128.load(f), i32x4.splat(0x7ffffda)), v128.load(g)));
  for (let i: usize = 16; i < FOUR; i += 16) {
    const twice = i32x4.splat(i & 16 ? 0x3fffffe : 0x7fffffe);
    v128.store(out + i, i32x4.sub(i32x4.add(v128.load(f + i), twice), v128.load(g + i)));
  }
}

export function copy(out: usize, f: usize): void {
  memory.copy(out, f, FOUR);
}

/** All four are n. */
export function set(out: usize, n: i32): void {
  memory.fill(out, 0, FOUR);
  v128.store(out, i32x4.splat(n));
}

/** Exchanges f and g in the lanes where the vector at `where` is all ones. */
export function swap(f: usize, g: usize, where: usize): void {
  const mask = v128.load(where);
  for (let i: usize = 0; i < FOUR; i += 16) {
    const a = v128.load(f + i), b = v128.load(g + i);
    const change = v128.and(v128.xor(a, b), mask);
    v128.store(f + i, v128.xor(a, change));
    v128.store(g + i, v128.xor(b, change));
  }
}

function squares(out: usize, f: usize, n: i32): void {
  mul(out, f, f);
  for (let i = 1; i < n; i++) mul(out, out, out);
}

const T0: usize = memory.data(160, 16);
const T1: usize = memory.data(160, 16);
const T2: usize = memory.data(160, 16);
const T3: usize = memory.data(160, 16);

/** T1 = f^(2^250 - 1), T0 = f^11. */
function almost(f: usize): void {
  squares(T0, f, 1);
  squares(T1, T0, 2);
  mul(T1, T1, f); // 9
  mul(T0, T0, T1); // 11
  squares(T2, T0, 1);
  mul(T1, T1, T2); // 2^5 - 1
  squares(T2, T1, 5);
  mul(T1, T2, T1); // 2^10 - 1
  squares(T2, T1, 10);
  mul(T2, T2, T1); // 2^20 - 1
  squares(T3, T2, 20);
  mul(T2, T3, T2); // 2^40 - 1
  squares(T2, T2, 10);
  mul(T1, T2, T1); // 2^50 - 1
  squares(T2, T1, 50);
  mul(T2, T2, T1); // 2^100 - 1
  squares(T3, T2, 100);
  mul(T2, T3, T2); // 2^200 - 1
  squares(T2, T2, 50);
  mul(T1, T2, T1); // 2^250 - 1
}

/** out = 1 / f, and 0 for 0: the power of p - 2 = 2^5 (2^250 - 1) + 11. */
export function invert(out: usize, f: usize): void {
  almost(f);
  squares(T1, T1, 5);
  mul(out, T1, T0);
}

/** out = 1 for squares other than 0, -1 for what is none: the power of (p - 1) / 2 = 2^4 (2^250 - 1) + 6. `out` is not f. */
export function symbol(out: usize, f: usize): void {
  almost(f);
  squares(T1, T1, 4);
  squares(T0, f, 1);
  mul(T0, T0, f);
  squares(T0, T0, 1);
  mul(out, T1, T0);
}

/** Lane j is the number of 32 bytes at `from`, little-endian, without its highest bit. */
export function unpack(out: usize, j: usize, from: usize): void {
  const at = out + 4 * j;
  const a = load<u64>(from), b = load<u64>(from, 8), c = load<u64>(from, 16), d = load<u64>(from, 24);
  store<u32>(at, <u32>(a & 0x3ffffff));
  store<u32>(at, <u32>((a >> 26) & 0x1ffffff), 16);
  store<u32>(at, <u32>(((a >> 51) | (b << 13)) & 0x3ffffff), 32);
  store<u32>(at, <u32>((b >> 13) & 0x1ffffff), 48);
  store<u32>(at, <u32>(b >> 38), 64);
  store<u32>(at, <u32>(c & 0x1ffffff), 80);
  store<u32>(at, <u32>((c >> 25) & 0x3ffffff), 96);
  store<u32>(at, <u32>(((c >> 51) | (d << 13)) & 0x1ffffff), 112);
  store<u32>(at, <u32>((d >> 12) & 0x3ffffff), 128);
  store<u32>(at, <u32>((d >> 38) & 0x1ffffff), 144);
}

/** The number in lane j, a reduced one, as 32 bytes: the one of its class that is below p. */
export function pack(out: usize, f: usize, j: usize): void {
  const at = f + 4 * j;
  // Whether it is p or more is the last carry of it + 19.
  let q: u32 = 19;
  for (let k: usize = 0; k < 10; k++) q = (load<u32>(at + 16 * k) + q) >> (26 - <u32>(k & 1));
  let c: u64 = 19 * <u64>q;
  let l0: u64 = 0, l1: u64 = 0, l2: u64 = 0, l3: u64 = 0;
  for (let k: usize = 0; k < 10; k++) {
    const bits: u64 = 26 - <u64>(k & 1);
    const sum = <u64>load<u32>(at + 16 * k) + c;
    const limb = sum & ((<u64>1 << bits) - 1);
    c = sum >> bits;
    if (k === 0) l0 = limb;
    else if (k === 1) l0 |= limb << 26;
    else if (k === 2) { l0 |= limb << 51; l1 = limb >> 13; }
    else if (k === 3) l1 |= limb << 13;
    else if (k === 4) l1 |= limb << 38;
    else if (k === 5) l2 = limb;
    else if (k === 6) l2 |= limb << 25;
    else if (k === 7) { l2 |= limb << 51; l3 = limb >> 13; }
    else if (k === 8) l3 |= limb << 12;
    else l3 |= limb << 38;
  }
  store<u64>(out, l0);
  store<u64>(out, l1, 8);
  store<u64>(out, l2, 16);
  store<u64>(out, l3, 24);
}
