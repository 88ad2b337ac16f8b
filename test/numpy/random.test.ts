/** @file Public randomness: the published vectors of the generator, distributions, and the same numbers every time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { normalQuantile, threefry } from '../../src/numpy/random.ts';
import * as math from '../../src/ring/math/index.ts';
import { throws } from './both.ts';
import { secretly } from './secretly.ts';

const { random } = np;
const numbers = (x: BaseArray): number[] => Array.from((x as NDArray).data as Float64Array, Number);
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

test('threefry-2x32-20: the known answers of Random123', () => {
  const hex = (pair: readonly number[]): string[] => pair.map((x) => x.toString(16).padStart(8, '0'));
  assert.equal(hex(threefry(0, 0, 0, 0)), ['6b200159', '99ba4efe']);
  assert.equal(hex(threefry(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)), ['1cb996fc', 'bb002be7']);
  assert.equal(hex(threefry(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)), ['c4923a9c', '483df7a0']);
});

test('keys: the same seed gives the same numbers, others give others', () => {
  const draw = (k: BaseArray): number[] => numbers(random.uniform(k, [4]));
  assert.equal(draw(random.PRNGKey(7)), draw(random.key(7)));
  const [a, b] = random.split(random.PRNGKey(7));
  const all = [random.PRNGKey(7), random.PRNGKey(8), a!, b!, random.foldIn(a!, 1), random.foldIn(a!, 2)].map(
    draw,
  );
  assert.is(new Set(all.map(String)).size, all.length);
  assert.is(random.split(a!, 5).length, 5);
  throws(() => random.uniform(np.array([1, 2])), 'INVALID_ARGUMENT', 'PRNGKey');
  throws(() => random.PRNGKey(1.5), 'INVALID_ARGUMENT', 'whole number');
});

test('uniform, normal, bernoulli, randint, bits: ranges and moments', () => {
  const k = random.PRNGKey(1);
  const n = 20000;
  const u = numbers(random.uniform(k, n, -1, 3));
  assert.ok(u.every((x) => x > -1 && x < 3) && Math.abs(mean(u) - 1) < 0.03);
  const z = numbers(random.normal(k, [n]));
  assert.ok(Math.abs(mean(z)) < 0.03 && Math.abs(mean(z.map((x) => x * x)) - 1) < 0.05);
  assert.ok(Math.abs(mean(z.map((x) => x ** 4)) - 3) < 0.3);
  assert.ok(Math.abs(mean(numbers(random.bernoulli(k, 0.25, n))) - 0.25) < 0.02);
  const d = numbers(random.randint(k, n, -2, 3));
  assert.equal(
    [...new Set(d)].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2],
  );
  assert.ok(Math.abs(mean(d)) < 0.05);
  const w = random.bits(k, [3, 5]);
  assert.equal([w.shape, w.dtype], [[3, 5], 'uint32']);
  assert.equal(random.uniform(k).shape, []);
  throws(() => random.randint(k, 1, 3, 3), 'RANGE', 'lo < hi');
});

test('quantiles of the normal distribution', () => {
  for (const [p, z] of [
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.01, -2.3263478740408408],
    [1e-9, -5.997807015007686],
    [1e-15, -7.941345326170997],
  ] as const)
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-11, `${p}: ${normalQuantile(p)}`);
});

test('nothing is drawn from nothing, and every call ends', () => {
  const k = random.PRNGKey(1);
  assert.is(normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.is(normalQuantile(1), Number.POSITIVE_INFINITY);
  for (const p of [1.5, -0.1, Number.NaN, Number.POSITIVE_INFINITY])
    throws(() => normalQuantile(p), 'RANGE', 'between 0 and 1');
  for (const p of [-0.5, 2, Number.NaN]) throws(() => random.bernoulli(k, p), 'RANGE', 'between 0 and 1');
  throws(() => random.uniform(k, 2, 3, 1), 'RANGE', 'lo <= hi');
  throws(() => random.uniform(k, 2, 0, Number.POSITIVE_INFINITY), 'RANGE', 'finite');
  throws(() => random.randint(k, 2, -(2 ** 53) + 1, 2 ** 53 - 1), 'RANGE', 'less than 2^53 apart');
  throws(() => random.choice(k, 0, 3), 'SHAPE', 'choice from nothing');
  throws(() => random.choice(k, -3, 3), 'SHAPE', 'whole numbers from 0');
  throws(() => random.choice(k, 2, 3, { p: [0, 0] }), 'RANGE', 'probabilities');
  throws(() => random.choice(k, 2, 3, { p: [Number.NaN, 1] }), 'RANGE', 'probabilities');
  for (const n of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40]) {
    throws(() => random.split(k, n), 'SHAPE', '');
    throws(() => random.permutation(k, n), 'SHAPE', '');
    throws(() => random.normal(k, [n]), 'SHAPE', '');
    throws(() => np.linspace(0, 1, n), 'SHAPE', '');
    throws(() => np.eye(n), 'SHAPE', '');
  }
  throws(() => random.foldIn(k, 1.5), 'INVALID_ARGUMENT', 'whole number');
  throws(() => np.arange(0, 1, 1e-300), 'SHAPE', '');
  throws(() => np.geomspace(1, Number.POSITIVE_INFINITY), 'RANGE', 'finite ends');
  throws(() => np.geomspace(0, 1), 'RANGE', 'one sign');
  throws(() => np.polyder([1, 2], -1), 'RANGE', 'polyder');
  throws(() => np.polyint([1, 2], 1e9), 'RANGE', 'polyint');
  throws(() => np.vander([1, 2], 2 ** 40), 'SHAPE', '');
  // Where all normal numbers round to an end.
  throws(() => random.truncatedNormal(k, 10, 12), 'RANGE', 'hardly any');
  throws(() => random.truncatedNormal(k, Number.NaN, 1), 'RANGE', 'lo < hi');
  const tail = numbers(random.truncatedNormal(k, 4, Number.POSITIVE_INFINITY, 200));
  assert.ok(tail.every((x) => x >= 4 && x < 8) && new Set(tail).size > 190);
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 5e-324])
    for (const fn of [math.log, math.exp, math.erf, math.sin, math.atan]) assert.type(fn(x), 'number');
});

test('permutations hold every number once; rows of secrets are moved in public order', () => {
  const p = random.permutation(random.PRNGKey(3), 50);
  assert.equal(np.sort(p).toArray(), np.arange(50).toArray());
  assert.not.equal(p.toArray(), np.arange(50).toArray());
  secretly(
    (x) => random.shuffle(random.PRNGKey(1), x),
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    { FM128: 0, FM64: 0 },
  );
});

test.run();
