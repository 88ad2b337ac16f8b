/** @file Integers bit by bit and common divisors, against BigInt, and on secrets. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { throws } from './both.ts';
import { secretly } from './secretly.ts';

const ints = (list: readonly number[], dtype = 'int32') => np.array(list, dtype);
const small = fc.integer({ min: -128, max: 127 });
const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

test('bitwise, shifts, counts of random numbers', () => {
  fc.assert(
    fc.property(small, small, fc.nat(6), (x, y, by) => {
      const [a, b] = [ints([x], 'int8'), ints([y], 'int8')];
      const got = [
        np.bitwiseAnd(a, b),
        np.bitwiseOr(a, b),
        np.bitwiseXor(a, b),
        np.bitwiseNot(a),
        np.rightShift(a, by),
      ];
      assert.equal(
        got.map((v) => v.at(0).item()),
        [x & y, x | y, x ^ y, ~x, x >> by],
      );
      assert.is(np.leftShift(a, by).at(0).item(), ((x << by) << 24) >> 24);
      if (x !== -128)
        assert.is(
          np.bitwiseCount(a).at(0).item(),
          [...Math.abs(x).toString(2)].filter((c) => c === '1').length,
        );
    }),
  );
  assert.equal(np.bitwiseAnd([true, false], true).toArray(), [true, false]);
  assert.equal(
    [np.bitwiseOr([true, false], false), np.bitwiseXor([true], true), np.invert([true])].map((v) =>
      v.toArray(),
    ),
    [[true, false], [false], [false]],
  );
  throws(() => np.bitwiseAnd([1.5], 1), 'DTYPE', 'takes integers or booleans');
});

test('gcd and lcm', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), (x, y) => {
      assert.is(
        np
          .gcd(ints([x]), ints([y]))
          .at(0)
          .item(),
        gcd(x, y),
      );
      const want = x === 0 || y === 0 ? 0 : Math.abs(x * y) / gcd(x, y);
      assert.is(
        np
          .lcm(ints([x]), ints([y]))
          .at(0)
          .item(),
        want,
      );
    }),
  );
  // Neighbours in Fibonacci's sequence take the most steps.
  assert.is(
    np
      .gcd(ints([2 ** 31 - 1]), ints([1836311903]))
      .at(0)
      .item(),
    1,
  );
  assert.is(
    np
      .gcd(ints([1836311903]), ints([1134903170]))
      .at(0)
      .item(),
    1,
  );
  assert.equal([np.gcd([true], [false]).toArray(), np.lcm([true], [false]).toArray()], [[true], [false]]);
});

test('on secrets', () => {
  const x = ints([0, 1, -1, 100, -128, 127], 'int8');
  const y = ints([5, -7, 3, 12, -1, 2], 'int8');
  secretly(
    (a, b) => [np.bitwiseAnd(a, b), np.bitwiseOr(a, b), np.bitwiseXor(a, b), np.bitwiseNot(a)],
    [x, y],
  );
  secretly((a: BaseArray) => [np.leftShift(a, 3), np.rightShift(a, 2), np.bitwiseCount(a)], [x]);
  secretly(
    (a, b) => [np.gcd(a, b), np.lcm(a, b)],
    [ints([48, 17, 0, -60], 'int16'), ints([36, 5, 7, 42], 'int16')],
    { parties: [2] },
  );
});

test.run();
