/** @file What an op costs two parties without a dealer: transfers and bytes ahead of it, rounds and bytes while it runs. */

import { isDataDependent } from '../../src/ir/compile/analysis.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { inputGraph, revealGraph } from '../../src/ir/compile/ports.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import type { Job } from '../../src/ir/run/job.ts';
import { MakingAhead, madeRole } from '../../src/ir/run/making-ahead.ts';
import type { Material } from '../../src/ir/run/party-material.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { FIELDS, type Field, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import type { CostCase } from './cost-table.ts';
import { elementsOf, firstOf, inputsOf } from './measure.ts';

/** Per element. */
export interface MadeCost {
  readonly op: string;
  readonly field: FieldName;
  /** Of both directions. */
  readonly transfers: number;
  /** Sent by both parties together while material is made. */
  readonly aheadBytes: number;
  readonly rounds: number;
  /** Sent by one party while the program runs. */
  readonly onlineBytes: number;
}

const PARTIES = ['alice', 'bob'];
const fixed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** What was made of one run, as a party's material. */
class Kept implements Material {
  used = 0;
  readonly gates = new Map<number, readonly Uint8Array[]>();
  readonly made: Material['made'];

  constructor(made: Material['made']) {
    this.made = made;
  }

  take(gate: number): readonly Uint8Array[] {
    return this.gates.get(gate)!;
  }

  start(): void {}
  revealed(): void {}
  finish(): void {}
  free(): void {}
  skip(): void {}
  stop(): void {}
  abandon(): void {}
  close(): void {}
}

/** Throws where the result is not the function's: what is measured has to be right. What is drawn may be anything. */
const checkResult = (k: CostCase, inputs: readonly NDArray[], got: Tensor['data']): void => {
  const want = firstOf(k.fn(...inputs));
  if (got.length !== want.size) throw new Error(`${k.op}: ${got.length} numbers, not ${want.size}`);
  if (k.error === 'drawn') return;
  want.data.forEach((w, i) => {
    const [a, b] = [Number(w), Number(got[i])];
    if (!(Math.abs(a - b) <= 0.01 * Math.max(1, Math.abs(a)))) throw new Error(`${k.op}: ${b}, not ${a}`);
  });
};

/** Input, program and revealing, as a session runs them. */
const jobsOf = (k: CostCase, inputs: readonly NDArray[], field: Field): readonly [Job, Job, Job] => {
  const types = inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
  const { graph } = trace(k.fn as (...args: never[]) => unknown, types);
  const options = { field, parties: 2 };
  const ins = inputs.map((_, i) => i);
  const outs = graph.outs.map((_, i) => inputs.length + i);
  const shown = graph.outs.map((id) => graph.types[id]!);
  const owned = types.map((type, i) => ({ owner: i % 2, type }));
  return [
    { graph: inputGraph(owned, options), ins: [], outs: ins },
    { graph: lower(optimize(graph), { lazyIntegers: true, ...options }), ins, outs },
    {
      graph: revealGraph(shown, [0, 1], options),
      ins: outs,
      outs: outs.map(() => -1),
      reveal: shown.map(({ dtype }) => ({ dtype })),
    },
  ];
};

/** Whether what an op needs is known before it runs: it reveals nothing on its way. */
export const isMadeAhead = (k: CostCase, name: FieldName): boolean =>
  !isDataDependent(jobsOf(k, inputsOf(k, name), FIELDS[name])[1].graph);

type Net = ReturnType<typeof memoryNetwork>;

/** One party's. */
interface Side {
  readonly ring: Ring;
  readonly ahead: MakingAhead;
}

/** Two parties that make material for one op after the other: base transfers and keys are those of one session. */
export class MadeMeter {
  readonly #name: FieldName;
  readonly #net: Net;
  readonly #parties: readonly Side[];

  private constructor(name: FieldName, net: Net, parties: readonly Side[]) {
    [this.#name, this.#net, this.#parties] = [name, net, parties];
  }

  static async create(name: FieldName): Promise<MadeMeter> {
    const net = memoryNetwork(PARTIES);
    const parties = await Promise.all(
      PARTIES.map(async (self, rank) => {
        const ring = await Ring.create();
        const channel = net[self]!.channel('ahead', [PARTIES[1 - rank]!]);
        return { ring, ahead: new MakingAhead(ring, FIELDS[name], rank as 0 | 1, channel) };
      }),
    );
    return new MadeMeter(name, net, parties);
  }

  async measure(k: CostCase): Promise<MadeCost> {
    const field = FIELDS[this.#name];
    const inputs = inputsOf(k, this.#name);
    const jobs = jobsOf(k, inputs, field);
    // The same masks at every run: how many rounds a sort takes depends on a shuffle.
    const common = fixed(3);
    const parties = await Promise.all(
      this.#parties.map(async ({ ring, ahead }, rank) => {
        const self = PARTIES[rank]!;
        const peers = [PARTIES[1 - rank]!];
        const seed = fixed(rank + 1);
        // Once for what a session needs once.
        await ahead.make(jobs, { own: fixed(rank + 4), common: fixed(6) }, async () => {});
        const before = { sent: ahead.sent, transfers: ahead.transfers };
        const material = new Kept(madeRole(ring, common));
        await ahead.make(jobs, { own: seed, common }, async (gate, chunks) => {
          material.gates.set(gate, chunks);
        });
        const made = { sent: ahead.sent - before.sent, transfers: ahead.transfers - before.transfers };
        const engine = await PartyEngine.start({
          ring,
          field,
          fraction: field.fraction,
          rank,
          parties: PARTIES,
          channel: () => this.#net[self]!.channel(`rounds of ${k.op}`, peers),
          faults: this.#net[self]!.channel(`faults of ${k.op}`, peers),
          dealer: { kind: 'stored', seed, material },
        });
        await engine.run(jobs[0], new Map(inputs.flatMap((t, i) => (i % 2 === rank ? [[i, t]] : []))));
        const { stats } = await engine.run(jobs[1]);
        const { revealed } = await engine.run(jobs[2]);
        checkResult(k, inputs, revealed[0]!.data);
        await engine.free([...jobs[1].ins, ...jobs[1].outs]);
        await engine.close();
        return { made, stats };
      }),
    );
    const n = elementsOf(k, inputs);
    const [one, other] = parties as [(typeof parties)[number], (typeof parties)[number]];
    return {
      op: k.op,
      field: this.#name,
      transfers: one.made.transfers / n,
      aheadBytes: (one.made.sent + other.made.sent) / n,
      rounds: one.stats.rounds,
      onlineBytes: Math.max(one.stats.bytes, other.stats.bytes) / n,
    };
  }

  async close(): Promise<void> {
    for (const { ahead, ring } of this.#parties) {
      ahead.close();
      await ring.close();
    }
    await Promise.all(Object.values(this.#net).map((t) => t.close()));
  }
}
