/** @file What the link tests share. */
import { createServer } from 'node:net';
import { type Callback, suite as uvuSuite } from 'uvu';
import type { TesseraError } from '../../src/errors.ts';
import { ConnectError } from '../../src/link/failures.ts';
import type { Transport } from '../../src/link/link.ts';
import type { TlsOptions } from '../../src/link/pem.ts';
import type { PeerEvent } from '../../src/link/report.ts';
import {
  connect,
  type PartyAddress,
  type WebSocketTransport,
  type WebSocketTransportOptions,
} from '../../src/link/websocket.ts';
import { PATIENCE_MS } from '../patience.ts';
import { makeAuthority, makeLeaf } from './certificates.ts';

/** By its name: what is tested may be the modules or the package, and each has a class of its own. */
export const isOurs = (error: unknown): error is TesseraError =>
  error instanceof Error && error.name === 'TesseraError';

/**
 * uvu reads `details` of a thrown error as text; a TesseraError's is an object, and uvu then loses the failure and
 * reports success. So an error of ours is turned into a plain one before uvu sees it.
 */
export const suite = (name: string) => {
  const inner = uvuSuite(name);
  const test = (title: string, run: () => Promise<unknown> | unknown) =>
    inner(title, (async () => {
      try {
        await run();
      } catch (error) {
        if (!isOurs(error)) throw error;
        throw new Error(`${error.code}: ${error.message}`, { cause: error });
      }
    }) as Callback);
  return Object.assign(test, { run: () => inner.run(), after: inner.after, before: inner.before });
};

/** The TesseraError with which the promise rejects. */
export const rejection = async (promise: Promise<unknown> | unknown): Promise<TesseraError> => {
  try {
    await promise;
  } catch (error) {
    if (!isOurs(error)) throw error;
    return error;
  }
  throw new Error('expected a rejection');
};

/** Below those that systems give to who dials: a connection of another test cannot take it before somebody listens. */
const [LOWEST_PORT, PORTS] = [10_240, 22_000];

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something is so, for as long as a loaded machine may take. */
export const until = async (so: () => boolean, what: string): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!so()) {
    if (Date.now() > end) throw new Error(`after ${PATIENCE_MS / 1000} s still not: ${what}`);
    await sleep(10);
  }
};

/** Options for alice (who listens), bob, carol ... on loopback, over plaintext unless `tls` gives more. */
export const partyOptions = async (
  names: readonly string[],
  more: (name: string) => Partial<WebSocketTransportOptions> = () => ({}),
): Promise<Record<string, WebSocketTransportOptions>> => {
  const parties: Record<string, PartyAddress> = {};
  for (const name of names) parties[name] = { address: `127.0.0.1:${await freePort()}` };
  return Object.fromEntries(
    names.map((self) => [
      self,
      {
        self,
        parties,
        job: 'test',
        heartbeatMs: 200,
        peerTimeoutMs: 20_000,
        readyTimeoutMs: 20_000,
        spin: false,
        ...more(self),
      },
    ]),
  );
};

/** Each party its own authority, as in the deployment guide. */
export const tlsFor = async (
  names: readonly string[],
  pin = true,
): Promise<(name: string) => { tls: TlsOptions }> => {
  const made = new Map<string, { ca: string; cert: string; key: string }>();
  for (const name of names) {
    const authority = await makeAuthority(`${name} authority`);
    made.set(name, { ca: authority.pem, ...(await makeLeaf(authority, name)) });
  }
  return (self) => {
    const own = made.get(self)!;
    const peers = names
      .filter((n) => n !== self)
      .map((n) => [n, { caCert: made.get(n)!.ca, ...(pin ? { cert: made.get(n)!.cert } : {}) }]);
    return {
      tls: { cert: { caCert: own.ca, cert: own.cert, key: own.key }, clientCerts: Object.fromEntries(peers) },
    };
  };
};

/** Connects all and waits until they have met. */
export const connectAll = async (
  options: Record<string, WebSocketTransportOptions>,
): Promise<Record<string, WebSocketTransport>> => {
  const links = await Promise.all(Object.values(options).map((o) => connect(o)));
  await Promise.all(links.map((link) => link.ready()));
  return Object.fromEntries(links.map((link) => [link.self, link]));
};

export const closeAll = (links: Record<string, Transport>): Promise<unknown> =>
  Promise.all(Object.values(links).map((l) => l.close()));

/** The first that is said to be answered for by somebody else, and why. */
export const doubted = (link: WebSocketTransport): Promise<PeerEvent> =>
  new Promise((resolve) => {
    link.on('peer', (event) => {
      const { state, error } = event;
      if (state === 'waiting' && error instanceof ConnectError && !error.passing) resolve(event);
    });
  });
