/** @file Sockets of a browser (SocketHost in sockets.ts): it dials out, and shows no certificates. */
import { fail } from '../errors.ts';
import { type Address, formatAddress, relayInfo, whereText } from './address.ts';
import { Connection, type Socket, type SocketEvents } from './connection.ts';
import { ConnectError } from './failures.ts';
import { roomSocket } from './room-socket.ts';

/** How long an attempt may take where its caller sets no limit. */
const DIAL_MS = 10_000;
/** Above this, what was sent counts as gone only when the browser has sent it. */
const AHEAD = 1024 * 1024;
const POLL_MS = 4;

/** A browser's WebSocket as a connection wants it. Messages that came before `listen` are kept for it. */
const webSocket = (ws: WebSocket): Socket => {
  let events: SocketEvents | undefined;
  const early: (() => void)[] = [];
  const deliver = (run: (to: SocketEvents) => void): void => {
    if (events === undefined) early.push(() => run(events!));
    else run(events);
  };
  ws.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
    deliver((to) =>
      typeof data === 'string' ? to.message(new Uint8Array(), false) : to.message(new Uint8Array(data), true),
    );
  ws.onclose = ({ code, reason }) =>
    deliver((to) => to.close(`closed (${code}${reason === '' ? '' : ` ${reason}`})`));
  ws.onerror = () => deliver((to) => to.close('the connection broke'));
  const whenSent = (left: () => void): void => {
    if (ws.bufferedAmount <= AHEAD || ws.readyState !== WebSocket.OPEN) left();
    else setTimeout(() => whenSent(left), POLL_MS);
  };
  return {
    arrived: 0,
    listen: (to) => {
      events = to;
      for (const run of early.splice(0)) run();
    },
    send: (message, left) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(message as Uint8Array<ArrayBuffer>);
      if (ws.bufferedAmount <= AHEAD) queueMicrotask(left);
      else whenSent(left);
    },
    close: () => ws.close(1000),
    terminate: () => ws.close(),
  };
};

/** Without a scheme, an address is as secure as the page. */
const urlOf = (address: Address): string =>
  address.url ??
  `${(address.secure ?? globalThis.location?.protocol === 'https:') ? 'wss' : 'ws'}://${formatAddress(address)}/`;

/** One attempt. A browser does not tell a script why a connection failed. */
export const dial = (
  party: string,
  address: Address,
  _tls: unknown,
  _trust: unknown,
  signal: AbortSignal,
  patienceMs = DIAL_MS,
): Promise<{ readonly connection: Connection; readonly socket: undefined }> =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(urlOf(address));
    ws.binaryType = 'arraybuffer';
    const where = whereText(party, address);
    const failed = (error: ConnectError): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      ws.onopen = null;
      ws.onerror = null;
      ws.close();
      reject(error);
    };
    const stop = (): void => failed(new ConnectError('closed', `dialling "${party}" was given up`));
    const timer = setTimeout(
      () =>
        failed(
          new ConnectError('timeout', `${where}: no answer in ${patienceMs / 1000} s`, relayInfo(address)),
        ),
      patienceMs,
    );
    signal.addEventListener('abort', stop, { once: true });
    ws.onerror = () =>
      failed(
        new ConnectError(
          'refused',
          `${where}: no connection. Nobody listens there (yet), or the browser refuses it: an untrusted certificate, ` +
            'ws: from a page of https:, or a content security policy without it in connect-src',
          relayInfo(address),
        ),
      );
    ws.onopen = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      ws.onerror = null;
      const plain = webSocket(ws);
      const { roomKey } = address;
      const socket = roomKey === undefined ? plain : roomSocket(plain, roomKey);
      resolve({ connection: new Connection(socket, patienceMs), socket: undefined });
    };
  });

export const connectError = (error: unknown, party: string, address: Address): ConnectError =>
  error instanceof ConnectError
    ? error
    : new ConnectError(
        'closed',
        `${whereText(party, address)}: ${(error as Error).message}`,
        relayInfo(address),
        error,
      );

const unable = (what: string, path: string, instead: string): never =>
  fail('CONFIG', `a browser cannot ${what}: ${instead}`, { path });

export const listen = (): never =>
  unable(
    'listen',
    'clusterConfig.parties',
    'give this party no address; its peers listen, or all meet at a relay',
  );

export const loadTls = (): never =>
  unable(
    'show a certificate',
    'tlsConfig',
    'leave tlsConfig out; give identity and peerIdentities, or a room',
  );

export const bindingOf = loadTls;
export const checkPartyCertificate = loadTls;
