/** @file Numbers of 27 bits on the wire, closely packed: eight of them take 27 bytes. n: a multiple of 8. */

const MASK: u64 = 0x7ffffff;

/** Packs n numbers below 2^27. Writes five bytes beyond them. */
export function pack(d: usize, a: usize, n: usize): void {
  for (const end = a + n * 4; a < end; a += 32, d += 27) {
    const x2 = <u64>load<u32>(a, 8), x4 = <u64>load<u32>(a, 16), x7 = <u64>load<u32>(a, 28);
    store<u64>(d, <u64>load<u32>(a) | (<u64>load<u32>(a, 4) << 27) | (x2 << 54));
    store<u64>(d, (x2 >> 10) | (<u64>load<u32>(a, 12) << 17) | (x4 << 44), 8);
    store<u64>(d, (x4 >> 20) | (<u64>load<u32>(a, 20) << 7) | (<u64>load<u32>(a, 24) << 34) | (x7 << 61), 16);
    store<u64>(d, x7 >> 3, 24);
  }
}

/** Unpacks n numbers; reads five bytes beyond them. Returns whether all are below p. */
export function unpack(d: usize, s: usize, n: usize, p: u32): bool {
  const P = i32x4.splat(p - 1);
  let wrong = i32x4.splat(0);
  for (const end = d + n * 4; d < end; d += 32, s += 27) {
    const w0 = load<u64>(s), w1 = load<u64>(s, 8), w2 = load<u64>(s, 16), w3 = load<u64>(s, 24);
    store<u32>(d, <u32>(w0 & MASK));
    store<u32>(d, <u32>((w0 >> 27) & MASK), 4);
    store<u32>(d, <u32>(((w0 >> 54) | (w1 << 10)) & MASK), 8);
    store<u32>(d, <u32>((w1 >> 17) & MASK), 12);
    store<u32>(d, <u32>(((w1 >> 44) | (w2 << 20)) & MASK), 16);
    store<u32>(d, <u32>((w2 >> 7) & MASK), 20);
    store<u32>(d, <u32>((w2 >> 34) & MASK), 24);
    store<u32>(d, <u32>(((w2 >> 61) | (w3 << 3)) & MASK), 28);
    wrong = v128.or(wrong, v128.or(i32x4.gt_u(v128.load(d), P), i32x4.gt_u(v128.load(d, 16), P)));
  }
  return !v128.any_true(wrong);
}
