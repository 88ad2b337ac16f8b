/**
 * @file One workload from secret inputs to a secret result, through the public API: parties and dealer as threads of
 * this process, over links of the given latency and bandwidth.
 */

import * as sf from '../../src/index.ts';
import type { Work } from './row.ts';
import type { Workload } from './workloads.ts';

export interface Net {
  /** Milliseconds there and back; 0 and no bandwidth: the threads' ports as they are. */
  readonly rttMs: number;
  readonly bandwidthMbit?: number;
}

export interface RunOptions {
  readonly net: Net;
  readonly parties: number;
  readonly field: 'FM64' | 'FM128';
  readonly dealer: 'TrustedFirstParty' | 'TrustedThirdParty';
  /** Measured runs; one or two more before them warm up. */
  readonly runs: number;
}

/** Runs for the compilers' sake; one is enough where the link takes the time. */
const WARM = 2;
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const difference = (after: sf.SpuStats, before: sf.SpuStats) => {
  const bytes = Math.max(...Object.keys(after.bytes).map((p) => after.bytes[p]! - before.bytes[p]!));
  return {
    rounds: after.rounds - before.rounds,
    bytes,
    dealerBytes: after.dealerBytes - before.dealerBytes,
  };
};

/** Milliseconds of the program on plain float64 arrays: the least of three. */
const inTheClear = (w: Workload): number => {
  const inputs = w.inputs();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    w.program(...inputs);
    best = Math.min(best, performance.now() - start);
    if (best > 500) break;
  }
  return best;
};

/** Runs a workload `runs` times on one session; the first, with tracing and compilation, is reported by itself, and not among them. */
export const runWorkload = async (w: Workload, o: RunOptions): Promise<Work> => {
  const { rttMs, bandwidthMbit } = o.net;
  const names = NAMES.slice(0, o.parties);
  const shaped = rttMs > 0 || bandwidthMbit !== undefined;
  const link = { rttMs, ...(bandwidthMbit !== undefined && { bandwidthMbit }) };
  await sf.init({ parties: names, address: 'local', ...(shaped && { link }) });
  try {
    const spu = sf.SPU(sf.utils.testing.clusterDef(names, { field: o.field, beaver_type: o.dealer }));
    await spu.ready();
    const inputs = w.inputs().map((x, i) =>
      sf
        .PYU(names[i % names.length]!)((value: sf.NDArray) => value)(x)
        .to(spu),
    );
    for (const x of inputs) await x.ready();
    const program = spu(w.program);
    const times: number[] = [];
    let cost = { rounds: 0, bytes: 0, dealerBytes: 0 };
    const warm = o.runs === 1 ? 1 : WARM;
    for (let run = 0; run < warm + o.runs; run++) {
      const before = spu.stats();
      const start = performance.now();
      const out = program(...inputs);
      await out.ready();
      times.push(performance.now() - start);
      cost = difference(spu.stats(), before);
      spu.free(out);
    }
    const measured = times.slice(warm);
    return {
      ...cost,
      seconds: median(measured) / 1000,
      least: Math.min(...measured) / 1000,
      most: Math.max(...measured) / 1000,
      first: times[0]! / 1000,
      memory: Object.values(spu.stats().peakMemory).reduce((a, b) => a + b, 0),
      plainSeconds: inTheClear(w) / 1000,
      ops: spu.stats().ops,
    };
  } finally {
    await sf.shutdown();
  }
};
