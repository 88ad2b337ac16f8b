/** Powers: public exponents of each element its own, secret whole ones, and integers, which wrap. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { throwsBoth } from './both.ts';
import { secretly } from './secretly.ts';

const X = [-1.5, 0.5, 2, -0.25, 0, 1.25];

test('public exponents, each element its own, bases of any sign', () => {
  secretly((x) => [np.power(x, np.array([2, 1, 0, 3, 5, 4])), np.power(x, np.array([[2], [3], [0]]))], [X]);
  secretly((x) => np.power(x, np.array([-2, 1, -1, 3, 2, -4])), [[-1.5, 0.5, 2, -0.25, 0, 1.25]]);
  secretly((x) => np.power(x, np.array([2, 0.5, -0.5, 1.5, 0.25, 7])), [[1.5, 0.5, 2, 3.25, 4, 1.25]]);
  secretly((x) => [np.power(x, 65), np.power(x, 66), np.power(x, -67)], [[-1.0625, 1.125, -0.9375]], {
    FM128: 2 ** -12,
    FM64: 2 ** -4,
  });
});

test('secret exponents of an integer dtype, bases of any sign', () => {
  const y = np.array([3, 5, -2, 4, 2, 0], 'int8');
  secretly((x, e) => np.power(x, e), [X, y]);
  secretly((x, e) => np.power(x, e), [X, np.astype(y, 'int64')]);
  secretly((x, e) => np.power(x, e), [X, np.array([3, 5, 2, 4, 2, 0], 'uint16')]);
  secretly((e) => np.power(2, e), [np.array([0, 1, 5, 10], 'int32')]);
  secretly(
    (x) => np.power(x, np.array([200000], 'int32').mul(np.astype(np.greater(x, 0), 'int32'))),
    [[0.5, 0.75, -3]],
  );
});

test('integers to integers wrap, secret exponents too', () => {
  const base = [-3, 7, 2, 5, -1, 0, 100, -128];
  const exponents = [3, 40, 9, 2, 77, 0, 3, 1];
  for (const field of ['FM128', 'FM64', 'FM32'] as const satisfies readonly FieldName[]) {
    for (const dtype of ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint32'] as const) {
      if (field === 'FM32' && dtype === 'int64') continue;
      const signed = dtype.startsWith('int');
      const x = np.array(signed ? base : base.map(Math.abs), dtype) as NDArray;
      for (const public_ of [true, false]) {
        const e = np.array(exponents, signed ? 'int8' : 'uint8') as NDArray;
        const given = public_ ? [x] : [x, e];
        const fn = (a: BaseArray, b?: BaseArray): BaseArray => np.power(a, b ?? e);
        const { results } = simulate(fn as never, given, { ring, field: FIELDS[field], parties: 2 });
        const bits = Number(/\d+/.exec(dtype)![0]);
        const want = Array.from(x.data as Int32Array, (v, i) => {
          const power = BigInt(v) ** BigInt(exponents[i]!);
          return signed ? BigInt.asIntN(bits, power) : BigInt.asUintN(bits, power);
        });
        assert.equal(
          Array.from(results[0]!.data as Int32Array, BigInt),
          want,
          `${field} ${dtype} ${public_}`,
        );
      }
    }
  }
  const none = np.array([-1, -5], 'int8') as NDArray;
  const { results } = simulate(((e: BaseArray) => np.power(3, e)) as never, [none], {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  assert.equal(Array.from(results[0]!.data, Number), [0, 0]);
});

test('integers to public negative powers are refused', () => {
  const e = np.array([1, -1], 'int32');
  throwsBoth((x) => np.power(x, e), [np.array([2, 3], 'int32')], 'RANGE', 'negative');
});

test.run();
