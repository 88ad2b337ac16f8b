/**
 * @file Material that two parties make between them (src/making), ahead of the program, over a channel beside that of the rounds. Loaded when
 * a party first has no dealer.
 */

import { sha512 } from '#kernel-host';
import type { SharedArray } from '../../dealer/material-context.ts';
import { TesseraError } from '../../errors.ts';
import type { Channel } from '../../link/link.ts';
import { blockBitsFor } from '../../making/extension.ts';
import type { MakingRole } from '../../making/maker.ts';
import { madeEnds } from '../../making/opened.ts';
import { Prg, randomBytes } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Tensor } from '../ops/graph.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Pace } from './event-loop-pace.ts';
import { GivenUp } from './faults.ts';
import type { Job, Place } from './job.ts';
import { MakingLine } from './making-line.ts';
import { MakingRun } from './making-run.ts';
import type { MaskSources } from './mask-stream.ts';
import type { Material, RankChannel } from './party-material.ts';
import type { Role } from './party-role.ts';
import { type Entry, Store } from './store.ts';

/** Bytes of material that are made at a time, and the part of the memory that they may take at most. */
const WINDOW = 64 << 20;
const WINDOW_SHARE = 1 / 16;
const SEED = 32;

/** Bytes of material that are made at a time in a ring's memory. */
export const windowOf = ({ heap }: Ring): number => Math.min(WINDOW, heap.limit * WINDOW_SHARE);

/** The seed of a stream that both parties know, of what each of them has drawn. */
export const commonOf = (rank: number, own: Uint8Array, theirs: Uint8Array): Uint8Array => {
  const both = new Uint8Array(2 * SEED);
  both.set(own, rank * SEED);
  both.set(theirs, (1 - rank) * SEED);
  return sha512(both).slice(0, SEED);
};

/** A promise that others resolve or reject, once. */
class Later {
  #resolve: (() => void) | undefined;
  #there = false;

  set(): void {
    this.#there = true;
    this.#resolve?.();
  }

  /** Waits until `set` was called since the last wait. */
  async wait(): Promise<void> {
    if (!this.#there)
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    this.#resolve = undefined;
    this.#there = false;
  }
}

/** What is made for one job. */
class JobMaking {
  readonly given = new Map<number, readonly SharedArray[]>();
  readonly waiting = new Map<
    number,
    { resolve: (given: readonly SharedArray[]) => void; reject: (e: unknown) => void }
  >();
  readonly revealed = new Map<number, Tensor>();
  /** Resolves what waits for a change of state. */
  readonly changed = new Later();
  readonly run: MakingRun;
  /** Bytes that were made and not taken. */
  bytes = 0;
  failure: unknown;
  stopped = false;
  done: Promise<void> | undefined;

  constructor(run: MakingRun) {
    this.run = run;
  }

  fail(error: unknown): void {
    this.failure = error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

const sizeOf = (given: readonly SharedArray[]): number => given.reduce((n, { length }) => n + length, 0);

export class Together implements Material {
  readonly made: NonNullable<Role['made']>;
  readonly #o: EngineOptions;
  readonly #role: MakingRole;
  readonly #store: Store;
  readonly #pace: Pace;
  readonly #line: MakingLine;
  readonly #objects = new Map<number, Entry>();
  #making: JobMaking | undefined;
  /** The end of the job before: it is over before the next begins. */
  #before: Promise<void> = Promise.resolve();

  /** Both parties draw a seed of what they have in common. */
  static async start(
    o: EngineOptions,
    ranks: RankChannel,
    seed: Uint8Array,
    pace: Pace,
    masks: MaskSources,
  ): Promise<Together> {
    if (o.parties.length !== 2)
      throw new TesseraError(
        'UNSUPPORTED',
        `beaver_type MultiParty is for two parties, not ${o.parties.length}: use a dealer, or let two parties compute`,
        { parties: o.parties.length },
      );
    const peer = 1 - o.rank;
    const own = randomBytes(SEED);
    await ranks.send(peer, own.slice());
    const theirs = await ranks.recv(peer);
    if (theirs.length !== SEED)
      throw new TesseraError('DIVERGED', `${o.parties[peer]} sent no seed to make material with`);
    return new Together(o, seed, commonOf(o.rank, own, theirs), pace, masks);
  }

  private constructor(
    o: EngineOptions,
    seed: Uint8Array,
    common: Uint8Array,
    pace: Pace,
    masks: MaskSources,
  ) {
    const { ring, field } = o;
    this.#o = o;
    this.#pace = pace;
    const { channel } = o.dealer as { channel: () => Channel };
    const rank = o.rank as 0 | 1;
    this.made = { common: new Prg(ring, common), ends: madeEnds };
    this.#role = { ring, field, rank, prg: new Prg(ring, seed), common: this.made.common };
    this.#store = new Store(ring, masks);
    this.#line = new MakingLine(ring, rank, channel, blockBitsFor(o.bandwidth));
  }

  /** Bytes that this party has sent to make material. */
  get used(): number {
    return this.#line.sent;
  }

  get transfers(): number {
    return this.#line.transfers;
  }

  start(job: Job, _ranks: RankChannel, { gate }: Place): void {
    const run = new MakingRun(this.#role, this.#store, windowOf(this.#o.ring), this.#line.numbers);
    const making = new JobMaking(run);
    this.#making = making;
    making.done = this.#before.then(() => this.#make(making, job, gate));
    this.#before = making.done.catch(() => {});
  }

  /** Makes all material of a job, a window ahead of what was taken. */
  async #make(making: JobMaking, job: Job, gate: number): Promise<void> {
    const { ring } = this.#o;
    const window = windowOf(ring);
    const ask = this.#line.asking(gate);
    let steps: ReturnType<MakingRun['run']> | undefined;
    try {
      const ins = job.ins.map((id) => this.#objects.get(id)!);
      steps = making.run.run(job.graph, gate, ins);
      let next = steps.next();
      while (!next.done) {
        if (making.stopped) throw new GivenUp();
        const step = next.value;
        let answer: Tensor | undefined;
        if (step.kind === 'pause') {
          if (this.#pace.due) await this.#pace.turn();
        } else if (step.kind === 'ask') await ask(step.request);
        else if (step.kind === 'made') this.#put(making, step.gate, step.arrays);
        else if (step.kind === 'question') {
          while (!making.revealed.has(step.gate) && !making.stopped) await making.changed.wait();
          answer = making.revealed.get(step.gate);
          making.revealed.delete(step.gate);
        } else
          while (making.bytes >= window && making.waiting.size === 0 && !making.stopped)
            await making.changed.wait();
        if (making.stopped) throw new GivenUp();
        next = steps.next(answer);
      }
      next.value.forEach((entry, i) => {
        const id = job.outs[i]!;
        if (id < 0) this.#store.release(entry);
        else this.#objects.set(id, entry);
      });
    } catch (error) {
      steps?.return([]);
      making.run.abandon();
      making.fail(error);
      throw error;
    }
  }

  #put(making: JobMaking, gate: number, given: readonly SharedArray[]): void {
    const waiting = making.waiting.get(gate);
    if (waiting) {
      making.waiting.delete(gate);
      waiting.resolve(given);
      return;
    }
    making.given.set(gate, given);
    making.bytes += sizeOf(given);
  }

  take(gate: number): Promise<readonly SharedArray[]> | readonly SharedArray[] {
    const making = this.#making!;
    const given = making.given.get(gate);
    if (given) {
      making.given.delete(gate);
      making.bytes -= sizeOf(given);
      making.changed.set();
      return given;
    }
    if (making.failure) return Promise.reject(making.failure);
    const promise = new Promise<readonly SharedArray[]>((resolve, reject) => {
      making.waiting.set(gate, { resolve, reject });
    });
    making.changed.set();
    return promise;
  }

  revealed(gate: number, value: Tensor): void {
    this.#making!.revealed.set(gate, value);
    this.#making!.changed.set();
  }

  /** All of a job's masks are known when it is over: later jobs may use what it made. */
  finish(): Promise<void> {
    return this.#making!.done!;
  }

  free(ids: readonly number[]): void {
    for (const id of ids) {
      const entry = this.#objects.get(id);
      if (entry) this.#store.release(entry);
      this.#objects.delete(id);
    }
  }

  skip(): void {}

  stop(): void {
    if (!this.#making) return;
    this.#making.stopped = true;
    this.#making.changed.set();
  }

  abandon(kept: ReadonlySet<number>): void {
    const making = this.#making;
    const closed = this.#line.reopen();
    const { ring } = this.#o;
    const release = (): void => {
      closed();
      for (const given of making?.given.values() ?? []) for (const { array } of given) ring.release(array);
      making?.given.clear();
      for (const id of this.#objects.keys()) if (!kept.has(id)) this.#objects.delete(id);
      this.#store.keepOnly(this.#objects.values());
    };
    this.#before = this.#before.then(release);
  }

  async close(): Promise<void> {
    this.stop();
    const closed = this.#line.close();
    await this.#before;
    closed();
  }
}
