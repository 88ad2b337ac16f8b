/**
 * @file Keys whose shares are ring words: a secret index a of `total` bits, of which two parties evaluate at public points
 * (Boyle, Gilboa, Ishai, CCS 2016, section 3: a distributed point function; Boyle, Chandran, Gilboa, Gupta, Ishai, Kumar, Rathee,
 * eprint 2020/1392, section 3: a comparison function, "value" words a level). Shares add up, for public y, to
 *
 * - leaves: a payload of `words` words where y == a, and 0 elsewhere, at `points` neighbouring y;
 * - steps: a payload of `steps` words where a < y, and 0 elsewhere, at the first of these points.
 *
 * A node is 16 bytes: a seed, whose bits 0 and 1 are not used, and in bit 0 the control bit. Its block (fss-expand.ts)
 * is: left child, right child,
 * and 32 bytes that mask the step words of its level. A leaf's blocks, counters from `levels` on, mask the payload of
 * 2^group indices that end in it: the tree is that much lower.
 *
 * Correction words of a key: 16 bytes a level (bits 0 and 1: of the control bits), `steps` words a level, 2^group * `words`
 * words; `row` bytes. No branch and no address depends on a seed or on a; points are public.
 */

import { storeFour } from './chacha';
import { column01, column23, constant, expandFour, high, low } from './fss-expand';
import { scratch } from './scratch';
import { vadd, vsub } from './word';

/** What keys are like, and how their payloads lie in memory: seven i32, which the host writes. */
@unmanaged
class KeyShape {
  /** Bits of an index; 2^group indices end in a leaf. */
  total: i32;
  group: i32;
  /** Neighbouring points at which a key is evaluated: a power of two. */
  points: i32;
  /** Words of the payload of a leaf, and of a step. */
  words: i32;
  steps: i32;
  /** Words from one of the step's words to the next. */
  stride: i32;
  /** 0 or 1: who evaluates. */
  party: i32;
}

/** Keys that are evaluated, or made, side by side. */
const BATCH: i32 = 8;

/** Points at most. */
const POINTS: i32 = 32;
/** In scratch: the state of the cipher, nodes of this level and the next, their keys' numbers, counts, and blocks. */
const NODES: usize = <usize>(BATCH * (POINTS + 2));
const WORK: usize = 256;
const COUNTS = WORK + NODES * 40;
const BLOCKS = COUNTS + (<usize>BATCH << 2);
const END = BLOCKS + (NODES + 3) * 64;

/** A block of each node, 64 bytes, in order. Up to three more are written behind the last. */
function blocks(nodes: usize, ids: usize, count: i32, counter: u32, out: usize): void {
  const state = scratch;
  const last = <usize>(count - 1);
  for (let g: usize = 0; g <= last; g += 4, out += 256) {
    const i1 = min(g + 1, last), i2 = min(g + 2, last), i3 = min(g + 3, last);
    const n0 = v128.load(nodes + (g << 4)), n1 = v128.load(nodes + (i1 << 4)), n2 = v128.load(nodes + (i2 << 4)), n3 = v128.load(nodes + (i3 << 4));
    const a = column01(n0, n1), b = column01(n2, n3), c = column23(n0, n1), d = column23(n2, n3);
    const s0 = v128.andnot(low(a, b), i32x4.splat(3)), s1 = high(a, b), s2 = low(c, d), s3 = high(c, d);
    const keys = i32x4(load<i32>(ids + (g << 2)), load<i32>(ids + (i1 << 2)), load<i32>(ids + (i2 << 2)), load<i32>(ids + (i3 << 2)));
    const level = i32x4.splat(counter);
    expandFour(s0, s1, s2, s3, level, keys);
    storeFour(
      out, i32x4.add(v128.load(state, 0), constant(0)), i32x4.add(v128.load(state, 16), constant(1)),
      i32x4.add(v128.load(state, 32), constant(2)), i32x4.add(v128.load(state, 48), constant(3)),
    );
    storeFour(
      out + 16, i32x4.add(v128.load(state, 64), s0), i32x4.add(v128.load(state, 80), s1),
      i32x4.add(v128.load(state, 96), s2), i32x4.add(v128.load(state, 112), s3),
    );
    storeFour(
      out + 32, i32x4.add(v128.load(state, 128), s0), i32x4.add(v128.load(state, 144), s1),
      i32x4.add(v128.load(state, 160), s2), i32x4.add(v128.load(state, 176), s3),
    );
    storeFour(
      out + 48, i32x4.add(v128.load(state, 192), level), i32x4.add(v128.load(state, 208), keys),
      v128.load(state, 224), v128.load(state, 240),
    );
  }
}

// @ts-ignore: decorator
@inline
function bitAt(p: usize, bit: i32): i32 {
  return <i32>(load<u8>(p + (bit >> 3)) >> (bit & 7)) & 1;
}

// @ts-ignore: decorator
@inline
function mask(bit: i32): v128 {
  return i64x2.splat(-(<i64>bit));
}

/** What is added to a child of a node whose control bit is set: side 0 or 1. */
// @ts-ignore: decorator
@inline
function correction(cw: v128, side: i32): v128 {
  const bits = i32x4.extract_lane(cw, 0);
  return i32x4.replace_lane(cw, 0, (bits & ~3) | ((bits >> side) & 1));
}

// @ts-ignore: decorator
@inline
function child(block: usize, side: i32): v128 {
  return v128.andnot(v128.load(block + (<usize>side << 4)), i64x2(2, 0));
}

/** d (+)= a party's share: plus or minus the mask and, where its control bit is set, the correction. */
// @ts-ignore: decorator
@inline
function share<T>(d: usize, hidden: usize, cw: usize, t: i32, party: i32, sum: bool): void {
  if (sizeof<T>() == 16) {
    const sign = mask(party);
    const x = vadd<v128>(v128.load(hidden), v128.and(v128.load(cw), mask(t)));
    const y = vsub<v128>(v128.xor(x, sign), sign);
    v128.store(d, sum ? vadd<v128>(v128.load(d), y) : y);
  } else {
    const x = load<T>(hidden) + (load<T>(cw) & <T>(-t));
    const y = (x ^ <T>(-party)) + <T>party;
    store<T>(d, sum ? load<T>(d) + y : y);
  }
}

/** The correction that makes shares add up to the word at p, or to 0 unless `on`; t1: control bit of party 1. */
// @ts-ignore: decorator
@inline
function correct<T>(cw: usize, p: usize, on: i32, hidden0: usize, hidden1: usize, t1: i32): void {
  if (sizeof<T>() == 16) {
    const sign = mask(t1);
    const x = vadd<v128>(vsub<v128>(v128.and(v128.load(p), mask(on)), v128.load(hidden0)), v128.load(hidden1));
    v128.store(cw, vsub<v128>(v128.xor(x, sign), sign));
  } else {
    const x = (load<T>(p) & <T>(-on)) - load<T>(hidden0) + load<T>(hidden1);
    store<T>(cw, (x ^ <T>(-t1)) + <T>t1);
  }
}

/**
 * Correction words of n keys, `row` bytes each: for the indices in the lowest bits of a, payloads leaf (rows of `leafRow` bytes) and
 * step. The first key has the number `first`.
 */
// @ts-ignore: decorator
@inline
function keysGen<T>(
  cw: usize, row: usize, seed0: usize, seed1: usize, a: usize, leaf: usize, leafRow: usize, step: usize, n: i32, first: i32,
  shape: KeyShape,
): void {
  const total = shape.total, group = shape.group, words = shape.words, steps = shape.steps, stride = shape.stride;
  const levels = total - group;
  const nodes = scratch + WORK;
  const ids = nodes + (NODES << 4);
  const out = scratch + BLOCKS;
  const word = <usize>sizeof<T>();
  const size = words << group;
  const perBlock = 64 / <i32>word;
  for (let g = 0; g < n; g += BATCH) {
    const m = min(BATCH, n - g);
    for (let e = 0; e < m; e++) {
      const at = <usize>(g + e) << 4;
      const node = nodes + (<usize>e << 5);
      v128.store(node, v128.andnot(v128.load(seed0 + at), i64x2(3, 0)));
      v128.store(node, v128.or(v128.andnot(v128.load(seed1 + at), i64x2(3, 0)), i64x2(1, 0)), 16);
      store<i32>(ids + (<usize>e << 3), first + g + e);
      store<i32>(ids + (<usize>e << 3), first + g + e, 4);
    }
    for (let level = 0; level < levels; level++) {
      blocks(nodes, ids, 2 * m, level, out);
      for (let e = 0; e < m; e++) {
        const key = cw + <usize>(g + e) * row;
        const node = nodes + (<usize>e << 5);
        const b0 = out + (<usize>e << 7), b1 = b0 + 64;
        const bit = bitAt(a + <usize>(g + e) * word, total - 1 - level);
        const t0 = load<i32>(node) & 1, t1 = load<i32>(node, 16) & 1;
        const l0 = child(b0, 0), r0 = child(b0, 1), l1 = child(b1, 0), r1 = child(b1, 1);
        const left = v128.xor(l0, l1), right = v128.xor(r0, r1);
        // The child off the path to a is made the same at both parties; on the path control bits differ.
        const lose = v128.bitselect(left, right, mask(bit));
        const bits = ((i32x4.extract_lane(left, 0) & 1) ^ bit ^ 1) | (((i32x4.extract_lane(right, 0) & 1) ^ bit) << 1);
        const word0 = v128.or(v128.andnot(lose, i64x2(3, 0)), i64x2(<i64>bits, 0));
        v128.store(key + (<usize>level << 4), word0);
        const c = v128.bitselect(correction(word0, 1), correction(word0, 0), mask(bit));
        v128.store(node, v128.xor(v128.bitselect(r0, l0, mask(bit)), v128.and(c, mask(t0))));
        v128.store(node, v128.xor(v128.bitselect(r1, l1, mask(bit)), v128.and(c, mask(t1))), 16);
        let at = key + (<usize>levels << 4) + <usize>(level * steps) * word;
        for (let w = 0; w < steps; w++, at += word) {
          const in_ = <usize>w * word + 32;
          correct<T>(at, step + <usize>(w * stride + g + e) * word, bit ^ 1, b0 + in_, b1 + in_, t1);
        }
      }
    }
    for (let from = 0, block = levels; from < size; from += perBlock, block++) {
      blocks(nodes, ids, 2 * m, block, out);
      const end = min(size - from, perBlock);
      for (let e = 0; e < m; e++) {
        const at = cw + <usize>(g + e) * row + (<usize>levels << 4) + <usize>(levels * steps) * word;
        const low = load<i32>(a + <usize>(g + e) * word) & ((1 << group) - 1);
        const t1 = load<i32>(nodes + (<usize>e << 5), 16) & 1;
        const b0 = out + (<usize>e << 7);
        for (let i = 0; i < end; i++) {
          const w = from + i;
          const on = <i32>(w / words == low);
          correct<T>(at + <usize>w * word, leaf + <usize>(g + e) * leafRow + <usize>(w % words) * word, on, b0 + <usize>i * word, b0 + 64 + <usize>i * word, t1);
        }
      }
    }
  }
  memory.fill(scratch, 0, BLOCKS + (<usize>BATCH << 7) + 128);
}

/** Nodes of height s that hold the `points` indices from a on, less one. */
// @ts-ignore: decorator
@inline
function spread(a: usize, s: i32, points: i32): i32 {
  const low = <u64>load<u32>(a);
  const more = <u64>(points - 1);
  if (s <= 32) return <i32>(((low & ((<u64>1 << s) - 1)) + more) >> s);
  if (low + more < 0x100000000) return 0;
  // A carry out of the lowest 32 bits, which goes on through ones.
  for (let at = 32; at < s; at += 32) {
    const ones: u32 = s - at >= 32 ? 0xffffffff : (<u32>1 << (s - at)) - 1;
    if ((load<u32>(a + (at >> 3)) & ones) != ones) return 0;
  }
  return 1;
}

/**
 * A party's shares at the points from a (its lowest bits) on, which wrap: of the leaves `leafRow` bytes, `words` words for each point, in
 * the order of index mod points, unless there are no words; of the steps a row of n words each.
 */
// @ts-ignore: decorator
@inline
function keysEval<T>(
  leaves: usize, leafRow: usize, stepped: usize, cw: usize, row: usize, seed: usize, a: usize, n: i32, first: i32, shape: KeyShape,
): void {
  const total = shape.total, group = shape.group, points = shape.points, words = shape.words;
  const steps = shape.steps, stride = shape.stride, party = shape.party;
  const levels = total - group;
  let nodes = scratch + WORK, next = nodes + (NODES << 4);
  let ids = next + (NODES << 4), nextIds = ids + (NODES << 2);
  const counts = scratch + COUNTS;
  const out = scratch + BLOCKS;
  const word = <usize>sizeof<T>();
  for (let w = 0; w < steps; w++) memory.fill(stepped + <usize>(w * stride) * word, 0, <usize>n * word);
  for (let g = 0; g < n; g += BATCH) {
    const m = min(BATCH, n - g);
    let live = 0;
    for (let e = 0; e < m; e++) {
      const root = v128.or(v128.andnot(v128.load(seed + (<usize>(g + e) << 4)), i64x2(3, 0)), i64x2(<i64>party, 0));
      const count = spread(a + <usize>(g + e) * word, total, points) + 1;
      for (let i = 0; i < count; i++, live++) {
        v128.store(nodes + (<usize>live << 4), root);
        store<i32>(ids + (<usize>live << 2), first + g + e);
      }
      store<i32>(counts + (<usize>e << 2), count);
    }
    for (let level = 0; level < levels; level++) {
      blocks(nodes, ids, live, level, out);
      live = 0;
      let from: usize = 0;
      for (let e = 0; e < m; e++) {
        const p = a + <usize>(g + e) * word;
        const key = cw + <usize>(g + e) * row;
        const height = total - 1 - level;
        const bit = bitAt(p, height);
        if (bit) {
          const t = load<i32>(nodes + (from << 4)) & 1;
          let at = key + (<usize>levels << 4) + <usize>(level * steps) * word;
          for (let w = 0; w < steps; w++, at += word) {
            share<T>(stepped + <usize>(w * stride + g + e) * word, out + (from << 6) + 32 + <usize>w * word, at, t, party, true);
          }
        }
        const count = spread(p, height, points) + 1;
        const c = v128.load(key + (<usize>level << 4));
        const left = correction(c, 0), right = correction(c, 1);
        for (let i = 0; i < count; i++, live++) {
          const side = (bit + i) & 1;
          const parent = from + <usize>((bit + i) >> 1);
          const t = load<i32>(nodes + (parent << 4)) & 1;
          const fix = v128.bitselect(right, left, mask(side));
          v128.store(next + (<usize>live << 4), v128.xor(child(out + (parent << 6), side), v128.and(fix, mask(t))));
          store<i32>(nextIds + (<usize>live << 2), first + g + e);
        }
        from += load<i32>(counts + (<usize>e << 2));
        store<i32>(counts + (<usize>e << 2), count);
      }
      const swap = nodes, swapIds = ids;
      nodes = next; next = swap;
      ids = nextIds; nextIds = swapIds;
    }
    const inLeaf = words << group;
    const perBlock = 64 / <i32>word;
    for (let begin = 0, block = levels; begin < inLeaf; begin += perBlock, block++) {
      blocks(nodes, ids, live, block, out);
      const end = min(inLeaf - begin, perBlock);
      let leaf: usize = 0;
      for (let e = 0; e < m; e++) {
        const index = load<i32>(a + <usize>(g + e) * word);
        const at = cw + <usize>(g + e) * row + (<usize>levels << 4) + <usize>(levels * steps) * word;
        const count = load<i32>(counts + (<usize>e << 2));
        for (let i = 0; i < count; i++, leaf++) {
          const t = load<i32>(nodes + (leaf << 4)) & 1;
          let place = (i << group) + begin / words - (index & ((1 << group) - 1));
          let w = begin % words;
          for (let j = 0; j < end; j++) {
            if (place >= 0 && place < points) {
              const at_ = <usize>(((index + place) & (points - 1)) * words + w) * word;
              share<T>(leaves + <usize>(g + e) * leafRow + at_, out + (leaf << 6) + <usize>j * word, at + <usize>(begin + j) * word, t, party, false);
            }
            if (++w == words) { w = 0; place++; }
          }
        }
      }
    }
  }
  memory.fill(scratch, 0, END);
}

export function keysGen32(
  cw: usize, row: usize, seed0: usize, seed1: usize, a: usize, leaf: usize, leafRow: usize, step: usize, n: i32, first: i32,
  shape: KeyShape,
): void {
  keysGen<u32>(cw, row, seed0, seed1, a, leaf, leafRow, step, n, first, shape);
}

export function keysGen64(
  cw: usize, row: usize, seed0: usize, seed1: usize, a: usize, leaf: usize, leafRow: usize, step: usize, n: i32, first: i32,
  shape: KeyShape,
): void {
  keysGen<u64>(cw, row, seed0, seed1, a, leaf, leafRow, step, n, first, shape);
}

export function keysGen128(
  cw: usize, row: usize, seed0: usize, seed1: usize, a: usize, leaf: usize, leafRow: usize, step: usize, n: i32, first: i32,
  shape: KeyShape,
): void {
  keysGen<v128>(cw, row, seed0, seed1, a, leaf, leafRow, step, n, first, shape);
}

export function keysEval32(
  leaves: usize, leafRow: usize, stepped: usize, cw: usize, row: usize, seed: usize, a: usize, n: i32, first: i32, shape: KeyShape,
): void {
  keysEval<u32>(leaves, leafRow, stepped, cw, row, seed, a, n, first, shape);
}

export function keysEval64(
  leaves: usize, leafRow: usize, stepped: usize, cw: usize, row: usize, seed: usize, a: usize, n: i32, first: i32, shape: KeyShape,
): void {
  keysEval<u64>(leaves, leafRow, stepped, cw, row, seed, a, n, first, shape);
}

export function keysEval128(
  leaves: usize, leafRow: usize, stepped: usize, cw: usize, row: usize, seed: usize, a: usize, n: i32, first: i32, shape: KeyShape,
): void {
  keysEval<v128>(leaves, leafRow, stepped, cw, row, seed, a, n, first, shape);
}
