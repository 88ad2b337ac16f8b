/** @file Material of whole programs that two parties make before they run (tessera make), run by run, each party's own for its files. */

import type { SharedArray } from '../../dealer/material-context.ts';
import { TesseraError } from '../../errors.ts';
import type { Channel } from '../../link/link.ts';
import { blockBitsFor } from '../../making/extension.ts';
import type { MakingRole } from '../../making/maker.ts';
import { madeEnds } from '../../making/opened.ts';
import type { Field } from '../../ring/field.ts';
import { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { analyse } from '../compile/analysis.ts';
import { Pace } from './event-loop-pace.ts';
import type { Job } from './job.ts';
import { MakingLine } from './making-line.ts';
import { MakingRun } from './making-run.ts';
import type { Role } from './party-role.ts';
import { type Entry, Store } from './store.ts';
import { windowOf } from './together.ts';

/** What a party draws for one run of a program: its own stream's seed, and that of the stream that both know. */
export interface Seeds {
  readonly own: Uint8Array;
  readonly common: Uint8Array;
}

/** Takes what was made for a gate, and is waited for: no more is made than it has room for. */
export type TakeMade = (gate: number, chunks: readonly Uint8Array[]) => Promise<void>;

/** How gates open where the material was made by two parties, with the common stream of its run. */
export const madeRole = (ring: Ring, common: Uint8Array): NonNullable<Role['made']> => ({
  common: new Prg(ring, common),
  ends: madeEnds,
});

/** Gates of a program that are numbered, with those of all turns of its loops. */
export const gatesOf = (jobs: readonly Pick<Job, 'graph'>[]): number =>
  jobs.reduce((sum, { graph }) => sum + analyse(graph).gates, 0);

export class MakingAhead {
  readonly #ring: Ring;
  readonly #field: Field;
  readonly #rank: 0 | 1;
  readonly #line: MakingLine;
  readonly #pace = new Pace();
  /** Jobs of all runs: transfers of one session never have the same number. */
  #jobs = 0;

  /** `channel`: to the other party, for this alone. `bandwidth`: bytes a second of the link, where they are known. */
  constructor(ring: Ring, field: Field, rank: 0 | 1, channel: Channel, bandwidth?: number) {
    [this.#ring, this.#field, this.#rank] = [ring, field, rank];
    this.#line = new MakingLine(ring, rank, () => channel, blockBitsFor(bandwidth));
  }

  /** Bytes that this party has sent. */
  get sent(): number {
    return this.#line.sent;
  }

  /** Transfers of both directions so far. */
  get transfers(): number {
    return this.#line.transfers;
  }

  /** Makes all material of one run. Both parties make the same runs of the same programs in the same order. */
  async make(
    jobs: readonly Pick<Job, 'graph' | 'ins' | 'outs'>[],
    { own, common }: Seeds,
    take: TakeMade,
  ): Promise<void> {
    const ring = this.#ring;
    const role: MakingRole = {
      ring,
      field: this.#field,
      rank: this.#rank,
      prg: new Prg(ring, own),
      common: new Prg(ring, common),
    };
    const store = new Store(ring);
    const objects = new Map<number, Entry>();
    let gate = 0;
    try {
      for (const job of jobs) {
        await this.#job(role, store, job, gate, objects, take);
        gate += analyse(job.graph).gates;
      }
    } finally {
      store.keepOnly([]);
    }
  }

  async #job(
    role: MakingRole,
    store: Store,
    job: Pick<Job, 'graph' | 'ins' | 'outs'>,
    gate: number,
    objects: Map<number, Entry>,
    take: TakeMade,
  ): Promise<void> {
    const run = new MakingRun(role, store, windowOf(this.#ring), this.#line.numbers);
    const ask = this.#line.asking(this.#jobs++);
    const steps = run.run(
      job.graph,
      gate,
      job.ins.map((id) => objects.get(id)!),
    );
    try {
      let next = steps.next();
      for (; !next.done; next = steps.next()) {
        const step = next.value;
        if (step.kind === 'ask') await ask(step.request);
        else if (step.kind === 'made') await take(step.gate, this.#bytesOf(step.arrays));
        else if (step.kind === 'question')
          throw new TesseraError(
            'UNSUPPORTED',
            'what the program reveals on its way is not known before it runs',
          );
        else if (this.#pace.due) await this.#pace.turn();
      }
      next.value.forEach((entry, i) => {
        const id = job.outs[i]!;
        if (id < 0) store.release(entry);
        else objects.set(id, entry);
      });
    } catch (error) {
      steps.return([]);
      run.abandon();
      throw error;
    }
  }

  #bytesOf(arrays: readonly SharedArray[]): Uint8Array[] {
    return arrays.map(({ array, length, width }) => {
      const bytes = new Uint8Array(length);
      this.#ring.writeWire(bytes, 0, array, width);
      this.#ring.release(array);
      return bytes;
    });
  }

  close(): void {
    this.#line.close()();
  }
}
