/**
 * @file The threads of one simulated SPU, seen from the driver. The driver gives every party the same jobs in the same
 * order, and each party its own private inputs; the parties talk to each other through ports that it does not hold.
 */

import { portPair, startThread } from '#device-runtime';
import { TesseraError } from '../errors.ts';
import { inputBits } from '../ir/compile/guard-range.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Graph, Tensor } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import type { RunStats } from '../ir/run/run-result.ts';
import type { PortLike } from '../link/port.ts';
import type { ShapeOptions } from '../link/shaper.ts';
import { FIELDS } from '../ring/field.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { RunningThread } from './device-runtime.ts';
import type { Received } from './events.ts';
import { measuresLink } from './measured.ts';
import {
  type Duty,
  type FromThread,
  packError,
  type SentError,
  type ToThread,
  unpackError,
} from './messages.ts';
import type { SpuBackend } from './mode.ts';
import type { Op } from './operation.ts';
import type { Outcome, Work } from './work.ts';

interface Settle {
  resolve(link: LinkMeasure | undefined): void;
  reject(error: unknown): void;
}

export type StartThread = typeof startThread;

interface Pending {
  readonly op: Op;
  readonly answers: number;
  readonly progress: Work['progress'];
  readonly stats: (RunStats | undefined)[];
  /** Why it was given up, as the party says whose own error it is. */
  error: TesseraError | undefined;
  revealed: readonly (Tensor | undefined)[];
  left: number;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly name: string;
  readonly running: RunningThread;
  ready: boolean;
  /** It has failed: what it says from then on follows from that. */
  failed: boolean;
}

/** Graphs that the threads remember. */
const REMEMBERED = 128;
/** How long the threads that failed because another did may take to say so, before the first error is passed on. */
const SETTLE_MS = 300;
/** How long a thread may take to end by itself. */
const GRACE_MS = 3000;

/** Errors that follow from another party's error. */
const FOLLOWING: ReadonlySet<string> = new Set(['PARTY_FAILED', 'PEER_LOST', 'CLOSED']);

export class SpuThreads implements SpuBackend {
  readonly parties: readonly string[];
  readonly ready: Promise<LinkMeasure | undefined>;
  /** Peak bytes of ring memory, by rank. */
  readonly memory: number[];
  readonly #startThread: StartThread;
  readonly #onReceived: Received | undefined;
  readonly #threads: Thread[];
  readonly #pending = new Map<number, Pending>();
  readonly #exports = new Map<number, { resolve(exported: Exported): void; reject(error: unknown): void }>();
  readonly #graphs = new Map<Graph, number>();
  readonly #started: Settle;
  #link: LinkMeasure | undefined;
  #next = 0;
  #nextGraph = 0;
  #failure: TesseraError | undefined;
  #suspect: { error: TesseraError; timer: ReturnType<typeof setTimeout> } | undefined;
  #closing: Promise<void> | undefined;

  /** `start`: for threads that are not in this process. `onReceived` is shown what arrives at each party from the others. */
  constructor(
    config: SpuConfig,
    link: ShapeOptions | undefined,
    { start = startThread, onReceived }: { start?: StartThread; onReceived?: Received | undefined } = {},
  ) {
    this.#onReceived = onReceived;
    const { parties, runtime } = config;
    this.#startThread = start;
    this.parties = parties;
    this.memory = parties.map(() => 0);
    let started: Settle | undefined;
    this.ready = new Promise((resolve, reject) => {
      started = { resolve, reject };
    });
    this.#started = started!;
    this.ready.catch(() => {});
    const together = runtime.beaverType === 'MultiParty';
    const dealer = runtime.beaverType === 'TrustedThirdParty' ? dealerName(parties) : undefined;
    const names = dealer === undefined ? parties : [...parties, dealer];
    const ports = connect(names);
    this.#threads = names.map((self, rank) => {
      const kind = self === dealer ? 'dealer' : 'party';
      const { field, fraction, threads, memoryLimit: maxBytes } = runtime;
      const duty = {
        kind,
        self,
        rank,
        parties,
        dealer,
        together,
        field,
        fraction,
        link,
        bandwidth: runtime.link?.bandwidth,
        threads,
        maxBytes,
      } as const;
      const bits = inputBits(FIELDS[field], runtime.rangeGuard);
      const watched = onReceived !== undefined && kind === 'party';
      return this.#start(
        { ...duty, inputBits: bits, measure: measuresLink(config), watched },
        ports.get(self)!,
      );
    });
  }

  #start(duty: Duty, ports: ReadonlyMap<string, PortLike>): Thread {
    const running = this.#startThread(duty, ports, {
      message: (message) => this.#receive(thread, duty.rank, message),
      error: (e) => this.#lost(thread, unpackError(packError(e)), true),
      exit: (code) => {
        if (this.#closing === undefined)
          this.#lost(
            thread,
            new TesseraError('PARTY_FAILED', `its thread has ended (exit code ${code})`),
            true,
          );
      },
    });
    const thread: Thread = { name: duty.self, running, ready: false, failed: false };
    return thread;
  }

  /** Runs a job at all parties, after all earlier ones. */
  run(work: Work): Promise<Outcome> {
    if (this.#failure !== undefined) return Promise.reject(this.#about(work.op, this.#failure));
    const { ins, outs, reveal, privates, sources, answers = 0, progress } = work;
    const number = this.#next++;
    const job = { graph: this.#remember(work.graph), ins, outs, ...(reveal && { reveal }) };
    const from = (rank: number) =>
      sources!.flatMap((s, name) => (s.rank === rank ? [[name, s.key, s.leaf] as const] : []));
    return new Promise((resolve, reject) => {
      const left = this.parties.length;
      this.#pending.set(number, {
        op: work.op,
        answers,
        progress,
        stats: [],
        error: undefined,
        revealed: [],
        left,
        resolve,
        reject,
      });
      this.#hold();
      this.parties.forEach((_, rank) => {
        this.#post(rank, {
          kind: 'job',
          number,
          job,
          privates: privates?.get(rank) ?? new Map(),
          ...(sources && { sources: from(rank) }),
          answers: rank === answers,
          tells: rank === answers && progress !== undefined,
        });
      });
    });
  }

  /** Forgets objects, after all earlier jobs. */
  free(ids: readonly number[]): void {
    if (ids.length === 0 || this.#failure !== undefined || this.#closing !== undefined) return;
    this.#postAll({ kind: 'free', ids });
  }

  /** The shares of one party, after all earlier jobs. */
  export(ids: readonly number[], rank: number): Promise<Exported> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const number = this.#next++;
    return new Promise((resolve, reject) => {
      this.#exports.set(number, { resolve, reject });
      this.#hold();
      this.#post(rank, { kind: 'export', number, ids });
    });
  }

  #exported(message: FromThread & { kind: 'exported' | 'unexported' }): void {
    const waiting = this.#exports.get(message.number);
    this.#exports.delete(message.number);
    this.#hold();
    if (message.kind === 'exported') waiting?.resolve(message.exported);
    else waiting?.reject(unpackError(message.error));
  }

  /** Ends the threads, by themselves if they can. Calls that wait are rejected. */
  close(reason: TesseraError): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: TesseraError): Promise<void> {
    const busy = this.#pending.size > 0 || this.#exports.size > 0;
    const kill = this.#failure !== undefined || busy || this.#threads.some((t) => !t.ready);
    if (this.#failure === undefined) this.#fail(reason);
    if (kill) {
      await Promise.all(this.#threads.map((t) => t.running.terminate()));
      return;
    }
    for (const t of this.#threads) {
      t.running.hold(true);
      t.running.post({ kind: 'close' });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GRACE_MS);
    });
    await Promise.race([Promise.all(this.#threads.map((t) => t.running.exited)), late]);
    clearTimeout(timer);
    await Promise.all(this.#threads.map((t) => t.running.terminate()));
  }

  #post(rank: number, message: ToThread): void {
    this.#threads[rank]!.running.post(message);
  }

  #postAll(message: ToThread): void {
    for (const rank of this.parties.keys()) this.#post(rank, message);
  }

  /** The number of a graph; sends it when the threads do not have it. */
  #remember(graph: Graph): number {
    const known = this.#graphs.get(graph);
    if (known !== undefined) {
      this.#graphs.delete(graph);
      this.#graphs.set(graph, known);
      return known;
    }
    const id = this.#nextGraph++;
    this.#graphs.set(graph, id);
    this.#postAll({ kind: 'graph', id, graph });
    for (const [old, oldId] of this.#graphs) {
      if (this.#graphs.size <= REMEMBERED) break;
      this.#graphs.delete(old);
      this.#postAll({ kind: 'forget', id: oldId });
    }
    return id;
  }

  #receive(thread: Thread, rank: number, message: FromThread): void {
    if (message.kind === 'failed') {
      this.#lost(thread, unpackError(message.error));
      return;
    }
    if (message.kind === 'ready') {
      thread.ready = true;
      this.#link ??= message.link;
      if (this.#threads.every((t) => t.ready)) this.#started.resolve(this.#link);
      this.#hold();
      return;
    }
    if (message.kind === 'exported' || message.kind === 'unexported') {
      this.#exported(message);
      return;
    }
    if (message.kind === 'received') {
      this.#onReceived?.(message.from, message.bytes, thread.name);
      return;
    }
    const pending = this.#pending.get(message.number);
    if (pending === undefined) return;
    if (message.kind === 'progress') {
      pending.progress?.(message.progress);
      return;
    }
    this.memory[rank] = Math.max(this.memory[rank]!, message.memory.peak);
    if (message.kind === 'givenUp') pending.error = worse(pending.error, thread.name, message.error);
    else {
      pending.stats[rank] = message.stats;
      if (rank === pending.answers) pending.revealed = message.revealed;
    }
    if (--pending.left > 0) return;
    this.#pending.delete(message.number);
    this.#hold();
    if (pending.error) {
      pending.reject(this.#about(pending.op, pending.error));
      return;
    }
    pending.resolve({
      revealed: pending.revealed,
      stats: pending.stats as RunStats[],
      left: message.kind === 'done' ? message.left : undefined,
    });
  }

  /** A thread cannot go on. The error that the others' errors follow from is the one to show. */
  #lost(thread: Thread, error: TesseraError, first = !FOLLOWING.has(error.code)): void {
    if (thread.failed || this.#failure !== undefined || this.#closing !== undefined) return;
    thread.failed = true;
    const named = new TesseraError(
      error.code === 'PEER_LOST' ? 'PARTY_FAILED' : error.code,
      `at ${thread.name}: ${error.message}`,
      { ...error.info, party: thread.name },
      error,
    );
    if (first) {
      this.#fail(named);
      return;
    }
    this.#suspect ??= { error: named, timer: setTimeout(() => this.#fail(named), SETTLE_MS) };
  }

  /** Rejects all that waits, and all that comes, and ends the threads. */
  #fail(failure: TesseraError): void {
    if (this.#failure !== undefined) return;
    clearTimeout(this.#suspect?.timer);
    this.#failure = failure;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const p of pending) p.reject(this.#about(p.op, failure));
    for (const waiting of this.#exports.values()) waiting.reject(failure);
    this.#exports.clear();
    this.#started.reject(failure);
    this.#hold();
    if (this.#closing === undefined && failure.code !== 'CLOSED')
      for (const t of this.#threads) void t.running.terminate();
  }

  /** The failure of the SPU, as what was called hears of it. */
  #about({ number, what, site }: Op, failure: TesseraError): TesseraError {
    const where = site === undefined ? '' : `, called at ${site}`;
    return new TesseraError(
      failure.code,
      `SPU(${this.parties.join(', ')}) op #${number} (${what}${where}) failed ${failure.message}`,
      { ...failure.info, op: number, program: what, site },
      failure,
    );
  }

  /** Threads keep the process alive only while they start, or something waits for them. */
  #hold(): void {
    const busy = this.#pending.size > 0 || this.#exports.size > 0 || this.#threads.some((t) => !t.ready);
    for (const { running } of this.#threads) running.hold(busy && this.#failure === undefined);
  }
}

/** Of what parties say of a job that was given up: the error of the one where it failed. */
const worse = (known: TesseraError | undefined, party: string, sent: SentError): TesseraError => {
  const error = unpackError(sent);
  if (known?.info.at !== undefined) return known;
  // Others say whom they have it from.
  if (error.info.party !== undefined) return known ?? error;
  return new TesseraError(
    error.code,
    `at ${party}: ${error.message}`,
    { ...error.info, party, at: party },
    error,
  );
};

/** A name for the dealer's thread that no party has. */
const dealerName = (parties: readonly string[]): string => {
  let name = 'dealer';
  while (parties.includes(name)) name += "'";
  return name;
};

/** A pair of ports for each pair of threads. */
const connect = (names: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, PortLike>> => {
  const ports = new Map(names.map((name) => [name, new Map<string, PortLike>()]));
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) {
      const [here, there] = portPair();
      ports.get(a)!.set(b, here);
      ports.get(b)!.set(a, there);
    }
  });
  return ports;
};
