/** @file Reading what is given to a call on an SPU, and taking its results apart. */
import { fail } from '../errors.ts';
import { leafCount } from '../ir/pytree.ts';
import type { Held } from './objects.ts';
import { describe } from './read.ts';
import type { SpuOptions } from './spu.ts';

/** Places of arguments that are handed over as they are. */
export const readStatic = (places: SpuOptions['static'], count: number): ReadonlySet<number> => {
  if (places === undefined) return new Set();
  if (!Array.isArray(places))
    return fail(
      'INVALID_ARGUMENT',
      `static is a list of places of arguments, like [1], not ${describe(places)}`,
    );
  return new Set(
    places.map((p: unknown) => {
      if (!Number.isInteger(p) || (p as number) < -count || (p as number) >= count)
        fail('INVALID_ARGUMENT', `static: there is no argument ${describe(p)}: the call has ${count}`);
      return ((p as number) + count) % count;
    }),
  );
};

/** The items of a list of n results. */
export const split = ({ def, leaves }: Held, n: number): Held[] => {
  if (def.kind !== 'array' || def.items.length !== n)
    return fail(
      'INVALID_ARGUMENT',
      `numReturns is ${n}, but the function returned ${def.kind === 'array' ? `${def.items.length} results` : 'no list'}`,
    );
  let next = 0;
  return def.items.map((item) => {
    const count = leafCount(item);
    next += count;
    return { def: item, leaves: leaves.slice(next - count, next) };
  });
};
