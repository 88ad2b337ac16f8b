/**
 * @file Checkpoints of what an SPU holds. Each party writes its own additive shares to a file of its own; reading them
 * back, the parties put their shares in as private inputs, whose sum is the old value under fresh masks. So no dealer has
 * to remember anything, and parts that do not belong together are refused before anything is put in.
 */
import { fail, TesseraError } from '../errors.ts';
import type { Tensor, Type } from '../ir/graph.ts';
import { flatten, type TreeDef, unflatten } from '../ir/pytree.ts';
import { createCodec } from '../link/codec.ts';
import type { SpuConfig } from './cluster-def.ts';
import { failedAt } from './failing.ts';
import type { Mode, PartyFiles, SpuBackend } from './mode.ts';
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

const VERSION = 1;
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

export const dump = async (d: Inside, tree: unknown, path: string): Promise<void> => {
  const files = filesOf(d);
  const { op, mode, config } = d;
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
  const exporting = d.queue(async () => {
    const held = await Promise.all(given);
    return { held, exported: d.backend?.export?.(held.flatMap((h) => h.leaves.map((l) => l.id))) };
  });
  const write = async (party: string, rank: number): Promise<string> => {
    try {
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
      const header = { kind: 'checkpoint', version: VERSION, party, rank };
      await files.write(path, header, [codec.encode(common), ...secret]);
      return id;
    } catch (e) {
      throw failedAt(`${d.name}: ${party}`, op, e, { party });
    }
  };
  const ids = await Promise.all(
    config.parties.map((party, rank) =>
      quietly(mode.announce(party, `${op.number}.${rank}`, op, () => write(party, rank))),
    ),
  );
  if (new Set(ids).size > 1)
    throw new TesseraError('DIVERGED', `${d.name}: the parties have dumped different objects`, {
      op: op.number,
    });
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
  const { op, mode, config } = d;
  let shares: readonly Uint8Array[] = [];
  const parts = config.parties.map((party, rank) =>
    quietly(
      mode.announce(party, `${op.number}.${rank}`, op, async () => {
        try {
          const part = await readPart(d, files, path, party, rank);
          shares = part.shares;
          return part.common;
        } catch (e) {
          throw failedAt(`${d.name}: ${party}`, op, e, { party });
        }
      }),
    ),
  );
  // Jobs are given to the parties in the order of the calls: later ones wait until the files are read.
  const loading = d.queue(async () => {
    const commons = await Promise.all(parts);
    const common = commons[0]!;
    const text = (c: Common): string => JSON.stringify([c.id, c.tree, c.objects]);
    const other = commons.findIndex((c) => text(c) !== text(common));
    if (other >= 0)
      throw new TesseraError(
        'CONFIG',
        `${d.name} op #${op.number} (load): the parts do not belong together: ${config.parties[0]} has that of dump ` +
          `${common.id}, ${config.parties[other]} that of ${commons[other]!.id}`,
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
