/**
 * @file No function of np goes unmeasured: each that jax has, and each beside them, is in a table of ranges, is exact or public
 * and tested as such, or says here why not.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JAX } from '../../bench/lib/jax-names.ts';
import * as np from '../../src/numpy/index.ts';

const test = suite('functions and their ranges');
const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Over grids, ends and random points of test/fixed/functions.test.ts. */
const FIXED = 'abs arcsin arctan cos sin tanh exp log sqrt rsqrt erf sigmoid reciprocal maximum minimum';

/** Integers, bools, positions, order; whatever moves elements, or adds them: results are exact. */
const EXACT = `
add all allclose any append apply_along_axis apply_over_axes argmax argmin argsort argwhere array
array_equal array_equiv array_split asarray astype atleast_1d atleast_2d atleast_3d bincount bitwise_and bitwise_count
bitwise_not bitwise_or bitwise_xor block broadcast_arrays broadcast_to choose column_stack compress count_nonzero cummax cummin delete diag diagflat diagonal digitize dsplit dstack dynamicSlice dynamicUpdateSlice equal
expand_dims extract fill_diagonal flatnonzero flip fliplr flipud gcd greater greater_equal groupCount groupMax groupMin
histogram2d histogramdd hsplit hstack imag insert intersect1d iscomplex isfinite isin isinf isnan isneginf isposinf isreal lcm
left_shift less less_equal lexsort logical_and logical_not logical_or logical_xor matrix_transpose max meshgrid min moveaxis
nan_to_num nextafter nonzero not_equal oneHot packbits pad piecewise place polyadd polysub put put_along_axis ravel
real repeat reshape resize reveal right_shift roll rollaxis rot90 scatter scatterAdd searchsorted select setdiff1d setxor1d
slice sort sortBy split squeeze stack subtract swapaxes take take_along_axis tile topK trace transpose tril triu union1d unique
unique_all unique_counts unique_inverse unpackbits unstack unused vsplit vstack where within
nn.identity nn.maxPool floor_divide remainder`;

/** Of shapes, dtypes and keys, which everybody knows: no secret goes in. */
const PUBLIC = `
arange bartlett blackman broadcast_shapes can_cast diag_indices diag_indices_from epsilon eye fromfunction full
full_like geomspace hamming hanning histogram_bin_edges identity indices iscomplexobj isdtype isrealobj isscalar iterable ix_
kaiser linspace logspace mask_indices ndim ones ones_like promote_types ravel_multi_index result_type shape size tri
tril_indices tril_indices_from triu_indices triu_indices_from unravel_index zeros zeros_like`;

const LOOPS = 'what it is given runs in it';
const ROTATIONS = 'the error grows with size and condition: random matrices in linalg.test.ts';
const WHY: Readonly<Record<string, string>> = {
  interp: 'its error depends on the slopes: math.test.ts and whole-functions-fss.test.ts',
  ...Object.fromEntries(
    names(
      'linalg.cond linalg.eigh linalg.eigvalsh linalg.matrix_rank linalg.pinv linalg.svd linalg.svdvals',
    ).map((n) => [n, ROTATIONS]),
  ),
  ...Object.fromEntries(
    names('cond fori grad map scan stopGradient switch valueAndGrad vjp vmap vectorize whileRevealed').map(
      (n) => [n, LOOPS],
    ),
  ),
  'nn.conv': 'nn.conv1d and nn.conv2d are this: products as those of matmul',
  'nn.conv2d': 'as nn.conv1d',
  groupStd: 'the root of groupVar',
  ...Object.fromEntries(
    names(
      'nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar',
    ).map((n) => [n, 'of secrets what it is called without nan']),
  ),
  'nn.softmaxCrossEntropyWithIntegerLabels': 'softmaxCrossEntropy of exact rows',
};

const find = (name: string): unknown =>
  name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], np);
const objects = (list: readonly string[]): Set<unknown> => new Set(list.map(find));

const text = ['ranges.ts', 'ranges-arrays.ts']
  .map((file) => readFileSync(fileURLToPath(new URL(`../../../test/numpy/${file}`, import.meta.url)), 'utf8'))
  .join('\n');
/** Called in the tables. */
const measured = [...text.matchAll(/\bnp\.((?:nn\.|linalg\.)?\w+)/g)].map((m) => m[1]!);

const LISTS = { FIXED: names(FIXED), EXACT: names(EXACT), PUBLIC: names(PUBLIC), WHY: Object.keys(WHY) };

test('lists name functions of np, once', () => {
  const all = Object.values(LISTS).flat();
  for (const name of all) assert.type(find(name), 'function', name);
  assert.equal(
    all.filter((name, i) => all.findIndex((other) => find(other) === find(name)) !== i),
    [],
  );
});

test('what is said to be measured elsewhere is', () => {
  const file = new URL('../../../test/fixed/function-table.ts', import.meta.url);
  const rows = readFileSync(fileURLToPath(file), 'utf8');
  for (const name of LISTS.FIXED) assert.ok(rows.includes(`\n  ${name}: {`), name);
});

test('every function is in one of them', () => {
  const known = new Set<unknown>([
    ...Object.values(LISTS).flatMap((list) => [...objects(list)]),
    ...objects(measured),
  ]);
  const own = (at: object, prefix: string): string[] =>
    Object.entries(at)
      .filter(([name, value]) => typeof value === 'function' && !/^[A-Z]/.test(name))
      .map(([name]) => prefix + name);
  const here = [...own(np, ''), ...own(np.nn, 'nn.'), ...own(np.linalg, 'linalg.')];
  for (const [module, list] of Object.entries(JAX)) {
    const prefix = module === 'numpy' ? '' : `${module}.`;
    // Draws are public: a key decides them, and random.test.ts holds them to their distributions.
    if (module !== 'random')
      here.push(...list.map((n) => prefix + n).filter((n) => typeof find(n) === 'function'));
  }
  assert.equal([...new Set(here)].filter((name) => !known.has(find(name))).sort(), []);
});

test.run();
