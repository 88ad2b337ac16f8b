/** @file A party's engine: runs jobs over a channel to its peers, with material from a dealer, and keeps its objects. */

import { Scratch } from '../../dealer/scratch.ts';
import { TesseraError } from '../../errors.ts';
import type { Value } from '../../gates/gate.ts';
import { eventLoop } from '../../link/tick.ts';
import { Prg, randomBytes } from '../../ring/prg.ts';
import { analyse } from '../compile/analysis.ts';
import type { LinkMeasure } from '../compile/plan.ts';
import type { Tensor } from '../ops/graph.ts';
import { decodeTensor } from './encode.ts';
import { connectDealer } from './engine-material.ts';
import type { EngineOptions } from './engine-options.ts';
import { Pace } from './event-loop-pace.ts';
import { type Exported, exportEntries } from './export.ts';
import { afterFailure, Faults, GivenUp, isPassing, type Stopped } from './faults.ts';
import type { Job, Place } from './job.ts';
import { measureLink } from './link-measure.ts';
import type { Kept } from './mask-stream.ts';
import { decodeOutside } from './outside.ts';
import { OwnInputs } from './own-inputs.ts';
import { type Material, RankChannel } from './party-material.ts';
import type { Role, Wait } from './party-role.ts';
import { PartyRun } from './party-run.ts';
import { type HearProgress, ProgressWatch } from './progress.ts';
import type { Left, RunResult } from './run-result.ts';
import { type Entry, isTensor, Store } from './store.ts';

export class PartyEngine {
  readonly #o: EngineOptions;
  readonly #role: Role;
  readonly #store: Store;
  readonly #material: Material;
  readonly #objects = new Map<number, { readonly entry: Entry; readonly job: number }>();
  /** Objects that are no more, or never came to be, and why. */
  readonly #lost = new Map<number, TesseraError>();
  /** Objects that are not to be used: numbers left the range as they were made. */
  readonly #spoilt = new Map<number, Left>();
  #next: Place = { number: 0, gate: 0 };
  /** The last job that was begun, and the last that was given up. */
  #begun = -1;
  #given: { readonly through: number; readonly cause: TesseraError } | undefined;
  readonly #faults: Faults;
  /** Ends the wait that the running job is in. */
  #interrupt: (() => void) | undefined;
  readonly #ranks: RankChannel;
  #tail: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  /** What was measured of the link, the same at both parties. */
  readonly link: LinkMeasure | undefined;
  /** What was sent in this round and found no room yet. */
  readonly #sending: Promise<void>[] = [];
  readonly stats = { jobs: 0, rounds: 0, bytes: 0, dealerBytes: 0, ms: 0 };
  readonly #pace: Pace;

  private constructor(
    o: EngineOptions,
    ranks: RankChannel,
    seed: Uint8Array,
    material: Material,
    pace: Pace,
    store: Store,
    link?: LinkMeasure,
  ) {
    this.#pace = pace;
    this.link = link;
    this.#o = o;
    const { ring, field, rank, parties } = o;
    this.#role = {
      ring,
      field,
      rank,
      parties: parties.length,
      prg: new Prg(ring, seed),
      made: material.made,
    };
    this.#store = store;
    this.#material = material;
    this.#ranks = ranks;
    this.#faults = new Faults(o.dealer.kind === 'third' ? [o.faults, o.dealer.faults] : [o.faults], () => {
      if (this.#faults.limit <= this.#begun) this.#interrupt?.();
      void this.#queue(() => this.#settled()).catch(() => {});
    });
  }

  /** Draws this party's seed and gives it to the dealer alone. */
  static async start(o: EngineOptions): Promise<PartyEngine> {
    const ranks = new RankChannel(o.channel, o.parties);
    const pace = new Pace();
    const store = new Store(o.ring);
    if (o.dealer.kind === 'stored')
      return new PartyEngine(o, ranks, o.dealer.seed, o.dealer.material, pace, store);
    const seed = randomBytes(32);
    const link = o.measure ? await measureLink(ranks, o.rank) : undefined;
    const known = { ...o, bandwidth: link?.bandwidth ?? o.bandwidth };
    const material = await connectDealer(known, ranks, seed, pace, store.masks);
    return new PartyEngine(o, ranks, seed, material, pace, store, link);
  }

  /** Transfers of both directions so far, where two parties make their material between them. */
  get transfers(): number {
    return this.#material.transfers ?? 0;
  }

  /** Bytes of ring memory: in use, and the most so far. */
  get memory(): { used: number; peak: number } {
    const { used, peak } = this.#o.ring.heap;
    return { used, peak };
  }

  /** Why no job can run any more, if that is so. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /**
   * Runs a job after all earlier ones. `privates` are this party's private inputs by name. Every party must be given the same
   * jobs in the same order. A job that fails at any party is given up by all (faults.ts): it rejects, what it held is free
   * again, its objects are lost, and the next job runs. `hear` is told how far it is. Only a party that is lost and programs that differ end the engine.
   */
  run(job: Job, privates: ReadonlyMap<number, Tensor> = new Map(), hear?: HearProgress): Promise<RunResult> {
    const result = this.#queue(() => this.#run(job, privates, hear));
    void this.#queue(() => this.#settled());
    return result;
  }

  /** Forgets objects, after all earlier jobs. */
  free(ids: readonly number[]): Promise<void> {
    return this.#queue(async () => {
      this.#material.free(ids);
      for (const id of ids) {
        const object = this.#objects.get(id);
        if (object) this.#store.release(object.entry);
        this.#objects.delete(id);
        this.#lost.delete(id);
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

  async #run(job: Job, privates: ReadonlyMap<number, Tensor>, hear?: HearProgress): Promise<RunResult> {
    await this.#settled();
    if (this.#failure) throw afterFailure(this.#failure.error);
    const place = this.#next;
    this.#next = { number: place.number + 1, gate: place.gate + analyse(job.graph).gates };
    const spoilt = job.ins.map((id) => this.#spoilt.get(id)).find((left) => left !== undefined);
    if (spoilt) return this.#skip(job, spoilt);
    const ins = this.#admit(job, place);
    const scratch = new Scratch(this.#o.ring, this.#o.field);
    const own = new OwnInputs(scratch, privates, this.#o.fraction);
    const run = new PartyRun(this.#role, this.#store, own);
    this.#begun = place.number;
    let hidden = true;
    try {
      own.encode(job.graph);
      hidden = false;
      return await this.#runOn(job, place, ins, run, hear);
    } catch (error) {
      run.abandon();
      scratch.end();
      throw await this.#giveUp(job, { job: place.number, error, hidden });
    } finally {
      scratch.end();
    }
  }

  /** Every party skips the job, and no dealer hears of it. */
  #skip(job: Job, left: Left): RunResult {
    this.#material.skip(new Set(this.#objects.keys()));
    this.#spoil(job, left);
    return { revealed: [], stats: { rounds: 0, bytes: 0, dealerBytes: 0, ms: 0, ops: {} }, left };
  }

  #spoil(job: Job, left: Left): void {
    for (const id of job.outs) if (id >= 0) this.#spoilt.set(id, left);
  }

  /** What a job takes. Throws where it cannot be begun, which is the same at every party. */
  #admit(job: Job, place: Place): Entry[] {
    try {
      if (this.#given && place.number <= this.#given.through) throw this.#given.cause;
      return job.ins.map((id) => this.#object(id));
    } catch (error) {
      this.#lose(job.outs, error as TesseraError);
      this.#material.skip(new Set(this.#objects.keys()));
      throw error;
    }
  }

  #lose(ids: readonly number[], cause: TesseraError): void {
    for (const id of ids) if (id >= 0) this.#lost.set(id, cause);
  }

  /** Gives up a job that could not go on here, or that others have given up. Returns the error to throw. */
  async #giveUp({ outs }: Job, stopped: Stopped & { readonly error: unknown }): Promise<unknown> {
    const { job, error } = stopped;
    if (!isPassing(error)) {
      this.#failure = { error };
      return error;
    }
    await this.#settle(error instanceof GivenUp ? { job } : stopped);
    if (this.#failure) return error instanceof GivenUp ? this.#failure.error : error;
    const { cause } = this.#given!;
    this.#lose(outs, cause);
    return cause;
  }

  /** Does what is to be done when others have given up a job that is over here, or is the next. */
  async #settled(): Promise<void> {
    while (this.#faults.limit <= this.#next.number && !this.#failure) await this.#settle();
  }

  /** `stopped`: the job that ends here unfinished, and why, if not because of others. */
  async #settle(stopped?: Stopped): Promise<void> {
    this.#sending.length = 0;
    this.#material.stop();
    try {
      const { from, through, cause } = await this.#faults.settle(this.#begun, stopped);
      this.#given = { through, cause };
      for (const [id, { job }] of this.#objects)
        if (job >= from) {
          this.#objects.delete(id);
          this.#lost.set(id, cause);
        }
      this.#store.keepOnly([...this.#objects.values()].map(({ entry }) => entry));
      this.#ranks.reopen();
      this.#material.abandon(new Set(this.#objects.keys()));
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** The promise's result, if no other party gives up before. */
  #unlessGivenUp<T>(promise: Promise<T>): Promise<T> {
    if (this.#faults.limit <= this.#begun) {
      promise.catch(() => {});
      return Promise.reject(new GivenUp());
    }
    return new Promise<T>((resolve, reject) => {
      this.#interrupt = () => reject(new GivenUp());
      promise.then(resolve, reject);
    });
  }

  async #runOn(
    job: Job,
    place: Place,
    ins: readonly Entry[],
    run: PartyRun,
    hear: HearProgress | undefined,
  ): Promise<RunResult> {
    const start = performance.now();
    const watch = hear && new ProgressWatch(hear);
    run.watch = watch;
    const started = this.#material.start(job, this.#ranks, place);
    if (started) await this.#unlessGivenUp(started);
    const before = this.#material.used;
    const { outs, bytes } = await this.#drive(run, job, place.gate, ins, watch);
    const finished = this.#material.finish();
    if (finished) await this.#unlessGivenUp(finished);
    const revealed = outs.map((entry, i) => this.#keep(job, place.number, entry, i));
    const ms = performance.now() - start;
    watch?.tell(run.rounds, bytes, true);
    const dealerBytes = this.#material.used - before;
    const stats = { rounds: run.rounds, bytes, dealerBytes, ms, ops: Object.fromEntries(run.profile) };
    this.stats.jobs++;
    this.stats.rounds += run.rounds;
    this.stats.bytes += bytes;
    this.stats.dealerBytes += dealerBytes;
    this.stats.ms += ms;
    if (run.left === undefined) return { revealed, stats };
    const left = { ...job.graph.watched![run.left]!, job: place.number };
    this.#spoil(job, left);
    return { revealed: [], stats, left };
  }

  /** Feeds a run with messages and material until it ends. */
  async #drive(
    run: PartyRun,
    job: Job,
    base: number,
    ins: readonly Entry[],
    watch: ProgressWatch | undefined,
  ) {
    const steps = run.run(job.graph, base, ins);
    this.#pace.begin();
    try {
      return await this.#feed(steps, run, watch);
    } finally {
      steps.return([]);
    }
  }

  async #feed(steps: ReturnType<PartyRun['run']>, run: PartyRun, watch: ProgressWatch | undefined) {
    let bytes = 0;
    let next = steps.next([]);
    while (!next.done) {
      const wait: Wait = next.value;
      watch?.tell(run.rounds, bytes);
      if (wait.kind === 'pause') {
        if (this.#pace.due) await this.#unlessGivenUp(this.#pace.turn());
        next = steps.next([]);
        continue;
      }
      if (wait.kind === 'material') {
        const chunks = this.#material.take(wait.gate);
        next = steps.next(chunks instanceof Promise ? await this.#unlessGivenUp(chunks) : chunks);
        continue;
      }
      if (wait.kind === 'revealed') {
        const told = this.#material.revealed(wait.gate, wait.value, this.#ranks);
        if (told) await this.#unlessGivenUp(told);
        next = steps.next([]);
        continue;
      }
      if (wait.kind === 'receive') {
        const before = watch ? performance.now() : 0;
        const received = await this.#receive(wait);
        watch?.waited(performance.now() - before);
        this.#pace.begin();
        next = steps.next(received);
        continue;
      }
      for (const [peer, message] of wait.send) {
        // Counted first: the channel owns a message once it is sent, and may detach it.
        bytes += message.length;
        this.#send(peer, message);
      }
      if (wait.turn) await this.#pace.turn();
      next = steps.next([]);
    }
    return { outs: next.value, bytes };
  }

  #send(peer: number, message: Uint8Array<ArrayBuffer>): void {
    const sent = this.#ranks.send(peer, message);
    if (!sent) return;
    sent.catch(() => {});
    this.#sending.push(sent);
  }

  /** At the end of a round all that was sent has to be on its way too: sooner, two parties might wait for each other. */
  async #receive({ from, end }: Wait & { kind: 'receive' }): Promise<ReadonlyMap<number, Uint8Array>> {
    const answer = new Map<number, Uint8Array>();
    const pending = from.map(async (peer) => {
      answer.set(peer, await this.#ranks.recv(peer));
    });
    const all = Promise.all(end ? [...pending, ...this.#sending.splice(0)] : pending);
    if (this.#material.idle && from.length > 0) await this.#dealAhead(() => answer.size === from.length, all);
    await this.#unlessGivenUp(all);
    return answer;
  }

  /** Deals for later gates as long as the peers' messages are on their way. */
  async #dealAhead(done: () => boolean, all: Promise<unknown>): Promise<void> {
    all.catch(() => {});
    const on = (): boolean => !done() && this.#faults.limit > this.#begun && this.#material.idle === true;
    for (await eventLoop(); on(); await eventLoop()) this.#material.ahead!();
  }

  #object(id: number): Entry {
    const object = this.#objects.get(id);
    if (object) return object.entry;
    const lost = this.#lost.get(id);
    if (lost) throw lost;
    throw new TesseraError(
      'INVALID_ARGUMENT',
      `object ${id} is not on this SPU: it was freed or never made`,
      { id },
    );
  }

  /** Stores an output, or decodes and frees it. */
  #keep(job: Job, number: number, entry: Entry, i: number): Tensor | undefined {
    const shown = job.reveal?.[i];
    const shape = job.graph.types[job.graph.outs[i]!]!.shape;
    let result: Tensor | undefined;
    if (shown && isTensor(entry)) result = entry;
    else if (shown && (entry as Kept).outside)
      result = decodeOutside(this.#o, (entry as Kept).outside!, shape, shown.dtype);
    else if (shown && (entry as Kept).c && !(entry as Kept).r && !(entry as Kept).stream) {
      result = decodeTensor(this.#o.ring, (entry as Value).c!, shape, shown.dtype, this.#o.fraction);
    }
    const id = job.outs[i]!;
    if (id < 0) this.#store.release(entry);
    else this.#objects.set(id, { entry, job: number });
    return result;
  }
}
