/** @file What a user's function costs two parties without a dealer, by a run of both in one process. */

import { memoryNetwork } from '../../link/memory-link.ts';
import type { Field } from '../../ring/field.ts';
import { Ring } from '../../ring/ring.ts';
import { lower } from '../compile/lower.ts';
import { optimize } from '../compile/passes/optimize.ts';
import { inputGraph } from '../compile/ports.ts';
import type { Tensor } from '../ops/graph.ts';
import { trace } from '../trace/tracer.ts';
import { PartyEngine } from './engine.ts';
import type { Job } from './job.ts';

const PARTIES = ['first', 'second'];

/** Of the program, without its inputs; with the base transfers and keys that a session begins with. */
export interface MadeCosts {
  /** Of both directions. */
  readonly transfers: number;
  /** Sent by the party that sends more, to make material. */
  readonly aheadBytes: number;
  readonly rounds: number;
  /** Sent by the party that sends more, while the program runs. */
  readonly bytes: number;
}

/** Inputs are owned by the parties in turn. Results are not revealed. */
export const simulateMade = async (
  fn: (...args: never[]) => unknown,
  inputs: readonly Tensor[],
  field: Field,
): Promise<MadeCosts> => {
  const types = inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: !shape.includes(0) }));
  const { graph } = trace(fn, types);
  const options = { field, parties: 2 };
  const owned = types.map((type, i) => ({ owner: i % 2, type }));
  const ins = inputs.map((_, i) => i);
  const given: Job = { graph: inputGraph(owned, options), ins: [], outs: ins };
  const outs = graph.outs.map((_, i) => inputs.length + i);
  const program: Job = { graph: lower(optimize(graph), { lazyIntegers: true, ...options }), ins, outs };
  const net = memoryNetwork(PARTIES);
  const rings = await Promise.all(PARTIES.map(() => Ring.create()));
  try {
    const costs = await Promise.all(
      rings.map((ring, rank) => runOf(ring, rank, net[PARTIES[rank]!]!, field, inputs, [given, program])),
    );
    const most = (what: (c: MadeCosts) => number): number => Math.max(...costs.map(what));
    return {
      transfers: most((c) => c.transfers),
      aheadBytes: most((c) => c.aheadBytes),
      rounds: most((c) => c.rounds),
      bytes: most((c) => c.bytes),
    };
  } finally {
    await Promise.all(PARTIES.map((self) => net[self]!.close()));
    await Promise.all(rings.map((ring) => ring.close()));
  }
};

/** One party's part. */
const runOf = async (
  ring: Ring,
  rank: number,
  link: ReturnType<typeof memoryNetwork>[string],
  field: Field,
  inputs: readonly Tensor[],
  [given, program]: readonly [Job, Job],
): Promise<MadeCosts> => {
  const peers = [PARTIES[1 - rank]!];
  const engine = await PartyEngine.start({
    ring,
    field,
    fraction: field.fraction,
    rank,
    parties: PARTIES,
    channel: () => link.channel('rounds', peers),
    faults: link.channel('faults', peers),
    dealer: { kind: 'none', channel: () => link.channel('making', peers) },
  });
  try {
    const own = inputs.flatMap((t, i) => (i % 2 === rank ? [[i, t] as const] : []));
    await engine.run(given, new Map(own));
    const before = engine.transfers;
    const { stats } = await engine.run(program);
    const { rounds, bytes, dealerBytes } = stats;
    return { transfers: engine.transfers - before, aheadBytes: dealerBytes, rounds, bytes };
  } finally {
    await engine.close();
  }
};
