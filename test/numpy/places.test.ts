/** @file Positions that are secret, secret randomness, and how gradients and batches pass both and sorting. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const ring = await Ring.create();

const numbers = (x: BaseArray): number[] => Array.from((x as NDArray).data as Float64Array, Number);

const ints = (...list: number[]): BaseArray => np.array(list, 'int64');

const M = [
  [1, 2, 3],
  [4, 5, 6],
];

test('take, at, dynamicSlice, dynamicUpdateSlice and scatterAdd at places that are secret', () => {
  const places = (x: BaseArray, i: BaseArray): BaseArray[] => [
    np.take(x, i, 1),
    np.take(x, i),
    x.at(':', i.at(0)),
    x.at(i.at(2), i.at(1)),
    np.dynamicSlice(x, [0, i.at(1)], [2, 2]),
    np.dynamicUpdateSlice(x, [[9, 8]], [i.at(2), i.at(1)]),
    np.scatterAdd(x.T, i, [
      [1, 1],
      [2, 2],
      [4, 4],
    ]),
  ];
  assert.equal(
    value((x, i) => places(x, i)[0]!, M, ints(2, 0, 1)),
    [
      [3, 1, 2],
      [6, 4, 5],
    ],
  );
  assert.equal(
    value((x, i) => places(x, i)[1]!, M, ints(2, 0, 1)),
    [3, 1, 2],
  );
  assert.equal(
    value((x, i) => places(x, i)[3]!, M, ints(2, 0, 1)),
    4,
  );
  assert.equal(
    np
      .scatterAdd(np.transpose(M), ints(2, 0, 2), [
        [1, 1],
        [2, 2],
        [4, 4],
      ])
      .toArray(),
    [
      [3, 6],
      [2, 5],
      [8, 11],
    ],
  );
  secretly((x, i) => places(x, i), [M, ints(2, 0, 1)], { FM128: 0, FM64: 0 });
  secretly((i) => np.take(np.array(M), i, 1), [ints(1, 1)], { FM128: 0, FM64: 0 });
  secretly((x) => np.fori(0, 3, (i, c) => np.add(c, np.take(x, i, 1)), np.zeros([2])), [M]);
});

type Fn = (x: BaseArray) => BaseArray;

/** The gradient against central differences. */
const slopes = (name: string, fn: Fn, x: NDArray): void => {
  const loss: Fn = (v) => {
    const y = fn(v);
    return np.sum(y.mul(np.reshape(np.arange(1, y.size + 1), [...y.shape])));
  };
  const at = (i: number, by: number): number => {
    const data = (x.data as Float64Array).slice();
    data[i]! += by;
    return loss(new NDArray(x.shape, 'fxp', data)).item() as number;
  };
  const want = numbers(x).map((_, i) => (at(i, 1e-4) - at(i, -1e-4)) / 2e-4);
  numbers(np.grad(loss)(x)).forEach((g, i) => {
    assert.ok(Math.abs(g - want[i]!) < 1e-6, `${name}[${i}]: ${g}, not ${want[i]}`);
  });
  secretly((v) => np.grad(loss)(v), [x], { parties: [2] });
};

const X = np.array([
  [0.5, -1.25, 2, 0.75],
  [1.75, 0.375, -0.625, 3],
]) as NDArray;

const I = ints(2, 0, 2);

test('secret places below 0 count from the end, wherever arrays are read and added to', () => {
  for (const n of [1, 3, 4, 5, 6]) {
    const x = np.array(Array.from({ length: n }, (_, i) => 10 * (i + 1)));
    for (const dtype of ['int8', 'int64'] as const) {
      const at = np.array([0, n - 1, -1, -n], dtype);
      const all = (a: BaseArray, i: BaseArray): BaseArray[] => [
        np.take(a, i),
        np.take(np.stack([a, a], 1), i, 0),
        np.vmap((j: BaseArray) => np.take(a, j))(i),
        np.takeAlongAxis(a, i, 0),
        np.choose(
          i,
          [...Array(n).keys()].map((j) => a.slice([j, j + 1])),
        ),
        np.scatterAdd(a, i, [1, 2, 4, 8]),
        np.putAlongAxis(a, i.slice([2, 3]), 7, 0),
        a.at(i.at(2)),
        a.at(i.at(3)),
        np.grad((b: BaseArray) => np.sum(np.multiply(np.take(b, i), np.array([1, 2, 4, 8]))))(a) as BaseArray,
      ];
      secretly(all, [x, at]);
      secretly((a, i) => np.take(a, i), [x, np.array([0, n - 1], 'uint8')], { fields: ['FM128'] });
    }
  }
});

test('what secret places outside read and put', () => {
  const at = np.array([5, -6, 8, -9], 'int32') as NDArray;
  const x = np.array([1, 2, 3, 4, 5]) as NDArray;
  const { results } = simulate(
    ((i: BaseArray, a: BaseArray) => [
      np.take(a, i),
      np.takeAlongAxis(a, i, 0),
      np.scatterAdd(a, i, 1),
      np.putAlongAxis(a, i, 9, 0),
      a.at(i.at(0)),
      a.at(i.at(1)),
    ]) as never,
    [at, x],
    { ring, field: FIELDS.FM128, parties: 2 },
  );
  assert.equal(results.map(numbers), [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 2, 3, 4, 5],
    [1, 2, 3, 4, 5],
    [5],
    [5],
  ]);
});

test('gradients of sorting and of secret places', () => {
  slopes('sort of a vector', (x) => np.sort(x, null).square(), X);
  slopes('sort of rows', (x) => np.sort(x), X);
  slopes('sort of columns', (x) => np.sort(x, 0), X);
  slopes('median', (x) => np.median(x, 1), X);
  slopes('topK', (x) => np.topK(x, 2)[0], X);
  slopes('take', (x) => apply(x, I), X);
  slopes(
    'take a matrix of places',
    (x) =>
      np.take(
        x,
        traced(
          x,
          np.array(
            [
              [1, 0],
              [3, 3],
            ],
            'int64',
          ),
        ),
        1,
      ),
    X,
  );
  slopes('scatterAdd', (x) => np.scatterAdd(x.T, traced(x, I), x.slice(':', ':3').T.square()), X);
  slopes('slice', (x) => np.dynamicSlice(x, [0, traced(x, ints(1)).at(0)], [2, 3]).square(), X);
  slopes(
    'update',
    (x) => np.dynamicUpdateSlice(x.mul(3), x.slice(':1', ':2').square(), [1, traced(x, ints(1)).at(0)]),
    X,
  );
});

/** Places that depend on x without saying so: what is recorded cannot fold them. */
const traced = (x: BaseArray, places: BaseArray): BaseArray =>
  np.add(places, np.astype(np.stopGradient(x).reshape(-1).at(0).mul(0), 'int64'));

const apply = (x: BaseArray, places: BaseArray): BaseArray => np.take(x, traced(x, places), 1);

test('batches of sorts and lookups', () => {
  assert.equal(
    value((x) => np.vmap((r: BaseArray) => np.sort(r))(x), X),
    np.sort(X).toArray(),
  );
  assert.equal(
    value((x) => np.vmap((r: BaseArray) => np.argsort(r))(x), X),
    np.argsort(X).toArray(),
  );
  const rows = np.vmap((i: BaseArray, x: BaseArray) => np.take(x, i, 1), [0, null]);
  const both = np.array(
    [
      [0, 1],
      [3, 3],
      [2, 0],
    ],
    'int64',
  );
  const want = np.stack([0, 1, 2].map((e) => np.take(X, both.at(e), 1))).toArray();
  assert.equal(
    value((i, x) => rows(i, x), both, X),
    want,
  );
  const shared = np.vmap((x: BaseArray, i: BaseArray) => np.take(x, i), [0, null]);
  assert.equal(
    value((x, i) => shared(x, i), X, I),
    np.take(X, I, 1).toArray(),
  );
  const own = np.vmap((x: BaseArray, i: BaseArray) => np.take(x, i));
  assert.equal(
    value(
      (x, i) => own(x, i),
      X,
      np.array(
        [
          [0, 3],
          [1, 1],
        ],
        'int64',
      ),
    ),
    [
      [0.5, 0.75],
      [0.375, 0.375],
    ],
  );
});

/** Places on both sides of an axis of 3, and of 4, a power of two. */
const STRAY = ints(5, -1, 1, -3, -4, 0, 3, 1, 2 ** 40, -(2 ** 40));

const PARTS = Array.from({ length: 10 }, (_, i) => 2 ** i);

const added = (n: number): number[] => {
  const sums = new Array<number>(n).fill(0);
  for (const [e, at] of numbers(STRAY).entries()) {
    const j = at < 0 ? at + n : at;
    if (j >= 0 && j < n) sums[j]! += PARTS[e]!;
  }
  return sums;
};

test('scatterAdd: negative places count from the end, and what lies outside is dropped', () => {
  assert.equal(np.scatterAdd(np.zeros([3]), [5, -1, 1], [10, 20, 40]).toArray(), [0, 40, 20]);
  for (const n of [3, 4, 1]) {
    assert.equal(np.scatterAdd(np.zeros([n]), STRAY, PARTS).toArray(), added(n));
    // Both secret, or one of them.
    secretly((i, p) => np.scatterAdd(np.zeros([n]), i, p), [STRAY, PARTS], { FM128: 0, FM64: 0 });
    secretly((i) => np.scatterAdd(np.zeros([n]), i, PARTS), [STRAY], { FM128: 0, FM64: 0 });
    secretly((p) => np.scatterAdd(np.zeros([n]), STRAY, p), [PARTS], { FM128: 0, FM64: 0 });
  }
  for (const dtype of ['int8', 'uint8', 'int32', 'uint64']) {
    const at = np.astype(ints(0, 2, 127, 3, 126), dtype);
    for (const n of [3, 4, 200])
      secretly((i) => np.scatterAdd(np.zeros([n], 'int32'), i, np.array([1, 2, 4, 8, 16], 'int32')), [at]);
  }
  const rows = np.array([
    [1, 2],
    [3, 4],
  ]);
  assert.equal(np.scatterAdd(np.zeros([2, 2]), [-1, 2], rows).toArray(), [
    [0, 0],
    [1, 2],
  ]);
  // Parts broadcast, places may have several axes, an empty axis takes nothing.
  assert.equal(
    np
      .scatterAdd(
        np.zeros([3]),
        [
          [0, 1],
          [1, 9],
        ],
        1,
      )
      .toArray(),
    [1, 2, 0],
  );
  assert.equal(np.scatterAdd(np.zeros([0]), [0], [1]).toArray(), []);
  throws(() => np.scatterAdd(np.zeros([3]), [0.5], [1]), 'DTYPE', 'places are integers');
});

test('places that wrap, or come round in a loop, are those of their dtype', () => {
  const bytes = np.array([100, -100, 3], 'int8');
  for (const n of [3, 4, 300]) {
    const sums = (i: BaseArray): BaseArray => np.scatterAdd(np.zeros([n]), np.add(i, i), [1, 2, 4]);
    secretly(sums, [bytes], { FM128: 0, FM64: 0 });
    const loop = (i: BaseArray): BaseArray =>
      np.fori(0, 2, (_t, [x, at]) => [np.scatterAdd(x, at, [1, 2, 4]), np.multiply(at, 2)], [
        np.zeros([n]),
        i,
      ])[0];
    secretly(loop, [bytes], { FM128: 0, FM64: 0 });
  }
});

test('gradients by what was dropped are 0', () => {
  const loss = (p: BaseArray, i: BaseArray, n: number): BaseArray =>
    np.sum(np.multiply(np.scatterAdd(np.zeros([n]), i, p), np.arange(7, 7 + n)));
  for (const n of [3, 4]) {
    const grad = (p: BaseArray, i: BaseArray): BaseArray => np.grad((q: BaseArray) => loss(q, i, n))(p);
    const want = numbers(STRAY).map((at) => (at >= n || at < -n ? 0 : 7 + ((at + n) % n)));
    assert.equal(numbers(grad(np.array(PARTS), STRAY)), want);
    secretly(grad, [PARTS, STRAY], { FM128: 0, FM64: 0 });
  }
});

test('scatter and put at secret places outside put nothing', () => {
  const at = ints(5, -1, 1, -9);
  for (const n of [3, 4]) {
    const want = np.arange(n).toArray() as number[];
    [want[n - 1], want[1]] = [20, 40];
    const x = np.astype(np.arange(n), 'float64');
    assert.equal(np.scatter(x, at, [10, 20, 40, 80]).toArray(), want);
    secretly((v, i) => np.scatter(v, i, [10, 20, 40, 80]), [x, at], { FM128: 0, FM64: 0 });
    const { results } = simulate(
      ((v: BaseArray, i: BaseArray) => np.put(v, i, [10, 20, 40, 80])) as never,
      [x as NDArray, at as NDArray],
      { ring, field: FIELDS.FM128, parties: 2 },
    );
    assert.equal(numbers(results[0]!), want);
  }
  throws(() => np.put(np.zeros([3]), [3], [1]), 'RANGE', 'out of bounds');
});

test('places of their own for each example', () => {
  const x = np.reshape(np.astype(np.arange(24), 'float64'), [2, 3, 4]);
  const at = np.array(
    [
      [1, 2],
      [0, 3],
    ],
    'int64',
  );
  const rows = np.array(
    [
      [5, -1],
      [1, 7],
    ],
    'int64',
  );
  const programs: readonly ((x: BaseArray, at: BaseArray) => BaseArray)[] = [
    np.vmap((m: BaseArray, i: BaseArray) => np.dynamicSlice(m, [i.at(0), i.at(1)], [2, 2])),
    np.vmap((m: BaseArray, i: BaseArray) => np.dynamicUpdateSlice(m, np.ones([1, 2]), [i.at(0), i.at(1)])),
    np.vmap((m: BaseArray, i: BaseArray) => np.scatterAdd(m, i, np.ones([2, 4]))),
    np.vmap((m: BaseArray, i: BaseArray) => np.take(m, i, { axis: 1 })),
    np.vmap((m: BaseArray, i: BaseArray) => np.take(m.at(0), i)),
    np.vmap((m: BaseArray, i: BaseArray) => m.at(':', i.at(1))),
    (m, i) => np.vmap((j: BaseArray) => np.scatterAdd(m.at(0), j, np.ones([2, 4])))(i),
    (m, i) => np.vmap((v: BaseArray) => np.scatterAdd(v, i.at(0), np.ones([2, 4])))(m),
    (m, i) => np.vmap((v: BaseArray) => np.dynamicSlice(v, [i.at(0, 0), 1], [2, 2]))(m),
    (m, i) => np.vmap((v: BaseArray) => np.dynamicUpdateSlice(v, np.ones([1, 2]), [i.at(0, 0), 1]))(m),
  ];
  assert.equal(programs[0]!(x, at).toArray(), [
    [
      [6, 7],
      [10, 11],
    ],
    [
      [14, 15],
      [18, 19],
    ],
  ]);
  assert.equal(
    np
      .vmap((m: BaseArray, i: BaseArray) => np.scatterAdd(m, i, np.ones([2])))(np.zeros([2, 3]), rows)
      .toArray(),
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
  );
  for (const program of programs) {
    // Nothing known, the places alone, the arrays alone.
    secretly(program, [x, at], { FM128: 0, FM64: 0, parties: [2] });
    secretly((m) => program(m, at), [x], { FM128: 0, FM64: 0, parties: [2] });
    secretly((i) => program(x, i), [at], { FM128: 0, FM64: 0, parties: [2] });
  }
  const one = secretly(programs[0]!, [x.slice([0, 1]), at.slice([0, 1])], {
    fields: ['FM128'],
    parties: [2],
  });
  const two = secretly(programs[0]!, [x, at], { fields: ['FM128'], parties: [2] });
  assert.is(two.rounds, one.rounds);
});

test.run();
