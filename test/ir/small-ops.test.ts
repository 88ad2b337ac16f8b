/** @file Thousands of small ops: alike ones become one op, long sums are short, and rounds and results are what they were. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { GraphBuilder } from '../../src/ir/ops/builder.ts';
import type { DType, Graph } from '../../src/ir/ops/graph.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { secretly } from '../numpy/secretly.ts';
import { graphOf, secret } from './snapshot.ts';

const count = (graph: Graph, op: string): number => graph.nodes.filter((n) => n.op === op).length;
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const where = { fields: ['FM128', 'FM64'], parties: [2, 3] } as const;

test('independent products of numbers are one product, in one round', () => {
  const f = (x: BaseArray, y: BaseArray) => many(40, (i) => x.add((i + 1) / 8).mul(y));
  const graph = optimize(graphOf(f, secret([]), secret([])));
  assert.equal([count(graph, 'add'), count(graph, 'mul')], [1, 1]);
  const lowered = lower(graph, { field: FIELDS.FM128, parties: 2 });
  assert.ok(lowered.nodes.length < 20, `${lowered.nodes.length} nodes`);
  assert.is(lowered.outs.length, 40);
  const stats = secretly(f, [1.5, -2.25], where);
  assert.is(stats.rounds, secretly((x, y) => x.add(0.5).mul(y), [1.5, -2.25], where).rounds);
});

test('operands that are apart are put together for gates, and left alone for sums', () => {
  const f = (x: BaseArray) => {
    const parts = many(20, (i) => x.at(i));
    return parts.map((p, i) => p.mul(parts[(i + 7) % 20]!));
  };
  const xs = many(20, (i) => i / 4 - 2);
  const graph = optimize(graphOf(f, secret([20])));
  assert.is(count(graph, 'mul'), 1);
  secretly(f, [xs], where);
  const sums = (x: BaseArray) => many(20, (i) => x.at(i)).map((p) => p.add(1));
  assert.is(count(optimize(graphOf(sums, secret([20]))), 'add'), 20);
  secretly(sums, [xs], where);
});

test('what is alike goes on together: comparisons, choices, small arrays, other orders', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    const moved = many(18, (i) => x.add(i + 1).mul(y));
    const chosen = moved.map((m, i) => np.where(m.less(i), m, x));
    return chosen.map((c, i) => c.mul(moved[17 - i]!));
  };
  const graph = optimize(graphOf(f, secret([3]), secret([3])));
  assert.equal([count(graph, 'mul'), count(graph, 'less'), count(graph, 'select')], [2, 1, 1]);
  secretly(
    f,
    [
      [1, -2, 0.5],
      [0.25, 3, -1],
    ],
    where,
  );
});

test('only what is there at the same time goes together', () => {
  // The second product of each chain waits for a first one: of 20 chains of other lengths none waits longer than alone.
  const f = (x: BaseArray, y: BaseArray) =>
    many(20, (i) => {
      let p = x;
      for (let k = 0; k <= i % 4; k++) p = p.mul(y);
      return p;
    });
  const graph = optimize(graphOf(f, secret([]), secret([])));
  assert.ok(count(graph, 'mul') <= 8, `${count(graph, 'mul')} products`);
  assert.is(secretly(f, [1.5, -0.5], { fields: ['FM128'], parties: [2] }).rounds, 5);
});

test('public numbers that change how a product is made stay apart', () => {
  const f = (x: BaseArray) => many(20, (i) => x.mul(2 ** -i));
  secretly(f, [3], where);
  assert.is(count(optimize(graphOf(f, secret([]))), 'mul'), 19);
});

test('another shape of a result leaves what else the result is used for', () => {
  // A shuffle ends in a view that is given the shape of the result, which has two uses.
  const f = (x: BaseArray) => {
    const y = np.random.secretShuffle(x);
    return [np.expandDims(y, 0), y.mul(1.5), np.expandDims(y, 1).mul(2)];
  };
  for (const xs of [[2.5], [2.5, 2.5, 2.5]]) secretly(f, [xs], where);
});

test('a number that is added many times is multiplied', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    let sum = y;
    for (let i = 0; i < 100; i++) sum = i % 5 === 4 ? sum.sub(y) : sum.add(x);
    return sum.add(0.5);
  };
  const graph = optimize(graphOf(f, secret([2]), secret([2])));
  assert.ok(graph.nodes.length < 12, `${graph.nodes.length} nodes`);
  secretly(
    f,
    [
      [1.25, -3],
      [0.5, 7],
    ],
    where,
  );
});

test('a long sum of many numbers is one sum', () => {
  const f = (x: BaseArray) => {
    const [first, ...rest] = many(40, (i) => x.at(i)) as [BaseArray, ...BaseArray[]];
    return rest.reduce((sum, p, i) => (i % 2 ? sum.sub(p) : sum.add(p)), first);
  };
  const graph = optimize(graphOf(f, secret([40])));
  assert.equal([count(graph, 'sum'), count(graph, 'add') + count(graph, 'sub')], [2, 1]);
  secretly(f, [many(40, (i) => i / 3)], where);
});

test('a sum on its way that somebody else needs stays', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    let sum = x;
    const seen: BaseArray[] = [];
    for (let i = 0; i < 60; i++) {
      sum = sum.add(y);
      if (i % 20 === 19) seen.push(sum);
    }
    return seen;
  };
  secretly(f, [1, 0.25], where);
});

test('what is revealed on the way, and loops, are left as they are', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    const shown = np.reveal(x.mul(2));
    const after = many(20, (i) => x.add(i).mul(y).add(shown));
    return [
      ...after,
      np.fori(0, 3, (_, v) => many(20, (i) => v.add(i).mul(y)).reduce((a, b) => a.add(b)), x),
    ];
  };
  secretly(f, [0.5, 0.01], { fields: ['FM128'], parties: [2] });
});

test('rows of what became one are taken at once as it is lowered, whatever holds them', () => {
  const lowered = (f: (x: BaseArray, y: BaseArray) => BaseArray[], dtype: DType, guard = false) =>
    lower(optimize(graphOf(f, secret([3], dtype), secret([3], dtype))), {
      field: FIELDS.FM128,
      parties: 2,
      rangeGuard: guard,
    });
  const products = (x: BaseArray, y: BaseArray) => many(40, (i) => x.add(i + 1).mul(y));
  for (const dtype of ['fxp', 'int32'] as const) {
    const graph = lowered(products, dtype);
    assert.is(count(graph, 'parts'), 1);
    assert.is(graph.nodes.find((n) => n.op === 'parts')!.outs.length, 40);
  }
  // Two views repeat the operands.
  assert.is(count(lowered(products, 'fxp'), 'view'), 2);
  const ints = [np.array([1, -7, 40], 'int32'), np.array([3, 9, -2], 'int32')];
  secretly(products, ints, { fields: ['FM64'], parties: [2] });
  // Of integers that have left their dtype a row is wrapped as the whole is.
  secretly((x, y) => products(x, y).map((p) => np.floorDivide(p.mul(1 << 30), 7)), ints, {
    fields: ['FM128'],
    parties: [2],
  });
  // Squares that a root takes keep their bits, row by row; bits, and what is watched, are taken one by one.
  const roots = (x: BaseArray, y: BaseArray) => products(x, y).map((p) => np.sqrt(p.mul(p).add(p.mul(p))));
  secretly(roots, [[0.5, 1.25, -3], [0.001, 2, 1]], { fields: ['FM128'], parties: [2] }); // biome-ignore format: two rows
  secretly((x, y) => products(x, y).map((p) => p.less(1)), [[0.5, 1, -3], [1, 2, 1]], { parties: [2] }); // biome-ignore format: two rows
  assert.is(lowered(products, 'fxp', true).outs.length, 40);
});

test('what thousands of nodes make one after another, or are put together of, is lowered without deep calls', () => {
  const n = 12_000;
  const options = { field: FIELDS.FM128, parties: 2 } as const;
  const moved = new GraphBuilder();
  let x = moved.input(secret([2, 2]));
  for (let i = 0; i < n; i++) x = moved.emit('transpose', [x], { perm: [1, 0] });
  assert.is(lower(moved.finish([x]), { ...options, rangeGuard: true }).outs.length, 1);
  // The length of a vector whose squares were written one by one.
  const length = new GraphBuilder();
  const y = length.input(secret([1]));
  const squares = Array.from({ length: n }, () => length.emit('mul', [y, y], {}));
  const all = length.emit('concat', squares as [number, ...number[]], { axis: 0 });
  const root = length.emit('sqrt', [length.emit('sum', [all], { axes: [0] })], {});
  assert.is(lower(length.finish([root]), options).outs.length, 1);
});

test.run();
