/** @file Sets above the size from which lists are sorted together: against sets of JavaScript, on secrets, and at what price. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { wantsSort } from '../../src/numpy/membership.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { random, ring } from '../gates/harness.ts';
import { scaled } from '../long.ts';
import { secretly } from './secretly.ts';

const test = suite('numpy: membership');
const next = random(11);
const draw = (n: number, lo: number, hi: number): number[] =>
  Array.from({ length: n }, () => lo + Math.floor(next() * (hi - lo)));

const up = (xs: Iterable<number>): number[] => [...new Set(xs)].sort((a, b) => a - b);
const sized = (xs: readonly number[], size: number): number[] =>
  Array.from({ length: size }, (_, i) => xs[i] ?? -7);

/** [what np gives, what it has to be] */
const SETS: Readonly<
  Record<
    string,
    readonly [
      (x: BaseArray, y: BaseArray, size: number) => BaseArray,
      (x: readonly number[], y: readonly number[], size: number) => number[],
    ]
  >
> = {
  isin: [(x, y) => np.astype(np.isin(x, y), 'int64'), (x, y) => x.map((v) => Number(y.includes(v)))],
  intersect1d: [
    (x, y, size) => np.intersect1d(x, y, { size, fillValue: -7 }),
    (x, y, size) => sized(up(x.filter((v) => y.includes(v))), size),
  ],
  setdiff1d: [
    (x, y, size) => np.setdiff1d(x, y, { size, fillValue: -7 }),
    (x, y, size) => sized(up(x.filter((v) => !y.includes(v))), size),
  ],
  setxor1d: [
    (x, y, size) => np.setxor1d(x, y, { size, fillValue: -7 }),
    (x, y, size) => sized(up([...x, ...y].filter((v) => x.includes(v) !== y.includes(v))), size),
  ],
  union1d: [
    (x, y, size) => np.union1d(x, y, { size, fillValue: -7 }),
    (x, y, size) => sized(up([...x, ...y]), size),
  ],
  unique: [(x, _, size) => np.unique(x, { size, fillValue: -7 }), (x, _, size) => sized(up(x), size)],
};

const CASES: readonly (readonly [name: string, x: readonly number[], y: readonly number[]])[] = [
  ['many alike', draw(300, -20, 60), draw(280, 0, 90)],
  ['nothing in common', draw(300, 0, 500), draw(300, 600, 900)],
  ['one number alone', new Array<number>(300).fill(4), new Array<number>(300).fill(4)],
  ['all of one in the other', draw(270, 0, 40), Array.from({ length: 300 }, (_, i) => i - 20)],
];

for (const [name, x, y] of CASES)
  test(`${name}: as sets of JavaScript, in the clear and on secrets`, () => {
    assert.ok(wantsSort(x.length, y.length));
    for (const [fn, of] of Object.values(SETS))
      for (const size of [3, 700]) {
        const call = (a: BaseArray, b: BaseArray): BaseArray => fn(a, b, size);
        for (const dtype of ['int32', 'float64', 'int64']) {
          const [a, b] = [NDArray.from([...x], dtype), NDArray.from([...y], dtype)];
          assert.equal(Array.from((call(a, b) as NDArray).data, Number), of(x, y, size));
          if (dtype === 'int32') secretly(call, [a, b], { parties: [2], fields: ['FM128'], FM128: 0 });
          else if (size === 3) secretly(call, [a, b], { parties: [3], fields: ['FM64'], FM64: 0 });
        }
      }
  });

test('a matrix is looked up in bools, few in many, and nothing in much', () => {
  const bits = NDArray.from(
    draw(400, 0, 2).map((v) => v === 1),
    'bool',
  );
  const square = np.reshape(bits, [20, 20]);
  const only = NDArray.from(new Array<boolean>(400).fill(true), 'bool');
  assert.equal(np.isin(square, only).toArray(), square.toArray());
  secretly((x) => np.isin(x, only), [square], { parties: [2], fields: ['FM128'] });
  assert.not.ok(wantsSort(60_000, 8));
  assert.not.ok(wantsSort(0, 60_000));
  assert.equal(np.isin(np.zeros([0]), np.arange(100_000)).shape, [0]);
});

test('60,000 ids in a few seconds, and in memory that grows with them alone', () => {
  const n = scaled(60_000, 6_000);
  const [x, y] = [NDArray.from(draw(n, 0, n), 'int32'), NDArray.from(draw(n, n / 2, 2 * n), 'int32')];
  const both = new Set(y.data as Int32Array);
  for (const name of ['isin', 'intersect1d', 'unique'] as const) {
    const { results } = simulate(((a: BaseArray, b: BaseArray) => SETS[name]![0](a, b, n)) as never, [x, y], {
      ring,
      field: FIELDS.FM128,
      parties: 2,
    });
    const got = Array.from(results[0]!.data, Number);
    const want = {
      isin: Array.from(x.data as Int32Array, (v) => Number(both.has(v))),
      intersect1d: sized(up(Array.from(x.data as Int32Array).filter((v) => both.has(v))), n),
      unique: sized(up(x.data as Int32Array), n),
    }[name];
    assert.equal(got, want);
  }
  // All pairs would take a byte and more each, in one array.
  assert.ok(ring.memory.buffer.byteLength < 10_000 * n, String(ring.memory.buffer.byteLength));
});

test.run();
