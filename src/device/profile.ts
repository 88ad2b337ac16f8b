/** @file What an SPU has done so far: rounds, bytes, time, by party and by op. */

import type { LinkMeasure } from '../ir/compile/plan.ts';
import { planText } from '../ir/compile/plan-text.ts';
import type { RunStats } from '../ir/run/run-result.ts';
import { counted } from '../names.ts';
import { FIELDS } from '../ring/field.ts';
import { calledAs } from './failing.ts';
import type { Op } from './operation.ts';
import type { RuntimeConfig } from './runtime-config.ts';

/** One kind of op, over all programs so far. Milliseconds are rank 0's. */
export interface OpStats {
  readonly op: string;
  readonly count: number;
  readonly ms: number;
  /** Sent by rank 0 to all other parties together. */
  readonly bytes: number;
}

export interface SpuStats {
  readonly parties: readonly string[];
  readonly field: string;
  readonly jobs: number;
  readonly rounds: number;
  /** Sent by each party, to all others together; in production a party knows its own. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Corrections that the dealer made for rank 0. */
  readonly dealerBytes: number;
  readonly ms: number;
  /** The most memory that arrays took, by party. */
  readonly peakMemory: Readonly<Record<string, number>>;
  /** The heaviest first. */
  readonly ops: readonly OpStats[];
}

const table = (ops: readonly OpStats[]): string[] => [
  `  ${'op'.padEnd(16)}${'count'.padStart(8)}${'ms'.padStart(12)}${'bytes'.padStart(14)}`,
  ...ops.map(
    (o) =>
      `  ${o.op.padEnd(16)}${String(o.count).padStart(8)}${o.ms.toFixed(2).padStart(12)}${String(o.bytes).padStart(14)}`,
  ),
];

const heaviest = (ops: readonly OpStats[]): OpStats[] => [...ops].sort((a, b) => b.ms - a.ms);

export class Account {
  readonly #parties: readonly string[];
  #runtime: RuntimeConfig;
  readonly #bytes: number[];
  readonly #ops = new Map<string, { count: number; ms: number; bytes: number }>();
  #jobs = 0;
  #rounds = 0;
  #dealerBytes = 0;
  #ms = 0;

  constructor(parties: readonly string[], runtime: RuntimeConfig) {
    this.#parties = parties;
    this.#runtime = runtime;
    this.#bytes = parties.map(() => 0);
  }

  /** What was measured of the link. */
  over(link: LinkMeasure): void {
    this.#runtime = { ...this.#runtime, link };
  }

  /** Adds a job, of which each rank gave its account. */
  add(known: readonly (RunStats | undefined)[]): void {
    const stats = known.filter((s) => s !== undefined);
    const first = stats[0];
    if (first === undefined) return;
    this.#jobs++;
    this.#rounds += Math.max(...stats.map((s) => s.rounds));
    this.#ms += Math.max(...stats.map((s) => s.ms));
    this.#dealerBytes += first.dealerBytes;
    known.forEach((s, rank) => {
      this.#bytes[rank]! += s?.bytes ?? 0;
    });
    for (const [op, { count, ms, bytes }] of Object.entries(first.ops)) {
      const sum = this.#ops.get(op) ?? { count: 0, ms: 0, bytes: 0 };
      this.#ops.set(op, { count: sum.count + count, ms: sum.ms + ms, bytes: sum.bytes + bytes });
    }
  }

  stats(field: string, memory: readonly number[]): SpuStats {
    const byParty = (values: readonly number[]) =>
      Object.fromEntries(this.#parties.map((party, rank) => [party, values[rank]!]));
    return {
      parties: this.#parties,
      field,
      jobs: this.#jobs,
      rounds: this.#rounds,
      bytes: byParty(this.#bytes),
      dealerBytes: this.#dealerBytes,
      ms: this.#ms,
      peakMemory: byParty(memory),
      ops: heaviest([...this.#ops].map(([op, sum]) => ({ op, ...sum }))),
    };
  }

  /** The account of one job, for people. */
  text(op: Op, stats: readonly (RunStats | undefined)[]): string {
    const first = stats.find((s) => s !== undefined);
    if (first === undefined) return '';
    const head =
      `SPU(${this.#parties.join(', ')}) #${op.number} ${calledAs(op)}: ${first.ms.toFixed(1)} ms, ${counted(first.rounds, 'round')}, ` +
      `${stats.flatMap((s, rank) => (s ? [`${this.#parties[rank]} sent ${s.bytes} B`] : [])).join(', ')}, dealer ${first.dealerBytes} B`;
    const ops = Object.entries(first.ops).map(([name, p]) => ({ op: name, ...p }));
    const { field, costMode, link, exactAnyway } = this.#runtime;
    const options = { field: FIELDS[field], parties: this.#parties.length, costMode, link };
    const plan = planText(
      options,
      ops.map((o) => o.op),
    );
    const exact = exactAnyway.map((setting) => `  ${setting}: computed to 2^-20, as in every mode`);
    return [head, ...(plan ? [`  by ${plan}`] : []), ...exact, ...table(heaviest(ops))].join('\n');
  }
}
