/** @file All parties in one thread: frames change hands by reference. For tests and for `inline` simulation. */
import { fail } from '../errors.ts';
import { abortReason, closedHere, partyFailed, peerLost } from './failures.ts';
import type { Channel, Transport } from './link.ts';
import { type Carrier, ChannelTable, Handover, othersOf } from './mailbox.ts';
import { atTickEnd } from './tick.ts';

export interface MemoryOptions {
  /** Refuse larger frames, as the real transports do. */
  readonly maxFrameBytes?: number;
}

/** A transport that can also tell all others that this party has failed. */
export interface AbortableTransport extends Transport {
  abort(error: unknown): Promise<void>;
}

type Frame = readonly [to: string, key: string, tag: number, bytes: Uint8Array];

class MemoryTransport implements AbortableTransport, Carrier {
  readonly self: string;
  readonly parties: readonly string[];
  readonly table: ChannelTable;
  readonly #network: ReadonlyMap<string, MemoryTransport>;
  readonly #handover: Handover;
  readonly #maxFrameBytes: number;
  #queue: Frame[] = [];
  #open = true;

  constructor(
    self: string,
    network: ReadonlyMap<string, MemoryTransport>,
    parties: readonly string[],
    handover: Handover,
    maxFrameBytes: number,
  ) {
    this.self = self;
    this.parties = parties;
    this.#network = network;
    this.#handover = handover;
    this.#maxFrameBytes = maxFrameBytes;
    this.table = new ChannelTable(this);
  }

  channel(name: string, peers: readonly string[]): Channel {
    if (!this.#open) throw closedHere(`the link of "${this.self}"`)();
    return this.table.open(name, peers, this.parties);
  }

  carry(to: string, key: string, tag: number, bytes: Uint8Array): void {
    if (bytes.byteLength > this.#maxFrameBytes) {
      fail(
        'LINK',
        `a frame of ${bytes.byteLength} bytes is over the limit of ${this.#maxFrameBytes} (maxFrameBytes)`,
      );
    }
    if (this.#queue.length === 0) atTickEnd(() => this.#flush());
    this.#queue.push([to, key, tag, this.#handover.take(bytes)]);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#flush();
    for (const peer of othersOf(this.parties, this.self)) {
      this.#network
        .get(peer)!
        .table.failPeer(this.self, peerLost(this.self, 'it has closed its link', Date.now()));
      this.table.failPeer(peer, closedHere(`the link of "${this.self}"`), true);
    }
  }

  async abort(error: unknown): Promise<void> {
    if (!this.#open) return;
    const failure = partyFailed(abortReason(this.self, error));
    for (const [name, other] of this.#network) {
      if (name === this.self) continue;
      for (const peer of othersOf(this.parties, name)) other.table.failPeer(peer, failure, true);
    }
  }

  /** Delivery is never inside `send`, so a sender is not re-entered by what its frame sets off. */
  #flush(): void {
    const frames = this.#queue;
    this.#queue = [];
    for (const [to, key, tag, bytes] of frames)
      this.#network.get(to)!.table.deliver(this.self, key, tag, bytes);
  }
}

/** One transport per party, all in this thread. */
export const memoryNetwork = (
  parties: readonly string[],
  options: MemoryOptions = {},
): Record<string, AbortableTransport> => {
  if (new Set(parties).size !== parties.length)
    fail('INVALID_ARGUMENT', `a party is named twice in ${parties.join(', ')}`);
  const network = new Map<string, MemoryTransport>();
  const names = [...parties];
  const handover = new Handover();
  for (const party of names) {
    network.set(
      party,
      new MemoryTransport(party, network, names, handover, options.maxFrameBytes ?? Infinity),
    );
  }
  return Object.fromEntries(network);
};
