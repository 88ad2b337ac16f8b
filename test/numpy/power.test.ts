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

test('negative exponents: accurate where powers are small, 0 where nothing is left, saturated beyond the range', () => {
  const x = [0.043, -0.043, -3.5, 100, -1e6, 1e9, -2];
  for (const n of [-2, -3, -7]) {
    const relative = (field: FieldName, fn: (...a: BaseArray[]) => BaseArray, more: NDArray[]): void => {
      const given = [np.array(x) as NDArray, ...more];
      const { results } = simulate(fn as never, given, { ring, field: FIELDS[field], parties: 2 });
      const goal = field === 'FM128' ? 2 ** -21 : 2 ** -13;
      const most = field === 'FM128' ? 2 ** 74 : 2 ** 43;
      x.forEach((v, i) => {
        const want = Math.sign(v ** n) * Math.min(most, Math.abs(v) ** n);
        const bound = Math.abs(want) * (2 - n + Math.abs(Math.log(Math.abs(v)))) * goal;
        const off = Math.abs(Number(results[0]!.data[i]) - want);
        assert.ok(off <= bound + 2 * 2 ** -FIELDS[field].fraction, `${field} ${v} ** ${n}: off by ${off}`);
      });
    };
    for (const field of ['FM128', 'FM64'] as const) {
      relative(field, (a) => np.power(a!, n), []);
      relative(field, (a) => np.power(a!, np.array([n])), []);
      relative(field, (a, e) => np.power(a!, e!), [np.array(n, 'int8') as NDArray]);
      relative(field, (a, e) => np.power(a!, e!), [np.array(n) as NDArray]);
    }
  }
  // Of 0 and beyond: the largest number of exp, with the sign; secret exponents that are whole but for a unit keep the sign.
  const { results } = simulate(
    ((a: BaseArray, e: BaseArray) => [np.power(a, -9), np.power(a, np.subtract(e, 2 ** -26))]) as never,
    [np.array([0, 1e-9, -1e-3, -2]) as NDArray, np.array([1, 1, 3, 3]) as NDArray],
    { ring, field: FIELDS.FM128, parties: 2 },
  );
  const [far, near] = results.map((r) => Array.from(r!.data, Number)) as [number[], number[]];
  assert.ok(far.slice(0, 2).every((v) => Math.abs(v - 2 ** 74) < 2 ** 54));
  assert.ok(Math.abs(far[2]! + 2 ** 74) < 2 ** 54);
  assert.ok(Math.abs(near[3]! + 8) < 1e-4, `${near[3]}`);
});

test('secret exponents of an integer dtype, bases of any sign', () => {
  const y = np.array([3, 5, -2, 4, 2, 0], 'int8');
  secretly((x, e) => np.power(x, e), [X, y]);
  secretly((x, e) => np.power(x, e), [X, np.astype(y, 'int64')]);
  secretly((x, e) => np.power(x, e), [X, np.array([3, 5, 2, 4, 2, 0], 'uint16')]);
  secretly((e) => np.power(2, e), [np.array([0, 1, 5, 10], 'int32')]);
  secretly((e) => np.power(np.array([2, -4, 0.5, 1]), e), [np.array([-1, -2, -3, 5], 'int8')]);
  secretly((e) => np.power(np.zeros([0, 1]), e), [np.zeros([0, 1], 'int64')]);
  secretly(
    (x) => np.power(x, np.array([200000], 'int32').mul(np.astype(np.greater(x, 0), 'int32'))),
    [[0.5, 0.75, -3]],
  );
});

test('integers to integers wrap, secret exponents too', () => {
  const base = [-3, 7, 2, 5, -1, 0, 100, -128, 3, -5];
  const exponents = [3, 40, 9, 2, 77, 0, 3, 1, 64, 127];
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

const SMALL: readonly (readonly [x: number, y: number])[] = [
  [0.078125, -3],
  [-0.078125, -5],
  [0.0625, -2],
  [-0.5, -9],
  [3, -4],
  [1000, -9],
  [-1000, -3],
  [0.0078125, -2],
  [1.5, 4],
  [0.25, -1],
  [7, 0],
];

test('negative whole exponents keep their digits, and no range is left', () => {
  const x = SMALL.map(([b]) => b);
  const y = SMALL.map(([, e]) => e);
  const error = { FM128: 2 ** -20, FM64: 2 ** -13, FM32: 2 ** -4 };
  for (const field of ['FM128', 'FM64', 'FM32'] as const satisfies readonly FieldName[])
    for (const costMode of ['bandwidth', 'latency'] as const)
      for (const rangeGuard of [false, true]) {
        const fn = (a: BaseArray, e: BaseArray): BaseArray[] => [
          np.power(a, np.array(y)),
          np.power(a, e),
          np.concatenate(SMALL.map(([, n], i) => np.power(a.slice([i, i + 1]), n))),
        ];
        const { results, left } = simulate(fn as never, [np.array(x), np.array(y, 'int8')] as NDArray[], {
          ring,
          field: FIELDS[field],
          parties: 2,
          costMode,
          rangeGuard,
        });
        const what = `${field} ${costMode} ${rangeGuard}`;
        assert.is(left, undefined, what);
        const unit = 2 ** -FIELDS[field].fraction;
        for (const got of results)
          for (const [i, [b, e]] of SMALL.entries()) {
            const want = b ** e;
            const relative = (2 + Math.abs(e) + Math.abs(Math.log(Math.abs(b)))) * error[field];
            const bound = Math.abs(want) * relative + (1 + Math.abs(e)) * (1 + Math.abs(want)) * unit;
            assert.ok(
              Math.abs(Number(got.data[i]) - want) <= bound,
              `${what}: ${b}^${e} is ${got.data[i]}, not ${want}`,
            );
          }
      }
});

test('relative errors of e^(y log x) do not grow where the fraction is short', () => {
  const pairs = [
    [10, 7],
    [1e3, 2.5],
    [1e9, 1.5],
    [1e6, 0.5],
    [0.109375, -3],
    [5e4, -0.125],
    [1e9, 2],
    [0.015625, -4],
  ] as const;
  const [x, y] = [0, 1].map((i) => np.array(pairs.map((p) => p[i]!)) as NDArray) as [NDArray, NDArray];
  for (const fraction of [8, 12, 16, 20, 26, 32])
    for (const costMode of ['bandwidth', 'latency'] as const) {
      const fn = (a: BaseArray, e: BaseArray): BaseArray[] => [
        np.power(a, e),
        np.power(x, e),
        np.power(a, y),
      ];
      const { results } = simulate(fn as never, [x, y], {
        ring,
        field: FIELDS.FM128,
        parties: 2,
        costMode,
        fraction,
        // At 32 fraction bits 1e18 is near the end of the ring, where the free form is wrong by chance.
        truncAllowMsbError: false,
      });
      for (const got of results)
        for (const [i, [b, e]] of pairs.entries()) {
          const want = b ** e;
          const off = Math.abs(Number(got.data[i]) - want);
          const relative = (2 + Math.abs(e) + Math.abs(Math.log(b))) * 2 ** -21;
          assert.ok(
            off <= want * relative + 1.5 * 2 ** -fraction,
            `${fraction} ${costMode}: ${b} ** ${e}: off by ${off}`,
          );
        }
    }
});

test('a power that one element needs is not taken of the others', () => {
  const { results, left } = simulate(
    ((a: BaseArray) => np.power(a, np.array([1, 40]))) as never,
    [np.array([1e6, 2])] as NDArray[],
    {
      ring,
      field: FIELDS.FM128,
      parties: 2,
      rangeGuard: true,
    },
  );
  assert.is(left, undefined);
  assert.equal(Array.from(results[0]!.data, Number), [1e6, 2 ** 40]);
});

test('integers to public negative powers are refused', () => {
  const e = np.array([1, -1], 'int32');
  for (const y of [e, -1, -70, np.array(-2, 'int32'), np.array([-2], 'int32')])
    throwsBoth((x) => np.power(x, y), [np.array([2, 3], 'int32')], 'RANGE', 'negative');
});

test.run();
