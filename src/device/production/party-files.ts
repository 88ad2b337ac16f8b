/** @file A party's own files: whole ones, encrypted with its key. Those of one path stand in one folder. */
import { basename, dirname, join } from 'node:path';
import { TesseraError } from '../../errors.ts';
import type { PartyFiles, StoredPart } from '../mode.ts';
import { type Disk, disk as own } from './disk.ts';
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
const beside = async (path: string, disk: Disk): Promise<Map<string, string>> => {
  const [folder, base] = [dirname(path), basename(path)];
  const names = await disk.readdir(folder).catch((e: unknown) => {
    throw cannot(path, 'opened', e);
  });
  const these = names.filter((n) => n.startsWith(base));
  return new Map(these.map((n) => [n.slice(base.length), join(folder, n)]));
};

const headerOf = async (file: string, key: Uint8Array, disk: Disk): Promise<StoredPart> => {
  const vault = await VaultReader.open(file, () => key, disk);
  await vault.close();
  return { file, header: vault.header };
};

/** `key` is asked for when it is needed: not every party keeps files. */
export const partyFiles = (key: () => Uint8Array, disk: Disk = own): PartyFiles => ({
  list: async (path) => {
    const secret = key();
    const files = [...(await beside(path, disk))].filter(([end]) => end === '' || NEW.test(end));
    return Promise.all(files.map(([, file]) => headerOf(file, secret, disk)));
  },
  write: async (path, sequence, header, records) => {
    const secret = key();
    const file = `${path}.${sequence}.new`;
    try {
      await writeVault(file, secret, header, records, disk);
    } catch (e) {
      throw cannot(path, 'written', e);
    }
    return file;
  },
  keep: async (path, file) => {
    try {
      await disk.rename(file, path);
      await syncFolder(dirname(path), disk);
      for (const [end, old] of await beside(path, disk))
        if (NEW.test(end) || UNFINISHED.test(end)) await disk.remove(old);
    } catch (e) {
      throw cannot(path, 'written', e);
    }
  },
  discard: (file) => disk.remove(file),
  read: async (file) => {
    const secret = key();
    const vault = await VaultReader.open(file, () => secret, disk);
    try {
      const records: Uint8Array[] = [];
      for (let next = await vault.next(); next; next = await vault.next()) records.push(next);
      return { header: vault.header, records };
    } finally {
      await vault.close();
    }
  },
});
