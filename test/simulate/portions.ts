/** @file Stored material for simulated parties: real portions without corrections, made once. */
import { BUILD } from '../../src/build.ts';
import type { Disk, DiskFile } from '../../src/device/production/disk.ts';
import { boxText, parseBox, sealKey } from '../../src/device/production/party-keys.ts';
import { portionName, signHeader, VERSION } from '../../src/device/production/stored/portion.ts';
import { writeVault } from '../../src/device/production/vault.ts';
import { identitySecretText, identityText } from '../../src/link/identity.ts';
import { identityOf } from './keys.ts';

export const SET = '00112233aabbccdd';
const RUNS = 12;
export const JOB = 'simulated';
export const DEALER = identityText(identityOf('dealer'));
export const FOLDER = '/material';

/** A disk in memory that takes no time. */
const memory = (files: Map<string, Uint8Array>): Disk => {
  const file = (path: string): DiskFile => ({
    writeFile: async (data) => {
      const before = files.get(path) ?? new Uint8Array();
      const more = data as Uint8Array;
      const all = new Uint8Array(before.length + more.length);
      all.set(before);
      all.set(more, before.length);
      files.set(path, all);
    },
    read: async () => ({ bytesRead: 0 }),
    sync: async () => {},
    close: async () => {},
  });
  return {
    open: async (path) => file(path),
    readdir: async () => [],
    rename: async (from, to) => {
      files.set(to, files.get(from)!);
      files.delete(from);
    },
    remove: async () => {},
  };
};

/** The seed of a portion tells which it is. */
const seedOf = (run: number, rank: number): Uint8Array => new Uint8Array(32).fill(run * 8 + rank);
export const runOf = (seed: Uint8Array): number => seed[0]! >> 3;

const make = async (parties: readonly string[], party: string): Promise<ReadonlyMap<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  const rank = parties.indexOf(party);
  const recipient = parseBox(boxText(identitySecretText(identityOf(party))), party);
  for (let run = 1; run <= RUNS; run++) {
    const { key, sealed } = sealKey(recipient);
    const header = signHeader(
      {
        kind: 'material',
        version: VERSION,
        set: SET,
        run,
        job: JOB,
        field: 'FM64',
        fraction: 18,
        parties,
        party,
        rank,
        jobs: [],
        key: sealed,
        deployment: null,
        expires: null,
        build: BUILD,
      },
      identityOf('dealer'),
    );
    await writeVault(
      `${FOLDER}/${portionName(SET, run)}`,
      key,
      { ...header },
      [seedOf(run, rank)],
      memory(files),
    );
  }
  return files;
};

const made = new Map<string, ReadonlyMap<string, Uint8Array>>();

/** What `tessera deal` gives to a party. */
export const portionsFor = async (
  parties: readonly string[],
  party: string,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const key = `${parties.join()} ${party}`;
  const known = made.get(key) ?? (await make(parties, party));
  made.set(key, known);
  return known;
};
