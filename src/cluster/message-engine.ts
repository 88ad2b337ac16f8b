/** @file The engine of a cluster: a NATS server with JetStream, its work queue, and its key-value bucket. */
import { readFileSync } from 'node:fs';
import {
  AckPolicy,
  DiscardPolicy,
  type JetStreamClient,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { TesseraError } from '../errors.ts';
import { type Address, parseAddress } from '../link/address.ts';
import { type Names, namesOf, tokenOf } from './subjects.ts';
import { KEPT_MS, REDELIVER_MS } from './times.ts';

/** How to reach the engine, and as whom. */
export interface EngineAddress {
  /** `host:port`, or a URL: `nats://`, `tls://`. */
  readonly url: string;
  /** Several clusters may share a server. */
  readonly cluster: string;
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
  /** Files. */
  readonly creds?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Engine {
  readonly address: EngineAddress;
  readonly names: Names;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly kv: KV;
  /** Whether there is a connection now. */
  readonly reached: boolean;
  /** Makes what the cluster keeps on the server, as far as it is not there: all of it, after a start without its store. */
  make(): Promise<void>;
  /** Makes the queue of a tag, if it is not there. */
  queue(tag: string): Promise<void>;
  /** Tasks that wait for a node, and those at nodes, by tag. */
  depth(tag: string): Promise<{ waiting: number; running: number }>;
  /** Tasks of a driver that the queue has, at nodes or not. */
  queued(driver: string): Promise<number>;
  /** Drops them. */
  drop(driver: string): Promise<void>;
}

/** The queue keeps this many tasks at most; more are refused, not dropped. */
const MOST_TASKS = 1_000_000;
const CONNECT_MS = 3_000;
const nanos = (ms: number): number => ms * 1e6;

/** Whom the certificate must name: the client itself says so for names only, not for addresses. */
const verified = (a: EngineAddress): { readonly host: string } => ({ host: placeOf(a).host });

const optionsOf = (a: EngineAddress, name: string): NodeConnectionOptions => ({
  servers: a.url.replace(/^nats:\/\//, ''),
  name,
  timeout: CONNECT_MS,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 100,
  pingInterval: 5_000,
  maxPingOut: 2,
  noEcho: false,
  ...(a.token !== undefined && { token: a.token }),
  ...(a.user !== undefined && { user: a.user, pass: a.password ?? '' }),
  ...(a.creds !== undefined && { authenticator: credsAuthenticator(readFileSync(a.creds)) }),
  ...((a.ca !== undefined || a.cert !== undefined || a.url.startsWith('tls://')) && {
    tls: {
      ...verified(a),
      ...(a.ca !== undefined && { caFile: a.ca }),
      ...(a.cert !== undefined && { certFile: a.cert }),
      ...(a.key !== undefined && { keyFile: a.key }),
    },
  }),
});

const REFUSED = /authoriz|authentic|permission|credential/i;

const UNTRUSTED = /certificate|altnames|self-signed|tls/i;

const placeOf = ({ url }: EngineAddress): Address => parseAddress(url.replace(/^\w+:\/\//, ''), 'address');

/** Why the engine cannot be had, and what to type. */
const unreachable = (a: EngineAddress, cause: unknown): TesseraError => {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  if (REFUSED.test(text))
    return new TesseraError(
      'IDENTITY',
      `the engine at ${a.url} refused the credentials: give the token that \`tessera start --head\` printed ` +
        '(in TESSERA_TOKEN, a file with --token-file, or the option token of sf.init)',
      { address: a.url },
      cause,
    );
  if (UNTRUSTED.test(text))
    return new TesseraError(
      'IDENTITY',
      `the engine at ${a.url} and this machine do not agree on TLS (${text}): give the authority of its certificate ` +
        '(--nats-ca, or nats: { ca } of sf.init) and an address that the certificate names',
      { address: a.url },
      cause,
    );
  const { host, port } = placeOf(a);
  return new TesseraError(
    'LINK',
    `there is no engine at ${a.url} (${text}): start a head there first:\n` +
      `  tessera start --head --node-ip-address=${host} --port=${port} --resources='{"alice": 16}'`,
    { address: a.url },
    cause,
  );
};

/** An address is that of a head, which has a token; a URL is that of a server whose user says who may come. */
const openToAll = ({ url }: EngineAddress): boolean => !url.includes('://');

const lettingAllIn = ({ url }: EngineAddress): TesseraError =>
  new TesseraError(
    'IDENTITY',
    `the server at ${url} lets everybody in, so that it is no head of \`tessera start --head\`: whoever can reach it could have ` +
      'nodes run code. If it is yours, and meant so, give it as nats://host:port (--nats-url)',
    { address: url },
  );

/** Connects. Rejects with LINK where nobody answers, and with IDENTITY where the credentials are refused. */
export const openEngine = async (address: EngineAddress, name: string): Promise<Engine> => {
  const names = namesOf(address.cluster);
  let nc: NatsConnection;
  try {
    nc = await connect(optionsOf(address, name));
  } catch (e) {
    throw unreachable(address, e);
  }
  try {
    if (openToAll(address) && nc.info?.auth_required !== true) throw lettingAllIn(address);
    const jsm = await jetstreamManager(nc);
    const js = jetstream(nc);
    const make = async (): Promise<KV> => {
      await jsm.streams.add({
        name: names.stream,
        subjects: [names.allTasks],
        retention: RetentionPolicy.Workqueue,
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        max_msgs: MOST_TASKS,
      });
      return new Kvm(js).create(names.bucket, { ttl: KEPT_MS, history: 1 });
    };
    const kv = await make();
    let reached = true;
    const watch = async (): Promise<void> => {
      for await (const { type } of nc.status())
        if (type === 'disconnect' || type === 'reconnect') reached = type === 'reconnect';
    };
    void watch();
    return {
      address,
      names,
      nc,
      js,
      kv,
      get reached() {
        return reached;
      },
      make: async () => {
        await make();
      },
      queue: async (tag) => {
        await jsm.consumers.add(names.stream, {
          durable_name: tokenOf(tag),
          filter_subject: names.tasks(tag, '*'),
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(REDELIVER_MS),
          max_ack_pending: MOST_TASKS,
          // A pull for every free slot of every node waits here.
          max_waiting: 8_192,
        });
      },
      depth: async (tag) => {
        const { num_pending, num_ack_pending } = await jsm.consumers.info(names.stream, tokenOf(tag));
        return { waiting: num_pending, running: num_ack_pending };
      },
      queued: async (driver) => {
        const { state } = await jsm.streams.info(names.stream, { subjects_filter: names.tasksOf(driver) });
        return Object.values(state.subjects ?? {}).reduce((sum, n) => sum + n, 0);
      },
      drop: async (driver) => {
        await jsm.streams.purge(names.stream, { filter: names.tasksOf(driver) });
      },
    };
  } catch (e) {
    await nc.close();
    if (/jetstream|no responders/i.test(String(e)))
      throw new TesseraError(
        'CONFIG',
        `the engine at ${address.url} has no JetStream: start it with \`nats-server -js\``,
        { address: address.url },
        e,
      );
    throw e;
  }
};
