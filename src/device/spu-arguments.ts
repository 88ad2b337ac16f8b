/** @file Reading what is given to a call on an SPU, and taking its results apart. */
import { fail } from '../errors.ts';
import type { Tensor, Type } from '../ir/ops/graph.ts';
import { leafCount, type TreeDef, unflatten } from '../ir/trace/pytree.ts';
import { describe } from '../names.ts';
import { arraysOf, entering } from './argument-trees.ts';
import type { CallOptions } from './call-options.ts';
import type { SPU } from './devices.ts';
import type { Described } from './mode.ts';
import type { DeviceObject, Form, Held } from './objects.ts';
import type { Recorded } from './programs.ts';

/** Places of arguments that are handed over as they are. */
export const readStatic = (places: CallOptions['static'], count: number): ReadonlySet<number> => {
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

/** The items of a list of n results, each with what it has of `leaves`. */
const cut = <L>(def: TreeDef, leaves: readonly L[], n: number): { def: TreeDef; leaves: readonly L[] }[] => {
  if (def.kind !== 'array' || def.items.length !== n)
    return fail(
      'INVALID_ARGUMENT',
      `numReturns is ${n}, but the function returned ${def.kind === 'array' ? `${def.items.length} results` : 'no list'}: ` +
        `return a list of ${n}${n === 1 ? ', or leave numReturns out' : ''}`,
    );
  let next = 0;
  return def.items.map((item) => {
    const count = leafCount(item);
    next += count;
    return { def: item, leaves: leaves.slice(next - count, next) };
  });
};

/** What is held of a list of n results, one by one. */
export const split = ({ def, leaves }: Held, n: number): Held[] => cut(def, leaves, n);

export const splitForm = ({ def, types }: Form, n: number): Form[] =>
  cut(def, types, n).map((part) => ({ def: part.def, types: part.leaves }));

export const formOf = ({ def, leaves }: Held): Form => ({ def, types: leaves.map((l) => l.type) });

/** Is this handle of the SPU, or of a PYU? Throws INVALID_ARGUMENT for others. */
export const checkOwn = (
  { object, path }: { object: DeviceObject; path: string },
  spu: SPU,
  name: string,
): void => {
  const { device } = object;
  if (device === spu) return;
  const place = path === '' ? '' : ` (argument ${path})`;
  if (device.session !== spu.session)
    fail('INVALID_ARGUMENT', `${object.toString()}${place} belongs to another session than ${name}`);
  if (device.kind === 'SPU')
    fail(
      'INVALID_ARGUMENT',
      `${name} was given ${object.toString()}${place}, which is held by another SPU: move it first, with .to(spu) ` +
        'where both have the same parties, field and fraction bits; else reveal it to a party that is in both, and move it from there',
    );
  // Where values are elsewhere, nobody could split it.
  if (device.kind === 'PYU' && !spu.parties.includes(device.party) && spu.session.mode.call)
    fail('UNSUPPORTED', `${name} was given ${object.toString()}${place}: ${NO_MEMBER}`, {
      party: device.party,
    });
};

/** On a cluster. */
export const NO_MEMBER = 'on a cluster a party that is no member cannot';

/** What a value that enters an SPU is made of. Throws what `arraysOf` throws, and what `check` throws of an array. */
export const describeValue = (value: unknown, check: (array: Tensor, path: string) => void): Described => {
  const { def, arrays, paths } = arraysOf(value);
  arrays.forEach((a, i) => {
    check(a, paths[i]!);
  });
  return { def, types: arrays.map(entering), data: arrays.map((a) => a.data) };
};

/** Where an input of a program comes from. */
export interface Place {
  readonly object: DeviceObject;
  readonly leaf: number;
}

/** The tree of an object as types of its own, each entered in `places`. */
export const typesOf = (object: DeviceObject, { def, types }: Form, places: Map<Type, Place>): unknown => {
  const own = types.map((type, leaf) => {
    const t = { ...type };
    places.set(t, { object, leaf });
    return t;
  });
  return unflatten(def, own);
};

/** A recorded program, and where its inputs come from. */
export interface Record {
  readonly recorded: Recorded;
  readonly places: ReadonlyMap<Type, Place>;
  readonly form: Form;
}

/** A program that was given to the parties. */
export interface Sent {
  readonly held: Held;
  readonly done: Promise<void>;
}

/** What `work` gave or threw, once and for all. */
export const attempt = <T>(work: () => T): (() => T) => {
  try {
    const value = work();
    return () => value;
  } catch (e) {
    return () => {
      throw e;
    };
  }
};

/** A form, if there is one: what has failed has none. */
export const formIf = (form: () => Form): Form | undefined => {
  try {
    return form();
  } catch {
    return undefined;
  }
};
