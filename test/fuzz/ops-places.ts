/** @file Elements at places that are secret: reading, writing, adding, counting, ordering by keys. Exact but for sums. */
import { type Arr, castArr, outside, sizeOf, wrap } from './arrays.ts';
import type { Gen, Given, Row, Table } from './reference.ts';
import { arr, bools, call, each, fxp, ints, isArr, numbers } from './rows.ts';

/** Places below n, secret or not; with `ends`, from -n on, too. */
const places = (g: Gen, n: number, shape?: readonly number[], ends = false): Given =>
  g.value({
    dtype: g.rng.pick(['int32', 'int64', 'int8']),
    lo: ends ? -n : 0,
    hi: n - 1,
    ...(shape ? { shape } : { rank: [0, 2], most: 6 }),
  });

const inside = (i: number, n: number): number =>
  i >= -n && i < n ? (i < 0 ? i + n : i) : outside('a place beyond the end');

const nonEmpty = { rank: [1, 2], least: 1, most: 24 } as const;
const vector = { rank: [1, 1], least: 1, most: 12 } as const;

/** Blocks are moved so that they fit. */
const start = (i: number, n: number, size: number): number => Math.min(Math.max(i, 0), n - size);

export const PLACES: Table = {
  takeAlongAxis: {
    make: (g) => {
      const a = g.value({ dtype: 'number', rank: [2, 2], least: 1, most: 16 });
      return call('takeAlongAxis', a.arg, places(g, a.ref.shape[1]!, [a.ref.shape[0]!, 2], true).arg, 1);
    },
    plain: ([x, at]) => {
      const [a, p] = [arr(x), numbers(at)];
      const n = a.shape[1]!;
      return {
        shape: [a.shape[0]!, 2],
        dtype: a.dtype,
        v: p.map((i, k) => a.v[Math.floor(k / 2) * n + inside(i, n)]!),
      };
    },
  },
  choose: {
    make: (g) => {
      const a = g.value({ dtype: 'number', rank: [0, 2], most: 9 });
      const like = { dtype: a.ref.dtype, shape: a.ref.shape };
      return call('choose', places(g, 3, a.ref.shape, true).arg, [
        a.arg,
        g.value(like).arg,
        g.value(like).arg,
      ]);
    },
    plain: ([which, list]) => {
      const choices = list as Arr[];
      return { ...choices[0]!, v: numbers(which).map((k, i) => choices[inside(k, 3)]!.v[i]!) };
    },
  },
  scatterAdd: {
    make: (g) => {
      const a = g.value({ dtype: g.rng.pick(['fxp', 'fxp', 'int32']), ...vector, lo: -1000, hi: 1000 });
      const at = places(g, a.ref.shape[0]!, [g.rng.int(1, 4)], true);
      return call(
        'scatterAdd',
        a.arg,
        at.arg,
        g.value({ dtype: a.ref.dtype, shape: at.ref.shape, lo: -1000, hi: 1000 }).arg,
      );
    },
    plain: ([x, at, parts]) => {
      const a = arr(x);
      const v = [...a.v];
      for (const [k, i] of numbers(at).entries()) {
        const p = arr(parts).v[k]!;
        const j = inside(i, v.length);
        v[j] = typeof p === 'bigint' ? wrap((v[j] as bigint) + p, a.dtype) : (v[j] as number) + p;
      }
      return { ...a, v };
    },
  },
  scatter: {
    make: (g) => {
      const a = g.value({ dtype: g.rng.pick(['fxp', 'int32']), ...vector, lo: -1000, hi: 1000 });
      const n = a.ref.shape[0]!;
      return call(
        'scatter',
        a.arg,
        places(g, n, [1]).arg,
        g.value({ dtype: a.ref.dtype, shape: [1], lo: -1000, hi: 1000 }).arg,
      );
    },
    plain: ([x, at, parts]) => {
      const a = arr(x);
      const v = [...a.v];
      for (const [k, i] of numbers(at).entries()) v[inside(i, v.length)] = castArr(arr(parts), a.dtype).v[k]!;
      return { ...a, v };
    },
  },
  put: {
    make: (g) => {
      const a = g.value({ dtype: g.rng.pick(['fxp', 'int32']), ...nonEmpty, lo: -1000, hi: 1000 });
      return call(
        'put',
        a.arg,
        places(g, a.ref.v.length, [1]).arg,
        g.value({ dtype: a.ref.dtype, shape: [1], lo: -1000, hi: 1000 }).arg,
      );
    },
    plain: ([x, at, values]) => {
      const a = arr(x);
      const v = [...a.v];
      for (const i of numbers(at)) v[inside(i, v.length)] = arr(values).v[0]!;
      return { ...a, v };
    },
  },
  putAlongAxis: {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', rank: [2, 2], least: 1, most: 12 });
      return call('putAlongAxis', a.arg, places(g, a.ref.shape[1]!, [a.ref.shape[0]!, 1], true).arg, 2, 1);
    },
    plain: ([x, at]) => {
      const a = arr(x);
      const n = a.shape[1]!;
      const p = numbers(at).map((i) => inside(i, n));
      return { ...a, v: a.v.map((v, i) => (p[Math.floor(i / n)] === i % n ? 2 : v)) };
    },
  },
  place: {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', ...vector });
      return call('place', a.arg, g.value({ dtype: 'bool', shape: a.ref.shape }).arg, [5, -1.5, 2]);
    },
    plain: ([x, mask]) => {
      const a = arr(x);
      let k = 0;
      return { ...a, v: a.v.map((v, i) => (arr(mask).v[i] ? [5, -1.5, 2][k++ % 3]! : v)) };
    },
  },
  fillDiagonal: {
    make: (g) => {
      const a = g.value({ dtype: 'number', rank: [2, 2], least: 1 });
      return call('fillDiagonal', a.arg, g.value({ dtype: a.ref.dtype, shape: [] }).arg);
    },
    plain: ([x, value]) => {
      const a = arr(x);
      const m = a.shape[1]!;
      return { ...a, v: a.v.map((v, i) => (Math.floor(i / m) === i % m ? arr(value).v[0]! : v)) };
    },
  },
  dynamicSlice: {
    weight: 1.5,
    make: (g) => {
      const a = g.value({ dtype: 'number', rank: [1, 5], least: 1, most: 32 });
      const size = a.ref.shape.map((n) => g.rng.int(1, n));
      const at = a.ref.shape.map((n) =>
        g.rng.chance(0.6)
          ? g.value({ dtype: 'int32', shape: [], lo: 0, hi: n - 1 }).arg
          : g.rng.int(0, n - 1),
      );
      return call('dynamicSlice', a.arg, at, size);
    },
    plain: ([x, at, size]) => {
      const a = arr(x);
      const to = size as number[];
      const from = (at as (number | Arr)[]).map((i, k) =>
        start(Number(isArr(i) ? i.v[0] : i), a.shape[k]!, to[k]!),
      );
      return {
        shape: to,
        dtype: a.dtype,
        v: Array.from({ length: sizeOf(to) }, (_, flat) => a.v[corner(flat, to, a.shape, from)]!),
      };
    },
  },
  dynamicUpdateSlice: {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', rank: [1, 3], least: 1, most: 24 });
      const size = a.ref.shape.map((n) => g.rng.int(1, n));
      const at = a.ref.shape.map((n) => g.value({ dtype: 'int32', shape: [], lo: 0, hi: n - 1 }).arg);
      return call('dynamicUpdateSlice', a.arg, g.value({ dtype: 'fxp', shape: size }).arg, at);
    },
    plain: ([x, update, at]) => {
      const [a, u] = [arr(x), arr(update)];
      const from = (at as Arr[]).map((i, k) => start(Number(i.v[0]), a.shape[k]!, u.shape[k]!));
      const v = [...a.v];
      for (const [flat, value] of u.v.entries()) v[corner(flat, u.shape, a.shape, from)] = value;
      return { ...a, v };
    },
  },
  isin: {
    make: (g) => {
      const want = { dtype: 'int32', lo: 0, hi: 6 } as const;
      return call('isin', g.value({ ...want, rank: [0, 2] }).arg, g.value({ ...want, ...vector }).arg);
    },
    plain: ([x, y]) => {
      const set = new Set(numbers(y));
      return bools(
        arr(x).shape,
        numbers(x).map((v) => set.has(v)),
      );
    },
  },
  searchsorted: {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', ...vector, kind: 'static', apart: true });
      return call(
        'searchsorted',
        { slot: a.arg.slot },
        g.value({ dtype: 'fxp', rank: [0, 2] }).arg,
        g.rng.pick(['left', 'right']),
      );
    },
    plain: ([list, v, side]) => {
      const sorted = numbers(list);
      if (sorted.some((x, i) => i > 0 && x < sorted[i - 1]!)) outside('not sorted');
      const below = (x: number): number => sorted.filter((y) => (side === 'left' ? y < x : y <= x)).length;
      return ints(arr(v).shape, numbers(v).map(below));
    },
  },
  digitize: {
    make: (g) =>
      call(
        'digitize',
        g.value({ dtype: 'fxp', rank: [0, 2] }).arg,
        [-1.5, 0, 0.5, 2, 1000],
        g.rng.chance(0.5),
      ),
    plain: ([x, bins, right]) =>
      ints(
        arr(x).shape,
        numbers(x).map((v) => (bins as number[]).filter((b) => (right ? b < v : b <= v)).length),
      ),
  },
  ...Object.fromEntries(
    ['oneHot', 'nn.oneHot'].map((name): [string, Row] => [
      name,
      {
        make: (g) => call(name, g.value({ dtype: 'int32', rank: [0, 1], lo: -1, hi: 5 }).arg, 4),
        plain: ([x, n]) =>
          fxp(
            [...arr(x).shape, n as number],
            numbers(x).flatMap((k) => Array.from({ length: n as number }, (_, i) => Number(i === k))),
          ),
      },
    ]),
  ),
  bincount: {
    make: (g) =>
      call('bincount', g.value({ dtype: 'int32', ...vector, lo: -1, hi: 6 }).arg, { options: { length: 5 } }),
    plain: ([x, o]) => {
      const { length } = o as { length: number };
      return ints(
        [length],
        Array.from({ length }, (_, k) => numbers(x).filter((v) => v === k).length),
      );
    },
  },
  sortBy: {
    make: (g) => {
      const keys = g.value({ dtype: 'int32', ...vector, lo: 0, hi: 3 });
      const column = g.value({ dtype: 'int32', shape: keys.ref.shape, lo: -9, hi: 9 });
      return { ...call('sortBy', keys.arg, column.arg), pick: 1 };
    },
    plain: ([keys, column]) => {
      const [k, c] = [numbers(keys), arr(column)];
      const at = k.map((_, i) => i).sort((i, j) => k[i]! - k[j]! || i - j);
      return { ...c, v: at.map((i) => c.v[i]!) };
    },
  },
  lexsort: {
    make: (g) => {
      const a = g.value({ dtype: 'int32', ...vector, lo: 0, hi: 3 });
      return call('lexsort', [g.value({ dtype: 'number', shape: a.ref.shape }).arg, a.arg]);
    },
    plain: ([keys]) => {
      const [minor, major] = keys as [Arr, Arr];
      const at = major.v.map((_, i) => i);
      const by = (k: Arr, i: number, j: number): number =>
        k.v[i]! < k.v[j]! ? -1 : k.v[i]! > k.v[j]! ? 1 : 0;
      return ints(
        [at.length],
        at.sort((i, j) => by(major, i, j) || by(minor, i, j) || i - j),
      );
    },
  },
  arrayEqual: equality('arrayEqual'),
  arrayEquiv: equality('arrayEquiv'),
  allclose: {
    make: (g) => {
      const a = g.value({ dtype: 'fxp', rank: [1, 2] });
      return call(
        'allclose',
        a.arg,
        g.rng.chance(0.4) ? a.arg : g.value({ dtype: 'fxp', shape: a.ref.shape }).arg,
        0.01,
        0.25,
      );
    },
    plain: ([x, y], s) => {
      const [a, b] = [numbers(x), numbers(y)];
      if (b.some((v) => Math.abs(v) > s.products / 4)) outside('allclose');
      const left = a.map((v, i) => 0.25 + 0.01 * Math.abs(b[i]!) - Math.abs(v - b[i]!));
      const close = left.map((d, i) => Math.abs(d) < 8 * s.ulp * (1 + Math.abs(b[i]!)));
      return {
        shape: [],
        dtype: 'bool',
        v: [left.some((d, i) => d < 0 && !close[i]) ? 0 : close.some((c) => c) ? Number.NaN : 1],
      };
    },
  },
  ravelMultiIndex: {
    make: (g) => {
      const a = g.value({ dtype: 'int32', rank: [0, 1], lo: 0, hi: 2 });
      return call(
        'ravelMultiIndex',
        [a.arg, g.value({ dtype: 'int32', shape: a.ref.shape, lo: 0, hi: 3 }).arg],
        [3, 4],
      );
    },
    plain: ([list]) => {
      const [x, y] = list as [Arr, Arr];
      if (numbers(x).some((v) => v < 0 || v > 2) || numbers(y).some((v) => v < 0 || v > 3)) outside('beyond');
      return each([x, y], 'int64', (i, j) => (i as bigint) * 4n + (j as bigint));
    },
  },
};

function equality(name: string): Row {
  return {
    make: (g) => {
      const a = g.value({ dtype: 'number' });
      return call(
        name,
        a.arg,
        g.rng.chance(0.5) ? a.arg : g.value({ dtype: a.ref.dtype, shape: a.ref.shape }).arg,
      );
    },
    plain: ([x, y]) => bools([], [arr(x).v.every((v, i) => v === arr(y).v[i])]),
  };
}

/** The place in an array of shape `of` of element `flat` of a block whose corner is at `from`. */
function corner(
  flat: number,
  block: readonly number[],
  of: readonly number[],
  from: readonly number[],
): number {
  let [rest, place, step] = [flat, 0, 1];
  for (let k = block.length - 1; k >= 0; k--) {
    place += ((rest % block[k]!) + from[k]!) * step;
    rest = Math.floor(rest / block[k]!);
    step *= of[k]!;
  }
  return place;
}
