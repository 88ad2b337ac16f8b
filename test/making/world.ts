/** Two parties without a dealer, over a link in memory. */

import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { inputGraph, revealGraph } from '../../src/ir/compile/ports.ts';
import type { Tensor, Type } from '../../src/ir/ops/graph.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { graphOf } from '../ir/snapshot.ts';

const PARTIES = ['alice', 'bob'];

export interface Pair {
  readonly engines: readonly PartyEngine[];
  readonly rings: readonly Ring[];
  /** Runs a program on inputs of both in turn; what it reveals to both. */
  run(fn: (...xs: BaseArray[]) => unknown, inputs: readonly NDArray[]): Promise<Tensor[]>;
  /** Bytes that both sent to make material, and for rounds. */
  bytes(): { making: number; rounds: number };
  close(): Promise<void>;
  /** Ends the links, whatever the engines do. */
  cut(): Promise<void>;
}

export interface PairOptions {
  /** Bytes a second that each rank is told of the link. */
  readonly bandwidth?: readonly [number | undefined, number | undefined];
  readonly maxBytes?: number;
  readonly spy?: (rank: number, channel: Channel) => Channel;
  /** The same of the channel of rounds. */
  readonly spyRounds?: (rank: number, channel: Channel) => Channel;
}

export const pair = async (name: FieldName, o: PairOptions = {}): Promise<Pair> => {
  const field = FIELDS[name];
  const net = memoryNetwork(PARTIES);
  const channels: { making: Channel[]; rounds: Channel[] } = { making: [], rounds: [] };
  const rings = await Promise.all(PARTIES.map(() => Ring.create(o.maxBytes ? { maxBytes: o.maxBytes } : {})));
  const engines = await Promise.all(
    PARTIES.map((self, rank) => {
      const others = PARTIES.filter((p) => p !== self);
      const open = (kind: 'making' | 'rounds', channel: Channel): Channel => {
        channels[kind].push(channel);
        return (kind === 'making' ? o.spy : o.spyRounds)?.(rank, channel) ?? channel;
      };
      return PartyEngine.start({
        ring: rings[rank]!,
        field,
        fraction: field.fraction,
        rank,
        parties: PARTIES,
        channel: () => open('rounds', net[self]!.channel('spu', others)),
        faults: net[self]!.channel('faults', others),
        bandwidth: o.bandwidth?.[rank],
        dealer: { kind: 'none', channel: () => open('making', net[self]!.channel('making', others)) },
      });
    }),
  );
  let next = 0;
  const sum = (all: readonly Channel[]): number =>
    all.reduce((n, { stats }) => n + Object.values(stats.sent).reduce((k, { bytes }) => k + bytes, 0), 0);
  return {
    engines,
    rings,
    bytes: () => ({ making: sum(channels.making), rounds: sum(channels.rounds) }),
    run: async (fn, inputs) => {
      const types: Type[] = inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
      const graph = optimize(graphOf(fn as (...args: never[]) => unknown, ...types));
      const outs = graph.outs.map((id) => graph.types[id]!);
      const ins = inputs.map(() => next++);
      const made = outs.map(() => next++);
      const options = { field, parties: 2 };
      const all = (job: Parameters<PartyEngine['run']>[0]) =>
        Promise.all(
          engines.map((engine, rank) =>
            engine.run(job, new Map(inputs.flatMap((t, i) => (i % 2 === rank ? [[i, t]] : [])))),
          ),
        );
      await all({
        graph: inputGraph(
          types.map((type, i) => ({ owner: i % 2, type })),
          { field },
        ),
        ins: [],
        outs: ins,
      });
      await all({ graph: lower(graph, options), ins, outs: made });
      const [shown] = await all({
        graph: revealGraph(outs, [0, 1], { field }),
        ins: made,
        outs: outs.map(() => -1),
        reveal: outs.map(({ dtype }) => ({ dtype })),
      });
      await Promise.all(engines.map((e) => e.free([...ins, ...made])));
      return shown!.revealed as Tensor[];
    },
    cut: async () => {
      await Promise.all(Object.values(net).map((t) => t.close()));
    },
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
      await Promise.all(Object.values(net).map((t) => t.close()));
    },
  };
};
