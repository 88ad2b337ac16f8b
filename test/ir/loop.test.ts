/** @file np.fori: recorded once, captured values, visibility of carries, errors that name the carry. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throws, throwsBoth, value } from '../numpy/both.ts';
import { graphOf, open, secret, snapshot } from './snapshot.ts';

test('the body is recorded once; outer values are captured, or computed outside where they can be', () => {
  let calls = 0;
  const f = (x: BaseArray) =>
    np.fori(
      0,
      10,
      (i, w) => {
        calls++;
        return np.add(w, np.dynamicSlice(np.exp(x), [i.mul(3)], [3]));
      },
      np.zeros(3),
    );
  snapshot(
    graphOf(f, secret([30])),
    `
    graph(%0: fxp[30] secret) {
      %1: fxp[30] secret = exp %0
      %2: fxp = const value=0
      %3: fxp[3] = broadcast %2 shape=[3]
      %4: fxp[3] secret = hide %3
      %5: fxp[3] secret = loop %4 %1 hi=10 lo=0 {
        body(%6: int64, %7: fxp[3] secret, %8: fxp[30] secret) {
          %9: int64 = const value=3
          %10: int64 = mul %6 %9
          %11: fxp[3] secret = dynamicSlice %8 %10 size=[3]
          %12: fxp[3] secret = add %7 %11
          return %12
        }
      }
      return %5
    }`,
  );
  assert.is(calls, 1);
});

test('a carry that turns secret is secret from the start, also through another carry and an inner loop', () => {
  const f = (x: BaseArray) =>
    np.fori(0, 2, (i, [, b]) => [b, np.fori(0, 3, (j, c) => c.add(x).mul(i.add(j)), b)], [
      np.zeros(2),
      np.ones(2),
    ]);
  snapshot(
    graphOf(f, secret([2])),
    `
    graph(%0: fxp[2] secret) {
      %1: fxp = const value=0
      %2: fxp[2] = broadcast %1 shape=[2]
      %3: fxp = const value=1
      %4: fxp[2] = broadcast %3 shape=[2]
      %5: fxp[2] secret = hide %2
      %6: fxp[2] secret = hide %4
      %7: fxp[2] secret, %8: fxp[2] secret = loop %5 %6 %0 hi=2 lo=0 {
        body(%9: int64, %10: fxp[2] secret, %11: fxp[2] secret, %12: fxp[2] secret) {
          %13: fxp[2] secret = loop %11 %12 %9 hi=3 lo=0 {
            body(%14: int64, %15: fxp[2] secret, %16: fxp[2] secret, %17: int64) {
              %18: fxp[2] secret = add %15 %16
              %19: int64 = add %17 %14
              %20: fxp = convert %19 dtype=fxp
              %21: fxp[2] = broadcast %20 shape=[2]
              %22: fxp[2] secret = mul %18 %21
              return %22
            }
          }
          return %11 %13
        }
      }
      return %7 %8
    }`,
  );
});

test('carries that stay public stay public', () => {
  const graph = graphOf(
    (x: BaseArray) =>
      np.fori(0, 3, (_i, c) => ({ n: c.n.add(1), s: c.s.add(x) }), { n: np.zeros([], 'int64'), s: x }),
    secret([]),
  );
  assert.equal(
    graph.outs.map((id) => graph.types[id]!.secret),
    [false, true],
  );
});

test('a secret carry that the body replaces by a public value stays secret', () => {
  const graph = graphOf((x: BaseArray) => np.fori(0, 2, () => np.zeros(2), x), secret([2]));
  assert.ok(graph.types[graph.outs[0]!]!.secret);
});

test('a loop over known values alone is computed while recording', () => {
  const graph = graphOf(
    (x: BaseArray) => x.add(np.fori(0, 5, (i, c) => c.add(i), np.zeros([], 'int64'))),
    secret([]),
  );
  assert.equal(
    graph.nodes.map((n) => n.op),
    ['const', 'convert', 'add'].filter((op) => op !== 'convert'),
  );
});

test('values: the recorded loop and the plain one agree', () => {
  const power = (x: BaseArray) => np.fori(0, 5, (_i, w) => w.mul(x), np.ones(2));
  assert.equal(value(power, [2, 3]), [32, 243]);
  const rows = (x: BaseArray) => np.fori(1, 3, (i, acc) => acc.add(x.at(i)), np.zeros(2));
  assert.equal(
    value(rows, [
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    [8, 10],
  );
  const store = (x: BaseArray) =>
    np.fori(0, 3, (i, acc) => np.dynamicUpdateSlice(acc, x.mul(i).reshape(1), [i]), np.zeros(3));
  assert.equal(value(store, 2), [0, 2, 4]);
  const steer = (x: BaseArray) =>
    np.fori(0, 4, (i, acc) => np.where(np.less(i, 2), acc.add(x), acc.sub(1)), np.zeros([]));
  assert.equal(value(steer, 10), 18);
});

test('no rounds: the carry comes back; numbers become arrays', () => {
  assert.equal(both((x) => np.fori(3, 3, (_i, c) => c, x), [1, 2])[0]!.toArray(), [1, 2]);
  assert.is((np.fori(0, 3, (_i, c) => c.add(1), 0) as NDArray).item(), 3);
});

test('errors name the carry', () => {
  const before = 'before the body and float64(3,) after it';
  throwsBoth(
    (x) => np.fori(0, 2, (_i, c) => ({ w: c.w, b: c.b.add(x) }), { w: x, b: np.zeros([]) }),
    [[1, 2, 3]],
    'SHAPE',
    `carry.b is float64() ${before}`,
  );
  throwsBoth(
    (x) => np.fori(0, 2, (_i, c) => c.add(x), np.zeros(3, 'int32')),
    [[1, 2, 3]],
    'SHAPE',
    'carry is int32(3,)',
  );
  throwsBoth(
    (x) => np.fori(0, 2, (() => undefined) as never, [x, x]),
    [1],
    'INVALID_ARGUMENT',
    'given a carry like [*, *]',
  );
  throwsBoth(
    (x) => np.fori(0, 2.5, (_i, c) => c, x),
    [1],
    'INVALID_ARGUMENT',
    'hi is a whole number, not 2.5',
  );
});

test('bounds are known beforehand', () => {
  const f = (x: BaseArray, n: BaseArray) => np.fori(0, n, (_i, c) => c, x);
  throws(() => graphOf(f, secret([]), secret([], 'int64')), 'SECRET_IN_CONTROL_FLOW', 'hi is to be known');
  throws(() => graphOf(f, secret([]), open([], 'int64')), 'UNSUPPORTED', 'hi is to be known');
});

test('values of a body do not leave it', () => {
  let kept: BaseArray | undefined;
  const f = (x: BaseArray) => {
    np.fori(
      0,
      2,
      (i, c) => {
        kept = i;
        return c.add(1);
      },
      x,
    );
    return x.add(kept!);
  };
  throws(() => graphOf(f, secret([])), 'INVALID_ARGUMENT', 'loop body');
});

test.run();
