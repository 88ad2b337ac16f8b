/** @file Recording programs: the graph as text, constants, arguments and results, and what a traced value refuses. */
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import { print } from '../../src/ir/ops/print.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten, sameTree, unflatten } from '../../src/ir/trace/pytree.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { throws } from '../numpy/both.ts';
import { graphOf, open, secret, snapshot } from './snapshot.ts';

test('a step of logistic regression', () => {
  const step = (x: BaseArray, y: BaseArray, w: BaseArray) => {
    const p = np.sigmoid(np.matmul(x, w));
    return np.subtract(w, np.matmul(x.T, p.sub(y)).mul(0.1));
  };
  snapshot(
    graphOf(step, secret([4, 2]), secret([4]), secret([2])),
    `
    graph(%0: fxp[4,2] secret, %1: fxp[4] secret, %2: fxp[2] secret) {
      %3: fxp[2,1] secret = reshape %2 shape=[2,1]
      %4: fxp[4,1] secret = matmul %0 %3
      %5: fxp[4] secret = reshape %4 shape=[4]
      %6: fxp[4] secret = sigmoid %5
      %7: fxp[2,4] secret = transpose %0 perm=[1,0]
      %8: fxp[4] secret = sub %6 %1
      %9: fxp[4,1] secret = reshape %8 shape=[4,1]
      %10: fxp[2,1] secret = matmul %7 %9
      %11: fxp[2] secret = reshape %10 shape=[2]
      %12: fxp = const value=0.1
      %13: fxp[2] = broadcast %12 shape=[2]
      %14: fxp[2] secret = mul %11 %13
      %15: fxp[2] secret = sub %2 %14
      return %15
    }`,
  );
});

test('public inputs stay public until a secret meets them; dtypes are converted in the graph', () => {
  snapshot(
    graphOf((x: BaseArray, y: BaseArray) => [np.exp(x), np.add(x, y)], open([2]), secret([2], 'int32')),
    `
    graph(%0: fxp[2], %1: int32[2] secret) {
      %2: fxp[2] = exp %0
      %3: fxp[2] secret = convert %1 dtype=fxp
      %4: fxp[2] secret = add %0 %3
      return %2 %4
    }`,
  );
});

test('what is known is computed while recording, and uniform constants are stored once', () => {
  const table = np.arange(4).mul(0.5).add(1);
  snapshot(
    graphOf((x: BaseArray) => x.mul(table).add(np.ones(4)).sub(np.exp(0)), secret([4])),
    `
    graph(%0: fxp[4] secret) {
      %1: fxp[4] = const value=#428ca0112089a1ac
      %2: fxp[4] secret = mul %0 %1
      %3: fxp = const value=1
      %4: fxp[4] = broadcast %3 shape=[4]
      %5: fxp[4] secret = add %2 %4
      %6: fxp = const value=1
      %7: fxp[4] = broadcast %6 shape=[4]
      %8: fxp[4] secret = sub %5 %7
      return %8
    }`,
  );
});

test('constants are copied: later writes to the data do not change the program', () => {
  const mine = Float64Array.of(1, 2);
  const graph = graphOf(
    (x: BaseArray) => {
      const y = x.add(mine);
      mine[0] = 9;
      return y;
    },
    secret([2]),
  );
  const [first] = graph.nodes;
  assert.equal(first?.op === 'const' && [...first.attrs.value.data], [1, 2]);
});

test('arguments: trees of types, constants and static values; results: trees of arrays and numbers', () => {
  const fn = (
    p: { w: BaseArray; bias: BaseArray },
    name: string,
    scale: number,
    none: undefined,
    f: () => number,
  ) => {
    assert.is(name, 'relu');
    assert.is(none, undefined);
    assert.instance(p.bias, NDArray);
    return { out: [p.w.mul(scale), p.bias], n: f() };
  };
  const bias = np.array([1, 2]) as NDArray;
  const { graph, outTree } = trace(fn as never, [{ w: secret([2]), bias }, 'relu', 3, undefined, () => 7]);
  assert.is(graph.ins.length, 1);
  assert.is(graph.outs.length, 3);
  assert.equal(outTree, {
    kind: 'object',
    keys: ['n', 'out'],
    items: [{ kind: 'leaf' }, { kind: 'array', items: [{ kind: 'leaf' }, { kind: 'leaf' }] }],
    order: [1, 0],
  });
});

test('objects come back with their keys in the order of the program; their shapes are the same in any', () => {
  const tree = { z: 1, b: { y: 2, a: 3 }, a: 4 };
  const { leaves, def } = flatten(tree);
  assert.equal(leaves, [4, 3, 2, 1]);
  assert.is(JSON.stringify(unflatten(def, leaves)), JSON.stringify(tree));
  assert.ok(sameTree(def, flatten({ a: 0, b: { a: 0, y: 0 }, z: 0 }).def));
  assert.not.ok(sameTree(def, flatten({ a: 0, b: { a: 0, x: 0 }, z: 0 }).def));
});

test('every node knows the line of the user', () => {
  const graph = graphOf((x: BaseArray) => np.exp(x).add(1), secret([2]));
  for (const node of graph.nodes) assert.match(node.site!, /tracer\.test\.[jt]s:\d+:\d+$/);
  assert.not.match(print(graph), /tracer\.test/);
});

const REFUSALS: readonly (readonly [string, (x: BaseArray) => unknown])[] = [
  ['+x', (x) => +(x as unknown as number)],
  ['x > 0', (x) => (x as unknown as number) > 0],
  ['text', (x) => `${x as unknown as string}`],
  ['valueOf', (x) => x.valueOf()],
  ['JSON', (x) => JSON.stringify({ x })],
  ['spread', (x) => [...(x as unknown as Iterable<number>)]],
  [
    'destructuring',
    (x) => {
      const [a] = x as unknown as Iterable<number>;
      return a;
    },
  ],
  [
    'for of',
    (x) => {
      for (const row of x as unknown as Iterable<number>) return row;
      return 0;
    },
  ],
  ['item', (x) => x.item()],
  ['toArray', (x) => x.toArray()],
];

for (const [name, use] of REFUSALS)
  test(`a traced value has no JavaScript value: ${name}`, () => {
    throws(
      () => graphOf(use, secret([])),
      'SECRET_IN_CONTROL_FLOW',
      'a secret cannot steer a JavaScript branch',
    );
    throws(
      () => graphOf(use, open([])),
      'SECRET_IN_CONTROL_FLOW',
      'has no number while the program is recorded',
    );
  });

test('looking at a traced value shows its type', () => {
  graphOf(
    (x: BaseArray) => {
      assert.is(inspect(x), 'Traced(float64[2,3] secret)');
      return x;
    },
    secret([2, 3]),
  );
});

test('a refusal names the line', () => {
  try {
    graphOf((x: BaseArray) => (+(x as unknown as number) ? x : x), secret([]));
    assert.unreachable();
  } catch (e) {
    assert.match(String((e as TesseraError).info.site), /tracer\.test\.[jt]s:\d+:\d+$/);
  }
});

test('values stay inside of their program', () => {
  let kept: BaseArray | undefined;
  graphOf((x: BaseArray) => {
    kept = x;
    return x;
  }, secret([]));
  throws(() => np.add(kept!, 1), 'INVALID_ARGUMENT', 'after its program or loop body had been recorded');
  throws(
    () => graphOf((y: BaseArray) => y.add(kept!), secret([])),
    'INVALID_ARGUMENT',
    'outside of the program',
  );
  throws(() => graphOf(() => kept, secret([])), 'INVALID_ARGUMENT', 'outside of the program');
});

test('results that are no arrays', () => {
  throws(
    () => graphOf((x: BaseArray) => void x, secret([])),
    'INVALID_ARGUMENT',
    'the function returned nothing',
  );
  throws(
    () => graphOf((x: BaseArray) => ({ a: [x, 'b'] }), secret([])),
    'INVALID_ARGUMENT',
    'result.a[1] is a string',
  );
  throws(() => graphOf(async (x: BaseArray) => x, secret([])), 'UNSUPPORTED', 'is a Promise');
});

test('positions may be secret, and the program says so', () => {
  const ops = (fn: (x: BaseArray, i: BaseArray) => BaseArray): string[] =>
    graphOf(fn, secret([3]), secret([], 'int64')).nodes.map((n) => n.op);
  assert.ok(ops((x, i) => x.at(i)).includes('sliceAt'));
  assert.ok(ops((x, i) => np.take(x, i)).includes('lookup'));
  assert.ok(ops((x, i) => np.dynamicUpdateSlice(x, [1], [i])).includes('updateAt'));
  throws(() => graphOf((x: BaseArray) => np.take(x, x), secret([3])), 'DTYPE', 'takes integers');
});

test.run();
