/** @file Opening what an SPU holds: to all, or to one party alone. */
import { fail } from '../errors.ts';
import type { Tensor } from '../ir/ops/graph.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { leafCount, unflatten } from '../ir/trace/pytree.ts';
import type { PYU } from './devices.ts';
import { deviceIn, PYUObject, type SPUObject } from './objects.ts';
import { type Op, quietly } from './operation.ts';
import { NO_MEMBER } from './spu-arguments.ts';
import type { SpuJobs } from './spu-jobs.ts';
import type { Outcome } from './work.ts';

const arrayOf = ({ shape, dtype, data }: Tensor): NDArray => new NDArray(shape, dtype, data);

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
      const arrays = revealed.map((t) => arrayOf(t!));
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
    const { party } = pyu;
    const { backend, config, session } = this.#spu;
    const rank = config.parties.indexOf(party);
    if (rank < 0 && session.mode.call) fail('UNSUPPORTED', `${object.toString()}.to(${party}): ${NO_MEMBER}`);
    const op = session.op(`to ${party}`, callSite(), object.toString());
    // Every party of the SPU takes part in opening it; the value comes out at the receiver alone.
    const opened = rank < 0 ? this.#tell(op, party, object) : backend && this.#open(op, [object], [rank]);
    if (opened) quietly(opened);
    const value = async (): Promise<unknown> => (await opened)?.[0];
    return new PYUObject(pyu, op, session.mode.perform(party, String(op.number), op, value));
  }

  /** To a party that is no member. */
  async #tell(op: Op, party: string, object: SPUObject): Promise<unknown[]> {
    const given = this.#spu.held(object);
    const sent = this.#spu.queue(async () => {
      const { told } = await import('./outside-party.ts');
      const { def, leaves } = await given;
      return { def, all: quietly(told(this.#spu, op, party, leaves)) };
    });
    const { def, all } = await sent;
    const tensors = await all;
    return tensors.length < leafCount(def) ? [] : [unflatten(def, tensors.map(arrayOf))];
  }
}
