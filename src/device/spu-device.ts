/** @file What stands behind an SPU: a function that is called on it is recorded, and run on masked values. */
import { fail, oneOf, TesseraError } from '../errors.ts';
import { coarseText } from '../ir/compile/coarse.ts';
import type { Graph, Type } from '../ir/ops/graph.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { unflatten } from '../ir/trace/pytree.ts';
import { readArguments } from './arguments.ts';
import { dump, type Inside, load } from './checkpoint.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import { detailOf } from './detail.ts';
import type { DeviceSession, PYU, SPU, SpuOptions } from './devices.ts';
import { failedAt, functionText } from './failing.ts';
import { checkOutside } from './inside.ts';
import { measures, UNMEASURED } from './measured.ts';
import type { SpuBackend } from './mode.ts';
import {
  type DeviceObject,
  deviceIn,
  type Form,
  type Held,
  type Hold,
  PYUObject,
  SPUObject,
} from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';
import { Account, type SpuStats } from './profile.ts';
import { Programs, type Recorded } from './programs.ts';
import { leftRange } from './range-guard.ts';
import { Recording } from './recording.ts';
import { settingsOf } from './runtime-config.ts';
import { Shadows } from './shadows.ts';
import {
  attempt,
  checkOwn,
  formIf,
  formOf,
  type Place,
  type Record,
  readStatic,
  type Sent,
  split,
  splitForm,
  typesOf,
} from './spu-arguments.ts';
import { Inputs } from './spu-inputs.ts';
import { deviceObjects, mapDevice } from './trees.ts';
import type { Outcome, Work } from './work.ts';

export class SpuDevice {
  readonly #session: DeviceSession;
  /** Undefined in the program of a party that takes no part. */
  readonly #backend: SpuBackend | undefined;
  readonly #programs: Programs;
  readonly #account: Account;
  readonly #config: SpuConfig;
  /** Handles that were collected, or freed by hand: their memory goes, after what was called before. */
  readonly #collected = new FinalizationRegistry<Hold>((hold) => this.#release(hold));
  /** Only in a simulation with `check`. */
  readonly #shadows: Shadows | undefined;
  #self: SPU | undefined;
  #entrance: Inputs | undefined;
  #nextObject = 0;
  #recording: Recording | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  /** Calls that wait for earlier ones. */
  #waiting = 0;
  #isMeasured: boolean;

  constructor(session: DeviceSession, config: SpuConfig) {
    this.#session = session;
    this.#config = config;
    this.#isMeasured = !measures(config);
    this.#programs = new Programs(config.runtime, config.parties.length, (found) =>
      session.tell({ kind: 'coarse', text: coarseText(found), site: found.site }),
    );
    this.#account = new Account(config.parties, config.runtime);
    const { parties, runtime } = config;
    const detail = detailOf({ nodes: parties, runtime_config: settingsOf(runtime) });
    const op = session.op('SPU', callSite(), detail);
    this.#backend = session.mode.spu(config, op);
    this.#shadows =
      session.checker &&
      new Shadows(session.checker, {
        name: this.name,
        parties: config.parties.length,
        programs: this.#programs,
        nextObject: () => this.#nextObject++,
        run: (work) => this.#run(work),
        free: (ids) => this.#backend?.free(ids),
      });
  }

  bind(self: SPU): void {
    this.#self = self;
    this.#entrance = new Inputs({
      self,
      session: this.#session,
      name: this.name,
      parties: this.#config.parties,
      backend: this.#backend,
      programs: this.#programs,
      shadows: this.#shadows,
      queue: (work) => this.#queue(work),
      handle: (op, given, done, part) => this.#handle(op, given, done, part),
      nextObject: () => this.#nextObject++,
      done: (work) => this.#done(work),
    });
  }

  get ready(): Promise<void> {
    return this.#backend?.ready.then(() => {}) ?? Promise.resolve();
  }

  /** Waits for what `auto` plans by, where the parties measure it. */
  async #measured(): Promise<void> {
    if (!this.#backend || !measures(this.#config)) return;
    const link = await this.#backend.ready;
    this.#isMeasured = true;
    if (!link) return;
    this.#programs.over(link);
    this.#account.over(link);
  }
  get name(): string {
    return `SPU(${this.#config.parties.join(', ')})`;
  }
  stats(): SpuStats {
    return this.#account.stats(this.#config.runtime.field, this.#backend?.memory ?? []);
  }

  close(): Promise<void> {
    const reason = 'because its session was shut down here';
    return (
      this.#backend?.close(new TesseraError('CLOSED', reason, { device: this.name })) ?? Promise.resolve()
    );
  }

  /** Runs `work` after everything that was called before it. */
  #queue<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const next = this.#tail.then(work);
    const ended = (): void => {
      this.#waiting--;
    };
    this.#tail = next.then(ended, ended);
    return next;
  }

  /** Gives a job to the parties, and its account to the books. */
  async #run(work: Work): Promise<Outcome> {
    this.#recording?.add(work);
    const outcome = await this.#backend!.run(work);
    this.#account.add(outcome.stats);
    if (this.#config.runtime.profile) console.error(this.#account.text(work.op, outcome.stats));
    if (outcome.left) throw failedAt(this.name, work.op, leftRange(outcome.left, this.#programs.precision));
    return outcome;
  }

  /** Gives a job to the parties; a party that takes no part hears from the others when it is done. */
  async #done(work: Work): Promise<void> {
    const { parties } = this.#config;
    await this.#session.mode.share(parties, `run ${work.op.number}`, work.op, async () => {
      await this.#run(work);
    });
  }

  /** A handle for what will be held; its memory is freed when the handle is gone. */
  #handle(
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
    const object = new SPUObject(this.#self!, op, hold, part);
    this.#collected.register(object, hold, hold);
    return object;
  }

  free(object: SPUObject): void {
    this.#collected.unregister(object[INSIDE]);
    this.#release(object[INSIDE]);
  }

  #release(hold: Hold): void {
    if (hold.freed) return;
    hold.freed = true;
    void this.#queue(async () => {
      const { leaves } = await hold.given;
      const ids = leaves.map((l) => l.id);
      this.#backend?.free(ids);
      this.#shadows?.free(ids);
    });
  }

  #held(object: SPUObject): Promise<Held> {
    if (object[INSIDE].freed)
      fail('INVALID_ARGUMENT', `${object.toString()} was freed: it cannot be used after .free()`);
    return object[INSIDE].given;
  }

  #own(found: { object: DeviceObject; path: string }): void {
    checkOwn(found, this.#self!, this.name);
  }

  receive(object: DeviceObject): SPUObject {
    this.#own({ object, path: '' });
    if (object instanceof SPUObject) return object;
    return this.#entrance!.take([object as PYUObject], callSite()).get(object as PYUObject)!;
  }

  call(
    fn: (...args: never[]) => unknown,
    options: SpuOptions,
    given: readonly unknown[],
  ): SPUObject | SPUObject[] {
    checkOutside(functionText(fn));
    const { numReturns } = options;
    const fixed = readStatic(options.static, given.length);
    const { args, found: all } = readArguments(given, true);
    const found = all.filter(({ path }) => !fixed.has(Number(/\d+/.exec(path)![0])));
    for (const f of found) this.#own(f);
    const names = found.map(({ object }) => object.toString());
    const handles = `${this.name}(${names.join(', ')})`;
    const detail = detailOf({ arguments: handles, numReturns, static: [...fixed].sort().join() });
    const op = this.#session.op(functionText(fn), callSite(), detail);
    const inputs = found.flatMap(({ object }) => (object instanceof PYUObject ? [object] : []));
    const taken = this.#entrance!.take(inputs, op.site);
    const mine = new Map(
      found.map(({ object }) => [
        object,
        object instanceof PYUObject ? taken.get(object)! : (object as SPUObject),
      ]),
    );
    const held = [...mine].map(([object, o]) => [object, this.#held(o)] as const);
    const record = (forms: ReadonlyMap<DeviceObject, Form>): Record =>
      this.#record(fn, op, args, fixed, forms);
    const forms = [...mine].map(([object, o]) => [object, o[INSIDE].form] as const);
    const known = forms.every((f): f is readonly [DeviceObject, Form] => f[1] !== undefined);
    // What the function captures may change after the call.
    const early = known ? attempt(() => record(new Map(forms))) : undefined;
    const now = early && this.#now(op, early, mine);
    const queued = async (): Promise<Sent> => {
      const ins = new Map<DeviceObject, Held>();
      for (const [object, promise] of held) ins.set(object, await promise);
      const recorded = early
        ? early()
        : record(new Map([...ins].map(([object, h]) => [object, formOf(h)] as const)));
      return this.#program(op, recorded, ins);
    };
    const work = now ? Promise.resolve(now) : this.#queue(queued);
    const done = now ? now.done : quietly(work.then((w) => w.done));
    const form = early && attempt(() => early().form);
    const whole = work.then((w) => w.held);
    if (numReturns === undefined) return this.#handle(op, whole, done, '', form && formIf(form), now?.held);
    const parts = whole.then((h) => {
      try {
        return split(h, numReturns);
      } catch (e) {
        throw failedAt(this.name, op, e);
      }
    });
    quietly(parts);
    return Array.from({ length: numReturns }, (_, i) =>
      this.#handle(
        op,
        parts.then((p) => p[i]!),
        parts.then(() => done),
        `[${i}]`,
        form && formIf(() => splitForm(form(), numReturns)[i]!),
      ),
    );
  }

  /** Records a program. */
  #record(
    fn: (...args: never[]) => unknown,
    op: Op,
    args: readonly unknown[],
    fixed: ReadonlySet<number>,
    forms: ReadonlyMap<DeviceObject, Form>,
  ): Record {
    const places = new Map<Type, Place>();
    try {
      const given = args.map((arg, i) =>
        fixed.has(i) ? arg : mapDevice(arg, (object) => typesOf(object, forms.get(object)!, places)),
      );
      const recorded = this.#programs.record(fn, given, fixed);
      this.#session.mode.agree(op, recorded.text);
      return { recorded, places, form: { def: recorded.def, types: recorded.outs } };
    } catch (e) {
      // The others' recording must have failed too.
      this.#session.mode.agree(op, 'no program');
      throw failedAt(this.name, op, e, { parties: this.#config.parties });
    }
  }

  /** Sends a recorded program off at once, where nothing has to be waited for. */
  #now(op: Op, early: () => Record, objects: ReadonlyMap<DeviceObject, SPUObject>): Sent | undefined {
    if (this.#waiting > 0 || this.#shadows || !this.#isMeasured) return undefined;
    const held = new Map<DeviceObject, Held>();
    for (const [object, o] of objects) {
      const known = o[INSIDE].held;
      if (known === undefined) return undefined;
      held.set(object, known);
    }
    const record = attempt(early);
    const graph = formIf(() => record().form) && this.#programs.lowered(record().recorded);
    return graph && this.#send(op, record(), graph, held);
  }

  #send(op: Op, { recorded, places }: Record, graph: Graph, held: ReadonlyMap<DeviceObject, Held>): Sent {
    const { ins, outs, leaves } = this.#places(recorded, places, held);
    return { held: { def: recorded.def, leaves }, done: quietly(this.#done({ op, graph, ins, outs })) };
  }

  /** The objects that a program works on, and new ones for its results. */
  #places(recorded: Recorded, places: Record['places'], held: ReadonlyMap<DeviceObject, Held>) {
    const leaves = recorded.outs.map((type) => ({ id: this.#nextObject++, type }));
    const ins = recorded.ins.map((t) => {
      const { object, leaf } = places.get(t)!;
      return held.get(object)!.leaves[leaf]!.id;
    });
    return { ins, outs: leaves.map((l) => l.id), leaves };
  }

  /** Lowers a recorded program and sends it off; with `check`, waits until its results were found right. */
  async #program(op: Op, record: Record, held: ReadonlyMap<DeviceObject, Held>): Promise<Sent> {
    const { recorded, places } = record;
    await this.#measured();
    let graph: Graph;
    try {
      graph = await this.#programs.lower(recorded);
    } catch (e) {
      throw failedAt(this.name, op, e, { parties: this.#config.parties });
    }
    if (!this.#shadows) return this.#send(op, record, graph, held);
    const { ins, outs, leaves } = this.#places(recorded, places, held);
    await this.#shadows.run(op, recorded, ins, outs);
    return { held: { def: recorded.def, leaves }, done: Promise.resolve() };
  }

  /** Opens objects to ranks. One tree for each object, where this program may know it. */
  #open(op: Op, objects: readonly SPUObject[], to: readonly number[]): Promise<unknown[]> {
    const given = objects.map((o) => this.#held(o));
    const sent = this.#queue(async () => {
      const held = await Promise.all(given);
      const leaves = held.flatMap((h) => h.leaves);
      if (leaves.length === 0)
        return { held, outcome: Promise.resolve<Outcome>({ revealed: [], stats: [] }) };
      const outcome = this.#run({
        op,
        graph: this.#programs.reveal(
          leaves.map((l) => l.type),
          to,
        ),
        ins: leaves.map((l) => l.id),
        outs: leaves.map(() => -1),
        reveal: leaves.map((l) => ({ dtype: l.type.dtype })),
        answers: to[0]!,
      });
      return { held, outcome: quietly(outcome) };
    });
    return sent.then(async ({ held, outcome }) => {
      const { revealed } = await outcome;
      if (revealed.some((t) => t === undefined)) return held.map(() => undefined);
      const arrays = revealed.map((t) => new NDArray(t!.shape, t!.dtype, t!.data));
      return held.map(({ def, leaves }) => unflatten(def, arrays.splice(0, leaves.length)));
    });
  }

  reveal(objects: readonly SPUObject[]): Promise<unknown[]> {
    const { parties } = this.#config;
    const op = this.#session.op('reveal', callSite(), `${this.name} ${objects.join(', ')}`);
    const ranks = parties.map((_, rank) => rank);
    return this.#session.mode.share(parties, String(op.number), op, () => this.#open(op, objects, ranks));
  }

  revealTo(target: PYU, object: SPUObject): PYUObject {
    const pyu = deviceIn('spu.revealTo', target);
    const rank = this.#config.parties.indexOf(pyu.party);
    if (rank < 0)
      fail(
        'INVALID_ARGUMENT',
        `${object.toString()} can be revealed to ${oneOf(this.#config.parties)}: ${pyu.party} takes no part in ${this.name}`,
        { party: pyu.party, parties: this.#config.parties },
      );
    const op = this.#session.op(`to ${pyu.party}`, callSite(), object.toString());
    // Every party of the SPU takes part in opening it; the value comes out at the receiver alone.
    const opened = this.#backend && quietly(this.#open(op, [object], [rank]));
    const value = async (): Promise<unknown> => (await opened)?.[0];
    return new PYUObject(pyu, op, this.#session.mode.perform(pyu.party, String(op.number), op, value));
  }

  /** What checkpoints need of this SPU. */
  #inside(what: string, detail: string): Inside {
    const op = this.#session.op(what, callSite(), detail);
    return {
      name: this.name,
      op,
      config: this.#config,
      mode: this.#session.mode,
      backend: this.#backend,
      programs: this.#programs,
      shadows: this.#shadows,
      queue: (work) => this.#queue(work),
      check: (object) => this.#own({ object, path: '' }),
      held: (object) => this.#held(object),
      nextObject: () => this.#nextObject++,
      run: (work) => this.#done(work),
      handle: (given, done, part) => this.#handle(op, given, done, part),
    };
  }

  record(): Recording {
    if (this.#shadows)
      fail('UNSUPPORTED', `${this.name}: with check, other programs run than without: record without it`);
    if (this.#nextObject > 0) fail('INVALID_ARGUMENT', `${this.name}: record before the first call`);
    if (measures(this.#config))
      fail('CONFIG', `${this.name}: ${UNMEASURED}`, { path: 'runtime_config.cost_mode' });
    this.#recording ??= new Recording(this.#config);
    return this.#recording;
  }

  dump(objects: unknown, path: CheckpointPath): Promise<void> {
    const names = deviceObjects(objects).map(({ object }) => String(object));
    return dump(this.#inside('dump', `${this.name} ${names.join()}`), objects, path);
  }

  load(path: CheckpointPath): Promise<unknown> {
    return load(this.#inside('load', this.name), path);
  }
}
