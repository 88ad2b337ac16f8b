/**
 * @file Connections that have not yet proved who they are: how many of them a listener keeps, in all and from one address.
 * When there are too many the oldest goes: a peer proves itself at once, so it is a stranger's. And no error of a socket is
 * one of the process.
 */
import type { Server, Socket } from 'node:net';

export interface PendingLimits {
  readonly total: number;
  readonly perAddress: number;
  /** Addresses behind which many peers stand (proxies): only the limit in all holds for them. */
  readonly shared?: (address: string) => boolean;
}

export const PENDING_LIMITS: PendingLimits = { total: 256, perAddress: 64 };

/** Headers of a request that are not there by then never come. */
const HEADERS_MS = 10_000;
export const HTTP = { headersTimeout: HEADERS_MS, connectionsCheckingInterval: HEADERS_MS / 4 } as const;

/** The two ends of a connection tell it from all others that are open; sockets of TLS hide the one below. */
const keyOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

const ignore = (): void => {};

/** Gives every socket of a server an error listener: a reset ends a connection, never the process. */
export const holdErrors = (server: Server): void => {
  const hold = (socket: Socket): void => {
    socket.on('error', ignore);
  };
  server.on('connection', hold);
  server.on('secureConnection', hold);
};

export class Pending {
  readonly #limits: PendingLimits;
  /** In the order of their coming. */
  readonly #sockets = new Map<string, Socket>();
  /** Keys by address, in the order of their coming. */
  readonly #byAddress = new Map<string, Set<string>>();

  constructor(server: Server, limits: PendingLimits = PENDING_LIMITS) {
    this.#limits = limits;
    server.on('connection', (socket: Socket) => this.#add(socket));
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Who came over this connection has proved who it is. */
  settle(socket: Socket): void {
    this.#remove(keyOf(socket), socket.remoteAddress ?? '');
  }

  /** The listener ends: who has not proved anything does not hold it up. */
  end(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #add(socket: Socket): void {
    const { remoteAddress: address = '' } = socket;
    const key = keyOf(socket);
    this.#sockets.set(key, socket);
    const same = this.#byAddress.get(address) ?? new Set();
    same.add(key);
    this.#byAddress.set(address, same);
    socket.once('close', () => {
      if (this.#sockets.get(key) === socket) this.#remove(key, address);
    });
    const { total, perAddress, shared } = this.#limits;
    if (same.size > perAddress && shared?.(address) !== true) this.#drop(same.keys());
    else if (this.#sockets.size > total) this.#drop(this.#sockets.keys());
  }

  #drop(keys: Iterator<string>): void {
    const key: string = keys.next().value!;
    const socket = this.#sockets.get(key)!;
    this.#remove(key, key.slice(0, key.lastIndexOf(' ')));
    socket.destroy();
  }

  #remove(key: string, address: string): void {
    if (!this.#sockets.delete(key)) return;
    const same = this.#byAddress.get(address);
    same?.delete(key);
    if (same?.size === 0) this.#byAddress.delete(address);
  }
}
