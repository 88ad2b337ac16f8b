/**
 * @file What this machine knows of stored material, outside of the folder it lies in: which sets are used here, and which
 * portions were. Marks in the folder alone are copied with it, so that two copies would serve the same portion. A set that this
 * machine does not know may have been used elsewhere: it is taken when its user says by name that it is not.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TesseraError } from '../../../errors.ts';
import { log } from '../../../log.ts';
import { lastingFolder, ownFolder } from '../../state-folder.ts';
import { type Disk, type DiskFile, disk as own } from '../disk.ts';
import { syncFolder } from '../vault.ts';

/** Tells a machine from one that has its files: an image that was started twice has other names for each. */
const thisMachine = (): string => {
  let id = '';
  try {
    id = readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    // Not every system has one, and a container need not.
  }
  return createHash('sha256').update(`${id}\n${hostname()}`).digest('hex').slice(0, 16);
};

const MARK = /^([0-9a-f]{16})-(\d+)-(.+)\.used$/;

/** Makes a file that was not there; false if it was. It is on the disk when this resolves. */
export const makeFile = async (path: string, folder: string, disk: Disk = own): Promise<boolean> => {
  let file: DiskFile;
  try {
    file = await disk.open(path, 'wx', 0o600);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw e;
  }
  try {
    await file.writeFile(new Date().toISOString());
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder, disk);
  return true;
};

/** One party's portions of one set, as this machine knows them. */
export class Ledger {
  readonly #folder: string;
  readonly #set: string;
  readonly #party: string;

  /** Throws CONFIG where the state folder is not this user's alone. */
  constructor(set: string, party: string) {
    this.#folder = ownFolder(join(lastingFolder(), 'material'));
    this.#set = set;
    this.#party = party;
  }

  get #known(): string {
    return `${this.#set}-${thisMachine()}-${this.#party}.known`;
  }

  /** Is the set used on this machine? */
  async knows(): Promise<boolean> {
    return (await readdir(this.#folder)).includes(this.#known);
  }

  /** From here on it is. */
  async accept(): Promise<void> {
    await makeFile(join(this.#folder, this.#known), this.#folder);
  }

  /** The first run that was not used on this machine, and never a smaller one than any that was. */
  async next(): Promise<number> {
    let next = 1;
    for (const name of await readdir(this.#folder)) {
      const [, set, run, party] = MARK.exec(name) ?? [];
      if (set === this.#set && party === this.#party) next = Math.max(next, Number(run) + 1);
    }
    return next;
  }

  /** Marks a portion as used. Throws CONFIG if it was marked before, from whatever copy of its folder. */
  async mark(run: number): Promise<void> {
    const path = join(this.#folder, `${this.#set}-${run}-${this.#party}.used`);
    const fresh = await makeFile(path, this.#folder).catch((e: unknown) => {
      const { code } = e as NodeJS.ErrnoException;
      throw new TesseraError('CONFIG', `storedMaterial: ${path} cannot be written (${code})`, { path }, e);
    });
    if (!fresh)
      throw new TesseraError(
        'CONFIG',
        `storedMaterial: portion ${run} of set ${this.#set} was used before on this machine, from this folder or a copy of it: ` +
          'each portion serves once',
        { path, set: this.#set, run },
      );
  }
}

/** The ledger of a set that may be used here. Throws CONFIG for one that this machine does not know, unless it is accepted. */
export const openLedger = async (
  folder: string,
  set: string,
  party: string,
  accepted: string | undefined,
): Promise<Ledger> => {
  const ledger = new Ledger(set, party);
  if (await ledger.knows()) return ledger;
  if (accepted !== set)
    throw new TesseraError(
      'CONFIG',
      `storedMaterial: set ${set} in ${folder} is not known on this machine` +
        `${accepted === undefined ? '' : ` (acceptCopiedMaterial names ${accepted})`}. If the folder is a copy, its portions may ` +
        'be used elsewhere too, and from two uses of one portion the other parties learn differences of secrets. If no other ' +
        `copy is ever used, accept it once: \`tessera material --folder ${folder} --accept-copied-material ${set}\`, or ` +
        `storedMaterial.acceptCopiedMaterial: '${set}'`,
      { path: 'storedMaterial.acceptCopiedMaterial', set },
    );
  await ledger.accept();
  log(
    'warning',
    `set ${set} of stored material is used on this machine from here on: use no other copy of it`,
    {
      set,
    },
  );
  return ledger;
};

/** Where marks outside of the folder are kept. */
export type OpenLedger = (...args: Parameters<typeof openLedger>) => Promise<Pick<Ledger, 'next' | 'mark'>>;
