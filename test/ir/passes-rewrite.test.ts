/** @file Rewriting passes, by snapshot and by what they save on secrets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { erf, tanh } from '../../src/frontends/single-precision.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import type { Graph } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { secretly } from '../numpy/secretly.ts';
import { graphOf, secret, snapshot } from './snapshot.ts';

const opsOf = (graph: Graph): string[] => graph.nodes.map((n) => n.op);
const count = (graph: Graph, op: string): number => opsOf(graph).filter((o) => o === op).length;

test('clip is one op, also from maximum and minimum of numbers', () => {
  const want = `
    graph(%0: fxp[2] secret) {
      %1: fxp[2] secret = clip %0 hi=2 lo=-1
      return %1
    }`;
  snapshot(optimize(graphOf((x: BaseArray) => np.clip(x, -1, 2), secret([2]))), want);
  snapshot(optimize(graphOf((x: BaseArray) => np.maximum(np.minimum(x, 2), -1), secret([2]))), want);
  snapshot(optimize(graphOf((x: BaseArray) => np.minimum(np.maximum(-1, x), 2), secret([2]))), want);
  const crossed = optimize(graphOf((x: BaseArray) => np.minimum(np.maximum(x, 2), -1), secret([2])));
  assert.is(count(crossed, 'clip'), 0);
});

test('one comparison for the larger, the smaller, the distance and the question', () => {
  const f = (x: BaseArray, y: BaseArray) => [np.maximum(x, y), np.minimum(y, x), x.less(y)];
  snapshot(
    optimize(graphOf(f, secret([2]), secret([2]))),
    `
    graph(%0: fxp[2] secret, %1: fxp[2] secret) {
      %2: bool[2] secret = less %0 %1
      %3: fxp[2] secret = select %2 %1 %0
      %4: fxp[2] secret = add %0 %1
      %5: fxp[2] secret = sub %4 %3
      return %3 %5 %2
    }`,
  );
  const g = (x: BaseArray) => [x.abs(), np.where(x.less(0), x.mul(2), x), np.maximum(x, 0)];
  assert.is(count(optimize(graphOf(g, secret([2]))), 'less'), 1);
  assert.is(count(optimize(graphOf(g, secret([2]))), 'abs'), 0);
  const stats = secretly(
    (x, y) => [np.maximum(x, y), np.minimum(x, y)],
    [
      [1, -2, 3],
      [2, -5, 3],
    ],
    {
      fields: ['FM128'],
      parties: [2],
    },
  );
  const alone = secretly(
    (x, y) => np.maximum(x, y),
    [
      [1, -2, 3],
      [2, -5, 3],
    ],
    { fields: ['FM128'], parties: [2] },
  );
  assert.equal(stats.sent, alone.sent);
});

test('equal operations in another order are one', () => {
  const graph = optimize(
    graphOf(
      (x: BaseArray, y: BaseArray) => [x.equal(y), y.equal(x), x.mul(y).add(y.mul(x))],
      secret([2]),
      secret([2]),
    ),
  );
  assert.equal([count(graph, 'equal'), count(graph, 'mul')], [1, 1]);
});

test('chains of choices', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    const c = x.less(y);
    const inner = np.where(c, x, y.mul(2));
    return np.where(np.logicalNot(c), y, inner);
  };
  snapshot(
    optimize(graphOf(f, secret([2]), secret([2]))),
    `
    graph(%0: fxp[2] secret, %1: fxp[2] secret) {
      %2: bool[2] secret = less %0 %1
      %3: fxp[2] secret = select %2 %0 %1
      return %3
    }`,
  );
  const same = optimize(graphOf((x: BaseArray) => np.where(x.less(0), x, x), secret([2])));
  assert.equal(opsOf(same), []);
});

test('neutral elements and double negation', () => {
  const f = (x: BaseArray) =>
    np.negative(
      np.negative(
        x
          .mul(1)
          .add(0)
          .sub(np.zeros([2]))
          .div(1),
      ),
    );
  assert.equal(opsOf(optimize(graphOf(f, secret([2])))), []);
});

test('a sum of products opens the sum alone', () => {
  const f = (x: BaseArray, y: BaseArray) => np.sum(x.mul(y), 0);
  snapshot(
    optimize(graphOf(f, secret([3, 2]), secret([3, 2]))),
    `
    graph(%0: fxp[3,2] secret, %1: fxp[3,2] secret) {
      %2: fxp[2,3] secret = transpose %0 perm=[1,0]
      %3: fxp[2,1,3] secret = reshape %2 shape=[2,1,3]
      %4: fxp[2,3] secret = transpose %1 perm=[1,0]
      %5: fxp[2,3,1] secret = reshape %4 shape=[2,3,1]
      %6: fxp[2,1,1] secret = matmul %3 %5
      %7: fxp[2] secret = reshape %6 shape=[2]
      return %7
    }`,
  );
  const x = np.arange(12).reshape(2, 3, 2).mul(0.25);
  const stats = secretly((a, b) => [np.sum(a.mul(b), [0, 2]), np.sum(a.square())], [x, x], {
    fields: ['FM128'],
    parties: [2],
  });
  // Both inputs times the secret 1, then 3 sums and 1.
  assert.equal([stats.rounds, stats.sent[0]![1]], [2, 16 * (24 + 4)]);
});

test('a public factor comes out of the sum; a product that is used elsewhere stays', () => {
  snapshot(
    optimize(graphOf((x: BaseArray) => np.sum(x.mul(0.3), 1), secret([2, 3]))),
    `
    graph(%0: fxp[2,3] secret) {
      %1: fxp = const value=0.3
      %2: fxp[2] secret = sum %0 axes=[1]
      %3: fxp[2] = broadcast %1 shape=[2]
      %4: fxp[2] secret = mul %2 %3
      return %4
    }`,
  );
  const both = graphOf((x: BaseArray) => [x.square(), np.sum(x.square())], secret([4]));
  assert.equal(opsOf(optimize(both)), ['mul', 'sum']);
});

test('inside of loops too', () => {
  const f = (x: BaseArray, y: BaseArray) =>
    np.fori(0, 3, (_i, c) => np.clip(c.add(np.sum(x.mul(y))), 0, 9).mul(1), x);
  const loop = optimize(graphOf(f, secret([2]), secret([2]))).nodes.find((n) => n.op === 'loop')!;
  assert.equal(opsOf(loop.body!), ['add', 'clip']);
  const g = (x: BaseArray) => np.fori(0, 3, (_i, c) => c.add(np.sum(c.mul(x))), x);
  const inner = optimize(graphOf(g, secret([2]))).nodes.find((n) => n.op === 'loop')!;
  assert.ok(opsOf(inner.body!).includes('matmul'));
});

test('what is divided by its own length is multiplied by one inverse', () => {
  const kept = { axis: 1, keepdims: true };
  const own: Readonly<Record<string, (x: BaseArray) => BaseArray>> = {
    scores: (x) => np.divide(np.subtract(x, np.mean(x)), np.std(x)),
    'scores of columns': (x) => np.divide(np.subtract(x, np.mean(x, 0)), np.std(x, 0)),
    'scores of rows': (x) => np.divide(np.subtract(x, np.mean(x, kept)), np.std(x, kept)),
    'rows of length 1': (x) => np.divide(x, np.linalg.norm(x, kept)),
    'by the root of a mean': (x) => np.divide(x, np.sqrt(np.mean(np.square(x), kept))),
    'times the inverse of the root': (x) =>
      np.multiply(np.rsqrt(np.add(np.mean(np.square(x), kept), 1e-5)), x),
    'with an epsilon': (x) => np.divide(x, np.sqrt(np.add(np.mean(np.square(x), kept), 1e-5))),
  };
  for (const [name, fn] of Object.entries(own)) {
    const graph = optimize(graphOf(fn, secret([4, 3])));
    assert.is(count(graph, 'div'), 0, name);
    assert.is(count(graph, 'rsqrt'), 1, name);
    assert.is(count(graph, 'sqrt'), 0, name);
  }
  const other: Readonly<Record<string, (x: BaseArray) => BaseArray>> = {
    'by what is added to it': (x) => np.divide(x, np.add(np.linalg.norm(x), 1)),
    'by the length of others': (x) => np.divide(x, np.linalg.norm(np.multiply(x, 0.5))),
    'by the lengths of rows in another order': (x) => np.divide(x, np.flip(np.linalg.norm(x, kept), 0)),
    'by the lengths of columns': (x) => {
      const square = np.slice(x, [0, 3]);
      return np.divide(square, np.linalg.norm(square, { axis: 0 }).reshape([3, 1]));
    },
    'with less than the sum': (x) => np.divide(x, np.sqrt(np.add(np.sum(np.square(x), kept), -1))),
    'a root that stands elsewhere': (x) => np.divide(np.multiply(x, 3), np.linalg.norm(x)),
  };
  for (const [name, fn] of Object.entries(other))
    assert.is(count(optimize(graphOf(fn, secret([4, 3]))), 'div'), 1, name);
  // Large numbers keep all their digits.
  const large = (x: BaseArray) => np.multiply(x, np.rsqrt(np.add(np.mean(np.square(x)), 1e-5)));
  secretly(large, [[1e5, -2e5, 3e5]], { fields: ['FM128'] });
});

test('the root of a product is that of its factors where these are sums of squares', () => {
  const roots = (fn: (x: BaseArray, y: BaseArray) => BaseArray): number =>
    count(optimize(graphOf(fn, secret([2, 2]), secret([2, 2]))), 'sqrt');
  const flat = (x: BaseArray): BaseArray => np.reshape(x, [4]);
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(np.sum(np.square(x)), np.sum(np.square(y))))),
    2,
  );
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(np.var(x), np.mean(np.square(y))))),
    2,
  );
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(np.dot(flat(x), flat(x)), np.dot(flat(y), flat(y))))),
    2,
  );
  // What may be below 0 stays in one root: of numbers in another order, or times a number below 0.
  const turned = (x: BaseArray): BaseArray => np.dot(flat(x), flat(np.transpose(x)));
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(turned(x), turned(y)))),
    1,
  );
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(np.multiply(np.var(x), -1), np.var(y)))),
    1,
  );
  assert.is(
    roots((x, y) => np.sqrt(np.multiply(np.sum(np.multiply(x, y)), np.var(y)))),
    1,
  );
});

test('FM128: what has no length is 0 over it', () => {
  const fn = (x: BaseArray): BaseArray => np.divide(x, np.linalg.norm(x));
  const { results } = simulate(fn as never, [np.array([0, 0, 0]) as NDArray], {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  assert.equal(Array.from(results[0]!.data, Number), [0, 0, 0]);
});

/** Softmax as JAX writes it. */
const written = (x: BaseArray, axis: number, by = axis): BaseArray => {
  const powers = np.exp(np.subtract(x, np.max(x, { axis, keepdims: true })));
  return np.divide(powers, np.sum(powers, { axis: by, keepdims: true }));
};

test('softmax that is written out has one inverse a row, and exp of numbers that are not above 0', () => {
  for (const axis of [0, 1]) {
    const graph = optimize(graphOf((x: BaseArray) => written(x, axis), secret([3, 4])));
    assert.equal(
      ['div', 'rsqrt', 'within'].map((op) => count(graph, op)),
      [0, 1, 2],
      `axis ${axis}`,
    );
  }
  // Sums of other axes may be small: only exp is known.
  const crossed = optimize(graphOf((x: BaseArray) => written(x, 0, 1), secret([3, 4])));
  assert.equal(
    ['div', 'within'].map((op) => count(crossed, op)),
    [1, 1],
  );
  const others: readonly ((x: BaseArray) => BaseArray)[] = [
    (x) => np.exp(np.subtract(x, np.min(x, { axis: 1, keepdims: true }))),
    (x) => np.exp(np.subtract(np.multiply(x, 2), np.max(x, { axis: 1, keepdims: true }))),
    (x) => {
      const square = np.slice(x, [0, 3], [0, 3]);
      return np.exp(np.subtract(square, np.max(square, { axis: 1 })));
    },
  ];
  for (const [i, f] of others.entries())
    assert.is(count(optimize(graphOf(f, secret([3, 4]))), 'within'), 0, `other ${i}`);
  const rows = [
    [1000, 1000, -1000, 999],
    [-5, -5.5, -6, -90],
    [0, 0, 0, 0],
  ];
  const own = secretly((x) => written(x, 1), [rows]);
  const named = secretly((x) => np.nn.softmax(x, 1), [rows]);
  assert.equal([own.rounds, own.dealerBytes], [named.rounds, named.dealerBytes]);
  secretly((x) => written(x, 0), [rows]);
  secretly(
    (x) => written(x, 0, 1),
    [
      [
        [3, 2.5],
        [3.5, 2],
      ],
    ],
  );
});

test('a choice by what is known is no choice', () => {
  const f = (x: BaseArray, y: BaseArray) => [np.where(true, x, y), np.where([false, false], x, y)];
  snapshot(
    optimize(graphOf(f, secret([2]), secret([2]))),
    `
    graph(%0: fxp[2] secret, %1: fxp[2] secret) {
      return %0 %1
    }`,
  );
});

test('softplus that is written out is one op, and e to the power of x less it is known to be at most 1', () => {
  const log = (x: BaseArray) => np.log(np.add(1, np.exp(np.negative(np.abs(x)))));
  const forms: readonly ((x: BaseArray) => BaseArray)[] = [
    (x) => np.add(np.maximum(x, 0), log(x)),
    (x) => np.add(log(x), np.maximum(0, x)),
  ];
  for (const f of forms)
    snapshot(
      optimize(graphOf(f, secret([2]))),
      `
    graph(%0: fxp[2] secret) {
      %1: fxp[2] secret = softplus %0
      return %1
    }`,
    );
  const others: readonly ((x: BaseArray) => BaseArray)[] = [
    (x) => np.add(np.maximum(x, 1), log(x)),
    (x) => np.add(np.maximum(x, 0), log(np.multiply(x, 2))),
    (x) => np.add(np.maximum(x, 0), np.log(np.add(2, np.exp(np.negative(np.abs(x)))))),
  ];
  for (const [i, f] of others.entries())
    assert.is(count(optimize(graphOf(f, secret([2]))), 'softplus'), 0, `other ${i}`);
  const chance = (x: BaseArray) => np.exp(np.subtract(x, forms[0]!(x)));
  assert.equal(opsOf(optimize(graphOf(chance, secret([2])))), ['softplus', 'sub', 'within', 'exp']);
  secretly((x) => [forms[0]!(x), chance(x)], [[-60, -3, 0, 0.25, 70]]);
});

test('a pool after relu compares its results alone', () => {
  const pooled = (x: BaseArray) => np.nn.maxPool(np.maximum(x, 0), 2);
  const graph = optimize(graphOf(pooled, secret([1, 2, 4, 4])));
  const sizes = graph.nodes.flatMap((n) =>
    n.op === 'maximum' ? [String(graph.types[n.outs[0]!]!.shape)] : [],
  );
  assert.equal(sizes, ['1,2,4'], 'eight results of 32 numbers');
  assert.is(opsOf(graph).indexOf('max') < opsOf(graph).indexOf('maximum'), true);
  const kept: readonly ((x: BaseArray) => unknown)[] = [
    (x) => [pooled(x), np.maximum(x, 0)],
    (x) => np.nn.maxPool(np.maximum(x, np.arange(4)), 2),
    (x) => np.max(np.maximum(np.reshape(x, [32, 1]), 0), 1),
  ];
  for (const [i, f] of kept.entries()) {
    const ops = opsOf(optimize(graphOf(f, secret([1, 2, 4, 4]))));
    if (ops.includes('max')) assert.ok(ops.indexOf('maximum') < ops.indexOf('max'), `kept ${i}`);
  }
  const numbers = Array.from({ length: 32 }, (_, i) => ((i * 7) % 13) - 8);
  secretly((x) => np.nn.maxPool(np.maximum(np.reshape(x, [1, 2, 4, 4]), 1.5), 2), [numbers]);
});

const ROOT = Math.sqrt(2 / Math.PI);

test('GELU is one op in the forms in which programs have it, and nothing else is', () => {
  const halves = (x: BaseArray, inner: BaseArray) => np.multiply(np.multiply(0.5, x), inner);
  const cube = (x: BaseArray) => np.multiply(x, np.multiply(x, x));
  const cubic = (x: BaseArray, c = 0.044715) => np.multiply(ROOT, np.add(x, np.multiply(c, cube(x))));
  const exact: readonly ((x: BaseArray) => BaseArray)[] = [
    // JAX's, by erfc; PyTorch's; and a half inside.
    (x) => halves(x, np.subtract(1, erf(np.multiply(np.negative(x), Math.fround(Math.SQRT1_2))))),
    (x) => np.multiply(np.multiply(x, 0.5), np.add(erf(np.divide(x, Math.SQRT2)), 1)),
    (x) => np.multiply(np.add(0.5, np.multiply(0.5, erf(np.multiply(x, Math.SQRT1_2)))), x),
    (x) => np.multiply(np.multiply(x, np.add(1, erf(np.divide(x, Math.fround(Math.SQRT2))))), 0.5),
  ];
  const tanhs: readonly ((x: BaseArray) => BaseArray)[] = [
    (x) => np.multiply(x, np.multiply(0.5, np.add(1, tanh(cubic(x))))),
    (x) =>
      halves(x, np.add(tanh(np.multiply(x, np.add(ROOT, np.multiply(0.044715 * ROOT, np.square(x))))), 1)),
  ];
  const others: readonly ((x: BaseArray) => unknown)[] = [
    (x) => halves(x, np.add(1, erf(x))),
    (x) => halves(x, np.subtract(1, erf(np.multiply(x, Math.SQRT1_2)))),
    (x) => np.multiply(x, np.add(1, erf(np.multiply(x, Math.SQRT1_2)))),
    (x) => halves(x, np.add(1, erf(np.multiply(x, 0.7072)))),
    (x) => halves(x, np.add(1, tanh(cubic(x, 0.0447)))),
    (x) => halves(x, np.add(1, tanh(np.multiply(ROOT, x)))),
    (x) => halves(np.sin(x), np.add(1, erf(np.multiply(x, Math.SQRT1_2)))),
    // Products of np are as exact near 0 as they were written.
    (x) => halves(x, np.add(1, np.erf(np.multiply(x, Math.SQRT1_2)))),
    (x) => halves(x, np.add(1, np.tanh(cubic(x)))),
    // Whoever needs the inner function has it already.
    (x) => {
      const inner = erf(np.multiply(x, Math.SQRT1_2));
      return [halves(x, np.add(1, inner)), inner];
    },
  ];
  for (const [forms, approximate] of [
    [exact, false],
    [tanhs, true],
  ] as const)
    for (const f of forms)
      snapshot(
        optimize(graphOf(f, secret([3]))),
        `
    graph(%0: fxp[3] secret) {
      %1: fxp[3] secret = gelu %0 approximate=${approximate}
      return %1
    }`,
      );
  for (const [i, f] of others.entries())
    assert.is(count(optimize(graphOf(f, secret([3]))), 'gelu'), 0, `other ${i}`);
  const xs = [-9, -1.25, 0, 0.5, 30];
  for (const f of [exact[0]!, exact[3]!, tanhs[0]!]) {
    const named = (x: BaseArray) => np.nn.gelu(x, f === tanhs[0]);
    assert.is(secretly(f, [xs]).dealerBytes, secretly(named, [xs]).dealerBytes);
  }
});

test.run();
