/**
 * @file Functions of numbers that a program promises a range of (`np.within`): each range takes a form of its own, which has to be right
 * within it, ends included, as the function is over the whole ring. A long run (TESSERA_LONG) has all rings and ranges by either protocol.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ends, RANGES } from '../../bench/lib/ranges.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { LONG } from '../long.ts';

/** Around 0, on one side of it, narrow, far off, a single number; some below a step of the coarser rings. */
const PROMISES: readonly Ends[] = [
  [-1e-3, 1e-3],
  [1e-4, 0.01],
  [0, 1e-5],
  [-0.3, -0.2],
  [0.99, 1.01],
  [0.5, 3],
  [3, 3],
  [0, 0],
  [7, 8],
  [-16, 16],
  [15.9, 16.1],
  [0, 17],
  [20, 25],
  [-30, -20],
  [255, 257],
  [-1e3, 1e3],
  [1e3, 1e6],
];
const BOUND: Readonly<Record<FieldName, number>> = { FM32: 2 ** -2, FM64: 2 ** -12, FM128: 2 ** -20 };
const FIELD_NAMES = LONG ? (['FM128', 'FM64', 'FM32'] as const) : (['FM128', 'FM64'] as const);
const MODES = LONG ? (['bandwidth', 'latency'] as const) : (['bandwidth'] as const);

/** Both ends and what lies between them, in steps of the ring. */
const pointsOf = ([lo, hi]: Ends, unit: number): number[] => {
  const least = Math.ceil(lo / unit);
  const most = Math.floor(hi / unit);
  if (most < least) return [];
  return [0, 0.123, 0.5, 0.9, 1].map((t) => Math.round(least + (most - least) * t) * unit);
};

for (const [name, { fn, of, error, shape, dtype }] of Object.entries(RANGES)) {
  const [ends, ...others] = of;
  if (others.length > 0 || shape !== undefined || dtype !== undefined) continue;
  test(`${name} of a promised range`, () => {
    for (const field of FIELD_NAMES)
      for (const [lo, hi] of PROMISES) {
        const [from, to] = ends![field];
        const unit = 2 ** -FIELDS[field].fraction;
        const points = pointsOf([lo, hi], unit);
        if (points.length === 0 || points[0]! < from || points.at(-1)! >= to) continue;
        const x = NDArray.from(points);
        const want = Array.from((fn(x) as NDArray).data, Number);
        for (const costMode of MODES) {
          const { results } = simulate(((v: NDArray) => fn(np.within(v, lo, hi) as NDArray)) as never, [x], {
            ring,
            field: FIELDS[field],
            parties: 2,
            costMode,
          });
          want.forEach((w, i) => {
            const got = Number(results[0]!.data[i]);
            const scale =
              error === 'relative' ? Math.abs(w) : error === 'mixed' ? Math.max(1, Math.abs(w)) : 1;
            const most = error === 'exact' ? Math.abs(w) * 2 ** -52 : scale * BOUND[field] + 1.5 * unit;
            assert.ok(
              Math.abs(got - w) <= most,
              `${field}, ${costMode}, [${lo}, ${hi}]: of ${points[i]} it is ${got}, not ${w}`,
            );
          });
        }
      }
  });
}

test.run();
