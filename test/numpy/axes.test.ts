/** @file Every function with an axis takes it as a number and in options, also where other arguments stand before it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { throws } from './both.ts';

const X = np.array([
  [3, 1, 2],
  [0, 5, 4],
]);
const CUBE = np.array([
  [[1], [2]],
  [[3], [4]],
]);
const WIDE = np.reshape(np.arange(12), [3, 4]);
const BITS = np.array([[1, 0, 3]], 'uint8');
const PLACES = np.array([[0, 1, 0]], 'int64');
const KEY = np.random.PRNGKey(5);

type Call = (axis: never) => unknown;
/** What stands for the axis: the number, {axis}, and forms of the function's own that mean the same. */
type Row = readonly [
  name: string,
  axis: number | readonly number[],
  call: Call,
  ...same: readonly (() => unknown)[],
];

const ROWS: readonly Row[] = [
  ['sum', 1, (a) => np.sum(X, a)],
  ['mean', 1, (a) => np.mean(X, a)],
  ['max', 1, (a) => np.max(X, a)],
  ['min', 1, (a) => np.min(X, a)],
  ['amax', 1, (a) => np.amax(X, a)],
  ['amin', 1, (a) => np.amin(X, a)],
  ['argmax', 1, (a) => np.argmax(X, a)],
  ['argmin', 1, (a) => np.argmin(X, a)],
  ['all', 1, (a) => np.all(X, a)],
  ['any', 1, (a) => np.any(X, a)],
  ['std', 1, (a) => np.std(X, a)],
  ['var', 1, (a) => np.var(X, a)],
  ['prod', 1, (a) => np.prod(X, a)],
  ['ptp', 1, (a) => np.ptp(X, a)],
  ['countNonzero', 1, (a) => np.countNonzero(X, a)],
  ['average', 1, (a) => np.average(X, a)],
  [
    'average',
    1,
    (a) => np.average(X, a, [1, 2, 3]),
    () => np.average(X, { axis: 1, weights: [1, 2, 3] }),
    () => np.average(X, 1, { weights: [1, 2, 3] }),
  ],
  ['nansum', 1, (a) => np.nansum(X, a)],
  ['nanmean', 1, (a) => np.nanmean(X, a)],
  ['nanmax', 1, (a) => np.nanmax(X, a)],
  ['nanmin', 1, (a) => np.nanmin(X, a)],
  ['nanstd', 1, (a) => np.nanstd(X, a)],
  ['nanvar', 1, (a) => np.nanvar(X, a)],
  ['nanprod', 1, (a) => np.nanprod(X, a)],
  ['nanargmax', 1, (a) => np.nanargmax(X, a)],
  ['nanargmin', 1, (a) => np.nanargmin(X, a)],
  ['nancumsum', 1, (a) => np.nancumsum(X, a)],
  ['nancumprod', 1, (a) => np.nancumprod(X, a)],
  ['nanmedian', 1, (a) => np.nanmedian(X, a)],
  ['nanpercentile', 1, (a) => np.nanpercentile(X, 30, a)],
  ['nanquantile', 1, (a) => np.nanquantile(X, 0.3, a)],
  ['median', 1, (a) => np.median(X, a)],
  ['percentile', 1, (a) => np.percentile(X, 30, a)],
  ['quantile', 1, (a) => np.quantile(X, 0.3, a)],
  ['quantile', [0, 1], (a) => np.quantile(X, [0.3, 0.5], a)],
  ['sort', 0, (a) => np.sort(X, a)],
  ['partition', 0, (a) => np.partition(X, a)],
  ['argsort', 0, (a) => np.argsort(X, a)],
  ['argpartition', 0, (a) => np.argpartition(X, a)],
  ['concatenate', 1, (a) => np.concatenate([X, X], a)],
  ['concat', 1, (a) => np.concat([X, X], a)],
  ['stack', 1, (a) => np.stack([X, X], a)],
  ['split', 1, (a) => np.split(X, 3, a)],
  ['arraySplit', 1, (a) => np.arraySplit(X, 2, a)],
  ['unstack', 1, (a) => np.unstack(X, a)],
  ['append', 1, (a) => np.append(X, X, a)],
  ['insert', 1, (a) => np.insert(X, 1, 9, a)],
  ['deleteAt', 1, (a) => np.deleteAt(X, 1, a)],
  ['delete', 1, (a) => np.delete(X, 1, a)],
  ['roll', 1, (a) => np.roll(X, 1, a)],
  ['roll', [0, 1], (a) => np.roll(X, 1, a)],
  ['repeat', 1, (a) => np.repeat(X, 2, a)],
  ['repeat', 1, (a) => np.repeat(X, [2, 0, 1], a)],
  ['expandDims', 1, (a) => np.expandDims(X, a)],
  ['expandDims', [0, 2], (a) => np.expandDims(X, a)],
  ['squeeze', 2, (a) => np.squeeze(CUBE, a)],
  ['flip', 1, (a) => np.flip(X, a)],
  ['rollaxis', 2, (a) => np.rollaxis(CUBE, a), () => np.rollaxis(CUBE, { axis: 2, start: 0 })],
  ['take', 1, (a) => np.take(X, [0, 2], a)],
  ['takeAlongAxis', 0, (a) => np.takeAlongAxis(X, PLACES, a)],
  ['putAlongAxis', 0, (a) => np.putAlongAxis(X, PLACES, 7, a)],
  ['compress', 1, (a) => np.compress([true, false, true], X, a)],
  ['cumsum', 1, (a) => np.cumsum(X, a)],
  ['cumprod', 1, (a) => np.cumprod(X, a)],
  ['cumulative_sum', 1, (a) => np.cumulative_sum(X, a)],
  ['cumulative_prod', 1, (a) => np.cumulative_prod(X, a)],
  ['cummax', 1, (a) => np.cummax(X, a)],
  ['cummin', 1, (a) => np.cummin(X, a)],
  ['diff', 0, (a) => np.diff(X, 1, a), () => np.diff(X, { axis: 0 }), () => np.diff(X, { n: 1, axis: 0 })],
  ['unwrap', 0, (a) => np.unwrap(X, a)],
  ['packbits', 1, (a) => np.packbits(X, a), () => np.packbits(X, { axis: 1, order: 'big' })],
  ['unpackbits', 1, (a) => np.unpackbits(BITS, a), () => np.unpackbits(BITS, { axis: 1, count: 24 })],
  [
    'trapezoid',
    0,
    (a) => np.trapezoid(X, null, 2, a),
    () => np.trapezoid(X, { dx: 2, axis: 0 }),
    () => np.trapezoid(X, null, { dx: 2, axis: 0 }),
  ],
  ['trapezoid', 1, (a) => np.trapezoid(X, X, 1, a), () => np.trapezoid(X, X, { axis: 1 })],
  ['gradient', 0, (a) => np.gradient(X, 2, a), () => np.gradient(X, { dx: 2, axis: 0 })],
  ['cross', 0, (a) => np.cross(X.T, X.T, a)],
  ['vecdot', 0, (a) => np.vecdot(X, X, a)],
  ['linalg.cross', 0, (a) => np.linalg.cross(X.T, X.T, a)],
  ['linalg.vecdot', 0, (a) => np.linalg.vecdot(X, X, a)],
  ['linalg.norm', 1, (a) => np.linalg.norm(X, null, a), () => np.linalg.norm(X, { axis: 1 })],
  ['linalg.norm', 1, (a) => np.linalg.norm(X, 1, a), () => np.linalg.norm(X, { ord: 1, axis: 1 })],
  ['linalg.vectorNorm', 1, (a) => np.linalg.vectorNorm(X, 2, a), () => np.linalg.vector_norm(X, { axis: 1 })],
  ['applyAlongAxis', 1, (a) => np.applyAlongAxis((v) => np.sum(v), a, X)],
  ['nn.softmax', 0, (a) => np.nn.softmax(X, a)],
  ['nn.logSoftmax', 0, (a) => np.nn.logSoftmax(X, a)],
  ['nn.logsumexp', 0, (a) => np.nn.logsumexp(X, a)],
  ['nn.logmeanexp', 0, (a) => np.nn.logmeanexp(X, a)],
  ['nn.glu', 1, (a) => np.nn.glu(WIDE, a)],
  ['nn.standardize', 0, (a) => np.nn.standardize(X, a)],
  ['nn.layerNorm', 0, (a) => np.nn.layerNorm(X, null, null, a)],
  ['nn.oneHot', 0, (a) => np.nn.oneHot([0, 2], 3, a)],
  ['oneHot', 0, (a) => np.oneHot([0, 2], 3, a)],
  ['random.permutation', 1, (a) => np.random.permutation(KEY, X, a)],
  ['random.shuffle', 1, (a) => np.random.shuffle(KEY, X, a)],
];

const text = (result: unknown): string =>
  JSON.stringify(
    flatten(result, (x) => x instanceof NDArray).leaves.map((x) => {
      const { shape, dtype, data } = x as NDArray;
      return [shape, dtype, [...data].map(String)];
    }),
  );

for (const [name, axis, call, ...same] of ROWS)
  test(`${name}, axis ${axis}`, () => {
    const want = text(call(axis as never));
    assert.is(text(call({ axis } as never)), want);
    for (const other of same) assert.is(text(other()), want);
    throws(() => call({ axes: axis } as never), 'INVALID_ARGUMENT', 'unknown option "axes"');
  });

test('negative axes, and null for the flattened array', () => {
  for (const [name, axis, call] of ROWS) {
    if (typeof axis !== 'number' || name === 'expandDims' || name === 'stack' || name.endsWith('oneHot'))
      continue;
    const rank = name === 'squeeze' || name === 'rollaxis' ? 3 : 2;
    assert.is(text(call((axis - rank) as never)), text(call(axis as never)), name);
    throws(() => call(7 as never), 'SHAPE', 'axis 7 is out of bounds');
  }
  for (const call of [
    (a: never) => np.sort(X, a),
    (a: never) => np.argsort(X, a),
    (a: never) => np.concatenate([X, X], a),
    (a: never) => np.cumsum(X, a),
    (a: never) => np.take(X, [5], a),
    (a: never) => np.repeat(X, 2, a),
    (a: never) => np.append(X, X, a),
    (a: never) => np.median(X, a),
  ])
    assert.is(text(call({ axis: null } as never)), text(call(null as never)));
});

test('keepdims of functions that take it', () => {
  for (const call of [
    (o: never) => np.median(X, o),
    (o: never) => np.quantile(X, 0.3, o),
    (o: never) => np.prod(X, o),
    (o: never) => np.average(X, o),
    (o: never) => np.linalg.norm(X, null, o),
    (o: never) => np.linalg.norm(X, 1, o),
    (o: never) => np.linalg.vectorNorm(X, 2, o),
    (o: never) => np.ptp(X, o),
    (o: never) => np.nanmax(X, o),
    (o: never) => np.nanargmax(X, o),
  ]) {
    assert.equal((call({ axis: 1, keepdims: true } as never) as NDArray).shape, [2, 1]);
    if (call.toString().includes('norm(X, 1')) continue;
    assert.equal((call({ keepdims: true } as never) as NDArray).shape, [1, 1]);
  }
  assert.equal(np.linalg.matrixNorm(X, { keepdims: true }).shape, [1, 1]);
});

test('options may stand in any place, and say everything once', () => {
  assert.is(text(np.average(X, { axis: 1 }, [1, 2, 3])), text(np.average(X, 1, [1, 2, 3])));
  throws(() => np.diff(X, { n: 1, axis: 0 }, 0), 'INVALID_ARGUMENT', 'axis is said twice');
  throws(() => np.linalg.norm(X, { axis: 1 }, { axis: 1 }), 'INVALID_ARGUMENT', 'axis is said twice');
  throws(() => np.diff(X, 1, { n: 1 } as never), 'INVALID_ARGUMENT', 'unknown option "n"');
  throws(() => np.expandDims(X, {}), 'INVALID_ARGUMENT', 'an axis is needed');
  throws(() => np.putAlongAxis(X, PLACES, 7), 'INVALID_ARGUMENT', 'an axis is needed');
  throws(() => np.quantile(X, 0.3, { method: 'hazen' as never }), 'INVALID_ARGUMENT', 'method "hazen"');
});

test('methods of arrays take options too', () => {
  assert.is(text(X.take([0, 2], { axis: 1 })), text(X.take([0, 2], 1)));
  assert.is(text(CUBE.squeeze({ axis: 2 })), text(CUBE.squeeze(2)));
  assert.is(text(X.argmax({ axis: 1 })), text(X.argmax(1)));
});

test('options are read while a program is recorded', () => {
  const type = { shape: [2, 3], dtype: 'fxp', secret: true } as const;
  const { graph } = trace(
    ((x: NDArray) => np.sort(np.concatenate([x, x], { axis: 1 }), { axis: 0 })) as never,
    [type],
  );
  assert.equal(graph.types[graph.outs[0]!]!.shape, [2, 6]);
});

const named = (prefix: string, group: object): [string, string][] =>
  Object.entries(group).flatMap(([name, f]): [string, string][] =>
    typeof f === 'function' ? [[prefix + name, Function.prototype.toString.call(f)]] : [],
  );

/** Functions whose arguments speak of axes, but not of one that is gone along. */
const OTHERS: ReadonlySet<string> = new Set([
  'BaseArray',
  'swapaxes',
  'moveaxis',
  'transpose',
  'permute_dims',
  'tensordot',
  'rot90',
  'diagonal',
  'trace',
  'applyOverAxes',
  'meshgrid',
  'vmap',
  'linalg.diagonal',
  'linalg.trace',
  'linalg.tensordot',
  'random.secretShuffle',
]);

test('the table above has them all', () => {
  const have = new Set(ROWS.map(([name]) => name));
  const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
  for (const name of [...have, ...OTHERS]) {
    have.add(name);
    have.add(snake(name));
  }
  const all = [
    ...named('', np),
    ...named('linalg.', np.linalg),
    ...named('nn.', np.nn),
    ...named('random.', np.random),
  ];
  const missing = all
    .filter(([, source]) => /^\(?[^=]*\b(axis|along|axes)\b[^=]*=>/.test(source))
    .map(([name]) => name)
    .filter((name) => !have.has(name));
  assert.equal(missing, []);
});

test.run();
