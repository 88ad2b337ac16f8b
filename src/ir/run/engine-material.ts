/** @file What a party has to do with its dealer: rank 0 itself, a server that sees no data, or one who dealt before. */

import type { SharedArray } from '../../dealer/material-context.ts';
import {
  joinBytes,
  Mailbox,
  type MaterialSource,
  packCorrection,
  packedSize,
  unpackCorrections,
} from '../../dealer/source.ts';
import { TesseraError } from '../../errors.ts';
import { PAUSE, type Pause } from '../../gates/pausable.ts';
import type { Channel } from '../../link/link.ts';
import { Prg } from '../../ring/prg.ts';
import { broadcasts } from '../compile/analysis.ts';
import type { Tensor } from '../ops/graph.ts';
import { partsOf, type ToldParts } from './dealer-broadcasts.ts';
import { type Correction, Dealer, Dealt } from './dealer-run.ts';
import type { EngineOptions } from './engine.ts';
import { GivenUp } from './faults.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, type Place, packMessage } from './job.ts';
import type { Pace } from './pace.ts';

/** Messages to and from other ranks, in the order of the rounds. */
export class Line {
  readonly #open: () => Channel;
  readonly #parties: readonly string[];
  #channel: Channel;
  /** Tags rise by one to and from each rank: not every round has a message for everybody. */
  #to = new Map<number, number>();
  #from = new Map<number, number>();

  constructor(open: () => Channel, parties: readonly string[]) {
    this.#open = open;
    this.#parties = parties;
    this.#channel = open();
  }

  send(rank: number, message: Uint8Array): Promise<void> | void {
    return this.#channel.send(this.#parties[rank]!, next(this.#to, rank), message);
  }

  recv(rank: number): Promise<Uint8Array> {
    return this.#channel.recv(this.#parties[rank]!, next(this.#from, rank));
  }

  /** What is on its way, or waits here, belongs to a job that was given up: it goes, and the line begins anew. */
  reopen(): void {
    this.#channel.close();
    this.#channel = this.#open();
    [this.#to, this.#from] = [new Map(), new Map()];
  }
}

const next = (tags: Map<number, number>, rank: number): number => {
  const tag = tags.get(rank) ?? 0;
  tags.set(rank, tag + 1);
  return tag;
};

/** What a party has to do with the dealer. */
export interface Material extends MaterialSource {
  start(job: Job, line: Line, place: Place): void | Promise<void>;
  /** The program has revealed a value on its way: the dealer is told, and goes on. */
  revealed(gate: number, value: Tensor, line: Line): void | Promise<void>;
  /** The job is over: the dealer's part of it has to be complete. */
  finish(): void | Promise<void>;
  free(ids: readonly number[]): void;
  /** A job does not begin: what was dealt for it is not used. These objects are left. */
  skip(kept: ReadonlySet<number>): void;
  /** The job goes no further: the dealer has no more to do for this party. */
  stop(): void;
  /** The last job is given up; these objects are left. */
  abandon(kept: ReadonlySet<number>): void;
  close(): void | Promise<void>;
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

export const connectDealer = async (
  o: EngineOptions,
  line: Line,
  seed: Uint8Array,
  pace: Pace,
): Promise<Material> => {
  if (o.dealer.kind === 'third') return new ThirdParty(o.rank, o.dealer.channel, seed);
  const { parties, rank } = o;
  if (rank === 0) {
    const others = await Promise.all(parties.slice(1).map((_, i) => line.recv(i + 1)));
    const prgs = [seed, ...others].map((s) => new Prg(o.ring, Uint8Array.from(s)));
    const room = Math.min(AHEAD, o.ring.heap.limit * AHEAD_SHARE);
    return new FirstParty(
      new DealerJobs(new Dealer(o.ring, o.field, prgs, true)),
      parties.length,
      room,
      pace,
    );
  }
  await line.send(0, Uint8Array.from(seed));
  return new Hearer();
};

/** Bytes of corrections that may be dealt before their turn, and the part of the memory that they may take at most. */
const AHEAD = 32 << 20;
const AHEAD_SHARE = 1 / 16;
/** And only while no more than this part of the memory is in use: what one gate takes is not known before. */
const EMPTY = 1 / 4;

/**
 * Rank 0 deals for itself, gate by gate as needed, or earlier while it waits for the others. Where a job has something to
 * tell the others, the whole job is dealt first, and they are told in one message ahead of its rounds; where it reveals
 * values on its way, there is a message for what lies before the first, and one after each.
 */
class FirstParty implements Material {
  used = 0;
  readonly #jobs: DealerJobs;
  readonly #dealt = new Map<number, readonly SharedArray[]>();
  readonly #parties: number;
  readonly #room: number;
  readonly #pace: Pace;
  #run: Dealt<void> | undefined;
  #broadcasts = false;
  /** Where the job runs in pieces, and what the others are to be told of the next. */
  #parts: ToldParts | undefined;
  #told: Uint8Array[] = [];
  #line: Line | undefined;
  /** Bytes that were dealt and not taken yet. */
  #waiting = 0;

  constructor(jobs: DealerJobs, parties: number, room: number, pace: Pace) {
    this.#pace = pace;
    this.#jobs = jobs;
    this.#parties = parties;
    this.#room = room;
  }

  get idle(): boolean {
    const run = this.#run;
    const { used, limit } = this.#jobs.dealer.ring.heap;
    return (
      run !== undefined &&
      !run.over &&
      run.question === undefined &&
      this.#waiting < this.#room &&
      used < limit * EMPTY
    );
  }

  ahead(): void {
    this.#deal();
  }

  /** Deals on, to a pause at the most. */
  #deal(): Correction | Pause | undefined {
    const next = this.#run!.step();
    if (next && next !== PAUSE) {
      this.#dealt.set(next.gate, next.given);
      this.#waiting += sizeOf(next.given);
      if (next.told.length > 0) this.#told.push(packCorrection(next.gate, next.told));
    }
    return next;
  }

  start(job: Job, line: Line, { gate }: Place): void | Promise<void> {
    this.#run = new Dealt(this.#jobs.run(job, gate));
    this.#broadcasts = broadcasts(job.graph);
    this.#parts = partsOf(job.graph, gate);
    this.#line = line;
    this.#told = [];
    if (this.#broadcasts && !this.#parts) return this.#tell(line);
  }

  revealed(gate: number, value: Tensor, line: Line): void | Promise<void> {
    this.#run!.tell(gate, value);
    if (this.#broadcasts) return this.#tell(line);
  }

  /** Deals as far as it goes, or to the end of a part, and tells the others of it. */
  async #tell(line: Line, last = Number.POSITIVE_INFINITY): Promise<void> {
    let next = last >= 0 ? this.#deal() : undefined;
    while (next && (next === PAUSE || next.gate < last)) {
      if (next === PAUSE && this.#pace.due) await this.#turn();
      next = this.#deal();
    }
    const told = this.#told.splice(0);
    for (let rank = 1; rank < this.#parties; rank++) await line.send(rank, joinBytes(told));
  }

  take(gate: number): readonly SharedArray[] | Promise<readonly SharedArray[]> {
    const last = this.#parts?.enter(gate);
    if (last === undefined) return this.#take(gate);
    const dealt = this.#dealt.has(last);
    return this.#tell(this.#line!, dealt ? Number.NEGATIVE_INFINITY : last).then(() => this.#take(gate));
  }

  #take(gate: number): readonly SharedArray[] | Promise<readonly SharedArray[]> {
    while (!this.#dealt.has(gate)) {
      const next = this.#deal();
      if (!next) throw new TesseraError('DIVERGED', `the dealer has nothing for gate ${gate}`, { gate });
      if (next === PAUSE && this.#pace.due) return this.#turn().then(() => this.#take(gate));
    }
    const chunks = this.#dealt.get(gate)!;
    this.#dealt.delete(gate);
    const size = sizeOf(chunks);
    this.#waiting -= size;
    this.used += size;
    return chunks;
  }

  /** Lets the event loop turn, unless the job was given up meanwhile. */
  async #turn(): Promise<void> {
    const run = this.#run;
    await this.#pace.turn();
    if (run !== this.#run) throw new GivenUp();
  }

  finish(): void | Promise<void> {
    for (let next = this.#run!.step(); next; next = this.#run!.step())
      if (next === PAUSE && this.#pace.due) return this.#turn().then(() => this.finish());
  }

  free(ids: readonly number[]): void {
    this.#jobs.free(ids);
  }

  skip(): void {}

  stop(): void {}

  abandon(kept: ReadonlySet<number>): void {
    this.#run?.stop();
    this.#run = undefined;
    for (const given of this.#dealt.values())
      for (const { array } of given) this.#jobs.dealer.ring.release(array);
    this.#dealt.clear();
    this.#waiting = 0;
    this.#jobs.keepOnly(kept);
  }

  close(): void {}
}

const sizeOf = (given: readonly SharedArray[]): number => given.reduce((n, { length }) => n + length, 0);

/** Ranks above 0 need no corrections; with TrustedFirstParty rank 0 tells them what all have to know. */
class Hearer implements Material {
  readonly used = 0;
  #heard: Promise<Map<number, Uint8Array[]>> | undefined;
  #parts: ToldParts | undefined;
  #line: Line | undefined;

  start(job: Job, line: Line, { gate }: Place): void {
    this.#parts = partsOf(job.graph, gate);
    this.#line = line;
    if (broadcasts(job.graph) && !this.#parts) this.#hear(line, Promise.resolve(new Map()));
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
    if (this.#parts?.enter(gate) !== undefined)
      this.#hear(this.#line!, this.#heard ?? Promise.resolve(new Map()));
    const known = await this.#heard;
    const chunks = known?.get(gate);
    if (!chunks) throw new TesseraError('DIVERGED', `the dealer tells nothing for gate ${gate}`, { gate });
    known!.delete(gate);
    return chunks;
  }

  finish(): void {
    this.#heard = undefined;
  }

  free(): void {}

  skip(): void {}

  stop(): void {}

  abandon(): void {
    this.#heard = undefined;
  }

  close(): void {}
}

/** After this many bytes of used corrections, the dealer hears that it may go on. */
const REPORT = 8 << 20;

/** With the dealer, as long as no job is given up. */
interface Talk {
  readonly channel: Channel;
  readonly mailbox: Mailbox;
  tag: number;
}

/** A server deals; rank 0 receives its corrections, the others what they are told. */
class ThirdParty implements Material {
  used = 0;
  readonly #rank: number;
  readonly #connect: () => Channel;
  #talk: Talk;
  /** Objects that were left when a job was given up, until the dealer hears of it. */
  #kept: ReadonlySet<number> | undefined;
  #unreported = 0;
  #needed = -1;
  #open = true;

  constructor(rank: number, connect: () => Channel, seed: Uint8Array) {
    this.#rank = rank;
    this.#connect = connect;
    this.#talk = this.#begin();
    this.#tell({ kind: 'seed', seed });
  }

  #begin(): Talk {
    const mailbox = new Mailbox((chunks) => this.#taken(chunks));
    const talk = { channel: this.#connect(), mailbox, tag: 0 };
    this.#receive(talk).catch((e: unknown) => {
      if (this.#open && talk === this.#talk) mailbox.fail(e);
    });
    return talk;
  }

  start(job: Job, _line: Line, place: Place): void {
    if (this.#kept && this.#rank === 0) this.#tell({ kind: 'resume', place, kept: [...this.#kept] });
    this.#kept = undefined;
    this.#tell(this.#rank === 0 ? { kind: 'job', job } : { kind: 'digest', digest: digestOf(job) });
  }

  revealed(gate: number, value: Tensor): void {
    this.#tell({ kind: 'revealed', gate, value });
  }

  take(gate: number): Promise<readonly Uint8Array[]> | readonly Uint8Array[] {
    const chunks = this.#talk.mailbox.take(gate);
    if (this.#rank === 0 && chunks instanceof Promise && gate > this.#needed) {
      this.#needed = gate;
      this.#report();
      this.#tell({ kind: 'need', gate });
    }
    return chunks;
  }

  finish(): void {}

  free(ids: readonly number[]): void {
    if (this.#rank !== 0) return;
    if (this.#kept) this.#kept = new Set([...this.#kept].filter((id) => !ids.includes(id)));
    else this.#tell({ kind: 'free', ids });
  }

  /** The dealer does not hear of it: its numbers go on from what it hears next. */
  skip(kept: ReadonlySet<number>): void {
    this.#kept = kept;
  }

  stop(): void {
    if (this.#rank === 0) this.#tell({ kind: 'stop' });
  }

  abandon(kept: ReadonlySet<number>): void {
    const { channel } = this.#talk;
    this.#talk = this.#begin();
    channel.close();
    this.#kept = kept;
    this.#unreported = 0;
    this.#needed = -1;
  }

  close(): void {
    this.#open = false;
    try {
      this.#tell({ kind: 'bye' });
    } catch {
      // A dealer that is gone hears no goodbye, and the end of this party is not its failure.
    }
  }

  /** In the order of the calls; the channel keeps it. */
  #tell(message: DealerMessage): void {
    const talk = this.#talk;
    const sent = talk.channel.send(talk.channel.peers[0]!, talk.tag++, packMessage(message));
    Promise.resolve(sent).catch((e: unknown) => talk.mailbox.fail(e));
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

  async #receive({ channel, mailbox }: Talk): Promise<void> {
    for (let tag = 0; this.#open; tag++) {
      const message = await channel.recv(channel.peers[0]!, tag);
      for (const { gate, chunks } of unpackCorrections(message)) mailbox.put(gate, chunks);
    }
  }
}
