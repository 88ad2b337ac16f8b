/** @file Opening what an SPU holds: to all, or to one party alone. */
import { fail, oneOf } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { unflatten } from '../ir/trace/pytree.ts';
import type { PYU } from './devices.ts';
import { deviceIn, PYUObject, type SPUObject } from './objects.ts';
import { type Op, quietly } from './operation.ts';
import type { SpuJobs } from './spu-jobs.ts';
import type { Outcome } from './work.ts';

export class Openings {
  readonly #spu: SpuJobs;

  constructor(spu: SpuJobs) {
    this.#spu = spu;
  }

  /** Opens objects to ranks. One tree for each object, where this program may know it. */
  #open(op: Op, objects: readonly SPUObject[], to: readonly number[]): Promise<unknown[]> {
    const given = objects.map((o) => this.#spu.held(o));
    const sent = this.#spu.queue(async () => {
      const held = await Promise.all(given);
      const leaves = held.flatMap((h) => h.leaves);
      if (leaves.length === 0)
        return { held, outcome: Promise.resolve<Outcome>({ revealed: [], stats: [] }) };
      const outcome = this.#spu.run({
        op,
        graph: this.#spu.programs.reveal(
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
    const { parties } = this.#spu.config;
    const op = this.#spu.session.op('reveal', callSite(), `${this.#spu.name} ${objects.join(', ')}`);
    const ranks = parties.map((_, rank) => rank);
    return this.#spu.session.mode.share(parties, String(op.number), op, () => this.#open(op, objects, ranks));
  }

  revealTo(target: PYU, object: SPUObject): PYUObject {
    const pyu = deviceIn('spu.revealTo', target);
    const rank = this.#spu.config.parties.indexOf(pyu.party);
    if (rank < 0)
      fail(
        'INVALID_ARGUMENT',
        `${object.toString()} can be revealed to ${oneOf(this.#spu.config.parties)}: ${pyu.party} takes no part in ${this.#spu.name}`,
        { party: pyu.party, parties: this.#spu.config.parties },
      );
    const op = this.#spu.session.op(`to ${pyu.party}`, callSite(), object.toString());
    // Every party of the SPU takes part in opening it; the value comes out at the receiver alone.
    const opened = this.#spu.backend && quietly(this.#open(op, [object], [rank]));
    const value = async (): Promise<unknown> => (await opened)?.[0];
    return new PYUObject(pyu, op, this.#spu.session.mode.perform(pyu.party, String(op.number), op, value));
  }
}
