/** Comparisons by keys: the same values as by tables, in one round, and the dealer's bytes as the header says. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import { type CostMode, planner } from '../../src/ir/compile/plan.ts';
import { planText } from '../../src/ir/compile/plan-text.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { dcfRow } from '../../src/ring/fss-compare.ts';
import { FIELD_NAMES, LENGTHS, random, randomRaw, raw, ring, runCase, same } from './harness.ts';

const one = (b: boolean): bigint => BigInt(b);
const bitOut = (shape: readonly number[]) => ({ shape, kind: 'bit', secret: true }) as const;
const latency = { parties: 2, costMode: 'latency' } as const;

/** Bytes of one key for each party: less, isZero. */
const KEY = { FM128: [2096, 2112], FM64: [1040, 1056], FM32: [512, 528] } as const;

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const top = 2n ** BigInt(k - 2);
  const [lessKey, zeroKey] = KEY[field];
  const edges = [0n, 1n, -1n, top - 1n, -top, 15n, 16n];
  const grid = edges.flatMap((x) => edges.map((y): [bigint, bigint] => [x, y]));
  const pairs = (n: number): [bigint, bigint][] => {
    const next = random(n);
    return Array.from({ length: n }, (_, i) => {
      if (n >= grid.length && grid[i]) return grid[i];
      const x = randomRaw(next, k - 2);
      return i % 3 === 0 ? [x, x + BigInt((i % 5) - 2)] : [x, randomRaw(next, k - 2)];
    });
  };

  test(`${field}: less and equal are one round and one bit`, () => {
    assert.equal([dcfRow(k - 1), dcfRow(k)], [lessKey, zeroKey]);
    for (const n of LENGTHS) {
      const p = pairs(n);
      const inputs = [raw(p.map(([x]) => x)), raw(p.map(([, y]) => y))];
      const plane = Math.ceil(n / 8);
      const less = runCase({ ...latency, field, inputs, build: (c, x, y) => B.less(c, x!, y!) });
      same(
        less.raw[0]!,
        p.map(([x, y]) => one(x < y)),
        `less, ${n}`,
      );
      assert.equal([less.rounds, less.bytes, less.dealerBytes], [1, plane, 2 * n * lessKey + plane]);
      const equal = runCase({ ...latency, field, inputs, build: (c, x, y) => B.equal(c, x!, y!) });
      same(
        equal.raw[0]!,
        p.map(([x, y]) => one(x === y)),
        `equal, ${n}`,
      );
      assert.equal([equal.rounds, equal.bytes, equal.dealerBytes], [1, plane, 2 * n * zeroKey]);
    }
  });

  test(`${field}: one key serves many thresholds`, () => {
    const thresholds = [0, 1, -1, 16, 2 ** (k - 3), -(2 ** (k - 3)), 12345];
    const x = pairs(200).map(([v]) => v >> 1n);
    const r = runCase({ ...latency, field, inputs: [raw(x)], build: (c, u) => B.below(c, u!, thresholds) });
    thresholds.forEach((t, i) => {
      same(
        r.raw[i]!,
        x.map((v) => one(v < BigInt(t))),
        `below ${t}`,
      );
    });
    assert.equal([r.rounds, r.bytes, r.dealerBytes], [1, 25 * 7, 2 * 200 * lessKey + 25]);
  });

  test(`${field}: the borrow of the low bits`, () => {
    const next = random(3);
    const x = Array.from({ length: 100 }, () => randomRaw(next, k === 128 ? 80 : k - 3));
    for (const low of [1, 4, 11, FIELDS[field].fraction]) {
      const r = runCase({
        ...latency,
        field,
        inputs: [raw(x)],
        build: (c, u) => {
          const lost = c.emit('borrow', [u!], { bits: low }, [bitOut(u!.shape)])[0]!;
          return [lost, B.truncate(c, u!, low)];
        },
      });
      same(
        r.raw[1]!.map((v, i) => v - r.raw[0]![i]!),
        x.map((v) => v >> BigInt(low)),
        `floor of ${low} bits`,
      );
    }
  });
}

test('programs: the same results as by tables, in fewer rounds', () => {
  const field = FIELDS.FM128;
  const x = NDArray.from(Float64Array.from([-3.5, -1, -0.25, 0, 0.25, 1, 2.75, 100]));
  const y = NDArray.from(Float64Array.from([3.5, -1, -0.5, 0, 0.5, 1, -2.75, 99]));
  const run = (fn: (...args: never[]) => unknown, costMode: CostMode, parties = 2) => {
    const { results, stats } = simulate(fn, [x, y], { ring, field, parties, costMode });
    return { values: Array.from(results[0]!.data as Float64Array, Number), rounds: stats.rounds };
  };
  const cases: [string, (a: NDArray, b: NDArray) => unknown, number][] = [
    ['less', (a, b) => np.less(a, b), 1],
    ['equal', (a, b) => np.equal(a, b), 1],
    ['maximum', (a, b) => np.maximum(a, b), 1],
    ['relu', (a) => np.maximum(a, 0), 1],
    ['clip', (a) => np.clip(a, -1, 1), 1],
    ['where', (a, b) => np.where(np.less(a, b), a, 7), 2],
  ];
  for (const [name, fn, rounds] of cases) {
    const fss = run(fn as never, 'latency');
    const tabled = run(fn as never, 'bandwidth');
    assert.equal(fss.values, tabled.values, name);
    assert.is(fss.rounds, rounds, name);
    assert.ok(tabled.rounds > rounds, name);
    // Keys are for two parties.
    assert.equal(run(fn as never, 'latency', 3), run(fn as never, 'bandwidth', 3), name);
  }
});

test('the planner: keys where rounds are dear, tables where bytes are, and says why', () => {
  const field = FIELDS.FM128;
  const slow = { rttMs: 40, bandwidth: 1e7 };
  const near = { rttMs: 0.06, bandwidth: 1e9 };
  const choose = (elements: number, link?: typeof slow, costMode: CostMode = 'auto', parties = 2) =>
    planner.planned('less', { thresholds: [0] }, elements, { field, parties, costMode, link });
  assert.is(choose(1, slow), 'lessFss');
  assert.is(choose(100, slow), 'lessFss');
  assert.is(choose(1e5, slow), 'less');
  assert.is(choose(1e4, near), 'less');
  assert.is(choose(1), 'less');
  assert.is(choose(1, slow, 'bandwidth'), 'less');
  assert.is(choose(1e6, slow, 'latency'), 'lessFss');
  assert.is(choose(1, slow, 'latency', 3), 'less');
  assert.is(planner.planned('mul', {}, 1, { field, parties: 2, costMode: 'latency' }), 'mul');
  const text = (o: { costMode?: CostMode; parties?: number; link?: typeof slow }, ...ops: string[]) =>
    planText({ field, parties: 2, ...o }, ops);
  assert.is(text({}, 'less', 'mul'), 'tables (less): costMode bandwidth');
  assert.is(text({ costMode: 'latency' }, 'lessFss'), 'keys (lessFss): costMode latency');
  assert.match(text({ costMode: 'latency', parties: 3 }, 'less'), /needs two parties/);
  assert.match(text({ costMode: 'auto' }, 'less'), /not measured/);
  assert.is(text({ costMode: 'auto' }, 'mul'), '');
  assert.is(
    text({ costMode: 'auto', link: slow }, 'lessFss', 'isZero'),
    'keys (lessFss) and tables (isZero): costMode auto, by the batch at a round trip of 40 ms and 10 MB/s',
  );
});

test.run();
