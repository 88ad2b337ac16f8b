/**
 * @file From one SPU to another of the same parties and ring: each party takes its shares out of one engine and puts them into the
 * other, where their sum is the value under fresh masks. As a checkpoint, without files; nothing is revealed, and nothing leaves a party
 * but what enters an SPU.
 */
import type { Tensor } from '../ir/ops/graph.ts';
import { type Inside, put } from './checkpoint.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { Held, Leaving } from './objects.ts';
import { quietly } from './operation.ts';

/** Whether shares mean the same in both. */
export const isAlike = (a: SpuConfig, b: SpuConfig): boolean =>
  a.runtime.field === b.runtime.field &&
  a.runtime.fraction === b.runtime.fraction &&
  a.parties.length === b.parties.length &&
  a.parties.every((party, rank) => party === b.parties[rank]);

/** Puts what leaves another SPU in, after what was called on this one before. */
export const convert = (d: Inside, leaving: Promise<Leaving>): Promise<{ held: Held; done: Promise<void> }> =>
  quietly(
    d.queue(async () => {
      const { held, exported } = await leaving;
      const shares = new Map<number, readonly Uint8Array[]>();
      let publics: readonly (readonly [number, Tensor])[] = [];
      for (const [rank, promise] of exported) {
        const all = (await promise).shares;
        publics = all.flatMap((s, i) => (s instanceof Uint8Array ? [] : [[i, s] as const]));
        shares.set(
          rank,
          all.filter((s) => s instanceof Uint8Array),
        );
      }
      const { parties, runtime } = d.config;
      const objects = [{ def: held.def, types: held.leaves.map(({ type }) => type) }];
      const common = { parties, field: runtime.field, fraction: runtime.fraction, objects, publics };
      const made = await put(d, common, (_party, rank) => ({ shares: shares.get(rank) ?? [] }));
      return { held: made.held[0]!, done: made.done };
    }),
  );
