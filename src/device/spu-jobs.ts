/**
 * @file The jobs of an SPU: they are given to its parties in the order of the calls, with an account of each; and what its handles
 * stand for, whose memory goes when they are gone.
 */
import { fail } from '../errors.ts';
import { coarseText } from '../ir/compile/coarse.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { log } from '../log.ts';
import type { SpuConfig } from './cluster-def.ts';
import { detailOf } from './detail.ts';
import type { DeviceSession, SPU } from './devices.ts';
import { failedAt } from './failing.ts';
import { measures } from './measured.ts';
import type { SpuBackend } from './mode.ts';
import { type DeviceObject, type Form, type Held, type Hold, SPUObject } from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';
import { Account } from './profile.ts';
import { Programs } from './programs.ts';
import { type ProgressListener, progressOf } from './progress.ts';
import { leftRange } from './range-guard.ts';
import type { Recording } from './recording.ts';
import { settingsOf } from './runtime-config.ts';
import { Shadows } from './shadows.ts';
import { checkOwn, formOf } from './spu-arguments.ts';
import type { Outcome, Work } from './work.ts';

export class SpuJobs {
  readonly session: DeviceSession;
  readonly config: SpuConfig;
  /** Undefined in the program of a party that takes no part. */
  readonly backend: SpuBackend | undefined;
  readonly programs: Programs;
  readonly account: Account;
  /** Only in a simulation with `check`. */
  readonly shadows: Shadows | undefined;
  /** Gets every job, where the SPU is recorded. */
  recording: Recording | undefined;
  /** Handles that were collected, or freed by hand: their memory goes, after what was called before. */
  readonly #collected = new FinalizationRegistry<Hold>((hold) => this.#release(hold));
  readonly #self: () => SPU;
  /** What handles stand for, as long as it has not been freed. */
  readonly #holds = new Set<Hold>();
  /** Of the operation that made it. */
  readonly #number: number;
  #next = 0;
  #tail: Promise<unknown> = Promise.resolve();
  /** Calls that wait for earlier ones. */
  #waiting = 0;
  #isMeasured: boolean;

  /** `self`: the device, once it is there. */
  constructor(session: DeviceSession, config: SpuConfig, self: () => SPU) {
    const { parties, runtime } = config;
    this.session = session;
    this.config = config;
    this.#self = self;
    this.#isMeasured = !measures(config);
    this.programs = new Programs(runtime, parties.length, (found) =>
      session.emit({ kind: 'coarse', text: coarseText(found), site: found.site }),
    );
    this.account = new Account(parties, runtime);
    const detail = detailOf({ nodes: parties, runtime_config: settingsOf(runtime) });
    const op = session.op('SPU', callSite(), detail);
    this.#number = op.number;
    this.backend = session.mode.spu(config, op);
    this.shadows =
      session.checker &&
      new Shadows(session.checker, {
        name: this.name,
        parties: parties.length,
        programs: this.programs,
        nextObject: () => this.nextObject(),
        run: (work) => this.run(work),
        free: (ids) => this.backend?.free(ids),
      });
  }

  get self(): SPU {
    return this.#self();
  }

  get name(): string {
    return `SPU(${this.config.parties.join(', ')})`;
  }

  get parties(): readonly string[] {
    return this.config.parties;
  }

  /** Is there nothing that a new program would have to wait for? */
  get isIdle(): boolean {
    return this.#waiting === 0 && !this.shadows && this.#isMeasured;
  }

  /** Does it hold anything, or has it ever? */
  get isUsed(): boolean {
    return this.#next > 0;
  }

  nextObject(): number {
    return this.#next++;
  }

  /** Waits for what `auto` plans by, where the parties measure it. */
  async measured(): Promise<void> {
    if (!this.backend || !measures(this.config)) return;
    const link = await this.backend.ready;
    this.#isMeasured = true;
    if (!link) return;
    this.programs.over(link);
    this.account.over(link);
  }

  /** Runs `work` after everything that was called before it. */
  queue<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const next = this.#tail.then(work);
    const ended = (): void => {
      this.#waiting--;
    };
    this.#tail = next.then(ended, ended);
    return next;
  }

  /** Gives a job to the parties, and its account to the books. */
  async run(work: Work, listener?: ProgressListener): Promise<Outcome> {
    this.recording?.add(work);
    const progress = this.#heard(work, listener);
    const outcome = await this.backend!.run(progress ? { ...work, progress } : work);
    this.account.add(outcome.stats);
    if (this.config.runtime.profile) console.error(this.account.text(work.op, outcome.stats));
    if (outcome.left)
      throw failedAt(this.name, work.op, leftRange(this.#number, outcome.left, this.programs.precision));
    return outcome;
  }

  /** Whoever wants to know how far a job is: who called it, and who listens to the session. */
  #heard({ op, graph }: Work, listener: ProgressListener | undefined): Work['progress'] {
    const { onProgress } = this.session;
    const listeners = [listener, onProgress].filter((l) => l !== undefined);
    if (listeners.length === 0) return undefined;
    return (progress) => {
      for (const hear of listeners) {
        try {
          hear(progressOf(op, progress, this.programs.lengthOf(graph)));
        } catch (e) {
          // It is told how far a program is, and is no part of it.
          log('error', `a listener to progress failed: ${e instanceof Error ? e.message : String(e)}`);
        }
      }
    };
  }

  /** Gives a job to the parties; a party that takes no part hears from the others when it is done. */
  async done(work: Work, listener?: ProgressListener): Promise<void> {
    const { parties } = this.config;
    await this.session.mode.share(parties, `run ${work.op.number}`, work.op, async () => {
      await this.run(work, listener);
    });
  }

  /** A handle for what will be held; its memory is freed when the handle is gone. */
  handle(
    op: Op,
    given: Promise<Held>,
    done: Promise<void>,
    part?: string,
    form?: Form,
    held?: Held,
  ): SPUObject {
    const hold: Hold = { given, done, form, held, freed: false };
    if (held === undefined)
      quietly(
        given.then((known) => {
          hold.held = known;
          hold.form ??= formOf(known);
        }),
      );
    this.#holds.add(hold);
    const object = new SPUObject(this.self, op, hold, part);
    this.#collected.register(object, hold, hold);
    return object;
  }

  /** Frees what a handle stands for, after what was called before. */
  free(object: SPUObject): void {
    this.#collected.unregister(object[INSIDE]);
    this.#release(object[INSIDE]);
  }

  /** Frees everything, after what was called before; resolves when that has been given to the parties. */
  reset(): Promise<void> {
    this.session.op('reset', callSite(), this.name);
    for (const hold of [...this.#holds]) {
      this.#collected.unregister(hold);
      this.#release(hold);
    }
    return this.queue(async () => {});
  }

  #release(hold: Hold): void {
    if (hold.freed) return;
    hold.freed = true;
    this.#holds.delete(hold);
    void this.queue(async () => {
      const { leaves } = await hold.given;
      const ids = leaves.map((l) => l.id);
      this.backend?.free(ids);
      this.shadows?.free(ids);
    });
  }

  /** What a handle stands for, once that is known. Throws INVALID_ARGUMENT where it was freed. */
  held(object: SPUObject): Promise<Held> {
    if (object[INSIDE].freed)
      fail('INVALID_ARGUMENT', `${object.toString()} was freed: it cannot be used after .free()`);
    return object[INSIDE].given;
  }

  /** Throws INVALID_ARGUMENT for a handle of another device that is no party of this SPU. */
  own(found: { object: DeviceObject; path: string }): void {
    checkOwn(found, this.self, this.name);
  }
}
