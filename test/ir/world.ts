/** @file Engines of parties, and a dealer's, over a link in memory. */

import { inputGraph } from '../../src/ir/compile/ports.ts';
import type { Tensor, Type } from '../../src/ir/ops/graph.ts';
import { DealerEngine } from '../../src/ir/run/dealer-engine.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import type { Job } from '../../src/ir/run/job.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel, Transport } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { shape } from '../../src/link/shaper.ts';
import { FIELDS } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import { ring } from '../gates/harness.ts';

export type Fn = (...xs: BaseArray[]) => unknown;
export const field = FIELDS.FM128;
export const NAMES = ['alice', 'bob', 'carol', 'dave', 'eve'];

export interface World {
  readonly parties: readonly string[];
  readonly engines: readonly PartyEngine[];
  readonly dealer: DealerEngine | undefined;
  readonly net: ReturnType<typeof memoryNetwork>;
  /** The same job at all parties; each gives its own private inputs. */
  run(job: Job, privates?: readonly Tensor[]): Promise<Awaited<ReturnType<PartyEngine['run']>>[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly window?: number;
  /** By rank, the dealer's last; one for all if absent. */
  readonly rings?: readonly Ring[];
  readonly rttMs?: number;
  /** Stands between a party and the dealer. */
  readonly spy?: (rank: number, channel: Channel) => Channel;
}

export const start = async (n: number, kind: 'first' | 'third', o: WorldOptions = {}): Promise<World> => {
  const parties = NAMES.slice(0, n);
  const net = memoryNetwork([...parties, 'dealer']);
  const link = (name: string): Transport =>
    o.rttMs ? shape(net[name]!, { rttMs: o.rttMs, bandwidthMbit: 100 }) : net[name]!;
  const links = new Map([...parties, 'dealer'].map((name) => [name, link(name)]));
  const dealer =
    kind === 'third'
      ? DealerEngine.start({
          ring: o.rings?.[n] ?? ring,
          field,
          parties,
          channel: () => links.get('dealer')!.channel('dealer', parties),
          faults: links.get('dealer')!.channel('dealer faults', parties),
          ...(o.window !== undefined && { window: o.window }),
        })
      : undefined;
  const toDealer = (self: string, rank: number): Channel => {
    const channel = links.get(self)!.channel('dealer', ['dealer']);
    return o.spy?.(rank, channel) ?? channel;
  };
  const others = (self: string): string[] => parties.filter((p) => p !== self);
  const engines = await Promise.all(
    parties.map((self, rank) =>
      PartyEngine.start({
        ring: o.rings?.[rank] ?? ring,
        field,
        fraction: field.fraction,
        rank,
        parties,
        channel: () => links.get(self)!.channel('spu', others(self)),
        faults: links.get(self)!.channel('faults', others(self)),
        dealer:
          kind === 'first'
            ? { kind }
            : {
                kind,
                channel: () => toDealer(self, rank),
                faults: links.get(self)!.channel('dealer faults', ['dealer']),
              },
      }),
    ),
  );
  return {
    parties,
    engines,
    dealer,
    net,
    run: (job, privates = []) =>
      Promise.all(
        engines.map((engine, rank) =>
          engine.run(job, new Map(privates.flatMap((t, i) => (i % n === rank ? [[i, t]] : [])))),
        ),
      ),
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      await dealer?.done;
      await Promise.all(Object.values(net).map((t) => t.close()));
    },
  };
};

export const typesOf = (inputs: readonly NDArray[]): Type[] =>
  inputs.map(({ shape: s, dtype }) => ({ shape: s, dtype, secret: true }));

/** Inputs of the parties in turn become objects 0.. */
export const inputJob = (n: number, inputs: readonly NDArray[]): Job => ({
  graph: inputGraph(
    typesOf(inputs).map((type, i) => ({ owner: i % n, type })),
    { field },
  ),
  ins: [],
  outs: inputs.map((_, i) => i),
});
