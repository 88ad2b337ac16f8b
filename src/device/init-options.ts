/** @file What `sf.init` and `sf.session` take: which mode is meant, and its options. */
import { fail } from '../errors.ts';
import type { ShapeOptions } from '../link/shaper.ts';
import type { AllowedList } from '../link/types.ts';
import { type CheckOptions, readCheck } from './check.ts';
import { type Cluster, type ClusterOptions, readCluster } from './cluster-options.ts';
import { type Listener, listener, teller } from './events.ts';
import { isQuiet, type LoggingLevel, loggingLevel } from './logging.ts';
import {
  type Production,
  type ProductionOptions,
  readAllowedList,
  readProduction,
} from './production/production-options.ts';
import {
  configError,
  describe,
  flag,
  type Key,
  number,
  object,
  optional,
  partyList,
  type Reader,
  required,
} from './read.ts';
import { forParties, readStorageKeys, type StorageKeys } from './storage-key.ts';
import { readUnseen, type UnseenMode } from './unseen.ts';

/** All parties in this process, each SPU party in a thread of its own. */
export interface StandaloneOptions {
  readonly parties: readonly string[];
  readonly address?: 'local';
  /** Gives the links between the SPU's parties, and to a third-party dealer, a latency and a bandwidth. */
  readonly link?: ShapeOptions;
  /**
   * Runs every program in float64 beside the secret one; a result that left the fixed-point range or lost too many bits
   * is an error that names the first op and its line. Opens all values: in simulation only, and slower.
   */
  readonly check?: boolean | CheckOptions;
  /** Which types may go from party to party, as in production; every registered one if absent. */
  readonly crossSiloSerializingAllowedList?: AllowedList;
  readonly cross_silo_serializing_allowed_list?: AllowedList;
  /** What `spu.dump` encrypts files with: 32 bytes in base64 for all parties, or an object with such a key for each. */
  readonly storageKey?: StorageKeys;
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  readonly unseen?: UnseenMode;
  /** Hears of what may be wrong in a program, such as public numbers that become 0; else it is printed, once. */
  readonly onEvent?: Listener;
  /** 'info' prints one line at the start, and profiles; 'warning' and above only what goes wrong. */
  readonly loggingLevel?: LoggingLevel;
  readonly logging_level?: LoggingLevel;
}

export type InitOptions = StandaloneOptions | ClusterOptions | ProductionOptions;

export interface Standalone {
  readonly mode: 'standalone';
  readonly parties: readonly string[];
  readonly link: ShapeOptions | undefined;
  readonly check?: CheckOptions;
  readonly allowedList?: AllowedList;
  readonly storageKey?: StorageKeys;
  readonly unseen?: UnseenMode;
  readonly quiet: boolean;
  readonly tell: Listener;
}

const link: Reader<ShapeOptions> = (value, path) => {
  const { rttMs, bandwidthMbit } = object({
    rttMs: optional(number(0, 60_000), 0),
    bandwidthMbit: optional<number | undefined>(number(0.001, 1e6), undefined),
  })(value, path);
  return { rttMs, ...(bandwidthMbit !== undefined && { bandwidthMbit }) };
};

/** An option of SecretFlow's that has no meaning here beyond its default. */
const unused = (why: string, ...accepted: readonly unknown[]): Key<unknown> =>
  optional<unknown>(
    (value, path) =>
      accepted.includes(value) || value === null
        ? value
        : fail('UNSUPPORTED', `${path}: ${describe(value)} is not supported: ${why}`, { path }),
    undefined,
  );

const THREADS = 'each party of an SPU is one thread';

const readStandalone = object({
  parties: required(partyList),
  address: optional<'local'>(
    (value, path) => (value === 'local' ? value : configError(path, 'use "local"')),
    'local',
  ),
  link: optional<ShapeOptions | undefined>(link, undefined),
  loggingLevel,
  check: optional<CheckOptions | undefined>(readCheck, undefined),
  unseen: optional<UnseenMode | undefined>(readUnseen, undefined),
  crossSiloSerializingAllowedList: optional<AllowedList | undefined>(readAllowedList, undefined),
  onEvent: optional<Listener | undefined>(listener, undefined),
  storageKey: optional<StorageKeys | undefined>(readStorageKeys, undefined),
  numCpus: unused(THREADS),
  numGpus: unused('there is no GPU to share', 0),
  ompNumThreads: unused(THREADS, 1),
  logToDriver: optional(flag, true),
  debugMode: unused('simulation always runs the real protocol', false),
});

/** What tells one mode from another, in the order in which they are asked. */
const MODES: readonly {
  readonly name: string;
  readonly is: (options: Readonly<Record<string, unknown>>) => boolean;
  readonly read: (options: Readonly<Record<string, unknown>>) => Standalone | Cluster | Production;
}[] = [
  {
    name: 'production',
    is: (o) => 'clusterConfig' in o || 'cluster_config' in o,
    read: (o) => {
      if ('parties' in o)
        configError(
          'parties',
          'give either "parties" (simulation) or "clusterConfig" (production), not both',
        );
      if (o.check !== undefined && o.check !== false)
        configError(
          'check',
          'it opens every value of a program, so it works in simulation only: leave it out in production',
        );
      const { check: _, ...rest } = o;
      return readProduction(rest);
    },
  },
  {
    name: 'cluster',
    is: (o) => o.address !== undefined && o.address !== 'local',
    read: readCluster,
  },
  {
    name: 'standalone',
    is: () => true,
    read: (o) => {
      const given = readStandalone(o, '');
      const { parties, link: shaped, check, unseen, onEvent, storageKey } = given;
      const { crossSiloSerializingAllowedList: allowedList } = given;
      return {
        mode: 'standalone',
        parties,
        link: shaped,
        ...(check && { check }),
        ...(allowedList && { allowedList }),
        ...(storageKey && { storageKey: forParties(storageKey, parties) }),
        ...(unseen && { unseen }),
        quiet: isQuiet(given.loggingLevel),
        tell: teller(onEvent, given.loggingLevel),
      };
    },
  },
];

/** Reads options in either form: `(options)`, or the guide's `(parties, options)`. */
export const readInitOptions = (first: unknown, second?: unknown): Standalone | Cluster | Production => {
  const options = typeof first === 'string' || Array.isArray(first) ? positional(first, second) : first;
  if (typeof options !== 'object' || options === null)
    return configError(
      '',
      `sf.init takes options like { parties: ['alice', 'bob'], address: 'local' }, not ${describe(options)}`,
    );
  if (options === first && second !== undefined)
    return configError('', 'sf.init takes one object, or a list of parties and an object');
  const given = options as Readonly<Record<string, unknown>>;
  return MODES.find((m) => m.is(given))!.read(given);
};

const positional = (parties: unknown, options: unknown): unknown => {
  if (options === undefined) return { parties };
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return configError('', `after the parties, sf.init takes an object of options, not ${describe(options)}`);
  if ('parties' in options) return configError('parties', 'the parties are given twice');
  return { ...options, parties };
};
