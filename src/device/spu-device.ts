/** @file What stands behind an SPU: its jobs, what enters it, calls on it, what is opened, and checkpoints. */
import { fail, TesseraError } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { deviceObjects } from './argument-trees.ts';
import type { CallOptions } from './call-options.ts';
import { dump, type Inside, load, put } from './checkpoint.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import { convert, isAlike } from './conversion.ts';
import type { DeviceSession, PYU, SPU } from './devices.ts';
import { measures, UNMEASURED } from './measured.ts';
import { type DeviceObject, type Held, type Leaving, type PYUObject, SPUObject } from './objects.ts';
import { INSIDE, LEAVE, quietly } from './operation.ts';
import type { SpuStats } from './profile.ts';
import { Recording } from './recording.ts';
import { Calls } from './spu-calls.ts';
import { Inputs } from './spu-inputs.ts';
import { SpuJobs } from './spu-jobs.ts';
import { Openings } from './spu-openings.ts';

/** The handle of what is put in. */
const handleOf = (d: Inside, work: Promise<{ held: Held; done: Promise<void> }>): SPUObject =>
  d.handle(
    work.then(({ held }) => held),
    work.then(({ done }) => done),
  );

export class SpuDevice {
  readonly #spu: SpuJobs;
  readonly #inputs: Inputs;
  readonly #calls: Calls;
  readonly #openings: Openings;
  readonly #converted = new WeakMap<SPUObject, SPUObject>();
  #closed: TesseraError | undefined;

  /** `self`: the device, once it is there. */
  constructor(session: DeviceSession, config: SpuConfig, self: () => SPU) {
    this.#spu = new SpuJobs(session, config, self);
    this.#inputs = new Inputs(this.#spu, (object) => this.#enter(object));
    this.#calls = new Calls(this.#spu, this.#inputs, (object, path) => this.#take(object, path));
    this.#openings = new Openings(this.#spu);
  }

  get name(): string {
    return this.#spu.name;
  }

  get ready(): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    return this.#spu.backend?.ready.then(() => {}) ?? Promise.resolve();
  }

  stats(): SpuStats {
    return this.#spu.account.stats(this.#spu.config.runtime.field, this.#spu.backend?.memory ?? []);
  }

  close(): Promise<void> {
    this.#closed ??= new TesseraError('CLOSED', 'because it was shut down here', { device: this.name });
    return this.#spu.backend?.close(this.#closed) ?? Promise.resolve();
  }

  /** Forgets all that it holds, after what was called before. */
  reset(): Promise<void> {
    return this.#spu.reset();
  }

  free(object: SPUObject): void {
    this.#spu.free(object);
  }

  receive(object: DeviceObject): SPUObject {
    if (object instanceof SPUObject && object.device !== this.#spu.self) return this.#take(object, '');
    this.#spu.own({ object, path: '' });
    if (object instanceof SPUObject) return object;
    return this.#inputs.take([object as PYUObject], callSite()).get(object as PYUObject)!;
  }

  /** Of another SPU of the same parties and ring; it enters once. */
  #take(object: SPUObject, path: string): SPUObject {
    const known = this.#converted.get(object);
    if (known && !known[INSIDE].freed) return known;
    if (object.device.session !== this.#spu.session) this.#spu.own({ object, path });
    const leaving = object.device[LEAVE](object, this.#spu.config);
    if (leaving === undefined) this.#spu.own({ object, path });
    const inside = this.#inside('to another SPU', `${this.name} ${object}`);
    const converted = handleOf(inside, convert(inside, leaving!()));
    this.#converted.set(object, converted);
    return converted;
  }

  /** Of a party that is no member. */
  #enter(object: PYUObject): SPUObject {
    const inside = this.#inside(`input of ${object.device.party}`, `${this.name} ${object}`);
    const work = inside.queue(async () =>
      (await import('./outside-party.ts')).entered(
        inside,
        object,
        () => this.#inputs.describe(inside.op, object),
        put,
      ),
    );
    return handleOf(inside, quietly(work));
  }

  /** What lets a value leave for an SPU with that configuration; undefined where its shares would mean something else there. */
  leave(object: SPUObject, to: SpuConfig): (() => Promise<Leaving>) | undefined {
    const { config, backend, session } = this.#spu;
    if (!isAlike(config, to)) return undefined;
    const given = this.#spu.held(object);
    return () =>
      quietly(
        this.#spu.queue(async () => {
          const held = await given;
          const ids = held.leaves.map(({ id }) => id);
          const here = config.parties.flatMap((party, rank) =>
            session.mode.self === undefined || session.mode.self === party ? [rank] : [],
          );
          const exported = new Map(here.map((rank) => [rank, quietly(backend!.export(ids, rank))]));
          return { held, exported };
        }),
      );
  }

  call(
    fn: (...args: never[]) => unknown,
    options: CallOptions,
    given: readonly unknown[],
  ): SPUObject | SPUObject[] {
    return this.#calls.call(fn, options, given);
  }

  reveal(objects: readonly SPUObject[]): Promise<unknown[]> {
    return this.#openings.reveal(objects);
  }

  revealTo(target: PYU, object: SPUObject): PYUObject {
    return this.#openings.revealTo(target, object);
  }

  /** What checkpoints need of this SPU. */
  #inside(what: string, detail: string): Inside {
    const op = this.#spu.session.op(what, callSite(), detail);
    return {
      name: this.#spu.name,
      op,
      config: this.#spu.config,
      mode: this.#spu.session.mode,
      backend: this.#spu.backend,
      programs: this.#spu.programs,
      shadows: this.#spu.shadows,
      queue: (work) => this.#spu.queue(work),
      check: (object) => this.#spu.own({ object, path: '' }),
      held: (object) => this.#spu.held(object),
      nextObject: () => this.#spu.nextObject(),
      run: (work) => this.#spu.done(work),
      handle: (given, done, part) => this.#spu.handle(op, given, done, part),
    };
  }

  record(): Recording {
    if (this.#spu.shadows)
      fail(
        'UNSUPPORTED',
        `${this.#spu.name}: with check, other programs run than without: record without it`,
      );
    if (this.#spu.isUsed) fail('INVALID_ARGUMENT', `${this.#spu.name}: record before the first call`);
    if (measures(this.#spu.config))
      fail('CONFIG', `${this.#spu.name}: ${UNMEASURED}`, { path: 'runtime_config.cost_mode' });
    this.#spu.recording ??= new Recording(this.#spu.config);
    return this.#spu.recording;
  }

  dump(objects: unknown, path: CheckpointPath): Promise<void> {
    const names = deviceObjects(objects).map(({ object }) => String(object));
    return dump(this.#inside('dump', `${this.name} ${names.join()}`), objects, path);
  }

  load(path: CheckpointPath): Promise<unknown> {
    return load(this.#inside('load', this.name), path);
  }
}
