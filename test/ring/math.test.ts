/** @file src/ring/math: how close its functions are, what they make of special numbers, and exact cases. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as math from '../../src/ring/math/index.ts';
import { scaled } from '../long.ts';
import { argumentsOf, fnOf } from './math-inputs.ts';
import { errorOf } from './reference.ts';

const test = suite('mathematics');

/** The largest errors in units in the last place. */
const BOUNDS: Readonly<Record<string, number>> = {
  exp: 0.51,
  expm1: 0.51,
  log: 0.51,
  log1p: 0.51,
  log2: 0.51,
  log10: 0.51,
  pow: 0.52,
  sin: 0.75,
  cos: 0.75,
  tan: 0.75,
  asin: 0.51,
  acos: 0.51,
  atan: 1,
  atan2: 0.51,
  sinh: 0.6,
  cosh: 0.6,
  tanh: 0.6,
  asinh: 0.51,
  acosh: 0.51,
  atanh: 0.51,
  cbrt: 0.51,
  hypot: 0.51,
  erf: 1.5,
  sigmoid: 2,
  softplus: 1.5,
};

for (const [name, bound] of Object.entries(BOUNDS))
  test(`${name}: less than ${bound} units in the last place`, () => {
    let [worst, where] = [0, [Number.NaN]];
    for (const at of argumentsOf(name, scaled(2000, 150))) {
      const error = errorOf(name, at, fnOf(name)(...at));
      if (!(error <= worst)) [worst, where] = [error, at];
    }
    assert.ok(worst < bound, `${name}(${where.join(', ')}): ${worst}`);
  });

const { NaN: nan } = Number;
const inf = Infinity;
const tiny = Number.MIN_VALUE;

/** As in C99, Annex F, which NumPy follows. */
const SPECIAL: readonly (readonly [string, ...(readonly number[])])[] = [
  ...[
    'exp',
    'expm1',
    'log',
    'log1p',
    'log2',
    'log10',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
  ]
    .concat(['tanh', 'asinh', 'acosh', 'atanh', 'cbrt', 'erf', 'sigmoid', 'softplus', 'gelu', 'mish', 'silu'])
    .map((name) => [name, nan, nan] as const),
  ...[
    'expm1',
    'log1p',
    'sin',
    'tan',
    'asin',
    'atan',
    'sinh',
    'tanh',
    'asinh',
    'atanh',
    'cbrt',
    'erf',
  ].flatMap((name) =>
    [0, -0, tiny, -tiny]
      .filter((x) => (name !== 'cbrt' && name !== 'erf' ? true : x === 0))
      .map((x) => [name, x, x] as const),
  ),
  ['exp', inf, inf],
  ['exp', -inf, 0],
  ['exp', 710, inf],
  ['exp', -746, 0],
  ['exp', -745, tiny],
  ['exp', 0, 1],
  ['expm1', inf, inf],
  ['expm1', -inf, -1],
  ['log', 0, -inf],
  ['log', -0, -inf],
  ['log', -1, nan],
  ['log', -inf, nan],
  ['log', inf, inf],
  ['log', 1, 0],
  ['log', tiny, -744.4400719213812],
  ['log1p', -1, -inf],
  ['log1p', -1.5, nan],
  ['log1p', inf, inf],
  ['log2', tiny, -1074],
  ['log2', 0, -inf],
  ['log10', 0, -inf],
  ['sin', inf, nan],
  ['sin', -inf, nan],
  ['cos', inf, nan],
  ['tan', inf, nan],
  ['cos', 0, 1],
  ['asin', 1.5, nan],
  ['asin', 1, Math.PI / 2],
  ['asin', -1, -Math.PI / 2],
  ['acos', 1, 0],
  ['acos', -1, Math.PI],
  ['acos', 0, Math.PI / 2],
  ['acos', -1.5, nan],
  ['atan', inf, Math.PI / 2],
  ['atan', -inf, -Math.PI / 2],
  ['atan2', 0, 1, 0],
  ['atan2', -0, 1, -0],
  ['atan2', 0, -1, Math.PI],
  ['atan2', -0, -1, -Math.PI],
  ['atan2', 0, 0, 0],
  ['atan2', -0, 0, -0],
  ['atan2', 0, -0, Math.PI],
  ['atan2', -0, -0, -Math.PI],
  ['atan2', 1, 0, Math.PI / 2],
  ['atan2', -1, -0, -Math.PI / 2],
  ['atan2', inf, inf, Math.PI / 4],
  ['atan2', inf, -inf, 2.356194490192345],
  ['atan2', -inf, 1, -Math.PI / 2],
  ['atan2', 1, inf, 0],
  ['atan2', -1, inf, -0],
  ['atan2', 1, -inf, Math.PI],
  ['atan2', nan, 1, nan],
  ['atan2', 1, nan, nan],
  ['atan2', tiny, 1, tiny],
  ['atan2', tiny, tiny, Math.PI / 4],
  ['atan2', 1e308, 1e308, Math.PI / 4],
  ['sinh', inf, inf],
  ['sinh', -inf, -inf],
  ['sinh', 711, inf],
  ['cosh', -inf, inf],
  ['cosh', 0, 1],
  ['tanh', inf, 1],
  ['tanh', -inf, -1],
  ['tanh', -30, -1],
  ['asinh', -inf, -inf],
  ['acosh', 1, 0],
  ['acosh', 0.5, nan],
  ['acosh', inf, inf],
  ['atanh', 1, inf],
  ['atanh', -1, -inf],
  ['atanh', 1.5, nan],
  ['cbrt', 27, 3],
  ['cbrt', -inf, -inf],
  ['cbrt', tiny * 8, 3.4e-108],
  ['hypot', 3, 4, 5],
  ['hypot', inf, nan, inf],
  ['hypot', nan, -inf, inf],
  ['hypot', nan, 1, nan],
  ['hypot', 0, 0, 0],
  ['hypot', 3e307, 4e307, 5e307],
  ['hypot', 3 * tiny, 4 * tiny, 5 * tiny],
  ['hypot', 1e308, 1e308, 1.4142135623730951e308],
  ['hypot', 1.7e308, 1.7e308, inf],
  ['pow', nan, 0, 1],
  ['pow', 1, nan, 1],
  ['pow', 1, inf, 1],
  ['pow', -1, inf, 1],
  ['pow', -1, -inf, 1],
  ['pow', nan, 2, nan],
  ['pow', 2, nan, nan],
  ['pow', -2, 0.5, nan],
  ['pow', -2, 3, -8],
  ['pow', -2, -3, -0.125],
  ['pow', -2, 2, 4],
  ['pow', 0, -1, inf],
  ['pow', -0, -1, -inf],
  ['pow', -0, -2, inf],
  ['pow', -0, 3, -0],
  ['pow', -0, 0.5, 0],
  ['pow', 0, inf, 0],
  ['pow', 0, -inf, inf],
  ['pow', 0.5, inf, 0],
  ['pow', 0.5, -inf, inf],
  ['pow', 2, inf, inf],
  ['pow', -2, -inf, 0],
  ['pow', inf, -1, 0],
  ['pow', inf, 0.5, inf],
  ['pow', -inf, 3, -inf],
  ['pow', -inf, -3, -0],
  ['pow', -inf, 2, inf],
  ['pow', -inf, 0.5, inf],
  ['pow', 2, 1024, inf],
  ['pow', 2, -1074, tiny],
  ['pow', 2, -1076, 0],
  ['pow', 1.0000001, 1e300, inf],
  ['pow', 0.9999999, 1e300, 0],
  ['pow', -1, 1e300, 1],
  ['erf', inf, 1],
  ['erf', -inf, -1],
  ['erf', -7, -1],
  ['sigmoid', inf, 1],
  ['sigmoid', -inf, 0],
  ['sigmoid', 0, 0.5],
  ['softplus', inf, inf],
  ['softplus', -inf, 0],
];

test('special numbers are as in C and NumPy', () => {
  for (const [name, ...numbers] of SPECIAL) {
    const [at, want] = [numbers.slice(0, -1), numbers.at(-1)!];
    const got = fnOf(name)(...at);
    const same =
      name === 'cbrt' && at[0] === tiny * 8 ? Math.abs(got / want - 1) < 0.01 : Object.is(got, want);
    assert.ok(
      same,
      `${name}(${at.map((x) => (Object.is(x, -0) ? '-0' : x)).join(', ')}) is ${got}, not ${want}`,
    );
  }
});

test('whole powers and their logarithms are exact', () => {
  for (let k = -1074; k <= 1023; k++) {
    const power = math.pow2(k);
    assert.is(
      power,
      Number(
        k < 0
          ? 1 / Number(1n << BigInt(Math.min(-k, 1023))) / (k < -1023 ? 2 ** (-1023 - k) : 1)
          : 1n << BigInt(k),
      ),
    );
    assert.is(math.log2(power), k);
    assert.is(math.pow(2, k), power);
  }
  for (let k = 0; k <= 22; k++) {
    assert.is(math.pow(10, k), Number(10n ** BigInt(k)));
    assert.is(math.log10(Number(10n ** BigInt(k))), k);
    assert.is(math.pow(10, -k), Number(`1e-${k}`));
  }
  for (let n = 1; n < 2000; n++) {
    assert.is(math.cbrt(n * n * n), n);
    assert.is(math.pow(n, 3), n * n * n);
    assert.is(math.pow(n * n, 0.5), n);
  }
  assert.is(math.pow2(-1075), 0);
  assert.is(math.pow2(1024), Infinity);
  assert.is(math.pow2(0.5), Math.SQRT2);
});

test('subnormal results are within one of their units', () => {
  for (let i = 0; i < 400; i++) {
    const x = -708 - i * 0.09;
    const steps = (Math.abs(math.exp(x) - math.exp(x + 1) / math.exp(1)) / tiny) | 0;
    assert.ok(steps <= 1, `exp(${x})`);
  }
});

test.run();
