/** @file Real functions, element by element: each with its range, its error and a reference in float64 of its own. */
import { outside, type Spec } from './arrays.ts';
import type { Table } from './reference.ts';
import {
  ABSOLUTE,
  beside,
  binary,
  call,
  EXACT,
  each,
  eachReal,
  MIXED,
  numbers,
  type Own,
  PRODUCT,
  QUOTIENT,
  RELATIVE,
  real,
  same,
  times,
  type Unary,
  unary,
  within,
} from './rows.ts';

/** Roots, logarithms and quotients: as far as the ring carries. */
const far = (s: Spec): number =>
  Math.min(s.top, 2 ** (s.field === 'FM128' ? 126 - 2 * s.f : s.bits - 3 - s.f));
/** Only positive numbers have logarithms and roots; others count as half a unit in the last place, or 0. */
const positive = (s: Spec): readonly [number, number] => [-far(s), far(s)];
const noRoot = (_: Spec, [x]: readonly number[]): boolean => x! < 0;
const fine = ([x]: readonly number[], [e]: readonly number[]): boolean => x! - 1.25 * e! <= 0;
const zero = (xs: readonly number[], off: readonly number[]): boolean =>
  Math.abs(xs.at(-1)!) <= 1.25 * off.at(-1)!;
const noLog = (_: Spec, [x]: readonly number[]): boolean => x! <= 0;
const held = (x: number, s: Spec): number => (x > 0 ? x : s.ulp / 2);
/** Divisors that can be promised to be so small that quotients saturate later. */
const small = (s: Spec): number => 2 ** ({ FM32: 16, FM64: 36, FM128: 52 }[s.field] - s.f);
/** Numerators from which on a quotient is right to 2^-20 only, whatever the fraction bits: those that keep the bits of a product among them. */
const roomy = (s: Spec): number => 2 ** (148 - 3 * s.f);
const away = (s: Spec): readonly [number, number] => [-far(s), far(s)];
/** Where exp of both signs fits. */
const POWER: Readonly<Record<Spec['field'], number>> = { FM32: 4, FM64: 10.9, FM128: 20.9 };
/** exp's results are below so many bits: half of what products have. */
const exps = (s: Spec): number =>
  Math.min(POWER[s.field], Math.log(2) * Math.max(1, (s.bits - 2 - 2 * s.f) / 2));
const between = (lo: number, hi: number) => (): readonly [number, number] => [lo, hi];
/** What a public factor takes: at FM128 a product is wrong with probability |x| / 2^128. */
const scaled = (s: Spec): readonly [number, number] => {
  const most = s.field === 'FM128' ? 2 ** (104 - s.f) : s.top;
  return [-most, most];
};

const roots = (s: Spec): number => Math.sqrt(s.products) / 2;

export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const roundEven = (x: number): number => {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down & 1 ? 1 : 0) : Math.round(x);
};
const besselI0 = (x: number): number => {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};
/** By its series, and by a continued fraction far out (Abramowitz and Stegun, 7.1.6 and 7.1.14). */
const erf = (x: number): number => {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let [sum, term] = [a, a];
    for (let n = 1; term > 1e-18 * sum; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * sum * Math.exp(-a * a)) / Math.sqrt(Math.PI);
  }
  let tail = a;
  for (let k = 60; k > 0; k--) tail = a + k / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / tail);
};
const geluOf = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const geluTanh = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const SELU = [1.0507009873554805, 1.6732632423543772] as const;

const TAN: Own = (s, y) => (s.goal + s.ulp) * (1 + y * y);

/** And what the turns lose. */
const TURNED: Own = (s, y, xs, args) => ABSOLUTE(s, y, xs, args) + Math.abs(xs[0]!) * 2 ** -Math.min(30, s.f);

/** Powers saturate there. */
const largest = (s: Spec): number => 2 ** ({ FM32: 29, FM64: 61, FM128: 100 }[s.field] - s.f);
/** And half a unit more. */
const RELATIVE_HALF: Own = (s, y, xs, args) => RELATIVE(s, y, xs, args) + s.ulp;

const SMOOTH: Readonly<Record<string, Unary>> = {
  exp: {
    f: (x, s) => Math.min(Math.exp(x), largest(s)),
    own: RELATIVE_HALF,
    saturates: (s, [x]) => !(Math.exp(x!) < largest(s)),
    drawn: { lo: -60, hi: 90 },
  },
  expm1: { f: Math.expm1, range: (s) => [-s.top, exps(s)], drawn: { lo: -30 } },
  exp2: { f: (x) => 2 ** x, range: (s) => [-s.top, exps(s)], drawn: { lo: -30 } },
  log: { f: (x, s) => Math.log(held(x, s)), range: positive, own: ABSOLUTE, saturates: noLog, edge: fine },
  log2: {
    f: (x, s) => Math.log2(held(x, s)),
    range: positive,
    own: times(2, ABSOLUTE),
    saturates: noLog,
    edge: fine,
  },
  log10: {
    f: (x, s) => Math.log10(held(x, s)),
    range: positive,
    own: ABSOLUTE,
    saturates: noLog,
    edge: fine,
  },
  log1p: { f: Math.log1p, range: (s) => [2 ** (6 - s.f) - 1, far(s) / 2], own: ABSOLUTE },
  sqrt: { f: (x) => Math.sqrt(Math.max(x, 0)), range: positive, own: RELATIVE, saturates: noRoot },
  rsqrt: {
    f: (x, s) => 1 / Math.sqrt(held(x, s)),
    range: positive,
    own: RELATIVE,
    saturates: noLog,
    edge: fine,
  },
  cbrt: { f: Math.cbrt, range: away, own: RELATIVE },
  sigmoid: { f: logistic, own: ABSOLUTE },
  tanh: { f: Math.tanh, own: ABSOLUTE },
  erf: { f: erf, own: ABSOLUTE },
  sin: { f: Math.sin, range: between(-100, 100), own: TURNED },
  cos: { f: Math.cos, range: between(-100, 100), own: TURNED },
  tan: {
    f: (x, s) => (Math.cos(x) > 16 * s.goal ? Math.tan(x) : outside('a pole')),
    range: between(-1.55, 1.55),
    own: TAN,
  },
  sinh: { f: Math.sinh, range: (s) => [-exps(s), exps(s)] },
  cosh: { f: Math.cosh, range: (s) => [-exps(s), exps(s)] },
  arcsinh: { f: Math.asinh, range: away, own: ABSOLUTE },
  arccosh: { f: Math.acosh, range: (s) => [1, Math.min(far(s), s.products) / 4], own: times(2, ABSOLUTE) },
  arctanh: { f: Math.atanh, range: (s) => [2 ** (6 - s.f) - 1, 1 - 2 ** (6 - s.f)], own: ABSOLUTE },
  arctan: { f: Math.atan, range: away, own: ABSOLUTE },
  arcsin: { f: Math.asin, range: between(-1, 1), own: ABSOLUTE },
  arccos: { f: Math.acos, range: between(-1, 1), own: ABSOLUTE },
  sinc: {
    f: (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
    range: between(-100, 100),
    own: ABSOLUTE,
  },
  i0: { f: besselI0, range: (s) => [-exps(s), exps(s)], own: RELATIVE, drawn: { lo: -20, hi: 20 } },
  deg2rad: { f: (x) => (x * Math.PI) / 180, range: (s) => [-s.products, s.products], own: PRODUCT },
  rad2deg: { f: (x) => (x * 180) / Math.PI, range: (s) => [-s.products / 64, s.products / 64], own: PRODUCT },
  fabs: { f: Math.abs, own: EXACT },
  angle: { f: (x) => (x < 0 ? Math.PI : 0), own: (s) => s.ulp },
  trunc: { f: Math.trunc, own: EXACT },
  rint: { f: roundEven, own: EXACT },
  'nn.silu': { f: (x) => x * logistic(x) },
  'nn.softplus': { f: softplus, own: ABSOLUTE },
  'nn.logSigmoid': { f: (x) => 0 - softplus(-x), own: ABSOLUTE },
  'nn.mish': { f: (x) => x * Math.tanh(softplus(x)) },
  'nn.relu6': { f: (x) => Math.min(Math.max(x, 0), 6), own: EXACT },
  'nn.hardTanh': { f: (x) => Math.min(Math.max(x, -1), 1), own: EXACT },
  'nn.hardSigmoid': { f: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1), own: PRODUCT },
  'nn.hardSilu': {
    f: (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
    range: (s) => [-roots(s), roots(s)],
  },
  'nn.leakyRelu': { f: (x) => (x < 0 ? 0.01 * x : x), own: PRODUCT, range: scaled },
  'nn.elu': { f: (x) => (x < 0 ? Math.expm1(x) : x), own: times(2, ABSOLUTE) },
  'nn.celu': { f: (x) => (x < 0 ? Math.expm1(x) : x), own: times(2, ABSOLUTE) },
  'nn.selu': { f: (x) => SELU[0] * (x < 0 ? SELU[1] * Math.expm1(x) : x), own: times(3, MIXED) },
  'nn.sparsePlus': {
    f: (x) => (x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4),
    own: (s) => 4 * s.ulp,
  },
  'nn.sparseSigmoid': { f: (x) => Math.min(Math.max((x + 1) / 2, 0), 1), own: (s) => 2 * s.ulp },
  'nn.squareplus': {
    f: (x) => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2),
    range: (s) => [-roots(s) / 2, roots(s) / 2],
    own: (s, _y, [x]) => (s.goal + s.ulp) * (1 + Math.abs(x!)),
  },
  'nn.softSign': { f: (x) => x / (1 + Math.abs(x)), own: times(2, ABSOLUTE) },
  'nn.log1mexp': { f: (x) => Math.log(-Math.expm1(-x)), range: between(0.5, 1e6), own: times(3, ABSOLUTE) },
};

export const REAL: Table = {
  ...Object.fromEntries(Object.entries(SMOOTH).map(([name, row]) => [name, unary(name, row)])),
  ...same(unary('trunc', SMOOTH.trunc!), 'fix'),
  ...same(unary('rad2deg', SMOOTH.rad2deg!), 'degrees'),
  reciprocal: unary('reciprocal', {
    f: (x, s) => (x === 0 ? 2 / s.ulp : 1 / x),
    saturates: (_, [x]) => x === 0,
    edge: zero,
    range: away,
    own: (s, y, xs, args) => (xs[0] === 0 ? RELATIVE : QUOTIENT)(s, y, xs, args),
  }),
  divide: binary('divide', {
    f: (x, y, s) => Math.min(Math.max(y === 0 ? (x < 0 ? -s.top : s.top) : x / y, -s.quotients), s.quotients),
    check: (x, y, s) => Math.abs(y) < far(s) && Math.abs(x) < far(s),
    // By a public number it is a product.
    saturates: (s, [x, y], open) => open.at(-1)! && !(Math.abs(x! / y!) < s.quotients),
    edge: zero,
    // A quotient just beyond the end may be itself: the end is as sharp as two units of the divisor's last place. By a divisor that is
    // promised to be small any may.
    own: (s, y, xs, args) => {
      const [x, by] = [Math.abs(xs[0]!), Math.abs(xs[1]!)];
      const q = x / by;
      const blunt = (2 * s.ulp) / by;
      const isNear = q >= s.quotients && (by < small(s) || q <= s.quotients * (1 + blunt));
      const left = s.f > 26 && x >= roomy(s) ? Math.abs(y) * 2 ** -20 : 0;
      return QUOTIENT(s, y, xs, args) + left + (isNear ? q - s.quotients : 0);
    },
  }),
  hypot: binary('hypot', {
    f: (x, y) => Math.hypot(x, y),
    check: (x, y, s) => Math.hypot(x, y) < roots(s),
    own: RELATIVE,
    x: (s) => ({ lo: -roots(s) / 2, hi: roots(s) / 2 }),
    y: (s) => ({ lo: -roots(s) / 2, hi: roots(s) / 2 }),
  }),
  arctan2: binary('arctan2', {
    f: (y, x) => (x === 0 && y === 0 ? 0 : Math.atan2(y === 0 ? 0 : y, x)),
    check: (y, x) => [x, y].every((v) => v === 0 || (Math.abs(v) >= 2 ** -10 && Math.abs(v) < 2 ** 10)),
    own: times(2, ABSOLUTE),
    x: () => ({ lo: -1000, hi: 1000 }),
    y: () => ({ lo: -1000, hi: 1000 }),
  }),
  logaddexp: binary('logaddexp', {
    f: (x, y) => Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))),
    own: ABSOLUTE,
  }),
  logaddexp2: binary('logaddexp2', {
    f: (x, y) => Math.max(x, y) + Math.log2(1 + 2 ** -Math.abs(x - y)),
    check: (x, y) => Math.abs(x) <= 1000 && Math.abs(y) <= 1000,
    own: times(2, MIXED),
    x: () => ({ lo: -1000, hi: 1000 }),
    y: () => ({ lo: -1000, hi: 1000 }),
  }),
  copysign: binary('copysign', { f: (x, y) => (y < 0 ? 0 - Math.abs(x) : Math.abs(x)), own: EXACT }),
  heaviside: binary('heaviside', { f: (x, y) => (x < 0 ? 0 : x > 0 ? 1 : y), own: EXACT }),
  floatPower: binary('floatPower', {
    f: (x, y) => x ** y,
    check: (x, y, s) => x >= 2 ** (6 - s.f) && x < far(s) && Math.abs(y * Math.log(x)) < exps(s),
    own: (s, z, [x, y]) => z * (2 + Math.abs(y!) + Math.abs(Math.log(x!))) * s.goal + s.ulp,
    x: (s) => ({ lo: 2 ** (6 - s.f), hi: 1000 }),
    y: () => ({ lo: -3, hi: 3 }),
  }),
  ldexp: {
    elementwise: true,
    make: (g) => {
      const n = g.rng.int(-6, 12);
      return call('ldexp', g.value({ dtype: 'fxp', hi: g.spec.top / 8192, lo: -g.spec.top / 8192 }).arg, n);
    },
    plain: ([x, n]) => each([real(x)], 'fxp', (v) => (v as number) * 2 ** (n as number)),
    own: PRODUCT,
  },
  // Of public numbers it is float64's.
  // Where the next number is none of float64, float64 has the same.
  nextafter: binary('nextafter', {
    f: (x, y, s) => x + Math.sign(y - x) * s.ulp,
    own: (s, _y, [x]) => s.ulp + 2 ** -52 * Math.abs(x!),
  }),
  'nn.sigmoidCrossEntropy': binary('nn.sigmoidCrossEntropy', {
    f: (x, y) => softplus(x) - x * y,
    check: (x, y, s) => Math.abs(x * y) < s.products,
    y: () => ({ lo: 0, hi: 1 }),
  }),
  modf: {
    elementwise: true,
    make: (g) => ({ ...call('modf', g.value({ dtype: 'fxp' }).arg), pick: g.rng.int(0, 1) }),
    plain: (args, s) => [
      eachReal((x) => x - Math.trunc(x))(args, s) as never,
      eachReal(Math.trunc)(args, s) as never,
    ],
    edge: ([x], [off]) => Math.abs(x! - Math.round(x!)) <= off!,
  },
  'nn.gelu': {
    elementwise: true,
    make: (g) => call('nn.gelu', g.value({ dtype: 'fxp' }).arg, g.rng.chance(0.5)),
    plain: ([x, tanh]) => each([real(x)], 'fxp', (v) => (tanh ? geluTanh : geluOf)(v as number)),
    own: MIXED,
  },
  round: {
    elementwise: true,
    make: (g) => call('round', g.value({ dtype: 'fxp', lo: -1e4, hi: 1e4 }).arg, g.rng.int(0, 2)),
    plain: ([x, places]) =>
      each(
        [real(x)],
        'fxp',
        (v) => roundEven((v as number) * 10 ** (places as number)) / 10 ** (places as number),
      ),
    own: (s, y, xs, args) => (args[1] === 0 ? 0 : QUOTIENT(s, y, xs, args) + PRODUCT(s, y, xs, args)),
  },
  isclose: {
    elementwise: true,
    make: (g) => {
      const a = g.value({ dtype: 'fxp', lo: -1e4, hi: 1e4 });
      return call('isclose', a.arg, beside(g, a, { dtype: 'fxp', lo: -1e4, hi: 1e4 }).arg, 0.01, 0.1);
    },
    plain: ([x, y], s) =>
      each([real(x), real(y)], 'bool', (p, q) => {
        const [a, b] = [p as number, q as number];
        if (Math.abs(b) > s.products / 4) outside('isclose');
        const [size, allowed] = [Math.abs(a - b), 0.1 + 0.01 * Math.abs(b)];
        if (Math.abs(size - allowed) < 8 * s.ulp * (1 + Math.abs(b))) return Number.NaN;
        return Number(size <= allowed);
      }),
  },
  within: {
    elementwise: true,
    make: (g) => call('within', g.value({ dtype: 'fxp', lo: -10, hi: 10 }).arg, -10, 10),
    plain: ([x]) => {
      for (const v of numbers(x)) within(v, [-10, 10], 'within');
      return real(x);
    },
  },
};
