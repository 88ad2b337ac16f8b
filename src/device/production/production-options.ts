/** @file What `sf.init` takes in production: the guide's `cluster_config`, `tls_config` and allow-list, read strictly. */
import {
  byParty,
  configError,
  custom,
  either,
  flag,
  type Input,
  instance,
  integer,
  isFunction,
  type Output,
  object,
  optional,
  PATH,
  partyName,
  read,
  refine,
  type Schema,
  spellingOf,
  text,
} from '../../config/schema.ts';
import { fail } from '../../errors.ts';
import { type Address, parseAddress } from '../../link/address.ts';
import { type KeptIdentity, parseIdentity } from '../../link/identity.ts';
import { metricsPlace } from '../../link/metrics-place.ts';
import type { Pem, TlsOptions } from '../../link/pem.ts';
import type { PeerEvent } from '../../link/report.ts';
import type { AllowedList } from '../../link/types.ts';
import { describe, suggestion } from '../../names.ts';
import * as math from '../../ring/math/index.ts';
import { emitter, type Listener, listener, type Received } from '../events.ts';
import { isQuiet, loggingLevel } from '../logging.ts';
import { partyKey } from '../storage-key.ts';
import { type UnseenMode, unseenMode } from '../unseen.ts';
import { UPSTREAM, UPSTREAM_CROSS_SILO } from '../upstream-options.ts';

const address = refine(text, (given) => {
  parseAddress(given, PATH);
  return given;
});

const PLACE = {
  /** Where the others reach it, host:port; without it the party only dials out. */
  address: optional(address),
  /** Where it listens, if that is not its address. */
  listenAddr: optional(address, undefined, ['listen_address', 'listenAddress']),
};

const PARTY = object(PLACE);
const DEALER = object({ name: optional(partyName, 'dealer'), ...PLACE });

const CLUSTER_CONFIG = object({
  /** All parties, by name. */
  parties: byParty(PARTY),
  /** Whose program this is. */
  selfParty: partyName,
  /** The third-party dealer: a server that sees no data. */
  dealer: optional(DEALER),
});

/** A path, PEM text or bytes. */
const pem: Schema<Pem> = custom<Pem>({ type: 'string' }, (value) =>
  typeof value === 'string' || value instanceof URL || value instanceof Uint8Array
    ? value
    : fail('CONFIG', `a path, PEM text or bytes are wanted, not ${describe(value)}`),
);

const PEMS = object({
  /** The authority that signs for the party. */
  caCert: optional(pem),
  /** Its certificate. */
  cert: optional(pem),
  /** The key of the certificate; of the own party alone. */
  key: optional(pem),
  passphrase: optional(text),
});

/** As in the guide: the own files, and those of each peer. */
const GUIDE_TLS = object({
  cert: PEMS,
  clientCerts: optional(byParty(PEMS), {}),
});

const isNested = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'cert' in value &&
  typeof value.cert === 'object' &&
  value.cert !== null &&
  !(value.cert instanceof Uint8Array) &&
  !(value.cert instanceof URL);

const NOTHING = custom<null, undefined>({ type: 'null' }, () => undefined);

/** The guide's nested form, or flat `{ ca_cert, cert, key }`, in which one authority vouches for all peers. */
const TLS_CONFIG = either(isNested, GUIDE_TLS, PEMS);

/** None may be said by null. */
const TLS_OR_NOTHING = either((value) => value === null, NOTHING, TLS_CONFIG);

/** Timeouts and limits of links; a simulation, whose parties are in one process, reads them and has no use for them. */
export const CROSS_SILO = object({
  /** Milliseconds between signs of life. */
  heartbeatMs: optional(integer(10, 3_600_000)),
  /**
   * A peer that is gone for this long is lost (60 s if absent). So is one whose own function computes for so long without an
   * `await` at which its program could answer: engines of SPUs let it answer, JavaScript of a party does not.
   */
  peerTimeoutMs: optional(integer(10, 86_400_000)),
  /** How long peers may take to come up. */
  readyTimeoutMs: optional(integer(1, 86_400_000), undefined, [
    'timeout_in_ms',
    'timeoutInMs',
    'timeoutMs',
    'timeout_ms',
  ]),
  maxMessageBytes: optional(integer(1, math.pow2(32) - 1), undefined, [
    'messages_max_size_in_bytes',
    'messagesMaxSizeInBytes',
  ]),
  /**
   * How long the oldest operation that waits for other parties may take: then the session ends with PEER_LOST, which names
   * who lives and has not called it. Off if absent: what functions of parties wait for may take as long as it likes.
   */
  opTimeoutMs: optional(integer(10, 2_147_483_647), undefined, ['recv_timeout_ms', 'recvTimeoutMs']),
  /** Tell the other parties the messages of errors, not only their codes. */
  exposeErrors: optional(flag, false, ['expose_error_trace', 'exposeErrorTrace']),
  /** Keep the event loop awake for a moment while waiting for a peer. */
  spin: optional(flag),
  ...UPSTREAM_CROSS_SILO,
});

const isObject = (x: unknown): boolean => typeof x === 'object' && x !== null && !Array.isArray(x);

/** From modules to lists of names. */
export const allowedList: Schema<AllowedList> = custom<AllowedList>({ type: 'object' }, (value) =>
  isObject(value)
    ? (value as AllowedList)
    : fail('CONFIG', `an object from modules to lists of names is wanted, not ${describe(value)}`),
);

const isKept = (x: unknown): boolean => {
  const { publicKey, signingKey } = (isObject(x) ? x : {}) as Partial<KeptIdentity>;
  return publicKey instanceof Uint8Array && signingKey instanceof CryptoKey;
};

const ROOM = object({
  /** The invitation: `tessera-room-1:...`. */
  key: text,
  /** The relay at which parties without an address meet. */
  relay: optional(text),
});

/** Itself, or the name of its file. */
const publicIdentity = refine(text, (given) => {
  if (given.startsWith('tessera-')) parseIdentity(given, PATH);
  return given;
});

const STORED = object({
  /** The folder that `tessera deal` or `tessera make` made for this party. */
  folder: text,
  /** The public identity of who dealt it, or (in Node and Deno) the name of its file. Absent: two parties made it (`tessera make`). */
  dealer: optional(publicIdentity),
  set: optional(text),
  /** The name of this deployment, where the material was dealt for one (`tessera deal --deployment`). */
  deployment: optional(text),
  /** The set in a folder that this machine has not used before: no other copy of it is ever used. */
  acceptCopiedMaterial: optional(text),
});

export const PRODUCTION = object({
  /** Accepted for the guide, and not used. */
  address: optional(text),
  /** The parties, and whose program this is. */
  clusterConfig: CLUSTER_CONFIG,
  /** Certificates: in the guide's form, or flat with one authority for all. */
  tlsConfig: optional(TLS_OR_NOTHING),
  /** Which types may go from party to party; every registered one if absent. */
  crossSiloSerializingAllowedList: optional(allowedList),
  /** What shutdown does with failures that the program was never told of: 'print' (default) a line each, or 'throw'. */
  unseen: optional(unseenMode),
  /** Programs meet within a job of this name. */
  jobName: optional(text, 'tessera'),
  /** Timeouts and limits of the links. */
  crossSilo: optional(CROSS_SILO, {}, ['cross_silo_comm_options', 'crossSiloCommOptions']),
  /**
   * The own Ed25519 identity, as `tessera keygen` writes it, or (in Node and Deno) the name of its file: for who cannot show certificates,
   * and for what is kept on disk.
   */
  identity: optional(text),
  /** In place of `identity`: a key pair in the platform's key store, as `keepIdentity` makes it in a browser. */
  keptIdentity: optional(instance<KeptIdentity>(isKept, 'a key pair of keepIdentity')),
  /** An invitation: its key (`tessera-room-1:...`), and the relay at which parties without an address meet. */
  room: optional(ROOM),
  /** Hears of peers that come, drop out, come back and are lost. */
  onPeer: optional(instance<(event: PeerEvent) => void>(isFunction, 'a function')),
  /** Shown a copy of what arrives here from the other parties for an SPU, `(from, bytes, to)`: for teaching and debugging. */
  onReceived: optional(instance<Received>(isFunction, 'a function')),
  /** Shown a copy of what leaves for them: just what their `onReceived` is shown. */
  onSent: optional(instance<(to: string, bytes: Uint8Array) => void>(isFunction, 'a function')),
  /** The public identities of peers, which they have to prove, or the names of their files. */
  peerIdentities: optional(byParty(text)),
  /** 32 bytes in base64, with which checkpoints are encrypted; by default a key is derived from `identity`. */
  storageKey: optional(partyKey),
  /**
   * A folder with what `tessera deal` made for this party, in place of a dealer, and the public identity of who dealt it; or with what
   * `tessera make` made with the other party. Whoever made it could read what this party masks with it: what others have signed is refused.
   */
  storedMaterial: optional(STORED),
  /** Lets data leave this machine in the clear, on a network that is trusted. */
  allowInsecure: optional(flag, false),
  /** Lets rank 0 deal, which could then learn the inputs of the others. */
  allowTrustedFirstParty: optional(flag, false),
  /** Ends the session when it is set off. */
  signal: optional(instance<AbortSignal>((x) => x instanceof AbortSignal, 'an AbortSignal')),
  /** Hears of what may be wrong in a program, such as public numbers that become 0; else it is printed, once. */
  onEvent: optional(listener),
  /** A loopback port (or `127.0.0.1:port`) with `/health`, `/ready` and `/metrics`, as Prometheus reads them. In Node and Deno. */
  metrics: optional(
    custom<number | string, Address>({ type: ['integer', 'string'] }, (value) => metricsPlace(value, PATH)),
  ),
  ...UPSTREAM,
  /** 'info' prints who is waited for; 'warning' and above do not. What must be known of trust is printed in any case. */
  loggingLevel,
});

export type ClusterConfig = Input<typeof CLUSTER_CONFIG>;
export type TlsConfig = Input<typeof TLS_CONFIG>;
export type CrossSiloOptions = Input<typeof CROSS_SILO>;
export type ProductionOptions = Input<typeof PRODUCTION>;
export type RoomOptions = Output<typeof ROOM>;
type Stored = Output<typeof STORED>;

/** Keys that were left out are not there. */
type Given<T> = { readonly [K in keyof T]?: T[K] };
type CrossSilo = Given<Output<typeof CROSS_SILO>> & { readonly exposeErrors: boolean };

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
  readonly crossSilo: CrossSilo;
  readonly identity: string | undefined;
  readonly keptIdentity: KeptIdentity | undefined;
  /** Made for this program where it comes to a room without an identity of its own: it has the same when it comes again. */
  readonly passingIdentity: string | undefined;
  readonly room: RoomOptions | undefined;
  readonly onPeer: ((event: PeerEvent) => void) | undefined;
  readonly onReceived: Received | undefined;
  readonly onSent: ((to: string, bytes: Uint8Array) => void) | undefined;
  readonly peerIdentities: Readonly<Record<string, string>> | undefined;
  readonly storageKey: string | undefined;
  readonly storedMaterial: Stored | undefined;
  readonly allowInsecure: boolean;
  readonly allowTrustedFirstParty: boolean;
  readonly signal: AbortSignal | undefined;
  readonly metrics: Address | undefined;
  readonly unseen: UnseenMode | undefined;
  readonly quiet: boolean;
  readonly emit: Listener;
}

/** What TLS needs: the own files, and for each peer its authority or its certificate. */
const tlsOf = (value: Output<typeof TLS_CONFIG>, peers: readonly string[], path: string): TlsOptions => {
  const nested = isNested(value);
  const own = (nested ? value.cert : value) as Output<typeof PEMS>;
  const { caCert, cert, key, passphrase } = own;
  if (cert === undefined || key === undefined)
    return configError(nested ? `${path}.cert` : path, 'this party needs its "cert" and its "key"');
  const clientCerts: Readonly<Record<string, Given<Output<typeof PEMS>>>> = nested
    ? (value as Output<typeof GUIDE_TLS>).clientCerts
    : Object.fromEntries(peers.map((peer) => [peer, { caCert }]));
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
      Object.entries(clientCerts).map(([peer, { caCert: authority, cert: pin }]) => {
        const anchor = authority ?? pin;
        if (anchor === undefined)
          return configError(`${path}.client_certs.${peer}`, '"ca_cert" or "cert" is missing');
        return [peer, { caCert: anchor, ...(pin !== undefined && { cert: pin }) }];
      }),
    ),
  };
};

/** Reads the options of production mode. */
export const readProduction = (options: unknown): Production => {
  const o = read(PRODUCTION, options);
  const as = spellingOf(options as object);
  const [cluster, self, tls] = [as('clusterConfig'), as('selfParty'), as('tlsConfig')];
  const { parties: named, selfParty, dealer } = o.clusterConfig;
  const parties = Object.keys(named);
  if (parties.length === 0) configError(`${cluster}.parties`, 'at least one party is wanted, not none');
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
    tls: o.tlsConfig === undefined ? undefined : tlsOf(o.tlsConfig, peers, tls),
    allowedList: o.crossSiloSerializingAllowedList,
    job: o.jobName,
    crossSilo: o.crossSilo,
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
    metrics: o.metrics,
    unseen: o.unseen,
    quiet: isQuiet(o.loggingLevel),
    emit: emitter(o.onEvent, o.loggingLevel),
  };
};
