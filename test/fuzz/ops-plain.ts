/**
 * @file Functions of many steps. Simple ones have references of their own; for factorisations and layers it is the product's
 * plain evaluation in float64, which other tests hold to NumPy.
 */
import { outside, type Ref } from './arrays.ts';
import {
  composed,
  covariance,
  determinant,
  losses,
  matrices,
  of,
  regular,
  rowsOf,
  STATISTIC,
  small,
  spread,
} from './composed.ts';
import { softplus } from './ops-real.ts';
import type { Arg } from './program.ts';
import type { Row, Table } from './reference.ts';
import { ABSOLUTE, ADDED, arr, call, EXACT, fxp, MIXED, numbers, PRODUCT, real } from './rows.ts';

export const PLAIN: Table = {
  cov: {
    make: (g) => call('cov', of(g, [g.rng.int(2, 3), g.rng.int(2, 5)], spread(g))),
    plain: ([x]) => {
      if (arr(x).shape.length !== 2) outside('no rows');
      const c = covariance(rowsOf(x));
      if (c.length === 1) outside('a single variable');
      return fxp([c.length, c.length], c.flat());
    },
    own: STATISTIC,
  },
  corrcoef: {
    make: (g) => call('corrcoef', of(g, [g.rng.int(2, 3), g.rng.int(3, 6)], spread(g))),
    plain: ([x], s) => {
      if (arr(x).shape.length !== 2 || arr(x).shape[0]! < 2) outside('a single variable');
      const c = covariance(rowsOf(x));
      if (c.some((r, i) => r[i]! < (s.field === 'FM128' ? 1e-8 : 2 ** -6))) outside('no variance');
      return fxp(
        [c.length, c.length],
        c.flatMap((r, i) => r.map((v, j) => v / Math.sqrt(c[i]![i]! * c[j]![j]!))),
      );
    },
    own: (s, y, xs, args) => 1e-4 + MIXED(s, y, xs, args) * 8,
  },
  polyval: {
    make: (g) => call('polyval', of(g, [g.rng.int(1, 4)]), g.value({ ...small, rank: [0, 2] }).arg),
    plain: ([p, x], s) => {
      const sizes = numbers(p).map((a, i, all) =>
        Math.max(0, ...numbers(x).map((v) => Math.max(1, Math.abs(a)) * Math.abs(v) ** (all.length - 1 - i))),
      );
      if (sizes.some((n) => n >= s.products)) outside('polyval');
      const c = numbers(p);
      return fxp(
        arr(x).shape,
        numbers(x).map((v) => c.reduce((sum, a) => sum * v + a, 0)),
      );
    },
    own: (s, y, _, [p, x]) =>
      64 *
      PRODUCT(s, y, [], []) *
      Math.max(1, ...numbers(p).map(Math.abs)) *
      Math.max(1, ...numbers(x).map(Math.abs)) ** 2,
  },
  ...Object.fromEntries(
    [['polyadd', 1] as const, ['polysub', -1] as const].map(([name, sign]): [string, Row] => [
      name,
      {
        make: (g) =>
          call(
            name,
            g.value({ dtype: 'fxp', rank: [1, 1], least: 1 }).arg,
            g.value({ dtype: 'fxp', rank: [1, 1], least: 1 }).arg,
          ),
        plain: ([p, q]) => {
          const [a, b] = [numbers(p), numbers(q)];
          const n = Math.max(a.length, b.length);
          const at = (c: number[], i: number): number => c[i - (n - c.length)] ?? 0;
          return fxp(
            [n],
            Array.from({ length: n }, (_, i) => at(a, i) + sign * at(b, i)),
          );
        },
        own: ADDED,
      },
    ]),
  ),
  polyder: {
    make: (g) =>
      call(
        'polyder',
        g.value({ dtype: 'fxp', rank: [1, 1], least: 2, lo: -g.spec.products / 64, hi: g.spec.products / 64 })
          .arg,
      ),
    plain: ([p]) => {
      const c = numbers(p);
      return fxp(
        [c.length - 1],
        c.slice(0, -1).map((a, i) => a * (c.length - 1 - i)),
      );
    },
    own: PRODUCT,
  },
  polyint: {
    make: (g) =>
      call(
        'polyint',
        g.value({ dtype: 'fxp', rank: [1, 1], least: 1, lo: -g.spec.products / 64, hi: g.spec.products / 64 })
          .arg,
      ),
    plain: ([p]) => {
      const c = numbers(p);
      return fxp([c.length + 1], [...c.map((a, i) => a / (c.length - i)), 0]);
    },
    own: PRODUCT,
  },
  poly: composed('poly', {
    make: (g) => [of(g, [g.rng.int(1, 3)])],
    own: (s, y) => 256 * PRODUCT(s, y, [], []),
  }),
  vander: composed('vander', {
    make: (g) => [of(g, [g.rng.int(1, 4)]), 3],
    own: (s, y) => 64 * PRODUCT(s, y, [], []),
  }),
  polydiv: composed('polydiv', {
    make: (g) => [of(g, [g.rng.int(3, 5)]), of(g, [2])],
    results: 2,
    check: ([, q]) => {
      if (Math.abs(numbers(q)[0]!) < 1) outside('a small leading coefficient');
    },
    noise: (s) => s.goal,
    own: (s, y) => 64 * MIXED(s, y, [], []),
  }),
  polyfit: composed('polyfit', {
    make: (g) => {
      const n = g.rng.int(4, 6);
      return [Array.from({ length: n }, (_, i) => -1 + (2 * i) / (n - 1)), of(g, [n]), 1];
    },
    own: (s, y) => 16 * MIXED(s, y, [], []),
    noise: (s) => s.goal,
  }),
  interp: composed('interp', {
    make: (g) => [
      g.value({ dtype: 'fxp', rank: [0, 2], lo: -100, hi: 100 }).arg,
      [-3, -1, 0, 1, 3],
      [0, 2, -1, 1, 5],
    ],
    own: (s) => 16 * s.ulp,
  }),
  histogram: composed('histogram', {
    make: (g) => [
      g.value({ dtype: 'fxp', rank: [1, 1], lo: -3, hi: 3 }).arg,
      { options: { bins: 4, range: [-2, 2] } },
    ],
    results: 2,
    known: 1,
    own: EXACT,
  }),
  histogram2d: composed('histogram2d', {
    make: (g) => {
      const n = g.rng.int(1, 5);
      const want = { dtype: 'fxp', lo: -3, hi: 3 } as const;
      return [
        of(g, [n], want),
        of(g, [n], want),
        {
          options: {
            bins: 2,
            range: [
              [-2, 2],
              [-2, 2],
            ],
          },
        },
      ];
    },
    own: EXACT,
    results: 3,
    known: 1,
  }),
  histogramdd: composed('histogramdd', {
    make: (g) => [
      of(g, [g.rng.int(1, 5), 2], { dtype: 'fxp', lo: -3, hi: 3 }),
      {
        options: {
          bins: 2,
          range: [
            [-2, 2],
            [-2, 2],
          ],
        },
      },
    ],
    own: EXACT,
    results: 3,
    known: 1,
  }),
  frexp: {
    make: (g) => ({
      ...call('frexp', g.value({ dtype: 'fxp', apart: true }).arg),
      pick: g.rng.int(0, 1),
    }),
    ref: ([x], s) => {
      const { shape, v, e } = x as Ref;
      const exponent = (y: number): number => {
        if (y === 0) return 0;
        const n = Math.floor(Math.log2(y)) + 1;
        return y < 2 ** (n - 1) ? n - 1 : n;
      };
      const split = v.map((y, i) => {
        const [size, off] = [Math.abs(y as number), e[i]!];
        const n = exponent(size);
        // Next to a power of two the exponent may be either.
        const sure = off === 0 || (size > off && exponent(size - off) === exponent(size + off));
        return { n, m: (y as number) / 2 ** n, off: sure ? off / 2 ** n : Number.POSITIVE_INFINITY };
      });
      return [
        {
          ...fxp(
            shape,
            split.map(({ m }) => m),
          ),
          e: split.map(({ off }) => off + s.ulp),
        },
        {
          shape,
          dtype: 'int32',
          v: split.map(({ n }) => BigInt(n)),
          e: split.map(({ off }) => (off === Number.POSITIVE_INFINITY ? off : 0)),
        },
      ];
    },
  },
  'nn.softmaxCrossEntropy': losses('nn.softmaxCrossEntropy'),
  'nn.softmaxCrossEntropyWithIntegerLabels': composed('nn.softmaxCrossEntropyWithIntegerLabels', {
    make: (g) => [
      of(g, [2, 3], { dtype: 'fxp', lo: -50, hi: 50 }),
      of(g, [2], { dtype: 'int32', lo: 0, hi: 2 }),
    ],
  }),
  'nn.glu': {
    make: (g) =>
      call('nn.glu', of(g, [g.rng.int(1, 3), 2 * g.rng.int(1, 3)], { dtype: 'fxp', lo: -50, hi: 50 })),
    plain: ([x]) => {
      const a = real(x);
      const out = rowsOf(a).flatMap((r) =>
        r.slice(0, r.length / 2).map((v, i) => v * Math.exp(-softplus(-r[i + r.length / 2]!))),
      );
      return fxp([a.shape[0]!, a.shape[1]! / 2], out);
    },
    own: (s, y, _, [x]) => ABSOLUTE(s, y, [], []) * Math.max(1, ...numbers(x).map(Math.abs)),
  },
  'nn.dotProductAttention': composed('nn.dotProductAttention', {
    make: (g) => [0, 1, 2].map(() => of(g, [1, 3, 1, 2], { dtype: 'fxp', lo: -4, hi: 4 })),
    own: (s, y) => 32 * MIXED(s, y, [], []),
  }),
  'nn.conv1d': composed('nn.conv1d', { make: (g) => [of(g, [1, 2, 4]), of(g, [2, 2, 2])], own: PRODUCT }),
  'nn.conv2d': composed('nn.conv2d', {
    make: (g) => [of(g, [1, 1, 3, 3]), of(g, [2, 1, 2, 2])],
    own: PRODUCT,
  }),
  'nn.conv': composed('nn.conv', { make: (g) => [of(g, [1, 2, 4]), of(g, [2, 2, 2])], own: PRODUCT }),
  'nn.avgPool': composed('nn.avgPool', {
    make: (g) => [of(g, [1, 1, 4, 4], spread(g)), 2],
    own: PRODUCT,
  }),
  'nn.maxPool': composed('nn.maxPool', {
    make: (g) => [of(g, [1, 1, 4, 4], { dtype: 'fxp' }), 2],
    own: EXACT,
  }),
  'linalg.det': {
    ...matrices('linalg.det'),
    plain: ([x]) => {
      regular([x]);
      return fxp([], [determinant(numbers(x), arr(x).shape[0]!)]);
    },
  },
  'linalg.inv': matrices('linalg.inv'),
  'linalg.slogdet': matrices('linalg.slogdet', { results: 2 }),
  'linalg.solve': matrices('linalg.solve', {
    make: (g) => {
      const n = g.rng.int(1, 3);
      return [of(g, [n, n]), of(g, [n])];
    },
  }),
  'linalg.lstsq': matrices('linalg.lstsq', {
    make: (g) => {
      const n = g.rng.int(1, 2);
      return [of(g, [n, n]), of(g, [n])];
    },
  }),
  'linalg.tensorsolve': matrices('linalg.tensorsolve', {
    make: (g) => {
      const n = g.rng.int(1, 3);
      return [of(g, [n, n]), of(g, [n])];
    },
  }),
  'linalg.tensorinv': matrices('linalg.tensorinv', {
    make: (g) => {
      const n = g.rng.int(1, 3);
      return [of(g, [n, n]), 1];
    },
  }),
  'linalg.qr': matrices('linalg.qr', { results: 2 }),
  'linalg.cond': matrices('linalg.cond', { make: (g) => [of(g, [2, 2])], weight: 0.05 }),
  'linalg.svdvals': matrices('linalg.svdvals', { make: (g) => [of(g, [2, 2])], weight: 0.05 }),
  'linalg.pinv': matrices('linalg.pinv', { make: (g) => [of(g, [2, 2])], weight: 0.05 }),
  'linalg.matrixRank': matrices('linalg.matrixRank', { make: (g) => [of(g, [2, 2])], weight: 0.05 }),
  'linalg.matrixNorm': composed('linalg.matrixNorm', {
    make: (g) => [of(g, [2, 3], spread(g))],
    own: (s, y) => 1e-4 * y + 8 * MIXED(s, y, [], []),
  }),
  'linalg.norm': composed('linalg.norm', {
    make: (g) => [
      of(g, [g.rng.int(1, 5)], spread(g)),
      ...(g.rng.chance(0.5) ? [] : [g.rng.pick<Arg>([1, 2, Number.POSITIVE_INFINITY])]),
    ],
    own: (s, y) => 8 * MIXED(s, y, [], []) + Math.min(2 * Math.sqrt(s.ulp), (4 * s.ulp) / Math.max(y, s.ulp)),
  }),
};
