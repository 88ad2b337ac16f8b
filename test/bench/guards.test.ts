/**
 * @file What a workload costs and does not wobble: rounds, bytes, allocations, memory. Times are for `npm run bench`.
 *
 * A row is a ceiling. Whoever makes a program cheaper lowers it; whoever has to raise one says why.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WORKLOADS } from '../../bench/lib/workloads.ts';
import { simulate } from '../../src/ir/simulate.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

type Ceiling = readonly [
  rounds: number,
  bytes: number,
  dealerBytes: number,
  allocations: number,
  peak: number,
];

/** Bytes are what one of two parties sends; allocations and peak are of parties and dealer together, with some slack. */
const CEILINGS: Readonly<Record<string, Ceiling>> = {
  'multiply 1e5': [1, 1_600_000, 1_600_000, 32, 30e6],
  'less 1e5': [4, 887_500, 9_000_000, 320, 36e6],
  'equal 1e5': [2, 100_000, 12_887_500, 60, 62e6],
  'divide 1e4': [13, 2_202_500, 95_625_000, 6000, 26e6],
  'exp 1e4': [5, 408_750, 83_300_000, 5200, 5e6],
  'log 1e4': [6, 1_633_750, 81_605_000, 5200, 25e6],
  'sqrt 1e4': [7, 1_633_750, 53_285_000, 3500, 24e6],
  'sigmoid 1e4': [5, 497_500, 42_918_750, 2900, 6.5e6],
  'matmul 512': [1, 4_194_304, 4_194_304, 40, 78e6],
  'logistic 569x30': [69, 371_056, 24_529_520, 4200, 4e6],
  'k-means 1000x2': [160, 1_283_570, 5_755_200, 8200, 3e6],
  'network inference': [27, 576_094, 1_914_080, 1100, 22e6],
};

test('every workload that is guarded exists', () => {
  const names = WORKLOADS.map((w) => w.name);
  for (const name of Object.keys(CEILINGS)) assert.ok(names.includes(name), name);
});

for (const [name, ceiling] of Object.entries(CEILINGS)) {
  test(`${name} costs no more than before`, async () => {
    const ring = await Ring.create();
    const idle = ring.heap.used;
    const w = WORKLOADS.find((one) => one.name === name)!;
    const { stats } = simulate(w.program, w.inputs(), { ring, field: FIELDS.FM128, parties: 2 });
    const sent = Math.max(stats.sent[0]![1]!, stats.sent[1]![0]!);
    const found = [stats.rounds, sent, stats.dealerBytes, ring.heap.allocations, ring.heap.peak];
    const words = ['rounds', 'bytes', 'dealer bytes', 'allocations', 'peak bytes'];
    found.forEach((value, i) => {
      assert.ok(value <= ceiling[i]!, `${words[i]}: ${value} is above ${ceiling[i]}`);
    });
    assert.is(ring.heap.used, idle, 'bytes in use at the end');
  });
}

test.run();
