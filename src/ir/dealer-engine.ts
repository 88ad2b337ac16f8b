/** @file The dealer as a process of its own: it follows the jobs, and streams rank 0 corrections and all what all must know. */

import { joinBytes, packCorrection } from '../dealer/source.ts';
import { TesseraError } from '../errors.ts';
import type { Channel } from '../link/link.ts';
import type { Field } from '../ring/field.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { Dealer, Dealt, type Question } from './deal.ts';
import { sizeOf, type Tensor } from './graph.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, unpackMessage } from './job.ts';
import { sameShape } from './shapes.ts';

/** Corrections that rank 0 has not used yet: bounds how far the dealer runs ahead. */
const WINDOW = 64 << 20;
/** Corrections are sent in messages of about this size; the first ones of a job are smaller, since they are waited for. */
const BATCH = 256 << 10;
const FIRST_BATCH = 16 << 10;

/** Lets what was sent leave before more is dealt, where the host has a way to say so. */
const breathe = (): Promise<void> =>
  typeof setImmediate === 'function' ? new Promise((resolve) => setImmediate(resolve)) : Promise.resolve();

export interface DealerOptions {
  readonly ring: Ring;
  readonly field: Field;
  /** By rank. */
  readonly parties: readonly string[];
  /** Its peers are the parties. */
  readonly channel: Channel;
  /** Bytes of corrections that rank 0 may have unused before the dealer waits; 64 MiB if absent. */
  readonly window?: number;
}

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
  #digests: string[][];
  /** By rank: what the program revealed, in order. */
  readonly #revealed: { readonly gate: number; readonly value: Tensor }[][];
  #jobs: (Job | { readonly free: readonly number[] } | 'bye')[] = [];
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
    this.#digests = o.parties.map(() => []);
    this.#revealed = o.parties.map(() => []);
    this.done = this.#serve();
    this.done.catch(() => {});
  }

  static start(options: DealerOptions): DealerEngine {
    return new DealerEngine(options);
  }

  async #serve(): Promise<void> {
    const { ring, field, parties, channel } = this.#o;
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
    const readers = parties.map((party, rank) => this.#read(party, rank));
    for (const reader of readers) {
      reader.catch((e: unknown) => {
        this.#failure ??= e;
        this.#wake();
      });
    }
    for (;;) {
      const next = await this.#until(() => this.#jobs.shift());
      if (next === 'bye') break;
      if ('free' in next) jobs.free(next.free);
      else await this.#deal(jobs, next);
    }
    await Promise.all(readers);
  }

  /** Listens to one party until it says goodbye. */
  async #read(party: string, rank: number): Promise<void> {
    for (let tag = 1; ; tag++) {
      const message = unpackMessage(await this.#o.channel.recv(party, tag));
      if (rank === 0 && message.kind === 'job') this.#jobs.push(message.job);
      else if (rank === 0 && message.kind === 'free') this.#jobs.push({ free: message.ids });
      else if (rank === 0 && message.kind === 'taken') this.#unused -= message.bytes;
      else if (rank === 0 && message.kind === 'need') this.#needed = Math.max(this.#needed, message.gate);
      else if (message.kind === 'revealed') this.#revealed[rank]!.push(message);
      else if (rank !== 0 && message.kind === 'digest') this.#digests[rank]!.push(message.digest);
      else if (message.kind === 'bye') {
        this.#gone.add(rank);
        if (rank === 0) this.#jobs.push('bye');
        this.#wake();
        return;
      } else throw unexpected(party, message);
      this.#wake();
    }
  }

  async #deal(jobs: DealerJobs, job: Job): Promise<void> {
    const { parties, channel } = this.#o;
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
          await channel.send(party, tag, copy);
        }
        told = [];
      }
      await channel.send(parties[0]!, this.#tag++, message);
      await breathe();
    };
    const run = new Dealt(jobs.run(job));
    for (;;) {
      const start = performance.now();
      const next = run.next();
      this.stats.ms += performance.now() - start;
      if (run.over) break;
      if (next === undefined) {
        await flush();
        const question = run.question!;
        run.tell(question.asks, await this.#answer(question));
        continue;
      }
      const packed = packCorrection(next.gate, next.chunks);
      if (size === 0) first = next.gate;
      batch.push(packed);
      if (next.told.length > 0) told.push(packCorrection(next.gate, next.told));
      size += packed.length;
      if (size >= most) await flush();
    }
    await flush();
  }

  /** Waits until every party has told what the program revealed, and holds them to one answer. */
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

  /** Waits until `take` gives something, asking again whenever a message came. */
  async #until<T>(take: () => T | undefined): Promise<T> {
    for (;;) {
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
  new TesseraError('PEER_LOST', `${party} said goodbye in the middle of job ${job}`, { party, job });

const unexpected = (party: string, message: DealerMessage): TesseraError =>
  new TesseraError('DIVERGED', `${party} sent the dealer an unexpected message (${message.kind})`, { party });
