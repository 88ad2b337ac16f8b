/** @file Composed functions: against Math in the clear, and on secrets over the range each names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { random, ring } from '../gates/harness.ts';
import { value } from './both.ts';
import { type Secretly, secretly } from './secretly.ts';

type F1 = (x: BaseArray) => BaseArray;
type F2 = (x: BaseArray, y: BaseArray) => BaseArray;

const grid = (lo: number, hi: number, n = 21): number[] =>
  Array.from({ length: n }, (_, i) => lo + ((hi - lo) * i) / (n - 1));

const roundEven = (x: number): number => {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
};
const halves = [-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3, -3, 0.25, -0.75, 7.9, 1e-3, -1e-3];
const around = [-5, -1.25, -1, -0.3, 0, 0.3, 1, 1.25, 5, 100];

/** name, function, reference, inputs, error on secrets. */
const UNARY: readonly (readonly [string, F1, (x: number) => number, readonly number[], Secretly?])[] = [
  ['log1p', np.log1p, Math.log1p, [-0.9, -0.5, 0, 0.01, 1, 50]],
  ['expm1', np.expm1, Math.expm1, grid(-4, 4)],
  ['log2', np.log2, Math.log2, [0.125, 0.5, 1, 3, 100]],
  ['log10', np.log10, Math.log10, [0.125, 0.5, 1, 3, 100]],
  ['exp2', np.exp2, (x) => 2 ** x, grid(-6, 6)],
  ['cbrt', np.cbrt, Math.cbrt, [-27, -8, -1, -0.125, 0, 0.125, 2, 64, 500]],
  ['tan', np.tan, Math.tan, grid(-1.2, 1.2)],
  ['sinh', np.sinh, Math.sinh, grid(-4, 4)],
  ['cosh', np.cosh, Math.cosh, grid(-4, 4)],
  ['arcsinh', np.arcsinh, Math.asinh, around],
  ['arccosh', np.arccosh, Math.acosh, [1, 1.001, 1.5, 2, 10, 100]],
  ['arctanh', np.arctanh, Math.atanh, grid(-0.9, 0.9)],
  ['arctan', np.arctan, Math.atan, [...around, -1000, 1000]],
  ['arcsin', np.arcsin, Math.asin, [...grid(-1, 1), 0.999, -0.999]],
  ['arccos', np.arccos, Math.acos, [...grid(-1, 1), 0.999, -0.999]],
  [
    'sinc',
    np.sinc,
    (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
    [...grid(-3, 3), 0.01, -0.01],
  ],
  [
    'i0',
    np.i0,
    (x) =>
      Array.from({ length: 80 }, (_, k) => k).reduceRight(
        (sum, k) => 1 + (sum * x * x) / 4 / (k + 1) ** 2,
        1,
      ),
    [...grid(-9, 9), 3.99, 4, -4.01],
    { FM64: 2 ** -9 },
  ],
  ['deg2rad', np.deg2rad, (x) => (x * Math.PI) / 180, grid(-360, 360)],
  ['rad2deg', np.rad2deg, (x) => (x * 180) / Math.PI, grid(-6, 6)],
  ['trunc', np.trunc, Math.trunc, halves, { FM128: 0, FM64: 0 }],
  ['fix', np.fix, Math.trunc, halves, { FM128: 0, FM64: 0 }],
  ['rint', np.rint, roundEven, halves, { FM128: 0, FM64: 0 }],
  ['round', (x) => np.round(x, 1), (x) => roundEven(x * 10) / 10, [-1.26, 0.04, 0.31, 2.77]],
  ['fabs', np.fabs, Math.abs, around],
  ['positive', np.positive, (x) => x, around],
];

for (const [name, fn, reference, xs, options] of UNARY)
  test(`${name}`, () => {
    const got = value(fn, Float64Array.from(xs)) as number[];
    for (const [i, x] of xs.entries()) {
      const want = reference(x);
      assert.ok(
        Math.abs(got[i]! - want) <= (name === 'i0' ? 2e-7 : 2e-8) * Math.max(1, Math.abs(want)),
        `${name}(${x}) = ${got[i]}, not ${want}`,
      );
    }
    secretly(fn, [Float64Array.from(xs)], options);
  });

const floorMod = (x: number, y: number): number => x - y * Math.floor(x / y);
const PAIRS: readonly (readonly [number, number])[] = [
  [7.5, 2],
  [-7.5, 2],
  [7.5, -2],
  [-7.5, -2],
  [6, 3],
  [-6, 3],
  [6, -3],
  [0, 1.5],
  [0.25, 0.75],
  [100, 7],
  [99.75, 0.25],
];
const NEAR: readonly (readonly [number, number])[] = [
  [1, 2],
  [-3, 0.5],
  [0, 0],
  [2, -2],
  [-1, -4],
  [0, 3],
  [-2, 0],
  [0, -1],
  [0.25, 0.125],
];

const BINARY: readonly (readonly [
  string,
  F2,
  (x: number, y: number) => number,
  readonly (readonly [number, number])[],
  Secretly?,
])[] = [
  ['hypot', np.hypot, Math.hypot, NEAR],
  ['arctan2', np.arctan2, (y, x) => (x === 0 && y === 0 ? 0 : Math.atan2(y, x)), NEAR],
  ['logaddexp', np.logaddexp, (x, y) => Math.log(Math.exp(x) + Math.exp(y)), NEAR],
  ['logaddexp2', np.logaddexp2, (x, y) => Math.log2(2 ** x + 2 ** y), NEAR],
  ['copysign', np.copysign, (x, y) => (y < 0 ? -Math.abs(x) : Math.abs(x)), NEAR],
  ['heaviside', np.heaviside, (x, y) => (x < 0 ? 0 : x > 0 ? 1 : y), NEAR],
  ['floatPower', (x, y) => np.floatPower(x.abs().add(0.5), y), (x, y) => (Math.abs(x) + 0.5) ** y, NEAR],
  ['ldexp', np.ldexp, (x, y) => x * 2 ** y, NEAR],
  ['remainder', np.remainder, floorMod, PAIRS, { FM128: 0, FM64: 0 }],
  ['mod', np.mod, floorMod, PAIRS, { FM128: 0, FM64: 0 }],
  ['floorDivide', np.floorDivide, (x, y) => Math.floor(x / y), PAIRS, { FM128: 0, FM64: 0 }],
  ['fmod', np.fmod, (x, y) => x % y, PAIRS, { FM128: 0, FM64: 0 }],
  ['fmax', np.fmax, Math.max, NEAR],
  ['fmin', np.fmin, Math.min, NEAR],
];

for (const [name, fn, reference, pairs, options] of BINARY)
  test(`${name}`, () => {
    const xs = Float64Array.from(pairs, ([x]) => x);
    const ys = Float64Array.from(pairs, ([, y]) => y);
    const got = value(fn, xs, ys) as number[];
    for (const [i, [x, y]] of pairs.entries()) {
      const want = reference(x, y);
      assert.ok(
        Math.abs(got[i]! - want) <= (name === 'i0' ? 2e-7 : 2e-8) * Math.max(1, Math.abs(want)),
        `${name}(${x}, ${y}) = ${got[i]}, not ${want}`,
      );
    }
    secretly(fn, [xs, ys], options);
  });

test('whole quotients by public numbers of any size, and what they leave, are exact', () => {
  const sizes = {
    FM128: [1e3, 1e9, 1e15, 2 ** 53 + 2, 1e18, 1e20],
    FM64: [1e3, 1e9, 5e12],
    FM32: [1e3, 1e6],
  };
  const one = 2n ** 60n;
  const exactly = (x: number): bigint => BigInt(x * 2 ** 30) * 2n ** 30n;
  for (const [field, list] of Object.entries(sizes))
    for (const y of [3, 7, -13, 86400, 1e9, 2 ** -4, -0.375]) {
      const { bits, fraction } = FIELDS[field as 'FM64'];
      const xs = list
        .flatMap((x) => [x, -x, x + 0.5])
        .filter((x) => Math.abs(x / y) < 2 ** (bits - 2 - fraction));
      if (y > 1e6 && field === 'FM32') continue;
      const { results } = simulate(((x: BaseArray) => np.divmod(x, y)) as never, [np.array(xs) as NDArray], {
        ring,
        field: FIELDS[field as 'FM64'],
        parties: 2,
      });
      for (const [i, x] of xs.entries()) {
        const [a, b] = [exactly(x), exactly(y)];
        const quotient = a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
        const got = results.map(({ data }) => Number(data[i]));
        const want = [Number(quotient), Number(a - quotient * b) / Number(one)];
        assert.equal(got, want, `${field}: ${x} by ${y}`);
      }
    }
});

/** A number of `bits` fraction bits, of any size up to 2^log. */
const logarithmic = (next: () => number, low: number, high: number, bits: number): number => {
  const size = Math.max(1, Math.round(2 ** (low + next() * (high - low) + bits)));
  return ((next() < 0.5 ? -1 : 1) * size) / 2 ** bits;
};

for (const [name, most] of [
  ['FM128', 48],
  ['FM64', 40],
  ['FM32', 18],
] as const)
  test(`${name}: whole quotients of secrets of up to ${most} bits, and what they leave, are exact`, () => {
    const { fraction } = FIELDS[name];
    const next = random(71);
    const pairs: [number, number][] = [];
    while (pairs.length < 300) {
      const y = logarithmic(next, -fraction, 10, fraction);
      const quotient = 2 ** (next() * most);
      // A quarter are divided without a rest.
      const x = pairs.length % 4 === 0 ? Math.round(quotient) * y : quotient * y;
      const raw = Math.round(x * 2 ** fraction);
      if (Math.abs(raw) < 2 ** Math.min(52, FIELDS[name].bits - 4))
        pairs.push([(next() < 0.5 ? -raw : raw) / 2 ** fraction, y]);
    }
    const [xs, ys] = [0, 1].map((i) => Float64Array.from(pairs, (pair) => pair[i]!));
    const fn: F2 = (x, y) => np.stack([...np.divmod(x, y), np.fmod(x, y)]);
    const want = fn(np.array(xs!), np.array(ys!)) as NDArray;
    for (const [i, [x, y]] of pairs.entries()) {
      const [a, b] = [BigInt(x * 2 ** fraction), BigInt(y * 2 ** fraction)];
      const q = a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
      assert.equal(
        [0, 1, 2].map((k) => Number(want.data[k * pairs.length + i]) + 0),
        [Number(q), Number(a - q * b) / 2 ** fraction, Number(a % b) / 2 ** fraction].map((v) => v + 0),
        `${x}, ${y}`,
      );
    }
    for (const parties of [2, 3]) {
      const inputs = [xs!, ys!].map((v) => NDArray.from(v));
      const { results } = simulate(fn as never, inputs, { ring, field: FIELDS[name], parties });
      for (let i = 0; i < want.data.length; i++)
        assert.is(Number(results[0]!.data[i]) + 0, Number(want.data[i]) + 0, `${parties} parties, ${i}`);
    }
  });

test('a quotient beyond the largest, and by 0, saturates with its sign, and leaves 0', () => {
  const xs = [5, 0, -5, 1e12, -1e12];
  const ys = [0, 0, 0, 2 ** -18, 2 ** -18];
  const { results } = simulate(
    ((x: BaseArray, y: BaseArray) => np.divmod(x, y)) as never,
    [xs, ys].map((v) => NDArray.from(v)),
    {
      ring,
      field: FIELDS.FM64,
      parties: 2,
    },
  );
  const top = 2 ** 44;
  assert.equal(
    results.map((r) => Array.from(r.data, Number)),
    [
      [top, top, -top, top, -top],
      [0, 0, 0, 0, 0],
    ],
  );
});

test('modf, divmod, integers', () => {
  const [fraction, whole] = np.modf([-1.75, 2.5]);
  assert.equal(
    [fraction.toArray(), whole.toArray()],
    [
      [-0.75, 0.5],
      [-1, 2],
    ],
  );
  const ints = (list: number[]) => np.array(list, 'int32');
  const [q, r] = np.divmod(ints([7, -7, 7, -7]), ints([2, 2, -2, -2]));
  assert.equal([q.toArray(), r.toArray(), q.dtype], [[3, -4, -4, 3], [1, 1, -1, -1], 'int32']);
  secretly((x) => np.modf(x), [[-1.75, 2.5, -3]], { FM128: 0, FM64: 0 });
  secretly((x, y) => np.divmod(x, y), [ints([7, -7, 7, -7, 6, 100]), ints([2, 2, -2, -2, 3, 7])]);
});

test('isclose, signbit and what is always finite', () => {
  const near = (x: BaseArray, y: BaseArray): BaseArray => np.isclose(x, y, 1e-3, 1e-3);
  assert.equal(value(near, [1, 100, 0], [1.0005, 100.05, 0.01]), [true, true, false]);
  secretly(near, [
    [1, 100, 0],
    [1.0005, 100.05, 0.01],
  ]);
  assert.equal(
    value((x) => np.signbit(x), [-1, 0, 2]),
    [true, false, false],
  );
  assert.equal(
    value((x) => [np.isfinite(x), np.isnan(x)][1]!, [1, 2]),
    [false, false],
  );
  assert.equal(np.isnan([Number.NaN, 1, Number.POSITIVE_INFINITY]).toArray(), [true, false, false]);
  assert.equal(np.isinf([Number.NaN, 1, Number.NEGATIVE_INFINITY]).toArray(), [false, false, true]);
  assert.equal(np.isneginf([1, Number.NEGATIVE_INFINITY]).toArray(), [false, true]);
  assert.equal(np.isposinf([1, Number.NEGATIVE_INFINITY]).toArray(), [false, false]);
  assert.equal([np.isreal([1]).toArray(), np.iscomplex([1]).toArray()], [[true], [false]]);
});

test('polynomials', () => {
  const p = [2, -1, 0.5, 3];
  assert.equal(
    value((x) => np.polyval(p, x), [0, 1, -2]),
    [3, 4.5, -18],
  );
  assert.equal(np.polyval([], [1, 2]).toArray(), [0, 0]);
  assert.equal(np.polyval([7], [1, 2]).toArray(), [7, 7]);
  assert.equal(np.polyadd([1, 2, 3], [1]).toArray(), [1, 2, 4]);
  assert.equal(np.polysub([1], [1, 2]).toArray(), [-1, -1]);
  assert.equal(np.polymul([1, 2], [1, -1, 3]).toArray(), [1, 1, 1, 6]);
  assert.equal(np.polyder([1, 2, 3], 1).toArray(), [2, 2]);
  assert.equal(np.polyint([6, 2]).toArray(), [3, 2, 0]);
  for (const mode of ['full', 'same', 'valid'] as const) {
    const a = [1, 2, 3, 4, 5];
    const v = [1, 0, -2, 0.5];
    const full = Array.from({ length: 8 }, (_, i) => a.reduce((s, x, j) => s + x * (v[i - j] ?? 0), 0));
    const want = { full, same: full.slice(1, 6), valid: full.slice(3, 5) }[mode];
    assert.equal(np.convolve(a, v, mode).toArray(), want, mode);
  }
  secretly((c, x) => [np.polyval(c, x), np.polymul(c, x), np.polyder(c), np.polyint(c)], [p, [0.5, 1, -2]]);
});

test('nextafter and epsilon: a unit in the last place, of float64 and of each field', () => {
  const [x, y] = [Float64Array.of(1, 1, 0, -2, 5), Float64Array.of(2, -1, -1, -3, 5)];
  const next = value((a, b) => np.nextafter(a, b), x, y) as number[];
  assert.equal(next, [1 + 2 ** -52, 1 - 2 ** -53, -Number.MIN_VALUE, -2 - 2 ** -51, 5]);
  assert.ok(Number.isNaN(np.nextafter(Number.NaN, 1).toArray()));
  for (const field of ['FM128', 'FM64'] as const)
    for (const parties of [2, 3]) {
      const unit = 2 ** -FIELDS[field].fraction;
      const { results } = simulate(
        ((a: BaseArray, b: BaseArray) => [
          np.nextafter(a, b),
          np.multiply(np.epsilon(), 4),
          np.add(a, np.epsilon()),
        ]) as never,
        [NDArray.from(x), NDArray.from(y)],
        { ring, field: FIELDS[field], parties },
      );
      const steps = [1, -1, -1, -1, 0];
      assert.equal(
        results[0]!.toArray(),
        steps.map((s, i) => x[i]! + s * unit),
      );
      assert.is(results[1]!.item(), 4 * unit);
      assert.equal(
        results[2]!.toArray(),
        Array.from(x, (v) => v + unit),
      );
    }
});

test.run();
