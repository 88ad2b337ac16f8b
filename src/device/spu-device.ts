/** @file What stands behind an SPU: a function that is called on it is recorded, and run on masked values. */
import { fail, oneOf, TesseraError } from '../errors.ts';
import { callSite } from '../ir/callsite.ts';
import { coarseText } from '../ir/coarse.ts';
import type { Tensor, TensorData, Type } from '../ir/graph.ts';
import { NDArray } from '../ir/ndarray.ts';
import { unflatten } from '../ir/pytree.ts';
import { dump, type Inside, load } from './checkpoint.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt, functionText } from './failing.ts';
import { measures, UNMEASURED } from './measured.ts';
import type { Described, SpuBackend } from './mode.ts';
import {
  type DeviceObject,
  type Held,
  type Hold,
  INSIDE,
  type Op,
  PYUObject,
  quietly,
  SPUObject,
} from './objects.ts';
import { Account, type SpuStats } from './profile.ts';
import { Programs, type Recorded } from './programs.ts';
import type { PYU } from './pyu.ts';
import { Recording } from './recording.ts';
import type { Session } from './session.ts';
import { Shadows } from './shadows.ts';
import type { SPU, SpuOptions } from './spu.ts';
import { checkOwn, describeValue, readStatic, split, typesOf } from './spu-arguments.ts';
import { deviceObjects, mapDevice } from './trees.ts';
import type { Outcome, Work } from './work.ts';

export class SpuDevice {
  readonly #session: Session;
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
  #nextObject = 0;
  #recording: Recording | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(session: Session, config: SpuConfig) {
    this.#session = session;
    this.#config = config;
    this.#programs = new Programs(config.runtime, config.parties.length, (found) =>
      session.tell({ kind: 'coarse', text: coarseText(found), site: found.site }),
    );
    this.#account = new Account(config.parties, config.runtime);
    const { parties, runtime } = config;
    const op = session.op('SPU', callSite(), JSON.stringify({ parties, runtime }));
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
  }

  get ready(): Promise<void> {
    return this.#backend?.ready.then(() => {}) ?? Promise.resolve();
  }

  /** Waits for what `auto` plans by, where the parties measure it. */
  async #measured(): Promise<void> {
    if (!this.#backend || !measures(this.#config)) return;
    const link = await this.#backend.ready;
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
    const next = this.#tail.then(work);
    this.#tail = next.catch(() => {});
    return quietly(next);
  }

  /** Gives a job to the parties, and its account to the books. */
  async #run(work: Work): Promise<Outcome> {
    this.#recording?.add(work);
    const outcome = await this.#backend!.run(work);
    this.#account.add(outcome.stats);
    if (this.#config.runtime.profile) console.error(this.#account.text(work.op, outcome.stats));
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
  #handle(op: Op, given: Promise<Held>, done: Promise<void>, part?: string): SPUObject {
    const hold: Hold = { given: quietly(given), done: quietly(done), freed: false };
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
    return this.#take([object as PYUObject], callSite()).get(object as PYUObject)!;
  }

  /** Masks values of PYUs, all in one round. One handle for each. */
  #take(objects: readonly PYUObject[], site: string | undefined): Map<PYUObject, SPUObject> {
    const self = this.#self!;
    const out = new Map<PYUObject, SPUObject>();
    const fresh: PYUObject[] = [];
    for (const o of new Set(objects)) {
      const known = o.shared.get(self);
      if (known !== undefined && !known[INSIDE].freed) out.set(o, known);
      else fresh.push(o);
    }
    if (fresh.length === 0) return out;
    const owners = [...new Set(fresh.map((o) => o.device.party))];
    const op = this.#session.op(`input of ${owners.join(' and ')}`, site, `${this.name} ${fresh.join(', ')}`);
    const described = fresh.map((o, i) =>
      this.#session.mode.describe(o.device.party, `${op.number}.${i}`, op, () => this.#describe(op, o), {
        object: o,
        backend: this.#backend,
      }),
    );
    for (const d of described) quietly(d);
    const work = this.#queue(async () => this.#input(op, fresh, await Promise.allSettled(described)));
    fresh.forEach((o, i) => {
      const given = work.then(({ held }) => held[i]!());
      const object = this.#handle(
        op,
        given,
        given.then(() => work).then(({ done }) => done),
        fresh.length > 1 ? `[${i}]` : '',
      );
      o.shared.set(self, object);
      out.set(o, object);
    });
    return out;
  }

  /** At its owner: reads and checks a value. What is wrong with it is its own handle's error. */
  async #describe(op: Op, object: PYUObject): Promise<Described> {
    const value = await object[INSIDE];
    const { party } = object.device;
    try {
      return describeValue(value, (array, path) =>
        this.#programs.check(array, `${object.toString()}${path}`),
      );
    } catch (e) {
      throw failedAt(`${this.name}: ${party}`, op, e, { party });
    }
  }

  /** Sends the job that masks what could be described. */
  async #input(op: Op, objects: readonly PYUObject[], described: readonly PromiseSettledResult<Described>[]) {
    const inputs: { owner: number; type: Type }[] = [];
    const ids: number[] = [];
    const sources: { rank: number; key: string; leaf: number }[] = [];
    const privates = new Map(this.#config.parties.map((_, rank) => [rank, new Map<number, Tensor>()]));
    const held = described.map((d, i): (() => Held) => {
      if (d.status === 'rejected') {
        return () => {
          throw d.reason;
        };
      }
      const { def, types, data } = d.value;
      const owner = this.#config.parties.indexOf(objects[i]!.device.party);
      const leaves = types.map((type, j) => {
        const id = this.#nextObject++;
        const own = data && { ...type, data: data[j] as TensorData };
        if (own) privates.get(owner)!.set(inputs.length, own);
        if (own) this.#shadows?.set(id, own);
        inputs.push({ owner, type });
        sources.push({ rank: owner, key: `${op.number}.${i}`, leaf: j });
        ids.push(id);
        return { id, type };
      });
      return () => ({ def, leaves });
    });
    if (inputs.length === 0) return { held, done: Promise.resolve() };
    const graph = this.#programs.input(inputs);
    const done = this.#done({ op, graph, ins: [], outs: ids, privates, sources });
    return { held, done: quietly(done) };
  }

  call(
    fn: (...args: never[]) => unknown,
    options: SpuOptions,
    args: readonly unknown[],
  ): SPUObject | SPUObject[] {
    const { numReturns } = options;
    const fixed = readStatic(options.static, args.length);
    const moving = args.map((arg, i) => (fixed.has(i) ? undefined : arg));
    const found = deviceObjects(moving);
    for (const f of found) this.#own(f);
    const names = found.map(({ object }) => object.toString());
    const op = this.#session.op(functionText(fn), callSite(), `${this.name}(${names.join(', ')})`);
    const inputs = found.flatMap(({ object }) => (object instanceof PYUObject ? [object] : []));
    const taken = this.#take(inputs, op.site);
    const objects = new Map(
      found.map(({ object }) => {
        const mine = object instanceof PYUObject ? taken.get(object)! : (object as SPUObject);
        return [object, this.#held(mine)] as const;
      }),
    );
    const work = this.#queue(async () => {
      const held = new Map<DeviceObject, Held>();
      for (const [object, promise] of objects) held.set(object, await promise);
      return this.#program(fn, op, args, fixed, held);
    });
    const done = quietly(work.then((w) => w.done));
    if (numReturns === undefined)
      return this.#handle(
        op,
        work.then((w) => w.held),
        done,
      );
    const parts = work.then(({ held }) => {
      try {
        return split(held, numReturns);
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
      ),
    );
  }

  /** Records a program and sends it off; with `check`, waits until its results were found right. */
  async #program(
    fn: (...args: never[]) => unknown,
    op: Op,
    args: readonly unknown[],
    fixed: ReadonlySet<number>,
    held: ReadonlyMap<DeviceObject, Held>,
  ) {
    await this.#measured();
    const ids = new Map<Type, number>();
    let recorded: Recorded;
    try {
      const given = args.map((arg, i) =>
        fixed.has(i) ? arg : mapDevice(arg, (object) => typesOf(held.get(object)!, ids)),
      );
      recorded = await this.#programs.record(fn, given, fixed);
      this.#session.mode.agree(op, recorded.text);
    } catch (e) {
      // The others' recording must have failed too.
      this.#session.mode.agree(op, 'no program');
      throw failedAt(this.name, op, e, { parties: this.#config.parties });
    }
    const { graph, def } = recorded;
    const leaves = recorded.outs.map((type) => ({ id: this.#nextObject++, type }));
    const ins = recorded.ins.map((t) => ids.get(t)!);
    const outs = leaves.map((l) => l.id);
    await this.#shadows?.run(op, recorded, ins, outs);
    const done = this.#shadows ? Promise.resolve() : this.#done({ op, graph, ins, outs });
    return { held: { def, leaves }, done: quietly(done) };
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

  revealTo(pyu: PYU, object: SPUObject): PYUObject {
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

  dump(objects: unknown, path: string): Promise<void> {
    const names = deviceObjects(objects).map(({ object }) => String(object));
    return dump(this.#inside('dump', `${this.name} ${names.join()}`), objects, path);
  }

  load(path: string): Promise<unknown> {
    return load(this.#inside('load', this.name), path);
  }
}
