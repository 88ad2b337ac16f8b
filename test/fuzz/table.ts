/** @file All functions of `np`: how each is called and what it is to give, or why it is not among what is drawn. */
import { ARITH } from './ops-arith.ts';
import { BITS } from './ops-bits.ts';
import { FUNCTIONS } from './ops-functions.ts';
import { LANES } from './ops-lanes.ts';
import { MOVES } from './ops-move.ts';
import { PLACES } from './ops-places.ts';
import { PLAIN } from './ops-plain.ts';
import { PRODUCTS } from './ops-products.ts';
import { REAL } from './ops-real.ts';
import { REDUCE } from './ops-reduce.ts';
import { SETS } from './ops-sets.ts';
import type { Table } from './reference.ts';

export const TABLE: Table = {
  ...REAL,
  ...ARITH,
  ...BITS,
  ...REDUCE,
  ...LANES,
  ...PRODUCTS,
  ...MOVES,
  ...PLACES,
  ...SETS,
  ...PLAIN,
  ...FUNCTIONS,
};

const names = (text: string): readonly string[] => text.trim().split(/\s+/);
const SHAPES = 'of shapes, dtypes or numbers that everybody knows: no secret goes in';
const DRAWN =
  'public draws, which a key decides: test/numpy/random.test.ts holds them to their distributions';
const HIDDEN = 'nobody knows its result: test/numpy/random.test.ts looks at many';

/** Functions that programs do not draw. */
export const EXCLUDED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    names(`arange bartlett blackman broadcastShapes canCast diagIndices diagIndicesFrom empty epsilon eye fromfunction geomspace
hamming hanning histogramBinEdges identity indices iscomplexobj isdtype isrealobj isscalar iterable kaiser linspace logspace
maskIndices ndim ones promoteTypes resultType shape size tri trilIndices trilIndicesFrom triuIndices triuIndicesFrom
unravelIndex zeros`).map((n) => [n, SHAPES]),
  ),
  ...Object.fromEntries(
    names(`bernoulli bits categorical choice exponential foldIn gumbel key laplace logistic lognormal normal normalQuantile
permutation rademacher randint rayleigh split threefry truncatedNormal uniform`).map((n) => [
      `random.${n}`,
      DRAWN,
    ]),
  ),
  ...Object.fromEntries(
    names('secretBits secretPermutation secretUniform').map((n) => [`random.${n}`, HIDDEN]),
  ),
  'linalg.cholesky': 'of positive matrices, which are made of others: test/numpy/linalg.test.ts draws them',
  'linalg.eigh': 'of symmetric matrices, vectors up to their sign: test/numpy/linalg.test.ts',
  'linalg.eigvalsh': 'of symmetric matrices: test/numpy/linalg.test.ts',
  'linalg.svd': 'vectors up to their sign: test/numpy/linalg.test.ts; values are drawn as linalg.svdvals',
  unused: 'marks a condition that is meant not to be used',
  vjp: 'gives a function: np.grad is made of it',
};
