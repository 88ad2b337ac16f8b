/** @file Listening: one port serves any number of jobs and parties of this process; the dialer's hello says which one it wants. */
import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { TesseraError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { Connection } from './connection.ts';
import { HTTP, holdErrors, Pending } from './pending.ts';
import type { Lease } from './sockets.ts';
import type { TlsMaterial } from './tls.ts';
import { type Acceptor, welcome } from './welcome.ts';
import { KEEP_ALIVE_MS, WS_OPTIONS, wsSocket } from './ws-socket.ts';

const routeKey = (job: string, party: string): string => `${job}\0${party}`;

class Listener {
  readonly #routes = new Map<string, Acceptor>();
  readonly #material = new Map<Acceptor, TlsMaterial | undefined>();
  readonly #server: Server | TlsServer;
  readonly #sockets: WebSocketServer;
  readonly #tls: TlsMaterial | undefined;
  readonly #pending: Pending;
  /** Acceptors whose programs may end while it listens. */
  readonly #loose = new Set<Acceptor>();

  constructor(tls: TlsMaterial | undefined) {
    this.#tls = tls;
    this.#server =
      tls === undefined
        ? createHttp(HTTP)
        : createHttps({
            ...HTTP,
            ...contextOf(tls, [tls]),
            requestCert: true,
            rejectUnauthorized: !tls.certless,
            minVersion: 'TLSv1.3',
            handshakeTimeout: 10_000,
          });
    holdErrors(this.#server);
    this.#pending = new Pending(this.#server);
    this.#sockets = new WebSocketServer({ server: this.#server, clientTracking: true, ...WS_OPTIONS });
    // It passes the server's errors on, which are handled where the server is told to listen.
    this.#sockets.on('error', () => {});
    this.#sockets.on('connection', (ws, request) =>
      this.#connection(new Connection(wsSocket(ws, request.socket)), request),
    );
    this.#server.on('tlsClientError', (error: Error, socket: TLSSocket) =>
      this.#refused(socket.remoteAddress, tlsReason(error, socket)),
    );
    this.#server.on('connection', (socket: Socket) =>
      socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS),
    );
    this.#server.on('request', (_request, response) =>
      response.writeHead(426).end('This port speaks WebSocket.\n'),
    );
  }

  get empty(): boolean {
    return this.#routes.size === 0;
  }
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen({ host, port }: Address): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.removeListener('error', reject);
        // A later error of the listening socket concerns connections to come; those that are open go on.
        this.#server.on('error', (error) => this.#refused(undefined, error.message));
        resolve();
      });
    });
  }

  add(acceptor: Acceptor, tls: TlsMaterial | undefined, where: string): void {
    if ((tls === undefined) !== (this.#tls === undefined) || tls?.cert !== this.#tls?.cert) {
      throw new TesseraError('CONFIG', `${where} is already open in this process with another certificate`, {
        address: where,
      });
    }
    if (tls?.certless && !this.#tls!.certless) {
      throw new TesseraError(
        'CONFIG',
        `${where} is already open in this process for peers with certificates only`,
        { address: where },
      );
    }
    this.#routes.set(routeKey(acceptor.job, acceptor.party), acceptor);
    this.#material.set(acceptor, tls);
    // The listener was made with the context of the first.
    if (tls !== this.#tls || this.#material.size > 1) this.#renew();
  }

  remove(acceptor: Acceptor): void {
    const key = routeKey(acceptor.job, acceptor.party);
    if (this.#routes.get(key) === acceptor) this.#routes.delete(key);
    this.#material.delete(acceptor);
    this.hold(acceptor, true);
    if (this.#routes.size > 0) this.#renew();
  }

  /** Whether this acceptor keeps the program from ending. */
  hold(acceptor: Acceptor, on: boolean): void {
    if (on) this.#loose.delete(acceptor);
    else this.#loose.add(acceptor);
    if (this.#loose.size < this.#routes.size) this.#server.ref();
    else this.#server.unref();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#sockets.close();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      this.#pending.end();
    });
  }

  /** The authorities of all jobs' peers; which peer may come from which is checked after its hello. */
  #renew(): void {
    if (this.#tls === undefined) return;
    const all = [...this.#material.values()].filter((m) => m !== undefined);
    (this.#server as TlsServer).setSecureContext(contextOf(this.#tls, all));
  }

  #refused(address: string | undefined, why: string): void {
    for (const acceptor of this.#routes.values()) acceptor.refused(address ?? 'a connection', why);
  }

  async #connection(connection: Connection, request: IncomingMessage): Promise<void> {
    const socket = this.#tls === undefined ? undefined : (request.socket as TLSSocket);
    try {
      await welcome(connection, socket, (job, party) => this.#routes.get(routeKey(job, party)));
      this.#pending.settle(request.socket);
    } catch (error) {
      this.#refused(request.socket.remoteAddress, (error as Error).message);
    }
  }
}

const contextOf = (own: TlsMaterial, all: readonly TlsMaterial[]) => ({
  cert: own.cert,
  key: own.key,
  ...(own.passphrase === undefined ? {} : { passphrase: own.passphrase }),
  ca: [...new Set(all.flatMap((m) => [...m.peers.values()].map((p) => p.caPem)))],
  minVersion: 'TLSv1.3' as const,
});

/** Node hangs up on a certificate that it does not accept, and leaves the reason on the socket. */
const tlsReason = (error: Error & { code?: string; reason?: string }, socket: TLSSocket): string => {
  if (error.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'it showed no certificate';
  const judged = socket.authorizationError;
  return judged ? `its certificate was refused (${String(judged)})` : (error.reason ?? error.message);
};

/** Listeners of this process, by address. */
const listeners = new Map<string, Promise<Listener>>();

/** Takes connections at an address; several acceptors may share it. */
export const listen = async (
  address: Address,
  acceptor: Acceptor,
  tls: TlsMaterial | undefined,
): Promise<Lease> => {
  const where = formatAddress(address);
  for (;;) {
    let opening = address.port === 0 ? undefined : listeners.get(where);
    if (opening === undefined) {
      opening = open(address, tls, acceptor.party);
      if (address.port !== 0) listeners.set(where, opening);
    }
    let listener: Listener;
    try {
      listener = await opening;
    } catch (error) {
      if (listeners.get(where) === opening) listeners.delete(where);
      throw error;
    }
    // It may have been given up while we waited for it.
    if (address.port !== 0 && listeners.get(where) !== opening) continue;
    listener.add(acceptor, tls, where);
    return {
      port: listener.port,
      hold: (on) => listener.hold(acceptor, on),
      release: async () => {
        listener.remove(acceptor);
        if (!listener.empty) return;
        if (listeners.get(where) === opening) listeners.delete(where);
        await listener.close();
      },
    };
  }
};

const open = async (address: Address, tls: TlsMaterial | undefined, party: string): Promise<Listener> => {
  const listener = new Listener(tls);
  try {
    await listener.listen(address);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const why = LISTEN_ERRORS[code] ?? (cause as Error).message;
    throw new TesseraError(
      'LINK',
      `party "${party}" cannot listen on ${formatAddress(address)}: ${why}`,
      { code, address: formatAddress(address) },
      cause,
    );
  }
  return listener;
};

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (EADDRINUSE); choose another, or end that program',
  EADDRNOTAVAIL:
    'no interface of this machine has that address (EADDRNOTAVAIL); set listenAddr, for example 0.0.0.0:port',
  EACCES: 'this user may not open that port (EACCES); choose one above 1023',
};
