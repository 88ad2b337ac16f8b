/** The range guard on programs: what leaves the range is found and named at every kind of op, and nothing else is. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Watched } from '../../src/ir/ops/graph.ts';
import { type SimulateOptions, simulate } from '../../src/ir/run/simulate.ts';
import type { ArrayInput, BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { FIELD_NAMES, ring } from '../gates/harness.ts';
import type { Fn } from './world.ts';

const test = suite('ir: guard');

type Options = Partial<Omit<SimulateOptions, 'field'>> & { readonly field?: FieldName };

const guarded = (fn: Fn, inputs: readonly ArrayInput[], { field: name = 'FM128', ...o }: Options = {}) =>
  simulate(
    fn as never,
    inputs.map((x) => NDArray.from(x)),
    { ring, field: FIELDS[name], parties: 2, rangeGuard: true, ...o },
  );

/** The line of a program's source in which a mark stands, as sites have it. */
const isHere = (left: Watched | undefined, op: string, what: string): void => {
  assert.ok(left, `${what}: nothing was found`);
  assert.is(left.op, op, what);
  assert.match(left.site!, /guard\.test\.[jt]s:\d+:\d+$/, what);
};

/** A number whose square stays in the range (at FM128 far from its end, where free truncation wraps now and then), one whose square leaves it, and the largest that may enter. */
const NUMBERS: Readonly<Record<FieldName, { big: number; huge: number; top: number }>> = {
  FM128: { big: 1e6, huge: 2.5e10, top: 3e23 },
  FM64: { big: 2.8e3, huge: 3.2e3, top: 2.1e12 },
  FM32: { big: 62, huge: 70, top: 1e6 },
};

interface Violation {
  readonly op: string;
  readonly fn: Fn;
  /** Inputs that leave the range at `op`, and such as do not. */
  readonly bad: (n: (typeof NUMBERS)[FieldName]) => readonly ArrayInput[];
  readonly good: (n: (typeof NUMBERS)[FieldName]) => readonly ArrayInput[];
  readonly fields?: readonly FieldName[];
}

/** So many numbers that leave the range together, however each of them wraps. */
const MANY = 24;

const many = (x: number, by = 0.0137): number[] => Array.from({ length: MANY }, (_, i) => x * (1 + by * i));

const ones = (x = 1): number[] => new Array<number>(MANY).fill(x);

const VIOLATIONS: Readonly<Record<string, Violation>> = {
  'a product': {
    op: 'mul',
    fn: (x, y) => np.multiply(x!, y!),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(-big)],
  },
  'a square': {
    op: 'mul',
    fn: (x) => np.square(np.add(x!, 0.5)),
    bad: ({ huge }) => [many(-huge)],
    good: ({ big }) => [ones(-big)],
  },
  'a product of matrices': {
    op: 'matmul',
    fn: (x, y) => np.matmul(np.reshape(x!, [MANY, 1]), np.reshape(y!, [1, MANY])),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(-big)],
  },
  'a public matrix': {
    op: 'matmul',
    fn: (x) => np.matmul(np.reshape(x!, [1, MANY]), np.ones([MANY, 3])),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 16)],
  },
  'a public factor': {
    op: 'mul',
    fn: (x) => np.multiply(x!, 1e3 / 7),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 64)],
  },
  'a public factor that is a power of two': {
    op: 'mul',
    fn: (x) => np.multiply(x!, 2 ** 40),
    bad: () => [ones(2 ** 77)],
    good: ({ big }) => [ones(big)],
    fields: ['FM128'],
  },
  'a public factor beyond the ring': {
    op: 'mul',
    fn: (x) => np.multiply(np.multiply(x!, 1e6 / 7), 1e-6),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 64)],
    fields: ['FM64', 'FM32'],
  },
  'public factors': {
    op: 'mul',
    fn: (x) => np.multiply(x!, np.array(Array.from({ length: MANY }, (_, i) => 700.3 + i))),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 64)],
  },
  'public divisors': {
    op: 'div',
    fn: (x) =>
      np.divide(x!, np.array(Array.from({ length: MANY }, (_, i) => 0.0013 * (i + 1)).map((v) => v / MANY))),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 2048)],
  },
  // Lengths, the roots of such sums, are right as far as the ring goes.
  'a logarithm of a sum of squares': {
    op: 'matmul',
    fn: (x) => np.log(np.sum(np.square(x!))),
    bad: ({ huge }) => [many(91 * huge)],
    good: ({ big }) => [ones(big / 8)],
    fields: ['FM128'],
  },
  'inverses of sums of squares of rows': {
    op: 'matmul',
    fn: (x) => np.divide(1, np.sum(np.square(np.broadcastTo(x!, [5, MANY])), 1)),
    bad: ({ huge }) => [many(91 * huge)],
    good: ({ big }) => [ones(big / 8)],
    fields: ['FM128'],
  },
  'a root of a product of matrices': {
    op: 'matmul',
    fn: (x, y) => np.sqrt(np.matmul(np.reshape(x!, [MANY, 1]), np.reshape(y!, [1, MANY]))),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(big)],
    fields: ['FM128'],
  },
  'a logarithm of a product': {
    op: 'mul',
    fn: (x, y) => np.log(np.multiply(np.multiply(x!, y!), 0.7)),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(big)],
  },
  'a quotient by a product': {
    op: 'mul',
    fn: (x, y) => np.divide(1, np.multiply(x!, y!)),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(big)],
  },
  'a product that a root and others take': {
    op: 'mul',
    fn: (x, y) => {
      const z = np.multiply(x!, y!);
      return [np.sqrt(z), np.add(z, 1), np.sin(np.multiply(z, 1e-6))];
    },
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big), ones(big)],
  },
  'a variance': {
    op: 'matmul',
    fn: (x) => np.var(x!),
    bad: ({ huge }) => [many(-91 * huge)],
    good: ({ big }) => [many(big / 4)],
    fields: ['FM128'],
  },
  covariances: {
    op: 'matmul',
    fn: (x, y) => np.cov(np.stack([x!, y!])),
    bad: ({ huge }) => [many(91 * huge), many(-80 * huge)],
    good: ({ big }) => [many(big / 4), ones(3)],
    fields: ['FM128'],
  },
  'powers by an array': {
    op: 'mul',
    fn: (x) => np.power(x!, np.array(Array.from({ length: MANY }, () => 3))),
    bad: ({ huge }) => [many(huge)],
    good: () => [ones(7)],
  },
  'powers with secret whole exponents': {
    op: 'powWhole',
    fn: (x, y) => np.power(x!, y!),
    bad: ({ huge }) => [many(-huge), NDArray.from(ones(2), 'int32')],
    good: ({ big }) => [many(-big / 2), NDArray.from(ones(1), 'int32')],
  },
  'the inside of a loop that takes roots': {
    op: 'mul',
    fn: (x) => np.fori(0, 2, (_, y: BaseArray) => np.sqrt(np.multiply(y, x!)), np.add(x!, 0)),
    bad: ({ huge }) => [many(huge)],
    good: ({ big }) => [ones(big)],
  },
  'a product by whole numbers': {
    op: 'mul',
    fn: (x) => np.multiply(x!, 64),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big)],
  },
  'a public divisor': {
    op: 'div',
    fn: (x) => np.divide(x!, 0.037),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big / 64)],
  },
  'a sum that is compared': {
    op: 'sum',
    fn: (x) => np.greater(np.sum(x!), 0),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big)],
    fields: ['FM64', 'FM32'],
  },
  'a sum that is given back': {
    op: 'sum',
    fn: (x) => np.sum(x!),
    bad: ({ top }) => [many(top / 2)],
    good: ({ big }) => [ones(big)],
  },
  'a chain of sums, of which a root is taken': {
    op: 'add',
    fn: (x) => {
      let y: BaseArray = x!;
      for (let i = 0; i < 5; i++) y = np.add(y, y);
      return np.sqrt(y);
    },
    bad: ({ top }) => [ones(top * 0.37)],
    good: ({ big }) => [ones(big / 256)],
    fields: ['FM64', 'FM32'],
  },
  'a product far beyond the ring': {
    op: 'mul',
    fn: (x, y) => np.multiply(x!, y!),
    bad: ({ top }) => [many(top / 3), many(top / 7)],
    good: ({ big }) => [ones(big), ones(-big)],
  },
  'a power': {
    op: 'mul',
    fn: (x) => np.power(x!, 3),
    bad: ({ huge }) => [many(huge)],
    good: () => [ones(7)],
  },
  'a quotient whose parts are products': {
    op: 'mul',
    fn: (x, y) => np.divide(np.multiply(x!, y!), 3),
    bad: ({ huge }) => [many(huge), many(huge)],
    good: ({ big }) => [ones(big / 8), ones(3)],
  },
  'a whole number as a real one': {
    op: 'convert',
    fn: (x) => np.astype(x!, 'float64'),
    bad: () => [NDArray.from(ones(2 ** 30), 'int64')],
    good: () => [NDArray.from(ones(77), 'int64')],
    fields: ['FM32'],
  },
  'the inside of a loop': {
    op: 'mul',
    fn: (x) => np.fori(0, 4, (_, y: BaseArray) => np.multiply(y, x!), np.add(x!, 0)),
    bad: ({ huge }) => [many(huge)],
    good: () => [ones(2)],
  },
  'what a loop carries on': {
    op: 'add',
    fn: (x) => np.fori(0, 40, (_, y: BaseArray) => np.add(y, y), x!),
    bad: ({ top }) => [ones(top / 3)],
    good: ({ top }) => [ones(top / 2 ** 41)],
    fields: ['FM128'],
  },
  'what is revealed on the way': {
    op: 'add',
    fn: (x) => np.add(np.reveal(np.add(np.add(x!, x!), np.add(x!, x!))), x!),
    bad: ({ top }) => [ones(top * 0.9)],
    good: ({ big }) => [ones(big)],
    fields: ['FM64', 'FM32'],
  },
};

for (const name of FIELD_NAMES)
  for (const parties of [2, 3, 5])
    test(`${name}, ${parties} parties: every kind of op that leaves the range is found and named`, () => {
      const modes = parties === 2 ? (['bandwidth', 'latency'] as const) : (['bandwidth'] as const);
      for (const costMode of modes)
        for (const [what, v] of Object.entries(VIOLATIONS)) {
          if (!(v.fields ?? FIELD_NAMES).includes(name)) continue;
          const text = `${what} (${costMode})`;
          const options = { field: name, parties, costMode };
          const { left: none } = guarded(v.fn, v.good(NUMBERS[name]), options);
          assert.is(none, undefined, `${text}: ${JSON.stringify(none)}`);
          isHere(guarded(v.fn, v.bad(NUMBERS[name]), options).left, v.op, text);
        }
    });

test('sums of sums that leave nothing but zeros are found', () => {
  const doubled = (x: BaseArray, times: number): BaseArray =>
    Array.from({ length: times }).reduce<BaseArray>((y) => np.add(y, y), x);
  for (const name of FIELD_NAMES) {
    const x = many(NUMBERS[name].top / 64);
    for (const fn of [(a: BaseArray) => doubled(a, 70), (a: BaseArray) => np.subtract(doubled(a, 130), 1)])
      assert.ok(guarded(fn as Fn, [x], { field: name }).left, name);
    assert.is(
      guarded(((a: BaseArray) => doubled(a, 4)) as Fn, [ones(1)], { field: name }).left,
      undefined,
      name,
    );
  }
});

test('of several ops the first of the program is named', () => {
  const fn: Fn = (x, y) => {
    const small = np.multiply(x!, 1e9 / 3);
    const large = np.multiply(y!, y!);
    return [np.multiply(small, small), np.multiply(large, 0.1), np.sum(np.multiply(large, large))];
  };
  const line = (x: readonly ArrayInput[]): number =>
    Number(/:(\d+):\d+$/.exec(guarded(fn, x).left!.site!)![1]);
  const second = line([ones(3), many(3.3e12)]);
  const first = line([many(2e23), many(3.3e12)]);
  assert.is(first, second - 1);
});

test('programs in pieces, and loops that a revealed condition ends', () => {
  const rows = 30_000;
  const x = Float64Array.from({ length: rows }, (_, i) => (i % 97) / 3);
  const fn: Fn = (a) => np.sum(np.multiply(np.expandDims(a!, 1), np.ones([1, 64]).mul(0.3)), 1);
  const limited = { memoryLimit: 16 << 20 };
  assert.is(guarded(fn, [x], limited).left, undefined);
  isHere(guarded(fn, [x.map((v, i) => (i === 29_998 ? 2.9e23 : v))], limited).left, 'sum', 'pieces');
  const grow: Fn = (a) =>
    np.whileRevealed(
      (y: BaseArray) => np.less(np.max(y), 1e9),
      (y: BaseArray) => np.multiply(y, a!),
      np.add(a!, 1),
      { maxIterations: 40 },
    );
  assert.is(guarded(grow, [[2, 3]]).left, undefined);
  isHere(guarded(grow, [[2, -7e13]]).left, 'mul', 'while');
});

test('rare wraps of truncation at FM64 and FM32 are found where they are allowed', () => {
  const x = Float64Array.from({ length: 20_000 }, (_, i) => 900 + (i % 89));
  const options = { field: 'FM64', truncAllowMsbError: true } as const;
  const fn: Fn = (a) => np.multiply(a!, a!);
  const { results, left } = guarded(fn, [x], options);
  const wrong = Array.from(results[0]!.data as Float64Array).some((y, i) => Math.abs(y - x[i]! ** 2) > 1);
  assert.is(left !== undefined, wrong);
});

test.run();
