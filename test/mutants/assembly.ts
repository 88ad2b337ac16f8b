/** @file Faults of kernels: each is compiled anew. */
import { inFile, type Mutant } from './mutant.ts';

export const assembly: readonly Mutant[] = [
  ...inFile(
    'assembly/chacha.ts',
    ['ring/prg.test.ts'],
    [
      [
        'a round less of ChaCha20',
        'leak',
        'for (let round = 0; round < 10; round++) {',
        'for (let round = 0; round < 9; round++) {',
      ],
      ['blocks of a stream repeat', 'leak', 'blocks = i32x4.add(blocks, i32x4.splat(4));', ''],
      [
        'the key is not added at the end',
        'leak',
        'x4 = i32x4.add(x4, i32x4.splat(k0)); x5 = i32x4.add(x5, i32x4.splat(k1));',
        '',
      ],
    ],
  ),
  ...inFile(
    'assembly/fss-compare.ts',
    ['ring/dcf.test.ts'],
    [
      [
        'the seed off the path is not corrected',
        'leak',
        'v128.store(k0 + at, low(x, y));',
        'v128.store(k0 + at, i32x4.splat(0));',
      ],
      [
        'all keys of a batch hash alike',
        'leak',
        'const keys = i32x4.add(i32x4(<i32>e0, <i32>e1, <i32>e2, <i32>e3), i32x4.splat(first)); const a0',
        'const keys = i32x4.splat(0); const a0',
        'const keys = i32x4.add(i32x4(<i32>e0, <i32>e1, <i32>e2, <i32>e3), i32x4.splat(first)); const x0',
        'const keys = i32x4.splat(0); const x0',
      ],
      [
        'the last level is left out',
        'wrong',
        'v = v128.xor(v, v128.xor(ones(s0, 0), v128.and(t, ones(flags, 3))));',
        '',
      ],
    ],
  ),
  ...inFile(
    'assembly/wire.ts',
    ['ring/bits.test.ts', 'ir/round.test.ts'],
    [
      [
        'bits past the end travel',
        'leak',
        'store<u8>(d + bytes - 1, <u32>load<u8>(d + bytes - 1) & lastMask);',
        '',
      ],
      [
        'the tail of a plane is not added',
        'wrong',
        'for (; i < bytes; i++) store<u8>(d + i, load<u8>(d + i) ^ load<u8>(a + i));',
        '',
      ],
      [
        'numbers are packed with what stands above them',
        'leak',
        '(<u32>load<u8>(a + i) & mask) << fill',
        '(<u32>load<u8>(a + i)) << fill',
      ],
    ],
  ),
  ...inFile(
    'assembly/masked-products.ts',
    ['gates/known-zeros.test.ts', 'gates/arithmetic.test.ts'],
    [
      [
        'the last of an odd number of products is left out',
        'wrong',
        'if (n & 1) mulGate<v128>(d + i, cx + i, cy + i, rx + i, ry + i, u + i, first, 16);',
        '',
      ],
      [
        'squares take one mask for two',
        'wrong',
        'const x = vdouble<T>(v128.load(r));',
        'const x = v128.load(r);',
      ],
    ],
  ),
  {
    name: 'the two top bits are counted apart',
    kind: 'wrong',
    tests: ['gates/compare.test.ts'],
    edits: [
      {
        file: 'assembly/counting.ts',
        find: 'default: { last = first - p; break; }',
        replace: 'default: { last = first + first - a - b; break; }',
      },
    ],
    survives: 'the count is one too high, and 0 mod k only where all k bits of c and r differ: once in 2^k',
  },
  ...inFile(
    'assembly/range-guard.ts',
    ['gates/guard.test.ts'],
    [
      [
        'a range does not go around',
        'check',
        'if (round) row |= ones(lo + 256, hi + 256) | ones(lo - 256, hi - 256);',
        '',
      ],
      [
        'what left the range has no weight',
        'check',
        'sum ^= load<u32>(weights + i * 4) & -(inside ^ <u32>first);',
        'sum ^= inside ^ <u32>first;',
      ],
    ],
  ),
];
