/** @file Faults of comparisons, of bits, of functions by tables and keys, and of the range guard. */
import { inFile, type Mutant } from './mutant.ts';
import { bits, bytes, parts, words } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;

export const bitFaults: readonly Mutant[] = [
  ...inFile(
    'src/gates/less-than.ts',
    secret,
    [
      [
        'answers of comparisons are opened without a mask',
        'leak',
        'return thresholds.map(() => ({ r: d.drawBits(n) }));',
        `return thresholds.map(() => ({ r: ${bits('d', 'n')} }));`,
        'const betas = thresholds.map(() => p.drawBits(n));',
        `const betas = thresholds.map(() => ${bits('p', 'n')});`,
      ],
      [
        'answers for several thresholds share a mask',
        'leak',
        'return thresholds.map(() => ({ r: d.drawBits(n) }));',
        'const one = d.drawBits(n); return thresholds.map(() => ({ r: ((a) => (d.ring.copy(a, one), a))(d.bits(n)) }));',
        'const betas = thresholds.map(() => p.drawBits(n));',
        'const one = p.drawBits(n); const betas = thresholds.map(() => ((a) => (p.ring.copy(a, one), a))(p.bits(n)));',
      ],
      [
        'a borrow is opened without a mask',
        'leak',
        'return [{ r: d.drawBits(r.length) }];',
        `return [{ r: ${bits('d', 'r.length')} }];`,
        'const r = p.drawBits(c.length);',
        `const r = ${bits('p', 'c.length')};`,
      ],
      [
        'a borrow is masked by one party',
        'leak',
        'return [{ r: d.drawBits(r.length) }];',
        'return [{ r: d.drawOf(0, d.bits(r.length)) }];',
        'const r = p.drawBits(c.length);',
        'const r = p.drawOf(0, p.bits(c.length));',
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
        'if (p.first) ring.xor(out, out, signs.plane(t));',
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
        'const drawn = (i) => d.drawBits(n, levels[i]?.bits ?? 0);',
        `const drawn = (i) => ${bits('d', 'n, levels[i]?.bits ?? 0')};`,
        'const drawn = (i) => p.drawBits(n, levels[i]?.bits ?? 0);',
        `const drawn = (i) => ${bits('p', 'n, levels[i]?.bits ?? 0')};`,
      ],
      [
        'bits of a comparison tree are masked by rank 1 alone',
        'leak',
        'const drawn = (i) => d.drawBits(n, levels[i]?.bits ?? 0);',
        'const drawn = (i) => d.drawOf(1, d.bits(n, levels[i]?.bits ?? 0));',
        'const drawn = (i) => p.drawBits(n, levels[i]?.bits ?? 0);',
        'const drawn = (i) => p.drawOf(1, p.bits(n, levels[i]?.bits ?? 0));',
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
        'const equalSet = (count) => ((1 << count) - 1) << (s - 1);',
        'const equalSet = (count) => (1 << (count - 1)) << (s - 1);',
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
        'return [{ r: d.drawBits(b * n) }];',
        `return [{ r: ${bits('d', 'b * n')} }];`,
        'const r = p.drawBits(b * n);',
        `const r = ${bits('p', 'b * n')};`,
      ],
      [
        'the prefix of borrows is opened without masks',
        'leak',
        'const beta = d.drawBits(n, opened.length);',
        `const beta = ${bits('d', 'n, opened.length')};`,
        'const beta = p.drawBits(n, opened.length);',
        `const beta = ${bits('p', 'n, opened.length')};`,
      ],
      [
        'borrows into digits are opened without masks',
        'leak',
        'const beta = d.drawBits(n, digits - 1);',
        `const beta = ${bits('d', 'n, digits - 1')};`,
        'const beta = p.drawBits(n, digits - 1);',
        `const beta = ${bits('p', 'n, digits - 1')};`,
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
        'const rho = d.drawBytes(n);',
        `const rho = ${bytes('d', 'n')};`,
        'const rho = p.drawBytes(n);',
        `const rho = ${bytes('p', 'n')};`,
      ],
      [
        '[x == 0] is opened without a mask',
        'leak',
        'return [{ r: d.drawBits(n) }];',
        `return [{ r: ${bits('d', 'n')} }];`,
        'r: p.drawBits(n) });',
        `r: ${bits('p', 'n')} });`,
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
        'return [dealOpenTruncate(d, d.draw(n), attrs, true)];',
        `return [dealOpenTruncate(d, ${words('d', 'n')}, attrs, true)];`,
        'const { array: u, fill } = p.drawParts(n);',
        `const { array: u, fill } = ${parts(words('p', 'n'))};`,
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
        'return [{ r: d.drawBits(n) }];',
        `return [{ r: ${bits('d', 'n')} }];`,
        'const out = p.drawBits(n);',
        `const out = ${bits('p', 'n')};`,
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
        'const mask = d.draw(r.length);',
        `const mask = ${words('d', 'r.length')};`,
        'const u = p.drawParts(c.length);',
        `const u = ${parts(words('p', 'c.length'))};`,
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
        'const mask = d.draw(r.length);',
        `const mask = ${words('d', 'r.length')};`,
        'const u = p.drawParts(c.length);',
        `const u = ${parts(words('p', 'c.length'))};`,
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
        'return [{ r: d.draw(a.outer * a.m * a.inner) }];',
        `return [{ r: ${words('d', 'a.outer * a.m * a.inner')} }];`,
        'const r = p.draw(sum.length);',
        `const r = ${words('p', 'sum.length')};`,
      ],
      [
        'one-hot codes are opened without masks',
        'leak',
        'return [{ r: d.drawBits(low.length * n) }];',
        `return [{ r: ${bits('d', 'low.length * n')} }];`,
        'const r = p.drawBits(low.length * n);',
        `const r = ${bits('p', 'low.length * n')};`,
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
        'r: d.drawBits(length) }]',
        `r: ${bits('d', 'length')} }]`,
        'const r = p.drawBits(length);',
        `const r = ${bits('p', 'length')};`,
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
    secret,
    [
      [
        'answers of integer comparisons are opened without masks',
        'leak',
        'd.give(lessWords(d, rx, ry, bits)); return [{ r: d.drawBits(n) }];',
        `d.give(lessWords(d, rx, ry, bits)); return [{ r: ${bits('d', 'n')} }];`,
        'd.give(planeOf(d, r, bits - 1)); return [{ r: d.drawBits(r.length) }];',
        `d.give(planeOf(d, r, bits - 1)); return [{ r: ${bits('d', 'r.length')} }];`,
        'const r = p.drawBits(share.length);',
        `const r = ${bits('p', 'share.length')};`,
      ],
      [
        'answers for public integers are opened without masks',
        'leak',
        'return thresholds.map(() => ({ r: d.drawBits(r.length) }));',
        `return thresholds.map(() => ({ r: ${bits('d', 'r.length')} }));`,
        'const out = shares.plane(t); const r = p.drawBits(n);',
        `const out = shares.plane(t); const r = ${bits('p', 'n')};`,
      ],
    ],
    'lessInt,belowInt,negative',
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
  ...inFile(
    'src/gates/compare-fss.ts',
    secret,
    [
      [
        'answers of keys are opened without masks',
        'leak',
        'return thresholds.map(() => ({ r: d.drawBits(n) }));',
        `return thresholds.map(() => ({ r: ${bits('d', 'n')} }));`,
        'const betas = thresholds.map(() => p.drawBits(n));',
        `const betas = thresholds.map(() => ${bits('p', 'n')});`,
      ],
      [
        '[x == 0] and borrows by keys are opened without masks',
        'leak',
        'dealKeys(d, r, d.field.bits); return [{ r: d.drawBits(r.length) }];',
        `dealKeys(d, r, d.field.bits); return [{ r: ${bits('d', 'r.length')} }];`,
        'dealKeys(d, r, bits); return [{ r: d.drawBits(r.length) }];',
        `dealKeys(d, r, bits); return [{ r: ${bits('d', 'r.length')} }];`,
        'const r = p.drawBits(c.length);',
        `const r = ${bits('p', 'c.length')};`,
      ],
    ],
    'lessFss,borrowFss,isZeroFss',
  ),
  ...inFile(
    'src/gates/fss-keys.ts',
    secret,
    [
      [
        "root seeds of keys are everybody's",
        'leak',
        's.drawOf(0, s.bytes(n * DCF_SEED)), s.drawOf(1, s.bytes(n * DCF_SEED)),',
        's.drawPublic(s.bytes(n * DCF_SEED)), s.drawPublic(s.bytes(n * DCF_SEED)),',
      ],
      [
        'all root seeds of keys are zeros',
        'leak',
        's.drawOf(0, s.bytes(n * DCF_SEED)), s.drawOf(1, s.bytes(n * DCF_SEED)),',
        `${bytes('s', 'n * DCF_SEED')}, ${bytes('s', 'n * DCF_SEED')},`,
      ],
    ],
    'lessFss,piecewiseLinearFss',
  ),
  ...inFile(
    'src/gates/piecewise-linear-fss.ts',
    secret,
    [
      [
        'broken lines by keys are opened without a mask',
        'leak',
        'return [dealOpenTruncate(d, d.draw(n), a, true)];',
        `return [dealOpenTruncate(d, ${words('d', 'n')}, a, true)];`,
        'const share = p.draw(n);',
        `const share = ${words('p', 'n')};`,
      ],
    ],
    'piecewiseLinearFss',
  ),
  ...inFile(
    'src/gates/piecewise-linear-fss.ts',
    ['gates/whole-functions-fss.test.ts'],
    [
      [
        'a turn of a broken line holds from one unit later on',
        'wrong',
        'ring.addScalar(y, from, p.scalar(1));',
        'ring.copy(y, from);',
      ],
    ],
  ),
  ...inFile('src/gates/spline-fss.ts', secret, [], 'splineFss,exponentialFss'),
  ...inFile(
    'src/gates/guard.ts',
    secret,
    [
      [
        'the verdict opens its sum without a mask',
        'leak',
        'const rho = read(d, d.drawBits(WIDTH));',
        'const rho = 0;',
        'const rho = read(p, p.drawBits(WIDTH));',
        'const rho = 0;',
      ],
      [
        'the verdict opens its sum in the end',
        'leak',
        'const alpha = read(d, d.drawBits(WIDTH));',
        'const alpha = 1;',
        'const alpha = read(p, p.drawBits(WIDTH));',
        'const alpha = 1;',
      ],
      [
        'the factor of the verdict is 1 where only its low bit is drawn',
        'leak',
        'const alpha = read(d, d.drawBits(WIDTH));',
        'const alpha = read(d, d.drawBits(WIDTH)) & 0xff;',
        'const alpha = read(p, p.drawBits(WIDTH));',
        'const alpha = read(p, p.drawBits(WIDTH)) & 0xff;',
      ],
    ],
    'guard',
  ),
  ...inFile(
    'src/gates/guard.ts',
    ['gates/guard.test.ts'],
    [
      [
        'two numbers that left the range cancel',
        'check',
        'const weights = p.drawPublic(p.bytes(4 * part.length));',
        'const weights = p.bytes(4 * part.length); p.ring.u8(weights).fill(1);',
      ],
      [
        'only the first piece of many numbers is watched',
        'check',
        'for (let from = 0; from < x.length; from += PIECE)',
        'for (let from = 0; from < Math.min(x.length, 1); from += PIECE)',
      ],
      ['the first site of several is not found', 'wrong', 'last = middle;', 'last = first;'],
    ],
  ),
];
