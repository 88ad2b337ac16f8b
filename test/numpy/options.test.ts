/** @file Options objects: what is unknown in them is an error that names the option it may have been, in every function. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as np from '../../src/numpy/index.ts';
import { throws } from './both.ts';

const M = [
  [1, 2],
  [3, 5],
];
const IMAGE = np.ones([1, 1, 4, 4]);
const LINE = np.ones([1, 1, 4]);
const HEADS = np.ones([1, 2, 1, 2]);

interface Case {
  /** As `optionsOf` is told. */
  readonly name: string;
  readonly call: (options: never) => unknown;
  readonly typo: string;
  readonly meant: string;
}

const row = (name: string, typo: string, meant: string, call: Case['call']): Case => ({
  name,
  call,
  typo,
  meant,
});

const CASES: readonly Case[] = [
  row('an axis', 'axes', 'axis', (o) => np.sum(M, o)),
  row('an axis', 'keepDims', 'keepdims', (o) => np.max(M, o)),
  row('an axis', 'keep_dims', 'keepdims', (o) => np.argmax(M, o)),
  row('an axis', 'keepdim', 'keepdims', (o) => np.array(M).mean(o)),
  row('an axis', 'dof', 'ddof', (o) => np.var(M, o)),
  row('an axis', 'ddoff', 'ddof', (o) => np.std(M, o)),
  row('np.nn.standardize', 'eps', '', (o) => np.nn.standardize(M, o)),
  row('np.nn.standardize', 'epsilom', 'epsilon', (o) => np.nn.standardize(M, o)),
  row('np.nn.layerNorm', 'axes', 'axis', (o) => np.nn.layerNorm(M, null, null, o)),
  row('np.nn.dotProductAttention', 'isCasual', 'isCausal', (o) =>
    np.nn.dotProductAttention(HEADS, HEADS, HEADS, o),
  ),
  row('np.nn.conv', 'strides', 'stride', (o) => np.nn.conv(IMAGE, np.ones([1, 1, 2, 2]), o)),
  row('np.nn.conv', 'group', 'groups', (o) => np.nn.conv1d(LINE, np.ones([1, 1, 2]), o)),
  row('np.nn.conv', 'dilatation', 'dilation', (o) => np.nn.conv2d(IMAGE, np.ones([1, 1, 2, 2]), o)),
  row('pooling', 'pading', 'padding', (o) => np.nn.maxPool(IMAGE, 2, o)),
  row('pooling', 'groups', '', (o) => np.nn.avgPool(IMAGE, 2, o)),
  row('np.linalg.eigh', 'sweep', 'sweeps', (o) => np.linalg.eigh(M, o)),
  row('np.linalg.eigh', 'sweep', 'sweeps', (o) => np.linalg.eigvalsh(M, o)),
  row('np.linalg.svd', 'sweep', 'sweeps', (o) => np.linalg.svd(M, o)),
  row('np.linalg.svd', 'sweep', 'sweeps', (o) => np.linalg.pinv(M, undefined, o)),
  row('np.bincount', 'weight', 'weights', (o) => np.bincount(np.arange(3), o)),
  row('np.histogram', 'densitiy', 'density', (o) => np.histogram([1, 2], o)),
  row('np.histogramdd', 'bin', 'bins', (o) => np.histogramdd(M, o)),
  row('np.histogramdd', 'ranges', 'range', (o) => np.histogram2d([1], [2], o)),
  row('np.nonzero', 'sizes', 'size', (o) => np.nonzero([0, 1], o)),
  row('np.argwhere', 'fillvalues', 'fillValue', (o) => np.argwhere([0, 1], o)),
  row('np.intersect1d', 'sizes', 'size', (o) => np.intersect1d([0, 1], [1], o)),
  row('np.setdiff1d', 'sizes', 'size', (o) => np.setdiff1d([0, 1], [1], o)),
  row('np.setxor1d', 'sizes', 'size', (o) => np.setxor1d([0, 1], [1], o)),
  row('np.uniqueInverse', 'sizes', 'size', (o) => np.uniqueInverse([0, 1], o)),
  row('np.uniqueAll', 'sizes', 'size', (o) => np.uniqueAll([0, 1], o)),
  row('np.groupVar', 'dof', 'ddof', (o) => np.groupVar([0], [1], 1, o)),
  row('np.groupStd', 'dof', 'ddof', (o) => np.groupStd([0], [1], 1, o)),
  row('np.pad', 'modes', 'mode', (o) => np.pad([1], 1, 0, o)),
  row('np.isin', 'inverse', 'invert', (o) => np.isin([1], [2], o)),
  row('np.cov', 'rowVar', 'rowvar', (o) => np.cov(M, o)),
  row('np.polyval', 'unrol', 'unroll', (o) => np.polyval([1], 2, o)),
  row('np.corrcoef', 'ddof', '', (o) => np.corrcoef(M, o)),
  row('np.flatnonzero', 'fillvalu', 'fillValue', (o) => np.flatnonzero([0, 1], o)),
  row('np.unique', 'sizes', 'size', (o) => np.unique([0, 1], o)),
  row('np.union1d', 'filValue', 'fillValue', (o) => np.union1d([0, 1], [2], o)),
  row('np.uniqueCounts', 'sise', 'size', (o) => np.uniqueCounts([0, 1], o)),
  row('np.whileRevealed', 'maxIteration', 'maxIterations', (o) =>
    np.whileRevealed(
      (x) => np.less(x, 1),
      (x) => np.add(x, 1),
      0,
      o,
    ),
  ),
  row('np.scan', 'len', '', (o) => np.scan((c) => [c, c], 0, [1, 2], o)),
  row('np.scan', 'reversed', 'reverse', (o) => np.scan((c) => [c, c], 0, [1, 2], o)),
  row('np.grad', 'argnum', 'argnums', (o) => np.grad((x) => np.sum(x), o)([1, 2])),
  row('np.grad', 'hasAus', 'hasAux', (o) => np.valueAndGrad((x) => np.sum(x), o)([1, 2])),
  row('np.random.choice', 'replaces', 'replace', (o) => np.random.choice(np.random.key(1), 5, 2, o)),
];

/** Where a number may stand in place of options. */
const TAKES_NUMBERS: ReadonlySet<string> = new Set([
  'an axis',
  'np.grad',
  'np.cov',
  'np.corrcoef',
  'np.histogram',
  'np.nn.standardize',
  'np.nn.layerNorm',
]);

for (const { name, call, typo, meant } of CASES)
  test(`${name}: ${typo}`, () => {
    throws(
      () => call({ [typo]: 1 } as never),
      'INVALID_ARGUMENT',
      `${name}: unknown option ${JSON.stringify(typo)}: ${meant === '' ? 'Use ' : `did you mean ${JSON.stringify(meant)}? Use `}`,
    );
    if (!TAKES_NUMBERS.has(name)) throws(() => call(3 as never), 'INVALID_ARGUMENT', `${name}: options {`);
  });

test('an axis is no array and no text', () => {
  for (const axis of [np.arange(2), 'rows'])
    throws(() => np.sum(M, axis as never), 'INVALID_ARGUMENT', 'options {axis, keepdims} are wanted');
});

test('undefined is as if it were left out', () => {
  assert.equal(np.sum(M, { axis: undefined, keepdims: undefined }).toArray(), np.sum(M).toArray());
});

test('all functions that take options read them here', () => {
  const folder = fileURLToPath(new URL('../../../src/numpy', import.meta.url));
  const text = readdirSync(folder)
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    .join('\n');
  const asked = [...text.matchAll(/optionsOf\(\s*'([^']+)'/g)].map((m) => m[1]!);
  const tested = new Set(CASES.map((c) => c.name));
  assert.ok(asked.length > 10);
  assert.equal(
    asked.filter((name) => !tested.has(name)),
    [],
  );
  // Destructured where they come in, options would lose what is unknown.
  assert.not.match(text, /\}: \w*Options\b/);
});

test.run();
