/** @file What a party has to do with its dealer: rank 0 itself, a server that sees no data, or one who dealt before. */

import type { Given } from '../dealer/material.ts';
import { Mailbox, type MaterialSource, packedSize, unpackCorrections } from '../dealer/source.ts';
import { TesseraError } from '../errors.ts';
import type { Channel } from '../link/link.ts';
import { Prg } from '../ring/prg.ts';
import { Dealer } from './deal.ts';
import type { EngineOptions } from './engine.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, packMessage } from './job.ts';

/** What a party has to do with the dealer. */
export interface Material extends MaterialSource {
  start(job: Job): void | Promise<void>;
  /** The job is over: the dealer's part of it has to be complete. */
  finish(): void;
  free(ids: readonly number[]): void;
  close(): void | Promise<void>;
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
    return new FirstParty(new DealerJobs(new Dealer(o.ring, o.field, prgs, true)));
  }
  await channel.send(parties[0]!, 0, Uint8Array.from(seed));
  return nothing;
};

/** Rank 0 deals for itself, gate by gate as needed. */
class FirstParty implements Material {
  used = 0;
  readonly #jobs: DealerJobs;
  readonly #dealt = new Map<number, readonly Given[]>();
  #steps: ReturnType<DealerJobs['run']> | undefined;

  constructor(jobs: DealerJobs) {
    this.#jobs = jobs;
  }

  start(job: Job): void {
    this.#steps = this.#jobs.run(job);
  }

  take(gate: number): readonly Given[] {
    while (!this.#dealt.has(gate)) {
      const next = this.#steps!.next();
      if (next.done) throw new TesseraError('DIVERGED', `the dealer has nothing for gate ${gate}`, { gate });
      this.#dealt.set(next.value.gate, next.value.given);
    }
    const chunks = this.#dealt.get(gate)!;
    this.#dealt.delete(gate);
    for (const chunk of chunks) this.used += chunk.length;
    return chunks;
  }

  finish(): void {
    while (!this.#steps!.next().done);
  }

  free(ids: readonly number[]): void {
    this.#jobs.free(ids);
  }

  close(): void {}
}

/** Ranks above 0 need no corrections, and with TrustedFirstParty nobody else to talk to. */
const nothing: Material = {
  used: 0,
  start: () => {},
  take: () => [],
  finish: () => {},
  free: () => {},
  close: () => {},
};

/** After this many bytes of used corrections, the dealer hears that it may go on. */
const REPORT = 8 << 20;

/** A server deals; rank 0 receives its stream. */
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
    if (o.rank === 0) {
      this.#receive().catch((e: unknown) => {
        if (this.#open) this.#mailbox.fail(e);
      });
    }
  }

  start(job: Job): void {
    this.#tell(this.#rank === 0 ? { kind: 'job', job } : { kind: 'digest', digest: digestOf(job) });
  }

  take(gate: number): Promise<readonly Uint8Array[]> | readonly Uint8Array[] {
    const chunks = this.#mailbox.take(gate);
    if (chunks instanceof Promise && gate > this.#needed) {
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
