/** Programs inside a memory limit: cut by rows, with the same results, in less memory, and with the rounds of each tile. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { tile } from '../../src/ir/compile/passes/tile.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { scaled } from '../long.ts';
import { graphOf, secret, snapshot } from './snapshot.ts';

/** Rows of at most so many elements. */
const elements = (n: number): number => n * 2048;

const reals = (shape: readonly number[], seed: number): Tensor => ({
  shape,
  dtype: 'fxp',
  data: Float64Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.sin(i * 12.9898 + seed) * 3,
  ),
});

const run = async (
  fn: (...args: never[]) => unknown,
  inputs: readonly Tensor[],
  more: {
    memoryLimit?: number;
    maxBytes?: number;
    parties?: number;
    costMode?: 'bandwidth' | 'latency';
  } = {},
) => {
  const ring = await Ring.create(more.maxBytes === undefined ? {} : { maxBytes: more.maxBytes });
  const { maxBytes: _, ...options } = more;
  const { results, stats } = simulate(fn, inputs, { ring, field: FIELDS.FM128, parties: 2, ...options });
  return { results: results.map((r) => [...(r.data as Float64Array)]), stats, peak: ring.heap.peak };
};

const close = (got: number[][], want: number[][], what: string): void => {
  assert.is(got.length, want.length);
  got.forEach((values, i) => {
    assert.is(values.length, want[i]!.length, what);
    values.forEach((v, j) => {
      const off = Math.abs(v - want[i]![j]!) / Math.max(1, Math.abs(want[i]![j]!));
      assert.ok(off < 1e-4, `${what}: result ${i}, element ${j}: ${v}, not ${want[i]![j]}`);
    });
  });
};

test('a chain is done tile by tile, its rows put together, and its sum summed', () => {
  const graph = graphOf((x: BaseArray, y: BaseArray) => {
    const z = x.mul(y);
    return [z, np.sum(np.exp(z))];
  }, secret([4, 3]), secret([4, 3])); // biome-ignore format: a program
  snapshot(
    tile(optimize(graph), elements(6)),
    `
    graph(%0: fxp[4,3] secret, %1: fxp[4,3] secret) {
      %2: fxp[2,3] secret = slice %0 size=[2,3] start=[0,0] step=[1,1]
      %3: fxp[2,3] secret = slice %1 size=[2,3] start=[0,0] step=[1,1]
      %4: fxp[2,3] secret = mul %2 %3
      %5: fxp[2,3] secret = exp %4
      %6: fxp secret = sum %5 axes=[0,1]
      %7: fxp[2,3] secret = reshape %4 fence=true shape=[2,3]
      %8: fxp secret = reshape %6 fence=true shape=[]
      %9: fxp[2,3] secret = slice %0 size=[2,3] start=[2,0] step=[1,1]
      %10: fxp[2,3] secret = slice %1 size=[2,3] start=[2,0] step=[1,1]
      %11: fxp[2,3] secret = mul %9 %10
      %12: fxp[2,3] secret = exp %11
      %13: fxp secret = sum %12 axes=[0,1]
      %14: fxp[2,3] secret = reshape %11 fence=true shape=[2,3]
      %15: fxp secret = reshape %13 fence=true shape=[]
      %16: fxp[4,3] secret = concat %7 %14 axis=0
      %17: fxp secret = add %8 %15
      return %16 %17
    }`,
  );
});

test('what is small enough stays as it is', () => {
  const graph = optimize(graphOf((x: BaseArray) => np.exp(x), secret([10])));
  assert.is(tile(graph, elements(10)), graph);
  assert.ok(tile(graph, elements(9)) !== graph);
});

/** Programs with ways in and out of their regions. */
const PROGRAMS: Readonly<Record<string, (x: BaseArray, y: BaseArray) => unknown>> = {
  chain: (x, y) => np.exp(x.mul(y).add(1).div(10)),
  sums: (x, y) => [np.sum(x.mul(y)), np.sum(x.mul(y), 0), np.sum(x.mul(y), 1)],
  // The mean is outside of the region of x * y, which may not go on behind it.
  mean: (x, y) => {
    const z = x.mul(y);
    return z.sub(np.mean(z)).mul(z);
  },
  // Two regions that both others need: no cycle may come of it.
  crossing: (x, y) => {
    const a = x.mul(x);
    const b = np.transpose(y).mul(2.5);
    const c = np.transpose(b).mul(a);
    const d = np.transpose(a).mul(b);
    return [c.add(np.transpose(d)), np.maximum(c, 0)];
  },
  product: (x, y) => np.maximum(np.matmul(x.mul(2), np.transpose(y)), 0),
  distances: (x, y) => {
    const d = np.expandDims(x, 1).sub(np.expandDims(y, 0));
    return np.sum(d.mul(d), 2);
  },
  // One value row by row and whole, by one op, by two, and through a view.
  twice: (x) => np.matmul(np.matmul(x, np.transpose(x)), x),
  pairs: (x) => np.max(np.abs(np.expandDims(x, 1).sub(x)), 2),
  both: (x, y) => {
    const g = np.matmul(y, np.transpose(x.mul(y)));
    return [np.matmul(g, x), g.mul(0.5), np.matmul(np.transpose(g), np.exp(x.mul(0.1)))];
  },
  looped: (x, y) =>
    np.fori(
      0,
      2,
      (_, c) =>
        np.abs(
          np
            .matmul(np.matmul(c, np.transpose(c)), x)
            .mul(0.01)
            .sub(y),
        ),
      x,
    ),
  largest: (x, y) => [np.max(x.mul(y), 1), np.max(x.mul(y), 0), np.where(np.less(x, y), x, y)],
};

for (const [name, fn] of Object.entries(PROGRAMS))
  test(`${name}: the same results in tiles as whole`, async () => {
    const inputs = [reals([13, 5], 1), reals([13, 5], 2)];
    const whole = await run(fn as never, inputs);
    for (const most of [40, 15, 5, 1]) {
      const cut = await run(fn as never, inputs, { memoryLimit: elements(most) });
      close(cut.results, whole.results, `${name} in tiles of ${most}`);
      assert.ok(cut.stats.rounds >= whole.stats.rounds);
    }
  });

/** Ways to use values that have been made: by rows, whole, both, through views, along the other axis, in loops. */
const STEPS: Readonly<Record<string, (p: BaseArray, q: BaseArray) => BaseArray>> = {
  mul: (p, q) => p.mul(q).mul(0.25),
  sub: (p, q) => p.sub(q),
  transpose: (p) => np.transpose(p),
  center: (p, q) => p.sub(np.sum(q).mul(0.01)),
  rows: (p, q) => p.add(np.expandDims(np.sum(q, 1), 1).mul(0.1)),
  columns: (p, q) => p.sub(np.max(q, 0)),
  abs: (p) => np.abs(p),
  gram: (p, q) => np.matmul(p, np.transpose(q)).mul(0.05),
  product: (p, q) => np.matmul(p, q).mul(0.05),
  self: (p) => np.matmul(p, p).mul(0.05),
  pairs: (p, q) => np.max(np.abs(np.expandDims(p, 1).sub(q)), 2).mul(0.25),
  pairsOf: (p) => np.sum(np.abs(np.expandDims(p, 1).sub(np.expandDims(p, 0))), -1).mul(0.05),
  flip: (p) => np.flip(p),
  roll: (p, q) => np.roll(p, 1, 0).add(q),
  head: (p, q) => np.concatenate([np.slice(p, [0, 2]), np.slice(q, [2, 6])], 0),
  where: (p, q) => np.where(np.less(p, q), p, np.transpose(q)),
  softened: (p, q) => np.tanh(p).mul(np.sum(q, 0)).mul(0.1),
  loop: (p, q) => np.fori(0, 2, (_, c) => np.matmul(c, np.transpose(c)).mul(0.05).sub(q), p),
  reshape: (p, q) =>
    np.reshape(np.reshape(p, [3, 2, 6]).mul(np.reshape(q, [3, 12]).reshape([3, 2, 6])), [6, 6]).mul(0.2),
  clip: (p) => np.clip(p, -1, 1),
};

for (const [parties, costMode] of [
  [2, 'bandwidth'],
  [3, 'bandwidth'],
  [2, 'latency'],
] as const)
  test(`any program gives in tiles what it gives whole: ${parties} parties, ${costMode}`, async () => {
    const step = fc.record({ op: fc.constantFrom(...Object.keys(STEPS)), a: fc.nat(9), b: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 7 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 3 }),
        async (steps, limits) => {
          const fn = (x: BaseArray, y: BaseArray): unknown => {
            const made = [x, y];
            for (const { op, a, b } of steps)
              made.push(np.clip(STEPS[op]!(made[a % made.length]!, made[b % made.length]!), -20, 20));
            return made.slice(2);
          };
          const inputs = [reals([6, 6], 3), reals([6, 6], 4)];
          const whole = await run(fn as never, inputs, { parties, costMode });
          for (const most of limits) {
            const memoryLimit = elements(most) * (costMode === 'latency' ? 4 : 1);
            const cut = await run(fn as never, inputs, { memoryLimit, parties, costMode });
            close(cut.results, whole.results, `${JSON.stringify(steps)} in tiles of ${most}`);
          }
        },
      ),
      { numRuns: scaled(25, 12) },
    );
  });

test('a program that does not fit into the memory does in tiles', async () => {
  // 400,000 distances and their squares from 2,000 + 2,000 numbers: 13 MB for each of them at each party.
  const fn = (x: BaseArray, y: BaseArray) => {
    const d = np.expandDims(x, 1).sub(np.expandDims(y, 0));
    return np.sum(np.abs(d).mul(d), 1);
  };
  const inputs = [reals([2000], 1), reals([200], 2)];
  const maxBytes = 12 << 20;
  try {
    await run(fn as never, inputs, { maxBytes });
    assert.unreachable('it fits');
  } catch (e) {
    assert.is((e as TesseraError).code, 'OUT_OF_MEMORY');
  }
  const cut = await run(fn as never, inputs, { maxBytes, memoryLimit: maxBytes });
  const [x, y] = inputs.map((t) => [...(t.data as Float64Array)]) as [number[], number[]];
  const want = x.map((a) => y.reduce((sum, b) => sum + Math.abs(a - b) * (a - b), 0));
  close(cut.results, [want], 'distances');
  assert.ok(cut.peak < maxBytes);
});

test('the results of a graph are named as before, whatever is cut', () => {
  const graph = optimize(graphOf((x: BaseArray) => [x, np.exp(x), x], secret([8])));
  const cut = tile(graph, elements(3));
  assert.equal(
    cut.outs.map((id) => cut.types[id]),
    graph.outs.map((id) => graph.types[id]),
  );
  assert.is(cut.outs[0], cut.outs[2]);
});

test.run();
