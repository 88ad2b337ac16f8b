/** @file Public randomness: the published vectors of the generator, distributions, and the same numbers every time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/array.ts';
import type { NDArray } from '../../src/ir/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { normalQuantile, threefry } from '../../src/numpy/random.ts';
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
