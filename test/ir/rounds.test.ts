/** What the plan says of a program's rounds is what its run takes; of all functions in a long run (TESSERA_LONG). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { inputsOf } from '../../bench/lib/measure.ts';
import { WORKLOADS } from '../../bench/lib/workloads.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { lengthOf } from '../../src/ir/compile/rounds.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { scaled } from '../long.ts';

const test = suite('ir/rounds');
const ring = await Ring.create();

/** Rounds by the plan, and as they are. */
const both = (
  fn: (...args: never[]) => unknown,
  inputs: readonly NDArray[],
  field: FieldName,
  parties: number,
  costMode?: 'latency',
): readonly [planned: number, run: number] => {
  const options = { ring, field: FIELDS[field], parties, ...(costMode && { costMode }) };
  const { stats } = simulate(fn, inputs, options);
  const { graph } = trace(
    fn,
    inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: true })),
  );
  const lowered = lower(optimize(graph), {
    lazyIntegers: true,
    fraction: FIELDS[field].fraction,
    ...options,
  });
  return [lengthOf(lowered, options).rounds, stats.rounds];
};

/** Sorts take as many levels as their keys want, and a loop that ends by what it reveals as many turns. */
const VARIES = /sort|topK|median|percentile|unique|intersect|nonzero|whileRevealed/i;

for (const [field, parties, costMode, every] of [
  ['FM128', 2, undefined, scaled(1, 4)],
  ['FM64', 3, undefined, scaled(4, 10)],
  ['FM128', 2, 'latency', scaled(4, 12)],
] as const)
  test(`functions at ${field}, ${parties} parties${costMode ? `, ${costMode}` : ''}`, () => {
    const wrong: string[] = [];
    for (const [i, k] of COSTS.entries()) {
      if (!(k.fields?.includes(field) ?? true) || i % every !== 0) continue;
      const [planned, run] = both(k.fn as never, inputsOf(k, field), field, parties, costMode);
      const near = k.op.startsWith('whileRevealed') || Math.abs(planned - run) <= run / 2 + 10;
      if (VARIES.test(k.op) ? !near : planned !== run) wrong.push(`${k.op}: planned ${planned}, run ${run}`);
    }
    assert.equal(wrong, []);
  });

test('whole programs', () => {
  const wrong: string[] = [];
  for (const { name, program, inputs, heavy } of WORKLOADS) {
    if (heavy) continue;
    const [planned, run] = both(program as never, inputs() as never, 'FM128', 2);
    if (planned !== run) wrong.push(`${name}: planned ${planned}, run ${run}`);
  }
  assert.equal(wrong, []);
});

test.run();
