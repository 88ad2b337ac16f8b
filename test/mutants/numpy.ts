/** @file Faults of np: randomness that repeats, secrets that steer, and results that are wrong. */
import { inFile, type Mutant } from './mutant.ts';

export const numpy: readonly Mutant[] = [
  ...inFile(
    'src/numpy/secret-random.ts',
    ['numpy/secret-draws.test.ts'],
    [
      ['draws of a program are the same', 'leak', 'counts.set(root, n + 1);', ''],
      [
        'uniform numbers have half of their bits',
        'wrong',
        'const UNIFORM_BITS = 26;',
        'const UNIFORM_BITS = 3;',
      ],
    ],
  ),
  ...inFile(
    'src/numpy/random.ts',
    ['numpy/random.test.ts'],
    [
      [
        'keys that are split are the same',
        'leak',
        'keyOf(all[2 * i], all[2 * i + 1])',
        'keyOf(all[0], all[1])',
      ],
      ['a number that is folded into a key does nothing', 'leak', '>>> 0, data >>> 0));', '>>> 0, 0));'],
      ['probabilities are any numbers', 'check', 'p >= 0 && p <= 1 ? p :', 'p === p ? p :'],
    ],
  ),
  ...inFile(
    'src/numpy/reduce.ts',
    ['numpy/reduce.test.ts', 'numpy/conformance.test.ts'],
    [
      [
        'the mean of nothing is a number',
        'check',
        "if (count === 0) fail('SHAPE', 'mean of empty slice');",
        '',
      ],
      [
        'all is any',
        'wrong',
        'p.finish(equal(total, numberLike(p.count, total)))',
        'p.finish(notEqual(total, numberLike(0, total)))',
      ],
      [
        'the largest of nothing is a number',
        'check',
        'if (a.size === 0 && plan(a, axis).count === 0)',
        'if (false)',
      ],
    ],
  ),
  ...inFile(
    'src/numpy/rounding.ts',
    ['numpy/math.test.ts'],
    [
      [
        'the rest has the sign of x',
        'wrong',
        'const over = where(minus, less(0, rest), less(rest, 0));',
        'const over = less(rest, 0);',
      ],
    ],
  ),
  ...inFile(
    'src/numpy/branches.ts',
    ['ir/loop.test.ts', 'numpy/choosing.test.ts', 'numpy/static.test.ts'],
    [['a branch of another form is merged', 'check', 'if (!sameTree(other.def, def))', 'if (false)']],
  ),
];
