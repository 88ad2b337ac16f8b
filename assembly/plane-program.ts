/**
 * @file Straight-line programs on bit planes: a gate on bits is hundreds of xors and ands of planes, which are run here
 * in one call, block by block, so that small batches pay no calls and large ones stay in the cache.
 */

/** Bytes of every plane that are worked on at a time. */
const BLOCK: usize = 2048;

const COPY = 0;
const XOR = 1;
const AND = 2;

// @ts-ignore: decorator
@inline
function place(operand: u32, bases: usize, stride: usize): usize {
  return <usize>load<u32>(bases + ((operand >> 24) << 2)) + <usize>(operand & 0xffffff) * stride;
}

/**
 * code: `count` instructions of four u32: op, dst, a, b. An operand is (array << 24 | plane); `bases` holds the address
 * of each array. Ops: 0 dst = a; 1 dst = a ^ b; 2 dst = a & b; 3 dst ^= a & b. Planes lie `stride` bytes apart; the program
 * runs on `bytes` of each, from byte `from` on: multiples of 16.
 */
export function runPlanes(code: usize, count: i32, bases: usize, stride: usize, from: usize, bytes: usize): void {
  for (let at = from, end = from + bytes; at < end; at += BLOCK) {
    const size = min(end - at, BLOCK);
    let pc = code;
    for (let i = 0; i < count; i++, pc += 16) {
      const op = load<u32>(pc);
      const d = place(load<u32>(pc, 4), bases, stride) + at;
      const a = place(load<u32>(pc, 8), bases, stride) + at;
      const b = place(load<u32>(pc, 12), bases, stride) + at;
      if (op == COPY) memory.copy(d, a, size);
      else if (op == XOR) {
        for (let j: usize = 0; j < size; j += 16) v128.store(d + j, v128.xor(v128.load(a + j), v128.load(b + j)));
      } else if (op == AND) {
        for (let j: usize = 0; j < size; j += 16) v128.store(d + j, v128.and(v128.load(a + j), v128.load(b + j)));
      } else {
        for (let j: usize = 0; j < size; j += 16) {
          v128.store(d + j, v128.xor(v128.load(d + j), v128.and(v128.load(a + j), v128.load(b + j))));
        }
      }
    }
  }
}
