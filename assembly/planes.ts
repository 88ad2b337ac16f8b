/** @file Bit planes: plane b holds bit b of every element, packed, each plane `stride` bytes (a multiple of 16). */

const column = memory.data(16, 16);

/** A byte of ones for every set bit of the low 16 bits. */
// @ts-ignore: decorator
@inline
export function byteMask(bits: i32): v128 {
  const both = i8x16.shuffle(i16x8.splat(<i16>bits), i16x8.splat(0), 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  return i8x16.eq(v128.and(both, bit), bit);
}

/** a: n words of `size` bytes, dst: 8*size planes. */
export function toPlanes(d: usize, stride: usize, a: usize, n: usize, size: usize): void {
  for (let e: usize = 0; e < n; e += 16) {
    const count = min<usize>(16, n - e);
    for (let j: usize = 0; j < size; j++) {
      for (let x: usize = 0; x < count; x++) store<u8>(column + x, load<u8>(a + (e + x) * size + j));
      let v = v128.load(column);
      for (let b: usize = 8; b-- > 0; ) {
        store<u16>(d + (j * 8 + b) * stride + (e >> 3), <u16>i8x16.bitmask(v));
        v = i8x16.add(v, v);
      }
    }
  }
}

/** planes: `count` <= 8*size planes, dst: n words of `size` bytes; missing high bits are zero. */
export function fromPlanes(d: usize, planes: usize, stride: usize, count: usize, n: usize, size: usize): void {
  for (let e: usize = 0; e < n; e += 16) {
    const words = min<usize>(16, n - e);
    for (let j: usize = 0; j < size; j++) {
      let v = i64x2.splat(0);
      for (let b: usize = 0; b < 8; b++) {
        const plane = j * 8 + b;
        if (plane >= count) break;
        const mask = byteMask(<i32>load<u16>(planes + plane * stride + (e >> 3)));
        v = v128.or(v, v128.and(mask, i8x16.shl(i8x16.splat(1), <i32>b)));
      }
      v128.store(column, v);
      for (let x: usize = 0; x < words; x++) store<u8>(d + (e + x) * size + j, load<u8>(column + x));
    }
  }
}
