/**
 * @file What a workload and an op cost and does not wobble: rounds, bytes, dealer bytes, allocations, peak memory, and
 * calls of kernels. Times are for `npm run bench`.
 *
 * test/bench/ceilings.json has a ceiling for each. Whoever makes something cheaper lowers it; whoever has to raise one says
 * why. TESSERA_CEILINGS=write writes the file anew.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COSTS } from '../../bench/lib/cost-table.ts';
import { inputsOf } from '../../bench/lib/measure.ts';
import { SMALL, WORKLOADS } from '../../bench/lib/workloads.ts';
import { projectFile } from '../../examples/lib/project.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const WORDS = ['rounds', 'bytes', 'dealer bytes', 'allocations', 'peak bytes', 'calls of kernels'] as const;
/** What depends on how work is cut into pieces may rise by this much unheard. */
const SLACK = [1, 1, 1, 1.02, 1.02, 1.02] as const;

type Counts = readonly number[];

/** The kernels' calls are counted from here on. */
const counted = (ring: Ring): { calls: number } => {
  const count = { calls: 0 };
  const kernels = Object.fromEntries(
    Object.entries(ring.kernels).map(([name, kernel]) => [
      name,
      (...args: number[]) => {
        count.calls++;
        return kernel(...args);
      },
    ]),
  );
  Object.defineProperty(ring, 'kernels', { value: kernels });
  return count;
};

const SEEDS = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

/** Bytes are what one of two parties sends; allocations, peak and calls are of parties and dealer together. */
const countsOf = async (
  program: (...args: never[]) => unknown,
  inputs: readonly NDArray[],
): Promise<Counts> => {
  const ring = await Ring.create();
  const count = counted(ring);
  const idle = ring.heap.used;
  const { stats } = simulate(program, inputs, { ring, field: FIELDS.FM128, parties: 2, seeds: SEEDS });
  assert.is(ring.heap.used, idle, 'bytes in use at the end');
  const sent = Math.max(stats.sent[0]![1]!, stats.sent[1]![0]!);
  return [stats.rounds, sent, stats.dealerBytes, ring.heap.allocations, ring.heap.peak, count.calls];
};

interface Case {
  readonly name: string;
  counts(): Promise<Counts>;
}

/** Workloads at full size as well, where that takes no seconds. */
const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  ops: COSTS.filter((k) => k.fields?.includes('FM128') ?? true).map((k) => ({
    name: k.op,
    counts: () => countsOf(k.fn as (...args: never[]) => unknown, inputsOf(k, 'FM128')),
  })),
  small: SMALL.map((w) => ({ name: w.name, counts: () => countsOf(w.program, w.inputs()) })),
  full: WORKLOADS.filter((w) => !w.heavy).map((w) => ({
    name: w.name,
    counts: () => countsOf(w.program, w.inputs()),
  })),
};

const FILE = projectFile('test', 'bench', 'ceilings.json');

type Ceilings = Readonly<Record<string, Readonly<Record<string, Counts>>>>;

if (process.env.TESSERA_CEILINGS === 'write') {
  const groups: string[] = [];
  for (const [group, cases] of Object.entries(GROUPS)) {
    const lines: string[] = [];
    for (const { name, counts } of cases) {
      lines.push(`    ${JSON.stringify(name)}: ${JSON.stringify(await counts()).replaceAll(',', ', ')}`);
    }
    groups.push(`  ${JSON.stringify(group)}: {\n${lines.join(',\n')}\n  }`);
  }
  writeFileSync(FILE, `{\n${groups.join(',\n')}\n}\n`);
}

const ceilings = JSON.parse(readFileSync(FILE, 'utf8')) as Ceilings;

for (const [group, cases] of Object.entries(GROUPS)) {
  test(`${group}: ceilings are of what there is`, () => {
    const names = cases.map((c) => c.name);
    if (names.length > 0) assert.equal(Object.keys(ceilings[group]!).sort(), [...new Set(names)].sort());
  });
  for (const { name, counts } of cases) {
    test(`${group}: ${name} costs no more than before`, async () => {
      const found = await counts();
      found.forEach((value, i) => {
        const ceiling = ceilings[group]![name]![i]!;
        assert.ok(value <= ceiling * SLACK[i]!, `${WORDS[i]}: ${value} is above ${ceiling}`);
      });
    });
  }
}

test.run();
