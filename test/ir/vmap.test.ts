/** @file vmap and scan: the same as doing one example after another. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOp } from '../../src/ir/ops/catalogue.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throws, value } from '../numpy/both.ts';
import { secretly } from '../numpy/secretly.ts';

type Fn = (x: BaseArray) => BaseArray;

const X = np.array([
  [
    [1, -2, 3],
    [0.5, 4, -1],
  ],
  [
    [2, 2, -3],
    [-0.5, 1, 7],
  ],
  [
    [0, 1, 0],
    [3, -3, 2],
  ],
]);
const Y = np.array([
  [1, 2],
  [3, -4],
  [0.5, 6],
]);

/** Functions of one 2 x 3 example; together they use every op that has a rule of its own. */
const CASES: Readonly<Record<string, Fn>> = {
  elementwise: (x) => np.where(x.less(np.flip(x)), x.exp(), x.mul(3).add(x.at(0))),
  bool: (x) => np.logicalAnd(x.less(1), np.logicalNot(x.less(-1))),
  clip: (x) => np.clip(x, -1, 2),
  matmul: (x) => np.matmul(np.matmul(x, Y), x),
  outer: (x) => np.matmul(Y, x),
  reductions: (x) =>
    np
      .max(x, 0)
      .add(np.min(x, 1).sum())
      .add(np.sum(x, [0, 1])),
  positions: (x) => np.argmax(x, 1).add(np.argmin(x)),
  moves: (x) =>
    np.concatenate([x.T.reshape(2, 3), np.ones([1, 3]), np.take(x, [1, 1, 0], 0)], 0).slice('::2', ':-1'),
  pad: (x) =>
    np.pad(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      5,
    ),
  broadcast: (x) => np.broadcastTo(x.at(0), [4, 3]),
  constant: () => np.arange(3).mul(2),
  loop: (x) =>
    np.fori(
      0,
      3,
      (i, c) => ({ a: np.add(c.b, c.a), b: np.multiply(c.b, x.at(0)).add(i), n: np.add(c.n, 1) }),
      { a: x, b: np.ones([3]), n: np.array(0, 'int64') },
    ).a,
  slices: (x) =>
    np.fori(0, 2, (i, c) => np.dynamicUpdateSlice(c, x.at(i).reshape(1, 3), [i, 0]).mul(2), np.zeros([2, 3])),
  gradient: (x) => np.grad((v: BaseArray) => np.sum(np.tanh(v).mul(v)))(x),
};

const oneByOne = (fn: Fn, x: BaseArray): unknown => np.stack([0, 1, 2].map((i) => fn(x.at(i)))).toArray();

for (const [name, fn] of Object.entries(CASES))
  test(`vmap: ${name}`, () => {
    assert.equal(
      value((x) => np.vmap(fn)(x), X),
      oneByOne(fn, X),
    );
  });

test('every op of the table is elementwise or in a case', () => {
  const used = new Set<string>();
  const visit = (nodes: readonly { op: string; body?: { nodes: readonly never[] } }[]): void => {
    for (const n of nodes) {
      used.add(n.op);
      if (n.body) visit(n.body.nodes);
    }
  };
  for (const fn of Object.values(CASES))
    visit(trace(fn, [{ shape: [2, 3], dtype: 'fxp', secret: true }]).graph.nodes as never);
  const plain = [
    'matmul',
    'sum',
    'max',
    'min',
    'argmax',
    'argmin',
    'broadcast',
    'reshape',
    'transpose',
    'slice',
    'gather',
    'concat',
    'pad',
    'dynamicSlice',
    'dynamicUpdateSlice',
    'const',
    'loop',
  ];
  assert.equal(
    plain.filter((op) => !used.has(op)),
    [],
  );
  assert.ok(plain.every((op) => op === 'loop' || isOp(op)));
});

test('axes, shared arguments, trees, other functions inside', () => {
  const dot = (x: BaseArray, w: BaseArray): BaseArray => np.matmul(x, w);
  assert.equal(np.vmap(dot, [0, null])(X, [1, 0, 2]).toArray(), np.matmul(X, [1, 0, 2]).toArray());
  assert.equal(
    np
      .vmap(dot, [2, 0])(np.transpose(X, [1, 2, 0]), np.ones([3, 3]))
      .toArray(),
    np.sum(X, 2).toArray(),
  );
  const tree = np.vmap<{ s: BaseArray; c: BaseArray }>((p: { a: BaseArray; b: BaseArray }) => ({
    s: p.a.add(np.sum(p.b)),
    c: np.ones([2]),
  }))({ a: Y, b: X });
  assert.equal(tree.s.toArray(), np.add(Y, np.sum(X, [1, 2]).reshape(3, 1)).toArray());
  assert.equal(tree.c.shape, [3, 2]);
  assert.equal(
    np
      .vmap(
        (x: BaseArray) => x,
        0,
        1,
      )(Y)
      .toArray(),
    np.transpose(Y).toArray(),
  );
  assert.equal(
    np
      .vmap((x: BaseArray) => np.vmap((r: BaseArray) => np.sum(r))(x))(X)
      .toArray(),
    np.sum(X, 2).toArray(),
  );
  const perExample = np.vmap(
    np.grad((w: BaseArray, x: BaseArray) => np.sum(np.matmul(x, w).square())),
    [null, 0],
  );
  assert.equal(perExample(np.array([1, 2, 3]), X).shape, [3, 3]);
  both((w, x) => perExample(w, x), np.array([1, 2, 3]), X);
});

test('vmap of random elementwise programs is the program on the whole array', () => {
  const STEPS: readonly Fn[] = [
    (x) => x.mul(2),
    (x) => x.abs(),
    (x) => np.maximum(x, 0.5),
    (x) => x.sub(x.square()),
    (x) => np.where(x.less(0), x, 1),
  ];
  fc.assert(
    fc.property(fc.array(fc.nat(STEPS.length - 1), { maxLength: 6 }), (steps) => {
      const f: Fn = (x) => steps.reduce((y, s) => STEPS[s]!(y), x);
      assert.equal((np.vmap(f)(X) as NDArray).toArray(), (f(X) as NDArray).toArray());
    }),
  );
});

test('vmap says what does not fit', () => {
  const id = (...x: BaseArray[]): BaseArray => x[0]!;
  throws(() => np.vmap(id, [1, 2])(X, X), 'SHAPE', 'number of examples: 2, 3');
  throws(() => np.vmap(id)(1), 'SHAPE', 'argument 0 is a scalar');
  throws(() => np.vmap(id, [0])(X, X), 'INVALID_ARGUMENT', '1 axes for 2 arguments');
  throws(() => np.vmap(id, null)(X), 'INVALID_ARGUMENT', 'at least one');
  assert.equal(
    np
      .vmap((i: BaseArray) => np.arange(5).at(i))(np.array([4, 0], 'int64'))
      .toArray(),
    [4, 0],
  );
});

test('scan: running sums, trees, reverse, no xs, gradients through it', () => {
  const running = (x: BaseArray): unknown =>
    np.scan((c, row: BaseArray) => [np.add(c, row), np.multiply(c, row)], np.zeros([2]), x);
  const [end, ys] = both(running, Y);
  assert.equal(end!.toArray(), [4.5, 4]);
  assert.equal(ys!.toArray(), [
    [0, 0],
    [3, -8],
    [2, -12],
  ]);
  const reversed = (x: BaseArray): BaseArray =>
    np.scan((c, row: BaseArray) => [np.add(c, row), c], np.zeros([2]), x, { reverse: true })[1];
  assert.equal(value(reversed, Y), [
    [3.5, 2],
    [0.5, 6],
    [0, 0],
  ]);
  const [, powers] = np.scan((c) => [np.multiply(c, 2), c], np.array(1), null, { length: 4 });
  assert.equal(powers.toArray(), [1, 2, 4, 8]);
  const loss = (x: BaseArray): BaseArray =>
    np.sum(np.scan((c, row: BaseArray) => [np.multiply(c, row), c], np.ones([2]), x)[1]);
  assert.equal(np.grad(loss)(Y).toArray(), [
    [4, -3],
    [1, 2],
    [0, 0],
  ]);
  throws(() => np.scan((c) => [c, c], np.array(1), null), 'SHAPE', 'unknown');
  throws(() => np.scan(() => 1 as never, np.array(1), np.array([1, 2])), 'INVALID_ARGUMENT', '[carry, y]');
});

test('on secrets', () => {
  secretly((x, w) => np.vmap((r: BaseArray) => np.sigmoid(np.matmul(r, w)))(x), [X, [0.5, 1, -1]]);
  secretly(
    (x) => np.scan((c, row: BaseArray) => [np.add(c, row), np.multiply(c, row)], np.zeros([2]), x),
    [Y],
  );
});

test.run();
