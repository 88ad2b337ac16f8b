/**
 * @file All parties and the dealer of a program in one process, round by round, over the real protocol: what tests,
 * `costs` and benchmarks run. Counts what a link would carry.
 */

import { Scratch } from '../../dealer/scratch.ts';
import { fail } from '../../errors.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import { Prg, randomBytes } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { analyse } from '../compile/analysis.ts';
import type { Graph, Tensor } from '../ops/graph.ts';
import { type Correction, Dealer, Dealt } from './dealer-run.ts';
import { encodeTensor } from './encode.ts';
import type { Answer, Role, Wait } from './party-role.ts';
import { PartyRun } from './party-run.ts';
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
    this.store = new Store(ring);
    this.dealer = new Dealer(
      ring,
      field,
      seeds.map((seed) => new Prg(ring, seed)),
      this.store.masks,
    );
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
  ): {
    outs: Entry[][];
    masks: Entry[];
    stats: LockstepStats;
    profile: PartyRun['profile'];
    /** The first watched op at which numbers left the range. */
    left: number | undefined;
  } {
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
        for (const chunk of next.broadcasts) stats.dealerBytes += (this.parties - 1) * chunk.length;
      }
      stats.dealerMs += performance.now() - start;
    };
    deal();
    const runs = this.roles.map((role) => {
      const own = (name: number): Arr | undefined =>
        privates[name]!.owner === role.rank ? encoded[name] : undefined;
      const run = new PartyRun(role, this.store, { get: ({ name }) => own(name), spent: () => {} });
      return {
        run,
        steps: run.run(graph, base, inputs[role.rank]!),
        next: undefined as Wait | undefined,
        over: false,
        outs: [] as Entry[],
      };
    });
    const onWire = this.roles.map(() => this.roles.map((): Uint8Array[] => []));
    const answerTo = (rank: number, wait: Wait): Answer | undefined => {
      if (wait.kind === 'pause') return [];
      if (wait.kind === 'send') {
        for (const [to, bytes] of wait.send) {
          this.tap?.(rank, to, bytes);
          stats.sent[rank]![to]! += bytes.length;
          onWire[rank]![to]!.push(bytes);
        }
        return [];
      }
      if (wait.kind === 'receive') {
        if (wait.from.some((from) => onWire[from]![rank]!.length === 0)) return undefined;
        return new Map(wait.from.map((from) => [from, onWire[from]![rank]!.shift()!]));
      }
      if (wait.kind === 'revealed') {
        dealt.reveal(wait.gate, wait.value);
        deal();
      }
      const correction = corrections.get(wait.gate);
      return (rank === 0 ? correction?.chunks : correction?.broadcasts) ?? [];
    };
    /** Runs a party until it has to wait for a message. */
    const advance = (rank: number): boolean => {
      const r = runs[rank]!;
      for (let moved = false; ; moved = true) {
        const answer = r.next ? answerTo(rank, r.next) : [];
        if (answer === undefined) return moved;
        const start = performance.now();
        const next = r.steps.next(answer);
        stats.partyMs[rank]! += performance.now() - start;
        if (!next.done) r.next = next.value;
        else {
          r.outs = next.value;
          r.over = true;
          return true;
        }
      }
    };
    for (let moved = true; moved; ) {
      moved = false;
      for (const { rank } of this.roles) if (!runs[rank]!.over && advance(rank)) moved = true;
    }
    if (runs.some((r) => !r.over)) fail('DIVERGED', 'parties wait for each other');
    stats.rounds = Math.max(...runs.map((r) => r.run.rounds));
    scratch.end();
    const [{ run }] = runs as [(typeof runs)[0]];
    if (runs.some((r) => r.run.left !== run.left)) fail('DIVERGED', 'parties come to different verdicts');
    const { profile, left } = run;
    return { outs: runs.map((r) => r.outs), masks: dealt.result!, stats, profile, left };
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
