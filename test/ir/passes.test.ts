/** @file Passes, by snapshot: what goes, what stays. (That results stay the same is held by every test of np.) */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cse } from '../../src/ir/compile/passes/cse.ts';
import { dce } from '../../src/ir/compile/passes/dce.ts';
import { fold } from '../../src/ir/compile/passes/fold.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { GraphBuilder } from '../../src/ir/ops/builder.ts';
import { print } from '../../src/ir/ops/print.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { both } from '../numpy/both.ts';
import { graphOf, secret, snapshot } from './snapshot.ts';

test('equal nodes become one', () => {
  const graph = graphOf((x: BaseArray) => np.exp(x).mul(2).add(np.exp(x).mul(2)), secret([2]));
  snapshot(
    optimize(graph),
    `
    graph(%0: fxp[2] secret) {
      %1: fxp[2] secret = exp %0
      %2: fxp = const value=2
      %3: fxp[2] = broadcast %2 shape=[2]
      %4: fxp[2] secret = mul %1 %3
      %5: fxp[2] secret = add %4 %4
      return %5
    }`,
  );
});

test('nodes that differ in an attribute or a constant stay apart', () => {
  const graph = graphOf((x: BaseArray) => [np.sum(x, 0), np.sum(x, 1), x.mul(1), x.mul(1.5)], secret([2, 2]));
  assert.is(cse(graph).nodes.length, graph.nodes.length);
});

test('what no output needs goes: nodes, carries, captured values', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    np.log(x);
    const init = { a: np.zeros([]), b: x, d: x };
    return np.fori(0, 5, (_i, c) => ({ a: c.a.add(1), b: c.b.add(x), d: c.d.mul(c.a).add(y) }), init).b;
  };
  snapshot(
    dce(graphOf(f, secret([2]), secret([2]))),
    `
    graph(%0: fxp[2] secret, %1: fxp[2] secret) {
      %2: fxp[2] secret = loop %0 %0 hi=5 lo=0 {
        body(%3: int64, %4: fxp[2] secret, %5: fxp[2] secret) {
          %6: fxp[2] secret = add %4 %5
          return %6
        }
      }
      return %2
    }`,
  );
});

test('carries that feed a needed one stay', () => {
  const f = (x: BaseArray, y: BaseArray) => np.fori(0, 3, (_i, [a, b]) => [b, a], [x, y])[0];
  const graph = graphOf(f, secret([]), secret([]));
  assert.is(print(dce(graph)), print(graph));
});

test('ops on constants are computed, unless the constant would grow', () => {
  const b = new GraphBuilder();
  const x = b.input(secret([2]));
  const two = b.constant({ shape: [], dtype: 'fxp', data: Float64Array.of(2) });
  const root = b.emit('sqrt', [two], {});
  const wide = b.emit('broadcast', [root], { shape: [2] });
  const outs = [b.emit('mul', [x, wide], {})];
  snapshot(
    optimize(b.finish(outs)),
    `
    graph(%0: fxp[2] secret) {
      %1: fxp = const value=1.4142135623730951
      %2: fxp[2] = broadcast %1 shape=[2]
      %3: fxp[2] secret = mul %0 %2
      return %3
    }`,
  );
});

test('an op that fails on its constants is left for the run', () => {
  const b = new GraphBuilder();
  const inf = b.constant({ shape: [], dtype: 'fxp', data: Float64Array.of(Infinity) });
  const outs = [b.emit('convert', [inf], { dtype: 'int32' })];
  assert.is(fold(b.finish(outs)).nodes.length, 2);
});

test('passes leave the signature alone, and a second time changes nothing', () => {
  const f = (x: BaseArray, y: BaseArray) => [x, x, y.mul(0).add(x)];
  const graph = graphOf(f, secret([]), secret([]));
  const once = optimize(graph);
  assert.equal(once.ins.length, 2);
  assert.equal(once.outs.length, 3);
  assert.is(print(optimize(once)), print(once));
});

/** A random program on two matrices: each step takes earlier values; some steps are loops. */
const STEPS: readonly ((a: BaseArray, b: BaseArray, k: number) => BaseArray)[] = [
  (a, b) => a.add(b),
  (a, b) => a.sub(b),
  (a, _b, k) => a.mul(k),
  (a, b) => np.minimum(a, b),
  (a, b) => np.where(a.less(b), a, b),
  (a) => np.tanh(a),
  (_a, _b, k) => np.full([2, 2], k).add(1),
  (a, b) => np.matmul(a, b).mul(0.125),
  (a, b, k) => np.fori(0, 1 + (k % 3), (i, [p, q]) => [q.sub(i), p.add(b).mul(0.5)], [a, np.ones([2, 2])])[1],
  (a) =>
    np.fori(0, 2, (i, c) => ({ used: c.used.add(a.at(i)), not: c.not.mul(2) }), { used: a, not: a }).used,
];

test('random programs mean the same before and after the passes, and in the clear', () => {
  const step = fc.tuple(fc.nat(STEPS.length - 1), fc.nat(), fc.nat(), fc.nat(4));
  const data = fc.array(fc.integer({ min: -16, max: 16 }), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), data, (steps, values) => {
      const program = (x: BaseArray, y: BaseArray) => {
        const pool = [x, y];
        for (const [op, i, j, k] of steps)
          pool.push(STEPS[op]!(pool[i % pool.length]!, pool[j % pool.length]!, k));
        return pool.at(-1)!;
      };
      const half = (from: number) =>
        np
          .array(values.slice(from, from + 4))
          .mul(0.25)
          .reshape(2, 2);
      both(program, half(0), half(4));
    }),
    { numRuns: 200 },
  );
});

test.run();
