/**
 * Functions in one opening by keys of two parties, and broken lines by either protocol: values on dense grids, at random points
 * and at ends; rounds and bytes as the headers say.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as A from '../../src/fixed/angle.ts';
import * as B from '../../src/fixed/basic.ts';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { clamp } from '../../src/fixed/clamp.ts';
import * as W from '../../src/fixed/elementary.ts';
import { exp } from '../../src/fixed/exp.ts';
import { interpolate } from '../../src/fixed/piecewise-linear.ts';
import * as N from '../../src/fixed/roots-logarithms.ts';
import * as S from '../../src/fixed/smooth.ts';
import { maximum, minimum, tournament } from '../../src/fixed/tournament.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import * as math from '../../src/ring/math/index.ts';
import { FIELD_NAMES, fxp, random, randomRaw, raw, runCase, same } from './harness.ts';

const latency = { parties: 2, costMode: 'latency' } as const;

const SIZE = { FM128: 16, FM64: 8, FM32: 4 } as const;

interface Smooth {
  readonly fn: (c: Circuit, x: Wire, interval?: readonly [number, number]) => Wire;
  readonly plain: (x: number) => number;
  /** Where the first piece begins and the last one ends. */
  readonly ends: readonly [number, number];
  /** Levels less those of the field, and powers by field; words of the step. */
  readonly width: number;
  readonly powers: readonly [number, number, number];
  readonly steps: 1 | 2;
}

const SMOOTH: Readonly<Record<string, Smooth>> = {
  sigmoid: {
    fn: S.sigmoid,
    plain: math.sigmoid,
    ends: [-15, 17],
    width: 1,
    powers: [12, 8, 6],
    steps: 1,
  },
  tanh: { fn: S.tanh, plain: math.tanh, ends: [-7.5, 8.5], width: 0, powers: [12, 9, 7], steps: 1 },
  erf: { fn: S.erf, plain: math.erf, ends: [-3.75, 4.25], width: -1, powers: [8, 6, 5], steps: 1 },
  softplus: {
    fn: S.softplus,
    plain: math.softplus,
    ends: [-15, 17],
    width: 1,
    powers: [11, 8, 6],
    steps: 2,
  },
  silu: { fn: S.silu, plain: math.silu, ends: [-31, 33], width: 1, powers: [13, 10, 7], steps: 2 },
  mish: { fn: S.mish, plain: math.mish, ends: [-21, 11], width: 1, powers: [16, 11, 8], steps: 2 },
  gelu: { fn: S.gelu, plain: math.gelu, ends: [-7.5, 8.5], width: 0, powers: [10, 8, 6], steps: 2 },
  geluTanh: {
    fn: S.geluTanh,
    plain: math.geluTanh,
    ends: [-7.5, 8.5],
    width: 0,
    powers: [10, 8, 6],
    steps: 2,
  },
};

const allowed = { FM128: 2 ** -20, FM64: 2 ** -12, FM32: 2 ** -7 };

/** The largest number of which the functions are promised (x itself has t1 + t2 bits in their opening). */
const MOST = { FM128: 2 ** 26, FM64: 2 ** 17, FM32: 2 ** 7 };

const rank = (field: FieldName): 0 | 1 | 2 => (field === 'FM128' ? 0 : field === 'FM64' ? 1 : 2);

const grid = (lo: number, hi: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => lo + ((hi - lo) * i) / n);

const points = (field: FieldName, lo: number, hi: number): number[] => {
  const ulp = 2 ** -FIELDS[field].fraction;
  const next = random(lo + hi);
  const span = hi - lo;
  const inside = [...grid(lo - 3, hi + 3, 700), ...Array.from({ length: 200 }, () => lo + next() * span)];
  const ends = [lo, hi, lo - span / 16, hi - span / 16].flatMap((v) => [v - ulp, v, v + ulp]);
  const far = [0, MOST[field], -MOST[field], MOST[field] / 7, -MOST[field] / 5];
  return [...inside, ...ends, ...far]
    .filter((v) => Math.abs(v) <= MOST[field])
    .map((v) => Math.round(v / ulp) * ulp);
};

for (const field of FIELD_NAMES) {
  const { bits: k, fraction } = FIELDS[field];
  const word = SIZE[field];
  const exact = k !== 128;

  for (const [name, { fn, plain, ends, width, powers, steps }] of Object.entries(SMOOTH)) {
    test(`${field}: ${name} in one opening, wherever x lies`, () => {
      const x = points(field, ...ends);
      const r = runCase({ ...latency, field, inputs: [fxp(x)], build: (c, u) => fn(c, u!) });
      r.numbers[0]!.forEach((v, i) => {
        const error = Math.abs(v - plain(x[i]!));
        assert.ok(error < allowed[field], `${name}(${x[i]}) = ${v}, not ${plain(x[i]!)}`);
      });
      const levels = k - 1 - fraction - width;
      const key = levels * (16 + steps * word) + powers[rank(field)]! * word;
      const openings = exact ? 2 : 1;
      assert.equal(
        [r.rounds, r.bytes, r.dealerBytes],
        // A multiple of x is opened beside the rest.
        [
          openings,
          (openings + (steps === 2 ? 1 : 0)) * x.length * word,
          x.length * (2 * key + (steps + openings) * word),
        ],
      );
    });
  }

  test(`${field}: exp in one opening, and 0 far below`, () => {
    const max = { FM128: 21, FM64: 11, FM32: 5 }[field];
    const ulp = 2 ** -fraction;
    const far = [-MOST[field], -MOST[field] / 3, max + 2 - 64, max - 64, -41, -20];
    const x = [...grid(-22, max, 800), max - ulp, ...far].filter((v) => Math.abs(v) <= MOST[field]);
    const r = runCase({
      ...latency,
      field,
      inputs: [fxp(x)],
      build: (c, u) => exp(c, u!, { interval: [-Infinity, max] }),
    });
    r.numbers[0]!.forEach((v, i) => {
      const want = Math.exp(Math.round(x[i]! / ulp) * ulp);
      assert.ok(Math.abs(v - want) < Math.max(1, want) * allowed[field], `exp(${x[i]}) = ${v}, not ${want}`);
    });
    const group = Math.log2(64 / word);
    // Pieces are 4 wide (FM32: 2).
    const pieceBits = fraction + (field === 'FM32' ? 1 : 2);
    const key = 16 * (k - 1 - pieceBits - group) + 64;
    const openings = exact ? 2 : 1;
    assert.equal(
      [r.rounds, r.bytes, r.dealerBytes],
      [openings, openings * x.length * word, x.length * (2 * key + openings * word)],
    );
  });

  test(`${field}: x known to lie near makes keys small`, () => {
    const x = points(field, -7.5, 8.5).filter((v) => Math.abs(v) <= 20);
    for (const interval of [
      [-20, 20],
      [-3, 20],
    ] as const) {
      const held = x.filter((v) => v >= interval[0]);
      const r = runCase({ ...latency, field, inputs: [fxp(held)], build: (c, u) => S.tanh(c, u!, interval) });
      r.numbers[0]!.forEach((v, i) => {
        assert.ok(Math.abs(v - Math.tanh(held[i]!)) < allowed[field], `tanh(${held[i]}) = ${v}`);
      });
      // x + 7.5 in 16 pieces of 1: within 2^6.
      const key = 6 * (16 + word) + SMOOTH.tanh!.powers[rank(field)]! * word;
      assert.is(r.dealerBytes, held.length * (2 * key + (exact ? 3 : 2) * word));
    }
    const small = [-20, -5, 0, 1, 3.5];
    const r = runCase({
      ...latency,
      field,
      inputs: [fxp(small)],
      build: (c, u) => exp(c, u!, { interval: [-30, 3.5] }),
    });
    r.numbers[0]!.forEach((v, i) => {
      assert.ok(Math.abs(v - Math.exp(small[i]!)) < 64 * allowed[field], `exp(${small[i]}) = ${v}`);
    });
  });

  test(`${field}: what is normalised by its leading digit takes two rounds to its function: each fine digit's, beside the comparison`, () => {
    const ulp = 2 ** -fraction;
    const top = { FM128: 2 ** 20, FM64: 2 ** 10, FM32: 2 ** 5 }[field];
    const least = { FM128: 2 ** -16, FM64: 2 ** -8, FM32: 2 ** -3 }[field];
    const sizes = Array.from({ length: 160 }, (_, i) => least * (top / least) ** (i / 160));
    const digits = Array.from({ length: 13 }, (_, i) => 16 ** i * ulp).filter((v) => v >= least && v < top);
    const near = digits.flatMap((v) => [v - ulp, v, v + ulp]).filter((v) => v >= least);
    const positive = [...sizes, ...near].map((v) => Math.round(v / ulp) * ulp);
    const both = [...positive, ...positive.map((v) => -v)];
    // Beside 2^-20 (2^-12) of the result, what a unit in the last place does.
    const cases: [string, (c: Circuit, u: Wire) => Wire, (u: number) => number, readonly number[], number][] =
      [
        ['1 / x', N.reciprocal, (u) => 1 / u, both, 5],
        ['1 / x, x > 0', N.positiveReciprocal, (u) => 1 / u, positive, 4],
        ['2.5 / x', (c, u) => N.divide(c, B.filled(c, 2.5, u.shape), u), (u) => 2.5 / u, both, 5],
        ['sqrt', N.sqrt, Math.sqrt, [0, ...positive], 4],
        ['rsqrt', N.rsqrt, (u) => 1 / Math.sqrt(u), positive, 4],
        ['log', N.log, Math.log, positive, 3],
        ['cbrt', N.cbrt, Math.cbrt, both, 5],
        ['arctan', A.arctan, Math.atan, both, 7],
      ];
    for (const [name, build, of, x, rounds] of cases) {
      const r = runCase({ ...latency, field, inputs: [fxp(x)], build: (c, u) => build(c, u!) });
      r.numbers[0]!.forEach((v, i) => {
        const want = of(x[i]!);
        const error = Math.abs(v - want);
        const most = allowed[field] * Math.max(1, Math.abs(want)) * (field === 'FM32' ? 4 : 1) + 2 * ulp;
        assert.ok(error < most, `${name} of ${x[i]} = ${v}, not ${want}`);
      });
      if (!exact) assert.is(r.rounds, rounds, name);
    }
  });

  const top = 2n ** BigInt(k - 3);
  const edges = [0n, 1n, -1n, 2n, -2n, 100n, -100n, top - 1n, -top, 12345n];

  test(`${field}: relu, larger, smaller, |x| and sign are exact, one round and one word`, () => {
    for (const n of [0, 1, 3, 8, 9, 130]) {
      const next = random(n);
      const x = Array.from({ length: n }, (_, i) => edges[i] ?? randomRaw(next, k - 3));
      const y = Array.from({ length: n }, (_, i) =>
        i % 3 ? randomRaw(next, k - 3) : x[i]! + BigInt((i % 5) - 2),
      );
      const abs = (v: bigint): bigint => (v < 0n ? -v : v);
      const cases: [
        string,
        (c: Circuit, u: Wire, v: Wire) => Wire,
        (u: bigint, v: bigint) => bigint,
        number,
      ][] = [
        ['maximum', maximum, (u, v) => (u > v ? u : v), 2],
        ['minimum', minimum, (u, v) => (u < v ? u : v), 2],
        ['abs', (c, u) => W.abs(c, u), abs, 2],
        ['sign', (c, u) => W.sign(c, u, 3), (u) => (u > 0n ? 8n : u < 0n ? -8n : 0n), 1],
      ];
      for (const [name, build, of, steps] of cases) {
        const r = runCase({
          ...latency,
          field,
          inputs: [raw(x), raw(y)],
          build: (c, u, v) => build(c, u!, v!),
        });
        same(
          r.raw[0]!,
          x.map((v, i) => of(v, y[i]!)),
          `${name}, ${n}`,
        );
        const key = (k - 1) * (16 + steps * word);
        assert.equal([r.rounds, r.bytes, r.dealerBytes], [1, n * word, n * (2 * key + steps * word)], name);
      }
    }
  });

  test(`${field}: clamp, with one end or two`, () => {
    const x = grid(-9, 9, 200);
    for (const [lo, hi] of [
      [-3, 5],
      [-Infinity, 5],
      [2, Infinity],
    ] as const) {
      const r = runCase({ ...latency, field, inputs: [fxp(x)], build: (c, u) => clamp(c, u!, lo, hi) });
      r.numbers[0]!.forEach((v, i) => {
        const near = Math.round(x[i]! * 2 ** fraction) / 2 ** fraction;
        assert.is(v, Math.min(hi, Math.max(lo, near)), `clamp(${x[i]}, ${lo}, ${hi})`);
      });
      assert.equal([r.rounds, r.bytes], [1, x.length * word]);
    }
  });

  test(`${field}: interpolation between public points, by keys and by tables of 2, 3 and 5 parties`, () => {
    const ulp = 2 ** -fraction;
    for (const [at, to] of [
      [
        [-3, -1, 0.25, 1.75, 3],
        [0, 2, -1, 1, 5],
      ],
      [
        [-1, 1],
        [4, 4],
      ],
      [[0.5], [3]],
      [
        [-2, -2 + ulp, 2],
        [-1, 3, 1],
      ],
      [
        [-2, 1, 1 + ulp / 8],
        [-1, 1, 2],
      ],
    ] as const) {
      const plain = (x: number): number => {
        const i = at.findIndex((v) => x < Math.round(v / ulp) * ulp);
        if (i <= 0) return i === 0 ? to[0] : to.at(-1)!;
        return to[i - 1]! + ((to[i]! - to[i - 1]!) * (x - at[i - 1]!)) / (at[i]! - at[i - 1]!);
      };
      const x = [
        ...grid(-6, 6, 150),
        ...at.flatMap((v) => [v - ulp, v, v + ulp]),
        MOST[field],
        -MOST[field],
      ].map((v) => Math.round(v / ulp) * ulp);
      for (const [parties, costMode] of [
        [2, 'latency'],
        [2, 'bandwidth'],
        [3, 'latency'],
        [5, 'bandwidth'],
      ] as const) {
        const build = (c: Circuit, u: Wire): Wire => interpolate(c, u, at, to);
        const r = runCase({ field, parties, costMode, inputs: [fxp(x)], build: (c, u) => build(c, u!) });
        r.numbers[0]!.forEach((v, i) => {
          const error = Math.abs(v - plain(x[i]!));
          assert.ok(error < allowed[field] + 3 * ulp, `interp ${at} at ${x[i]} = ${v}, not ${plain(x[i]!)}`);
        });
        const byKeys = parties === 2 && costMode === 'latency';
        if (at.length === 1) assert.is(r.rounds, 0);
        else if (byKeys)
          assert.equal([r.rounds, r.bytes], [exact ? 2 : 1, x.length * word * (exact ? 2 : 1)]);
        else assert.is(r.rounds, 5);
      }
    }
  });

  test(`${field}: a tournament takes a round a level`, () => {
    const x = Array.from({ length: 2 * 13 }, (_, i) => BigInt((i * 7919) % 101) - 50n);
    const of = (pick: 'max' | 'min') =>
      runCase({
        ...latency,
        field,
        inputs: [raw(x, [2, 13, 1])],
        build: (c, u) => tournament(c, u!, pick, false).value,
      });
    const [max, min] = [of('max'), of('min')];
    const rows = [x.slice(0, 13), x.slice(13)];
    const extreme = (sign: bigint): bigint[] =>
      rows.map((row) => row.reduce((a, b) => (sign * b > sign * a ? b : a)));
    same(max.raw[0]!, extreme(1n));
    same(min.raw[0]!, extreme(-1n));
    assert.equal([max.rounds, min.rounds], [4, 4]);
  });
}

test('long rows are cut, and share their round', () => {
  const x = grid(-20, 20, 4100);
  const r = runCase({
    ...latency,
    field: 'FM64',
    inputs: [fxp(x)],
    build: (c, u) => [S.sigmoid(c, u!), W.abs(c, u!)],
  });
  x.forEach((v, i) => {
    assert.ok(Math.abs(r.numbers[0]![i]! - math.sigmoid(v)) < 2 ** -12);
    assert.ok(Math.abs(r.numbers[1]![i]! - Math.abs(v)) < 2 ** -17);
  });
  assert.is(r.rounds, 2);
});

test.run();
