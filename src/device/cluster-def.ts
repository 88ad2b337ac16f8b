/** @file The definition of an SPU: who takes part, and how it runs. */
import { fail } from '../errors.ts';
import {
  configError,
  list,
  noMore,
  object,
  optional,
  partyList,
  partyName,
  type Reader,
  required,
  suggestion,
  text,
} from './read.ts';
import { type BeaverType, type RuntimeConfig, readRuntimeConfig } from './runtime-config.ts';

/** One party of an SPU, as in the deployment guide. In simulation the addresses are checked, not used. */
export interface SpuNode {
  readonly party: string;
  readonly id?: string | number;
  readonly address?: string;
  readonly listen_addr?: string;
  readonly listen_address?: string;
  readonly listenAddr?: string;
  readonly listenAddress?: string;
}

/** What `sf.SPU` takes, by itself or by name; `runtime_config` in the spelling of the guide or in camelCase. */
export interface ClusterDef {
  readonly nodes: readonly SpuNode[];
  readonly runtime_config?: Readonly<Record<string, unknown>>;
  readonly runtimeConfig?: Readonly<Record<string, unknown>>;
}

/** A definition, or as in the guide the same by name. */
export type SpuDef = ClusterDef | { readonly cluster_def: ClusterDef } | { readonly clusterDef: ClusterDef };

export interface SpuConfig {
  /** Rank = place in this list. */
  readonly parties: readonly string[];
  readonly runtime: RuntimeConfig;
  /** By rank: where the parties' links are, as far as the definition says so. */
  readonly places?: readonly SpuPlace[];
}

export interface SpuPlace {
  readonly address: string | undefined;
  readonly listen: string | undefined;
}

const address: Reader<string> = (value, path) => {
  const given = text(value, path);
  return given === 'local' || /^([a-z]+:\/\/)?(\[[0-9a-fA-F:]+\]|[^\s:/]+)(:[\w-]+)?(\/.*)?$/.test(given)
    ? given
    : configError(path, `${JSON.stringify(given)} is no address: use host:port`);
};

const id: Reader<string> = (value, path) =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : configError(path, 'an id is text or a number');

const readNode = object({
  party: required(partyName),
  id: optional<string | undefined>(id, undefined),
  address: optional<string | undefined>(address, undefined),
  listenAddress: optional<string | undefined>(address, undefined, ['listen_addr', 'listenAddr']),
});

const readDef = object({
  nodes: required(list(readNode)),
  runtimeConfig: required(readRuntimeConfig),
});

/** As in the guide, `sf.SPU(cluster_def=...)`, a definition may be given by name: `sf.SPU({ cluster_def })`. */
const bare = (def: unknown): unknown => {
  if (typeof def !== 'object' || def === null || Object.keys(def).length !== 1) return def;
  const [name, value] = Object.entries(def)[0]!;
  return name === 'cluster_def' || name === 'clusterDef' ? value : def;
};

const placed = (text: string | undefined): string | undefined => (text === 'local' ? undefined : text);
const placeOf = (n: { address: string | undefined; listenAddress: string | undefined }): SpuPlace => ({
  address: placed(n.address),
  listen: placed(n.listenAddress),
});
const isPlaced = (n: { address: string | undefined; listenAddress: string | undefined }): boolean =>
  placed(n.address) !== undefined;

/** Reads the definition of an SPU whose parties are among `known`; `dealer` deals if it does not say who does. */
export const readClusterDef = (
  def: unknown,
  known: readonly string[],
  dealer: BeaverType = 'TrustedFirstParty',
): SpuConfig => {
  const { nodes, runtimeConfig } = readDef(bare(def), '');
  const parties = partyList(
    nodes.map((n) => n.party),
    'nodes',
  );
  for (const [i, party] of parties.entries())
    if (!known.includes(party))
      fail(
        'CONFIG',
        `nodes[${i}].party: no party ${JSON.stringify(party)} in this session: ${suggestion(party, known)}`,
        {
          party,
          parties: known,
        },
      );
  const ids = nodes.flatMap((n) => (n.id === undefined ? [] : [n.id]));
  const twice = ids.find((x, i) => ids.indexOf(x) !== i);
  if (twice !== undefined) configError('nodes', `id ${JSON.stringify(twice)} is given twice`);
  const runtime = { ...runtimeConfig, beaverType: runtimeConfig.beaverType ?? dealer };
  return { parties, runtime, ...(nodes.some(isPlaced) && { places: nodes.map(placeOf) }) };
};

/**
 * The definition of an SPU of these parties in simulation: SEMI2K over FM128. (SecretFlow's helper picks ABY3 for
 * three parties; SEMI2K serves any number.)
 * @example
 * sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' }).nodes.length // 2
 */
export const clusterDef = (
  parties: readonly string[],
  runtimeConfig: Readonly<Record<string, unknown>> = {},
  ...surplus: never[]
): ClusterDef => {
  noMore('clusterDef', surplus, 'it takes the parties and a runtime_config');
  return {
    nodes: partyList(parties, 'parties').map((party, i) => ({
      party,
      id: String(i),
      address: 'local',
      listen_addr: 'local',
    })),
    runtime_config: { protocol: 'SEMI2K', field: 'FM128', sigmoid_mode: 'SIGMOID_REAL', ...runtimeConfig },
  };
};
