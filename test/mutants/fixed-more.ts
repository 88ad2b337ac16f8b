/** @file More faults of functions of fixed-point numbers and integers: ends that are left out, bits that are lost, signs that are forgotten. */
import { inFile, type Mutant } from './mutant.ts';

const functions = ['fixed/modes.test.ts', 'fixed/functions.test.ts', 'fixed/anywhere.test.ts'] as const;
const magnitude = ['fixed/magnitude.test.ts'] as const;
const integers = ['fixed/integers.test.ts', 'numpy/integers.test.ts'] as const;

export const moreFixed: readonly Mutant[] = [
  ...inFile(
    'src/fixed/basic.ts',
    ['gates/scale.test.ts', 'gates/arithmetic.test.ts', ...functions],
    [
      [
        'products by negative powers of two lose their sign',
        'wrong',
        'factor < 0 ? neg(c, x) : x, -e, exact)',
        'x, -e, exact)',
      ],
      [
        'public factors have fewer bits than doubles',
        'wrong',
        '52 - exponentOf(least)));',
        '20 - exponentOf(least)));',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/exp.ts',
    ['fixed/exponential.test.ts', ...functions],
    [
      ['e^x of large x is not held', 'wrong', '...(interval[1] > range.hi ? [range.hi] : []),', ''],
      ['e^x far below 0 is not 0', 'wrong', '...(interval[0] < range.lo ? [range.lo] : []),', ''],
      [
        'a lost borrow has no piece',
        'wrong',
        '/ math.pow2(cut.log)) + 2, window)',
        '/ math.pow2(cut.log)), window)',
      ],
    ],
  ),
  ...inFile('src/fixed/smooth.ts', functions, [
    ['functions do not level off above', 'wrong', '[not(c, notOver), sub(c, above, inside)],', ''],
  ]),
  ...inFile('src/fixed/divide.ts', functions, [
    [
      'quotients are not divided again',
      'wrong',
      'if (!refine) return q;',
      'if (refine !== undefined) return q;',
    ],
    [
      'the numerator of a quotient keeps no bits below the last place',
      'wrong',
      '128: { bits: 28, guard: 5 },',
      '128: { bits: 28, guard: 0 },',
    ],
  ]),
  ...inFile('src/fixed/exact-shift.ts', functions, [
    [
      'shifts by more than half a ring are by half of it',
      'wrong',
      'return truncate(c, high, by - half);',
      'return high;',
    ],
    [
      'the low half of what is shifted is lost',
      'wrong',
      'timesInteger(c, high, math.pow2(half - by)), truncate(c, low, by));',
      'timesInteger(c, high, math.pow2(half - by)), timesInteger(c, low, 0));',
    ],
  ]),
  ...inFile('src/fixed/normalise.ts', magnitude, [
    ['scaling back does not know 0', 'wrong', 'if (r.zero && first)', 'if (false)'],
    ['scaling back takes negative numbers for large ones', 'wrong', 'if (n.negative && last)', 'if (false)'],
  ]),
  ...inFile('src/fixed/roots-logarithms.ts', magnitude, [
    [
      'the logarithm of a negative number is that of a large one',
      'wrong',
      'if (n.negative) terms.push([n.negative, constant(least)]);',
      '',
    ],
  ]),
  ...inFile(
    'src/fixed/split-matmul.ts',
    ['numpy/lengths.test.ts', 'numpy/linalg.test.ts'],
    [
      [
        'sums of many products are not cut',
        'wrong',
        '(isLong(c, k) ? Math.ceil(math.log2(k)) + 1 : 0);',
        '0;',
      ],
    ],
  ),
  ...inFile('src/fixed/integers.ts', integers, [
    [
      'a shift to the right forgets the borrow into it',
      'wrong',
      'terms.push([borrow(shift), unit(-1)]);',
      '',
    ],
    ['integers are held below alone', 'wrong', 'if (hi < most)', 'if (hi < most && lo > hi)'],
    [
      'shifts beyond all bits are by their low bits',
      'wrong',
      'return selectSum(c, [[inRange(c, y, t), result]]);',
      'return result;',
    ],
  ]),
  ...inFile('src/fixed/integer-division.ts', integers, [
    [
      'a step of a division settles more bits than it does',
      'wrong',
      '128: { bits: 30, step: 21 },',
      '128: { bits: 30, step: 40 },',
    ],
    [
      'division by 0 is not seen',
      'wrong',
      'sub(c, v, selectSum(c, [[none, v]]));',
      'sub(c, v, selectSum(c, [[none, timesInteger(c, v, 0)]]));',
    ],
    [
      'quotients of numbers of two signs are rounded up',
      'wrong',
      'const up = and(c, mixed, not(c, isZero(c, whole.r, t)));',
      'const up = and(c, mixed, and(c, mixed, not(c, mixed)));',
    ],
  ]),
  ...inFile(
    'src/fixed/radix-sort.ts',
    ['fixed/order.test.ts', 'numpy/order.test.ts'],
    [['parts of a radix sort have too little room', 'wrong', 'bits: width + 1,', 'bits: width - 2,']],
  ),
  ...inFile(
    'src/fixed/sort-shuffle.ts',
    ['fixed/order.test.ts', 'numpy/order.test.ts', 'numpy/far.test.ts'],
    [
      [
        'keys of large numbers are cut without their lost bit',
        'wrong',
        'sub(c, shiftExactly(c, x, shift, false, true), bitToNumber(c, lost));',
        'shiftExactly(c, x, shift, false, true);',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/secret-index.ts',
    ['numpy/places.test.ts', 'numpy/slices.test.ts'],
    [
      [
        'a block is written at the corner of its first element alone',
        'wrong',
        'Math.floor(e / s) % size[i]);',
        '0 * Math.floor(e / s) % size[i]);',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/many-quotients.ts',
    ['numpy/linalg.test.ts'],
    [
      [
        'an inverse that many are divided by is not made exact',
        'wrong',
        'add(c, near, exactly(c, near, rest, output + input - CUT))',
        'near',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/tournament.ts',
    ['fixed/tournament.test.ts'],
    [['a tournament ends a round early', 'wrong', 'n > 1;', 'n > 2;']],
  ),
  ...inFile(
    'src/fixed/power.ts',
    ['numpy/power.test.ts'],
    [
      [
        'of an odd number of factors the last is lost',
        'wrong',
        'return v ? mul(c, u, v, trunc) : u;',
        'return v ? mul(c, u, v, trunc) : filled(c, 1, u.shape, trunc);',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/angle.ts',
    ['numpy/math.test.ts', 'numpy/magnitude.test.ts', ...functions],
    [
      [
        'angles of points left of and below the origin are turned once',
        'wrong',
        '[and(c, under, left), minusTwice(c, back)],',
        '',
      ],
      ['arctan of large numbers is that of their inverses', 'wrong', '[beyond, other],', ''],
    ],
  ),
  ...inFile(
    'src/fixed/whole-quotient.ts',
    ['numpy/magnitude.test.ts', 'fixed/magnitude.test.ts', 'numpy/math.test.ts'],
    [
      [
        'whole quotients of two signs are rounded to zero',
        'wrong',
        'mixed ? add(c, rest, selectSum(c, [[mixed, addNumber(c, size, -1, 0)]])) : rest;',
        'rest;',
      ],
      [
        'a whole quotient by 0 is one by a unit',
        'wrong',
        'or(c, n.zero, less(c, size, shifted)) : n.zero',
        'less(c, size, shifted) : n.zero',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/frexp.ts',
    ['numpy/math.test.ts', 'numpy/conformance.test.ts', 'numpy/far.test.ts'],
    [
      ['the exponent of 0 is the lowest', 'wrong', '[n.zero, whole(-lowest)],', ''],
      ['mantissas have no sign', 'wrong', '[n.minus, timesInteger(c, size, -2)],', ''],
    ],
  ),
  ...inFile('src/fixed/hyperbolic.ts', functions, [
    [
      'arcsinh has no rest of the second digit',
      'wrong',
      '[math.pow2(more) - 1, 1]; const steps = inside.map',
      '[math.pow2(more), 0]; const steps = inside.map',
    ],
  ]),
  ...inFile(
    'src/fixed/piecewise-linear.ts',
    ['gates/whole-functions-fss.test.ts', 'numpy/math.test.ts', 'numpy/conformance.test.ts'],
    [['points that meet are no jump', 'wrong', '{ slope: 0, jump: rise };', '{ slope: 0, jump: 0 };']],
  ),
  ...inFile(
    'src/fixed/smooth-fss.ts',
    ['fixed/anywhere.test.ts'],
    [
      [
        'splines forget where x begins above them',
        'wrong',
        "(right === 'x' ? lo : right) - left",
        "(right === 'x' ? 0 : right) - left",
      ],
      [
        'splines see one bit less than they need',
        'wrong',
        'Math.ceil(math.log2(most) + input) + 1;',
        'Math.ceil(math.log2(most) + input) - 1;',
      ],
    ],
  ),
];
