/** @file What stands in a part of a checkpoint, and where it is kept. */
import { fail } from '../errors.ts';
import type { Tensor, Type } from '../ir/ops/graph.ts';
import type { TreeDef } from '../ir/trace/pytree.ts';
import { createCodec } from '../link/codec.ts';
import { describe } from '../names.ts';

const codec = createCodec();

/** What everybody may know of a dump, and all parties must agree on. */
export interface Common {
  /** The same in all parts of one dump. */
  readonly id: string;
  readonly parties: readonly string[];
  readonly field: string;
  readonly fraction: number;
  /** The tree that was dumped, with a leaf for each object. */
  readonly tree: TreeDef;
  readonly objects: readonly { readonly def: TreeDef; readonly types: readonly Type[] }[];
  /** Places of leaves that are public, and their values. */
  readonly publics: readonly (readonly [number, Tensor])[];
}

export const packCommon = (common: Common): Uint8Array => codec.encode(common);
export const unpackCommon = (bytes: Uint8Array): Common => codec.decode(bytes) as Common;

/** Secret leaves by their places, with their forms. */
export const secretsOf = ({
  objects,
  publics,
}: Pick<Common, 'objects' | 'publics'>): readonly (readonly [number, Type])[] => {
  const open = new Set(publics.map(([place]) => place));
  return objects
    .flatMap((o) => o.types)
    .flatMap((type, place) => (open.has(place) ? [] : [[place, type] as const]));
};

/** A party's shares as what it puts in. */
export const tensorsOf = (
  common: Pick<Common, 'objects' | 'publics'>,
  shares: readonly Uint8Array[],
): Tensor[] =>
  secretsOf(common).map(([, { shape, dtype }], i) => ({
    shape,
    dtype: dtype === 'bool' ? 'bit' : 'ring',
    data: shares[i]!,
  }));

/** Where checkpoints are: one path, from which each party's follows, or one for each party. */
export type CheckpointPath = string | readonly string[] | Readonly<Record<string, string>>;

/** The path of each party that keeps a part here. `own`: the party whose program this is, where there is one. */
export const pathsOf = (
  what: string,
  given: unknown,
  parties: readonly string[],
  own: string | undefined,
): ReadonlyMap<string, string> => {
  const wrong = (why: string): never =>
    fail('INVALID_ARGUMENT', `${what}: a path, or one for each of ${parties.join(', ')} is wanted: ${why}`, {
      parties,
    });
  const text = (x: unknown, whose: string): string =>
    typeof x === 'string' && x !== '' && !x.includes('\0') ? x : wrong(`that of ${whose} is ${describe(x)}`);
  if (typeof given === 'string') {
    text(given, 'all');
    return new Map(parties.map((party) => [party, own === undefined ? `${given}.${party}` : given]));
  }
  if (typeof given !== 'object' || given === null) return wrong(`not ${describe(given)}`);
  if (Array.isArray(given) && given.length !== parties.length) wrong(`the list has ${given.length}`);
  const named = Array.isArray(given)
    ? new Map(parties.map((party, i) => [party, given[i] as unknown]))
    : new Map(Object.entries(given));
  const stranger = [...named.keys()].find((name) => !parties.includes(name));
  if (stranger !== undefined) wrong(`there is no party ${JSON.stringify(stranger)}`);
  const here = own === undefined ? parties : parties.filter((party) => party === own);
  const paths = new Map(here.map((party) => [party, text(named.get(party), party)]));
  if (new Set(paths.values()).size < paths.size) wrong('two parties have the same');
  return paths;
};
