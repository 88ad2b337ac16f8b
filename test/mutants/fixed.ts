/** @file Faults of functions of fixed-point numbers. */
import { inFile, type Mutant } from './mutant.ts';

export const fixed: readonly Mutant[] = [
  ...inFile(
    'src/fixed/basic.ts',
    ['gates/compare.test.ts', 'gates/arithmetic.test.ts'],
    [
      [
        'less compares the other way round',
        'wrong',
        'below(c, sub(c, x, y), [0])[0]',
        'below(c, sub(c, y, x), [0])[0]',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/elementary.ts',
    ['gates/whole-functions-fss.test.ts', 'gates/fss-planner.test.ts', 'fixed/functions.test.ts'],
    [
      [
        '|x| takes x away once',
        'wrong',
        '[[negative(c, x), timesInteger(c, x, 2)]]));',
        '[[negative(c, x), timesInteger(c, x, 1)]]));',
      ],
      ['the sign of 0 is 1', 'wrong', 'below(c, x, [0, 1]);', 'below(c, x, [0, 0]);'],
    ],
  ),
  ...inFile(
    'src/fixed/clamp.ts',
    ['gates/whole-functions-fss.test.ts', 'gates/fss-planner.test.ts'],
    [
      [
        'numbers are held at the lower end alone',
        'wrong',
        'low ? bits[i] : not(c, bits[i])',
        'low ? bits[i] : bits[i]',
        'slopes: ends.map((e) => (e.low ? 1 : -1)),',
        'slopes: ends.map((e) => (e.low ? 1 : 0)),',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/tournament.ts',
    ['fixed/tournament.test.ts'],
    [
      [
        'of equal numbers the last wins',
        'wrong',
        "pick === 'max' ? before(c, a.value, b.value) : before(c, b.value, a.value)",
        "not(c, pick === 'max' ? before(c, b.value, a.value) : before(c, a.value, b.value))",
      ],
      [
        'of equal numbers in a group the last wins',
        'wrong',
        "pick === 'max' ? before(c, side(0), side(1)) : before(c, side(1), side(0))",
        "not(c, pick === 'max' ? before(c, side(1), side(0)) : before(c, side(0), side(1)))",
      ],
      ['who has won all but one is taken', 'wrong', 'others.map((_, k) =>', 'others.slice(1).map((_, k) =>'],
      ['an odd one out is left out', 'wrong', 'const rest = n % size;', 'const rest = 0;'],
    ],
  ),
  ...inFile(
    'src/fixed/sort-shuffle.ts',
    ['fixed/order.test.ts', 'numpy/order.test.ts'],
    [
      [
        'a sort knows its numbers to be a bit smaller than they are',
        'wrong',
        'bits + shift + 2',
        'bits + shift',
      ],
    ],
  ),
  ...inFile(
    'src/fixed/circuit.ts',
    ['fixed/order.test.ts', 'numpy/order.test.ts'],
    [
      [
        'keys of a sort have no room for the last place',
        'wrong',
        'Math.ceil(math.log2(Math.max(n, 1)))',
        'Math.floor(math.log2(Math.max(n, 1)))',
      ],
    ],
  ),
];
