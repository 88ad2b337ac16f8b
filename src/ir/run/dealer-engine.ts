/** @file The dealer as a process of its own: it follows the jobs, streams corrections to rank 0, and broadcasts to all parties. */

import { joinBytes, packCorrection } from '../../dealer/material-source.ts';
import { TesseraError } from '../../errors.ts';
import { PAUSE } from '../../gates/pausable.ts';
import type { Channel } from '../../link/link.ts';
import { wholeTurn } from '../../link/tick.ts';
import type { Field } from '../../ring/field.ts';
import { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { analyse } from '../compile/analysis.ts';
import { sizeOf, type Tensor } from '../ops/graph.ts';
import { sameShape } from '../ops/shapes.ts';
import { type Correction, Dealer, Dealt, type Question } from './dealer-run.ts';
import { Pace } from './event-loop-pace.ts';
import { Faults, GivenUp, isPassing } from './faults.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, type Place, unpackMessage } from './job.ts';

/** Corrections that rank 0 has not used yet: bounds how far the dealer runs ahead. */
const WINDOW = 64 << 20;
/** Corrections are sent in messages of about this size; the first ones of a job are smaller, since they are waited for. */
const BATCH = 256 << 10;
const FIRST_BATCH = 16 << 10;

export interface DealerOptions {
  readonly ring: Ring;
  readonly field: Field;
  /** By rank. */
  readonly parties: readonly string[];
  /** Its peers are the parties; opened anew after a job that was given up. */
  readonly channel: () => Channel;
  /** To the parties, for the news that a job is given up. */
  readonly faults: Channel;
  /** Bytes of corrections that rank 0 may have unused before the dealer waits; 64 MiB if absent. */
  readonly window?: number;
}

/** Requests of rank 0, in order. */
type Order =
  | Job
  | { readonly free: readonly number[] }
  | { readonly place: Place; readonly kept: readonly number[] }
  | 'stop'
  | 'bye';

export interface DealerStats {
  jobs: number;
  bytes: number;
  /** Milliseconds of dealing. */
  ms: number;
}

export class DealerEngine {
  readonly #o: DealerOptions;
  readonly stats: DealerStats = { jobs: 0, bytes: 0, ms: 0 };
  /** Ends when all parties said goodbye; rejects when one is lost or they disagree. */
  readonly done: Promise<void>;
  #digests: string[][] = [];
  /** By rank: what the program revealed, in order. */
  #revealed: { readonly gate: number; readonly value: Tensor }[][] = [];
  #orders: Order[] = [];
  #channel: Channel;
  readonly #faults: Faults;
  readonly #pace = new Pace();
  /** Where the next job stands. */
  #next: Place = { number: 0, gate: 0 };
  #begun = -1;
  #dealing = false;
  #unused = 0;
  /** The last gate that rank 0 waits for: parties run in the order of the data, not of the graph. */
  #needed = -1;
  /** Ranks that said goodbye. */
  readonly #gone = new Set<number>();
  /** Next tags: to rank 0, and to each of the others. */
  #tag = 0;
  #toldTag = 0;
  #wake: () => void = () => {};
  #failure: unknown;

  private constructor(o: DealerOptions) {
    this.#o = o;
    this.#channel = o.channel();
    this.#faults = new Faults([o.faults], () => this.#wake());
    this.done = this.#serve().catch((error: unknown) => {
      // A party that is still at work in a job that another has left would wait for corrections that never come.
      if (error instanceof TesseraError && error.info.left === true) this.#channel.close();
      throw error;
    });
    this.done.catch(() => {});
  }

  static start(options: DealerOptions): DealerEngine {
    return new DealerEngine(options);
  }

  async #serve(): Promise<void> {
    const { ring, field, parties } = this.#o;
    const channel = this.#channel;
    const seeds = await Promise.all(
      parties.map(async (party) => {
        const message = unpackMessage(await channel.recv(party, 0));
        if (message.kind !== 'seed' || message.seed.length !== 32) throw unexpected(party, message);
        return Uint8Array.from(message.seed);
      }),
    );
    const jobs = new DealerJobs(
      new Dealer(
        ring,
        field,
        seeds.map((seed) => new Prg(ring, seed)),
      ),
    );
    for (const seed of seeds) seed.fill(0);
    let readers = this.#listen(1);
    for (;;) {
      try {
        if (await this.#obey(jobs)) break;
      } catch (error) {
        if (!(error instanceof GivenUp) && !isPassing(error)) throw error;
        await this.#settle(jobs, error);
        readers = this.#listen(0);
      }
    }
    await readers;
  }

  /** Serves the next request of rank 0. Returns true after the last one. */
  async #obey(jobs: DealerJobs): Promise<boolean> {
    const next = await this.#until(() => this.#orders.shift());
    if (next === 'bye') return true;
    if (next === 'stop') throw new GivenUp();
    if ('free' in next) jobs.free(next.free);
    else if ('place' in next) {
      this.#next = next.place;
      jobs.keepOnly(new Set(next.kept));
    } else {
      this.#dealing = true;
      await this.#deal(jobs, next);
      this.#dealing = false;
    }
    return false;
  }

  /** Gives a job up together with the parties. */
  async #settle(jobs: DealerJobs, error: unknown): Promise<void> {
    const channel = this.#channel;
    this.#channel = this.#o.channel();
    this.#dealing = false;
    jobs.giveUp();
    await this.#faults.settle(
      this.#begun,
      error instanceof GivenUp ? undefined : { job: this.#begun, error },
    );
    channel.close();
  }

  /** Listens to all parties, their messages numbered from `tag`. */
  #listen(tag: number): Promise<unknown> {
    const { parties } = this.#o;
    const channel = this.#channel;
    this.#digests = parties.map(() => []);
    this.#revealed = parties.map(() => []);
    this.#orders = [];
    this.#unused = 0;
    this.#needed = -1;
    [this.#tag, this.#toldTag] = [0, 0];
    const readers = parties.map((party, rank) => this.#read(channel, party, rank, tag));
    for (const reader of readers) {
      reader.catch((e: unknown) => {
        if (channel !== this.#channel) return;
        this.#failure ??= e;
        this.#wake();
      });
    }
    const all = Promise.all(readers);
    all.catch(() => {});
    return all;
  }

  /** Listens to one party until it says goodbye. */
  async #read(channel: Channel, party: string, rank: number, first: number): Promise<void> {
    for (let tag = first; ; tag++) {
      const message = unpackMessage(await channel.recv(party, tag));
      if (channel !== this.#channel) return;
      if (rank === 0 && message.kind === 'job') this.#orders.push(message.job);
      else if (rank === 0 && message.kind === 'free') this.#orders.push({ free: message.ids });
      else if (rank === 0 && message.kind === 'resume') this.#orders.push(message);
      else if (rank === 0 && message.kind === 'stop') this.#orders.push('stop');
      else if (rank === 0 && message.kind === 'taken') this.#unused -= message.bytes;
      else if (rank === 0 && message.kind === 'need') this.#needed = Math.max(this.#needed, message.gate);
      else if (message.kind === 'revealed') this.#revealed[rank]!.push(message);
      else if (rank !== 0 && message.kind === 'digest') this.#digests[rank]!.push(message.digest);
      else if (message.kind === 'bye') {
        this.#gone.add(rank);
        if (rank === 0) this.#orders.push('bye');
        this.#wake();
        return;
      } else throw unexpected(party, message);
      this.#wake();
    }
  }

  async #deal(jobs: DealerJobs, job: Job): Promise<void> {
    const { parties } = this.#o;
    const channel = this.#channel;
    const place = this.#next;
    this.#begun = place.number;
    this.#next = { number: place.number + 1, gate: place.gate + analyse(job.graph).gates };
    const digest = digestOf(job);
    for (let rank = 1; rank < parties.length; rank++) {
      const theirs = await this.#until(
        () => this.#digests[rank]!.shift() ?? (this.#gone.has(rank) ? null : undefined),
      );
      if (theirs === null) throw leftEarly(parties[rank]!, this.stats.jobs + 1);
      if (theirs !== digest) {
        throw new TesseraError(
          'DIVERGED',
          `${parties[0]} and ${parties[rank]} ask the dealer for different programs (job ${this.stats.jobs + 1})`,
          { parties: [parties[0], parties[rank]], job: this.stats.jobs + 1 },
        );
      }
    }
    this.stats.jobs++;
    let batch: Uint8Array[] = [];
    let size = 0;
    let told: Uint8Array[] = [];
    let most = FIRST_BATCH;
    const window = this.#o.window ?? WINDOW;
    let first = 0;
    const flush = async (): Promise<void> => {
      if (size === 0) return;
      await this.#until(
        () => this.#unused < window || first <= this.#needed || this.#gone.has(0) || undefined,
      );
      if (this.#gone.has(0)) throw leftEarly(parties[0]!, this.stats.jobs);
      const message = batch.length === 1 ? batch[0]! : joinBytes(batch);
      this.#unused += size;
      this.stats.bytes += size;
      [batch, size] = [[], 0];
      most = Math.min(BATCH, 2 * most);
      if (told.length > 0) {
        const tag = this.#toldTag++;
        for (const party of parties.slice(1)) {
          const copy = joinBytes(told);
          this.stats.bytes += copy.length;
          await this.#sent(channel.send(party, tag, copy));
        }
        told = [];
      }
      await this.#sent(channel.send(parties[0]!, this.#tag++, message));
      await wholeTurn();
    };
    const run = new Dealt(jobs.run(job, place.gate));
    try {
      await this.#follow(run, flush, (next) => {
        const packed = packCorrection(next.gate, next.chunks);
        if (size === 0) first = next.gate;
        batch.push(packed);
        if (next.broadcasts.length > 0) told.push(packCorrection(next.gate, next.broadcasts));
        size += packed.length;
        return size >= most;
      });
      await flush();
    } finally {
      run.stop();
    }
  }

  /** Deals to the end; `add` says whether there is enough for a message. */
  async #follow(
    run: Dealt<void>,
    flush: () => Promise<void>,
    add: (next: Correction) => boolean,
  ): Promise<void> {
    this.#pace.begin();
    for (;;) {
      const start = performance.now();
      const next = run.step();
      this.stats.ms += performance.now() - start;
      if (run.over) return;
      if (next === PAUSE) {
        if (!this.#pace.due) continue;
        await this.#pace.turn();
        if (this.#faults.limit <= this.#begun) throw new GivenUp();
        if (this.#failure) throw this.#failure;
        continue;
      }
      if (next === undefined) {
        await flush();
        const question = run.question!;
        run.reveal(question.asks, await this.#answer(question));
        continue;
      }
      if (!add(next)) continue;
      await flush();
      this.#pace.begin();
    }
  }

  /** Waits until every party has sent the revealed value. Throws DIVERGED if they differ. */
  async #answer({ asks, type }: Question): Promise<Tensor> {
    const { parties } = this.#o;
    let answer: Tensor | undefined;
    for (const [rank, party] of parties.entries()) {
      const told = await this.#until(
        () => this.#revealed[rank]!.shift() ?? (this.#gone.has(rank) ? null : undefined),
      );
      if (told === null) throw leftEarly(party, this.stats.jobs);
      const fits = told.gate === asks && isOf(told.value, type);
      if (!fits || (answer && !sameData(answer, told.value)))
        throw new TesseraError(
          'DIVERGED',
          `${fits ? `${parties[0]} and ${party} tell the dealer different things of` : `${party} does not tell the dealer`} ` +
            `what job ${this.stats.jobs} has revealed`,
          { party, job: this.stats.jobs },
        );
      answer ??= told.value;
    }
    return answer!;
  }

  /** Waits until there is room for more. */
  async #sent(room: Promise<void> | void): Promise<void> {
    if (!room) return;
    let done = false;
    room.then(
      () => {
        done = true;
        this.#wake();
      },
      (e: unknown) => {
        this.#failure ??= e;
        this.#wake();
      },
    );
    await this.#until(() => done || undefined);
  }

  /** Waits until `take` gives something, asking again whenever a message came. */
  async #until<T>(take: () => T | undefined): Promise<T> {
    for (;;) {
      if (this.#dealing && this.#faults.limit <= this.#begun) throw new GivenUp();
      if (this.#failure) throw this.#failure;
      const value = take();
      if (value !== undefined) return value;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const isOf = (t: Tensor, type: Question['type']): boolean =>
  t?.dtype === type.dtype && sameShape(t.shape, type.shape) && t.data.length === sizeOf(type.shape);

const sameData = (a: Tensor, b: Tensor): boolean => a.data.every((x, i) => Object.is(x, b.data[i]));

const leftEarly = (party: string, job: number): TesseraError =>
  new TesseraError('PEER_LOST', `${party} said goodbye in the middle of job ${job}`, {
    party,
    job,
    left: true,
  });

const unexpected = (party: string, message: DealerMessage): TesseraError =>
  new TesseraError('DIVERGED', `${party} sent the dealer an unexpected message (${message.kind})`, { party });
