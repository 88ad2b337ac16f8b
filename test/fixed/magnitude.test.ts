/**
 * Roots, logarithms and quotients at every magnitude: dense over the whole ring, at powers of 16 and next to them, 0 and negative
 * numbers; at several fraction bits of operands and results, by tables and by keys.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import * as N from '../../src/fixed/roots-logarithms.ts';
import type { CostMode } from '../../src/ir/compile/plan.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { random, raw, runCase } from '../gates/harness.ts';
import { scaled } from '../long.ts';

/** Relative error, beside units in the last place. */
const GOAL = { FM128: 2 ** -20, FM64: 2 ** -15, FM32: 0.05 } as const;
/** log2 of the largest quotient, raw. */
const LARGEST = { FM128: 105, FM64: 50, FM32: 25 } as const;

interface Way {
  readonly field: FieldName;
  readonly input: number;
  readonly output: number;
  readonly parties: number;
  readonly costMode?: CostMode;
}

const name = (w: Way): string =>
  `${w.field}, ${w.input} to ${w.output} fraction bits, ${w.parties} parties, ${w.costMode ?? 'bandwidth'}`;

const WAYS: readonly Way[] = [
  ...[8, 16, 26, 33, 40, 48].map((f): Way => ({ field: 'FM128', input: f, output: f, parties: 2 })),
  ...[8, 18, 25, 30].map((f): Way => ({ field: 'FM64', input: f, output: f, parties: 3 })),
  ...[8, 11].map((f): Way => ({ field: 'FM32', input: f, output: f, parties: 2 })),
  { field: 'FM128', input: 52, output: 26, parties: 3 },
  { field: 'FM128', input: 26, output: 26, parties: 5 },
  { field: 'FM64', input: 36, output: 18, parties: 2 },
  { field: 'FM128', input: 26, output: 26, parties: 2, costMode: 'latency' },
  { field: 'FM128', input: 40, output: 40, parties: 2, costMode: 'latency' },
  { field: 'FM64', input: 18, output: 18, parties: 2, costMode: 'latency' },
  { field: 'FM32', input: 8, output: 8, parties: 2, costMode: 'latency' },
];

/** Positive whole numbers of the ring: powers of 2 and their neighbours, and a dense grid. */
const sizes = (k: number, count: number, seed: number): bigint[] => {
  const next = random(seed);
  const powers = Array.from({ length: k - 2 }, (_, i) => 1n << BigInt(i));
  const near = powers.flatMap((v) => [v - 1n, v, v + 1n]);
  const grid = Array.from({ length: count }, (_, i) => {
    const bits = ((k - 2) * (i + next())) / count;
    return BigInt(Math.round(2 ** (bits % 50))) << BigInt(50 * Math.floor(bits / 50));
  });
  return [...near, ...grid, (1n << BigInt(k - 2)) - 1n].filter((v) => v > 0n);
};

const count = (w: Way): number =>
  w.costMode === 'latency' ? 60 : scaled(w.field === 'FM128' ? 1500 : 700, 400);

/** The first value that is off by more than it may be. */
const check = (what: string, got: number, want: number, allowed: number): void => {
  if (!(Math.abs(got - want) <= allowed))
    throw new Error(`${what} = ${got}, not ${want}: ${Math.abs(got - want) / allowed} of the allowed error`);
};

type Fn = (c: Circuit, x: Wire, f: N.Fractions) => Wire;

const results = (w: Way, x: readonly bigint[], fn: Fn): number[] => {
  const { field, input, output, parties, costMode } = w;
  const build = (c: Circuit, u: Wire): Wire => fn(c, u, { input, output });
  const r = runCase({
    field,
    parties,
    ...(costMode && { costMode }),
    inputs: [raw(x)],
    build: (c, u) => build(c, u!),
  });
  return r.raw[0]!.map((v) => Number(v) * 2 ** -output);
};

const FNS: Readonly<
  Record<
    string,
    {
      fn: Fn;
      of: (x: number) => number;
      signs?: true;
      absolute?: true;
      atZero: (w: Way) => number;
      units?: number;
    }
  >
> = {
  log: {
    fn: N.log,
    of: Math.log,
    absolute: true,
    atZero: (w) => -(w.input + 1) * Math.LN2,
  },
  sqrt: { fn: N.sqrt, of: Math.sqrt, atZero: () => 0 },
  rsqrt: { fn: N.rsqrt, of: (x) => 1 / Math.sqrt(x), atZero: (w) => 2 ** ((w.input + 1) / 2) },
  reciprocal: {
    fn: N.reciprocal,
    of: (x) => 1 / x,
    signs: true,
    atZero: (w) => 2 ** (w.input + 1),
    units: 4,
  },
  cbrt: { fn: N.cbrt, of: Math.cbrt, signs: true, atZero: () => 0 },
};

for (const way of WAYS) {
  const { field, input, output } = way;
  const k = FIELDS[field].bits;
  const ulp = 2 ** -output;
  for (const [op, { fn, of, signs, absolute, atZero, units = 2 }] of Object.entries(FNS)) {
    test(`${op}: ${name(way)}`, () => {
      const positive = sizes(k, count(way), k + input);
      const x = [0n, ...positive, ...positive.map((v) => -v)];
      const got = results(way, x, fn);
      const finer = output > FIELDS[field].fraction;
      const most = op === 'reciprocal' && finer ? 2 ** (LARGEST[field] - output) : Infinity;
      const zero = Math.min(atZero(way), most);
      x.forEach((v, i) => {
        const size = Math.abs(Number(v) * 2 ** -input);
        const own = v === 0n || (v < 0n && !signs) ? zero : of(size) * (v < 0n ? -1 : 1);
        const want = Math.abs(own) > most ? Math.sign(own) * most : own;
        const goal = GOAL[field] * (absolute ? 1 : Math.abs(want));
        check(`${op}(${v} 2^-${input})`, got[i]!, want, goal + units * ulp);
      });
    });
  }

  test(`quotients: ${name(way)}`, () => {
    const next = random(input);
    const pick = sizes(k, count(way), 7 * k + input);
    const one = (): bigint => pick[Math.floor(next() * pick.length)]!;
    const sign = (v: bigint): bigint => (next() < 0.5 ? v : -v);
    const pairs = Array.from({ length: count(way) }, (_, i): [bigint, bigint] => {
      if (i < 20) return [[0n, sign(one())][i % 2]!, 0n];
      if (i < 40) return [0n, sign(one())];
      const b = one();
      // As many quotients of a few units or about 1 as others.
      return i % 3 === 0 ? [sign(b + BigInt((i % 5) - 2)), sign(b)] : [sign(one()), sign(b)];
    });
    const { parties, costMode } = way;
    const options = { numerator: input, denominator: input, output };
    const inputs = [raw(pairs.map(([a]) => a)), raw(pairs.map(([, b]) => b))];
    const run = (build: (c: Circuit, a: Wire, b: Wire) => Wire): number[] => {
      const r = runCase({
        field,
        parties,
        ...(costMode && { costMode }),
        inputs,
        build: (c, a, b) => build(c, a!, b!),
      });
      return r.raw[0]!.map((v) => Number(v) * ulp);
    };
    const most = 2 ** (LARGEST[field] - output);
    const wanted = (a: bigint, b: bigint): number => {
      const q = b === 0n ? (a < 0n ? -Infinity : Infinity) : Number(a) / Number(b);
      return Math.abs(q) > most ? Math.sign(q) * most : q;
    };
    // With the field's own bits or fewer nothing is refined; else up to where the remainder fits.
    const goal = GOAL[field];
    run((c, a, b) => N.divide(c, a, b, options)).forEach((q, i) => {
      const [a, b] = pairs[i]!;
      const want = wanted(a, b);
      check(`${a} / ${b}`, q, want, goal * Math.abs(want) + 2.5 * ulp);
    });
    run((c, a, b) => N.positiveQuotient(c, a, b, options)).forEach((q, i) => {
      const [a, b] = pairs[i]!;
      const want = wanted(a, b < 0n ? 0n : b);
      check(`${a} / ${b}, positive`, q, want, goal * Math.abs(want) + 2.5 * ulp);
    });
  });
}

test('numerator, denominator and quotient of different fraction bits', () => {
  const cases: readonly [FieldName, numerator: number, denominator: number, output: number][] = [
    ['FM128', 52, 26, 26],
    ['FM128', 26, 52, 26],
    ['FM128', 52, 0, 26],
    ['FM128', 0, 52, 26],
    ['FM128', 60, 8, 8],
    ['FM64', 36, 18, 18],
    ['FM64', 18, 36, 18],
    ['FM64', 36, 0, 18],
  ];
  for (const [field, numerator, denominator, output] of cases) {
    const k = FIELDS[field].bits;
    const a = sizes(k, 400, numerator + 1).map((v, i) => (i % 2 ? -v : v));
    const b = sizes(k, 400, denominator + 2).map((v, i) => (i % 3 ? v : -v));
    const shift = Math.floor(random(k)() * b.length);
    const by = b.map((_, i) => b[(i * 7 + shift) % b.length]!);
    const r = runCase({
      field,
      parties: 2,
      inputs: [raw(a), raw(by)],
      build: (c, u, v) => N.divide(c, u!, v!, { numerator, denominator, output }),
    });
    const most = 2 ** LARGEST[field];
    a.forEach((v, i) => {
      const q = (Number(v) / Number(by[i])) * 2 ** (output + denominator - numerator);
      const want = Math.abs(q) > most ? Math.sign(q) * most : q;
      check(`${v} / ${by[i]}`, Number(r.raw[0]![i]), want, GOAL[field] * Math.abs(want) + 1.5);
    });
  }
});

test('with more fraction bits quotients are as exact as they say', () => {
  for (const f of [33, 40, 48]) {
    const unit = 1n << BigInt(f);
    const b = Array.from({ length: 400 }, (_, i) => (BigInt(i + 1) * unit) / 7n);
    const r = runCase({
      field: 'FM128',
      parties: 3,
      inputs: [raw(b), raw(b.map(() => unit))],
      build: (c, u, v) => [
        N.reciprocal(c, u!, { input: f, output: f }),
        N.divide(c, v!, u!, { numerator: f, denominator: f, output: f }),
      ],
    });
    b.forEach((v, i) => {
      const want = (unit * unit) / v;
      for (const got of [r.raw[0]![i]!, r.raw[1]![i]!]) {
        const off = got - want;
        // Quotients above 1 have as many bits as the function gives twice: 2^-42 of them.
        const allowed = 3n + (want >> 42n);
        assert.ok(off <= allowed && off >= -allowed, `1 / (${v} 2^-${f}): ${got}, not ${want}`);
      }
    });
  }
});

test('few digits are promised: the cheaper form, right within the promise', () => {
  const x = Array.from({ length: 500 }, (_, i) =>
    BigInt(Math.round(2 ** (26 + (i * 26) / 500) - 2 ** 26 + 1)),
  );
  const interval = [0, 2 ** 26 - 1] as const;
  const ways = [
    ['log', N.log, Math.log, 5],
    ['sqrt', N.sqrt, Math.sqrt, 6],
    ['rsqrt', N.rsqrt, (v: number) => 1 / Math.sqrt(v), 6],
    ['reciprocal', N.reciprocal, (v: number) => 1 / v, 8],
  ] as const;
  for (const [op, fn, of, rounds] of ways) {
    const r = runCase({
      field: 'FM128',
      parties: 2,
      inputs: [raw(x)],
      build: (c, u) => fn(c, u!, { interval }),
    });
    assert.is(r.rounds, rounds, op);
    r.numbers[0]!.forEach((got, i) => {
      const want = of(Number(x[i]) * 2 ** -26);
      check(
        `${op}(${x[i]})`,
        got,
        want,
        2 ** -20 * Math.max(Math.abs(want), op === 'log' ? 1 : 0) + 2 ** -25,
      );
    });
  }
  const divided = runCase({
    field: 'FM128',
    parties: 2,
    inputs: [raw(x), raw([...x].reverse())],
    build: (c, u, v) =>
      N.divide(c, u!, v!, { interval: [0, 2 ** 20], divisorInterval: [2 ** -10, 2 ** 26 - 1] }),
  });
  assert.is(divided.rounds, 8);
});

test.run();
