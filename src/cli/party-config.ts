/** @file A party's configuration file as `doctor` looks at it: all that is wrong with it, and what can be checked all the same. */
import { dirname, resolve } from 'node:path';
import { check, spellingOf } from '../config/schema.ts';
import { PRODUCTION, readProduction } from '../device/production/production-options.ts';
import { fail, type TesseraError } from '../errors.ts';
import { readJson } from './options-file.ts';

export interface CertFiles {
  readonly caCert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

export interface PartyConfig {
  readonly path: string;
  readonly self: string;
  /** How the file spells its keys. */
  readonly spelling: (name: string) => string;
  readonly parties: Readonly<Record<string, { readonly address?: string; readonly listenAddr?: string }>>;
  readonly tls:
    | { readonly cert: CertFiles; readonly clientCerts: Readonly<Record<string, CertFiles>> }
    | undefined;
  readonly identity: string | undefined;
  readonly peerIdentities: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
  /** Everything that all parties must agree on. */
  readonly common: object;
  /** What `sf.init` and the dealer would refuse it for. */
  readonly problems: readonly TesseraError[];
}

type Json = Readonly<Record<string, unknown>>;

/** Whatever is no object counts as an empty one: that it is none is among the problems. */
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** Own matters of a party: no other party's configuration has them. */
const OWN = [
  'tlsConfig',
  'identity',
  'peerIdentities',
  'address',
  'allowInsecure',
  'storedMaterial',
  'storageKey',
  'metrics',
  'loggingLevel',
];

/** What `sf.init` says, beyond what its schema does. */
const refusal = (raw: unknown): readonly TesseraError[] => {
  try {
    readProduction(raw);
    return [];
  } catch (e) {
    return [e as TesseraError];
  }
};

/** Reads what can be read. Throws CONFIG for what is no configuration of a party at all. */
export const readPartyConfig = (path: string): PartyConfig => {
  const raw = readJson(path);
  const { problems, given } = check(PRODUCTION, raw);
  const config = object(given);
  const cluster = object(config.clusterConfig);
  const { name = 'dealer', ...dealer } = object(cluster.dealer);
  const parties = {
    ...object(cluster.parties),
    ...(cluster.dealer === undefined ? {} : { [String(name)]: dealer }),
  } as PartyConfig['parties'];
  const wrong = problems.length > 0 ? problems : refusal(raw);
  const self = cluster.selfParty;
  if (typeof self !== 'string' || !(self in parties))
    throw wrong[0] ?? fail('CONFIG', `${path}: it does not say whose it is`, { path });
  const folder = dirname(resolve(path));
  const file = (value: unknown): string | undefined =>
    typeof value !== 'string' || value.includes('-----BEGIN') || value.startsWith('tessera-')
      ? (value as string | undefined)
      : resolve(folder, value);
  const files = (value: unknown): CertFiles =>
    Object.fromEntries(
      Object.entries(object(value)).map(([key, item]) => [key, key === 'passphrase' ? item : file(item)]),
    ) as CertFiles;
  const tls = config.tlsConfig === undefined ? undefined : object(config.tlsConfig);
  const common = Object.fromEntries(
    Object.entries(config).filter(([key]) => !OWN.includes(key) && key !== 'clusterConfig'),
  );
  return {
    path,
    self,
    spelling: spellingOf(raw),
    parties,
    tls: tls && {
      // The guide nests the own files under "cert"; flat is accepted too.
      cert: files(typeof tls.cert === 'object' ? tls.cert : tls),
      clientCerts: Object.fromEntries(
        Object.entries(object(tls.clientCerts)).map(([peer, c]) => [peer, files(c)]),
      ),
    },
    identity: file(config.identity),
    peerIdentities: Object.fromEntries(
      Object.entries(object(config.peerIdentities)).map(([peer, id]) => [peer, file(id) ?? '']),
    ),
    allowInsecure: config.allowInsecure === true,
    common: {
      ...common,
      parties: Object.fromEntries(
        Object.entries(parties).map(([party, { address }]) => [party, { address }]),
      ),
    },
    problems: wrong,
  };
};
