/** @file What `sf.init` takes for a simulation on several machines. */
import { type Listener, listener, teller } from './events.ts';
import { isQuiet, type LoggingLevel, loggingLevel } from './logging.ts';
import {
  configError,
  describe,
  flag,
  list,
  object,
  optional,
  partyName,
  type Reader,
  required,
  text,
} from './read.ts';
import { readStorageKeys, type StorageKeys } from './storage-key.ts';
import { readUnseen, type UnseenMode } from './unseen.ts';

/** A simulation spread over the nodes of a cluster, which `tessera start` has started. */
export interface ClusterOptions {
  /** The head's `ip:port`, or the URL of a NATS server: `nats://host:port`, `tls://host:port`. */
  readonly address: string;
  /** Checked against the tags of the nodes; left out, they are what the tags say. */
  readonly parties?: readonly string[];
  /** Of the head; TESSERA_TOKEN if left out. */
  readonly token?: string;
  /** Where several clusters share a server. */
  readonly cluster?: string;
  /** Credentials and authorities for a server of one's own. */
  readonly nats?: NatsOptions;
  /** What `spu.dump` encrypts files with: 32 bytes in base64 for all parties, or an object with such a key for each. */
  readonly storageKey?: StorageKeys;
  /** Hears of tasks that wait, of nodes that come and go, and of what may be wrong in a program. */
  readonly onEvent?: Listener;
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  readonly unseen?: UnseenMode;
  readonly loggingLevel?: LoggingLevel;
  readonly logging_level?: LoggingLevel;
}

export interface NatsOptions {
  readonly user?: string;
  readonly password?: string;
  /** Files. */
  readonly creds?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Cluster {
  readonly mode: 'cluster';
  readonly address: string;
  readonly parties: readonly string[] | undefined;
  readonly token: string | undefined;
  readonly cluster: string;
  readonly nats: NatsOptions;
  readonly storageKey: StorageKeys | undefined;
  readonly onEvent: ClusterOptions['onEvent'];
  readonly unseen: UnseenMode | undefined;
  readonly quiet: boolean;
  readonly tell: Listener;
}

const parties: Reader<readonly string[]> = (value, path) => {
  const names = list(partyName)(value, path);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) configError(path, `party ${JSON.stringify(twice)} is named twice`);
  return names.length > 0
    ? names
    : configError(path, 'no party is named: leave it out to take all that the nodes have');
};

const address: Reader<string> = (value, path) =>
  typeof value === 'string' && /^((nats|tls):\/\/)?(\[[\da-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/.test(value)
    ? value
    : configError(path, `${describe(value)} is no address of a head: use "ip:port", or "local"`);

const clusterName: Reader<string> = (value, path) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{1,32}$/.test(value)
    ? value
    : configError(path, `${describe(value)} is no cluster's name: use 1 to 32 letters, digits, "_" or "-"`);

const optionalText = optional<string | undefined>(text, undefined);

const read = object({
  address: required(address),
  parties: optional<readonly string[] | undefined>(parties, undefined),
  token: optionalText,
  cluster: optional(clusterName, 'default'),
  nats: optional<NatsOptions>((value, path) => {
    const given = object({
      user: optionalText,
      password: optionalText,
      creds: optionalText,
      ca: optionalText,
      cert: optionalText,
      key: optionalText,
    })(value, path);
    return Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
  }, {}),
  storageKey: optional<StorageKeys | undefined>(readStorageKeys, undefined),
  onEvent: optional<ClusterOptions['onEvent']>(listener, undefined),
  unseen: optional<UnseenMode | undefined>(readUnseen, undefined),
  loggingLevel,
  logToDriver: optional(flag, true),
});

export const readCluster = (options: Readonly<Record<string, unknown>>): Cluster => {
  const { loggingLevel: level, logToDriver: _, token, ...rest } = read(options, '');
  return {
    mode: 'cluster',
    ...rest,
    token: token ?? globalThis.process?.env.TESSERA_TOKEN,
    quiet: isQuiet(level),
    tell: teller(rest.onEvent, level),
  };
};
