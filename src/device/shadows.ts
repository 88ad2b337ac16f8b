/** @file In a simulation with `check`: what an SPU holds, once more in float64, and programs that run on both. */
import type { Tensor, Type } from '../ir/ops/graph.ts';
import type { Checker } from './check.ts';
import { failedAt } from './failing.ts';
import type { Op } from './operation.ts';
import type { Programs, Recorded } from './programs.ts';
import type { Outcome, Work } from './work.ts';

/** What checks need of the SPU. */
export interface Checked {
  readonly name: string;
  readonly parties: number;
  readonly programs: Programs;
  nextObject(): number;
  run(work: Work): Promise<Outcome>;
  free(ids: readonly number[]): void;
}

export class Shadows {
  readonly #checker: Checker;
  readonly #spu: Checked;
  readonly #values = new Map<number, Tensor>();

  constructor(checker: Checker, spu: Checked) {
    this.#checker = checker;
    this.#spu = spu;
  }

  set(id: number, value: Tensor): void {
    this.#values.set(id, value);
  }

  free(ids: readonly number[]): void {
    for (const id of ids) this.#values.delete(id);
  }

  /** What was read from files is what it is: its values are opened, and what follows is held against those. */
  async adopt(op: Op, ids: readonly number[], types: readonly Type[]): Promise<void> {
    const opened = await this.#open(op, ids, types);
    for (const [i, id] of ids.entries()) this.#values.set(id, opened[i]!);
  }

  async #open(op: Op, ids: readonly number[], types: readonly Type[]): Promise<Tensor[]> {
    if (ids.length === 0) return [];
    const { parties, programs } = this.#spu;
    const everybody = Array.from({ length: parties }, (_, rank) => rank);
    const { revealed } = await this.#spu.run({
      op,
      graph: programs.reveal(types, everybody),
      ins: ids,
      outs: ids.map(() => -1),
      reveal: types.map(({ dtype }) => ({ dtype })),
      answers: 0,
    });
    return revealed.map((t) => t!);
  }

  /** Runs a program with all its values shown, and holds them against float64. Throws RANGE, naming the first fault. */
  async run(op: Op, recorded: Recorded, ins: readonly number[], outs: readonly number[]): Promise<void> {
    const { name, programs } = this.#spu;
    const { exposed, graph } = await programs.expose(recorded);
    const types = exposed.shown.map((id) => exposed.graph.types[id]!);
    const shown = types.map(() => this.#spu.nextObject());
    await this.#spu.run({ op, graph, ins, outs: [...outs, ...shown] });
    const opened = await this.#open(op, shown, types);
    this.#spu.free(shown);
    try {
      const inputs = ins.map((id) => this.#values.get(id)!);
      const results = this.#checker.check(exposed, inputs, opened, programs.precision);
      for (const [i, id] of outs.entries()) this.#values.set(id, results[i]!);
    } catch (e) {
      this.#spu.free(outs);
      throw failedAt(name, op, e);
    }
  }
}
