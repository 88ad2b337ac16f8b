/** @file One process of ours in a workload: a party, or the dealer. Told by lib/ours.ts what it is. */

import { startDealer } from '../../src/device/production/dealer-service.ts';
import * as sf from '../../src/index.ts';
import { dealingSeconds } from './dealing.ts';
import { DEALERS, type DealerKind } from './engine.ts';
import { errorOf } from './error.ts';
import { serve } from './member.ts';
import { modelOf } from './models.ts';
import type { Net } from './net.ts';
import { SMALL_OPS } from './small-ops-workload.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

export interface PartyJob {
  readonly workload: string;
  readonly self: string;
  readonly parties: readonly string[];
  readonly field: 'FM64' | 'FM128';
  readonly dealer: DealerKind;
  readonly net: Net;
  /** Of the program in float64, if it was measured before. */
  readonly plainSeconds: number | undefined;
  readonly options: object;
}

/** Seconds of the program on plain float64 arrays: the least of three, or of fewer if it takes long. */
const inTheClear = (w: Workload): number => {
  const inputs = w.inputs();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, spent = 0; i < 3 && spent < 1000; i++) {
    const start = performance.now();
    w.program(...inputs);
    const took = performance.now() - start;
    best = Math.min(best, took);
    spent += took;
  }
  return best / 1000;
};

const rss = (): number => process.resourceUsage().maxRSS * 1024;

const deal = async (job: PartyJob): Promise<void> => {
  const service = await startDealer(job.options);
  service.done.catch((e: unknown) => {
    console.error(e);
    process.exit(1);
  });
  await serve(
    async () => {},
    async () => {
      await service.done;
      return { rss: rss() };
    },
  );
};

const join = async (job: PartyJob): Promise<void> => {
  const w =
    [...WORKLOADS, ...SMALL_OPS].find((one) => one.name === job.workload) ?? (await modelOf(job.workload))!;
  const { self, parties, field, net } = job;
  await sf.init(job.options as sf.InitOptions);
  const link =
    net.bandwidthMbit === undefined
      ? {}
      : { cost_mode: 'auto' as const, link_rtt_ms: net.rttMs, link_bandwidth_mbit: net.bandwidthMbit };
  const spu = sf.SPU({
    nodes: parties.map((party) => ({ party })),
    runtime_config: {
      protocol: sf.spu.spu_pb2.SEMI2K,
      field: sf.spu.spu_pb2[field],
      beaver_type: DEALERS[job.dealer].beaver,
      ...link,
    },
  });
  await spu.ready();
  const inputs = w.inputs().map((x, i) =>
    sf
      .PYU(parties[w.owners?.[i] ?? i % parties.length]!)((value: sf.NDArray) => value)(x)
      .to(spu),
  );
  for (const x of inputs) await x.ready();
  const program = spu(w.program);
  let cost = { rounds: 0, bytes: 0, dealerBytes: 0 };
  await serve(
    async () => {
      const before = spu.stats();
      const out = program(...inputs);
      await out.ready();
      const after = spu.stats();
      cost = {
        rounds: after.rounds - before.rounds,
        bytes: after.bytes[self]! - before.bytes[self]!,
        dealerBytes: after.dealerBytes - before.dealerBytes,
      };
      spu.free(out);
    },
    async () => {
      const report = { ...cost, memory: spu.stats().peakMemory[self]!, rss: rss() };
      const revealed = w.error ? await sf.reveal(program(...inputs)) : undefined;
      await sf.shutdown();
      if (self !== parties[0]) return report;
      const planned = {
        parties: parties.length,
        field,
        ...(net.bandwidthMbit !== undefined && {
          costMode: 'auto' as const,
          link: { rttMs: net.rttMs, bandwidth: net.bandwidthMbit * 125e3 },
        }),
      };
      return {
        ...report,
        ...(w.error && { error: errorOf(revealed, w.program(...w.inputs())) }),
        plainSeconds: job.plainSeconds ?? inTheClear(w),
        dealerSeconds: job.dealer === 'none' ? 0 : await dealingSeconds(w, planned),
      };
    },
  );
};

const job = JSON.parse(process.argv[2]!) as PartyJob;
await (job.self === 'dealer' ? deal(job) : join(job));
