/**
 * @file The functions of jax.numpy that SPU's own tests list, one line each: what they are called here, and which test holds
 * them to a reference. `secret`: that test runs them on secrets; `free`: they move or make public data, and send nothing.
 * The table is checked against np and against the tests that it names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as np from '../../src/numpy/index.ts';
import { value } from './both.ts';
import { secretly } from './secretly.ts';

interface Line {
  readonly as: string;
  readonly tested: string;
  readonly on: 'secret' | 'free' | 'plain';
}

const secret = (as: string, tested: string): Line => ({ as, tested, on: 'secret' });
const free = (as: string, tested: string): Line => ({ as, tested, on: 'free' });

const same = (tested: string, names: string): Record<string, Line> =>
  Object.fromEntries(names.split(' ').map((n) => [n, secret(n, tested)]));

const COVERAGE: Readonly<Record<string, Line>> = {
  ...same(
    'coverage',
    'abs add all any argmax argmin ceil cos divide equal erf exp floor greater greater_equal less less_equal log logical_and logical_not logical_or logical_xor max maximum mean min minimum multiply negative not_equal outer power ravel reciprocal sign sin sqrt square std subtract sum tanh transpose true_divide var clip matmul',
  ),
  ...same(
    'math',
    'arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt copysign cosh deg2rad divmod exp2 expm1 fabs fix float_power floor_divide fmax fmin fmod heaviside hypot isclose ldexp log10 log1p log2 logaddexp logaddexp2 mod modf polyval positive rad2deg remainder rint signbit sinc sinh tan trunc',
  ),
  ...same('order', 'array_equal median percentile prod ptp searchsorted sort top_k unwrap'),
  ...same('order', 'cumsum cumprod'),
  ...same(
    'bits',
    'bitwise_and bitwise_count bitwise_not bitwise_or bitwise_xor invert gcd lcm left_shift right_shift',
  ),
  ...same('contract', 'kron'),
  array_equiv: { as: 'array_equiv', tested: 'order', on: 'plain' },
  ediff1d: { as: 'ediff1d', tested: 'order', on: 'plain' },
  nanargmax: { as: 'nanargmax', tested: 'order', on: 'plain' },
  nanargmin: { as: 'nanargmin', tested: 'coverage', on: 'plain' },
  nanmax: { as: 'nanmax', tested: 'order', on: 'plain' },
  nanmean: { as: 'nanmean', tested: 'coverage', on: 'plain' },
  nanmin: { as: 'nanmin', tested: 'order', on: 'plain' },
  nanprod: { as: 'nanprod', tested: 'coverage', on: 'plain' },
  nanstd: { as: 'nanstd', tested: 'coverage', on: 'plain' },
  nansum: { as: 'nansum', tested: 'order', on: 'plain' },
  nanvar: { as: 'nanvar', tested: 'coverage', on: 'plain' },
  angle: secret('angle', 'coverage'),
  atleast_1d: free('atleast_1d', 'coverage'),
  atleast_2d: free('atleast_2d', 'coverage'),
  atleast_3d: free('atleast_3d', 'coverage'),
  conj: free('conj', 'coverage'),
  conjugate: free('conjugate', 'coverage'),
  imag: free('imag', 'coverage'),
  real: free('real', 'coverage'),
  iscomplex: free('iscomplex', 'math'),
  isfinite: free('isfinite', 'math'),
  isinf: free('isinf', 'math'),
  isnan: free('isnan', 'math'),
  isneginf: free('isneginf', 'math'),
  isposinf: free('isposinf', 'math'),
  isreal: free('isreal', 'math'),
  isrealobj: free('isrealobj', 'coverage'),
  gather: free('take', 'slices'),
  i0: secret('i0', 'math'),
  nextafter: secret('nextafter', 'math'),
};

/** The names in SPU's list of jax.numpy tests (jnp_testbase), which has several records for some. */
const LISTED =
  'abs add all angle any arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin array_equal array_equiv ' +
  'atleast_1d atleast_2d atleast_3d bitwise_and bitwise_count bitwise_not bitwise_or bitwise_xor cbrt ceil conj conjugate ' +
  'copysign cos cosh deg2rad divide divmod ediff1d equal exp exp2 expm1 fabs fix float_power floor floor_divide fmax fmin ' +
  'fmod gcd greater greater_equal heaviside hypot i0 imag invert isclose iscomplex isfinite isinf isnan isneginf isposinf ' +
  'isreal isrealobj kron lcm ldexp left_shift less less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and ' +
  'logical_not logical_or logical_xor max maximum mean median min minimum mod modf multiply nanargmax nanargmin nanmax ' +
  'nanmean nanmin nanprod nanstd nansum nanvar negative nextafter not_equal outer polyval positive power prod ptp rad2deg ' +
  'ravel real reciprocal remainder right_shift rint sign signbit sin sinc sinh sort sqrt square std subtract sum tan tanh ' +
  'top_k transpose true_divide trunc unwrap var gather';

const read = (name: string): string | undefined => {
  const path = fileURLToPath(new URL(`../../../test/numpy/${name}.test.ts`, import.meta.url));
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

test('what the table says is there is there, in the test it names', () => {
  for (const [name, line] of Object.entries(COVERAGE)) {
    assert.type((np as unknown as Record<string, unknown>)[line.as], 'function', name);
    const text = read(line.tested)!;
    assert.ok(text !== undefined, `${name}: no test ${line.tested}`);
    const called = new RegExp(`np\\.(${line.as}|${camel(line.as)})\\b`);
    assert.ok(called.test(text), `${name} is not in the test ${line.tested}`);
  }
  for (const name of LISTED.split(' ')) assert.ok(Object.hasOwn(COVERAGE, name), `${name} has no line`);
});

test('elementary functions on secrets', () => {
  const x = [
    [0.5, -1.5, 2],
    [3, 0.25, -0.75],
  ];
  const y = [
    [1, -1.5, 0.5],
    [2, -4, 1.25],
  ];
  const positive = [
    [0.5, 1.5, 2],
    [3, 0.25, 0.75],
  ];
  secretly(
    (a, b) => [
      np.add(a, b),
      np.subtract(a, b),
      np.multiply(a, b),
      np.negative(a),
      np.square(a),
      np.abs(a),
      np.sign(a),
    ],
    [x, y],
  );
  secretly((a, b) => [np.divide(a, b), np.trueDivide(b, a), np.reciprocal(b)], [x, y]);
  secretly(
    (a, b) => [np.maximum(a, b), np.minimum(a, b), np.clip(a, -1, 1), np.floor(a), np.ceil(a)],
    [x, y],
    { FM128: 0, FM64: 0 },
  );
  secretly(
    (a, b) => [
      np.less(a, b),
      np.lessEqual(a, b),
      np.greater(a, b),
      np.greaterEqual(a, b),
      np.equal(a, b),
      np.notEqual(a, b),
    ],
    [x, y],
  );
  secretly(
    (a, b) => {
      const [p, q] = [np.less(a, b), np.less(a, 0)];
      return [
        np.logicalAnd(p, q),
        np.logicalOr(p, q),
        np.logicalXor(p, q),
        np.logicalNot(p),
        np.all(p),
        np.any(q, 0),
      ];
    },
    [x, y],
  );
  secretly((a) => [np.exp(a), np.tanh(a), np.sin(a), np.cos(a), np.erf(a)], [x]);
  secretly((a) => [np.log(a), np.sqrt(a), np.power(a, 1.5), np.power(a, a)], [positive]);
  secretly(
    (a) => [
      np.sum(a),
      np.mean(a, 0),
      np.max(a, 1),
      np.min(a),
      np.argmax(a, 1),
      np.argmin(a),
      np.var(a),
      np.std(a, 0),
    ],
    [x],
  );
  secretly((a, b) => [np.outer(a, b), np.matmul(a, b.T), np.transpose(a), np.ravel(a)], [x, y]);
  secretly((a) => np.angle(a), [x]);
});

test('what only renames, moves or answers for real numbers', () => {
  const x = [
    [1, -2],
    [3, 4],
  ];
  assert.equal(
    value((a) => np.angle(a), x),
    [
      [0, Math.PI],
      [0, 0],
    ],
  );
  assert.equal(
    [np.real(x), np.conj(x), np.conjugate(x), np.imag(x)].map((a) => a.toArray()),
    [
      x,
      x,
      x,
      [
        [0, 0],
        [0, 0],
      ],
    ],
  );
  assert.equal([np.isrealobj(x), np.iscomplexobj(x)], [true, false]);
  assert.equal(
    [1, [1, 2], x].map((a) => [np.atleast1d(a), np.atleast2d(a), np.atleast3d(a)].map((b) => b.shape)),
    [
      [[1], [1, 1], [1, 1, 1]],
      [[2], [1, 2], [1, 2, 1]],
      [
        [2, 2],
        [2, 2],
        [2, 2, 1],
      ],
    ],
  );
  assert.equal(
    [np.nanmean(x), np.nanvar(x), np.nanprod(x), np.nanargmin(x), np.nanstd([2, 2])].map((a) => a.item()),
    [1.5, 5.25, -24, 1, 0],
  );
  assert.equal(
    [np.nancumsum([1, 2]), np.nancumprod([2, 3])].map((a) => a.toArray()),
    [
      [1, 3],
      [2, 6],
    ],
  );
});

test.run();
