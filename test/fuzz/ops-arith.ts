/** @file Arithmetic on all dtypes, comparisons, logic and choices. Integers wrap. */
import {
  type Arr,
  castArr,
  type DType,
  isInt,
  type Num,
  outside,
  promote,
  type Spec,
  wrap,
} from './arrays.ts';
import type { Step } from './program.ts';
import type { Args, Gen, Row, Table } from './reference.ts';
import { ADDED, arr, beside, bools, call, EXACT, each, isArr, type Own, PRODUCT, same } from './rows.ts';

/** Operands in one dtype; JavaScript's numbers take that of the arrays. */
const common = (args: Args): { list: Arr[]; dtype: DType } => {
  const dtype = args
    .filter(isArr)
    .map((a) => a.dtype)
    .reduce(promote);
  const list = args.map((x): Arr => (isArr(x) ? x : { shape: [], dtype: 'fxp', v: [x as number] }));
  return { list: list.map((a) => castArr(a, dtype)), dtype };
};

interface Numeric {
  readonly real: (x: number, y: number, s: Spec) => number;
  readonly whole: (x: bigint, y: bigint, bits: DType) => bigint;
  /** Of bools, on 0 and 1; undefined: an error. */
  readonly bool?: (x: number, y: number) => number;
  readonly check?: (x: number, y: number, s: Spec) => boolean;
  readonly own?: Own;
}

const pairOf = (g: Gen, hi?: (s: Spec) => number): [ReturnType<Gen['value']>, ReturnType<Gen['value']>] => {
  const dtype = g.rng.pick(['fxp', 'fxp', 'fxp', 'int', 'number', 'any'] as const);
  const bound = hi && g.rng.chance(0.8) ? { lo: -hi(g.spec), hi: hi(g.spec) } : {};
  const a = g.value({ dtype, ...bound });
  const other = g.rng.chance(0.3) ? 'number' : a.ref.dtype;
  return [a, beside(g, a, { dtype: a.ref.dtype === 'bool' ? 'any' : other, ...bound })];
};

/** A function of two arrays of one dtype, which is that of the result. */
const arithmetic = (name: string, n: Numeric, hi?: (s: Spec) => number): Row => ({
  weight: 3,
  elementwise: true,
  make: (g) => {
    const [a, b] = pairOf(g, hi);
    return call(name, a.arg, b.arg);
  },
  plain: (args, spec) => {
    const { list, dtype } = common(args);
    if (dtype === 'bool') {
      const f = n.bool ?? outside(`${name} of bools`);
      return each(list, 'bool', (x, y) => f(x as number, y as number));
    }
    if (dtype !== 'fxp')
      return each(list, dtype, (x, y) => wrap(n.whole(x as bigint, y as bigint, dtype), dtype));
    return each(list, 'fxp', (x, y) => {
      const [a, b] = [x as number, y as number];
      if (n.check && !n.check(a, b, spec)) outside(`${name} of ${a} and ${b}`);
      return n.real(a, b, spec);
    });
  },
  own: n.own ?? EXACT,
});

const most = (x: bigint, y: bigint): bigint => (x > y ? x : y);
const roots = (s: Spec): number => Math.sqrt(s.products) / 2;
const productFits = (x: number, y: number, s: Spec): boolean => Math.abs(x * y) < s.products;

/** The floor of x / y, and what is left. */
const floorDiv = (x: bigint, y: bigint): bigint => {
  const q = x / y;
  return q * y !== x && x < 0n !== y < 0n ? q - 1n : q;
};
const byZero = (y: Num): void => {
  if (Number(y) === 0) outside('division by 0');
};
/** Bits of the largest whole quotient that is exact. */
const WHOLE = { FM32: 20, FM64: 42, FM128: 60 } as const;
const quotients = (x: number, y: number, s: Spec): boolean =>
  Math.abs(x / y) < 2 ** Math.min(WHOLE[s.field], 50) && Math.abs(x) < roots(s) && Math.abs(y) < roots(s);

const unaryOf = (
  name: string,
  f: { real: (x: number, s: Spec) => number; whole: (x: bigint) => bigint },
  own: Own = EXACT,
  hi?: (s: Spec) => number,
): Row => ({
  weight: 2,
  elementwise: true,
  make: (g) => call(name, g.value({ dtype: 'number', ...(hi && { lo: -hi(g.spec), hi: hi(g.spec) }) }).arg),
  plain: ([x], spec) => {
    const a = arr(x);
    if (a.dtype === 'bool') outside(`${name} of bools`);
    return each([a], a.dtype, (v) =>
      a.dtype === 'fxp' ? f.real(v as number, spec) : wrap(f.whole(v as bigint), a.dtype),
    );
  },
  own,
});

const keep = (x: bigint): bigint => x;

const comparison = (name: string, f: (x: Num, y: Num) => boolean): Row => ({
  weight: 2,
  elementwise: true,
  make: (g) => {
    const [a, b] = pairOf(g);
    return call(name, a.arg, b.arg);
  },
  plain: (args) => {
    const { list, dtype } = common(args);
    // Integers that only float64 holds together lose digits in NumPy.
    if (
      dtype === 'fxp' &&
      args.filter(isArr).some((a) => isInt(a.dtype) && a.v.some((v) => Math.abs(Number(v)) > 2 ** 53))
    )
      outside('beyond 2^53');
    return each(list, 'bool', (x, y) => Number(f(x, y)));
  },
});

const logic = (name: string, f: (x: number, y: number) => number): Row => ({
  elementwise: true,
  make: (g) => {
    const a = g.value({ dtype: g.rng.chance(0.8) ? 'bool' : 'any' });
    return call(name, a.arg, beside(g, a, { dtype: g.rng.chance(0.8) ? 'bool' : 'any' }).arg);
  },
  plain: (args) =>
    each(
      args.filter(isArr).map((a) => castArr(a, 'bool')),
      'bool',
      (x, y) => f(x as number, y as number),
    ),
});

const sameDType = (x: Arr, y: Arr): { a: Arr; b: Arr; dtype: DType } => {
  const dtype = promote(x.dtype, y.dtype);
  return { a: castArr(x, dtype), b: castArr(y, dtype), dtype };
};

const product: Numeric = {
  real: (x, y) => x * y,
  whole: (x, y) => x * y,
  bool: (x, y) => x & y,
  check: productFits,
  own: PRODUCT,
};
const larger: Numeric = { real: (x, y) => Math.max(x, y), whole: most, bool: (x, y) => x | y };
const smaller: Numeric = {
  real: (x, y) => Math.min(x, y),
  whole: (x, y) => -most(-x, -y),
  bool: (x, y) => x & y,
};

/** A quotient and what is left, of either kind of numbers. */
const divisions = (name: string, results: (args: Args, s: Spec) => Arr | Arr[], picks: boolean): Row => ({
  elementwise: true,
  make: (g) => {
    const dtype = g.rng.chance(0.6)
      ? 'fxp'
      : g.rng.pick(['int8', 'int16', 'int32', 'uint8', 'uint16'] as const);
    const bound = dtype === 'fxp' ? { lo: -roots(g.spec), hi: roots(g.spec), apart: true } : {};
    const a = g.value({ dtype, ...bound });
    const b = beside(g, a, { dtype, ...bound });
    const step: Step = call(name, a.arg, b.arg);
    return picks ? { ...step, pick: g.rng.int(0, 1) } : step;
  },
  plain: results,
  // Operands that are off may be on the other side of a whole quotient.
  edge: ([x, y], [ex, ey]) => {
    const at = (by: number): number => Math.floor((Math.abs(x!) + by * ex!) / (Math.abs(y!) - by * ey!));
    return (ex! > 0 || ey! > 0) && at(-1) !== at(1);
  },
});

const division =
  (of: (q: bigint, x: bigint, y: bigint) => bigint, real: (x: number, y: number) => number) =>
  (args: Args, spec: Spec): Arr => {
    const { list, dtype } = common(args);
    if (dtype === 'bool') outside('division of bools');
    return each(list, dtype, (x, y) => {
      byZero(y);
      if (dtype === 'fxp') {
        if (!quotients(x as number, y as number, spec)) outside('quotient');
        return real(x as number, y as number);
      }
      return wrap(of(floorDiv(x as bigint, y as bigint), x as bigint, y as bigint), dtype);
    });
  };
const quotient = division(
  (q) => q,
  (x, y) => Math.floor(x / y),
);
const remainder = division(
  (q, x, y) => x - q * y,
  (x, y) => {
    const rest = x % y;
    return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
  },
);

export const ARITH: Table = {
  add: arithmetic('add', {
    own: ADDED,
    real: (x, y) => x + y,
    whole: (x, y) => x + y,
    bool: (x, y) => x | y,
  }),
  subtract: arithmetic('subtract', {
    own: ADDED,
    real: (x, y) => x - y,
    whole: (x, y) => x - y,
  }),
  multiply: arithmetic('multiply', product, roots),
  ...same(arithmetic('maximum', larger), 'maximum', 'fmax'),
  ...same(arithmetic('minimum', smaller), 'minimum', 'fmin'),
  negative: unaryOf('negative', { real: (x) => 0 - x, whole: (x) => -x }),
  abs: unaryOf('abs', { real: Math.abs, whole: (x) => (x < 0n ? -x : x) }),
  sign: unaryOf('sign', { real: Math.sign, whole: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n) }),
  square: unaryOf(
    'square',
    { real: (x, s) => (x * x < s.products ? x * x : outside('square')), whole: (x) => x * x },
    PRODUCT,
    roots,
  ),
  floor: unaryOf('floor', { real: Math.floor, whole: keep }),
  ceil: unaryOf('ceil', { real: Math.ceil, whole: keep }),
  positive: unaryOf('positive', { real: (x) => x, whole: keep }),
  'nn.relu': unaryOf('nn.relu', { real: (x) => Math.max(x, 0), whole: (x) => most(x, 0n) }),
  signbit: {
    elementwise: true,
    make: (g) => call('signbit', g.value({ dtype: 'number' }).arg),
    plain: ([x]) => each([arr(x)], 'bool', (v) => Number(v < 0)),
  },
  ...Object.fromEntries(
    (
      [
        ['less', (x, y) => x < y],
        ['lessEqual', (x, y) => x <= y],
        ['greater', (x, y) => x > y],
        ['greaterEqual', (x, y) => x >= y],
        ['equal', (x, y) => x === y],
        ['notEqual', (x, y) => x !== y],
      ] as const satisfies readonly (readonly [string, (x: Num, y: Num) => boolean])[]
    ).map(([name, f]) => [name, comparison(name, f)]),
  ),
  logicalAnd: logic('logicalAnd', (x, y) => x & y),
  logicalOr: logic('logicalOr', (x, y) => x | y),
  logicalXor: logic('logicalXor', (x, y) => x ^ y),
  logicalNot: {
    elementwise: true,
    make: (g) => call('logicalNot', g.value({ dtype: 'any' }).arg),
    plain: ([x]) => each([castArr(arr(x), 'bool')], 'bool', (v) => 1 - (v as number)),
  },
  where: {
    weight: 3,
    elementwise: true,
    make: (g) => {
      const a = g.value({ dtype: 'any' });
      const c = beside(g, a, { dtype: g.rng.chance(0.8) ? 'bool' : 'any' });
      return call('where', c.arg, a.arg, beside(g, a, { dtype: a.ref.dtype }).arg);
    },
    plain: ([c, x, y]) => {
      const { a, b, dtype } = sameDType(arr(x), arr(y));
      return each([castArr(arr(c), 'bool'), a, b], dtype, (k, p, q) => (k ? p : q));
    },
  },
  select: {
    elementwise: true,
    make: (g) => {
      const a = g.value({ dtype: 'number' });
      const like = { dtype: a.ref.dtype, shape: a.ref.shape };
      const flag = { dtype: 'bool', shape: a.ref.shape } as const;
      return call(
        'select',
        [g.value(flag).arg, g.value(flag).arg],
        [a.arg, g.value(like).arg],
        g.value(like).arg,
      );
    },
    plain: ([conditions, choices, fallback]) => {
      const [c, d] = conditions as Arr[];
      const [x, y] = choices as Arr[];
      return each([c!, d!, x!, y!, arr(fallback)], arr(fallback).dtype, (p, q, u, v, w) =>
        p ? u : q ? v : w,
      );
    },
  },
  clip: {
    elementwise: true,
    make: (g) => {
      const a = g.value({ dtype: 'number' });
      if (g.rng.chance(0.3)) {
        const like = { dtype: a.ref.dtype } as const;
        return call('clip', a.arg, beside(g, a, like).arg, beside(g, a, like).arg);
      }
      const lo = a.ref.dtype.startsWith('u') ? 0 : g.rng.int(-20, 3);
      return call(
        'clip',
        a.arg,
        g.rng.chance(0.2) ? null : lo,
        g.rng.chance(0.2) ? null : lo + g.rng.int(0, 30),
      );
    },
    plain: ([x, lo, hi]) => {
      const a = arr(x);
      const held = (v: Num, low: Num | undefined, high: Num | undefined): Num => {
        const up = low !== undefined && v < low ? low : v;
        return high !== undefined && up > high ? high : up;
      };
      if (isArr(lo) && isArr(hi)) return each([a, lo, hi], a.dtype, (v, l, h) => held(v, l, h));
      const own = (b: unknown): Num | undefined =>
        typeof b === 'number' ? (a.dtype === 'fxp' ? b : BigInt(b)) : undefined;
      return each([a], a.dtype, (v) => held(v, own(lo), own(hi)));
    },
  },
  ...same(divisions('floorDivide', quotient, false), 'floorDivide'),
  ...same(divisions('remainder', remainder, false), 'remainder', 'mod'),
  fmod: divisions(
    'fmod',
    division(
      (_, x, y) => x % y,
      (x, y) => x % y,
    ),
    false,
  ),
  divmod: divisions('divmod', (args, s) => [quotient(args, s), remainder(args, s)], true),
  power: {
    weight: 2,
    elementwise: true,
    make: (g) => {
      const kind = g.rng.int(0, 6);
      if (kind === 5) {
        const a = g.value({ dtype: 'int' });
        return call('power', a.arg, beside(g, a, { dtype: 'int', lo: 0, hi: 200 }).arg);
      }
      if (kind === 0) {
        const a = g.value({ dtype: g.rng.pick(['int8', 'int16', 'int32', 'int64'] as const) });
        return call('power', a.arg, g.rng.int(0, 9));
      }
      if (kind === 1) {
        const a = g.value({ dtype: 'fxp', lo: 2 ** (6 - g.spec.f), hi: 100 });
        return call('power', a.arg, g.rng.pick([0.5, -0.5, 1.37, 2.5, -1.5, 0.1]));
      }
      const base = g.value({ dtype: 'fxp', lo: -8, hi: 8, apart: true });
      if (kind === 2)
        return call(
          'power',
          base.arg,
          beside(g, base, { dtype: 'fxp', whole: true, lo: 0, hi: 4, kind: 'static' }).arg,
        );
      if (kind === 6) return call('power', base.arg, beside(g, base, { dtype: 'int', lo: -3, hi: 6 }).arg);
      if (kind === 3)
        return call('power', base.arg, beside(g, base, { dtype: 'fxp', whole: true, lo: 0, hi: 4 }).arg);
      return call('power', base.arg, g.rng.int(-3, 6));
    },
    plain: ([x, y], s) => {
      const dtype = isArr(y) ? promote(arr(x).dtype, y.dtype) : arr(x).dtype;
      const a = castArr(arr(x), dtype);
      const f = (u: Num, n: Num): Num => {
        if (dtype !== 'fxp') return wrap((u as bigint) ** BigInt(n), dtype);
        const [b, e] = [u as number, Number(n)];
        const z = b === 0 && e < 0 ? outside('0 to a negative power') : b ** e;
        if (!Number.isInteger(e) && b < 2 ** (6 - s.f)) outside('a root of a negative number');
        if (Math.abs(z) > Math.min(s.products / 8, 2 ** 30)) outside('power');
        return z;
      };
      return isArr(y) ? each([a, y], dtype, f) : each([a], dtype, (u) => f(u, y as number));
    },
    own: (s, z, [b, e], [, y]) => {
      const n = Math.abs(e ?? (y as number));
      const size = Math.abs(z);
      return (
        size * (2 + n + Math.abs(Math.log(Math.max(Math.abs(b!), s.ulp)))) * s.goal +
        4 * s.ulp * (1 + n * size * ((e ?? (y as number)) < 0 ? Math.abs(b!) : 1 / Math.abs(b! || 1)))
      );
    },
  },
  ...Object.fromEntries(['isfinite', 'isreal'].map((name) => [name, constant(name, true)])),
  ...Object.fromEntries(
    ['isnan', 'isinf', 'isposinf', 'isneginf', 'iscomplex'].map((name) => [name, constant(name, false)]),
  ),
};

function constant(name: string, answer: boolean): Row {
  return {
    weight: 0.2,
    make: (g) => call(name, g.value({ dtype: 'number' }).arg),
    plain: ([x]) =>
      bools(
        arr(x).shape,
        arr(x).v.map(() => answer),
      ),
    ref: ([x]) => ({
      ...bools(
        arr(x).shape,
        arr(x).v.map(() => answer),
      ),
      e: arr(x).v.map(() => 0),
    }),
  };
}
