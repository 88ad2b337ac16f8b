/** When FSS gates are chosen: by cost mode and by the link; and what they refuse. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GATE_NAMES } from '../../src/gates/gate-table.ts';
import { planner } from '../../src/ir/compile/plan.ts';
import { planText } from '../../src/ir/compile/plan-text.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from './harness.ts';

test('programs: one round each in latency mode, the same values as in any other', () => {
  const x = NDArray.from(Float64Array.from([-30, -3.5, -1, -0.25, 0, 0.25, 1, 2.75, 12]));
  const run = (fn: (a: NDArray) => unknown, costMode: 'latency' | 'bandwidth', parties = 2) => {
    const { results, stats } = simulate(fn as never, [x], { ring, field: FIELDS.FM128, parties, costMode });
    return { values: Array.from(results[0]!.data as Float64Array, Number), rounds: stats.rounds };
  };
  const cases: [string, (a: NDArray) => unknown, number][] = [
    ['sigmoid', (a) => np.sigmoid(a), 1],
    ['exp of at most 21', (a) => np.exp(np.within(a, -1e4, 21)), 1],
    ['tanh', (a) => np.tanh(a), 1],
    ['gelu', (a) => np.nn.gelu(a), 1],
    ['silu', (a) => np.nn.silu(a), 1],
    ['relu', (a) => np.nn.relu(a), 1],
    ['interp', (a) => np.interp(a, [-2, 0, 1], [1, 2, -3]), 1],
    ['max', (a) => np.max(a), 4],
  ];
  for (const [name, fn, rounds] of cases) {
    const [fast, slow] = [run(fn, 'latency'), run(fn, 'bandwidth')];
    fast.values.forEach((v, i) => {
      assert.ok(
        Math.abs(v - slow.values[i]!) < 2 ** -19 * Math.max(1, Math.abs(v)),
        `${name}: ${v}, ${slow.values[i]}`,
      );
    });
    assert.is(fast.rounds, rounds, name);
    assert.ok(slow.rounds >= 5 * rounds, name);
    assert.equal(run(fn, 'latency', 3).rounds, slow.rounds, `${name}: keys are for two parties`);
  }
});

test('the planner: one gate on keys where a round is worth its bytes and its work', () => {
  const field = FIELDS.FM128;
  const relu = { at: [0], slopes: [1], steps: [0] };
  const near = { thresholds: 0, words: 48 };
  const spline = { pieces: 16, pieceBits: 27, powers: 12, step: 1, slope: 0, bits: 34 };
  type Options = Omit<Parameters<typeof planner.usesFss>[4], 'field'>;
  const choose = (
    op: Parameters<typeof planner.usesFss>[0],
    attrs: object,
    n: number,
    instead: typeof near,
    o: Options,
  ): boolean => planner.usesFss(op, attrs as never, n, instead, { field, parties: 2, ...o });
  const slow = { rttMs: 40, bandwidth: 1e7 };
  const two = { thresholds: 1, words: 2 };
  assert.is(choose('piecewiseLinearFss', relu, 1, two, { costMode: 'latency' }), true);
  assert.is(choose('piecewiseLinearFss', relu, 1, two, { costMode: 'latency', parties: 3 }), false);
  assert.is(choose('piecewiseLinearFss', relu, 1, two, { costMode: 'bandwidth' }), false);
  assert.is(choose('piecewiseLinearFss', relu, 1, two, {}), false);
  assert.is(choose('piecewiseLinearFss', relu, 1, two, { costMode: 'auto' }), false);
  assert.is(choose('piecewiseLinearFss', relu, 10, two, { costMode: 'auto', link: slow }), true);
  assert.is(choose('piecewiseLinearFss', relu, 1e5, two, { costMode: 'auto', link: slow }), false);
  // Beside a comparison that is made in any case.
  const beside = { thresholds: 12, words: 24, saves: 1 };
  const digits = { at: [16], slopes: [1], steps: [1], bits: 56 };
  assert.is(choose('piecewiseLinearFss', digits, 10, beside, { costMode: 'auto', link: slow }), true);
  assert.is(choose('piecewiseLinearFss', digits, 1e4, beside, { costMode: 'auto', link: slow }), false);
  assert.is(choose('piecewiseLinearFss', digits, 1e4, beside, { costMode: 'latency' }), true);
  // As many rounds either way: keys where dealt bytes are dear, harmonics where work is, and in latency mode.
  assert.is(choose('splineFss', spline, 1e4, near, { costMode: 'latency' }), false);
  assert.is(
    choose('splineFss', spline, 1e4, near, { costMode: 'auto', link: { rttMs: 1, bandwidth: 1e7 } }),
    true,
  );
  assert.is(
    choose('splineFss', spline, 1e4, near, { costMode: 'auto', link: { rttMs: 1, bandwidth: 1e9 } }),
    false,
  );
  const text = planText({ field, parties: 2, costMode: 'latency' }, [
    'splineFss',
    'piecewiseLinearFss',
    'mul',
  ]);
  assert.is(text, 'keys (splineFss, piecewiseLinearFss): costMode latency');
  const options = { field, parties: 2, costMode: 'latency' } as const;
  const both = GATE_NAMES.filter(
    (op) => planner.planned(op, { thresholds: [0], bits: 8 }, 1, options) !== op,
  );
  assert.is(
    planText(
      { field, parties: 3, costMode: 'latency' },
      GATE_NAMES.filter((op) => !op.endsWith('Fss')),
    ),
    `tables (${both.join(', ')}): costMode latency needs two parties, and here are 3`,
  );
});

test('points that do not rise are refused', () => {
  const x = NDArray.from(Float64Array.from([1, 2]));
  for (const [at, to] of [
    [
      [0, 0],
      [1, 2],
    ],
    [
      [1, 0],
      [1, 2],
    ],
    [
      [0, Number.NaN],
      [1, 2],
    ],
    [
      [0, 1],
      [1, Infinity],
    ],
  ] as const)
    assert.throws(() => np.interp(x, at, to), /are to be finite, and to rise|a list of numbers/);
  assert.throws(() => np.interp(x, [0, 1], [1]), /interp: points of shapes/);
});

test.run();
