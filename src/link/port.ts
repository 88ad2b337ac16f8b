/**
 * @file Parties in threads of one process, a MessagePort per pair. Buffers are transferred, not copied (cheaper
 * at every size: measured from 256 bytes up); all
 * frames of one tick to one peer are one `postMessage`.
 */
import { fail } from '../errors.ts';
import { type AbortReason, abortReason, closedHere, partyFailed, peerLost } from './failures.ts';
import type { Channel } from './link.ts';
import { type Carrier, ChannelTable, Handover } from './mailbox.ts';
import type { AbortableTransport } from './memory.ts';
import { atTickEnd } from './tick.ts';

/** What the web's MessagePort and that of node:worker_threads have in common. */
export interface PortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  removeEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  start(): void;
  close(): void;
}

/** A message is a flat list, which structured clone writes faster than a list of objects. */
type Message =
  | readonly ['frames', ...(string | number | Uint8Array)[]]
  | readonly ['bye']
  | readonly ['abort', AbortReason];

class PortTransport implements AbortableTransport, Carrier {
  readonly self: string;
  readonly parties: readonly string[];
  readonly #ports: Map<string, PortLike>;
  readonly #queues = new Map<string, (string | number | Uint8Array)[]>();
  readonly #table: ChannelTable;
  readonly #handover = new Handover();
  readonly #detach: (() => void)[] = [];
  #flushing = false;
  #open = true;

  constructor(self: string, ports: Readonly<Record<string, PortLike>>) {
    this.self = self;
    this.#ports = new Map(Object.entries(ports));
    this.parties = [self, ...this.#ports.keys()].sort();
    this.#table = new ChannelTable(this);
    for (const [peer, port] of this.#ports) this.#listen(peer, port);
  }

  #listen(peer: string, port: PortLike): void {
    const message = (event: { data?: unknown }) => this.#receive(peer, event.data as Message);
    const close = () => this.#table.failPeer(peer, peerLost(peer, 'its thread has ended', Date.now()));
    port.addEventListener('message', message);
    port.addEventListener('close', close);
    port.start();
    this.#detach.push(() => {
      port.removeEventListener('message', message);
      port.removeEventListener('close', close);
    });
  }

  channel(name: string, peers: readonly string[]): Channel {
    if (!this.#open) throw closedHere(`the link of "${this.self}"`)();
    return this.#table.open(name, peers, this.parties);
  }

  carry(to: string, key: string, tag: number, bytes: Uint8Array): void {
    let queue = this.#queues.get(to);
    if (queue === undefined) {
      queue = [];
      this.#queues.set(to, queue);
    }
    queue.push(key, tag, this.#handover.take(bytes));
    if (this.#flushing) return;
    this.#flushing = true;
    atTickEnd(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    for (const [to, queue] of this.#queues) {
      if (queue.length === 0) continue;
      this.#queues.set(to, []);
      const transfer: ArrayBuffer[] = [];
      for (let i = 2; i < queue.length; i += 3) {
        const bytes = queue[i] as Uint8Array<ArrayBuffer>;
        transfer.push(bytes.buffer);
        this.#handover.left(bytes.buffer);
      }
      this.#ports.get(to)!.postMessage(['frames', ...queue], transfer);
    }
  }

  #receive(peer: string, message: Message): void {
    if (!Array.isArray(message)) fail('LINK', `a message from "${peer}" is not of this protocol`);
    if (message[0] === 'frames') {
      for (let i = 1; i < message.length; i += 3) {
        this.#table.deliver(
          peer,
          message[i] as string,
          message[i + 1] as number,
          message[i + 2] as Uint8Array,
        );
      }
    } else if (message[0] === 'bye') {
      this.#table.failPeer(peer, peerLost(peer, 'it has closed its link', Date.now()));
    } else if (message[0] === 'abort') {
      const failure = partyFailed({ ...message[1], party: peer });
      for (const party of this.#ports.keys()) this.#table.failPeer(party, failure, true);
    }
  }

  /** Says goodbye, so that the others know the end from a crash, and closes the ports. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#flush();
    for (const undo of this.#detach) undo();
    for (const [peer, port] of this.#ports) {
      port.postMessage(['bye'], []);
      port.close();
      this.#table.failPeer(peer, closedHere(`the link of "${this.self}"`), true);
    }
  }

  async abort(error: unknown): Promise<void> {
    if (!this.#open) return;
    this.#flush();
    const reason = abortReason(this.self, error);
    for (const port of this.#ports.values()) port.postMessage(['abort', reason], []);
  }
}

/** The transport of party `self`, given its port to each peer. */
export const portTransport = (
  self: string,
  ports: Readonly<Record<string, PortLike>>,
): AbortableTransport => {
  if (self in ports) fail('INVALID_ARGUMENT', `"${self}" was given a port to itself`);
  for (const [peer, port] of Object.entries(ports)) {
    if (typeof port?.postMessage !== 'function') {
      fail('INVALID_ARGUMENT', `what was given as the port to "${peer}" is no MessagePort`);
    }
  }
  return new PortTransport(self, ports);
};
