/** @file Calls on an SPU: a function is recorded, lowered and given to the parties as a job. */
import type { Graph, Type } from '../ir/ops/graph.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { mapDevice } from './argument-trees.ts';
import { readArguments } from './arguments.ts';
import type { CallOptions } from './call-options.ts';
import { detailOf } from './detail.ts';
import { failedAt, functionText } from './failing.ts';
import { checkOutside } from './inside.ts';
import { type DeviceObject, type Form, type Held, PYUObject, SPUObject } from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';
import type { Recorded } from './programs.ts';
import type { ProgressListener } from './progress.ts';
import {
  attempt,
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
import type { Inputs } from './spu-inputs.ts';
import type { SpuJobs } from './spu-jobs.ts';

export class Calls {
  readonly #spu: SpuJobs;
  readonly #inputs: Inputs;
  readonly #convert: (object: SPUObject, path: string) => SPUObject;

  /** `convert`: brings what another SPU holds here, or says why it cannot. */
  constructor(spu: SpuJobs, inputs: Inputs, convert: (object: SPUObject, path: string) => SPUObject) {
    this.#spu = spu;
    this.#convert = convert;
    this.#inputs = inputs;
  }

  call(
    fn: (...args: never[]) => unknown,
    options: CallOptions,
    given: readonly unknown[],
  ): SPUObject | SPUObject[] {
    checkOutside(functionText(fn));
    const { numReturns, onProgress } = options;
    const fixed = readStatic(options.static, given.length);
    const { args, found: all } = readArguments(given, true);
    const found = all.filter(({ path }) => !fixed.has(Number(/\d+/.exec(path)![0])));
    const moved = new Map<DeviceObject, SPUObject>();
    for (const f of found) {
      const other = f.object instanceof SPUObject && f.object.device !== this.#spu.self;
      if (other) moved.set(f.object, this.#convert(f.object as SPUObject, f.path));
      else this.#spu.own(f);
    }
    const names = found.map(({ object }) => object.toString());
    const handles = `${this.#spu.name}(${names.join(', ')})`;
    const detail = detailOf({ arguments: handles, numReturns, static: [...fixed].sort().join() });
    const op = this.#spu.session.op(functionText(fn), callSite(), detail);
    const inputs = found.flatMap(({ object }) => (object instanceof PYUObject ? [object] : []));
    const taken = this.#inputs.take(inputs, op.site);
    const mine = new Map(
      found.map(({ object }) => [
        object,
        object instanceof PYUObject ? taken.get(object)! : (moved.get(object) ?? (object as SPUObject)),
      ]),
    );
    const held = [...mine].map(([object, o]) => [object, this.#spu.held(o)] as const);
    const record = (forms: ReadonlyMap<DeviceObject, Form>): Record =>
      this.#record(fn, op, args, fixed, forms);
    const forms = [...mine].map(([object, o]) => [object, o[INSIDE].form] as const);
    const known = forms.every((f): f is readonly [DeviceObject, Form] => f[1] !== undefined);
    // What the function captures may change after the call.
    const early = known ? attempt(() => record(new Map(forms))) : undefined;
    const now = early && this.#now(op, early, mine, onProgress);
    const queued = async (): Promise<Sent> => {
      const ins = new Map<DeviceObject, Held>();
      for (const [object, promise] of held) ins.set(object, await promise);
      const recorded = early
        ? early()
        : record(new Map([...ins].map(([object, h]) => [object, formOf(h)] as const)));
      return this.#program(op, recorded, ins, onProgress);
    };
    const work = now ? Promise.resolve(now) : this.#spu.queue(queued);
    const done = now ? now.done : quietly(work.then((w) => w.done));
    const form = early && attempt(() => early().form);
    const whole = work.then((w) => w.held);
    if (numReturns === undefined)
      return this.#spu.handle(op, whole, done, '', form && formIf(form), now?.held);
    const parts = whole.then((h) => {
      try {
        return split(h, numReturns);
      } catch (e) {
        throw failedAt(this.#spu.name, op, e);
      }
    });
    quietly(parts);
    return Array.from({ length: numReturns }, (_, i) =>
      this.#spu.handle(
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
      const recorded = this.#spu.programs.record(fn, given, fixed);
      this.#spu.session.mode.agree(op, recorded.text);
      return { recorded, places, form: { def: recorded.def, types: recorded.outs } };
    } catch (e) {
      // The others' recording must have failed too.
      this.#spu.session.mode.agree(op, 'no program');
      throw failedAt(this.#spu.name, op, e, { parties: this.#spu.config.parties });
    }
  }

  /** Sends a recorded program off at once, where nothing has to be waited for. */
  #now(
    op: Op,
    early: () => Record,
    objects: ReadonlyMap<DeviceObject, SPUObject>,
    listener: ProgressListener | undefined,
  ): Sent | undefined {
    if (!this.#spu.isIdle) return undefined;
    const held = new Map<DeviceObject, Held>();
    for (const [object, o] of objects) {
      const known = o[INSIDE].held;
      if (known === undefined) return undefined;
      held.set(object, known);
    }
    const record = attempt(early);
    const graph = formIf(() => record().form) && this.#spu.programs.lowered(record().recorded);
    return graph && this.#send(op, record(), graph, held, listener);
  }

  #send(
    op: Op,
    { recorded, places }: Record,
    graph: Graph,
    held: ReadonlyMap<DeviceObject, Held>,
    listener: ProgressListener | undefined,
  ): Sent {
    const { ins, outs, leaves } = this.#places(recorded, places, held);
    const done = quietly(this.#spu.done({ op, graph, ins, outs }, listener));
    return { held: { def: recorded.def, leaves }, done };
  }

  /** The objects that a program works on, and new ones for its results. */
  #places(recorded: Recorded, places: Record['places'], held: ReadonlyMap<DeviceObject, Held>) {
    const leaves = recorded.outs.map((type) => ({ id: this.#spu.nextObject(), type }));
    const ins = recorded.ins.map((t) => {
      const { object, leaf } = places.get(t)!;
      return held.get(object)!.leaves[leaf]!.id;
    });
    return { ins, outs: leaves.map((l) => l.id), leaves };
  }

  /** Lowers a recorded program and sends it off; with `check`, waits until its results were found right. */
  async #program(
    op: Op,
    record: Record,
    held: ReadonlyMap<DeviceObject, Held>,
    listener: ProgressListener | undefined,
  ): Promise<Sent> {
    const { recorded, places } = record;
    await this.#spu.measured();
    let graph: Graph;
    try {
      graph = await this.#spu.programs.lower(recorded);
    } catch (e) {
      throw failedAt(this.#spu.name, op, e, { parties: this.#spu.config.parties });
    }
    if (!this.#spu.shadows) return this.#send(op, record, graph, held, listener);
    const { ins, outs, leaves } = this.#places(recorded, places, held);
    await this.#spu.shadows.run(op, recorded, ins, outs);
    return { held: { def: recorded.def, leaves }, done: Promise.resolve() };
  }
}
