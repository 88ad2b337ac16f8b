/** @file A page's side of its party's worker: the link and the engines there, as if they were here. */
import { BUILD } from '../build.ts';
import { packError, unpackError } from '../device/messages.ts';
import { quietly } from '../device/operation.ts';
import type { Production } from '../device/production/production-options.ts';
import type { NodeOptions, PartyNode } from '../device/production/spu-node.ts';
import type { Outcome, Work } from '../device/work.ts';
import { fail, TesseraError } from '../errors.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Exported } from '../ir/run/export.ts';
import type { Channel, LinkStats, Traffic } from '../link/link.ts';
import type { TransportEvents, WebSocketTransport } from '../link/websocket.ts';
import { newParty } from './lowering-client.ts';
import type { CallName, Calls, FromHost, Start } from './worker-messages.ts';
import type { PageWorker } from './workers.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Answer<N extends CallName> = Promise<ReturnType<Calls[N]>>;

const traffic = (peers: readonly string[]): Record<string, Traffic> =>
  Object.fromEntries(peers.map((peer) => [peer, { frames: 0, bytes: 0 }]));

const count = (row: Traffic | undefined, bytes: number): void => {
  if (row === undefined) return;
  row.frames += 1;
  row.bytes += bytes;
};

/** The link of a party whose engine runs in a worker. */
export class RemoteLink implements WebSocketTransport {
  readonly self: string;
  readonly parties: readonly string[];
  readonly port = undefined;
  readonly held = 0;
  readonly #worker: PageWorker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<Partial<TransportEvents>>();
  readonly #nodes = new Map<number, NodeOptions>();
  /** Who hears how far jobs are, by node and operation. */
  readonly hears = new Map<string, NonNullable<Work['progress']>>();
  readonly #o: Production;
  #identities: Readonly<Record<string, string>> = {};
  #next = 0;
  #broken: TesseraError | undefined;

  constructor(o: Production) {
    const { signal, onPeer, onReceived, onSent, emit: _, ...rest } = o;
    const { sendingFailureHandler: __, ...crossSilo } = o.crossSilo;
    const options = { ...rest, crossSilo };
    this.#o = o;
    this.self = o.self;
    this.parties = o.parties;
    this.#worker = newParty(o.self, !(o.dealer ?? o.allowTrustedFirstParty));
    this.#worker.onmessage = ({ data }: MessageEvent<FromHost>) => this.#onMessage(data);
    this.#worker.onfailure = (why) =>
      this.#break(new TesseraError('PARTY_FAILED', `the worker of this page has failed: ${why}`));
    const start: Start = {
      kind: 'party',
      build: BUILD,
      options,
      watched: { received: onReceived !== undefined, sent: onSent !== undefined },
    };
    this.#worker.post(start);
  }

  call<N extends CallName>(call: N, args: Parameters<Calls[N]>, transfer: Transferable[] = []): Answer<N> {
    if (this.#broken) return quietly(Promise.reject(this.#broken));
    const number = this.#next++;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
    });
    this.#worker.post({ number, call, args }, transfer);
    return quietly(answer) as Answer<N>;
  }

  #onMessage(message: FromHost): void {
    const handlers: { readonly [K in FromHost['kind']]: (m: FromHost & { kind: K }) => void } = {
      answer: ({ number, value }) => this.#settle(number)?.resolve(value),
      refusal: ({ number, error }) => this.#settle(number)?.reject(unpackError(error)),
      peer: ({ event }) => {
        const { error, ...rest } = event;
        const full = { ...rest, ...(error && { error: unpackError(error) }) };
        this.#o.onPeer?.(full);
        for (const listener of this.#listeners) listener.peer?.(full);
      },
      abort: ({ error }) => {
        for (const listener of this.#listeners) listener.abort?.(unpackError(error));
      },
      order: ({ node, order }) => this.#nodes.get(node)?.order(order),
      failed: ({ node, error }) => this.#nodes.get(node)?.failed(unpackError(error)),
      progress: ({ node, op, progress }) => this.hears.get(`${node} ${op}`)?.(progress),
      received: ({ party, bytes }) => this.#o.onReceived?.(party, bytes, this.#o.self),
      sent: ({ party, bytes }) => this.#o.onSent?.(party, bytes),
      broken: ({ error }) => this.#break(unpackError(error)),
    };
    (handlers[message.kind] as (m: FromHost) => void)(message);
  }

  #settle(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }

  #break(error: TesseraError): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const listener of this.#listeners) listener.abort?.(error);
    this.#worker.terminate();
  }

  get identities(): Readonly<Record<string, string>> {
    return this.#identities;
  }

  async ready(timeoutMs?: number): Promise<void> {
    this.#identities = await this.call('ready', [timeoutMs]);
  }

  on<E extends keyof TransportEvents>(event: E, listener: TransportEvents[E]): () => void {
    const entry = { [event]: listener } as Partial<TransportEvents>;
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  channel(name: string, peers: readonly string[]): Channel {
    const id = this.#next++;
    void this.call('channel', [id, name, peers]);
    const sent = traffic(peers);
    const received = traffic(peers);
    return {
      self: this.self,
      peers,
      stats: { sent, received } satisfies LinkStats,
      send: (to, tag, bytes) => {
        count(sent[to], bytes.byteLength);
        return this.call('send', [id, to, tag, bytes]);
      },
      recv: async (from, tag) => {
        const bytes = await this.call('recv', [id, from, tag]);
        count(received[from], bytes.byteLength);
        return bytes;
      },
      notice: () =>
        fail('UNSUPPORTED', 'frames are noticed where the engine runs, which is not on the page', { name }),
      close: () => void this.call('closeChannel', [id]),
    };
  }

  /** A page does not end because it has nothing to do. */
  hold(): void {}

  abort(error: unknown): Promise<void> {
    return this.call('abort', [packError(error)]);
  }

  async close(patienceMs?: number): Promise<void> {
    await this.call('close', [patienceMs]).catch(() => {});
    this.#break(new TesseraError('CLOSED', `the link of "${this.self}" was closed here`));
  }

  /** An engine in the worker. */
  node(options: NodeOptions): PartyNode {
    const id = this.#next++;
    const { config, op, dealer } = options;
    this.#nodes.set(id, options);
    void this.call('node', [id, { config, op, dealer }]);
    return new RemoteNode(this, id);
  }
}

class RemoteNode implements PartyNode {
  readonly ready: Promise<LinkMeasure | undefined>;
  readonly #link: RemoteLink;
  readonly #id: number;
  #memory: readonly number[] = [];

  constructor(link: RemoteLink, id: number) {
    this.#link = link;
    this.#id = id;
    this.ready = link.call('nodeReady', [id]);
  }

  get memory(): readonly number[] {
    return this.#memory;
  }

  async run({ progress, ...work }: Work): Promise<Outcome> {
    const key = `${this.#id} ${work.op.number}`;
    if (progress) this.#link.hears.set(key, progress);
    try {
      const { outcome, memory } = await this.#link.call('run', [this.#id, work, progress !== undefined]);
      this.#memory = memory;
      return outcome;
    } finally {
      this.#link.hears.delete(key);
    }
  }

  free(ids: readonly number[]): void {
    if (ids.length > 0) void this.#link.call('free', [this.#id, ids]);
  }

  export(ids: readonly number[]): Promise<Exported> {
    return this.#link.call('export', [this.#id, ids]);
  }

  fail(error: TesseraError): void {
    void this.#link.call('failNode', [this.#id, packError(error)]);
  }

  async close(reason: TesseraError): Promise<void> {
    await this.#link.call('closeNode', [this.#id, packError(reason)]);
  }
}
