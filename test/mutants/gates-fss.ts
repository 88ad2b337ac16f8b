/** @file Faults of gates by function secret sharing, and of the range guard. */
import { inFile, type Mutant } from './mutant.ts';
import { zeros } from './planted.ts';

const SECRECY = 'gates/secrecy.test.ts';
const secret = [SECRECY] as const;

export const fssFaults: readonly Mutant[] = [
  ...inFile(
    'src/gates/fss-keys.ts',
    secret,
    [
      [
        "root seeds of keys are everybody's",
        'leak',
        "seeds: [0, 1].map((owner) => ofOwner(owner, bytes('ownMask', n * DCF_SEED))),",
        "seeds: [0, 1].map(() => bytes('publicMask', n * DCF_SEED)),",
      ],
      [
        'all root seeds of keys are zeros',
        'leak',
        "return [yield* d.mask('seeds', 0), yield* d.mask('seeds', 1)];",
        `return [${zeros('d', "d.mask('seeds', 0)")}, ${zeros('d', "d.mask('seeds', 1)")}];`,
        "const seeds = [yield* p.mask('seeds', 0), yield* p.mask('seeds', 1)];",
        `const seeds = [${zeros('p', "p.mask('seeds', 0)")}, ${zeros('p', "p.mask('seeds', 1)")}];`,
      ],
    ],
    'lessFss,piecewiseLinearFss',
  ),
  ...inFile(
    'src/gates/piecewise-linear-fss.ts',
    secret,
    [
      [
        'piecewise-linear functions by FSS are opened without a mask',
        'leak',
        "dealOpenTruncate(d, yield* d.mask('u'), a, 'stream')",
        `dealOpenTruncate(d, ${zeros('d', "d.mask('u')")}, a, 'stream')`,
        "const share = yield* p.mask('u');",
        `const share = ${zeros('p', "p.mask('u')")};`,
      ],
    ],
    'piecewiseLinearFss',
  ),
  ...inFile(
    'src/gates/piecewise-linear-fss.ts',
    ['gates/whole-functions-fss.test.ts', 'gates/fss-planner.test.ts'],
    [
      [
        'a breakpoint of a piecewise-linear function holds from one unit later on',
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
        "const rho = readWord(d, yield* d.mask('rho', i));",
        "const rho = 0 * readWord(d, yield* d.mask('rho', i));",
        "const rho = readWord(p, yield* p.mask('rho', question));",
        "const rho = 0 * readWord(p, yield* p.mask('rho', question));",
      ],
      [
        'the verdict opens its sum in the end',
        'leak',
        "const alpha = readWord(d, yield* d.mask('alpha', i));",
        "const alpha = 1 + 0 * readWord(d, yield* d.mask('alpha', i));",
        "const alpha = readWord(p, yield* p.mask('alpha', question));",
        "const alpha = 1 + 0 * readWord(p, yield* p.mask('alpha', question));",
      ],
      [
        'the factor of the verdict is 1 where only its low bit is drawn',
        'leak',
        "const alpha = readWord(d, yield* d.mask('alpha', i));",
        "const alpha = readWord(d, yield* d.mask('alpha', i)) & 0xff;",
        "const alpha = readWord(p, yield* p.mask('alpha', question));",
        "const alpha = readWord(p, yield* p.mask('alpha', question)) & 0xff;",
      ],
    ],
    'guard',
  ),
  ...inFile(
    'src/gates/range-rows.ts',
    ['gates/guard.test.ts'],
    [
      [
        'two numbers that left the range cancel',
        'check',
        "const weights = yield* p.mask('rangeWeights', i);",
        "const weights = yield* p.mask('rangeWeights', i); p.ring.u8(weights).fill(1);",
      ],
      [
        'only the first block of many numbers is watched',
        'check',
        'for (let from = 0; from < n; from += BLOCK)',
        'for (let from = 0; from < Math.min(n, 1); from += BLOCK)',
      ],
    ],
  ),
  ...inFile(
    'src/gates/guard.ts',
    ['gates/guard.test.ts'],
    [['the first site of several is not found', 'wrong', 'last = middle;', 'last = first;']],
  ),
];
