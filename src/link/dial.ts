/** @file Dialling: one attempt to open a WebSocket to a peer, with every failure given its typed reason. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  type PeerCertificate,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import { type ClientOptions, WebSocket } from 'ws';
import { type Address, formatAddress, relayInfo, whereText } from './address.ts';
import { Connection } from './connection.ts';
import { ConnectError, type ConnectReason } from './failures.ts';
import { roomSocket } from './room-socket.ts';
import type { Dialled } from './sockets.ts';
import { checkPartyCertificate, type PeerTrust, type TlsMaterial } from './tls.ts';
import { KEEP_ALIVE_MS, WS_OPTIONS, wsSocket } from './ws-socket.ts';

/** How long an attempt may take where its caller sets no limit. */
const DIAL_MS = 10_000;

const NETWORK: Readonly<Record<string, readonly [ConnectReason, string]>> = {
  ECONNREFUSED: ['refused', 'nobody listens there (yet)'],
  ENOTFOUND: ['dns', 'the name is not known'],
  EAI_AGAIN: ['dns', 'the name could not be looked up'],
  EAI_FAIL: ['dns', 'the name could not be looked up'],
  ETIMEDOUT: ['timeout', 'there was no answer'],
  EHOSTUNREACH: ['timeout', 'there is no way to that machine'],
  ENETUNREACH: ['timeout', 'there is no way to that network'],
  ECONNRESET: ['closed', 'the connection was reset'],
  EPIPE: ['closed', 'the connection was closed'],
};

/** Verification failures come with OpenSSL's names, alerts of the other side as ERR_SSL_... */
const isTls = (code: string): boolean =>
  /^ERR_(SSL|TLS)|CERT|SIGNATURE|ISSUER|CRL|HOSTNAME|^EPROTO$/.test(code);

/** All errors of an attempt; an AggregateError is what trying IPv4 and IPv6 in turn gives. */
export const connectError = (error: unknown, party: string, address: Address): ConnectError => {
  if (error instanceof ConnectError) return error;
  const first =
    error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  if (first instanceof ConnectError) return first;
  const { code = '', message = String(first) } = first as { code?: string; message?: string };
  const where = whereText(party, address);
  const info = { code, ...relayInfo(address) };
  const [reason, why] = reasonOf(code, message, address.roomKey !== undefined);
  return new ConnectError(reason, `${where}: ${why}`, info, error);
};

/** Answers of a relay, or of a proxy before it, that pass. */
const BUSY = /Unexpected server response: (429|50[234])/;

const reasonOf = (code: string, message: string, relay: boolean): readonly [ConnectReason, string] => {
  const known = NETWORK[code];
  if (known !== undefined) return [known[0], `${known[1]} (${code})`];
  if (isTls(code)) return ['tls', `${message} (${code})`];
  if (/socket hang up|before the connection was established/.test(message))
    return ['closed', 'the connection was closed at once'];
  if (/handshake has timed out/.test(message)) return ['timeout', 'no answer'];
  // What a listener says that is about to close.
  if (message.includes('Unexpected server response: 426')) return ['closed', 'it serves nobody now'];
  if (relay && BUSY.test(message)) return ['not-ready', `it takes no more connections now (${message})`];
  if (/wrong version number|Unexpected server response|Parse Error/i.test(message))
    return [
      'protocol',
      `what answers there is no ${relay ? 'relay of Tessera' : 'Tessera, or only one side uses tls'} (${message})`,
    ];
  return ['closed', `${message}${code === '' ? '' : ` (${code})`}`];
};

/** ws takes a mask of zeros as no mask. Only under TLS: in plaintext the mask guards proxies against crafted bytes. */
const zeroMask = (mask: Buffer): void => {
  mask.fill(0);
};

/** In the form that node:tls wants; the types of ws know an older one. */
const identityCheck = (trust: PeerTrust) =>
  ((_host: string, certificate: PeerCertificate): Error | undefined => {
    try {
      checkPartyCertificate(trust, certificate);
    } catch (error) {
      return error as Error;
    }
  }) as unknown as NonNullable<ClientOptions['checkServerIdentity']>;

export const dial = (
  party: string,
  address: Address,
  tls: TlsMaterial | undefined,
  trust: PeerTrust | undefined,
  signal: AbortSignal,
  patienceMs = DIAL_MS,
): Promise<Dialled> =>
  new Promise((resolve, reject) => {
    let socket: TLSSocket | undefined;
    let secure = false;
    const ws =
      tls === undefined || address.roomKey !== undefined
        ? new WebSocket(
            address.url ?? `${address.secure === true ? 'wss' : 'ws'}://${formatAddress(address)}/`,
            {
              ...WS_OPTIONS,
              handshakeTimeout: patienceMs,
            },
          )
        : new WebSocket(`wss://${formatAddress(address)}/`, {
            ...WS_OPTIONS,
            handshakeTimeout: patienceMs,
            generateMask: zeroMask,
            ...secureOptions(tls, trust),
            createConnection: ((options: ConnectionOptions) => {
              const { host = '' } = options;
              socket = tlsConnect({
                ...options,
                path: undefined,
                servername: isIP(host) === 0 ? host : '',
              } as ConnectionOptions);
              socket.once('secureConnect', () => {
                secure = true;
              });
              return socket;
            }) as unknown as NonNullable<ClientOptions['createConnection']>,
          });
    let raw: IncomingMessage['socket'] | undefined;
    ws.on('upgrade', (response) => {
      raw = response.socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    });
    const stop = () => failed(new ConnectError('closed', `dialling "${party}" was given up`));
    const failed = (error: unknown) => {
      signal.removeEventListener('abort', stop);
      ws.terminate();
      const known = connectError(error, party, address);
      reject(known.reason === 'closed' && secure ? certificateRefused(party, address, known) : known);
    };
    signal.addEventListener('abort', stop, { once: true });
    // Ending an attempt is an error to ws too; by then it has been told.
    ws.on('error', failed);
    ws.once('open', () => {
      ws.off('error', failed);
      signal.removeEventListener('abort', stop);
      const { roomKey } = address;
      const plain = wsSocket(ws, raw);
      resolve({
        connection: new Connection(roomKey === undefined ? plain : roomSocket(plain, roomKey), patienceMs),
        socket,
      });
    });
  });

/** In TLS 1.3 the listener judges our certificate after our side of the handshake is done, and Node then just hangs up. */
const certificateRefused = (party: string, address: Address, cause: ConnectError) =>
  new ConnectError(
    'tls',
    `"${party}" at ${formatAddress(address)}: it hung up as soon as it had seen our certificate, so it has refused it: ` +
      'its own report says why; compare our certificate with clientCerts in its configuration',
    {},
    cause,
  );

const secureOptions = (tls: TlsMaterial, trust: PeerTrust | undefined): ClientOptions => ({
  cert: tls.cert,
  key: tls.key,
  ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
  ...(trust === undefined ? {} : { ca: trust.caPem }),
  minVersion: 'TLSv1.3',
  rejectUnauthorized: true,
  // Whose certificate it must be is a matter of clientCerts, not of the name that was dialled.
  ...(trust === undefined ? {} : { checkServerIdentity: identityCheck(trust) }),
});
