/** @file What `sf.init` takes in production: the guide's `cluster_config`, `tls_config` and allow-list, read strictly. */
import { fail } from '../../errors.ts';

import { parseAddress } from '../../link/address.ts';
import { type KeptIdentity, parseIdentity } from '../../link/identity.ts';
import type { Pem, TlsOptions } from '../../link/pem.ts';
import type { PeerEvent } from '../../link/report.ts';
import type { AllowedList } from '../../link/types.ts';
import * as math from '../../ring/math/index.ts';
import { type Listener, listener, teller } from '../events.ts';
import { isQuiet, type LoggingLevel, loggingLevel } from '../logging.ts';
import {
  configError,
  describe,
  flag,
  integer,
  type Key,
  object,
  optional,
  partyName,
  type Reader,
  required,
  spellingOf,
  suggestion,
  text,
} from '../read.ts';
import { readUnseen, type UnseenMode } from '../unseen.ts';

export interface PartyOptions {
  /** Where the others reach it, host:port; without it the party only dials out. */
  readonly address?: string;
  readonly listen_addr?: string;
  readonly listenAddr?: string;
}

export interface ClusterConfig {
  readonly parties: Readonly<Record<string, PartyOptions>>;
  readonly self_party?: string;
  readonly selfParty?: string;
  /** The third-party dealer: a server that sees no data. */
  readonly dealer?: PartyOptions & { readonly name?: string };
}

type PemKeys = {
  readonly ca_cert?: Pem;
  readonly caCert?: Pem;
  readonly cert?: Pem;
  readonly key?: Pem;
  readonly passphrase?: string;
};

/** The guide's form, or flat: one authority for all. */
export type TlsConfig =
  | {
      readonly cert: PemKeys;
      readonly client_certs?: Readonly<Record<string, PemKeys>>;
      readonly clientCerts?: Readonly<Record<string, PemKeys>>;
    }
  | PemKeys;

export interface CrossSiloOptions {
  readonly heartbeatMs?: number;
  /** A peer that is gone for this long is lost. */
  readonly peerTimeoutMs?: number;
  /** How long peers may take to come up. */
  readonly readyTimeoutMs?: number;
  readonly maxMessageBytes?: number;
  /**
   * How long the oldest operation that waits for other parties may take: then the session ends with PEER_LOST, which names
   * who lives and has not called it. Off if absent: functions of parties may take as long as they like.
   */
  readonly opTimeoutMs?: number;
  /** Tell the other parties the messages of errors, not only their codes. */
  readonly exposeErrors?: boolean;
  /** Keep the event loop awake for a moment while waiting for a peer. */
  readonly spin?: boolean;
}

export interface ProductionOptions {
  readonly address?: string;
  readonly clusterConfig?: ClusterConfig;
  readonly cluster_config?: ClusterConfig;
  readonly tlsConfig?: TlsConfig;
  readonly tls_config?: TlsConfig;
  readonly crossSiloSerializingAllowedList?: AllowedList;
  readonly cross_silo_serializing_allowed_list?: AllowedList;
  readonly jobName?: string;
  readonly job_name?: string;
  readonly crossSilo?: CrossSiloOptions;
  /** The own Ed25519 identity, as `tessera keygen` writes it, and those of peers: for who cannot show certificates. */
  readonly identity?: string;
  /** In place of `identity`: a key pair in the platform's key store, as `keepIdentity` makes it in a browser. */
  readonly keptIdentity?: KeptIdentity;
  /** An invitation: its key (`tessera-room-1:...`), and the relay at which parties without an address meet. */
  readonly room?: RoomOptions;
  /** Hears of peers that come, drop out, come back and are lost. */
  readonly onPeer?: (event: PeerEvent) => void;
  /** Shown a copy of what arrives from the other parties for an SPU: for teaching and debugging. */
  readonly onReceived?: (from: string, bytes: Uint8Array) => void;
  /** Shown a copy of what leaves for them: just what their `onReceived` is shown. */
  readonly onSent?: (to: string, bytes: Uint8Array) => void;
  readonly peerIdentities?: Readonly<Record<string, string>>;
  /** 32 bytes in base64, with which checkpoints are encrypted; by default a key is derived from `identity`. */
  readonly storageKey?: string;
  /**
   * A folder with what `tessera deal` made for this party, in place of a dealer, and the public identity of who dealt it.
   * Whoever made it could read what this party masks with it: what others have signed is refused.
   */
  readonly storedMaterial?: {
    readonly folder: string;
    readonly dealer: string;
    readonly set?: string;
    /** The name of this deployment, where the material was dealt for one (`tessera deal --deployment`). */
    readonly deployment?: string;
    /** The set in a folder that this machine has not used before: no other copy of it is ever used. */
    readonly acceptCopiedMaterial?: string;
    readonly accept_copied_material?: string;
  };
  readonly allowInsecure?: boolean;
  readonly allowTrustedFirstParty?: boolean;
  readonly signal?: AbortSignal;
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  readonly unseen?: UnseenMode;
  /** Hears of what may be wrong in a program, such as public numbers that become 0; else it is printed, once. */
  readonly onEvent?: Listener;
  /** 'info' prints who is waited for; 'warning' and above do not. What must be known of trust is printed in any case. */
  readonly loggingLevel?: LoggingLevel;
  readonly logging_level?: LoggingLevel;
}

export interface RoomOptions {
  readonly key: string;
  readonly relay?: string;
}

interface Stored {
  readonly folder: string;
  readonly dealer: string;
  readonly set: string | undefined;
  readonly deployment: string | undefined;
  readonly acceptCopiedMaterial: string | undefined;
}

/** As read. */
export interface Production {
  readonly mode: 'production';
  readonly self: string;
  readonly parties: readonly string[];
  readonly addresses: Readonly<Record<string, { address?: string; listenAddr?: string }>>;
  readonly dealer: string | undefined;
  readonly tls: TlsOptions | undefined;
  readonly allowedList: AllowedList | undefined;
  readonly job: string;
  readonly crossSilo: Required<Pick<CrossSiloOptions, 'exposeErrors'>> & CrossSiloOptions;
  readonly identity: string | undefined;
  readonly keptIdentity: KeptIdentity | undefined;
  /** Made for this program where it comes to a room without an identity of its own: it has the same when it comes again. */
  readonly passingIdentity: string | undefined;
  readonly room: RoomOptions | undefined;
  readonly onPeer: ((event: PeerEvent) => void) | undefined;
  readonly onReceived: ((from: string, bytes: Uint8Array) => void) | undefined;
  readonly onSent: ((to: string, bytes: Uint8Array) => void) | undefined;
  readonly peerIdentities: Readonly<Record<string, string>> | undefined;
  readonly storageKey: string | undefined;
  readonly storedMaterial: Stored | undefined;
  readonly allowInsecure: boolean;
  readonly allowTrustedFirstParty: boolean;
  readonly signal: AbortSignal | undefined;
  readonly unseen: UnseenMode | undefined;
  readonly quiet: boolean;
  readonly tell: Listener;
}

const maybe = <T>(read: Reader<T>, also: readonly string[] = []): Key<T | undefined> =>
  optional<T | undefined>(read, undefined, also);

const address: Reader<string> = (value, path) => {
  const given = text(value, path);
  parseAddress(given, path);
  return given;
};

const place = {
  address: maybe(address),
  listenAddr: maybe(address, ['listen_address', 'listenAddress']),
};

const readParty = object<{ address: string | undefined; listenAddr: string | undefined }>(place);
const readDealer = object<{ name: string; address: string | undefined; listenAddr: string | undefined }>({
  name: optional(partyName, 'dealer'),
  ...place,
});

/** An object whose keys are names of parties. */
const byName =
  <T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return configError(path, `an object from names to settings is wanted, not ${describe(value)}`);
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [partyName(name, path), read(item, `${path}.${name}`)]),
    );
  };

const pem: Reader<Pem> = (value, path) =>
  typeof value === 'string' || value instanceof URL || value instanceof Uint8Array
    ? value
    : configError(path, `a path, PEM text or bytes are wanted, not ${describe(value)}`);

interface Pems {
  caCert: Pem | undefined;
  cert: Pem | undefined;
  key: Pem | undefined;
  passphrase: string | undefined;
}

const readPems = object<Pems>({
  caCert: maybe(pem),
  cert: maybe(pem),
  key: maybe(pem),
  passphrase: maybe(text),
});

const readGuideTls = object({
  cert: required(readPems),
  clientCerts: optional<Readonly<Record<string, Pems>>>(byName(readPems), {}),
});

/** The guide's nested form, or flat `{ ca_cert, cert, key }`, in which one authority vouches for all peers. */
const readTls =
  (peers: readonly string[]): Reader<TlsOptions> =>
  (value, path) => {
    const nested =
      typeof value === 'object' &&
      value !== null &&
      'cert' in value &&
      typeof value.cert === 'object' &&
      value.cert !== null &&
      !(value.cert instanceof Uint8Array) &&
      !(value.cert instanceof URL);
    const own = nested ? readGuideTls(value, path) : { cert: readPems(value, path), clientCerts: undefined };
    const { caCert, cert, key, passphrase } = own.cert;
    const where = nested ? `${path}.cert` : path;
    if (cert === undefined || key === undefined)
      return configError(where, 'this party needs its "cert" and its "key"');
    const clientCerts = own.clientCerts ?? Object.fromEntries(peers.map((peer) => [peer, { caCert }]));
    for (const peer of Object.keys(clientCerts))
      if (!peers.includes(peer))
        configError(`${path}.client_certs.${peer}`, `no such peer: ${suggestion(peer, peers)}`);
    return {
      cert: {
        cert,
        key,
        ...(caCert !== undefined && { caCert }),
        ...(passphrase !== undefined && { passphrase }),
      },
      clientCerts: Object.fromEntries(
        Object.entries(clientCerts).map(([peer, entry]) => {
          const anchor = entry.caCert ?? (entry as Pems).cert;
          if (anchor === undefined)
            return configError(`${path}.client_certs.${peer}`, '"ca_cert" or "cert" is missing');
          const pin = (entry as Pems).cert;
          return [peer, { caCert: anchor, ...(pin !== undefined && { cert: pin }) }];
        }),
      ),
    };
  };

const readCrossSilo = object<CrossSiloOptions>({
  heartbeatMs: maybe(integer(10, 3_600_000)),
  peerTimeoutMs: maybe(integer(10, 86_400_000)),
  readyTimeoutMs: maybe(integer(1, 86_400_000), ['timeout_in_ms', 'timeoutInMs', 'timeoutMs', 'timeout_ms']),
  maxMessageBytes: maybe(integer(1, math.pow2(32) - 1), [
    'messages_max_size_in_bytes',
    'messagesMaxSizeInBytes',
  ]),
  opTimeoutMs: maybe(integer(10, 2_147_483_647)),
  exposeErrors: optional(flag, false, ['expose_error_trace', 'exposeErrorTrace']),
  spin: maybe(flag),
} as unknown as Parameters<typeof object<CrossSiloOptions>>[0]);

const asIs =
  <T>(is: (x: unknown) => boolean, what: string): Reader<T> =>
  (value, path) =>
    is(value) ? (value as T) : configError(path, `${what} is wanted, not ${describe(value)}`);

const anObject = (x: unknown): boolean => typeof x === 'object' && x !== null && !Array.isArray(x);

export const readAllowedList = asIs<AllowedList>(anObject, 'an object from modules to lists of names');

const isFunction = (x: unknown): boolean => typeof x === 'function';

const isKept = (x: unknown): boolean => {
  const { publicKey, signingKey } = (anObject(x) ? x : {}) as Partial<KeptIdentity>;
  return publicKey instanceof Uint8Array && signingKey instanceof CryptoKey;
};

const readRoom = object<RoomOptions>({ key: required(text), relay: maybe(text) } as unknown as Parameters<
  typeof object<RoomOptions>
>[0]);

const readCluster = object({
  parties: required(byName(readParty)),
  selfParty: required(partyName),
  dealer: maybe(readDealer),
});

const publicIdentity: Reader<string> = (value, path) => {
  const given = text(value, path);
  parseIdentity(given, path);
  return given;
};

const readStored = object<Stored>({
  folder: required(text),
  dealer: required(publicIdentity),
  set: maybe(text),
  deployment: maybe(text),
  acceptCopiedMaterial: maybe(text),
});

const readAll = object({
  address: maybe(text),
  clusterConfig: required(readCluster),
  tlsConfig: optional<unknown>((x) => x, undefined),
  crossSiloSerializingAllowedList: maybe(readAllowedList),
  unseen: optional<UnseenMode | undefined>(readUnseen, undefined),
  jobName: optional(text, 'tessera'),
  crossSilo: optional<CrossSiloOptions>(readCrossSilo, { exposeErrors: false }, [
    'cross_silo_comm_options',
    'crossSiloCommOptions',
  ]),
  identity: maybe(text),
  keptIdentity: maybe(asIs<KeptIdentity>(isKept, 'a key pair of keepIdentity')),
  room: maybe(readRoom),
  onPeer: maybe(asIs<(event: PeerEvent) => void>(isFunction, 'a function')),
  onReceived: maybe(asIs<(from: string, bytes: Uint8Array) => void>(isFunction, 'a function')),
  onSent: maybe(asIs<(to: string, bytes: Uint8Array) => void>(isFunction, 'a function')),
  peerIdentities: maybe(byName(text)),
  storageKey: maybe(text),
  storedMaterial: maybe(readStored),
  allowInsecure: optional(flag, false),
  allowTrustedFirstParty: optional(flag, false),
  signal: maybe(asIs<AbortSignal>((x) => x instanceof AbortSignal, 'an AbortSignal')),
  onEvent: maybe(listener),
  loggingLevel,
});

/** Reads the options of production mode. */
export const readProduction = (options: unknown): Production => {
  const o = readAll(options, '');
  const as = spellingOf(options as object, '');
  const [cluster, self, tls] = [as('clusterConfig'), as('selfParty'), as('tlsConfig')];
  const { parties: named, selfParty, dealer } = o.clusterConfig;
  const parties = Object.keys(named);
  if (parties.length < 2)
    configError(`${cluster}.parties`, `at least two parties are wanted, not ${parties.length}`);
  const addresses: Record<string, { address?: string; listenAddr?: string }> = {};
  const put = (
    name: string,
    { address, listenAddr }: { address: string | undefined; listenAddr: string | undefined },
  ): void => {
    addresses[name] = {
      ...(address !== undefined && { address }),
      ...(listenAddr !== undefined && { listenAddr }),
    };
  };
  for (const [name, party] of Object.entries(named)) put(name, party);
  if (dealer) {
    if (parties.includes(dealer.name))
      fail(
        'CONFIG',
        `${cluster}.dealer.name: "${dealer.name}" is one of the parties: the dealer must be somebody else`,
        { path: `${cluster}.dealer.name` },
      );
    put(dealer.name, dealer);
  }
  const everybody = Object.keys(addresses);
  const places = new Map<string, string>();
  for (const name of everybody) {
    const { address: at } = addresses[name]!;
    if (at === undefined) continue;
    const other = places.get(at);
    if (other !== undefined)
      configError(cluster, `${other} and ${name} have the same address ${at}: each needs its own`);
    places.set(at, name);
  }
  if (!everybody.includes(selfParty))
    configError(
      `${cluster}.${self}`,
      `no party ${JSON.stringify(selfParty)}: ${suggestion(selfParty, parties)}`,
    );
  const peers = everybody.filter((p) => p !== selfParty);
  return {
    mode: 'production',
    self: selfParty,
    parties,
    addresses,
    dealer: dealer?.name,
    tls: o.tlsConfig === undefined ? undefined : readTls(peers)(o.tlsConfig, tls),
    allowedList: o.crossSiloSerializingAllowedList,
    job: o.jobName,
    crossSilo: o.crossSilo as Production['crossSilo'],
    identity: o.identity,
    keptIdentity: o.keptIdentity,
    passingIdentity: undefined,
    room: o.room,
    onPeer: o.onPeer,
    onReceived: o.onReceived,
    onSent: o.onSent,
    peerIdentities: o.peerIdentities,
    storageKey: o.storageKey,
    storedMaterial: o.storedMaterial,
    allowInsecure: o.allowInsecure,
    allowTrustedFirstParty: o.allowTrustedFirstParty,
    signal: o.signal,
    unseen: o.unseen,
    quiet: isQuiet(o.loggingLevel),
    tell: teller(o.onEvent, o.loggingLevel),
  };
};
