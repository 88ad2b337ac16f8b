/** @file Functions that make one of each lane: sums, extremes, statistics. References are loops over each lane. */
import { castArr, type DType, isUnsigned, lanesOf, type Num, outside, type Spec, wrap } from './arrays.ts';
import type { Arg } from './program.ts';
import type { Gen, Row, Table, Wanted } from './reference.ts';
import {
  ADDED,
  arr,
  axisArg,
  call,
  EXACT,
  fxp,
  isArr,
  MIXED,
  numbers,
  type Own,
  PRODUCT,
  readAxis,
  real,
  same,
  times,
} from './rows.ts';

export type Lane = readonly number[];

/** What a function allows where sums of squares are divided or rooted: 1e-4 of data of any scale (FM64: of 2^-12, 1). */
const STATISTIC: Own = (s, y) =>
  s.field === 'FM128' && s.f >= 26 ? 1e-4 * Math.abs(y) + 4 * s.ulp : MIXED(s, y, [], []) + 4 * s.ulp;
/** Their roots. */
const ROOT: Own = (s, y) =>
  s.field === 'FM128' && s.f >= 26
    ? 1e-4 * Math.abs(y) + 4 * s.ulp
    : MIXED(s, y, [], []) + Math.min(2 * Math.sqrt(s.ulp), (4 * s.ulp) / Math.max(Math.abs(y), s.ulp));

export const sums = (x: Lane): number => x.reduce((a, b) => a + b, 0);
export const mean = (x: Lane): number => sums(x) / x.length;
export const squares = (x: Lane): number => {
  const m = mean(x);
  return sums(x.map((v) => (v - m) ** 2));
};
const quantile = (x: Lane, q: number): number => {
  const sorted = [...x].sort((a, b) => a - b);
  const at = q * (x.length - 1);
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
};
export const logsumexp = (x: Lane): number => {
  const m = Math.max(...x);
  return m + Math.log(sums(x.map((v) => Math.exp(v - m))));
};

interface Reduction {
  readonly f: (lane: Lane, s: Spec) => number;
  readonly own?: Own;
  readonly many?: boolean;
  readonly want?: (s: Spec) => Wanted;
  /** Arguments before the axis. */
  readonly before?: (g: Gen) => Arg[];
}

const few = (s: Spec): number => Math.sqrt(s.products) / 16;
/** What may be squared and added up. */
export const squared = (s: Spec): Wanted => ({ lo: -few(s), hi: few(s) });

const reduction = (name: string, { f, own = EXACT, many = true, want, before }: Reduction): Row => ({
  weight: 1.5,
  make: (g) => {
    const a = g.value({ dtype: 'fxp', least: 1, ...want?.(g.spec) });
    const extra = before?.(g) ?? [];
    return call(name, a.arg, ...extra, ...axisArg(g, a.ref.shape.length, many).arg);
  },
  plain: (args, s) => {
    const a = real(args[0]);
    const { axes, keepdims } = readAxis(
      args.at(-1) === args[0] ? undefined : typeof args[1] === 'string' ? args[2] : args[1],
    );
    const { rest, kept, places } = lanesOf(a.shape, axes);
    const v = a.v as number[];
    return fxp(
      keepdims ? kept : rest,
      places.map((lane) => {
        if (lane.length === 0) outside('nothing to reduce');
        return f(
          lane.map((i) => v[i]!),
          s,
        );
      }),
    );
  },
  own,
});

/** Sums and products: integers widen to 64 bits. */
const folding = (
  name: string,
  zero: bigint,
  f: (x: Num, y: Num) => Num,
  own: Own,
  most: (s: Spec) => number,
): Row => ({
  weight: 2,
  make: (g) => {
    const hi = most(g.spec);
    const a = g.value({ dtype: 'any', least: name === 'sum' ? 0 : 1, lo: -hi, hi });
    return call(name, a.arg, ...axisArg(g, a.ref.shape.length).arg);
  },
  plain: ([x, axis], s) => {
    const given = arr(x);
    const dtype: DType = given.dtype === 'fxp' ? 'fxp' : isUnsigned(given.dtype) ? 'uint64' : 'int64';
    const a = castArr(given, dtype);
    const { axes, keepdims } = readAxis(axis);
    const { rest, kept, places } = lanesOf(a.shape, axes);
    return {
      shape: keepdims ? kept : rest,
      dtype,
      v: places.map((lane) => {
        const out = lane.reduce<Num>(
          (acc, i) => {
            const next = f(acc, a.v[i]!);
            if (dtype === 'fxp' && Math.abs(next as number) >= (name === 'sum' ? s.top : s.products))
              outside(name);
            return next;
          },
          dtype === 'fxp' ? Number(zero) : zero,
        );
        return dtype === 'fxp' ? out : wrap(out as bigint, dtype);
      }),
    };
  },
  own,
});

const extreme = (name: string, better: (x: Num, y: Num) => boolean): Row => ({
  weight: 1.5,
  make: (g) => {
    const a = g.value({ dtype: 'any', least: 1 });
    return call(name, a.arg, ...axisArg(g, a.ref.shape.length).arg);
  },
  plain: ([x, axis]) => {
    const a = arr(x);
    const { axes, keepdims } = readAxis(axis);
    const { rest, kept, places } = lanesOf(a.shape, axes);
    return {
      shape: keepdims ? kept : rest,
      dtype: a.dtype,
      v: places.map((lane) => lane.map((i) => a.v[i]!).reduce((p, q) => (better(q, p) ? q : p))),
    };
  },
});

const position = (name: string, better: (x: Num, y: Num) => boolean): Row => ({
  make: (g) => {
    const a = g.value({ dtype: 'number', least: 1 });
    return call(name, a.arg, ...axisArg(g, a.ref.shape.length, false).arg);
  },
  plain: ([x, axis]) => {
    const a = arr(x);
    const { axes, keepdims } = readAxis(axis);
    const { rest, kept, places } = lanesOf(a.shape, axes);
    return {
      shape: keepdims ? kept : rest,
      dtype: 'int64',
      v: places.map((lane) => {
        const v = lane.map((i) => a.v[i]!);
        return BigInt(v.reduce<number>((best, q, i) => (better(q, v[best]!) ? i : best), 0));
      }),
    };
  },
});

const quantifier = (name: string, f: (lane: boolean[]) => Num, dtype: DType): Row => ({
  make: (g) => {
    const a = g.value({ dtype: g.rng.chance(0.7) ? 'bool' : 'any' });
    return call(name, a.arg, ...axisArg(g, a.ref.shape.length).arg);
  },
  plain: ([x, axis]) => {
    const a = castArr(arr(x), 'bool');
    const { axes, keepdims } = readAxis(axis);
    const { rest, kept, places } = lanesOf(a.shape, axes);
    return {
      shape: keepdims ? kept : rest,
      dtype,
      v: places.map((lane) => f(lane.map((i) => a.v[i] === 1))),
    };
  },
});

export const plus = (x: Num, y: Num): Num => (typeof x === 'bigint' ? x + (y as bigint) : x + (y as number));
export const by = (x: Num, y: Num): Num => (typeof x === 'bigint' ? x * (y as bigint) : x * (y as number));
export const half = (s: Spec): number => s.top / 128;
/** Of products of so many: a unit in the last place for each, times what the others make of it. */
export const CHAIN: Own = (s, _y, _xs, args) => {
  const all = args.filter(isArr).flatMap(numbers);
  return 2 * s.ulp * all.length * all.reduce((p, x) => p * Math.max(1, Math.abs(x)), 1);
};
export const REDUCE: Table = {
  ...same(folding('sum', 0n, plus, ADDED, half), 'sum', 'nansum'),
  ...same(
    folding('prod', 1n, by, CHAIN, () => 2),
    'prod',
    'nanprod',
  ),
  ...same(
    extreme('max', (x, y) => x > y),
    'max',
    'amax',
    'nanmax',
  ),
  ...same(
    extreme('min', (x, y) => x < y),
    'min',
    'amin',
    'nanmin',
  ),
  ...same(
    position('argmax', (x, y) => x > y),
    'argmax',
    'nanargmax',
  ),
  ...same(
    position('argmin', (x, y) => x < y),
    'argmin',
    'nanargmin',
  ),
  all: quantifier('all', (lane) => Number(lane.every((x) => x)), 'bool'),
  any: quantifier('any', (lane) => Number(lane.some((x) => x)), 'bool'),
  countNonzero: quantifier('countNonzero', (lane) => BigInt(lane.filter((x) => x).length), 'int64'),
  ...same(
    reduction('mean', {
      f: mean,
      own: (...all) => PRODUCT(...all) + ADDED(...all),
      want: (s) => ({ lo: -s.sums / 128, hi: s.sums / 128 }),
    }),
    'mean',
    'nanmean',
  ),
  ...same(
    reduction('var', { f: (x) => squares(x) / x.length, own: STATISTIC, want: squared }),
    'var',
    'nanvar',
  ),
  ...same(
    reduction('std', { f: (x) => Math.sqrt(squares(x) / x.length), own: ROOT, want: squared }),
    'std',
    'nanstd',
  ),
  ptp: reduction('ptp', { f: (x) => Math.max(...x) - Math.min(...x), own: ADDED }),
  average: reduction('average', {
    f: mean,
    own: (s, y, xs, args) => PRODUCT(s, y, xs, args) + ADDED(s, y, xs, args),
    many: false,
    want: (s) => ({ lo: -s.sums / 128, hi: s.sums / 128 }),
  }),
  'nn.logsumexp': reduction('nn.logsumexp', { f: logsumexp, own: times(2, MIXED) }),
  'nn.logmeanexp': reduction('nn.logmeanexp', {
    f: (x) => logsumexp(x) - Math.log(x.length),
    own: times(2, MIXED),
  }),
  'linalg.vectorNorm': {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', least: 1, rank: [1, 2], ...squared(g.spec) });
      const axis = g.rng.chance(0.5) ? [a.ref.shape.length - 1] : [];
      return call('linalg.vectorNorm', a.arg, g.rng.pick([1, 2, Number.POSITIVE_INFINITY]), ...axis);
    },
    plain: ([x, order, axis]) => {
      const a = real(x);
      const { rest, places } = lanesOf(a.shape, axis === undefined ? undefined : [axis as number]);
      const size = (lane: number[]): number =>
        order === 1 ? sums(lane) : order === 2 ? Math.hypot(...lane) : Math.max(...lane);
      return fxp(
        rest,
        places.map((lane) => size(lane.map((i) => Math.abs(a.v[i] as number)))),
      );
    },
    own: ROOT,
  },
  ...quantiles('quantile', (q) => q, 'nanquantile'),
  ...quantiles('percentile', (q) => 100 * q, 'nanpercentile'),
  ...quantiles('median', undefined, 'nanmedian'),
};

function quantiles(
  name: string,
  scale: ((q: number) => number) | undefined,
  ...more: string[]
): Record<string, Row> {
  const row: Row = {
    make: (g) => {
      const hi = g.spec.sums / 4;
      const a = g.value({ dtype: 'fxp', least: 1, rank: [1, 3], lo: -hi, hi });
      const axis = g.rng.pick<Arg>([null, g.rng.int(-a.ref.shape.length, a.ref.shape.length - 1)]);
      return call(name, a.arg, ...(scale ? [scale(g.rng.pick([0, 0.25, 0.3, 0.5, 0.9, 1]))] : []), axis);
    },
    plain: (args) => {
      const a = real(args[0]);
      const q = scale ? (args[1] as number) / scale(1) : 0.5;
      const axis = args[scale ? 2 : 1] as number | null;
      const { rest, places } = lanesOf(a.shape, axis === null ? undefined : [axis]);
      return fxp(
        rest,
        places.map((lane) =>
          quantile(
            lane.map((i) => a.v[i] as number),
            q,
          ),
        ),
      );
    },
    own: PRODUCT,
  };
  return same(row, name, ...more);
}
