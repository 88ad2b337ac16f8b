/** @file Functions that make a lane of each lane: order, running ones, differences, softmax. References are loops. */
import { axisOf, type DType, isUnsigned, lanesOf, type Num, outside, type Spec, wrap } from './arrays.ts';
import { by, CHAIN, half, logsumexp, mean, plus, squared, squares, sums } from './ops-reduce.ts';
import type { Arg } from './program.ts';
import type { Args, Gen, Row, Table, Wanted } from './reference.ts';
import {
  ABSOLUTE,
  ADDED,
  arr,
  call,
  EXACT,
  fxp,
  MIXED,
  type Own,
  PRODUCT,
  real,
  same,
  times,
} from './rows.ts';

interface Along {
  readonly f: (lane: Num[], s: Spec, args: Args) => Num[];
  readonly dtype?: (d: DType) => DType;
  readonly own?: Own;
  readonly want?: (s: Spec) => Wanted;
  /** Arguments behind the array; the axis is -1, where none is named by the last. */
  readonly args?: (g: Gen, rank: number) => Arg[];
  readonly axis?: (args: Args) => number | null | undefined;
}

/** A lane in the place of each lane. */
const along = (
  name: string,
  { f, dtype = (d) => d, own = EXACT, want, args = () => [], axis = () => -1 }: Along,
): Row => ({
  make: (g) => {
    const a = g.value({ dtype: 'fxp', rank: [1, 3], least: 1, ...want?.(g.spec) });
    return call(name, a.arg, ...args(g, a.ref.shape.length));
  },
  plain: (given, s) => {
    const a = arr(given[0]);
    const at = axis(given);
    const flat = at === null || at === undefined;
    const shape = flat ? [a.v.length] : a.shape;
    const to = dtype(a.dtype);
    const { places } = lanesOf(shape, [flat ? 0 : at]);
    const lanes = places.map((lane) =>
      f(
        lane.map((i) => a.v[i]!),
        s,
        given,
      ),
    );
    const n = lanes[0]?.length ?? 0;
    const which = axisOf(flat ? 0 : at, shape.length);
    const made = shape.map((k, i) => (i === which ? n : k));
    const v = new Array<Num>(made.reduce((p, q) => p * q, 1));
    lanesOf(made, [which]).places.forEach((lane, k) => {
      for (const [j, i] of lane.entries()) v[i] = lanes[k]![j]!;
    });
    return { shape: made, dtype: to, v };
  },
  own,
});

const ordered = (lane: readonly Num[]): number[] =>
  lane.map((_, i) => i).sort((i, j) => (lane[i]! < lane[j]! ? -1 : lane[i]! > lane[j]! ? 1 : i - j));

const wide = (d: DType): DType => (d === 'fxp' ? 'fxp' : isUnsigned(d) ? 'uint64' : 'int64');
/** Running: each element with all before it. */
const running = (
  name: string,
  f: (x: Num, y: Num) => Num,
  own: Own,
  most: (s: Spec) => number,
  widens = true,
): Row =>
  along(name, {
    want: (s) => ({ dtype: 'number', lo: -most(s), hi: most(s) }),
    args: (g, rank) => (g.rng.chance(0.7) ? [g.rng.int(-rank, rank - 1)] : []),
    axis: ([, at]) => at as number | undefined,
    dtype: widens ? wide : (d) => d,
    f: (lane, s, [x]) => {
      const to = widens ? wide(arr(x).dtype) : arr(x).dtype;
      let acc: Num | undefined;
      return lane.map((v) => {
        acc = acc === undefined ? v : f(acc, v);
        if (to !== 'fxp') acc = wrap(BigInt(acc), to);
        else if (Math.abs(acc as number) >= (name === 'cumprod' ? s.products : s.top)) outside(name);
        return acc;
      });
    },
    own,
  });

/** Variances have 2f fraction bits at FM128, else f; where they have few digits, the documented error is large. */
const standard: Along['f'] = (lane, s) => {
  const x = lane as number[];
  const variance = squares(x) / x.length + 1e-5;
  const unit = s.field === 'FM128' ? s.ulp ** 2 * x.length : s.ulp;
  if (variance < Math.max(unit / s.goal, (s.ulp / s.goal) ** 2)) outside('a small variance');
  const m = mean(x);
  return x.map((v) => (v - m) / Math.sqrt(variance));
};
const reals =
  (f: (lane: number[], args: Args) => number[]): Along['f'] =>
  (lane, _, args) =>
    f(lane as number[], args);
const axisLast = {
  args: (g: Gen, rank: number): Arg[] => (g.rng.chance(0.5) ? [g.rng.int(-rank, rank - 1)] : []),
};
const ofArgs = ([, at]: Args): number => (at as number | undefined) ?? -1;

export const LANES: Table = {
  ...same(
    along('sort', {
      want: () => ({ dtype: 'any' }),
      args: (g, rank) => g.rng.pick<Arg[]>([[], [null], [g.rng.int(-rank, rank - 1)]]),
      axis: ([, at]) => (at === undefined ? -1 : (at as number | null)),
      f: (lane) => ordered(lane).map((i) => lane[i]!),
    }),
    'sort',
    'partition',
  ),
  ...same(
    along('argsort', {
      want: () => ({ dtype: 'number' }),
      args: (g, rank) => g.rng.pick<Arg[]>([[], [null], [g.rng.int(-rank, rank - 1)]]),
      axis: ([, at]) => (at === undefined ? -1 : (at as number | null)),
      dtype: () => 'int64',
      f: (lane) => ordered(lane).map(BigInt),
    }),
    'argsort',
    'argpartition',
  ),
  topK: {
    make: (g) => {
      const a = g.value({ dtype: 'number', rank: [1, 2], least: 1 });
      return { ...call('topK', a.arg, g.rng.int(1, a.ref.shape.at(-1)!)), pick: g.rng.int(0, 1) };
    },
    plain: ([x, k]) => {
      const a = arr(x);
      const { places } = lanesOf(a.shape, [-1]);
      const best = places.map((lane) => {
        const v = lane.map((i) => a.v[i]!);
        return v
          .map((_, i) => i)
          .sort((i, j) => (v[i]! > v[j]! ? -1 : v[i]! < v[j]! ? 1 : i - j))
          .slice(0, k as number)
          .map((i) => [v[i]!, i] as const);
      });
      const shape = [...a.shape.slice(0, -1), k as number];
      return [
        { shape, dtype: a.dtype, v: best.flatMap((l) => l.map(([v]) => v)) },
        { shape, dtype: 'int64', v: best.flatMap((l) => l.map(([, i]) => BigInt(i))) },
      ];
    },
  },
  ...same(running('cumsum', plus, ADDED, half), 'cumsum', 'nancumsum'),
  ...same(
    running('cumprod', by, CHAIN, () => 2),
    'cumprod',
    'nancumprod',
  ),
  cummax: running(
    'cummax',
    (x, y) => (x > y ? x : y),
    EXACT,
    (s) => s.top,
    false,
  ),
  cummin: running(
    'cummin',
    (x, y) => (x < y ? x : y),
    EXACT,
    (s) => s.top,
    false,
  ),
  diff: along('diff', {
    own: ADDED,
    want: () => ({ dtype: 'number' }),
    f: (lane, _, [x]) => {
      const { dtype } = arr(x);
      return lane.slice(1).map((v, i) => {
        const d = plus(v, by(lane[i]!, typeof v === 'bigint' ? -1n : -1));
        return dtype === 'fxp' ? d : wrap(d as bigint, dtype);
      });
    },
  }),
  gradient: along('gradient', {
    want: (s) => ({ least: 2, lo: -s.products / 128, hi: s.products / 128 }),
    f: reals((x) =>
      x.map((_, i) =>
        i === 0 ? x[1]! - x[0]! : i === x.length - 1 ? x[i]! - x[i - 1]! : (x[i + 1]! - x[i - 1]!) / 2,
      ),
    ),
    own: PRODUCT,
  }),
  unwrap: along('unwrap', {
    want: () => ({ lo: -7, hi: 7 }),
    f: reals((x) => {
      const out = [x[0]!];
      for (let i = 1; i < x.length; i++) {
        const step = x[i]! - x[i - 1]!;
        const part = (((step + Math.PI) / (2 * Math.PI)) % 1) + 1;
        if (Math.abs(part - Math.round(part)) < 0.01) outside('half a turn');
        const turns = Math.abs(step) <= Math.PI ? 0 : Math.floor((step + Math.PI) / (2 * Math.PI));
        out.push(out[i - 1]! + step - turns * 2 * Math.PI);
      }
      return out;
    }),
    own: (s) => 64 * s.ulp + s.goal,
  }),
  'nn.softmax': along('nn.softmax', {
    ...axisLast,
    axis: ofArgs,
    f: reals((x) => {
      const m = Math.max(...x);
      const all = sums(x.map((v) => Math.exp(v - m)));
      return x.map((v) => Math.exp(v - m) / all);
    }),
    own: times(2, ABSOLUTE),
  }),
  'nn.logSoftmax': along('nn.logSoftmax', {
    ...axisLast,
    axis: ofArgs,
    f: reals((x) => {
      // The largest goes first: a logarithm is lost beside 2^70.
      const most = Math.max(...x);
      const away = x.map((v) => v - most);
      const all = logsumexp(away);
      return away.map((v) => v - all);
    }),
    own: times(2, MIXED),
  }),
  ...Object.fromEntries(
    ['nn.standardize', 'nn.layerNorm'].map((name) => [
      name,
      along(name, { want: squared, f: standard, own: times(4, MIXED) }),
    ]),
  ),
  ediff1d: {
    make: (g) => call('ediff1d', g.value({ dtype: 'fxp', least: 1 }).arg),
    plain: ([x]) => {
      const v = real(x).v as number[];
      return fxp(
        [Math.max(0, v.length - 1)],
        v.slice(1).map((y, i) => y - v[i]!),
      );
    },
    own: ADDED,
  },
  trapezoid: {
    make: (g) =>
      call(
        'trapezoid',
        g.value({
          dtype: 'fxp',
          rank: [1, 2],
          least: 2,
          lo: -g.spec.products / 128,
          hi: g.spec.products / 128,
        }).arg,
      ),
    plain: ([x]) => {
      const a = real(x);
      const { rest, places } = lanesOf(a.shape, [-1]);
      const v = a.v as number[];
      return fxp(
        rest,
        places.map((lane) => sums(lane.slice(1).map((i, k) => (v[i]! + v[lane[k]!]!) / 2))),
      );
    },
    own: PRODUCT,
    // Float64 loses the small one of two numbers that are added.
    noise: () => 2 ** -50,
  },
};
