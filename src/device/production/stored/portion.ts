/** @file Portions of stored material on a party's disk, and the marks that say which were used. */
import { join } from 'node:path';
import type { Build } from '../../../build.ts';
import { TesseraError } from '../../../errors.ts';
import { type Identity, identityText, sign, verify } from '../../../link/identity.ts';
import { type Disk, disk as own } from '../disk.ts';
import { VaultReader } from '../vault.ts';
import { makeFile } from './ledger.ts';

export const VERSION = 4;

/** In the clear, and bound to the contents. */
export interface PortionHeader {
  /** Dealt, or made by two parties between them. */
  readonly kind: 'material' | 'made';
  readonly version: number;
  /** Portions that were dealt together. */
  readonly set: string;
  readonly run: number;
  readonly job: string;
  /** The name of the deployment that it was dealt for, if it was for one alone. */
  readonly deployment: string | null;
  /** When it ceases to be of use, as ISO 8601 writes it; null for never. */
  readonly expires: string | null;
  readonly field: string;
  readonly fraction: number;
  readonly parties: readonly string[];
  readonly party: string;
  readonly rank: number;
  /** Digests of the program's jobs. */
  readonly jobs: readonly string[];
  /** The file's key, sealed to the party. */
  readonly key: string;
  /** Who has dealt it; of what was made, the party itself. */
  readonly dealer: string;
  /** What dealt it. */
  readonly build: Build;
}

/** With the dealer's signature, which holds for the contents too: who does not know the key cannot write them. */
export interface SignedHeader extends PortionHeader {
  readonly signature: string;
}

const signedText = ({ signature: _, salt: __, ...header }: Readonly<Record<string, unknown>>): Uint8Array =>
  new TextEncoder().encode(`tessera stored material\n${JSON.stringify(header)}`);

export const signHeader = (header: Omit<PortionHeader, 'dealer'>, dealer: Identity): SignedHeader => {
  const whole = { ...header, dealer: identityText(dealer) };
  return { ...whole, signature: Buffer.from(sign(signedText(whole), dealer)).toString('base64') };
};

/** Whether the dealer with that public key has signed the header. */
export const isSignedBy = (header: Readonly<Record<string, unknown>>, dealer: Uint8Array): boolean =>
  verify(signedText(header), Uint8Array.from(Buffer.from(String(header.signature), 'base64')), dealer);

export const portionName = (set: string, run: number): string => `${set}-${run}.material`;

/** What a folder holds of one set. */
export interface Stock {
  readonly set: string;
  /** The first run that this party has not used, and never a smaller one than any it has used. */
  readonly next: number;
  /** The last run it has a portion for. */
  readonly last: number;
}

const NAME = /^([0-9a-f]{16})-(\d+)\.(material|used)$/;

/** The sets in a folder. */
export const stocks = async (folder: string, disk: Disk = own): Promise<Stock[]> => {
  const found = new Map<string, { next: number; last: number }>();
  let names: string[];
  try {
    names = await disk.readdir(folder);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    throw new TesseraError(
      'CONFIG',
      `storedMaterial: ${folder} cannot be read (${code})`,
      { path: folder },
      e,
    );
  }
  for (const name of names) {
    const [, set, run, kind] = NAME.exec(name) ?? [];
    if (set === undefined) continue;
    const stock = found.get(set) ?? { next: 1, last: 0 };
    if (kind === 'used') stock.next = Math.max(stock.next, Number(run) + 1);
    else stock.last = Math.max(stock.last, Number(run));
    found.set(set, stock);
  }
  return [...found].map(([set, { next, last }]) => ({ set, next, last }));
};

/**
 * Marks a portion as used. The mark is on the disk when this resolves: whatever happens later, even a crash of the machine,
 * the portion is not used again. Throws CONFIG if it was marked before, also by another process at the same time.
 */
export const markUsed = async (folder: string, set: string, run: number, disk: Disk = own): Promise<void> => {
  const path = join(folder, `${set}-${run}.used`);
  const refuse = (why: string, e?: unknown): TesseraError =>
    new TesseraError('CONFIG', `storedMaterial: portion ${run} of set ${set} ${why}`, { path, set, run }, e);
  const fresh = await makeFile(path, folder, disk).catch((e: unknown) => {
    throw refuse(`cannot be marked as used (${(e as NodeJS.ErrnoException).code})`, e);
  });
  if (!fresh) throw refuse('was used before: each portion serves once');
};

/** The header of a portion, which is in the clear and proves nothing by itself. */
export const headerOf = async (
  path: string,
  disk: Disk = own,
): Promise<Readonly<Record<string, unknown>>> => {
  const vault = await VaultReader.open(path, () => new Uint8Array(32), disk);
  await vault.close();
  return vault.header;
};
