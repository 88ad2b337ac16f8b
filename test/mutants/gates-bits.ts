/** @file Faults of comparisons, of bits, and of functions by tables. */
import { inFile, type Mutant } from './mutant.ts';
import { atOnce, zeros } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;

export const bitFaults: readonly Mutant[] = [
  ...inFile(
    'src/gates/answers.ts',
    secret,
    [
      [
        'answers are opened without masks',
        'leak',
        "outs.push({ r: yield* d.mask('answers', i) });",
        `outs.push({ r: ${zeros('d', "d.mask('answers', i)")} });`,
        "const mask = yield* p.mask('answers', i);",
        `const mask = ${zeros('p', "p.mask('answers', i)")};`,
      ],
      [
        'several answers share a mask',
        'leak',
        "outs.push({ r: yield* d.mask('answers', i) });",
        "outs.push({ r: ((a) => (i > 0 && d.ring.copy(a, outs[0].r), a))(yield* d.mask('answers', i)) });",
        "const mask = yield* p.mask('answers', i);",
        "const mask = ((a) => (i > 0 && p.ring.copy(a, masks[0]), a))(yield* p.mask('answers', i));",
      ],
    ],
    'less,between,lessFss,borrowFss,isZeroFss,lessInt,belowInt,negative',
  ),
  ...inFile(
    'src/gates/less-than.ts',
    secret,
    [
      [
        'a borrow is opened without a mask',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const r = yield* p.mask('r');",
        `const r = ${zeros('p', "p.mask('r')")};`,
      ],
      [
        'a borrow is masked by one party',
        'leak',
        "...lowerSlots(x.length, bits, 1), r: bitSlot('mask', x.length),",
        "...lowerSlots(x.length, bits, 1), r: { ...bitSlot('ownMask', x.length), owner: 0 },",
      ],
    ],
    'less,borrow',
  ),
  ...inFile(
    'src/gates/less-than.ts',
    ['gates/compare.test.ts'],
    [
      [
        'a comparison looks at bits above those it has',
        'wrong',
        'if (covered > from)',
        'if (covered < from)',
      ],
      [
        'a comparison forgets the sign of the public part',
        'wrong',
        'if (p.first) ring.xor(out, out, tops);',
        '',
      ],
    ],
  ),
  ...inFile(
    'src/gates/multi-and.ts',
    secret,
    [
      [
        'bits of a comparison tree are opened without masks',
        'leak',
        "const beta = yield* d.mask('treeMasks', first + i);",
        `const beta = ${zeros('d', "d.mask('treeMasks', first + i)")};`,
        "yield* p.mask('treeMasks', first) : undefined",
        `${zeros('p', "p.mask('treeMasks', first)")} : undefined`,
        "yield* p.mask('treeMasks', first + i + 1) : undefined",
        `${zeros('p', "p.mask('treeMasks', first + i + 1)")} : undefined`,
      ],
      [
        'bits of a comparison tree are masked by rank 1 alone',
        'leak',
        "bitSlot('mask', n, level.bits)",
        "({ ...bitSlot('ownMask', n, level.bits), owner: 1 })",
      ],
    ],
    'less',
  ),
  ...inFile(
    'src/gates/multi-and.ts',
    ['gates/compare.test.ts'],
    [
      [
        'a digit is equal where a lower one is not',
        'wrong',
        'const equalSet = (count) => (1 << count) - 1;',
        'const equalSet = (count) => 1 << (count - 1);',
      ],
    ],
  ),
  ...inFile(
    'src/gates/bit-decomposition.ts',
    secret,
    [
      [
        'bits are opened without masks',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const r = yield* p.mask('r');",
        `const r = ${zeros('p', "p.mask('r')")};`,
      ],
      [
        'the prefix of borrows is opened without masks',
        'leak',
        "const beta = yield* d.mask('prefixMasks', i);",
        `const beta = ${zeros('d', "d.mask('prefixMasks', i)")};`,
        "const beta = yield* p.mask('prefixMasks', level);",
        `const beta = ${zeros('p', "p.mask('prefixMasks', level)")};`,
      ],
      [
        'borrows into digits are opened without masks',
        'leak',
        "const beta = yield* d.mask('borrowMasks');",
        `const beta = ${zeros('d', "d.mask('borrowMasks')")};`,
        "const beta = yield* p.mask('borrowMasks');",
        `const beta = ${zeros('p', "p.mask('borrowMasks')")};`,
      ],
    ],
    'bits',
  ),
  ...inFile(
    'src/gates/is-zero.ts',
    secret,
    [
      [
        'the count of unequal bits is opened without a mask',
        'leak',
        "const rho = yield* d.mask('rho');",
        `const rho = ${zeros('d', "d.mask('rho')")};`,
        "const rho = yield* p.mask('rho');",
        `const rho = ${zeros('p', "p.mask('rho')")};`,
      ],
      [
        '[x == 0] is opened without a mask',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "r: yield* p.mask('r') };",
        `r: ${zeros('p', "p.mask('r')")} };`,
      ],
    ],
    'isZero',
  ),
  ...inFile(
    'src/gates/select.ts',
    secret,
    [
      [
        'a choice is opened without a mask',
        'leak',
        "dealOpenTruncate(d, yield* d.mask('u'), attrs, 'stream')",
        `dealOpenTruncate(d, ${zeros('d', "d.mask('u')")}, attrs, 'stream')`,
        "const { array: u, fill } = yield* p.deferredMask('u');",
        `const { array: u, fill } = ${atOnce(zeros('p', "p.mask('u')"))};`,
      ],
    ],
    'select',
  ),
  ...inFile(
    'src/gates/and.ts',
    secret,
    [
      [
        'an AND is opened without a mask',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const out = yield* p.mask('r');",
        `const out = ${zeros('p', "p.mask('r')")};`,
      ],
    ],
    'and',
  ),
  ...inFile(
    'src/gates/fourier.ts',
    secret,
    [
      [
        'a sum of harmonics is opened without a mask',
        'leak',
        "const mask = yield* d.mask('u');",
        `const mask = ${zeros('d', "d.mask('u')")};`,
        "const u = yield* p.deferredMask('u');",
        `const u = ${atOnce(zeros('p', "p.mask('u')"))};`,
      ],
    ],
    'fourier',
  ),
  ...inFile(
    'src/gates/exponential.ts',
    secret,
    [
      [
        'e^x is opened without a mask',
        'leak',
        "const mask = yield* d.mask('u');",
        `const mask = ${zeros('d', "d.mask('u')")};`,
        "const u = yield* p.deferredMask('u');",
        `const u = ${atOnce(zeros('p', "p.mask('u')"))};`,
      ],
    ],
    'exponential',
  ),
  ...inFile(
    'src/gates/lookup.ts',
    secret,
    [
      [
        'what is looked up is opened without a mask',
        'leak',
        "} return [{ r: yield* d.mask('r') }];",
        `} return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const r = yield* p.mask('r'); p.ring.add(sum",
        `const r = ${zeros('p', "p.mask('r')")}; p.ring.add(sum`,
      ],
      [
        'one-hot codes are opened without masks',
        'leak',
        "yield* d.share('rows', rows); return [{ r: yield* d.mask('r') }];",
        `yield* d.share('rows', rows); return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const r = yield* p.mask('r'); p.ring.xor(out",
        `const r = ${zeros('p', "p.mask('r')")}; p.ring.xor(out`,
      ],
    ],
    'lookup,oneHot',
  ),
  ...inFile(
    'src/gates/random-bits.ts',
    [SECRECY, 'ir/repeats.test.ts'],
    [
      [
        'random bits are opened without masks',
        'leak',
        "return [{ r: yield* d.mask('r') }];",
        `return [{ r: ${zeros('d', "d.mask('r')")} }];`,
        "const r = yield* p.mask('r');",
        `const r = ${zeros('p', "p.mask('r')")};`,
      ],
      [
        'random bits are those of the stream that the dealer knows',
        'leak',
        'p.ring.u8(share).set(randomBytes(share.bytes));',
        'p.ring.zero(share);',
      ],
    ],
    'randomBits',
  ),
  ...inFile(
    'src/gates/integer-compare.ts',
    ['gates/integer.test.ts'],
    [
      [
        'signed integers are compared as unsigned ones',
        'wrong',
        'if (!signed) return c;',
        'if (signed || !signed) return c;',
      ],
    ],
  ),
];
