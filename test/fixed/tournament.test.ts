/** Largest and smallest with their places: ties, odd lengths, one element, on secrets by either protocol, in pairs and in larger groups. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring, seedsOf } from '../gates/harness.ts';

const test = suite('fixed: tournament');

for (const costMode of ['bandwidth', 'latency'] as const) {
  test(`${costMode}: of equal numbers the first wins, and none is left out`, () => {
    const rows = [
      [3],
      [1, 2],
      [2, 1],
      [5, 5],
      [1, 2, 2],
      [2, 2, 1],
      [0, -1, -1, 7, 7],
      [-4, -4, -4, -4, -4, -4, -3],
    ];
    for (const row of rows) {
      const fn = (x: BaseArray) => [np.max(x), np.min(x), np.argmax(x), np.argmin(x)];
      const x = NDArray.from(Float64Array.from(row));
      const { results } = simulate(fn as (...args: never[]) => unknown, [x], {
        ring,
        field: FIELDS.FM64,
        parties: 2,
        costMode,
        seeds: seedsOf(2),
      });
      const [most, least] = [Math.max(...row), Math.min(...row)];
      const want = [most, least, row.indexOf(most), row.indexOf(least)];
      assert.equal(
        results.map((r) => Number(r.data[0])),
        want,
        String(row),
      );
    }
  });
}

/** Rounds are dear, bytes are not. */
const SLOW = { rttMs: 500, bandwidth: 1e9 };

for (const [field, parties] of [
  ['FM128', 2],
  ['FM64', 3],
  ['FM32', 2],
] as const)
  test(`${field}, ${parties} parties: where rounds are dear groups are larger, and the first of equal numbers wins`, () => {
    const fn = (x: BaseArray) => [np.max(x, 0), np.min(x, 0), np.argmax(x, 0), np.argmin(x, 0)];
    for (const dtype of ['fxp', 'int32'] as const)
      for (const n of [1, 2, 3, 4, 5, 6, 7, 11, 13, 36]) {
        // Columns: ties at every place, one after the other.
        const columns = 4;
        const rows = Array.from({ length: n }, (_, i) =>
          Array.from({ length: columns }, (_, j) => ((i * (j + 3) + j) % (j + 2)) - 1),
        );
        const x = np.astype(NDArray.from(rows), dtype === 'fxp' ? 'float64' : dtype) as NDArray;
        const run = (o: object) =>
          simulate(fn as never, [x], { ring, field: FIELDS[field], parties, seeds: seedsOf(parties), ...o });
        const grouped = run({ costMode: 'auto', link: SLOW });
        const column = (j: number): number[] => rows.map((row) => row[j]!);
        const each = (f: (v: readonly number[]) => number): number[] =>
          Array.from({ length: columns }, (_, j) => f(column(j)));
        const most = each((v) => Math.max(...v));
        const least = each((v) => Math.min(...v));
        assert.equal(
          grouped.results.map((r) => Array.from(r.data as Float64Array, Number)),
          [most, least, each((v) => v.indexOf(Math.max(...v))), each((v) => v.indexOf(Math.min(...v)))],
          `${dtype} ${n}`,
        );
      }
  });

test('rounds and bytes of groups, where a link makes them worth it', () => {
  const fn = (x: BaseArray): BaseArray => np.max(x, 0);
  const x = NDArray.from(Array.from({ length: 36 }, (_, i) => [(i * 17) % 36]));
  const run = (o: object) =>
    simulate(fn as never, [x], { ring, field: FIELDS.FM128, parties: 3, seeds: seedsOf(3), ...o }).stats;
  // Six levels of five rounds, or two of six: groups of six, then the six winners.
  assert.is(run({}).rounds, 30);
  const slow = run({ costMode: 'auto', link: SLOW });
  assert.is(slow.rounds, 12);
  // Bits of 7 times 15 comparisons, six ANDs less one each, and one word of each group.
  const bytes = (bits: number): number => Math.ceil(bits / 8);
  const [lessBits, pairs] = [71, 15];
  assert.ok(slow.sent[0]![1]! <= bytes(7 * (pairs * lessBits + 5)) + 7 * 16 + 64, String(slow.sent[0]![1]));
  // Where bytes are dear pairs stay.
  assert.is(run({ costMode: 'auto', link: { rttMs: 0.1, bandwidth: 1e5 } }).rounds, 30);
});

test.run();
