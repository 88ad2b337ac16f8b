/** @file The interface between a party and the source of its preprocessing, and ordered messages between ranks. */
import type { MaterialSource } from '../../dealer/material-source.ts';
import type { Channel } from '../../link/link.ts';
import type { Tensor } from '../ops/graph.ts';
import type { Job, Place } from './job.ts';
import type { Role } from './party-role.ts';

/** Messages to and from other ranks, in the order of the rounds. */
export class RankChannel {
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

  /** What is on its way, or waits here, belongs to a job that was given up: both are dropped, and tags begin at 0 again. */
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

/** The source of a party's preprocessing: a dealer, stored files, or the protocol without a dealer. */
export interface Material extends MaterialSource {
  /** Transfers of both directions so far, where two parties make it between them. */
  readonly transfers?: number;
  start(job: Job, ranks: RankChannel, place: Place): void | Promise<void>;
  /** The program has revealed a value while it runs: it is sent to the dealer, which continues with it. */
  revealed(gate: number, value: Tensor, ranks: RankChannel): void | Promise<void>;
  /** The job is over: the dealer has to have dealt for all of it. */
  finish(): void | Promise<void>;
  free(ids: readonly number[]): void;
  /** A job is not started: what was dealt for it is not used. `kept`: the objects that remain. */
  skip(kept: ReadonlySet<number>): void;
  /** The job stops here: this party needs nothing more from the dealer for it. */
  stop(): void;
  /** The last job is given up. `kept`: the objects that remain. */
  abandon(kept: ReadonlySet<number>): void;
  close(): void | Promise<void>;
  /** Whether this party can deal ahead while it waits for messages: it is the dealer, and has memory for it. */
  readonly idle?: boolean;
  /** Deals for one more gate. */
  ahead?(): void;
  /** Bytes of corrections used so far. */
  readonly used: number;
  /** Set where two parties make their material without a dealer. */
  readonly made?: Role['made'];
}

/** Material that was dealt in advance: the seed of this party's stream, and at rank 0 the corrections. */
export interface StoredMaterial {
  readonly kind: 'stored';
  readonly seed: Uint8Array;
  readonly material: Material;
}
