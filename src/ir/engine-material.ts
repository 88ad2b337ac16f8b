/** @file What a party has to do with its dealer: rank 0 itself, a server that sees no data, or one who dealt before. */

import type { Given } from '../dealer/material.ts';
import {
  joinBytes,
  Mailbox,
  type MaterialSource,
  packCorrection,
  packedSize,
  unpackCorrections,
} from '../dealer/source.ts';
import { TesseraError } from '../errors.ts';
import type { Channel } from '../link/link.ts';
import { Prg } from '../ring/prg.ts';
import { tells } from './analysis.ts';
import { type Correction, Dealer, Dealt } from './deal.ts';
import type { EngineOptions } from './engine.ts';
import type { Tensor } from './graph.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, packMessage } from './job.ts';

/** Messages to and from other ranks, in the order of the rounds. */
export interface Line {
  send(rank: number, message: Uint8Array<ArrayBuffer>): Promise<void> | void;
  recv(rank: number): Promise<Uint8Array>;
}

/** What a party has to do with the dealer. */
export interface Material extends MaterialSource {
  start(job: Job, line: Line): void | Promise<void>;
  /** The program has revealed a value on its way: the dealer is told, and goes on. */
  revealed(gate: number, value: Tensor, line: Line): void | Promise<void>;
  /** The job is over: the dealer's part of it has to be complete. */
  finish(): void;
  free(ids: readonly number[]): void;
  close(): void | Promise<void>;
  /** A job is not run after all; says whether it was dealt nevertheless. */
  skip?(job: Job): boolean;
  /** Whether this party has dealing of its own to do, and room for what comes of it, while it waits for others. */
  readonly idle?: boolean;
  /** Deals for one more gate. */
  ahead?(): void;
  /** Bytes of corrections used so far. */
  readonly used: number;
}

/** What was dealt for this party: the seed of its stream, and at rank 0 the corrections. */
export interface StoredMaterial {
  readonly kind: 'stored';
  readonly seed: Uint8Array;
  readonly material: Material;
}

export const connectDealer = async (o: EngineOptions, seed: Uint8Array): Promise<Material> => {
  if (o.dealer.kind === 'third') return new ThirdParty(o, o.dealer.channel, seed);
  const { channel, parties, rank } = o;
  if (rank === 0) {
    const others = await Promise.all(parties.slice(1).map((party) => channel.recv(party, 0)));
    const prgs = [seed, ...others].map((s) => new Prg(o.ring, Uint8Array.from(s)));
    const room = Math.min(AHEAD, o.ring.heap.limit * AHEAD_SHARE);
    return new FirstParty(new DealerJobs(new Dealer(o.ring, o.field, prgs, true)), parties.length, room);
  }
  await channel.send(parties[0]!, 0, Uint8Array.from(seed));
  return new Hearer();
};

/** Bytes of corrections that may be dealt before their turn, and the part of the memory that they may take at most. */
const AHEAD = 32 << 20;
const AHEAD_SHARE = 1 / 16;

/**
 * Rank 0 deals for itself, gate by gate as needed, or earlier while it waits for the others. Where a job has something to
 * tell the others, the whole job is dealt first, and they are told in one message ahead of its rounds; where it reveals
 * values on its way, there is a message for what lies before the first, and one after each.
 */
class FirstParty implements Material {
  used = 0;
  readonly #jobs: DealerJobs;
  readonly #dealt = new Map<number, readonly Given[]>();
  readonly #parties: number;
  readonly #room: number;
  #run: Dealt<void> | undefined;
  #tells = false;
  /** Bytes that were dealt and not taken yet. */
  #waiting = 0;

  constructor(jobs: DealerJobs, parties: number, room: number) {
    this.#jobs = jobs;
    this.#parties = parties;
    this.#room = room;
  }

  get idle(): boolean {
    const run = this.#run!;
    return !run.over && run.question === undefined && this.#waiting < this.#room;
  }

  ahead(): void {
    this.#deal();
  }

  #deal(): Correction | undefined {
    const next = this.#run!.next();
    if (next) {
      this.#dealt.set(next.gate, next.given);
      this.#waiting += sizeOf(next.given);
    }
    return next;
  }

  async start(job: Job, line: Line): Promise<void> {
    this.#run = new Dealt(this.#jobs.run(job));
    this.#tells = tells(job.graph);
    if (this.#tells) await this.#tell(line);
  }

  async revealed(gate: number, value: Tensor, line: Line): Promise<void> {
    this.#run!.tell(gate, value);
    if (this.#tells) await this.#tell(line);
  }

  /** Deals as far as it goes, and tells the others of it. */
  async #tell(line: Line): Promise<void> {
    const told: Uint8Array[] = [];
    for (let next = this.#deal(); next; next = this.#deal()) {
      if (next.told.length > 0) told.push(packCorrection(next.gate, next.told));
    }
    for (let rank = 1; rank < this.#parties; rank++) await line.send(rank, joinBytes(told));
  }

  take(gate: number): readonly Given[] {
    while (!this.#dealt.has(gate)) {
      if (!this.#deal())
        throw new TesseraError('DIVERGED', `the dealer has nothing for gate ${gate}`, { gate });
    }
    const chunks = this.#dealt.get(gate)!;
    this.#dealt.delete(gate);
    const size = sizeOf(chunks);
    this.#waiting -= size;
    this.used += size;
    return chunks;
  }

  finish(): void {
    while (this.#run!.next());
  }

  free(ids: readonly number[]): void {
    this.#jobs.free(ids);
  }

  close(): void {}
}

const sizeOf = (given: readonly Given[]): number => given.reduce((n, { length }) => n + length, 0);

/** Ranks above 0 need no corrections; with TrustedFirstParty rank 0 tells them what all have to know. */
class Hearer implements Material {
  readonly used = 0;
  #heard: Promise<Map<number, Uint8Array[]>> | undefined;

  start(job: Job, line: Line): void {
    if (tells(job.graph)) this.#hear(line, Promise.resolve(new Map()));
  }

  revealed(_gate: number, _value: Tensor, line: Line): void {
    if (this.#heard) this.#hear(line, this.#heard);
  }

  #hear(line: Line, before: Promise<Map<number, Uint8Array[]>>): void {
    const heard = Promise.all([before, line.recv(0)]).then(([known, message]) => {
      for (const { gate, chunks } of unpackCorrections(message)) known.set(gate, chunks);
      return known;
    });
    heard.catch(() => {});
    this.#heard = heard;
  }

  async take(gate: number): Promise<readonly Uint8Array[]> {
    const chunks = (await this.#heard)?.get(gate);
    if (!chunks) throw new TesseraError('DIVERGED', `the dealer tells nothing for gate ${gate}`, { gate });
    return chunks;
  }

  finish(): void {
    this.#heard = undefined;
  }

  free(): void {}

  close(): void {}
}

/** After this many bytes of used corrections, the dealer hears that it may go on. */
const REPORT = 8 << 20;

/** A server deals; rank 0 receives its corrections, the others what they are told. */
class ThirdParty implements Material {
  used = 0;
  readonly #rank: number;
  readonly #channel: Channel;
  readonly #dealer: string;
  readonly #mailbox: Mailbox;
  #tag = 0;
  #unreported = 0;
  #needed = -1;
  #open = true;

  constructor(o: EngineOptions, channel: Channel, seed: Uint8Array) {
    this.#rank = o.rank;
    this.#channel = channel;
    this.#dealer = channel.peers[0]!;
    this.#mailbox = new Mailbox((chunks) => this.#taken(chunks));
    this.#tell({ kind: 'seed', seed });
    this.#receive().catch((e: unknown) => {
      if (this.#open) this.#mailbox.fail(e);
    });
  }

  start(job: Job): void {
    this.#tell(this.#rank === 0 ? { kind: 'job', job } : { kind: 'digest', digest: digestOf(job) });
  }

  revealed(gate: number, value: Tensor): void {
    this.#tell({ kind: 'revealed', gate, value });
  }

  take(gate: number): Promise<readonly Uint8Array[]> | readonly Uint8Array[] {
    const chunks = this.#mailbox.take(gate);
    if (this.#rank === 0 && chunks instanceof Promise && gate > this.#needed) {
      this.#needed = gate;
      this.#report();
      this.#tell({ kind: 'need', gate });
    }
    return chunks;
  }

  finish(): void {}

  free(ids: readonly number[]): void {
    if (this.#rank === 0) this.#tell({ kind: 'free', ids });
  }

  close(): void {
    this.#open = false;
    this.#tell({ kind: 'bye' });
  }

  /** In the order of the calls; the channel keeps it. */
  #tell(message: DealerMessage): void {
    Promise.resolve(this.#channel.send(this.#dealer, this.#tag++, packMessage(message))).catch((e: unknown) =>
      this.#mailbox.fail(e),
    );
  }

  #taken(chunks: readonly Uint8Array[]): void {
    if (this.#rank !== 0) return;
    for (const chunk of chunks) this.used += chunk.length;
    this.#unreported += packedSize(chunks);
    if (this.#unreported >= REPORT) this.#report();
  }

  #report(): void {
    if (this.#unreported > 0) this.#tell({ kind: 'taken', bytes: this.#unreported });
    this.#unreported = 0;
  }

  async #receive(): Promise<void> {
    for (let tag = 0; this.#open; tag++) {
      const message = await this.#channel.recv(this.#dealer, tag);
      for (const { gate, chunks } of unpackCorrections(message)) this.#mailbox.put(gate, chunks);
    }
  }
}
