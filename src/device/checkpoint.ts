/**
 * @file Checkpoints of what an SPU holds. Each party writes its own additive shares to a file of its own; reading them
 * back, the parties put their shares in as private inputs, whose sum is the old value under fresh masks. So no dealer has
 * to remember anything, and parts that do not belong together are refused before anything is put in.
 *
 * A dump has two phases: every party writes its part beside the one of the dump before, under a number that is higher than
 * any that a party has; when all have said that theirs is on the disk, it takes the other's place. So whatever dies on the
 * way, there is a dump of which every party has its part: the highest that all have is the checkpoint.
 */
import { fail, TesseraError } from '../errors.ts';
import type { Exported } from '../ir/export.ts';
import type { Tensor, Type } from '../ir/graph.ts';
import { flatten, type TreeDef, unflatten } from '../ir/pytree.ts';
import { createCodec } from '../link/codec.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt } from './failing.ts';
import type { Mode, PartyFiles, SpuBackend, StoredPart } from './mode.ts';
import { DeviceObject, type Held, type Op, quietly, SPUObject } from './objects.ts';
import type { Programs } from './programs.ts';
import type { Work } from './work.ts';

/** What checkpoints need of an SPU. */
export interface Inside {
  readonly name: string;
  readonly op: Op;
  readonly config: SpuConfig;
  readonly mode: Mode;
  readonly backend: SpuBackend | undefined;
  readonly programs: Programs;
  queue<T>(work: () => Promise<T>): Promise<T>;
  /** Throws for objects of others. */
  check(object: DeviceObject): void;
  held(object: SPUObject): Promise<Held>;
  nextObject(): number;
  run(work: Work): Promise<void>;
  handle(given: Promise<Held>, done: Promise<void>, part?: string): SPUObject;
}

const VERSION = 2;
const codec = createCodec();

/** What everybody may know of a dump, and all parties must agree on. */
interface Common {
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

const filesOf = ({ mode, name }: Inside): PartyFiles =>
  mode.files ??
  fail(
    'UNSUPPORTED',
    `${name}: checkpoints are for production, where each party writes a file of its own; in simulation reveal and save`,
  );

/** The shares of this party; undefined at one that is no member. */
const exportedBy = (d: Inside, held: readonly Held[]): Promise<Exported> | undefined => {
  const exported = d.backend?.export?.(held.flatMap((h) => h.leaves.map((l) => l.id)));
  return exported && quietly(exported);
};

/** Each party's own work, of which all hear what came of it. */
const saidBy = <T>(
  { name, op, mode, config }: Inside,
  what: string,
  work: (party: string, rank: number) => Promise<T>,
): Promise<T[]> =>
  quietly(
    Promise.all(
      config.parties.map((party, rank) => {
        const own = (): Promise<T> =>
          work(party, rank).catch((e: unknown) => {
            throw failedAt(`${name}: ${party}`, op, e, { party });
          });
        return quietly(mode.announce(party, `${op.number}.${rank} ${what}`, op, own));
      }),
    ),
  );

export const dump = async (d: Inside, tree: unknown, path: string): Promise<void> => {
  const files = filesOf(d);
  const { op, config } = d;
  const { leaves, def, paths } = flatten(tree, (x) => x instanceof DeviceObject);
  const objects = leaves.map((x, i) => {
    if (!(x instanceof SPUObject))
      return fail(
        'INVALID_ARGUMENT',
        `${d.name}: dump takes handles of its objects; ${paths[i] || 'this'} is none`,
      );
    d.check(x);
    return x;
  });
  const given = objects.map((o) => d.held(o));
  const exporting = quietly(
    d.queue(async () => {
      const held = await Promise.all(given);
      return { held, exported: exportedBy(d, held) };
    }),
  );
  const found = await saidBy(d, 'found', async () => {
    const parts = await files.list(path);
    return Math.max(0, ...parts.map(({ header }) => Number(header.sequence) || 0));
  });
  const sequence = Math.max(...found) + 1;
  let own: Promise<string> | undefined;
  const discard = async (): Promise<void> => {
    const file = await own?.catch(() => undefined);
    if (file !== undefined) await files.discard(file);
  };
  const written = saidBy(d, 'written', async (party, rank) => {
    const { held, exported } = await exporting;
    const { id, shares } = await exported!;
    const common: Common = {
      id,
      parties: config.parties,
      field: config.runtime.field,
      fraction: config.runtime.fraction,
      tree: def,
      objects: held.map((h) => ({ def: h.def, types: h.leaves.map((l) => l.type) })),
      publics: shares.flatMap((s, i) => (s instanceof Uint8Array ? [] : [[i, s] as const])),
    };
    const secret = shares.filter((s) => s instanceof Uint8Array);
    const header = { kind: 'checkpoint', version: VERSION, party, rank, sequence, id };
    own = files.write(path, sequence, header, [codec.encode(common), ...secret]);
    await own;
    return id;
  });
  const ids = await written.catch(async (e: unknown) => {
    // A party that says of this dump that it could not write will never keep its part; one that is lost may have.
    const { via, op: of } = (e as TesseraError).info ?? {};
    if (via !== undefined && of === op.number) await discard();
    throw e;
  });
  if (new Set(ids).size > 1) {
    await discard();
    throw new TesseraError('DIVERGED', `${d.name}: the parties have dumped different objects`, {
      op: op.number,
    });
  }
  await saidBy(d, 'kept', async () => {
    await files.keep(path, await own!);
    return null;
  });
};

/** A dump of which a party has its part. */
interface Found {
  readonly sequence: number;
  readonly id: string;
}

const findingOf = ({ header }: StoredPart): Found => ({
  sequence: Number(header.sequence),
  id: String(header.id),
});

const sameDump = (a: Found, b: Found): boolean => a.sequence === b.sequence && a.id === b.id;

/** The last dump of which all have their parts. */
const newestOf = (d: Inside, all: readonly (readonly Found[])[], path: string): Found => {
  const [own, ...others] = all;
  const common = own!.filter((f) => others.every((o) => o.some((g) => sameDump(f, g))));
  const newest = common.reduce<Found | undefined>(
    (a, f) => (a && a.sequence > f.sequence ? a : f),
    undefined,
  );
  if (newest !== undefined) return newest;
  const text = (found: readonly Found[]): string =>
    found.map((f) => `${f.sequence} (${f.id.slice(0, 8)})`).join(' and ');
  throw new TesseraError(
    'CONFIG',
    `${d.name} op #${d.op.number} (load): the parts do not belong together: ` +
      d.config.parties.map((party, rank) => `${party} has that of dump ${text(all[rank]!)}`).join(', '),
    { op: d.op.number, path },
  );
};

/** Reads this party's part. */
const readPart = async (d: Inside, files: PartyFiles, path: string, party: string, rank: number) => {
  const { header, records } = await files.read(path);
  const wrong = (why: string): never => fail('CONFIG', `${path}: ${why}`, { path });
  if (header.kind !== 'checkpoint') wrong('is no checkpoint');
  if (header.version !== VERSION)
    wrong(`is a checkpoint of version ${String(header.version)}; this program reads version ${VERSION}`);
  if (header.party !== party || header.rank !== rank)
    wrong(
      `is the part of ${String(header.party)}, rank ${String(header.rank)}, not of ${party}, rank ${rank}`,
    );
  const [first, ...shares] = records;
  const common = codec.decode(first ?? new Uint8Array()) as Common;
  const { parties, runtime } = d.config;
  const here = JSON.stringify([parties, runtime.field, runtime.fraction]);
  const there = JSON.stringify([common.parties, common.field, common.fraction]);
  if (here !== there)
    wrong(`was written by an SPU of [parties, field, fraction bits] ${there}; this one is ${here}`);
  return { common, shares };
};

export const load = async (d: Inside, path: string): Promise<unknown> => {
  const files = filesOf(d);
  const { op } = d;
  let stored: readonly StoredPart[] = [];
  const found = saidBy(d, 'found', async () => {
    stored = await files.list(path);
    if (stored.length === 0) fail('CONFIG', `${path}: cannot be opened (ENOENT)`, { path });
    return stored.map(findingOf);
  });
  // Jobs are given to the parties in the order of the calls: later ones wait until the files are read.
  const loading = d.queue(async () => {
    const newest = newestOf(d, await found, path);
    let shares: readonly Uint8Array[] = [];
    const commons = await saidBy(d, 'read', async (party, rank) => {
      const { file } = stored.find((part) => sameDump(findingOf(part), newest))!;
      const part = await readPart(d, files, file, party, rank);
      shares = part.shares;
      return part.common;
    });
    const common = commons[0]!;
    const text = (c: Common): string => JSON.stringify([c.id, c.tree, c.objects]);
    if (commons.some((c) => text(c) !== text(common) || c.id !== newest.id))
      throw new TesseraError(
        'CONFIG',
        `${d.name} op #${op.number} (load): the parts do not belong together`,
        { op: op.number, path },
      );
    return put(d, common, shares);
  });
  const { common, held, done } = await loading;
  const handles = held.map((h, i) => d.handle(Promise.resolve(h), done, held.length > 1 ? `[${i}]` : ''));
  return unflatten(common.tree, handles);
};

/** Puts the shares of this party in. */
const put = (d: Inside, common: Common, shares: readonly Uint8Array[]) => {
  const { parties } = d.config;
  const own = d.mode.self === undefined ? -1 : parties.indexOf(d.mode.self);
  const publics = new Map(common.publics);
  const types = common.objects.flatMap((o) => o.types);
  const inputs = new Map<number, Tensor>();
  let next = 0;
  types.forEach(({ shape, dtype }, name) => {
    if (publics.has(name)) return;
    const data = shares[next++];
    if (data)
      inputs.set(name * parties.length + own, { shape, dtype: dtype === 'bool' ? 'bit' : 'ring', data });
  });
  const ids = types.map(() => d.nextObject());
  const graph = d.programs.import(types, publics, parties.length);
  const done = quietly(d.run({ op: d.op, graph, ins: [], outs: ids, privates: new Map([[own, inputs]]) }));
  let at = 0;
  const held = common.objects.map(({ def, types }): Held => {
    const leaves = types.map((type) => ({ id: ids[at++]!, type }));
    return { def, leaves };
  });
  return { common, held, done };
};
