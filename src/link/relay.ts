/**
 * @file The relay: joins the two ends of a pipe and passes sealed messages on. It knows no names and keeps nothing; all
 * it can do is not to serve. Limits keep one user from using it up for the others.
 */
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { TesseraError } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { HTTP, holdErrors, PENDING_LIMITS, Pending } from './pending.ts';
import { clientAddress, parseProxies } from './proxies.ts';
import { PIPE_PATH, type PipeEnd } from './relay-place.ts';
import { WS_OPTIONS } from './ws-socket.ts';

export interface RelayOptions {
  readonly listen: Address;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: Partial<RelayLimits>;
  /** Proxies (CIDR) whose X-Forwarded-For says from where a connection comes. None if absent. */
  readonly trustProxy?: readonly string[];
}

export interface RelayLimits {
  /** Bytes of one message. */
  readonly messageBytes: number;
  /** Bytes a second that one end may send, on average; bursts of four seconds' worth pass at once. */
  readonly bytesPerSecond: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Bytes that may wait for an end that reads slowly. */
  readonly heldBytes: number;
}

export interface Relay {
  readonly port: number;
  /** Pipes whose two ends are there, connections, bytes passed on, connections refused or cut off for a limit. */
  readonly stats: Readonly<{ pipes: number; connections: number; bytes: number; refused: number }>;
  close(): Promise<void>;
}

export const RELAY_LIMITS: RelayLimits = {
  messageBytes: WS_OPTIONS.maxPayload,
  bytesPerSecond: 64 * 1024 * 1024,
  connections: 4096,
  connectionsPerAddress: 256,
  heldBytes: 8 * 1024 * 1024,
};

const BURST_SECONDS = 4;
/** What an end may say before the other has come: one hello. */
const EARLY_BYTES = 64 * 1024;
const PING_MS = 20_000;
/** An end may wait for its other for so long, however many others want the room. */
const MEETING_MS = 5_000;
/** Close codes of our own, from the range that RFC 6455 leaves to applications. */
const GONE = 4001;
const REPLACED = 4002;
const TOO_MUCH = 4003;

/** One end of a pipe. */
interface End {
  readonly ws: WebSocket;
  readonly side: PipeEnd;
  readonly from: string;
  readonly early: Buffer[];
  readonly since: number;
  other: End | undefined;
  earlyBytes: number;
  /** Bytes that may still be sent, and when that was last reckoned. */
  allowance: number;
  reckoned: number;
  alive: boolean;
}

class Hub {
  readonly #limits: RelayLimits;
  /** Ends that wait for the other, by pipe. */
  readonly #waiting = new Map<string, End>();
  readonly #perAddress = new Map<string, number>();
  readonly #ends = new Set<End>();
  readonly stats = { pipes: 0, connections: 0, bytes: 0, refused: 0 };

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /**
   * Is there room for another connection from that address? The end that has waited for its other the longest makes room: one
   * from that address, or, where the relay is full, from any.
   */
  admits(from: string): boolean {
    const { connections, connectionsPerAddress } = this.#limits;
    const crowded = (this.#perAddress.get(from) ?? 0) >= connectionsPerAddress;
    if (!crowded && this.#ends.size < connections) return true;
    const now = performance.now();
    for (const [pipe, end] of this.#waiting) {
      if (now - end.since < MEETING_MS || (crowded && end.from !== from)) continue;
      this.#cut(end, 'others want the room');
      this.#left(end, pipe);
      return true;
    }
    this.stats.refused += 1;
    return false;
  }

  join(ws: WebSocket, pipe: string, side: PipeEnd, from: string): void {
    const end: End = {
      ws,
      side,
      from,
      early: [],
      since: performance.now(),
      other: undefined,
      earlyBytes: 0,
      allowance: this.#limits.bytesPerSecond * BURST_SECONDS,
      reckoned: performance.now(),
      alive: true,
    };
    this.#ends.add(end);
    this.#perAddress.set(from, (this.#perAddress.get(from) ?? 0) + 1);
    this.stats.connections = this.#ends.size;
    ws.on('message', (data: Buffer, binary: boolean) => this.#message(end, data, binary));
    ws.on('close', () => this.#left(end, pipe));
    ws.on('error', () => ws.terminate());
    ws.on('pong', () => {
      end.alive = true;
    });
    const waiting = this.#waiting.get(pipe);
    if (waiting === undefined || waiting.side === side) {
      // A party that comes again (a page that was reloaded) takes the place of its old end.
      waiting?.ws.close(REPLACED, 'another has taken this end of the pipe');
      this.#waiting.set(pipe, end);
      return;
    }
    this.#waiting.delete(pipe);
    end.other = waiting;
    waiting.other = end;
    this.stats.pipes += 1;
    for (const data of waiting.early.splice(0)) this.#pass(waiting, data);
  }

  #message(end: End, data: Buffer, binary: boolean): void {
    if (!binary) this.#cut(end, 'no message of this protocol');
    else if (end.other !== undefined) this.#pass(end, data);
    else {
      end.earlyBytes += data.length;
      if (end.earlyBytes > EARLY_BYTES) this.#cut(end, 'too much before the other end has come');
      else end.early.push(data);
    }
  }

  #pass(end: End, data: Buffer): void {
    const to = end.other!.ws;
    this.stats.bytes += data.length;
    to.send(data, { binary: true }, () => this.#resume(end));
    const { bytesPerSecond } = this.#limits;
    const now = performance.now();
    const earned = ((now - end.reckoned) / 1000) * bytesPerSecond;
    end.allowance = Math.min(end.allowance + earned, bytesPerSecond * BURST_SECONDS) - data.length;
    end.reckoned = now;
    if (end.allowance < 0) {
      // Who sends faster than the limit is read later: its own sending then waits.
      end.ws.pause();
      this.#resumeLater(end, -end.allowance);
    } else if (to.bufferedAmount > this.#limits.heldBytes) end.ws.pause();
  }

  #resume(end: End): void {
    if (!end.ws.isPaused) return;
    const { bytesPerSecond, heldBytes } = this.#limits;
    const earned = ((performance.now() - end.reckoned) / 1000) * bytesPerSecond;
    const left = end.allowance + earned;
    // A timer may fire a moment early: nobody else would ask again.
    if (left < 0) this.#resumeLater(end, -left);
    else if ((end.other?.ws.bufferedAmount ?? 0) <= heldBytes / 2) end.ws.resume();
  }

  /** When so many bytes are earned. */
  #resumeLater(end: End, bytes: number): void {
    setTimeout(() => this.#resume(end), Math.ceil((bytes / this.#limits.bytesPerSecond) * 1000) + 1);
  }

  #cut(end: End, why: string): void {
    this.stats.refused += 1;
    end.ws.close(TOO_MUCH, why);
  }

  #left(end: End, pipe: string): void {
    if (!this.#ends.delete(end)) return;
    const left = (this.#perAddress.get(end.from) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(end.from);
    else this.#perAddress.set(end.from, left);
    this.stats.connections = this.#ends.size;
    if (this.#waiting.get(pipe) === end) this.#waiting.delete(pipe);
    const { other } = end;
    if (other === undefined) return;
    end.other = undefined;
    other.other = undefined;
    this.stats.pipes -= 1;
    other.ws.resume();
    other.ws.close(GONE, 'the other end has left');
  }

  /** Connections that did not answer the last ping are dead. */
  ping(): void {
    for (const end of this.#ends) {
      if (!end.alive) end.ws.terminate();
      end.alive = end.ws.isPaused;
      end.ws.ping();
    }
  }
}

/** Starts a relay. Rejects with LINK when the port is not to be had. */
export const startRelay = async ({ listen, tls, limits, trustProxy = [] }: RelayOptions): Promise<Relay> => {
  const all = { ...RELAY_LIMITS, ...limits };
  const trusted = parseProxies(trustProxy, 'trustProxy');
  const hub = new Hub(all);
  const server =
    tls === undefined ? createHttp(HTTP) : createHttps({ ...HTTP, ...tls, minVersion: 'TLSv1.2' });
  holdErrors(server);
  const pending = new Pending(server, { ...PENDING_LIMITS, shared: trusted });
  const sockets = new WebSocketServer({ noServer: true, ...WS_OPTIONS, maxPayload: all.messageBytes });
  server.on('connection', (socket: Socket) => socket.setNoDelay(true));
  server.on('request', (_request, response) => response.writeHead(426).end('This is a Tessera relay.\n'));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const [, pipe, side] = PIPE_PATH.exec((request.url ?? '').split('?')[0]!) ?? [];
    const from = clientAddress(request, trusted);
    pending.settle(socket);
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    if (pipe === undefined) refuse('404 Not Found');
    else if (!hub.admits(from)) refuse('429 Too Many Requests');
    else sockets.handleUpgrade(request, socket, head, (ws) => hub.join(ws, pipe, side as PipeEnd, from));
  });
  await new Promise<void>((resolve, reject) => {
    const where = formatAddress(listen);
    server.once('error', (cause: Error) =>
      reject(new TesseraError('LINK', `the relay cannot listen on ${where}: ${cause.message}`, {}, cause)),
    );
    server.listen({ host: listen.host, port: listen.port }, resolve);
  });
  const timer = setInterval(() => hub.ping(), PING_MS);
  timer.unref();
  return {
    port: (server.address() as AddressInfo).port,
    stats: hub.stats,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        for (const ws of sockets.clients) ws.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
