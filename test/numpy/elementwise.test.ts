/** @file Arithmetic, comparisons and choice, against plain JavaScript; promotion and broadcasting. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../src/ir/ops/evaluate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throwsBoth, value } from './both.ts';

const reals = [-3.5, -1, -0.25, 0, 0.5, 1, 2.75, 8];
const positive = [0.125, 0.5, 1, 2, 9.5, 100];
const close = (a: number, b: number): boolean => Math.abs(a - b) <= 2 ** -51 * Math.abs(b);

const UNARY: readonly (readonly [
  string,
  (x: BaseArray) => BaseArray,
  (x: number) => number,
  readonly number[],
])[] = [
  ['negative', np.negative, (x) => -x, reals],
  ['abs', np.abs, Math.abs, reals],
  ['sign', np.sign, Math.sign, reals],
  ['square', np.square, (x) => x * x, reals],
  ['floor', np.floor, Math.floor, reals],
  ['ceil', np.ceil, Math.ceil, [-1.5, 0.5, 2, 3.25]],
  ['exp', np.exp, Math.exp, reals],
  ['log', np.log, Math.log, positive],
  ['sqrt', np.sqrt, Math.sqrt, positive],
  ['rsqrt', np.rsqrt, (x) => 1 / Math.sqrt(x), positive],
  ['reciprocal', np.reciprocal, (x) => 1 / x, positive],
  ['sigmoid', np.sigmoid, (x) => 1 / (1 + Math.exp(-x)), reals],
  ['tanh', np.tanh, Math.tanh, reals],
  ['sin', np.sin, Math.sin, reals],
  ['cos', np.cos, Math.cos, reals],
];

for (const [name, fn, reference, xs] of UNARY)
  test(`${name} of float64`, () => {
    const got = value(fn, Float64Array.from(xs)) as number[];
    // Engines' own functions differ in last places.
    for (const [i, x] of xs.entries()) assert.ok(close(got[i]!, reference(x)), `${name}(${x}) is ${got[i]}`);
  });

const BINARY: readonly (readonly [
  string,
  (x: BaseArray, y: BaseArray) => BaseArray,
  (x: number, y: number) => number | boolean,
])[] = [
  ['add', np.add, (x, y) => x + y],
  ['subtract', np.subtract, (x, y) => x - y],
  ['multiply', np.multiply, (x, y) => x * y],
  ['divide', np.divide, (x, y) => x / y],
  ['maximum', np.maximum, Math.max],
  ['minimum', np.minimum, Math.min],
  ['less', np.less, (x, y) => x < y],
  ['lessEqual', np.lessEqual, (x, y) => x <= y],
  ['greater', np.greater, (x, y) => x > y],
  ['greaterEqual', np.greaterEqual, (x, y) => x >= y],
  ['equal', np.equal, (x, y) => x === y],
  ['notEqual', np.notEqual, (x, y) => x !== y],
];

const shapes = fc.constantFrom<readonly [number[], number[], number[]]>(
  [[], [], []],
  [[3], [], [3]],
  [[2, 3], [3], [2, 3]],
  [
    [2, 1],
    [1, 4],
    [2, 4],
  ],
  [
    [4, 1, 3],
    [2, 1],
    [4, 2, 3],
  ],
  [[0, 3], [3], [0, 3]],
);

/** Element `flat` of an array of shape `from` seen as one of shape `to`. */
const spreadIndex = (flat: number, from: readonly number[], to: readonly number[]): number => {
  let [rest, at, step] = [flat, 0, 1];
  for (let i = to.length - 1; i >= 0; i--) {
    const n = from[i - to.length + from.length] ?? 1;
    at += n === 1 ? 0 : (rest % to[i]!) * step;
    rest = Math.floor(rest / to[i]!);
    step *= n;
  }
  return at;
};

const product = (s: readonly number[]): number => s.reduce((a, b) => a * b, 1);

for (const [name, fn, reference] of BINARY)
  test(`${name} broadcasts and agrees with JavaScript`, () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.integer({ min: -40, max: 40 })), ([sx, sy, out], stream) => {
        const draw = (s: readonly number[]) =>
          Float64Array.from({ length: product(s) }, () => stream.next().value / 8);
        const [x, y] = [new NDArray(sx, 'fxp', draw(sx)), new NDArray(sy, 'fxp', draw(sy))];
        const got = both(fn as never, x, y)[0]!;
        assert.equal(got.shape, out);
        const want = Array.from({ length: product(out) }, (_, i) =>
          Number(
            reference(x.data[spreadIndex(i, sx, out)] as number, y.data[spreadIndex(i, sy, out)] as number),
          ),
        );
        assert.equal([...(got.data as Float64Array)], want);
      }),
      { numRuns: 20 },
    );
  });

test('integers wrap as NumPy does', () => {
  assert.equal(
    value((x) => np.add(x, 1), Int8Array.of(127, -128)),
    [-128, -127],
  );
  assert.equal(
    value((x, y) => np.multiply(x, y), Int32Array.of(123456789), Int32Array.of(987654321)),
    [-67153019],
  );
  assert.equal(
    value((x) => np.negative(x), Uint16Array.of(1)),
    [65535],
  );
  const big = both((x) => np.multiply(x, 3), BigInt64Array.of(2n ** 62n))[0]!;
  assert.is(big.data[0], BigInt.asIntN(64, 3n * 2n ** 62n));
});

test('promotion: bool < integers < float64, numbers are weak', () => {
  const dtype = (fn: (...xs: BaseArray[]) => BaseArray, ...xs: NDArray[]) => both(fn, ...xs)[0]!.dtype;
  const of = (d: string) => NDArray.from([1, 1], d);
  assert.is(
    dtype((x, y) => np.add(x, y), of('int8'), of('int32')),
    'int32',
  );
  assert.is(
    dtype((x, y) => np.add(x, y), of('int8'), of('uint8')),
    'int16',
  );
  assert.is(
    dtype((x, y) => np.add(x, y), of('uint64'), of('int8')),
    'fxp',
  );
  assert.is(
    dtype((x, y) => np.add(x, y), of('bool'), of('uint8')),
    'uint8',
  );
  assert.is(
    dtype((x, y) => np.add(x, y), of('float64'), of('int64')),
    'fxp',
  );
  assert.is(
    dtype((x) => np.add(x, 2), of('int16')),
    'int16',
  );
  assert.is(
    dtype((x) => np.add(x, 2.5), of('int16')),
    'fxp',
  );
  assert.is(
    dtype((x) => np.add(x, 2), of('bool')),
    'int64',
  );
  assert.is(
    dtype((x) => np.divide(x, 2), of('int16')),
    'fxp',
  );
  assert.is(
    dtype((x) => np.add(x, true), of('int16')),
    'int16',
  );
  throwsBoth((x) => np.add(x, 300), [Uint8Array.of(1)], 'RANGE', '300 is out of bounds for uint8');
});

test('bools add as or, multiply as and, and do not subtract', () => {
  const [x, y] = [
    [true, true, false, false],
    [true, false, true, false],
  ];
  assert.equal(value(np.add, x, y), [true, true, true, false]);
  assert.equal(value(np.multiply, x, y), [true, false, false, false]);
  assert.equal(value(np.less, x, y), [false, false, true, false]);
  assert.equal(value(np.equal, x, y), [true, false, false, true]);
  assert.equal(value(np.logicalXor, x, y), [false, true, true, false]);
  throwsBoth((a, b) => np.subtract(a, b), [x, y], 'DTYPE', 'boolean sub is not supported');
  throwsBoth((a) => np.negative(a), [x], 'DTYPE', 'boolean neg is not supported');
});

test('logic takes numbers as != 0', () => {
  assert.equal(
    value((x) => np.logicalNot(x), [0, 2, -0.5]),
    [true, false, false],
  );
  assert.equal(
    value((x, y) => np.logicalAnd(x, y), [0, 2, 3], [1, 1, 0]),
    [false, true, false],
  );
  assert.equal(
    value((x, y) => np.logicalOr(x, y), [0, 2, 0], [1, 1, 0]),
    [true, true, false],
  );
});

test('where and clip', () => {
  assert.equal(
    value((c, x) => np.where(c, x, 0), [[true], [false]], [1, 2]),
    [
      [1, 2],
      [0, 0],
    ],
  );
  assert.equal(
    value((x) => np.where(x.greater(1), x, x.neg()), [0, 1, 2]),
    [-0, -1, 2],
  );
  assert.equal(
    value((x) => np.clip(x, -1, 1), [-2, 0.5, 3]),
    [-1, 0.5, 1],
  );
  assert.equal(
    value((x) => np.clip(x, null, 1), [-2, 0.5, 3]),
    [-2, 0.5, 1],
  );
  assert.equal(
    value((x) => x.clip(0), [-2, 0.5, 3]),
    [0, 0.5, 3],
  );
});

test('power', () => {
  const close = (got: unknown, want: readonly number[]): void =>
    (got as number[]).forEach((g, i) => {
      assert.ok(Math.abs(g - want[i]!) <= 1e-12 * Math.abs(want[i]!), `${g} is not ${want[i]}`);
    });
  const x = np.array([-2, 0.5, 3]) as NDArray;
  for (const n of [0, 1, 2, 3, 7, -1, -2]) {
    const { data } = runTraced((a) => np.power(a, n), x);
    close(
      [...data],
      [-2, 0.5, 3].map((v) => v ** n),
    );
  }
  close([...runTraced((a) => np.power(a, 0.5), np.array([4, 9]) as NDArray).data], [2, 3]);
  close([...runTraced((a) => np.power(a, -0.5), np.array([4, 16]) as NDArray).data], [0.5, 0.25]);
  assert.equal(
    value((a, b) => np.power(a, b), [2, 3], [3, 2.5]),
    [8, 3 ** 2.5],
  );
  assert.equal(
    value((a) => np.power(a, 3), Int32Array.of(-3, 2000)),
    [-27, (2000 ** 3) | 0],
  );
  assert.throws(() => np.power(np.array([2], 'int64'), np.array([-1], 'int64')), /negative integer powers/);
});

const runTraced = (fn: (x: BaseArray) => BaseArray, x: NDArray) => {
  const { graph } = trace(fn as never, [{ shape: x.shape, dtype: x.dtype, secret: true }]);
  return { graph, data: run(graph, [x])[0]!.data as Float64Array };
};

test('erf', () => {
  const table = [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4, 0.9993114861033549],
    [3, 0.9999779095030014],
    [-1.5, -0.9661051464753108],
    [7, 1],
  ] as const;
  const got = both(
    np.erf,
    table.map(([x]) => x),
  )[0]!.data as Float64Array;
  table.forEach(([, want], i) => {
    assert.ok(Math.abs(got[i]! - want) < 1e-14, `${got[i]} ${want}`);
  });
});

test('astype', () => {
  assert.equal(
    value((x) => np.astype(x, 'int8'), [1.9, -1.9, 300]),
    [1, -1, 44],
  );
  assert.equal(
    value((x) => x.astype('bool'), [0, 0.5]),
    [false, true],
  );
  assert.equal(
    value((x) => x.astype('float64'), [true, false]),
    [1, 0],
  );
  throwsBoth((x) => x.astype('int7'), [[1]], 'DTYPE', 'unknown dtype "int7": use bool, int8');
});

test('shapes that do not broadcast', () => {
  const text = 'operands could not be broadcast together with shapes (2,3) (4,)';
  throwsBoth(
    (x, y) => np.add(x, y),
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [1, 2, 3, 4],
    ],
    'SHAPE',
    text,
  );
  throwsBoth(
    (x, y) => np.where(true, x, y),
    [
      [1, 2],
      [1, 2, 3],
    ],
    'SHAPE',
    'could not be broadcast together',
  );
});

test.run();
