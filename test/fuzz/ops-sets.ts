/** @file Keys and sets: groups, different numbers, what is common. References are lists and sets. */
import { type Arr, type Num, outside, promote, type Spec, sizeOf } from './arrays.ts';
import type { Gen, Row, Table } from './reference.ts';
import { arr, call, fxp, ints, numbers } from './rows.ts';

const vector = { rank: [1, 1], least: 1, most: 12 } as const;

/** Values whose squares may be added up. */
const groups = (g: Gen): number => Math.min(1000, Math.sqrt(g.spec.products) / 8);

const sumsBy = (name: string, f: (rows: number[]) => number): Row => ({
  make: (g) => {
    const keys = g.value({ dtype: 'int32', ...vector, lo: -1, hi: 4 });
    return call(
      name,
      keys.arg,
      g.value({ dtype: 'fxp', shape: keys.ref.shape, lo: -groups(g), hi: groups(g) }).arg,
      4,
    );
  },
  plain: ([k, x, groups]) => {
    const [keys, v] = [numbers(k), numbers(x)];
    return fxp(
      [groups as number],
      Array.from({ length: groups as number }, (_, j) => f(v.filter((_, i) => keys[i] === j))),
    );
  },
});
const sum = (x: number[]): number => x.reduce((a, b) => a + b, 0);
const mean = (x: number[]): number => (x.length ? sum(x) / x.length : 0);
const variance = (x: number[]): number => mean(x.map((v) => (v - mean(x)) ** 2));
const least = (x: number[]): number => (x.length ? Math.min(...x) : 0);
const most = (x: number[]): number => (x.length ? Math.max(...x) : 0);

const setOp = (name: string, keeps: (x: Set<number>, y: Set<number>) => number[]): Row => ({
  make: (g) => {
    const want = { dtype: 'int32', ...vector, lo: 0, hi: 6 } as const;
    return call(name, g.value(want).arg, g.value(want).arg, { options: { size: g.rng.int(1, 9) } });
  },
  plain: ([x, y, o]) => {
    const found = [...new Set(keeps(new Set(numbers(x)), new Set(numbers(y))))].sort((a, b) => a - b);
    const { size } = o as { size: number };
    const dtype = promote(arr(x).dtype, arr(y).dtype);
    return ints(
      [size],
      Array.from({ length: size }, (_, i) => found[i] ?? 0),
      dtype,
    );
  },
});

const uniques = (a: Arr): Num[] => [...new Set(a.v)].sort((x, y) => (x < y ? -1 : 1));

const unique = (name: string, results: (a: Arr, size: number) => Arr[]): Row => ({
  make: (g) => {
    const x = g.value({ dtype: g.rng.pick(['int8', 'int32', 'uint8']), ...vector, lo: 0, hi: 5 });
    const count = { unique: 1, uniqueCounts: 2, uniqueInverse: 2, uniqueAll: 4 }[name]!;
    const step = call(name, x.arg, { options: { size: g.rng.int(5, 9) } });
    return count === 1 ? step : { ...step, pick: g.rng.int(0, count - 1) };
  },
  plain: ([x, o]) => {
    const { size } = o as { size: number };
    if (uniques(arr(x)).length > size) outside('more numbers than the size');
    return results(arr(x), size);
  },
});
const valuesOf = (a: Arr, size: number): Arr => {
  const u = uniques(a);
  return ints(
    [size],
    Array.from({ length: size }, (_, i) => u[i] ?? 0n),
    a.dtype,
  );
};
const countsOf = (a: Arr, size: number): Arr => {
  const u = uniques(a);
  return ints(
    [size],
    Array.from({ length: size }, (_, i) => a.v.filter((v) => v === u[i]).length),
  );
};
const inverseOf = (a: Arr): Arr =>
  ints(
    [a.v.length],
    a.v.map((v) => uniques(a).indexOf(v)),
  );
const firstOf = (a: Arr, size: number): Arr | undefined => {
  const u = uniques(a);
  return u.length === size
    ? ints(
        [size],
        u.map((v) => a.v.indexOf(v)),
      )
    : undefined;
};

const nonzeros = (name: string, pick: boolean): Row => ({
  make: (g) => {
    const a = g.value({ dtype: g.rng.pick(['bool', 'int8']), rank: [1, 2], least: 1, most: 9, lo: 0, hi: 2 });
    const step = call(name, a.arg, { options: { size: g.rng.int(1, 9) } });
    return pick ? { ...step, pick: g.rng.int(0, a.ref.shape.length - 1) } : step;
  },
  plain: ([x, o]) => {
    const a = arr(x);
    const { size } = o as { size: number };
    const found = a.v.flatMap((v, i) => (Number(v) !== 0 ? [i] : []));
    const at = (axis: number): number[] => {
      const step = sizeOf(a.shape.slice(axis + 1));
      return Array.from({ length: size }, (_, i) =>
        i < found.length ? Math.floor(found[i]! / step) % a.shape[axis]! : 0,
      );
    };
    if (name === 'flatnonzero')
      return ints(
        [size],
        Array.from({ length: size }, (_, i) => found[i] ?? 0),
      );
    const all = a.shape.map((_, axis) => at(axis));
    if (name === 'nonzero') return all.map((list) => ints([size], list));
    return ints([size, a.shape.length], Array.from({ length: size }, (_, i) => all.map((l) => l[i]!)).flat());
  },
});

/** A mean in a small ring is a quotient, off by this at most. */
const offOfMean = (s: Spec, values: unknown): number =>
  s.field === 'FM128' ? 0 : 2 ** -16 * Math.max(0, ...numbers(values).map(Math.abs));

export const SETS: Table = {
  groupSum: sumsBy('groupSum', sum),
  groupMean: { ...sumsBy('groupMean', mean), own: (s, y) => s.goal * Math.max(1, Math.abs(y)) + 4 * s.ulp },
  groupMax: sumsBy('groupMax', most),
  groupMin: sumsBy('groupMin', least),
  groupVar: {
    ...sumsBy('groupVar', variance),
    own: (s, y, _xs, [, values]) =>
      Math.max(1e-4, s.goal) * Math.max(s.field === 'FM128' ? 0 : 1, Math.abs(y)) +
      s.goal +
      offOfMean(s, values) ** 2,
  },
  groupStd: {
    ...sumsBy('groupStd', (x) => Math.sqrt(variance(x))),
    own: (s, y, _xs, [, values]) =>
      Math.max(1e-4, s.goal) * Math.max(1, y) + Math.sqrt(4 * s.ulp) + offOfMean(s, values),
  },
  groupCount: {
    make: (g) => call('groupCount', g.value({ dtype: 'int32', ...vector, lo: -1, hi: 4 }).arg, 4),
    plain: ([x, n]) =>
      ints(
        [n as number],
        Array.from({ length: n as number }, (_, k) => numbers(x).filter((v) => v === k).length),
      ),
  },
  unique: unique('unique', (a, size) => [valuesOf(a, size)]),
  uniqueCounts: unique('uniqueCounts', (a, size) => [valuesOf(a, size), countsOf(a, size)]),
  uniqueInverse: unique('uniqueInverse', (a, size) => [valuesOf(a, size), inverseOf(a)]),
  uniqueAll: unique('uniqueAll', (a, size) => [
    valuesOf(a, size),
    firstOf(a, size) ?? outside('places of what is not there'),
    inverseOf(a),
    countsOf(a, size),
  ]),
  intersect1d: setOp('intersect1d', (x, y) => [...x].filter((v) => y.has(v))),
  setdiff1d: setOp('setdiff1d', (x, y) => [...x].filter((v) => !y.has(v))),
  union1d: setOp('union1d', (x, y) => [...x, ...y]),
  setxor1d: setOp('setxor1d', (x, y) => [
    ...[...x].filter((v) => !y.has(v)),
    ...[...y].filter((v) => !x.has(v)),
  ]),
  nonzero: nonzeros('nonzero', true),
  argwhere: nonzeros('argwhere', false),
  flatnonzero: nonzeros('flatnonzero', false),
};
