/** Secret random numbers: each draw of a program is its own, in loops too, and has the bits that it says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring, seedsOf } from '../gates/harness.ts';

const test = suite('np: secret draws');

const run = (fn: () => unknown, parties = 2): number[][] =>
  simulate(fn as (...args: never[]) => unknown, [], {
    ring,
    field: FIELDS.FM128,
    parties,
    seeds: seedsOf(parties),
  }).results.map((r) => Array.from(r.data as ArrayLike<number | bigint>, Number));

/** Bits of which as many differ as a fair coin would have it (8 deviations). */
const apart = (a: readonly number[], b: readonly number[], what: string): void => {
  const differ = a.filter((v, i) => v !== b[i]).length;
  assert.ok(
    Math.abs(differ - a.length / 2) < 4 * Math.sqrt(a.length),
    `${what}: ${differ} of ${a.length} differ`,
  );
};

test('draws of a program, of the turns of a loop, and of two runs differ', () => {
  const draws = () => {
    const n = 256;
    const loop = np.fori(
      0,
      3,
      (_, s) => np.add(np.multiply(s, 2), np.astype(np.random.secretBits([n]), 'int64')),
      np.zeros([n], 'int64'),
    );
    return [np.random.secretBits([n]), np.random.secretBits([n]), loop];
  };
  for (const parties of [2, 3]) {
    const [one, two] = [run(draws, parties), run(draws, parties)];
    const turns = (loop: readonly number[]): number[][] =>
      [1, 2, 4].map((bit) => loop.map((v) => Math.floor(v / bit) % 2));
    const all = [one, two].flatMap(([a, b, loop]) => [a!, b!, ...turns(loop!)]);
    const zeros = new Array<number>(256).fill(0);
    all.forEach((a, i) => {
      apart(a, zeros, `draw ${i}`);
      for (const [j, b] of all.slice(0, i).entries()) apart(a, b, `draws ${j} and ${i}`);
    });
  }
});

test('uniform numbers have 26 bits, and stay between their ends', () => {
  const [x, y] = run(() => [np.random.secretUniform([300]), np.random.secretUniform([300], -2, 6)]) as [
    number[],
    number[],
  ];
  for (const v of x) assert.ok(v >= 0 && v < 1 && Number.isInteger(v * 2 ** 26), `${v}`);
  for (const v of y) assert.ok(v >= -2 && v < 6, `${v}`);
  for (let bit = 1; bit <= 26; bit++) {
    apart(
      x.map((v) => Math.floor(v * 2 ** bit) % 2),
      new Array<number>(300).fill(0),
      `bit ${bit}`,
    );
  }
});

test('orders that nobody knows: two in a program differ, and hold all there is', () => {
  const [a, b] = run(() => [np.random.secretPermutation(64), np.random.secretPermutation(64)]) as [
    number[],
    number[],
  ];
  for (const order of [a, b])
    assert.equal(
      [...order].sort((u, v) => u - v),
      Array.from({ length: 64 }, (_, i) => i),
    );
  assert.ok(a.filter((v, i) => v === b[i]).length < 12);
});

test.run();
