/** The range guard in whole jobs: what it costs, and what becomes of objects that left the range. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { inputsOf } from '../../bench/lib/measure.ts';
import { WORKLOADS } from '../../bench/lib/workloads.ts';
import type { TesseraError } from '../../src/errors.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { revealGraph } from '../../src/ir/compile/ports.ts';
import type { Watched } from '../../src/ir/ops/graph.ts';
import type { Job } from '../../src/ir/run/job.ts';
import { type SimulateOptions, simulate } from '../../src/ir/run/simulate.ts';
import type { ArrayInput, BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { FIELD_NAMES, ring } from '../gates/harness.ts';
import { LONG, scaled } from '../long.ts';
import { type Fn, field, inputJob, start, typesOf } from './world.ts';

const test = suite('ir: guard, jobs');

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
  assert.match(left.site!, /guard-jobs\.test\.[jt]s:\d+:\d+$/, what);
};

/** So many numbers that leave the range together, however each of them wraps. */
const MANY = 24;

const many = (x: number, by = 0.0137): number[] => Array.from({ length: MANY }, (_, i) => x * (1 + by * i));

const ones = (x = 1): number[] => new Array<number>(MANY).fill(x);

test('a program that cannot leave the range is not watched; others take two rounds and eight bytes more', () => {
  const costs = (fn: Fn, ins: readonly ArrayInput[], rangeGuard: boolean) => {
    const { stats } = guarded(fn, ins, { rangeGuard });
    return [stats.rounds, stats.sent[0]![1]!] as const;
  };
  for (const fn of [
    (x: BaseArray, y: BaseArray) => np.less(x, y),
    (x: BaseArray) => np.sigmoid(x),
    (x: BaseArray) => np.negative(x),
    (x: BaseArray, y: BaseArray) => np.maximum(x, y),
    (x: BaseArray, y: BaseArray) => np.divide(x, y),
    (x: BaseArray) => np.sqrt(x),
    (x: BaseArray) => np.exp(x),
  ])
    assert.equal(costs(fn as Fn, [ones(), ones(2)], true), costs(fn as Fn, [ones(), ones(2)], false));
  const product: Fn = (x, y) => np.multiply(x!, y!);
  const [rounds, bytes] = costs(product, [ones(), ones(2)], false);
  assert.equal(costs(product, [ones(), ones(2)], true), [rounds + 2, bytes + 8]);
});

test('workloads pass, with two rounds more, and no more than 2 % of the bytes of logistic regression', () => {
  for (const [turn, w] of WORKLOADS.filter(({ heavy }) => !heavy).entries()) {
    const rings = ['FM128', 'FM64'] as const;
    // A short run has each in one of the rings.
    for (const name of LONG ? rings : [rings[turn % 2]!]) {
      const run = (rangeGuard: boolean) =>
        simulate(w.program as never, w.inputs(), { ring, field: FIELDS[name], parties: 2, rangeGuard });
      const [plain, watched] = [run(false), run(true)];
      assert.is(watched.left, undefined, `${w.name}: ${JSON.stringify(watched.left)}`);
      assert.ok(watched.stats.rounds <= plain.stats.rounds + 2, w.name);
      const more = watched.stats.sent[0]![1]! - plain.stats.sent[0]![1]!;
      assert.ok(more <= 8, `${w.name}: ${more} bytes`);
      if (w.name.startsWith('logistic')) assert.ok(more / plain.stats.sent[0]![1]! < 0.002);
    }
  }
});

for (const name of FIELD_NAMES)
  test(`${name}: whatever costs measures is in the range`, () => {
    for (const [i, k] of COSTS.entries()) {
      if (!(k.fields?.includes(name) ?? true) || i % scaled(1, 6) !== 0) continue;
      const { left } = guarded(k.fn as Fn, inputsOf(k, name), { field: name });
      assert.is(left, undefined, `${k.op}: ${JSON.stringify(left)}`);
    }
  });

const revealJob = (shape: readonly number[], id: number, n: number): Job => ({
  graph: revealGraph(
    [{ shape, dtype: 'fxp', secret: true }],
    Array.from({ length: n }, (_, i) => i),
    { field },
  ),
  ins: [id],
  outs: [-1],
  reveal: [{ dtype: 'fxp' }],
});

for (const dealer of ['first', 'third'] as const)
  for (const n of [2, 3, 5])
    test(`engines, ${n} parties, dealer ${dealer}: a call fails at all of them, what it made is not opened, and others go on`, async () => {
      const world = await start(n, dealer);
      const inputs = [NDArray.from(many(3e12)), NDArray.from(ones(3))];
      const programOf = (fn: Fn) =>
        lower(optimize(trace(fn as never, typesOf(inputs)).graph), { field, parties: n, rangeGuard: true });
      await world.run(inputJob(n, inputs), inputs);
      const bad = await world.run({
        graph: programOf((x, y) => np.multiply(np.multiply(x!, x!), y!)),
        ins: [0, 1],
        outs: [5],
      });
      for (const { left, revealed } of bad) {
        isHere(left, 'mul', 'engine');
        assert.equal(revealed, []);
      }
      const on = await world.run({ graph: programOf((x, y) => np.multiply(x!, y!)), ins: [5, 1], outs: [6] });
      for (const { left, stats } of on) assert.equal([left, stats.rounds], [bad[0]!.left, 0]);
      for (const id of [5, 6]) {
        const opened = await world.run(revealJob([MANY], id, n));
        for (const { left, revealed } of opened) assert.equal([left, revealed], [bad[0]!.left, []]);
      }
      for (const id of [5, 6])
        for (const engine of world.engines) {
          const e = (await engine.export([0, id]).catch((error: unknown) => error)) as TesseraError;
          assert.is(e.code, 'RANGE', 'nor is it dumped');
          assert.match(e.message, /an object cannot be kept: numbers left the range at mul/);
        }
      const good = await world.run({
        graph: programOf((x, y) => np.multiply(x!, y!)),
        ins: [0, 1],
        outs: [7],
      });
      for (const { left } of good) assert.is(left, undefined);
      const shown = await world.run(revealJob([MANY], 7, n));
      for (const { revealed } of shown) assert.ok(Math.abs(Number(revealed[0]!.data[0]) / 9e12 - 1) < 1e-6);
      const kept = await Promise.all(world.engines.map((e) => e.export([0, 7])));
      assert.is(new Set(kept.map(({ id }) => id)).size, 1);
      await Promise.all(world.engines.map((e) => e.free([0, 1, 5, 6, 7])));
      for (const { memory } of world.engines) assert.ok(memory.used >= 0);
      await world.close();
    });

test.run();
