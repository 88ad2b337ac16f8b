/**
 * @file Parties in threads of one process, a MessagePort per pair. Buffers are transferred, not copied (cheaper
 * at every size: measured from 256 bytes up); all frames of one tick to one peer are one `postMessage`.
 *
 * Where threads share memory, small frames go through it (shared.ts), and a party that waits looks there for a moment
 * before it sleeps: a round then costs microseconds instead of two times some 50 for waking a thread.
 */
import { cores } from '#kernel-host';
import { fail } from '../errors.ts';
import { type AbortReason, abortReason, closedHere, partyFailed, peerLost } from './failures.ts';
import type { Channel } from './link.ts';
import { type Carrier, ChannelTable, Handover } from './mailbox.ts';
import type { AbortableTransport } from './memory-link.ts';
import { SharedPipe, sharedMemory } from './shared.ts';
import { atEventLoop, atTickEnd } from './tick.ts';

/** What the web's MessagePort and that of node:worker_threads have in common. */
export interface PortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  removeEventListener(type: 'message' | 'close', listener: (event: { data?: unknown }) => void): void;
  start(): void;
  close(): void;
}

export interface PortOptions {
  /** Whether to share memory with the peers, where the platform has it. Off: it is joined only if a peer asks. */
  readonly shared?: boolean;
  /** Milliseconds that a party which waits polls the shared memory before it sleeps. */
  readonly spinMs?: number;
}

/** How long to poll with a core for every thread, and with fewer. */
const SPIN_MS = 0.1;
const CROWDED_SPIN_MS = 0.02;
/** The least time for which polling is worth while. */
const LEAST_SPIN_MS = 0.02;

/** A message is a flat list, which structured clone writes faster than a list of objects. */
type Message =
  | readonly ['frames', ...(string | number | Uint8Array)[]]
  | readonly ['wake']
  | readonly ['rings', out: SharedArrayBuffer, back: SharedArrayBuffer]
  | readonly ['bye']
  | readonly ['abort', AbortReason];

type Frame = readonly [key: string, tag: number, bytes: Uint8Array];

class PortTransport implements AbortableTransport, Carrier {
  readonly self: string;
  readonly parties: readonly string[];
  readonly #ports: Map<string, PortLike>;
  readonly #queues = new Map<string, (string | number | Uint8Array)[]>();
  readonly #table: ChannelTable;
  readonly #handover = new Handover();
  readonly #detach: (() => void)[] = [];
  /** Sequence numbers, and frames that came before their turn, by peer: rings and ports overtake each other. */
  readonly #sent = new Map<string, number>();
  readonly #due = new Map<string, number>();
  readonly #early = new Map<string, Map<number, Frame>>();
  readonly #out = new Map<string, SharedPipe>();
  readonly #in = new Map<string, SharedPipe>();
  readonly #mostSpin: number;
  /** Milliseconds that a wait took lately. */
  #usual = 0.05;
  /** When somebody began to wait. */
  #since = 0;
  #spinning = false;
  #resting = false;
  #flushing = false;
  #open = true;

  constructor(self: string, ports: Readonly<Record<string, PortLike>>, options: PortOptions) {
    this.self = self;
    this.#ports = new Map(Object.entries(ports));
    this.parties = [self, ...this.#ports.keys()].sort();
    this.#table = new ChannelTable(this);
    this.#mostSpin = options.spinMs ?? (this.parties.length <= cores() ? SPIN_MS : CROWDED_SPIN_MS);
    for (const [peer, port] of this.#ports) {
      this.#listen(peer, port);
      if (options.shared && self < peer && typeof SharedArrayBuffer === 'function') {
        const [out, back] = [sharedMemory(), sharedMemory()];
        this.#join(peer, out, back);
        port.postMessage(['rings', out, back], []);
      }
    }
  }

  #join(peer: string, out: SharedArrayBuffer, back: SharedArrayBuffer): void {
    this.#out.set(peer, new SharedPipe(out));
    this.#in.set(peer, new SharedPipe(back));
  }

  #listen(peer: string, port: PortLike): void {
    const message = (event: { data?: unknown }) => this.#receive(peer, event.data as Message);
    const close = () => {
      this.#drain();
      this.#table.failPeer(peer, peerLost(peer, 'its thread has ended', Date.now()));
    };
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
      this.#sendAll(to, queue);
    }
  }

  #sendAll(to: string, queue: readonly (string | number | Uint8Array)[]): void {
    const pipe = this.#out.get(to);
    const posted: (string | number | Uint8Array)[] = [];
    const transfer: ArrayBuffer[] = [];
    let seq = this.#sent.get(to) ?? 0;
    for (let i = 0; i < queue.length; i += 3) {
      const bytes = queue[i + 2] as Uint8Array<ArrayBuffer>;
      const at = seq;
      seq = (seq + 1) >>> 0;
      if (pipe?.write(at, queue[i] as string, queue[i + 1] as number, bytes)) continue;
      posted.push(at, queue[i]!, queue[i + 1]!, bytes);
      transfer.push(bytes.buffer);
      this.#handover.left(bytes.buffer);
    }
    this.#sent.set(to, seq);
    if (posted.length > 0) {
      this.#ports.get(to)!.postMessage(['frames', ...posted], transfer);
      pipe?.posted();
    } else if (pipe?.wakes()) this.#ports.get(to)!.postMessage(['wake'], []);
  }

  /** Somebody waits for a frame: look into the shared memory once this tick's frames have left. */
  waiting(): void {
    if (this.#in.size === 0) return;
    this.#since = performance.now();
    this.#look();
  }

  #look(): void {
    if (this.#spinning) return;
    this.#spinning = true;
    atTickEnd(() => this.#spin());
  }

  /** Polls until a frame comes; its promise's reactions run before the next look. */
  #spin(): void {
    this.#spinning = false;
    if (!this.#open) return;
    const start = this.#since;
    const end = start + Math.min(this.#mostSpin, Math.max(LEAST_SPIN_MS, 4 * this.#usual));
    for (const pipe of this.#in.values()) pipe.sleep(false);
    for (;;) {
      const came = this.#drain();
      const now = performance.now();
      if (came) {
        this.#usual += (now - start - this.#usual) / 8;
        this.#later();
        if (this.#table.waits > 0) this.#look();
        return;
      }
      if (now >= end || [...this.#in.values()].some((pipe) => pipe.hasPosts())) break;
    }
    this.#usual *= 0.98;
    this.#sleep();
  }

  /** Sleeps when the event loop is reached: until then whoever has work goes on and will look again. */
  #later(): void {
    if (this.#resting) return;
    this.#resting = true;
    atEventLoop(() => {
      this.#resting = false;
      if (!this.#spinning && this.#open) this.#sleep();
    });
  }

  /** From here on peers send a message that wakes this thread. */
  #sleep(): void {
    for (const pipe of this.#in.values()) pipe.sleep(true);
    this.#drain();
  }

  /** Delivers what stands in the rings. */
  #drain(): boolean {
    let came = false;
    for (const [peer, pipe] of this.#in) {
      for (let frame = pipe.read(); frame !== undefined; frame = pipe.read()) {
        came = true;
        this.#arrived(peer, frame.seq, [frame.key, frame.tag, frame.bytes]);
      }
    }
    return came;
  }

  /** In the order of sending, whichever way a frame came. */
  #arrived(peer: string, seq: number, frame: Frame): void {
    let due = this.#due.get(peer) ?? 0;
    let early = this.#early.get(peer);
    if (seq !== due) {
      if (early === undefined) {
        early = new Map();
        this.#early.set(peer, early);
      }
      early.set(seq, frame);
      return;
    }
    for (let next: Frame | undefined = frame; next !== undefined; next = early?.get(due)) {
      early?.delete(due);
      due = (due + 1) >>> 0;
      this.#table.deliver(peer, ...next);
    }
    this.#due.set(peer, due);
  }

  #receive(peer: string, message: Message): void {
    if (!Array.isArray(message)) fail('LINK', `a message from "${peer}" is not of this protocol`);
    if (message[0] === 'frames') {
      for (let i = 1; i < message.length; i += 4) {
        const [seq, key, tag, bytes] = message.slice(i, i + 4) as [number, ...Frame];
        this.#arrived(peer, seq, [key, tag, bytes]);
      }
    } else if (message[0] === 'rings') this.#join(peer, message[2], message[1]);
    // Whatever woke this thread: what was written before is in the rings by now.
    if (this.#in.size > 0) this.#sleep();
    if (message[0] === 'bye') {
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
  options: PortOptions = {},
): AbortableTransport => {
  if (self in ports) fail('INVALID_ARGUMENT', `"${self}" was given a port to itself`);
  for (const [peer, port] of Object.entries(ports)) {
    if (typeof port?.postMessage !== 'function') {
      fail('INVALID_ARGUMENT', `what was given as the port to "${peer}" is no MessagePort`);
    }
  }
  return new PortTransport(self, ports, options);
};
