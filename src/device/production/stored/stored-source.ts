/** @file Material from files, in place of a dealer: the parties agree on a portion, mark it as used, and only then open it. */
import { join } from 'node:path';
import { checkBuild } from '../../../build.ts';
import { unpackCorrections } from '../../../dealer/material-source.ts';
import { TesseraError } from '../../../errors.ts';
import { digestOf, type Job, type Place } from '../../../ir/run/job.ts';
import type { Material, StoredMaterial } from '../../../ir/run/party-material.ts';
import type { Role } from '../../../ir/run/party-role.ts';
import { controlCodec } from '../../../link/codec.ts';
import { parseIdentity, parseSecretIdentity } from '../../../link/identity.ts';
import type { Channel } from '../../../link/link.ts';
import type { Ring } from '../../../ring/ring.ts';
import type { SpuConfig } from '../../cluster-def.ts';
import { type Disk, disk as own } from '../disk.ts';
import { unsealKey } from '../party-keys.ts';
import { type Header, VaultReader } from '../vault.ts';
import { type OpenLedger, openLedger } from './ledger.ts';
import {
  headerOf,
  isSignedBy,
  markUsed,
  type PortionHeader,
  portionName,
  type Stock,
  stocks,
  VERSION,
} from './portion.ts';

export interface StoredOptions {
  readonly folder: string;
  /** Which set, if the folder has several. */
  readonly set: string | undefined;
  /** The public identity of who must have dealt it; absent: this party has made it with the other. */
  readonly dealer: string | undefined;
  /** The name of this deployment, which is the one that the material was dealt for. */
  readonly deployment?: string | undefined;
  /** The set that its user says is used here alone, where this machine does not know it. */
  readonly acceptCopiedMaterial?: string | undefined;
  readonly identity: string;
  readonly job: string;
  readonly self: string;
  readonly config: SpuConfig;
  /** To the other parties of the SPU. */
  readonly channel: Channel;
  readonly ring: Ring;
}

/** Who has to have signed, and which command gives more. */
const signerOf = ({ dealer, identity }: StoredOptions): Uint8Array =>
  dealer === undefined
    ? parseSecretIdentity(identity, 'identity').publicKey
    : parseIdentity(dealer, 'storedMaterial.dealer');
const kindOf = ({ dealer }: StoredOptions): PortionHeader['kind'] =>
  dealer === undefined ? 'made' : 'material';
const moreBy = (o: StoredOptions): string =>
  kindOf(o) === 'made' ? 'make more with `tessera make`' : 'deal more with `tessera deal`';

const wrong = (message: string, info: Record<string, unknown> = {}): TesseraError =>
  new TesseraError('CONFIG', `storedMaterial: ${message}`, info);

const choose = async ({ folder, set }: StoredOptions, disk: Disk): Promise<Stock> => {
  const all = (await stocks(folder, disk)).filter((s) => set === undefined || s.set === set);
  if (all.length === 1) return all[0]!;
  if (all.length === 0)
    throw wrong(`there is no material ${set === undefined ? '' : `of set ${set} `}in ${folder}`);
  throw wrong(`${folder} holds several sets, name one: ${all.map((s) => s.set).join(', ')}`);
};

/**
 * The run that all parties use: the first that none of them has used, by the marks of every party. Who has put an old copy
 * of its folder in place is overruled by the others' marks, of which there is one each before anybody uses the portion.
 */
const agree = async (own: Stock, o: StoredOptions): Promise<number> => {
  const { channel } = o;
  for (const peer of channel.peers) await channel.send(peer, 0, controlCodec.encode(own));
  const all = [own];
  for (const peer of channel.peers) {
    const { set, next, last } = controlCodec.decode(await channel.recv(peer, 0)) as Stock;
    if (set !== own.set)
      throw wrong(`${channel.self} has material of set ${own.set}, ${peer} of set ${String(set)}`);
    all.push({ set, next: Number(next), last: Number(last) });
  }
  const run = Math.max(...all.map((s) => s.next));
  if (!(run <= Math.min(...all.map((s) => s.last))))
    throw wrong(`the material of set ${own.set} is used up (run ${run}): ${moreBy(o)}`, {
      run,
    });
  return run;
};

/** Waits until all parties have marked the portion. */
const allMarked = async (run: number, channel: Channel): Promise<void> => {
  for (const peer of channel.peers) await channel.send(peer, 1, controlCodec.encode(run));
  for (const peer of channel.peers) {
    const theirs = controlCodec.decode(await channel.recv(peer, 1));
    if (theirs !== run)
      throw wrong(`${channel.self} uses portion ${run}, ${peer} portion ${String(theirs)}`, { run });
  }
};

const check = (path: string, h: PortionHeader, o: StoredOptions, set: string, run: number): void => {
  const { parties, runtime } = o.config;
  const kind = kindOf(o);
  if (h.kind !== kind && (h.kind === 'made' || h.kind === 'material'))
    throw wrong(
      kind === 'made'
        ? `${path} was dealt: name who has dealt it (storedMaterial.dealer)`
        : `${path} was made by its parties between them: name no dealer (storedMaterial.dealer)`,
      { path, key: 'kind' },
    );
  if (h.kind === kind) checkBuild(h.build, `"${o.self}" runs`, `${path} was dealt by`);
  const expected: Partial<PortionHeader> = {
    kind,
    version: VERSION,
    set,
    run,
    job: o.job,
    field: runtime.field,
    fraction: runtime.fraction,
    parties,
    party: o.self,
    rank: parties.indexOf(o.self),
  };
  for (const [key, value] of Object.entries(expected)) {
    const found = JSON.stringify(h[key as keyof PortionHeader]);
    if (found !== JSON.stringify(value))
      throw wrong(`${path} was dealt for ${key} ${found}, and here it is ${JSON.stringify(value)}`, {
        path,
        key,
      });
  }
};

/** Material that was dealt for another deployment, or long ago, is not what this party was to use here. */
const checkUse = (path: string, { deployment, expires }: PortionHeader, o: StoredOptions): void => {
  const named = (name: string | null | undefined) =>
    name ? `deployment ${JSON.stringify(name)}` : 'no deployment by name';
  if ((deployment ?? '') !== (o.deployment ?? ''))
    throw wrong(
      `${path} was dealt for ${named(deployment)}, and this is ${named(o.deployment)} (storedMaterial.deployment)`,
      { path, key: 'deployment' },
    );
  // What is no date is not before its end.
  if (expires !== null && !(Date.now() < Date.parse(expires)))
    throw wrong(`${path} has expired (${expires}): ${moreBy(o)}`, {
      path,
      key: 'expires',
    });
};

/** The header, before the portion is marked: what is of no use here stays for where it is. */
const checkHeader = (
  path: string,
  header: Readonly<Record<string, unknown>>,
  o: StoredOptions,
  stock: Stock,
  run: number,
) => {
  check(path, header as unknown as PortionHeader, o, stock.set, run);
  if (!isSignedBy(header, signerOf(o)))
    throw new TesseraError(
      'IDENTITY',
      `storedMaterial: ${path} was not ${o.dealer === undefined ? `made by ${o.self}` : `dealt by ${o.dealer}`}`,
      { path },
    );
  checkUse(path, header as unknown as PortionHeader, o);
};

/** Opens the next portion. Throws CONFIG for what is used, for others, or damaged; IDENTITY for what another has dealt. */
export const openStored = async (
  o: StoredOptions,
  disk: Disk = own,
  ledgerOf: OpenLedger = openLedger,
): Promise<StoredMaterial> => {
  const inFolder = await choose(o, disk);
  const ledger = await ledgerOf(o.folder, inFolder.set, o.self, o.acceptCopiedMaterial);
  const stock = { ...inFolder, next: Math.max(inFolder.next, await ledger.next()) };
  const run = await agree(stock, o);
  const path = join(o.folder, portionName(stock.set, run));
  checkHeader(path, await headerOf(path, disk), o, stock, run);
  await ledger.mark(run);
  await markUsed(o.folder, stock.set, run, disk);
  await allMarked(run, o.channel);
  const keyOf = (header: Header): Uint8Array => {
    checkHeader(path, header, o, stock, run);
    const key = unsealKey(header.key, o.identity);
    if (key === undefined) throw wrong(`${path} is sealed to another identity than this party's`, { path });
    return key;
  };
  const vault = await VaultReader.open(path, keyOf, disk);
  try {
    const seed = await vault.next();
    // Nothing shall be left of it for anybody who reads the disk later.
    await disk.remove(path);
    // Of what was made, also that of the stream that both parties have.
    const made = kindOf(o) === 'made';
    if (seed?.length !== (made ? 64 : 32)) throw wrong(`${path} holds no seed`, { path });
    const role = made ? await roleOf(o.ring, seed.subarray(32)) : undefined;
    return { kind: 'stored', seed: seed.slice(0, 32), material: new FromVault(vault, path, role) };
  } catch (e) {
    await vault.close();
    throw e;
  }
};

/** Loaded for what was made alone. */
const roleOf = async (ring: Ring, common: Uint8Array): Promise<Role['made']> => {
  const { madeRole } = await import('../../../ir/run/making-ahead.ts');
  return madeRole(ring, common);
};

class FromVault implements Material {
  used = 0;
  readonly made: Role['made'];
  readonly #vault: VaultReader;
  readonly #path: string;
  readonly #header: PortionHeader;
  readonly #arrived = new Map<number, readonly Uint8Array[]>();

  constructor(vault: VaultReader, path: string, made: Role['made']) {
    this.made = made;
    this.#vault = vault;
    this.#path = path;
    this.#header = vault.header as unknown as PortionHeader;
  }

  start(job: Job, _line: unknown, { number, gate }: Place): void {
    for (const known of this.#arrived.keys()) if (known < gate) this.#arrived.delete(known);
    const { jobs } = this.#header;
    if (jobs[number] === digestOf(job)) return;
    throw wrong(
      number < jobs.length
        ? `${this.#path} was dealt for another program: its job ${number + 1} is not the one that is run here`
        : `${this.#path} was dealt for a program of ${jobs.length} jobs; this one goes on`,
      { job: number + 1 },
    );
  }

  /** It was dealt nevertheless: its material is passed over. */
  skip(): void {}

  async take(gate: number): Promise<readonly Uint8Array[]> {
    while (!this.#arrived.has(gate)) {
      const record = await this.#vault.next();
      if (record === undefined) throw wrong(`${this.#path} has nothing for gate ${gate}`, { gate });
      for (const { gate: g, chunks } of unpackCorrections(record)) this.#arrived.set(g, chunks);
    }
    const chunks = this.#arrived.get(gate)!;
    this.#arrived.delete(gate);
    for (const chunk of chunks) this.used += chunk.length;
    return chunks;
  }

  /** Nothing is dealt ahead for a program that reveals values on its way (deal.ts refuses it). */
  revealed(gate: number): never {
    throw wrong(`${this.#path} cannot go on from what the program reveals at gate ${gate}`, { gate });
  }

  finish(): void {}

  free(): void {}

  stop(): void {}

  abandon(): void {}

  close(): Promise<void> {
    return this.#vault.close();
  }
}
