/**
 * @file Functions that only move elements. Where each comes from is read off the numbers of places, on which the same
 * function runs in the clear: what is tested here is that secrets of every dtype move as these do.
 */

import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { castArr, type DType, type Num, outside, promote, type Ref, sizeOf } from './arrays.ts';
import { type Arg, find, type Step } from './program.ts';
import {
  type Args,
  castRef,
  type Gen,
  isRef,
  moved,
  type Row,
  type Table,
  type Wanted,
} from './reference.ts';
import { call, same } from './rows.ts';

/** A list of arrays out of whatever a function gives. */
const results = (x: unknown): BaseArray[] => (Array.isArray(x) ? x.flatMap(results) : [x as BaseArray]);

/** Places count from 1: 0 is what is filled in. */
const placesOf = (name: string, args: Args): { refs: Ref[]; made: NDArray[] } => {
  const refs: Ref[] = [];
  let next = 1;
  const numbered = (x: unknown): unknown => {
    if (isRef(x)) {
      refs.push(x);
      const n = x.v.length;
      const data = BigInt64Array.from({ length: n }, (_, i) => BigInt(next + i));
      next += n;
      return new NDArray([...x.shape], 'int64', data);
    }
    if (Array.isArray(x)) return x.map(numbered);
    if (typeof x === 'object' && x !== null)
      return Object.fromEntries(Object.entries(x).map(([k, y]) => [k, numbered(y)]));
    return x;
  };
  const given = args.map(numbered);
  return { refs, made: results(find(name)(...given)) as NDArray[] };
};

const moving = (name: string, make: (g: Gen) => readonly Arg[], pick?: (g: Gen) => number): Row => ({
  make: (g): Step => ({ ...call(name, ...make(g)), ...(pick && { pick: pick(g) }) }),
  ref: (args) => {
    const { refs, made } = placesOf(name, args);
    const dtype = refs.map((r) => r.dtype).reduce(promote) as DType;
    const zero: Num = dtype === 'fxp' || dtype === 'bool' ? 0 : 0n;
    return made.map((m) =>
      moved(
        refs,
        Array.from(m.data as Float64Array, (x) => Number(x) - 1),
        [...m.shape],
        dtype,
        zero,
      ),
    );
  },
});

const any = (g: Gen, want: Wanted = {}) => g.value({ dtype: 'any', ...want });
const alone = (
  name: string,
  want: Wanted = {},
  more: (g: Gen, shape: readonly number[]) => readonly Arg[] = () => [],
): Row =>
  moving(name, (g) => {
    const a = any(g, want);
    return [a.arg, ...more(g, a.ref.shape)];
  });

const axis = (g: Gen, shape: readonly number[]): number => g.rng.int(-shape.length, shape.length - 1);
const ranked = { rank: [1, 4], least: 1 } as const;
const matrix = { rank: [2, 3], least: 1 } as const;

/** Another shape of as many elements. */
const reshaped = (g: Gen, shape: readonly number[]): number[] => {
  const n = sizeOf(shape);
  const cut = [1, 2, 3, 4, 5, 6].filter((d) => n % d === 0);
  const d = g.rng.pick(cut);
  return g.rng.pick([[n], [d, n / d], [1, n], [n / d, 1, d], [-1, d]]);
};

const sameShape = (
  name: string,
  wrap: (args: Arg[], g: Gen, shape: readonly number[]) => readonly Arg[],
  want: Wanted = ranked,
): Row =>
  moving(name, (g) => {
    const a = any(g, want);
    const b = g.value({ dtype: g.rng.chance(0.7) ? a.ref.dtype : 'any', shape: a.ref.shape });
    return wrap([a.arg, b.arg], g, a.ref.shape);
  });

/** Parts of an array, of which one is picked. */
const parts = (
  name: string,
  want: Wanted,
  of: (g: Gen, shape: readonly number[]) => { args: readonly Arg[]; count: number },
): Row => ({
  ...moving(name, () => []),
  make: (g) => {
    const a = any(g, want);
    const { args, count } = of(g, a.ref.shape);
    return { ...call(name, a.arg, ...args), pick: g.rng.int(0, count - 1) };
  },
});

const slices = (g: Gen, shape: readonly number[]): Arg[] =>
  shape.map((n) => {
    const from = g.rng.int(0, n - 1);
    return g.rng.pick<Arg>([':', from, [from, n], '::-1', [0, n, 2], '...'].slice(0, n > 0 ? 5 : 1));
  });

/** A number in the place of the elements, of the dtype of the array. */
const likeOf = (name: string, value: number): Row => ({
  weight: 0.3,
  make: (g) => call(name, any(g).arg),
  ref: ([x]) => {
    const r = x as Ref;
    const v: Num = r.dtype === 'fxp' || r.dtype === 'bool' ? value : BigInt(value);
    return { shape: r.shape, dtype: r.dtype, v: r.v.map(() => v), e: r.v.map(() => 0) };
  },
});

export const MOVES: Table = {
  reshape: alone('reshape', { least: 1 }, (g, s) => [reshaped(g, s)]),
  ravel: alone('ravel'),
  ...same(alone('transpose', ranked), 'transpose', 'permute_dims'),
  matrixTranspose: alone('matrixTranspose', matrix),
  swapaxes: alone('swapaxes', ranked, (g, s) => [axis(g, s), axis(g, s)]),
  moveaxis: alone('moveaxis', ranked, (g, s) => [axis(g, s), axis(g, s)]),
  rollaxis: alone('rollaxis', ranked, (g, s) => [axis(g, s), g.rng.int(0, s.length)]),
  expandDims: alone('expandDims', { rank: [0, 3] }, (g, s) => [g.rng.int(-s.length - 1, s.length)]),
  squeeze: alone('squeeze'),
  broadcastTo: alone('broadcastTo', { rank: [0, 2], most: 6 }, (g, s) => [
    [g.rng.int(1, 3), ...s.map((n) => (n === 1 ? g.rng.int(1, 3) : n))],
  ]),
  flip: alone('flip', ranked, (g, s) => (g.rng.chance(0.5) ? [] : [axis(g, s)])),
  fliplr: alone('fliplr', matrix),
  flipud: alone('flipud', matrix),
  rot90: alone('rot90', { rank: [2, 2], least: 1 }, (g) => [g.rng.int(-1, 3)]),
  roll: alone('roll', ranked, (g, s) =>
    g.rng.chance(0.5) ? [g.rng.int(-3, 3)] : [g.rng.int(-3, 3), axis(g, s)],
  ),
  tile: alone('tile', { rank: [0, 5], most: 6 }, (g) => [g.rng.pick<Arg>([2, [2, 1], [1, 2], [3]])]),
  repeat: alone('repeat', { rank: [1, 3], least: 1, most: 8 }, (g, s) =>
    g.rng.chance(0.5) ? [2] : [3, axis(g, s)],
  ),
  pad: alone('pad', { rank: [1, 2], most: 12 }, (g) => [g.rng.pick<Arg>([1, [0, 2], [1, 1]])]),
  tril: alone('tril', matrix, (g) => [g.rng.int(-1, 1)]),
  triu: alone('triu', matrix, (g) => [g.rng.int(-1, 1)]),
  diag: alone('diag', { rank: [1, 2], least: 1 }, (g) => [g.rng.int(-1, 1)]),
  diagflat: alone('diagflat', { rank: [1, 2], least: 1, most: 5 }),
  diagonal: alone('diagonal', matrix, (g) => [g.rng.int(-1, 1)]),
  slice: alone('slice', ranked, slices),
  resize: alone('resize', ranked, (g) => [[g.rng.int(1, 3), g.rng.int(1, 4)]]),
  atleast1d: alone('atleast1d'),
  atleast2d: alone('atleast2d'),
  atleast3d: alone('atleast3d'),
  ...same(alone('array'), 'array', 'asarray', 'real', 'conj', 'nn.identity', 'stopGradient'),
  // Public from there on.
  reveal: { ...alone('reveal'), known: 0 },
  nanToNum: alone('nanToNum'),
  'random.secretShuffle': {
    ...alone('random.secretShuffle'),
    make: (g) => call('random.secretShuffle', any(g, { shape: [1] }).arg),
    ref: ([x]) => ((x as Ref).v.length === 1 ? (x as Ref) : outside('any order')),
  },
  take: moving('take', (g) => {
    const a = any(g, ranked);
    if (g.rng.chance(0.5)) return [a.arg, [0, a.ref.v.length - 1, -1]];
    const at = axis(g, a.ref.shape);
    const n = a.ref.shape.at(at)!;
    return [a.arg, g.rng.pick<Arg>([0, [n - 1, 0], [[0], [-1]]]), at];
  }),
  deleteAt: alone('delete', ranked, (g, s) => {
    const at = axis(g, s);
    return [g.rng.int(0, s.at(at)! - 1), at];
  }),
  ...same(
    sameShape('concatenate', (list, g, s) => [[...list], g.rng.chance(0.2) ? null : axis(g, s)]),
    'concatenate',
    'concat',
  ),
  stack: sameShape('stack', (list, g, s) => [[...list], g.rng.int(-s.length - 1, s.length)], {
    rank: [0, 3],
  }),
  append: sameShape('append', ([a, b], g, s) => (g.rng.chance(0.5) ? [a!, b!] : [a!, b!, axis(g, s)])),
  vstack: sameShape('vstack', (list) => [[...list]]),
  hstack: sameShape('hstack', (list) => [[...list]]),
  dstack: sameShape('dstack', (list) => [[...list]], { rank: [1, 3], least: 1 }),
  columnStack: sameShape('columnStack', (list) => [[...list]], { rank: [1, 2], least: 1 }),
  block: sameShape(
    'block',
    ([a, b]) => [
      [
        [a!, b!],
        [b!, a!],
      ],
    ],
    { rank: [2, 2], least: 1, most: 9 },
  ),
  insert: moving('insert', (g) => {
    const a = any(g, { rank: [1, 1], least: 1 });
    const b = g.value({ dtype: a.ref.dtype, shape: [] });
    return [a.arg, g.rng.int(0, a.ref.shape[0]!), b.arg];
  }),
  split: parts('split', ranked, (g, s) => {
    const at = g.rng.int(0, s.length - 1);
    const n = g.rng.pick([1, 2, 3].filter((k) => s[at]! % k === 0));
    return { args: [n, at], count: n };
  }),
  arraySplit: parts('arraySplit', ranked, (g, s) => {
    const n = g.rng.int(1, 3);
    return { args: [n, g.rng.int(0, s.length - 1)], count: n };
  }),
  vsplit: parts('vsplit', matrix, () => ({ args: [[1]], count: 2 })),
  hsplit: parts('hsplit', matrix, () => ({ args: [[1]], count: 2 })),
  dsplit: parts('dsplit', { rank: [3, 3], least: 1 }, () => ({ args: [[1]], count: 2 })),
  unstack: parts('unstack', ranked, (g, s) => {
    const at = g.rng.int(0, s.length - 1);
    return { args: [at], count: s[at]! };
  }),
  meshgrid: {
    ...moving('meshgrid', () => []),
    make: (g) => {
      const a = any(g, { rank: [1, 1], least: 1, most: 4 });
      const b = g.value({ dtype: a.ref.dtype, rank: [1, 1], least: 1, most: 4 });
      return { ...call('meshgrid', [a.arg, b.arg], g.rng.pick(['xy', 'ij'])), pick: g.rng.int(0, 1) };
    },
    ref: (args) => {
      const { refs, made } = placesOf('meshgrid', args);
      return made.map((m, k) =>
        moved(
          refs,
          Array.from(m.data as Float64Array, (x) => Number(x) - 1),
          [...m.shape],
          refs[k]!.dtype,
          0,
        ),
      );
    },
  },
  broadcastArrays: {
    ...moving('broadcastArrays', () => []),
    make: (g) => {
      const a = any(g, { rank: [1, 3] });
      const b = g.value({ dtype: a.ref.dtype, shape: g.rng.pick([[], a.ref.shape.slice(1)]) });
      return { ...call('broadcastArrays', a.arg, b.arg), pick: g.rng.int(0, 1) };
    },
  },
  ix: {
    ...moving('ix', () => []),
    make: (g) => {
      const a = any(g, { rank: [1, 1], dtype: 'number' });
      const b = g.value({ dtype: a.ref.dtype, rank: [1, 1] });
      return { ...call('ix', a.arg, b.arg), pick: g.rng.int(0, 1) };
    },
  },
  compress: moving('compress', (g) => {
    const a = any(g, { rank: [1, 3], least: 1 });
    return [[true, false, true].slice(0, a.ref.shape[0]!), a.arg, 0];
  }),
  extract: moving('extract', (g) => {
    const a = any(g, { rank: [1, 1], least: 1 });
    return [a.ref.v.map((_, i) => i % 2 === 0), a.arg];
  }),
  ...same(likeOf('zerosLike', 0), 'zerosLike', 'emptyLike'),
  onesLike: likeOf('onesLike', 1),
  imag: likeOf('imag', 0),
  fullLike: {
    weight: 0.3,
    make: (g) => {
      const a = any(g, { dtype: 'number' });
      return call('fullLike', a.arg, g.value({ dtype: a.ref.dtype, shape: [] }).arg);
    },
    ref: ([x, value]) => {
      const [r, w] = [x as Ref, value as Ref];
      return {
        shape: r.shape,
        dtype: r.dtype,
        v: r.v.map(() => castArr(w, r.dtype).v[0]!),
        e: r.v.map(() => w.e[0]!),
      };
    },
  },
  full: {
    make: (g) => call('full', [g.rng.int(0, 3), g.rng.int(1, 3)], any(g, { shape: [] }).arg),
    ref: ([shape, value]) => {
      const w = value as Ref;
      const s = shape as number[];
      return { shape: s, dtype: w.dtype, v: Array(sizeOf(s)).fill(w.v[0]), e: Array(sizeOf(s)).fill(w.e[0]) };
    },
  },
  astype: {
    weight: 3,
    make: (g) => {
      const to = g.rng.pick([
        'bool',
        'int8',
        'int16',
        'int32',
        'int64',
        'uint8',
        'uint16',
        'uint32',
        'uint64',
        'float64',
        'float64',
      ]);
      // Real numbers are to fit the integer.
      const bits = Number(/\d+/.exec(to)?.[0] ?? 64);
      const hi = Math.min(g.spec.top, 2 ** (bits - 1) - 1);
      const fits = to === 'float64' || to === 'bool' ? {} : { hi, lo: to.startsWith('u') ? 0 : -hi };
      return call('astype', any(g, g.rng.chance(0.5) ? { dtype: 'fxp', ...fits } : {}).arg, to);
    },
    ref: ([x, to], spec) => {
      const r = x as Ref;
      const dtype: DType = to === 'float64' ? 'fxp' : (to as DType);
      if (dtype === 'fxp' && r.dtype !== 'fxp') {
        if (r.v.some((v) => Math.abs(Number(v)) > 2 ** 53)) outside('beyond 2^53');
        return castRef(r, 'fxp');
      }
      const lower = castArr(
        { ...r, v: r.v.map((v, i) => (r.dtype === 'fxp' ? (v as number) - Math.min(r.e[i]!, spec.top) : v)) },
        dtype,
      );
      const upper = castArr(
        { ...r, v: r.v.map((v, i) => (r.dtype === 'fxp' ? (v as number) + Math.min(r.e[i]!, spec.top) : v)) },
        dtype,
      );
      if (dtype === r.dtype) return r;
      const tie = (i: number): boolean =>
        lower.v[i] !== upper.v[i] || (dtype === 'bool' && r.e[i]! >= Math.abs(Number(r.v[i])) && r.e[i]! > 0);
      return { ...castArr(r, dtype), e: r.v.map((_, i) => (tie(i) ? Number.POSITIVE_INFINITY : 0)) };
    },
  },
};
