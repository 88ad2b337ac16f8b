/** @file Pieces of stored material on a party's disk, and the marks that say which were used. */
import { join } from 'node:path';
import type { Build } from '../../../build.ts';
import { TesseraError } from '../../../errors.ts';
import { type Identity, identityText, sign, verify } from '../../../link/identity.ts';
import { type Disk, type DiskFile, disk as own } from '../disk.ts';
import { syncFolder } from '../vault.ts';

export const VERSION = 3;

/** In the clear, and bound to the contents. */
export interface PieceHeader {
  readonly kind: 'material';
  readonly version: number;
  /** Pieces that were dealt together. */
  readonly set: string;
  readonly run: number;
  readonly job: string;
  readonly field: string;
  readonly fraction: number;
  readonly parties: readonly string[];
  readonly party: string;
  readonly rank: number;
  /** Digests of the program's jobs. */
  readonly jobs: readonly string[];
  /** The file's key, sealed to the party. */
  readonly key: string;
  /** Who has dealt it. */
  readonly dealer: string;
  /** What dealt it. */
  readonly build: Build;
}

/** With the dealer's signature, which holds for the contents too: who does not know the key cannot write them. */
export interface SignedHeader extends PieceHeader {
  readonly signature: string;
}

const signedText = ({ signature: _, salt: __, ...header }: Readonly<Record<string, unknown>>): Uint8Array =>
  new TextEncoder().encode(`tessera stored material\n${JSON.stringify(header)}`);

export const signHeader = (header: Omit<PieceHeader, 'dealer'>, dealer: Identity): SignedHeader => {
  const whole = { ...header, dealer: identityText(dealer) };
  return { ...whole, signature: Buffer.from(sign(signedText(whole), dealer)).toString('base64') };
};

/** Whether the dealer with that public key has signed the header. */
export const isSignedBy = (header: Readonly<Record<string, unknown>>, dealer: Uint8Array): boolean =>
  verify(signedText(header), Uint8Array.from(Buffer.from(String(header.signature), 'base64')), dealer);

export const pieceName = (set: string, run: number): string => `${set}-${run}.material`;

/** What a folder holds of one set. */
export interface Stock {
  readonly set: string;
  /** The first run that this party has not used, and never a smaller one than any it has used. */
  readonly next: number;
  /** The last run it has a piece for. */
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
 * Marks a piece as used. The mark is on the disk when this resolves: whatever happens later, even a crash of the machine,
 * the piece is not used again. Throws CONFIG if it was marked before, also by another process at the same time.
 */
export const markUsed = async (folder: string, set: string, run: number, disk: Disk = own): Promise<void> => {
  const path = join(folder, `${set}-${run}.used`);
  let file: DiskFile;
  try {
    file = await disk.open(path, 'wx', 0o600);
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? 'was used before: each piece serves once' : `cannot be marked as used (${code})`;
    throw new TesseraError(
      'CONFIG',
      `storedMaterial: piece ${run} of set ${set} ${why}`,
      { path, set, run },
      e,
    );
  }
  try {
    await file.writeFile(new Date().toISOString());
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder, disk);
};
