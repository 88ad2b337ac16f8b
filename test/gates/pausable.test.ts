/** @file Long work in stretches: the same results as in one, a pause often enough, and no copy is left behind. */
import * as assert from 'uvu/assert';
import { Scratch } from '../../src/dealer/scratch.ts';
import { PAUSE, product } from '../../src/gates/pausable.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg, randomBytes } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { suite } from '../link/helpers.ts';
import { LONG, scaled } from '../long.ts';

const test = suite('gates/stretches');
const ring = await Ring.create({ threads: 1 });

/** Milliseconds of a processor since then. */
const msSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3;
};

for (const field of [FIELDS.FM32, FIELDS.FM64, FIELDS.FM128])
  for (const [m, k, n] of [
    [523, 601, 537],
    [1060, 1040, 1030],
    [40, 2003, 2001],
    [2003, 40, 2001],
    [2003, 2001, 40],
    [1, 12_500, 12_500],
    [3, 7, 5],
  ] as const) {
    if (field !== FIELDS.FM64 && m * k * n > scaled(1.7e8, 1.61e8)) continue;
    // Half a gigabyte of the smallest words, two and a half of the largest.
    if (field === FIELDS.FM128 && k * n > scaled(1.7e8, 1e8)) continue;
    for (const accumulate of LONG || field === FIELDS.FM64 ? [true, false] : [true])
      test(`${field.name}: ${m} x ${k} x ${n}${accumulate ? ', added' : ''}`, () => {
        const s = new Scratch(ring, field);
        const prg = new Prg(ring, randomBytes(32));
        const [a, b, whole, cut] = [s.words(m * k), s.words(k * n), s.words(m * n), s.words(m * n)];
        prg.fill(a, 0, 0);
        prg.fill(b, 0, 1);
        prg.fill(whole, 0, 2);
        ring.copy(cut, whole);
        const before = ring.heap.used;
        const all = process.cpuUsage();
        ring.matmul(whole, a, b, m, k, n, accumulate);
        const atOnce = msSince(all);
        let [stretches, longest, start] = [0, 0, process.cpuUsage()];
        for (const pause of product(s, cut, a, b, { m, k, n }, accumulate)) {
          assert.is(pause, PAUSE);
          longest = Math.max(longest, msSince(start));
          start = process.cpuUsage();
          stretches++;
        }
        assert.equal(ring.u8(cut).slice(), ring.u8(whole).slice());
        assert.is(ring.heap.used, before, 'copies are freed');
        assert.ok(stretches >= (m * k * n) / 1.5e8, `${stretches} stretches`);
        // An even part of all, or what the engine compiles and collects meanwhile.
        const even = atOnce / Math.max(1, stretches);
        assert.ok(longest < 100 + 4 * even, `${longest} ms of work without a pause, of ${even} on average`);
        s.end();
      });
  }

/** More elements than keys are made or evaluated at a time. */
const MANY = 17_003;

for (const field of LONG ? (['FM32', 'FM64', 'FM128'] as const) : (['FM32', 'FM128'] as const))
  for (const [name, fn, clear, within] of [
    ['less', (x: BaseArray, y: BaseArray) => np.less(x, y), (x: number, y: number) => +(x < y), 0],
    ['relu', (x: BaseArray) => np.maximum(x, 0), (x: number) => Math.max(x, 0), 0],
    ['sigmoid', (x: BaseArray) => np.sigmoid(x), (x: number) => 1 / (1 + Math.exp(-x)), 0.02],
    ['exp', (x: BaseArray) => np.exp(x), (x: number) => Math.exp(x), 0.3],
  ] as const) {
    // The way range by range is the same: in a short run the smallest ring takes it once.
    if (!LONG && field === 'FM32' && name !== 'less') continue;
    test(`${field}: keys of ${MANY} numbers for ${name}, range by range`, () => {
      const data = (step: number) =>
        Float64Array.from({ length: MANY }, (_, i) => (((i * step) % 33) - 16) / 4);
      const [x, y] = [data(7), data(5)];
      const inputs = [x, y].map((d) => ({ shape: [MANY], dtype: 'fxp' as const, data: d }));
      const { results } = simulate(fn as (...args: never[]) => unknown, inputs.slice(0, fn.length), {
        ring,
        field: FIELDS[field],
        parties: 2,
        costMode: 'latency',
      });
      const found = (results[0] as NDArray).data;
      for (let i = 0; i < MANY; i++)
        assert.ok(
          Math.abs(Number(found[i]) - clear(x[i]!, y[i]!)) <= within * Math.max(1, clear(x[i]!, y[i]!)),
          `${i}: ${found[i]}`,
        );
    });
  }

test.run();
