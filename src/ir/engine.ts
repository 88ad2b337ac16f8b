/** @file A party's engine: runs jobs over a channel to its peers, with material from a dealer, and keeps its objects. */

import { Scratch } from '../dealer/scratch.ts';
import { TesseraError } from '../errors.ts';
import type { Value } from '../gates/gate.ts';
import type { Channel } from '../link/link.ts';
import { eventLoop } from '../link/tick.ts';
import type { AnyArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg, randomBytes } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { analyse } from './analysis.ts';
import { decodeTensor, encodeTensor } from './encode.ts';
import { connectDealer, type Line, type Material, type StoredMaterial } from './engine-material.ts';
import { type Exported, exportEntries } from './export.ts';
import type { Tensor, Watched } from './graph.ts';
import type { Job } from './job.ts';
import { measureLink } from './link-measure.ts';
import { type OpProfile, PartyRun, type Role, type Wait } from './party.ts';
import type { LinkMeasure } from './plan.ts';
import { type Entry, isTensor, Store } from './store.ts';

export type { Material, StoredMaterial } from './engine-material.ts';
export type { Job } from './job.ts';

export interface EngineOptions {
  readonly ring: Ring;
  readonly field: Field;
  /** Fraction bits of fixed-point numbers. */
  readonly fraction: number;
  readonly rank: number;
  /** By rank. */
  readonly parties: readonly string[];
  /** To the other parties. */
  readonly channel: Channel;
  /**
   * `first`: rank 0 deals (TrustedFirstParty). `third`: a server that sees no data; its channel has one peer. `stored`:
   * somebody has dealt before.
   */
  readonly dealer:
    | { readonly kind: 'first' }
    | { readonly kind: 'third'; readonly channel: Channel }
    | StoredMaterial;
  /** Measure the link between two parties first. */
  readonly measure?: boolean;
}

export interface RunStats {
  readonly rounds: number;
  /** Payload bytes sent to all peers together. */
  readonly bytes: number;
  /** Bytes of corrections that rank 0 used (0 elsewhere). */
  readonly dealerBytes: number;
  readonly ms: number;
  readonly ops: Readonly<Record<string, OpProfile>>;
}

export interface RunResult {
  /** Per output: the decoded public value where the job asks for it and this party may know it. */
  readonly revealed: readonly (Tensor | undefined)[];
  readonly stats: RunStats;
  /**
   * The first op at which numbers left the range, in a program that is watched, or in one that made its inputs. Then nothing is
   * revealed, and what the job would have made is not to be used.
   */
  readonly left?: Watched;
}

export class PartyEngine {
  readonly #o: EngineOptions;
  readonly #role: Role;
  readonly #store: Store;
  readonly #material: Material;
  readonly #objects = new Map<number, Entry>();
  /** Objects that are not to be used: numbers left the range as they were made. */
  readonly #spoilt = new Map<number, Watched>();
  #base = 0;
  readonly #line: Line;
  #tail: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #link: LinkMeasure | undefined;
  /** What was sent in this round and found no room yet. */
  readonly #sending: Promise<void>[] = [];
  readonly stats = { jobs: 0, rounds: 0, bytes: 0, dealerBytes: 0, ms: 0 };

  private constructor(o: EngineOptions, seed: Uint8Array, material: Material) {
    this.#o = o;
    const { ring, field, rank, parties } = o;
    this.#role = { ring, field, rank, parties: parties.length, prg: new Prg(ring, seed) };
    this.#store = new Store(ring);
    this.#material = material;
    this.#line = lineOf(o);
  }

  /** Draws this party's seed and gives it to the dealer alone. */
  static async start(o: EngineOptions): Promise<PartyEngine> {
    if (o.dealer.kind === 'stored') return new PartyEngine(o, o.dealer.seed, o.dealer.material);
    const seed = randomBytes(32);
    const engine = new PartyEngine(o, seed, await connectDealer(o, seed));
    if (o.measure) engine.#link = await measureLink(engine.#line, o.rank);
    return engine;
  }

  /** What was measured of the link, the same at both parties. */
  get link(): LinkMeasure | undefined {
    return this.#link;
  }

  /** Bytes of ring memory: in use, and the most so far. */
  get memory(): { used: number; peak: number } {
    const { used, peak } = this.#o.ring.heap;
    return { used, peak };
  }

  /**
   * Runs a job after all earlier ones. After a job that failed on its way no other can run: the parties may stand at
   * different rounds, and their streams must not be used for something else. `privates` are this party's private inputs by name. Every party must be given
   * the same jobs in the same order.
   */
  run(job: Job, privates: ReadonlyMap<number, Tensor> = new Map()): Promise<RunResult> {
    return this.#queue(() => this.#run(job, privates));
  }

  /** Forgets objects, after all earlier jobs. */
  free(ids: readonly number[]): Promise<void> {
    return this.#queue(async () => {
      this.#material.free(ids);
      for (const id of ids) {
        const entry = this.#objects.get(id);
        if (entry) this.#store.release(entry);
        this.#objects.delete(id);
        this.#spoilt.delete(id);
      }
    });
  }

  /** This party's shares of objects, after all earlier jobs. */
  export(ids: readonly number[]): Promise<Exported> {
    const { ring, field, rank } = this.#o;
    return this.#queue(async () => {
      const left = ids.map((id) => this.#spoilt.get(id)).find((found) => found !== undefined);
      if (left)
        throw new TesseraError(
          'RANGE',
          `an object cannot be kept: numbers left the range at ${left.op}${left.site === undefined ? '' : ` (${left.site})`}`,
          { ...left },
        );
      return exportEntries(
        ring,
        field,
        rank,
        ids.map((id) => this.#object(id)),
      );
    });
  }

  async close(): Promise<void> {
    await this.#queue(async () => this.#material.close());
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work);
    this.#tail = next.catch(() => {});
    return next;
  }

  async #run(job: Job, privates: ReadonlyMap<number, Tensor>): Promise<RunResult> {
    if (this.#failure) throw stopped(this.#failure.error);
    const spoilt = job.ins.map((id) => this.#spoilt.get(id)).find((left) => left !== undefined);
    if (spoilt) return this.#skip(job, spoilt);
    const ins = job.ins.map((id) => this.#object(id));
    const scratch = new Scratch(this.#o.ring, this.#o.field);
    try {
      return await this.#runOn(job, ins, privates, scratch);
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      scratch.end();
    }
  }

  /** Every party skips the job, and no dealer hears of it. */
  #skip(job: Job, left: Watched): RunResult {
    if (this.#material.skip?.(job)) this.#base += analyse(job.graph).gates;
    this.#spoil(job, left);
    return { revealed: [], stats: { rounds: 0, bytes: 0, dealerBytes: 0, ms: 0, ops: {} }, left };
  }

  #spoil(job: Job, left: Watched): void {
    for (const id of job.outs) if (id >= 0) this.#spoilt.set(id, left);
  }

  async #runOn(
    job: Job,
    ins: readonly Entry[],
    privates: ReadonlyMap<number, Tensor>,
    scratch: Scratch,
  ): Promise<RunResult> {
    const start = performance.now();
    const own = new Map<number, AnyArray>();
    for (const [name, tensor] of privates) own.set(name, encodeTensor(scratch, tensor, this.#o.fraction));
    const base = this.#base;
    this.#base += analyse(job.graph).gates;
    await this.#material.start(job, this.#line);
    const run = new PartyRun(this.#role, this.#store, own);
    const before = this.#material.used;
    const { outs, bytes } = await this.#drive(run, job, base, ins);
    this.#material.finish();
    const revealed = outs.map((entry, i) => this.#keep(job, entry, i));
    const ms = performance.now() - start;
    const dealerBytes = this.#material.used - before;
    const stats = { rounds: run.rounds, bytes, dealerBytes, ms, ops: Object.fromEntries(run.profile) };
    this.stats.jobs++;
    this.stats.rounds += run.rounds;
    this.stats.bytes += bytes;
    this.stats.dealerBytes += dealerBytes;
    this.stats.ms += ms;
    if (run.left === undefined) return { revealed, stats };
    const left = job.graph.watched![run.left]!;
    this.#spoil(job, left);
    return { revealed: [], stats, left };
  }

  /** Feeds a run with messages and material until it ends. */
  async #drive(run: PartyRun, job: Job, base: number, ins: readonly Entry[]) {
    const steps = run.run(job.graph, base, ins);
    let bytes = 0;
    let next = steps.next([]);
    while (!next.done) {
      const wait: Wait = next.value;
      if (wait.kind === 'material') {
        const chunks = this.#material.take(wait.gate);
        next = steps.next(chunks instanceof Promise ? await chunks : chunks);
        continue;
      }
      if (wait.kind === 'revealed') {
        await this.#material.revealed(wait.gate, wait.value, this.#line);
        next = steps.next([]);
        continue;
      }
      if (wait.kind === 'receive') {
        next = steps.next(await this.#receive(wait));
        continue;
      }
      for (const [peer, message] of wait.send) {
        // Counted first: the channel owns a message once it is sent, and may detach it.
        bytes += message.length;
        this.#send(peer, message);
      }
      if (wait.turn) await eventLoop();
      next = steps.next([]);
    }
    return { outs: next.value, bytes };
  }

  #send(peer: number, message: Uint8Array<ArrayBuffer>): void {
    const sent = this.#line.send(peer, message);
    if (!sent) return;
    sent.catch(() => {});
    this.#sending.push(sent);
  }

  /** At the end of a round all that was sent has to be on its way too: sooner, two parties might wait for each other. */
  async #receive({ from, end }: Wait & { kind: 'receive' }): Promise<ReadonlyMap<number, Uint8Array>> {
    const answer = new Map<number, Uint8Array>();
    const pending = from.map(async (peer) => {
      answer.set(peer, await this.#line.recv(peer));
    });
    const all = Promise.all(end ? [...pending, ...this.#sending.splice(0)] : pending);
    if (this.#material.idle && from.length > 0) await this.#dealAhead(() => answer.size === from.length, all);
    await all;
    return answer;
  }

  /** Deals for later gates as long as the peers' messages are on their way. */
  async #dealAhead(done: () => boolean, all: Promise<unknown>): Promise<void> {
    all.catch(() => {});
    for (await eventLoop(); !done() && this.#material.idle; await eventLoop()) this.#material.ahead!();
  }

  #object(id: number): Entry {
    const entry = this.#objects.get(id);
    if (!entry)
      throw new TesseraError(
        'INVALID_ARGUMENT',
        `object ${id} is not on this SPU: it was freed or never made`,
        { id },
      );
    return entry;
  }

  /** Stores an output, or decodes and frees it. */
  #keep(job: Job, entry: Entry, i: number): Tensor | undefined {
    const shown = job.reveal?.[i];
    const shape = job.graph.types[job.graph.outs[i]!]!.shape;
    let result: Tensor | undefined;
    if (shown && isTensor(entry)) result = entry;
    else if (shown && (entry as Value).c && !(entry as Value).r) {
      result = decodeTensor(this.#o.ring, (entry as Value).c!, shape, shown.dtype, this.#o.fraction);
    }
    const id = job.outs[i]!;
    if (id < 0) this.#store.release(entry);
    else this.#objects.set(id, entry);
    return result;
  }
}

/** Tags rise by one to and from each rank: not every round has a message for everybody. 0 is the seed's. */
const lineOf = ({ channel, parties }: EngineOptions): Line => {
  const next = (tags: Map<number, number>, peer: number): number => {
    const tag = tags.get(peer) ?? 1;
    tags.set(peer, tag + 1);
    return tag;
  };
  const [to, from] = [new Map<number, number>(), new Map<number, number>()];
  return {
    send: (peer, message) => channel.send(parties[peer]!, next(to, peer), message),
    recv: (peer) => channel.recv(parties[peer]!, next(from, peer)),
  };
};

const stopped = (cause: unknown): TesseraError => {
  const { code = 'PARTY_FAILED', message = String(cause) } = cause as Partial<TesseraError>;
  return new TesseraError(
    code,
    `an earlier job of this SPU failed, so no other can run: ${message}`,
    {},
    cause,
  );
};
