/** Programs on secrets give what they give on plain arrays: fixed cases, and expressions made at random. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { type Simulation, simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring, seedsOf } from '../gates/harness.ts';
import { graphOf, secret, snapshot } from './snapshot.ts';

type Fn = (...xs: BaseArray[]) => unknown;

const on = (fn: Fn, inputs: readonly NDArray[], field: FieldName = 'FM128', parties = 2): Simulation =>
  simulate(fn as (...args: never[]) => unknown, inputs, {
    ring,
    field: FIELDS[field],
    parties,
    seeds: seedsOf(parties),
  });

/** Runs a function on secrets and in the clear; results agree to `tolerance` (0: exactly). */
const agree = (
  fn: Fn,
  inputs: readonly NDArray[],
  tolerance: number,
  field?: FieldName,
  parties?: number,
): Simulation => {
  const plain = flatten(fn(...inputs), (x) => x instanceof NDArray).leaves as NDArray[];
  const s = on(fn, inputs, field, parties);
  assert.is(s.results.length, plain.length);
  plain.forEach((want, i) => {
    const got = s.results[i]!;
    assert.equal([got.shape, got.dtype], [want.shape, want.dtype]);
    want.data.forEach((w, j) => {
      const g = got.data[j]!;
      const fits =
        tolerance === 0 ? g === w : Math.abs(Number(g) - Number(w)) <= tolerance * (1 + Math.abs(Number(w)));
      assert.ok(fits, `result ${i}[${j}] is ${g}, not ${w}`);
    });
  });
  return s;
};

const numbers = (...x: number[]): NDArray => NDArray.from(Float64Array.from(x));
const ints = (...x: number[]): NDArray => NDArray.from(BigInt64Array.from(x, BigInt));
const grid = (rows: number, columns: number): NDArray =>
  NDArray.from(
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => i * 1.5 - j + 0.25)),
  );

const X = numbers(-3, -0.5, 0, 0.25, 1, 7.5);
const Y = numbers(2, -0.5, 1, 0.125, -9, 7);

const PROGRAMS: Readonly<Record<string, readonly [Fn, readonly NDArray[]]>> = {
  arithmetic: [(x, y) => [np.add(x!, y!), np.subtract(x!, 3), np.multiply(x!, y!), np.negative(x!)], [X, Y]],
  'by public numbers': [
    (x) => [
      np.multiply(x!, 1e-4),
      np.divide(x!, 3),
      np.multiply(x!, [1, -2, 0.3, 4, 5e-3, 6]),
      np.subtract(1, x!),
    ],
    [X],
  ],
  comparisons: [
    (x, y) => [
      np.less(x!, y!),
      np.greaterEqual(x!, y!),
      np.equal(x!, y!),
      np.notEqual(x!, 0.25),
      np.less(0, x!),
    ],
    [X, Y],
  ],
  logic: [
    (x, y) => {
      const [a, b] = [np.less(x!, y!), np.less(x!, 0)];
      return [
        np.logicalAnd(a, b),
        np.logicalOr(a, b),
        np.logicalXor(a, b),
        np.logicalNot(a),
        np.where(a, b, true),
      ];
    },
    [X, Y],
  ],
  where: [
    (x, y) => [
      np.where(np.less(x!, y!), x!, y!),
      np.where(np.less(x!, 0), 5, x!),
      np.where([true, false, true, false, true, false], x!, y!),
      np.where(np.less(x!, 0), 1, 2),
    ],
    [X, Y],
  ],
  functions: [
    (x) => [np.sigmoid(x!), np.tanh(x!), np.exp(x!), np.abs(x!), np.sin(x!), np.floor(x!), np.sign(x!)],
    [X],
  ],
  'positive functions': [
    (x) => [np.log(x!), np.sqrt(x!), np.rsqrt(x!), np.reciprocal(x!), np.power(x!, 1.5), np.power(x!, 3)],
    [numbers(0.5, 1, 2.25, 30)],
  ],
  'a public number to a secret power': [(x) => np.power(2, x!), [numbers(-3, 0, 1.5, 4)]],
  division: [(x, y) => [np.divide(x!, y!), np.divide(1, y!)], [X, Y]],
  reductions: [
    (x) => [
      np.sum(x!),
      np.sum(x!, 0),
      np.mean(x!, 1),
      np.max(x!, 0),
      np.min(x!),
      np.max(x!),
      np.argmax(x!, 1),
      np.argmin(x!, 0),
    ],
    [grid(3, 5)],
  ],
  products: [
    (x, y) => [
      np.matmul(x!, y!),
      np.matmul(np.transpose(x!), np.transpose(y!)),
      np.dot(x!, [[1], [2], [-0.5], [0.25]]),
    ],
    [grid(3, 4), grid(4, 3)],
  ],
  shapes: [
    (x, y) => [
      np.add(x!, y!),
      np.reshape(x!, [2, 6]),
      np.concatenate([x!, np.reshape(y!, [1, 4])]),
      np.transpose(x!),
      np.pad(x!, 1, -2),
    ],
    [grid(3, 4), numbers(1, -2, 3, 0.5)],
  ],
  'public parts that are scaled': [
    (x) => [
      np.multiply(np.concatenate([x!, [-1, -100.5]]), 0.3),
      np.multiply(np.pad(x!, 1, -7), 0.7),
      np.divide(np.dynamicUpdateSlice(np.negative(np.ones(8)), x!, [1]), 7),
    ],
    [X],
  ],
  conversions: [
    (x, y) => [
      np.astype(x!, 'int64'),
      np.astype(x!, 'bool'),
      np.astype(np.less(x!, 0), 'float64'),
      np.astype(y!, 'float64'),
      np.add(y!, np.astype(np.less(x!, 0), 'int64')),
    ],
    [X, ints(1, -2, 3, 0, 5, 6)],
  ],
  empty: [
    (x, y) => [
      np.multiply(x!, x!),
      np.exp(x!),
      np.less(x!, x!),
      np.sum(x!),
      np.concatenate([x!, y!]),
      np.matmul(np.reshape(x!, [2, 0]), np.reshape(x!, [0, 2])),
    ],
    [NDArray.from(new Float64Array(0)), numbers(1, 2)],
  ],
};

for (const [name, [fn, inputs]] of Object.entries(PROGRAMS)) {
  test(`${name}, on secrets`, () => {
    agree(fn, inputs, 2 ** -19, 'FM128', 2);
    agree(fn, inputs, 2 ** -19, 'FM128', 3);
    agree(fn, inputs, 2 ** -9, 'FM64', 2);
  });
}

test('a loop: windows by the index, carries that turn secret, loops in loops', () => {
  const f: Fn = (x, w) =>
    np.fori(
      0,
      5,
      (i, { s, v, n }) => {
        const row = np.reshape(np.dynamicSlice(x!, [i, 0], [1, 3]), [3]);
        const inner = np.fori(0, 2, (_, a) => np.multiply(np.add(a, row), 0.5), s);
        return { s: inner, v: np.add(np.multiply(v, 0.5), np.multiply(row, w!)), n: np.add(n, i) };
      },
      { s: np.array([-1, -2, -4]), v: np.array([-8, 0, 8]), n: np.array(3) },
    );
  for (const [field, parties] of [
    ['FM128', 2],
    ['FM128', 5],
    ['FM64', 3],
  ] as const) {
    agree(f, [grid(5, 3), numbers(0.5, -1, 2)], field === 'FM128' ? 2 ** -20 : 2 ** -10, field, parties);
  }
});

test('public numbers that are known only later divide as well as constants do', () => {
  const f: Fn = (x) =>
    np.fori(1, 4, (i, s) => np.add(s, np.divide(x!, np.add(np.multiply(i, i), 1000.7))), np.zeros(2));
  agree(f, [numbers(30000, -5e5)], 2 ** -24);
});

test('a loop that runs no time gives back what it was given', () => {
  agree((x) => np.fori(0, 0, (_, c) => np.add(c, x!), numbers(1, 2)), [numbers(5, 6)], 2 ** -24);
});

test('independent ops share rounds; those that wait for each other do not', () => {
  const rounds = (f: Fn): number => on(f, [X, Y]).stats.rounds;
  assert.is(
    rounds((x, y) => np.less(x!, y!)),
    4,
  );
  assert.is(
    rounds((x, y) => [np.less(x!, y!), np.less(y!, 1), np.multiply(x!, y!), np.equal(x!, 0)]),
    4,
  );
  assert.is(
    rounds((x, y) => np.logicalAnd(np.less(x!, y!), np.less(y!, 1))),
    5,
  );
  assert.is(
    rounds((x, y) => np.multiply(np.multiply(x!, y!), y!)),
    2,
  );
  assert.is(
    rounds((x, y) => np.maximum(x!, y!)),
    5,
  );
  assert.is(
    rounds((x) => np.maximum(x!, 0)),
    5,
  );
  assert.is(
    rounds((x) => np.multiply(np.add(x!, 1), 0.3)),
    0,
  );
});

test('a large spline is dealt in parts, in the same round', () => {
  const x = NDArray.from(Float64Array.from({ length: 4100 }, (_, i) => (i - 2050) / 200));
  const s = agree((v) => np.sigmoid(np.reshape(v!, [2, 2050])), [x], 2 ** -20);
  assert.is(s.stats.rounds, 5);
});

test('what is known to lie near 0 takes one round: by a promise, or held there', () => {
  const x = NDArray.from(Float64Array.from({ length: 300 }, (_, i) => (i - 150) / 10));
  const near = (v: BaseArray): BaseArray => np.within(v, -15, 15);
  for (const [fn, rounds, lo] of [
    [np.sigmoid, 1, -15],
    [np.exp, 1, -15],
    [np.nn.softplus, 1, -15],
    // Wider than where erf levels off.
    [np.erf, 5, -15],
  ] as const) {
    const s = agree((v) => fn(near(v!)), [x], 2 ** -20 + Math.exp(15) * 2 ** -20);
    assert.is(s.stats.rounds, rounds, `${fn.name} from ${lo}`);
  }
  const held = agree((v) => np.erf(np.clip(v!, -3, 3)), [x], 2 ** -20);
  assert.is(held.stats.rounds, 6);
  assert.throws(() => np.within(x, 2, 1), /lo <= hi/);
});

test('what a comparison and a choice become', () => {
  const graph = optimize(
    graphOf((x: BaseArray, y: BaseArray) => np.where(np.less(x, y), x, 2), secret([4]), secret([4])),
  );
  snapshot(
    lower(graph, { field: FIELDS.FM128 }),
    `
    graph(%0: ring[4] secret, %1: ring[4] secret) {
      %2: ring[4] secret = sub %0 %1
      %3: bit[4] secret = less %2 thresholds=[0]
      %4: fxp = const value=2
      %5: fxp[4] = broadcast %4 shape=[4]
      %6: ring[4] = encode %5 fraction=26
      %7: ring[4] secret = sub %0 %6
      %8: ring[4] secret = select %3 %7 exact=false trunc=0
      %9: ring[4] secret = add %6 %8
      return %9
    }`,
  );
});

/** Expressions of two vectors of four, continuous, so that a unit in the last place stays one. */
const expression = fc.letrec<{ tree: Fn; leaf: Fn }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<Fn>(
      (x) => x!,
      (_, y) => y!,
    ),
    fc.double({ min: -2, max: 2, noNaN: true }).map(
      (v): Fn =>
        () =>
          np.full([4], Math.fround(v)),
    ),
  ),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.tuple(fc.constantFrom(np.add, np.subtract, np.maximum, np.minimum), tie('tree'), tie('tree')).map(
      ([f, a, b]): Fn =>
        (x, y) =>
          f(a(x!, y!) as BaseArray, b(x!, y!) as BaseArray),
    ),
    fc
      .tuple(
        fc.constantFrom<(a: BaseArray) => BaseArray>(
          np.sigmoid,
          np.tanh,
          np.abs,
          np.negative,
          (a) => np.multiply(a, -0.7),
          (a) => np.add(np.multiply(np.tanh(a), np.sigmoid(a)), np.sum(np.tanh(a))),
          (a) => a.slice([null, null, -1]),
        ),
        tie('tree'),
      )
      .map(
        ([f, a]): Fn =>
          (x, y) =>
            f(a(x!, y!) as BaseArray),
      ),
  ),
}));

test('random expressions of fixed-point numbers', () => {
  const vector = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(expression.tree, vector, vector, fc.constantFrom(2, 3), (f, x, y, parties) => {
      const round = (v: number): number => Math.round(v * 2 ** 26) / 2 ** 26;
      // A program gives at least one secret.
      const g: Fn = (u, v) => np.add(np.multiply(f(u!, v!) as BaseArray, 1), np.multiply(u!, 0));
      agree(g, [numbers(...x.map(round)), numbers(...y.map(round))], 2 ** -17, 'FM128', parties);
    }),
    { numRuns: 60, seed: 11 },
  );
});

const integers = fc.letrec<{ tree: Fn; leaf: Fn }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<Fn>(
      (x) => x!,
      (_, y) => y!,
    ),
    fc.integer({ min: -9, max: 9 }).map(
      (v): Fn =>
        () =>
          np.full([4], v, 'int64'),
    ),
  ),
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(
        fc.constantFrom<(a: BaseArray, b: BaseArray) => BaseArray>(
          np.add,
          np.subtract,
          np.multiply,
          np.maximum,
          (a, b) => np.where(np.less(a, b), np.subtract(b, a), a),
          (a, b) => np.where(np.equal(a, b), 7, np.minimum(a, b)),
          (a, b) => np.astype(np.logicalOr(np.less(a, 0), np.equal(b, 1)), 'int64'),
        ),
        tie('tree'),
        tie('tree'),
      )
      .map(
        ([f, a, b]): Fn =>
          (x, y) =>
            f(a(x!, y!) as BaseArray, b(x!, y!) as BaseArray),
      ),
  ),
}));

test('random expressions of integers, exactly', () => {
  const vector = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(integers.tree, vector, vector, fc.constantFrom(2, 3), (f, x, y, parties) => {
      const g: Fn = (u, v) => np.add(f(u!, v!) as BaseArray, np.multiply(u!, 0));
      agree(g, [ints(...x), ints(...y)], 0, 'FM128', parties);
    }),
    { numRuns: 60, seed: 12 },
  );
});

test.run();
