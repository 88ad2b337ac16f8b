/** @file Between arrays and the bytes on the wire: planes trimmed to whole bytes, values packed to their width. */

/** dst: `planes` runs of `bytes` each, from planes `stride` apart; the last byte of each is masked. */
export function packPlanes(d: usize, a: usize, stride: usize, planes: usize, bytes: usize, lastMask: u32): void {
  for (let p: usize = 0; p < planes; p++) {
    memory.copy(d, a, bytes);
    store<u8>(d + bytes - 1, <u32>load<u8>(d + bytes - 1) & lastMask);
    d += bytes;
    a += stride;
  }
}

/** The reverse: dst planes are overwritten, or the runs are xored into them. */
export function unpackPlanes(d: usize, stride: usize, a: usize, planes: usize, bytes: usize, add: i32): void {
  for (let p: usize = 0; p < planes; p++) {
    if (add) {
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(d + i, v128.xor(v128.load(d + i), v128.load(a + i)));
      for (; i < bytes; i++) store<u8>(d + i, load<u8>(d + i) ^ load<u8>(a + i));
    } else {
      memory.copy(d, a, bytes);
    }
    d += stride;
    a += bytes;
  }
}

/** n bytes at a, the low `width` bits of each, packed with no gaps. */
export function packBytes(d: usize, a: usize, n: usize, width: u32): void {
  const mask: u32 = (1 << width) - 1;
  let held: u32 = 0;
  let fill: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    held |= (<u32>load<u8>(a + i) & mask) << fill;
    fill += width;
    if (fill >= 8) {
      store<u8>(d++, held);
      held >>= 8;
      fill -= 8;
    }
  }
  if (fill) store<u8>(d, held);
}

/** The reverse: dst bytes are overwritten, or the values are added to them mod 2^width. */
export function unpackBytes(d: usize, a: usize, n: usize, width: u32, add: i32): void {
  const mask: u32 = (1 << width) - 1;
  let held: u32 = 0;
  let fill: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    if (fill < width) {
      held |= <u32>load<u8>(a++) << fill;
      fill += 8;
    }
    const value = add ? held + <u32>load<u8>(d + i) : held;
    store<u8>(d + i, value & mask);
    held >>= width;
    fill -= width;
  }
}
