/** @file The definition of an SPU: who takes part, and how it runs. */

import {
  configError,
  custom,
  type Input,
  list,
  object,
  optional,
  partyList,
  partyName,
  read,
  refine,
  text,
} from '../config/schema.ts';
import { fail } from '../errors.ts';
import { noMore, suggestion } from '../names.ts';
import {
  type BeaverType,
  type RuntimeConfig,
  type RuntimeConfigOptions,
  runtimeConfig,
} from './runtime-config.ts';
import { unused } from './upstream-options.ts';

const address = refine(text, (given) =>
  given === 'local' || /^([a-z]+:\/\/)?(\[[0-9a-fA-F:]+\]|[^\s:/]+)(:[\w-]+)?(\/.*)?$/.test(given)
    ? given
    : fail('CONFIG', `${JSON.stringify(given)} is no address: use host:port`),
);

const id = custom<string | number, string>({ type: ['string', 'number'] }, (value) =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : fail('CONFIG', 'an id is text or a number'),
);

const NODE = object({
  /** The name of the party, as in the session. */
  party: partyName,
  /** A name of the node, different from those of the others. */
  id: optional(id),
  /** Where the others reach it, host:port, or `local`. In simulation it is checked, and not used. */
  address: optional(address),
  /** Where it listens, if that is not its address. */
  listen_addr: optional(address, undefined, ['listen_address', 'listenAddress']),
});

/** The definition of an SPU. */
export const CLUSTER_DEF = object({
  /** The parties, by rank. */
  nodes: list(NODE),
  /** How the SPU runs: protocol, field, and more. */
  runtimeConfig,
});

/** One party of an SPU, as in the deployment guide. */
export type SpuNode = Input<typeof NODE>;

/** What `sf.SPU` takes, by itself or by name; every key in the spelling of the guide or in camelCase. */
export type ClusterDef = Input<typeof CLUSTER_DEF>;

/** A definition, or as in the guide the same by name. */
export type SpuDef = ClusterDef | NamedDef;

export interface SpuConfig {
  /** Rank = place in this list. */
  readonly parties: readonly string[];
  readonly runtime: RuntimeConfig;
  /** By rank: where the parties' links are, as far as the definition says so. */
  readonly places?: readonly SpuPlace[];
  /** The definition as it was given. */
  readonly def?: ClusterDef;
  /** A name that its maker has given it. */
  readonly id?: string;
}

export interface SpuPlace {
  readonly address: string | undefined;
  readonly listen: string | undefined;
}

/** A definition by name, as in the guide `sf.SPU(cluster_def=...)`, and a name for the SPU. */
export interface NamedDef {
  readonly cluster_def?: ClusterDef;
  readonly clusterDef?: ClusterDef;
  readonly id?: string | number;
  /** UNSUPPORTED unless null: links are the session's. */
  readonly link_desc?: unknown;
  readonly linkDesc?: unknown;
  /** UNSUPPORTED unless null: see logging_level of sf.init. */
  readonly log_options?: unknown;
  readonly logOptions?: unknown;
}

const NAMED = object({
  clusterDef: CLUSTER_DEF,
  /** A name for it, in place of that of its parties. */
  id: optional(id),
  linkDesc: unused('its links are those of the session: crossSilo of sf.init has timeouts and limits'),
  logOptions: unused('logging_level of sf.init says how much is printed'),
});

/** As in the guide, `sf.SPU(cluster_def=...)`, a definition may be given by name: `sf.SPU({ cluster_def, id })`. */
const isNamed = (def: unknown): def is NamedDef =>
  typeof def === 'object' && def !== null && ('cluster_def' in def || 'clusterDef' in def);

const placed = (text: string | undefined): string | undefined =>
  text === 'local' || text === 'localhost' ? undefined : text;
const placeOf = (n: { address: string | undefined; listen_addr: string | undefined }): SpuPlace => ({
  address: placed(n.address),
  listen: placed(n.listen_addr),
});
const isPlaced = (n: { address: string | undefined; listen_addr: string | undefined }): boolean =>
  placed(n.address) !== undefined;

/** Two parties that make their material between them have the forms by tables, whatever mode is asked for: keys come from a dealer. */
const withoutKeys = (runtime: RuntimeConfig, parties: number): RuntimeConfig => {
  if (runtime.beaverType !== 'MultiParty') return runtime;
  if (parties !== 2)
    fail(
      'UNSUPPORTED',
      `runtime_config.beaver_type MultiParty is for two parties, not ${parties}: use a dealer, or an SPU of two`,
      { path: 'runtime_config.beaver_type' },
    );
  const byLink = runtime.costMode === 'auto' && runtime.link === undefined;
  return { ...runtime, costMode: 'bandwidth', ...(byLink && { byLink }) };
};

/** Reads the definition of an SPU whose parties are among `known`; `dealer` deals if it does not say who does. */
export const readClusterDef = (
  def: unknown,
  known: readonly string[],
  dealer: BeaverType = 'TrustedFirstParty',
): SpuConfig => {
  const named = isNamed(def) ? read(NAMED, def) : undefined;
  const written = isNamed(def) ? (def.cluster_def ?? def.clusterDef) : def;
  const { nodes, runtimeConfig: given } = named?.clusterDef ?? read(CLUSTER_DEF, def);
  const parties = read(
    partyList,
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
  const runtime = withoutKeys({ ...given, beaverType: given.beaverType ?? dealer }, parties.length);
  return {
    parties,
    runtime,
    def: written as ClusterDef,
    ...(named?.id !== undefined && { id: named.id }),
    ...(nodes.some(isPlaced) && { places: nodes.map(placeOf) }),
  };
};

/**
 * The definition of an SPU of these parties in simulation: SEMI2K over FM128. (SecretFlow's helper picks ABY3 for
 * three parties; SEMI2K serves any number.)
 * @example
 * sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' }).nodes.length // 2
 */
export const clusterDef = (
  parties: readonly string[],
  settings: Partial<RuntimeConfigOptions> = {},
  ...surplus: never[]
): ClusterDef => {
  noMore('clusterDef', surplus, 'it takes the parties and a runtime_config');
  return {
    nodes: read(partyList, parties, 'parties').map((party, i) => ({
      party,
      id: String(i),
      address: 'local',
      listen_addr: 'local',
    })),
    runtime_config: { protocol: 'SEMI2K', field: 'FM128', sigmoid_mode: 'SIGMOID_REAL', ...settings },
  };
};
