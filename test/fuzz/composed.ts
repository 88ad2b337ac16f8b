/** @file How rows of functions are made that are no ops: composed of others, with a meaning of their own in the clear. */
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { type Arr, lanesOf, outside, type Spec } from './arrays.ts';
import { type Arg, find, fromNDArray, type Step, toNDArray } from './program.ts';
import type { Args, Gen, Row, Wanted } from './reference.ts';
import { arr, call, isArr, MIXED, numbers, type Own, real, times } from './rows.ts';

const plainly =
  (name: string) =>
  (args: Args): Arr[] => {
    const given = (x: unknown): unknown =>
      isArr(x)
        ? toNDArray(x)
        : Array.isArray(x)
          ? x.map(given)
          : typeof x === 'object' && x !== null
            ? Object.fromEntries(Object.entries(x).map(([k, y]) => [k, given(y)]))
            : x;
    const made = flatten(find(name)(...args.map(given)), (x) => x instanceof NDArray).leaves as NDArray[];
    return made.map(fromNDArray);
  };

export interface Composed {
  readonly make: (g: Gen) => readonly Arg[];
  readonly own?: Own;
  readonly known?: Row['known'];
  readonly results?: number;
  readonly check?: (args: Args, s: Spec) => void;
  readonly noise?: (s: Spec) => number;
  readonly weight?: number;
}

export const composed = (
  name: string,
  { make, own = times(4, MIXED), results = 1, known, check, noise, weight = 0.7 }: Composed,
): Row => ({
  weight,
  make: (g): Step => {
    const step = call(name, ...make(g));
    return results === 1 ? step : { ...step, pick: g.rng.int(0, results - 1) };
  },
  plain: (args, s) => {
    check?.(args, s);
    return plainly(name)(args);
  },
  own,
  ...(noise && { noise }),
  ...(known !== undefined && { known }),
});

export const small: Wanted = { dtype: 'fxp', lo: -8, hi: 8 };

export const of = (g: Gen, shape: readonly number[], want: Wanted = small): Arg =>
  g.value({ ...want, shape }).arg;

/** What functions of a matrix's condition may lose. */
const noise = (s: Spec): number => 4 * s.goal;

export const determinant = (a: readonly number[], n: number): number => {
  if (n === 1) return a[0]!;
  return Array.from({ length: n }, (_, j) => {
    const minor = a.filter((_, i) => i >= n && i % n !== j);
    return (j % 2 ? -1 : 1) * a[j]! * determinant(minor, n - 1);
  }).reduce((p, q) => p + q, 0);
};

/** Matrices near singular ones say nothing. */
export const regular = ([x]: Args): void => {
  const a = real(x);
  const n = a.shape[0]!;
  const size = Math.max(1, ...numbers(a).map(Math.abs));
  if (Math.abs(determinant(numbers(a), n)) < 0.3 * size ** (n - 1)) outside('near singular');
};

export const matrices = (name: string, more: Partial<Composed> = {}): Row =>
  composed(name, {
    make: (g) => {
      const n = g.rng.int(1, 3);
      return [of(g, [n, n])];
    },
    check: regular,
    noise,
    own: (s, y, _, [x]) => 64 * MIXED(s, y, [], []) * Math.max(1, ...numbers(x).map(Math.abs)),
    weight: 0.3,
    ...more,
  });

const few = (s: Spec): number => Math.sqrt(s.products) / 16;

export const spread = (g: Gen): Wanted => ({ dtype: 'fxp', lo: -few(g.spec), hi: few(g.spec) });

/** Rows of observations: products of distances from the mean over n - 1. */
export const covariance = (rows: readonly number[][]): number[][] => {
  const away = rows.map((r) => {
    const m = r.reduce((a, b) => a + b, 0) / r.length;
    return r.map((v) => v - m);
  });
  return away.map((p) => away.map((q) => p.reduce((a, v, i) => a + v * q[i]!, 0) / (p.length - 1)));
};

export const rowsOf = (x: unknown): number[][] =>
  lanesOf(arr(x).shape, [-1]).places.map((lane) => lane.map((i) => Number(arr(x).v[i])));

export const STATISTIC: Own = (s, y, _, [x]) => {
  const size = Math.max(...numbers(x).map(Math.abs));
  return s.field === 'FM128' && s.f >= 26
    ? 1e-4 * Math.abs(y) + 1e-6 * size * size + 4 * s.ulp
    : MIXED(s, y, [], []) + s.goal * size;
};

export const losses = (name: string): Row =>
  composed(name, {
    make: (g) => {
      const [n, m] = [g.rng.int(1, 3), g.rng.int(2, 4)];
      return [
        of(g, [n, m], { dtype: 'fxp', lo: -50, hi: 50 }),
        of(g, [n, m], { dtype: 'fxp', lo: 0, hi: 1 }),
      ];
    },
  });
