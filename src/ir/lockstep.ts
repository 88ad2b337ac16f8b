/**
 * @file All parties and the dealer of a program in one process, round by round, over the real protocol: what tests,
 * `costs` and benchmarks run. Counts what a link would carry.
 */

import { Scratch } from '../dealer/scratch.ts';
import type { AnyArray as Arr } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg, randomBytes } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { analyse } from './analysis.ts';
import { type Correction, Dealer, Dealt } from './deal.ts';
import { encodeTensor } from './encode.ts';
import type { Graph, Tensor } from './graph.ts';
import { type Answer, PartyRun, type Role, type Wait } from './party.ts';
import { type Entry, Store } from './store.ts';

export interface LockstepStats {
  rounds: number;
  /** Payload bytes that each party sent to each other party: [from][to]. */
  sent: number[][];
  dealerBytes: number;
  /** Milliseconds of each party's work, and of the dealer's. */
  partyMs: number[];
  dealerMs: number;
}

/** A private input of a program: who owns it, and the data. */
export interface PrivateInput {
  readonly owner: number;
  readonly tensor: Tensor;
}

export class Lockstep {
  readonly ring: Ring;
  readonly field: Field;
  readonly parties: number;
  readonly roles: readonly Role[];
  readonly dealer: Dealer;
  readonly store: Store;
  /** Sees every message: for tests of what may be learned from it. */
  tap: ((from: number, to: number, message: Uint8Array) => void) | undefined;
  #base = 0;

  constructor(
    ring: Ring,
    field: Field,
    parties: number,
    seeds: readonly Uint8Array[] = Array.from({ length: parties }, () => randomBytes(32)),
  ) {
    this.ring = ring;
    this.field = field;
    this.parties = parties;
    this.roles = seeds.map((seed, rank) => ({ ring, field, rank, parties, prg: new Prg(ring, seed) }));
    this.dealer = new Dealer(
      ring,
      field,
      seeds.map((seed) => new Prg(ring, seed)),
    );
    this.store = new Store(ring);
  }

  /**
   * Runs a lowered graph. `inputs[rank]` are the entries of that party, `masks` the dealer's; `fraction` is used to
   * encode the private inputs. Returns each party's outputs and the dealer's (the caller releases them).
   */
  run(
    graph: Graph,
    privates: readonly PrivateInput[] = [],
    fraction: number = this.field.fraction,
    inputs: readonly (readonly Entry[])[] = this.roles.map(() => []),
    masks: readonly Entry[] = [],
  ): { outs: Entry[][]; masks: Entry[]; stats: LockstepStats; profile: PartyRun['profile'] } {
    const base = this.#base;
    this.#base += analyse(graph).gates;
    const stats: LockstepStats = {
      rounds: 0,
      sent: this.roles.map(() => this.roles.map(() => 0)),
      dealerBytes: 0,
      partyMs: this.roles.map(() => 0),
      dealerMs: 0,
    };
    const scratch = new Scratch(this.ring, this.field);
    const encoded = privates.map((p) => encodeTensor(scratch, p.tensor, fraction));
    const corrections = new Map<number, Correction>();
    const dealt = new Dealt(this.dealer.run(graph, base, masks));
    /** Deals on, up to where the dealer has to wait for what is revealed. */
    const deal = (): void => {
      const start = performance.now();
      for (let next = dealt.next(); next; next = dealt.next()) {
        corrections.set(next.gate, next);
        for (const chunk of next.chunks) stats.dealerBytes += chunk.length;
        for (const chunk of next.told) stats.dealerBytes += (this.parties - 1) * chunk.length;
      }
      stats.dealerMs += performance.now() - start;
    };
    deal();
    const runs = this.roles.map((role) => {
      const own = new Map<number, Arr>(
        encoded.flatMap((a, i) => (privates[i]!.owner === role.rank ? [[i, a]] : [])),
      );
      const run = new PartyRun(role, this.store, own);
      return {
        run,
        steps: run.run(graph, base, inputs[role.rank]!),
        next: undefined as Wait | undefined,
        outs: [] as Entry[],
      };
    });
    const advance = (rank: number, answer?: Answer): void => {
      const r = runs[rank]!;
      for (;;) {
        const start = performance.now();
        const next = answer === undefined ? r.steps.next([] as never) : r.steps.next(answer);
        stats.partyMs[rank]! += performance.now() - start;
        if (next.done) {
          r.next = undefined;
          r.outs = next.value;
          return;
        }
        r.next = next.value;
        if (next.value.kind === 'round') return;
        const { gate } = next.value;
        if (next.value.kind === 'revealed') {
          dealt.tell(gate, next.value.value);
          deal();
        }
        const correction = corrections.get(gate);
        answer = (rank === 0 ? correction?.chunks : correction?.told) ?? [];
      }
    };
    for (const role of this.roles) advance(role.rank);
    while (runs.some((r) => r.next)) {
      stats.rounds++;
      const sends = runs.map((r) => (r.next as Wait & { kind: 'round' }).send);
      for (let to = 0; to < this.parties; to++) {
        const answer = new Map<number, Uint8Array>();
        sends.forEach((messages, from) => {
          const bytes = messages.get(to);
          if (!bytes) return;
          answer.set(from, bytes);
          this.tap?.(from, to, bytes);
          stats.sent[from]![to]! += bytes.length;
        });
        advance(to, answer);
      }
    }
    scratch.end();
    return { outs: runs.map((r) => r.outs), masks: dealt.result!, stats, profile: runs[0]!.run.profile };
  }

  /** Frees outputs. */
  free(result: { outs: readonly (readonly Entry[])[]; masks: readonly Entry[] }): void {
    for (const entry of result.outs.flat()) this.store.release(entry);
    for (const entry of result.masks) this.dealer.store.release(entry);
  }

  /** Arrays that are still held: 0 when everything was freed. */
  get held(): number {
    return this.store.size + this.dealer.store.size;
  }
}
