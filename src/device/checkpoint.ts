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
import type { Tensor } from '../ir/ops/graph.ts';
import { flatten, unflatten } from '../ir/trace/pytree.ts';
import {
  type CheckpointPath,
  type Common,
  packCommon,
  pathsOf,
  secretsOf,
  tensorsOf,
  unpackCommon,
} from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt } from './failing.ts';
import type { Keeper, Mode, SpuBackend, StoredPart, Taken } from './mode.ts';
import { DeviceObject, type Held, SPUObject } from './objects.ts';
import { type Op, quietly } from './operation.ts';
import type { Programs } from './programs.ts';
import type { Shadows } from './shadows.ts';
import type { Work } from './work.ts';

/** What checkpoints need of an SPU. */
export interface Inside {
  readonly name: string;
  readonly op: Op;
  readonly config: SpuConfig;
  readonly mode: Mode;
  readonly backend: SpuBackend | undefined;
  readonly programs: Programs;
  readonly shadows: Shadows | undefined;
  queue<T>(work: () => Promise<T>): Promise<T>;
  /** Throws for objects of others. */
  check(object: DeviceObject): void;
  held(object: SPUObject): Promise<Held>;
  nextObject(): number;
  run(work: Work): Promise<void>;
  handle(given: Promise<Held>, done: Promise<void>, part?: string): SPUObject;
}

const VERSION = 2;

/** This party's keeper, or that of each where one program drives all; made when it is needed. */
const keepersOf = (d: Inside): ((party: string, rank: number) => Keeper) => {
  const made = new Map<string, Keeper>();
  return (party, rank) => {
    const keeper = made.get(party) ?? d.mode.keeper(party, rank, d.backend!);
    made.set(party, keeper);
    return keeper;
  };
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

export const dump = async (d: Inside, tree: unknown, path: CheckpointPath): Promise<void> => {
  const { op, config, mode } = d;
  const paths = pathsOf(`${d.name}: dump`, path, config.parties, mode.self);
  const keeper = keepersOf(d);
  const { leaves, def, paths: places } = flatten(tree, (x) => x instanceof DeviceObject);
  const objects = leaves.map((x, i) => {
    if (!(x instanceof SPUObject))
      return fail(
        'INVALID_ARGUMENT',
        `${d.name}: dump takes handles of its objects; ${places[i] || 'this'} is none`,
      );
    d.check(x);
    return x;
  });
  const given = objects.map((o) => d.held(o));
  const exporting = quietly(
    d.queue(async () => {
      const held = await Promise.all(given);
      const ids = held.flatMap((h) => h.leaves.map((l) => l.id));
      // Of the members that are here; later jobs do not wait for it.
      const taken = config.parties.map((party, rank) =>
        mode.self === undefined || mode.self === party
          ? quietly(takeAt(keeper, party, rank, ids))
          : undefined,
      );
      return { held, taken };
    }),
  );
  const found = await saidBy(d, 'found', async (party, rank) => {
    const parts = await keeper(party, rank).list(paths.get(party)!);
    return Math.max(0, ...parts.map(({ header }) => Number(header.sequence) || 0));
  });
  const sequence = Math.max(...found) + 1;
  const own = new Map<string, Promise<string>>();
  const discard = async (): Promise<void> => {
    for (const [rank, party] of config.parties.entries()) {
      const file = await own.get(party)?.catch(() => undefined);
      // It may have gone with its party.
      if (file !== undefined)
        await keeper(party, rank)
          .discard(file)
          .catch(() => {});
    }
  };
  const written = saidBy(d, 'written', async (party, rank) => {
    const { held, taken } = await exporting;
    const { id, publics } = await taken[rank]!;
    const common: Common = {
      id,
      parties: config.parties,
      field: config.runtime.field,
      fraction: config.runtime.fraction,
      tree: def,
      objects: held.map((h) => ({ def: h.def, types: h.leaves.map((l) => l.type) })),
      publics,
    };
    const header = { kind: 'checkpoint', version: VERSION, party, rank, sequence, id };
    const file = keeper(party, rank).write(paths.get(party)!, sequence, header, packCommon(common));
    own.set(party, file);
    await file;
    return id;
  });
  const ids = await written.catch(async (e: unknown) => {
    // Where one program drives all, nobody keeps a part before all are written. Elsewhere a party that says of this dump that it
    // could not write will never keep its part; one that is lost may have.
    const { via, op: of } = (e as TesseraError).info ?? {};
    if (mode.self === undefined || (via !== undefined && of === op.number)) await discard();
    throw e;
  });
  if (new Set(ids).size > 1) {
    await discard();
    throw new TesseraError('DIVERGED', `${d.name}: the parties have dumped different objects`, {
      op: op.number,
    });
  }
  await saidBy(d, 'kept', async (party, rank) => {
    await keeper(party, rank).keep(paths.get(party)!, await own.get(party)!);
    return null;
  });
};

/** What cannot be asked of a party is its own error, when its part is written. */
const takeAt = async (
  keeper: (party: string, rank: number) => Keeper,
  party: string,
  rank: number,
  ids: readonly number[],
): Promise<Taken> => keeper(party, rank).take(ids);

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
const newestOf = (d: Inside, all: readonly (readonly Found[])[], path: CheckpointPath): Found => {
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

/** Reads a party's part. */
const readPart = async (
  d: Inside,
  keeper: Keeper,
  path: string,
  party: string,
  rank: number,
): Promise<Common> => {
  const { header, common: bytes } = await keeper.read(path);
  const wrong = (why: string): never => fail('CONFIG', `${path}: ${why}`, { path });
  if (header.kind !== 'checkpoint') wrong('is no checkpoint');
  if (header.version !== VERSION)
    wrong(`is a checkpoint of version ${String(header.version)}; this program reads version ${VERSION}`);
  if (header.party !== party || header.rank !== rank)
    wrong(
      `is the part of ${String(header.party)}, rank ${String(header.rank)}, not of ${party}, rank ${rank}`,
    );
  const common = unpackCommon(bytes);
  const { parties, runtime } = d.config;
  const here = JSON.stringify([parties, runtime.field, runtime.fraction]);
  const there = JSON.stringify([common.parties, common.field, common.fraction]);
  if (here !== there)
    wrong(`was written by an SPU of [parties, field, fraction bits] ${there}; this one is ${here}`);
  return common;
};

export const load = async (d: Inside, path: CheckpointPath): Promise<unknown> => {
  const { op, config, mode } = d;
  const paths = pathsOf(`${d.name}: load`, path, config.parties, mode.self);
  const keeper = keepersOf(d);
  const stored = new Map<string, readonly StoredPart[]>();
  const found = saidBy(d, 'found', async (party, rank) => {
    const own = paths.get(party)!;
    const parts = await keeper(party, rank).list(own);
    if (parts.length === 0) fail('CONFIG', `${own}: cannot be opened (ENOENT)`, { path: own });
    stored.set(party, parts);
    return parts.map(findingOf);
  });
  // Jobs are given to the parties in the order of the calls: later ones wait until the files are read.
  const loading = d.queue(async () => {
    const newest = newestOf(d, await found, path);
    const commons = await saidBy(d, 'read', async (party, rank) => {
      const { file } = stored.get(party)!.find((part) => sameDump(findingOf(part), newest))!;
      return readPart(d, keeper(party, rank), file, party, rank);
    });
    const common = commons[0]!;
    const text = (c: Common): string => JSON.stringify([c.id, c.tree, c.objects]);
    if (commons.some((c) => text(c) !== text(common) || c.id !== newest.id))
      throw new TesseraError(
        'CONFIG',
        `${d.name} op #${d.op.number} (load): the parts do not belong together`,
        { op: op.number, path },
      );
    return { common, ...(await put(d, common, keeper)) };
  });
  const { common, held, done } = await loading;
  const handles = held.map((h, i) => d.handle(Promise.resolve(h), done, held.length > 1 ? `[${i}]` : ''));
  return unflatten(common.tree, handles);
};

/** Puts the shares of the parties that are here in. */
export const put = async (
  d: Inside,
  common: Omit<Common, 'id' | 'tree'>,
  keeper: (party: string, rank: number) => Pick<Keeper, 'shares'>,
) => {
  const { parties } = d.config;
  const publics = new Map(common.publics);
  const types = common.objects.flatMap((o) => o.types);
  const secrets = secretsOf(common);
  const privates = new Map<number, Map<number, Tensor>>();
  const sources: { rank: number; key: string; leaf: number }[] = [];
  for (const [rank, party] of parties.entries()) {
    if (d.mode.self !== undefined && d.mode.self !== party) continue;
    const { shares } = keeper(party, rank);
    const name = (place: number): number => place * parties.length + rank;
    if (typeof shares === 'string')
      for (const [leaf, [place]] of secrets.entries()) sources[name(place)] = { rank, key: shares, leaf };
    else {
      const tensors = tensorsOf(common, shares);
      privates.set(rank, new Map(secrets.map(([place], i) => [name(place), tensors[i]!])));
    }
  }
  const ids = types.map(() => d.nextObject());
  const graph = d.programs.import(types, publics, parties.length);
  const there = sources.length > 0 ? { sources } : {};
  const done = quietly(d.run({ op: d.op, graph, ins: [], outs: ids, privates, ...there }));
  if (d.shadows) {
    await done;
    await d.shadows.adopt(d.op, ids, types);
  }
  let at = 0;
  const held = common.objects.map(({ def, types }): Held => {
    const leaves = types.map((type) => ({ id: ids[at++]!, type }));
    return { def, leaves };
  });
  return { held, done };
};
