/**
 * @file What `tessera train --save` keeps beside this party's share of a model, in FILE.json: what its columns mean. `plan` is public among the parties and
 * the same at all; `own` is this party's alone. A number that was drawn for this training stands in both files, so that a share and a plan of two
 * trainings are never taken for one.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { fail } from '../errors.ts';
import * as sf from '../index.ts';
import type { Feature, Label, Prepared } from './features.ts';
import { readJson } from './options-file.ts';
import type { Parties } from './parties.ts';

export interface Plan {
  /** Of this training, 32 hexadecimal digits. */
  readonly id: string;
  readonly model: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly field: string;
  readonly label: Label;
  /** By party, those of each in the order in which the model takes them. */
  readonly columns: Readonly<Record<string, readonly Feature[]>>;
}

export interface Own {
  readonly filling: Prepared['filling'];
  /** Where the bins of each column end, for trees; null stands for Infinity. */
  readonly thresholds: readonly (readonly (number | null)[])[];
}

export interface ModelFile {
  readonly plan: Plan;
  readonly own: Own;
}

interface Kept extends Omit<Plan, 'id' | 'columns'> {
  readonly state: sf.SPUObject;
  readonly own: Prepared;
  /** Of each party that has columns. */
  readonly thresholds: readonly sf.PYUObject<number[][]>[];
}

const KIND = 'tessera model';
const VERSION = 1;

/** The file that belongs to a share. */
const besides = (path: string): string => `${path}.json`;

const digits = (id: string): number[] => Array.from(id, (c) => Number.parseInt(c, 16));

/** Writes this party's share of a model, and the plan. */
export const keep = async ({ session, self, names }: Parties, spu: sf.SPU, path: string, kept: Kept) => {
  const [first] = names;
  const { own, state, thresholds, ...common } = kept;
  const [id, ...features] = (await session.reveal([
    session.PYU(first!)(() => randomBytes(16).toString('hex'))(),
    ...names.map((name) => session.PYU(name)(() => own.features)()),
  ])) as unknown as [string, ...Feature[][]];
  let bins: readonly (readonly number[])[] = [];
  const look = (all: readonly (readonly number[])[]): void => {
    bins = all;
  };
  const looks = thresholds.map((handle) => handle.device(look)(handle));
  await session.wait(looks);
  const stamp = spu(() => sf.np.asarray(digits(id), 'int32'))() as unknown as sf.SPUObject;
  await spu.dump({ state, stamp }, path);
  const columns = Object.fromEntries(
    names.flatMap((name, i) => (features[i]!.length > 0 ? [[name, features[i]!]] : [])),
  );
  const plan: Plan = { id, ...common, columns };
  const text = JSON.stringify(
    { kind: KIND, version: VERSION, party: self, plan, own: { filling: own.filling, thresholds: bins } },
    undefined,
    1,
  );
  writeFileSync(besides(path), `${text}\n`, { mode: 0o600 });
};

/** The plan beside a share. Throws CONFIG for what is none, and for another party's. */
export const readPlan = (path: string, self: string): ModelFile => {
  const at = besides(path);
  const { kind, version, party, plan, own } = readJson(at);
  if (kind !== KIND || version !== VERSION)
    fail('CONFIG', `${at} is no model of version ${VERSION}: tessera train --save writes one`, { path: at });
  if (party !== self) fail('CONFIG', `${at} is the part of ${String(party)}, not of ${self}`, { path: at });
  return { plan, own } as ModelFile;
};

/** This model's state. Throws CONFIG where the share is of another training than the plan. */
export const loadState = async (
  session: sf.Session,
  spu: sf.SPU,
  path: string,
  { id }: Plan,
): Promise<sf.SPUObject> => {
  const { state, stamp } = (await spu.load(path)) as { state: sf.SPUObject; stamp: sf.SPUObject };
  const found = (await session.reveal(stamp)) as unknown as sf.NDArray;
  return digits(id).join() === Array.from(found.data, Number).join()
    ? state
    : fail('CONFIG', `${path} and ${besides(path)} are of two trainings`, { path });
};
