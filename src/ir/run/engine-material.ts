/** @file The three ways in which a party gets its preprocessing from a dealer: rank 0 deals itself, rank 0 deals for others, or a server deals. */

import type { SharedArray } from '../../dealer/material-context.ts';
import {
  joinBytes,
  MaterialQueue,
  packCorrection,
  packedSize,
  unpackCorrections,
} from '../../dealer/material-source.ts';
import { TesseraError } from '../../errors.ts';
import { PAUSE, type Pause } from '../../gates/pausable.ts';
import type { Channel } from '../../link/link.ts';
import { Prg } from '../../ring/prg.ts';
import { broadcasts } from '../compile/analysis.ts';
import type { Tensor } from '../ops/graph.ts';
import { type BroadcastTiles, tilesOf } from './dealer-broadcasts.ts';
import { type Correction, Dealer, Dealt } from './dealer-run.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Pace } from './event-loop-pace.ts';
import { GivenUp } from './faults.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, type Place, packMessage } from './job.ts';
import type { MaskSources } from './mask-stream.ts';
import type { Material, RankChannel } from './party-material.ts';

/** What `#making` is: two parties make their material between them, where the platform has it. */
export interface MakingEntry {
  readonly Together: {
    start(
      o: EngineOptions,
      ranks: RankChannel,
      seed: Uint8Array,
      pace: Pace,
      masks: MaskSources,
    ): Promise<Material>;
  };
}

export const connectDealer = async (
  o: EngineOptions,
  ranks: RankChannel,
  seed: Uint8Array,
  pace: Pace,
  masks: MaskSources,
): Promise<Material> => {
  if (o.dealer.kind === 'none') {
    const { Together } = await import('#making');
    return Together.start(o, ranks, seed, pace, masks);
  }
  if (o.dealer.kind === 'third') return new ThirdParty(o.rank, o.dealer.channel, seed);
  const { parties, rank } = o;
  if (rank === 0) {
    const others = await Promise.all(parties.slice(1).map((_, i) => ranks.recv(i + 1)));
    const prgs = [seed, ...others].map((s) => new Prg(o.ring, Uint8Array.from(s)));
    const room = Math.min(AHEAD, o.ring.heap.limit * AHEAD_SHARE);
    return new FirstParty(
      new DealerJobs(new Dealer(o.ring, o.field, prgs, masks, true)),
      parties.length,
      room,
      pace,
    );
  }
  await ranks.send(0, Uint8Array.from(seed));
  return new BroadcastReceiver();
};

/** Bytes of corrections that may be dealt before their turn, and the part of the memory that they may take at most. */
const AHEAD = 32 << 20;
const AHEAD_SHARE = 1 / 16;
/** Dealing ahead stops where more than this part of the memory is in use, because the size of one gate's material is not known in advance. */
const EMPTY = 1 / 4;

/**
 * Rank 0 deals for itself, gate by gate as needed, or ahead of time while it waits for messages. If a job has broadcasts, the whole job
 * is dealt first, and they are sent in one message before its rounds. If the job reveals values while it runs, one message covers
 * what precedes the first of them, and one follows each.
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
  /** Where the job is tiled, and the broadcasts of the next tile. */
  #tiles: BroadcastTiles | undefined;
  #outgoing: Uint8Array[] = [];
  #ranks: RankChannel | undefined;
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

  /** Deals for the next gate, or up to a pause. */
  #deal(): Correction | Pause | undefined {
    const next = this.#run!.step();
    if (next && next !== PAUSE) {
      this.#dealt.set(next.gate, next.arrays);
      this.#waiting += sizeOf(next.arrays);
      if (next.broadcasts.length > 0) this.#outgoing.push(packCorrection(next.gate, next.broadcasts));
    }
    return next;
  }

  start(job: Job, ranks: RankChannel, { gate }: Place): void | Promise<void> {
    this.#run = new Dealt(this.#jobs.run(job, gate));
    this.#broadcasts = broadcasts(job.graph);
    this.#tiles = tilesOf(job.graph, gate);
    this.#ranks = ranks;
    this.#outgoing = [];
    if (this.#broadcasts && !this.#tiles) return this.#sendBroadcasts(ranks);
  }

  revealed(gate: number, value: Tensor, ranks: RankChannel): void | Promise<void> {
    this.#run!.reveal(gate, value);
    if (this.#broadcasts) return this.#sendBroadcasts(ranks);
  }

  /** Deals as far as possible, or to the end of a tile, and sends the other ranks their broadcasts. */
  async #sendBroadcasts(ranks: RankChannel, last = Number.POSITIVE_INFINITY): Promise<void> {
    let next = last >= 0 ? this.#deal() : undefined;
    while (next && (next === PAUSE || next.gate < last)) {
      if (next === PAUSE && this.#pace.due) await this.#turn();
      next = this.#deal();
    }
    const messages = this.#outgoing.splice(0);
    for (let rank = 1; rank < this.#parties; rank++) await ranks.send(rank, joinBytes(messages));
  }

  take(gate: number): readonly SharedArray[] | Promise<readonly SharedArray[]> {
    const last = this.#tiles?.enter(gate);
    if (last === undefined) return this.#take(gate);
    const dealt = this.#dealt.has(last);
    return this.#sendBroadcasts(this.#ranks!, dealt ? Number.NEGATIVE_INFINITY : last).then(() =>
      this.#take(gate),
    );
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

/** At ranks above 0 under TrustedFirstParty: they need no corrections, and receive the broadcasts that rank 0 sends. */
class BroadcastReceiver implements Material {
  readonly used = 0;
  #broadcasts: Promise<Map<number, Uint8Array[]>> | undefined;
  #tiles: BroadcastTiles | undefined;
  #ranks: RankChannel | undefined;

  start(job: Job, ranks: RankChannel, { gate }: Place): void {
    this.#tiles = tilesOf(job.graph, gate);
    this.#ranks = ranks;
    if (broadcasts(job.graph) && !this.#tiles) this.#receiveBroadcast(ranks, Promise.resolve(new Map()));
  }

  revealed(_gate: number, _value: Tensor, ranks: RankChannel): void {
    if (this.#broadcasts) this.#receiveBroadcast(ranks, this.#broadcasts);
  }

  #receiveBroadcast(ranks: RankChannel, before: Promise<Map<number, Uint8Array[]>>): void {
    const received = Promise.all([before, ranks.recv(0)]).then(([known, message]) => {
      for (const { gate, chunks } of unpackCorrections(message)) known.set(gate, chunks);
      return known;
    });
    received.catch(() => {});
    this.#broadcasts = received;
  }

  async take(gate: number): Promise<readonly Uint8Array[]> {
    if (this.#tiles?.enter(gate) !== undefined)
      this.#receiveBroadcast(this.#ranks!, this.#broadcasts ?? Promise.resolve(new Map()));
    const known = await this.#broadcasts;
    const chunks = known?.get(gate);
    if (!chunks) throw new TesseraError('DIVERGED', `the dealer has nothing for gate ${gate}`, { gate });
    known!.delete(gate);
    return chunks;
  }

  finish(): void {
    this.#broadcasts = undefined;
  }

  free(): void {}

  skip(): void {}

  stop(): void {}

  abandon(): void {
    this.#broadcasts = undefined;
  }

  close(): void {}
}

/** Rank 0 acknowledges corrections to the dealer after this many used bytes, so that the dealer may send more. */
const REPORT = 8 << 20;

/** The connection to a dealer; a new one is opened after a job that was given up. */
interface DealerConnection {
  readonly channel: Channel;
  readonly queue: MaterialQueue;
  tag: number;
}

/** A server deals: rank 0 receives its corrections, all other ranks receive its broadcasts. */
class ThirdParty implements Material {
  used = 0;
  readonly #rank: number;
  readonly #connect: () => Channel;
  #connection: DealerConnection;
  /** Objects that remain after a job was given up, until they were reported to the dealer. */
  #kept: ReadonlySet<number> | undefined;
  #unreported = 0;
  #needed = -1;
  #open = true;

  constructor(rank: number, connect: () => Channel, seed: Uint8Array) {
    this.#rank = rank;
    this.#connect = connect;
    this.#connection = this.#begin();
    this.#send({ kind: 'seed', seed });
  }

  #begin(): DealerConnection {
    const queue = new MaterialQueue((chunks) => this.#taken(chunks));
    const connection = { channel: this.#connect(), queue, tag: 0 };
    this.#receive(connection).catch((e: unknown) => {
      if (this.#open && connection === this.#connection) queue.fail(e);
    });
    return connection;
  }

  start(job: Job, _ranks: RankChannel, place: Place): void {
    if (this.#kept && this.#rank === 0) this.#send({ kind: 'resume', place, kept: [...this.#kept] });
    this.#kept = undefined;
    this.#send(this.#rank === 0 ? { kind: 'job', job } : { kind: 'digest', digest: digestOf(job) });
  }

  revealed(gate: number, value: Tensor): void {
    this.#send({ kind: 'revealed', gate, value });
  }

  take(gate: number): Promise<readonly Uint8Array[]> | readonly Uint8Array[] {
    const chunks = this.#connection.queue.take(gate);
    if (this.#rank === 0 && chunks instanceof Promise && gate > this.#needed) {
      this.#needed = gate;
      this.#report();
      this.#send({ kind: 'need', gate });
    }
    return chunks;
  }

  finish(): void {}

  free(ids: readonly number[]): void {
    if (this.#rank !== 0) return;
    if (this.#kept) this.#kept = new Set([...this.#kept].filter((id) => !ids.includes(id)));
    else this.#send({ kind: 'free', ids });
  }

  /** Nothing is sent to the dealer: the next message says where its numbers continue. */
  skip(kept: ReadonlySet<number>): void {
    this.#kept = kept;
  }

  stop(): void {
    if (this.#rank === 0) this.#send({ kind: 'stop' });
  }

  abandon(kept: ReadonlySet<number>): void {
    const { channel } = this.#connection;
    this.#connection = this.#begin();
    channel.close();
    this.#kept = kept;
    this.#unreported = 0;
    this.#needed = -1;
  }

  close(): void {
    this.#open = false;
    try {
      this.#send({ kind: 'bye' });
    } catch {
      // The dealer is gone already. Closing this party is not a failure.
    }
  }

  /** In the order of the calls; the channel keeps it. */
  #send(message: DealerMessage): void {
    const connection = this.#connection;
    const sent = connection.channel.send(
      connection.channel.peers[0]!,
      connection.tag++,
      packMessage(message),
    );
    Promise.resolve(sent).catch((e: unknown) => connection.queue.fail(e));
  }

  #taken(chunks: readonly Uint8Array[]): void {
    if (this.#rank !== 0) return;
    for (const chunk of chunks) this.used += chunk.length;
    this.#unreported += packedSize(chunks);
    if (this.#unreported >= REPORT) this.#report();
  }

  #report(): void {
    if (this.#unreported > 0) this.#send({ kind: 'taken', bytes: this.#unreported });
    this.#unreported = 0;
  }

  async #receive({ channel, queue }: DealerConnection): Promise<void> {
    for (let tag = 0; this.#open; tag++) {
      const message = await channel.recv(channel.peers[0]!, tag);
      for (const { gate, chunks } of unpackCorrections(message)) queue.put(gate, chunks);
    }
  }
}
