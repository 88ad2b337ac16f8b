/**
 * Integers of every dtype on secrets are exact: arithmetic that wraps, comparisons over the whole range, bits, shifts, division
 * and remainder with NumPy's signs, against BigInt at all pairs of edges and at random numbers.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stream } from '../../bench/lib/inputs.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const test = suite('integers');

type Op = (x: bigint, y: bigint) => bigint | undefined;
const flag = (b: boolean): bigint => (b ? 1n : 0n);
const floored: Op = (x, y) => {
  if (y === 0n) return 0n;
  const q = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? q - 1n : q;
};

const OPS: Readonly<Record<string, Op>> = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  maximum: (x, y) => (x > y ? x : y),
  minimum: (x, y) => (x < y ? x : y),
  floorDivide: floored,
  // NumPy has no remainder by 0.
  remainder: (x, y) => (y === 0n ? undefined : x - floored(x, y)! * y),
  bitwiseAnd: (x, y) => x & y,
  bitwiseOr: (x, y) => x | y,
  bitwiseXor: (x, y) => x ^ y,
  less: (x, y) => flag(x < y),
  lessEqual: (x, y) => flag(x <= y),
  equal: (x, y) => flag(x === y),
  notEqual: (x, y) => flag(x !== y),
  bitwiseNot: (x) => ~x,
  abs: (x) => (x < 0n ? -x : x),
  negative: (x) => -x,
  sign: (x) => flag(x > 0n) - flag(x < 0n),
};
const UNARY = new Set(['bitwiseNot', 'abs', 'negative', 'sign']);
const BOOLS = new Set(['less', 'lessEqual', 'equal', 'notEqual']);
const SHIFTS: Readonly<Record<string, Op>> = { leftShift: (x, n) => x << n, rightShift: (x, n) => x >> n };

for (const dtype of ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const)
  test(dtype, () => {
    const bits = Number(dtype.replace(/\D/g, ''));
    const signed = dtype.startsWith('i');
    const wrap = (x: bigint): bigint => (signed ? BigInt.asIntN(bits, x) : BigInt.asUintN(bits, x));
    const lo = signed ? -(1n << BigInt(bits - 1)) : 0n;
    const hi = lo + (1n << BigInt(bits)) - 1n;
    const next = stream(bits + Number(signed));
    const random = (): bigint => {
      const word = (): bigint => BigInt(Math.floor(next() * 2 ** 32));
      // Numbers of every size.
      return wrap(((word() << 32n) | word()) >> BigInt(Math.floor(next() * 64)));
    };
    const edges = [lo, lo + 1n, hi, hi - 1n, 0n, 1n, wrap(-1n), 2n, wrap(1n << BigInt(bits - 2)), random()];
    const xs = [...edges.flatMap((x) => edges.map(() => x)), ...Array.from({ length: 60 }, random)];
    const ys = [...edges.flatMap(() => edges), ...Array.from({ length: 60 }, random)];
    const array = (values: readonly bigint[]): NDArray => np.array(values as never, dtype) as NDArray;
    for (const [field, parties] of [
      ['FM128', 2],
      ['FM128', 3],
      ['FM64', 2],
    ] as const) {
      const run = (fn: (x: BaseArray, y: BaseArray) => BaseArray, y: readonly bigint[]): bigint[] => {
        const options = { ring, field: FIELDS[field], parties };
        const { results } = simulate(fn as never, [array(xs), array(y)], options);
        return Array.from(results[0]!.data as Int32Array, (v) => BigInt(v));
      };
      const check = (name: string, op: Op, y: readonly bigint[], got: readonly bigint[]): void => {
        for (const [i, x] of xs.entries()) {
          const exact = op(x, y[i]!);
          const want = exact === undefined || BOOLS.has(name) ? exact : wrap(exact);
          if (want !== undefined)
            assert.is(got[i], want, `${field}, ${parties} parties: ${name}(${x}, ${y[i]})`);
        }
      };
      const functions = np as unknown as Readonly<Record<string, (x: BaseArray, y?: BaseArray) => BaseArray>>;
      for (const [name, op] of Object.entries(OPS))
        check(
          name,
          op,
          ys,
          run((x, y) => (UNARY.has(name) ? functions[name]!(x) : functions[name]!(x, y)), ys),
        );
      const by = xs.map((_, i) => BigInt(i % bits));
      for (const [name, op] of Object.entries(SHIFTS)) {
        check(
          name,
          op,
          by,
          run((x, n) => functions[name]!(x, n), by),
        );
        check(
          name,
          op,
          by,
          run((x) => functions[name]!(x, array(by)), by),
        );
      }
    }
  });

test('what FM32 cannot hold of 64 bits is an error: inputs, constants, bounds, and dtypes that hold more', () => {
  const long = (...values: bigint[]): NDArray => np.array(values, 'int64') as NDArray;
  const run = (fn: (...x: BaseArray[]) => unknown, ...given: NDArray[]): (number | bigint)[] =>
    Array.from(
      simulate(fn as never, given, { ring, field: FIELDS.FM32, parties: 2 }).results[0]!.data as Int32Array,
    );
  const refused = (fn: (...x: BaseArray[]) => unknown, ...given: NDArray[]): void =>
    assert.throws(
      () => run(fn, ...given),
      (e: { code?: string; message: string }) => e.code === 'RANGE' && e.message.includes('FM32'),
    );
  refused((x) => np.add(x!, 1), long(2n ** 40n));
  refused((x) => np.max(x!), np.array([2n ** 63n, 1n], 'uint64') as NDArray);
  for (const fn of [np.less, np.maximum, np.add, np.floorDivide, np.bitwiseAnd])
    refused((x) => fn(x!, 2 ** 40), long(1n, -1n));
  assert.equal(
    run((x) => np.equal(x!, 2 ** 40), long(1n, -1n)),
    [0, 0],
  );
  refused((x) => np.astype(x!, 'int64'), np.array([4e9], 'uint32') as NDArray);
  refused((x, y) => np.less(x!, y!), np.array([4e9], 'uint32') as NDArray, np.array([-1], 'int8') as NDArray);
  assert.equal(
    run((x) => np.max(x!), long(-5n, 2n ** 31n - 1n)),
    [2n ** 31n - 1n],
  );
  assert.equal(
    run((x) => np.less(x!, 3e9), np.array([4e9, 5], 'uint32') as NDArray),
    [0, 1],
  );
  assert.equal(
    run((x) => np.clip(x!, -(2 ** 40), 2 ** 40), long(-7n)),
    [-7n],
  );
});

test.run();
