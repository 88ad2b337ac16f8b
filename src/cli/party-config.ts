/** @file The part of a party's configuration file that the offline checks look at, in either spelling. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail } from '../errors.ts';

export interface CertFiles {
  readonly caCert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

export interface PartyConfig {
  readonly path: string;
  readonly self: string;
  readonly job: string | undefined;
  readonly parties: Readonly<Record<string, { readonly address?: string; readonly listenAddr?: string }>>;
  readonly tls:
    | { readonly cert: CertFiles; readonly clientCerts: Readonly<Record<string, CertFiles>> }
    | undefined;
  readonly identity: string | undefined;
  readonly peerIdentities: Readonly<Record<string, string>>;
  readonly allowInsecure: boolean;
  /** Everything that all parties must agree on. */
  readonly common: object;
}

type Json = Record<string, unknown>;

const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Maps whose keys are names of parties or modules, and are left alone. */
const NAMED = new Set(['parties', 'clientCerts', 'peerIdentities', 'crossSiloSerializingAllowedList']);

const spell = (value: unknown, named = false): unknown => {
  if (Array.isArray(value)) return value.map((item) => spell(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = named ? key : camel(key);
      return [name, spell(item, !named && NAMED.has(name))];
    }),
  );
};

const object = (value: unknown, path: string): Json => {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail('CONFIG', `${path} is not an object`, { path });
  return value as Json;
};

/** Own matters of a party: no other party's configuration has them. */
const OWN = ['tlsConfig', 'identity', 'peerIdentities', 'address', 'allowInsecure'];

export const readPartyConfig = (path: string): PartyConfig => {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail('CONFIG', `${path} cannot be read as JSON: ${(error as Error).message}`, { path });
  }
  const config = object(spell(raw), path);
  const cluster = object(config.clusterConfig, 'clusterConfig');
  const { name = 'dealer', ...dealer } = object(cluster.dealer, 'clusterConfig.dealer');
  const parties = {
    ...object(cluster.parties, 'clusterConfig.parties'),
    ...(cluster.dealer === undefined ? {} : { [String(name)]: dealer }),
  } as PartyConfig['parties'];
  const self = cluster.selfParty;
  if (typeof self !== 'string' || !(self in parties)) {
    fail(
      'CONFIG',
      `clusterConfig.selfParty is ${JSON.stringify(self)}; the parties are ${Object.keys(parties).join(', ')}`,
      { path: 'clusterConfig.selfParty' },
    );
  }
  const folder = dirname(resolve(path));
  const file = (value: unknown): string | undefined =>
    typeof value !== 'string' || value.includes('-----BEGIN') || value.startsWith('tessera-')
      ? (value as string | undefined)
      : resolve(folder, value);
  const files = (value: unknown, where: string): CertFiles => {
    const entry = object(value, where);
    return Object.fromEntries(
      Object.entries(entry).map(([key, item]) => [key, key === 'passphrase' ? item : file(item)]),
    ) as CertFiles;
  };
  const tls = config.tlsConfig === undefined ? undefined : object(config.tlsConfig, 'tlsConfig');
  const clientCerts = object(tls?.clientCerts, 'tlsConfig.clientCerts');
  const common = Object.fromEntries(
    Object.entries(config).filter(([key]) => !OWN.includes(key) && key !== 'clusterConfig'),
  );
  return {
    path,
    self: self as string,
    job: typeof config.jobName === 'string' ? config.jobName : undefined,
    parties,
    tls:
      tls === undefined
        ? undefined
        : {
            // The guide nests the own files under "cert"; flat is accepted too.
            cert: files(typeof tls.cert === 'object' ? tls.cert : tls, 'tlsConfig.cert'),
            clientCerts: Object.fromEntries(
              Object.entries(clientCerts).map(([peer, c]) => [
                peer,
                files(c, `tlsConfig.clientCerts.${peer}`),
              ]),
            ),
          },
    identity: file(config.identity),
    peerIdentities: Object.fromEntries(
      Object.entries(object(config.peerIdentities, 'peerIdentities')).map(([peer, id]) => [
        peer,
        file(id) ?? '',
      ]),
    ),
    allowInsecure:
      config.allowInsecure === true || object(config.crossSilo, 'crossSilo').allowInsecure === true,
    common: {
      ...common,
      parties: Object.fromEntries(Object.entries(parties).map(([name, { address }]) => [name, { address }])),
    },
  };
};
