/** @file What enters an SPU: values of PYUs are described by their owners, and masked, all of a call in one round. */
import type { Tensor, TensorData, Type } from '../ir/ops/graph.ts';
import { failedAt } from './failing.ts';
import type { Described } from './mode.ts';
import type { Held, PYUObject, SPUObject } from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';
import { describeValue } from './spu-arguments.ts';
import type { SpuJobs } from './spu-jobs.ts';

export class Inputs {
  readonly #spu: SpuJobs;
  readonly #outside: (object: PYUObject) => SPUObject;

  /** `outside`: takes what is of a party that is no member, in a work of its own. */
  constructor(spu: SpuJobs, outside: (object: PYUObject) => SPUObject) {
    this.#spu = spu;
    this.#outside = outside;
  }

  /** Masks values of PYUs, all in one round. One handle for each. */
  take(objects: readonly PYUObject[], site: string | undefined): Map<PYUObject, SPUObject> {
    const { self, session, name, backend } = this.#spu;
    const out = new Map<PYUObject, SPUObject>();
    const fresh: PYUObject[] = [];
    for (const o of new Set(objects)) {
      const known = o.shared.get(self);
      if (known !== undefined && !known[INSIDE].freed) out.set(o, known);
      else if (this.#spu.parties.includes(o.device.party)) fresh.push(o);
      else {
        const object = this.#outside(o);
        o.shared.set(self, object);
        out.set(o, object);
      }
    }
    if (fresh.length === 0) return out;
    const owners = [...new Set(fresh.map((o) => o.device.party))];
    const op = session.op(`input of ${owners.join(' and ')}`, site, `${name} ${fresh.join(', ')}`);
    const described = fresh.map((o, i) =>
      session.mode.describe(o.device.party, `${op.number}.${i}`, op, () => this.describe(op, o), {
        object: o,
        backend,
      }),
    );
    for (const d of described) quietly(d);
    const work = this.#spu.queue(async () => this.#input(op, fresh, await Promise.allSettled(described)));
    fresh.forEach((o, i) => {
      const given = work.then(({ held }) => held[i]!());
      const object = this.#spu.handle(
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
  async describe(op: Op, object: PYUObject): Promise<Described> {
    const value = await object[INSIDE];
    const { party } = object.device;
    try {
      return describeValue(value, (array, path) =>
        this.#spu.programs.checkInput(array, `${object.toString()}${path}`),
      );
    } catch (e) {
      throw failedAt(`${this.#spu.name}: ${party}`, op, e, { party });
    }
  }

  /** Sends the job that masks what could be described. */
  async #input(op: Op, objects: readonly PYUObject[], described: readonly PromiseSettledResult<Described>[]) {
    const inputs: { owner: number; type: Type }[] = [];
    const ids: number[] = [];
    const sources: { rank: number; key: string; leaf: number }[] = [];
    const privates = new Map(this.#spu.parties.map((_, rank) => [rank, new Map<number, Tensor>()]));
    const held = described.map((d, i): (() => Held) => {
      if (d.status === 'rejected') {
        return () => {
          throw d.reason;
        };
      }
      const { def, types, data } = d.value;
      const owner = this.#spu.parties.indexOf(objects[i]!.device.party);
      const leaves = types.map((type, j) => {
        const id = this.#spu.nextObject();
        const own = data && { ...type, data: data[j] as TensorData };
        if (own) this.#spu.shadows?.set(id, own);
        if (type.secret) {
          if (own) privates.get(owner)!.set(sources.length, own);
          sources.push({ rank: owner, key: `${op.number}.${i}`, leaf: j });
        }
        inputs.push({ owner, type });
        ids.push(id);
        return { id, type };
      });
      return () => ({ def, leaves });
    });
    if (inputs.length === 0) return { held, done: Promise.resolve() };
    const graph = this.#spu.programs.input(inputs);
    const done = this.#spu.done({ op, graph, ins: [], outs: ids, privates, sources });
    return { held, done: quietly(done) };
  }
}
