/** @file A party's own files: whole ones, encrypted with its key. */
import { TesseraError } from '../../errors.ts';
import type { PartyFiles } from '../mode.ts';
import { VaultReader, writeVault } from './vault.ts';

/** `key` is asked for when it is needed: not every party keeps files. */
export const partyFiles = (key: () => Uint8Array): PartyFiles => ({
  write: async (path, header, records) => {
    const own = key();
    try {
      await writeVault(path, own, header, records);
    } catch (e) {
      if (e instanceof TesseraError) throw e;
      const { code } = e as NodeJS.ErrnoException;
      throw new TesseraError('CONFIG', `${path}: cannot be written (${code})`, { path }, e);
    }
  },
  read: async (path) => {
    const own = key();
    const vault = await VaultReader.open(path, () => own);
    try {
      const records: Uint8Array[] = [];
      for (let next = await vault.next(); next; next = await vault.next()) records.push(next);
      return { header: vault.header, records };
    } finally {
      await vault.close();
    }
  },
});
