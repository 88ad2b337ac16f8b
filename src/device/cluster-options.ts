/** @file What `sf.init` takes for a simulation on several machines. */

import {
  custom,
  type Input,
  type Output,
  object,
  optional,
  read,
  sessionParties,
  text,
} from '../config/schema.ts';
import { environmentVariable } from '../environment-variable.ts';
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import { emitter, type Listener, listener } from './events.ts';
import { isQuiet, loggingLevel } from './logging.ts';
import { CROSS_SILO } from './production/production-options.ts';
import { type StorageKeys, storageKeys } from './storage-key.ts';
import { type UnseenMode, unseenMode } from './unseen.ts';
import { UNUSED_JOB, UPSTREAM, unused } from './upstream-options.ts';

const address = custom<string>({ type: 'string' }, (value) =>
  typeof value === 'string' &&
  /^((nats|tls|https?):\/\/)?(\[[\da-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/.test(value)
    ? value.replace(/^https?:\/\//, '')
    : fail('CONFIG', `${describe(value)} is no address of a head: use "ip:port", or "local"`),
);

const clusterName = custom<string>({ type: 'string' }, (value) =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{1,32}$/.test(value)
    ? value
    : fail('CONFIG', `${describe(value)} is no cluster's name: use 1 to 32 letters, digits, "_" or "-"`),
);

const NATS = object({
  user: optional(text),
  password: optional(text),
  /** A credentials file. */
  creds: optional(text),
  /** The file of the server's authority. */
  ca: optional(text),
  /** The file of the certificate to show. */
  cert: optional(text),
  /** The file of its key. */
  key: optional(text),
});

export const CLUSTER = object({
  /** The head's `ip:port`, or the URL of a NATS server: `nats://host:port`, `tls://host:port`. */
  address,
  /** Checked against the tags of the nodes; left out, they are what the tags say. */
  parties: optional(sessionParties),
  /** Of the head; TESSERA_TOKEN if left out. */
  token: optional(text),
  /** Where several clusters share a server. */
  cluster: optional(clusterName, 'default'),
  /** Credentials and authorities for a server of one's own. */
  nats: optional(NATS, {}),
  /** What `spu.dump` encrypts files with: 32 bytes in base64 for all parties, or an object with such a key for each. */
  storageKey: optional(storageKeys),
  /** Hears of tasks that wait, of nodes that come and go, and of what may be wrong in a program. */
  onEvent: optional(listener),
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  unseen: optional(unseenMode),
  /** 'info' prints what informs; 'warning' and above only what goes wrong. */
  loggingLevel,
  /** Checked, and not used: nodes come and go by themselves. */
  crossSilo: optional(CROSS_SILO, {}, ['cross_silo_comm_options', 'crossSiloCommOptions']),
  ...UPSTREAM,
  ...UNUSED_JOB,
  tlsConfig: unused(
    'a cluster is for simulation; TLS of a NATS server of your own is said by its address (tls://) and nats: { ca, cert, key }',
  ),
});

/** A simulation spread over the nodes of a cluster, which `tessera start` has started. */
export type ClusterOptions = Input<typeof CLUSTER>;

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
export type NatsOptions = Given<Output<typeof NATS>>;

export interface Cluster {
  readonly mode: 'cluster';
  readonly address: string;
  readonly parties: readonly string[] | undefined;
  readonly token: string | undefined;
  readonly cluster: string;
  readonly nats: NatsOptions;
  readonly storageKey: StorageKeys | undefined;
  readonly onEvent: Listener | undefined;
  readonly unseen: UnseenMode | undefined;
  readonly quiet: boolean;
  readonly emit: Listener;
}

export const readCluster = (options: unknown): Cluster => {
  const { loggingLevel: level, address, cluster, nats, token, ...given } = read(CLUSTER, options);
  const { parties, storageKey, unseen, onEvent } = given;
  return {
    mode: 'cluster',
    address,
    cluster,
    parties,
    storageKey,
    unseen,
    onEvent,
    nats: nats as NatsOptions,
    token: token ?? environmentVariable('TESSERA_TOKEN'),
    quiet: isQuiet(level),
    emit: emitter(onEvent, level),
  };
};
