/** @file A party's own files: whole ones, encrypted with its key. Those of one path stand in one folder. */
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TesseraError } from '../../errors.ts';
import type { PartyFiles, StoredPart } from '../mode.ts';
import { syncFolder, VaultReader, writeVault } from './vault.ts';

/** `P.<sequence>.new`: whole, but not in its place; `.part`: unfinished. */
const NEW = /^\.(\d{1,15})\.new$/;
const UNFINISHED = /^\.\d{1,15}\.new\.part$/;

const cannot = (path: string, what: string, e: unknown): TesseraError => {
  if (e instanceof TesseraError) return e;
  const { code } = e as NodeJS.ErrnoException;
  return new TesseraError('CONFIG', `${path}: cannot be ${what} (${code})`, { path }, e);
};

/** The files that belong to `path`, by what stands behind its name. */
const beside = async (path: string): Promise<Map<string, string>> => {
  const [folder, base] = [dirname(path), basename(path)];
  const names = await readdir(folder).catch((e: unknown) => {
    throw cannot(path, 'opened', e);
  });
  const own = names.filter((n) => n.startsWith(base));
  return new Map(own.map((n) => [n.slice(base.length), join(folder, n)]));
};

const headerOf = async (file: string, key: Uint8Array): Promise<StoredPart> => {
  const vault = await VaultReader.open(file, () => key);
  await vault.close();
  return { file, header: vault.header };
};

/** `key` is asked for when it is needed: not every party keeps files. */
export const partyFiles = (key: () => Uint8Array): PartyFiles => ({
  list: async (path) => {
    const own = key();
    const files = [...(await beside(path))].filter(([end]) => end === '' || NEW.test(end));
    return Promise.all(files.map(([, file]) => headerOf(file, own)));
  },
  write: async (path, sequence, header, records) => {
    const own = key();
    const file = `${path}.${sequence}.new`;
    try {
      await writeVault(file, own, header, records);
    } catch (e) {
      throw cannot(path, 'written', e);
    }
    return file;
  },
  keep: async (path, file) => {
    try {
      await rename(file, path);
      await syncFolder(dirname(path));
      for (const [end, old] of await beside(path))
        if (NEW.test(end) || UNFINISHED.test(end)) await rm(old, { force: true });
    } catch (e) {
      throw cannot(path, 'written', e);
    }
  },
  discard: (file) => rm(file, { force: true }),
  read: async (file) => {
    const own = key();
    const vault = await VaultReader.open(file, () => own);
    try {
      const records: Uint8Array[] = [];
      for (let next = await vault.next(); next; next = await vault.next()) records.push(next);
      return { header: vault.header, records };
    } finally {
      await vault.close();
    }
  },
});
