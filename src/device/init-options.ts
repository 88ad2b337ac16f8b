/** @file What `sf.init` and `sf.session` take: which mode is meant, and its options. */
import {
  configError,
  custom,
  type Input,
  instance,
  isFunction,
  number,
  type Output,
  object,
  optional,
  read,
  sessionParties,
} from '../config/schema.ts';
import { fail } from '../errors.ts';
import type { ShapeOptions } from '../link/shaper.ts';
import type { AllowedList } from '../link/types.ts';
import { describe } from '../names.ts';
import { type CheckOptions, checkOptions } from './check.ts';
import { type Cluster, type ClusterOptions, readCluster } from './cluster-options.ts';
import { emitter, type Listener, listener, type Received } from './events.ts';
import { isQuiet, loggingLevel } from './logging.ts';
import {
  allowedList,
  CROSS_SILO,
  type Production,
  type ProductionOptions,
  readProduction,
} from './production/production-options.ts';
import { forParties, type StorageKeys, storageKeys } from './storage-key.ts';
import { type UnseenMode, unseenMode } from './unseen.ts';
import { UNUSED_JOB, UPSTREAM, unused } from './upstream-options.ts';

const LINK = object({
  /** Round trip in milliseconds. */
  rttMs: optional(number(0, 60_000), 0),
  /** Bandwidth in Mbit/s; unlimited if absent. */
  bandwidthMbit: optional(number(0.001, 1e6)),
});

export const STANDALONE = object({
  /** All different; an SPU needs two of them. */
  parties: sessionParties,
  address: optional(
    custom<'local' | 'localhost', 'local'>({ enum: ['local', 'localhost'] }, (value) =>
      isHere(value) ? 'local' : fail('CONFIG', 'use "local"'),
    ),
    'local',
  ),
  /** Gives the links between the SPU's parties, and to a third-party dealer, a latency and a bandwidth. */
  link: optional(LINK),
  /** 'info' prints one line at the start, and profiles; 'warning' and above only what goes wrong. */
  loggingLevel,
  /**
   * Runs every program in float64 beside the secret one; a result that left the fixed-point range or lost too many bits
   * is an error that names the first op and its line. Opens all values: in simulation only, and slower.
   */
  check: optional(checkOptions),
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  unseen: optional(unseenMode),
  /** Which types may go from party to party, as in production; every registered one if absent. */
  crossSiloSerializingAllowedList: optional(allowedList),
  /** Hears of what may be wrong in a program, such as public numbers that become 0; else it is printed, once. */
  onEvent: optional(listener),
  /** Shown a copy of what arrives at each party of an SPU from the others, `(from, bytes, to)`: for teaching and debugging. */
  onReceived: optional(instance<Received>(isFunction, 'a function')),
  /** Shown each program of an SPU as text, as it was recorded, and the call that it is of. */
  onProgram: optional(instance<(text: string, call: string) => void>(isFunction, 'a function')),
  /** What `spu.dump` encrypts files with: 32 bytes in base64 for all parties, or an object with such a key for each. */
  storageKey: optional(storageKeys),
  /** Checked, and not used: nobody can be lost. */
  crossSilo: optional(CROSS_SILO, {}, ['cross_silo_comm_options', 'crossSiloCommOptions']),
  ...UPSTREAM,
  ...UNUSED_JOB,
  tlsConfig: unused('parties of a simulation are in one process: leave it out'),
});

/** All parties in this process, each SPU party in a thread of its own. */
export type StandaloneOptions = Input<typeof STANDALONE>;

export type InitOptions = StandaloneOptions | ClusterOptions | ProductionOptions;

export interface Standalone {
  readonly mode: 'standalone';
  readonly parties: readonly string[];
  readonly link: ShapeOptions | undefined;
  readonly check?: CheckOptions;
  readonly allowedList?: AllowedList;
  readonly storageKey?: StorageKeys;
  readonly unseen?: UnseenMode;
  readonly onReceived?: Received;
  readonly onProgram?: (text: string, call: string) => void;
  readonly quiet: boolean;
  readonly emit: Listener;
}

const shapeOf = ({ rttMs, bandwidthMbit }: Output<typeof LINK>): ShapeOptions => ({
  rttMs,
  ...(bandwidthMbit !== undefined && { bandwidthMbit }),
});

/** This process, as in SecretFlow's grammar of addresses. */
const isHere = (address: unknown): boolean => address === 'local' || address === 'localhost';

/** What tells one mode from another, in the order in which they are asked. */
const MODES: readonly {
  readonly name: string;
  readonly is: (options: Readonly<Record<string, unknown>>) => boolean;
  readonly read: (options: Readonly<Record<string, unknown>>) => Standalone | Cluster | Production;
}[] = [
  {
    name: 'production',
    is: (o) => (o.clusterConfig ?? o.cluster_config ?? undefined) !== undefined,
    read: (o) => {
      if ((o.parties ?? undefined) !== undefined)
        configError(
          'parties',
          'give either "parties" (simulation) or "clusterConfig" (production), not both',
        );
      if (o.check !== undefined && o.check !== false)
        configError(
          'check',
          'it opens every value of a program, so it works in simulation only: leave it out in production',
        );
      const { check: _, parties: __, ...rest } = o;
      return readProduction(rest);
    },
  },
  {
    name: 'cluster',
    is: (o) => o.address !== undefined && !isHere(o.address),
    read: readCluster,
  },
  {
    name: 'standalone',
    is: () => true,
    read: (o) => {
      const given = read(STANDALONE, o);
      const { parties, link: shaped, check, unseen, onEvent, onReceived, onProgram, storageKey } = given;
      const { crossSiloSerializingAllowedList: allowed } = given;
      return {
        mode: 'standalone',
        parties,
        link: shaped && shapeOf(shaped),
        ...(check && { check }),
        ...(allowed && { allowedList: allowed }),
        ...(storageKey && { storageKey: forParties(storageKey, parties) }),
        ...(unseen && { unseen }),
        ...(onReceived && { onReceived }),
        ...(onProgram && { onProgram }),
        quiet: isQuiet(given.loggingLevel),
        emit: emitter(onEvent, given.loggingLevel),
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
