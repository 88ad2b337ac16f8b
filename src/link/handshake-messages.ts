/** @file The messages of the handshake (handshake.ts): how they are read, checked for their form and turned away. */
import { controlCodec } from './codec.ts';
import { ConnectError, type ConnectReason } from './failures.ts';
import type { Opening } from './handshake-keys.ts';

export const PROTOCOL = 'tessera-link';
export const VERSION = 2;

/** A connection as the handshake sees it: whole messages, in order. */
export interface MessagePipe {
  send(message: Uint8Array): void;
  /** The next message; rejects with a ConnectError when the connection ends or is silent for too long. */
  next(): Promise<Uint8Array>;
}

export interface Hello {
  readonly protocol: string;
  readonly version: number;
  readonly job: string;
  readonly from: string;
  readonly to: string;
  /** Random for each session of each party, so that a restarted party is not taken for the one before. */
  readonly instance: Uint8Array;
  readonly identity: Uint8Array;
  readonly ephemeral: Uint8Array;
  /** This end has verified the other's certificate; where both have, TLS is mutual and messages need no seal. */
  readonly mutualTls: boolean;
  /** This end can add TLS keying material to the transcript. */
  readonly exporter: boolean;
  /** Bytes that a channel's sender may have under way. */
  readonly window: number;
  readonly maxFrameBytes: number;
  /** The session that is to go on: its other end, and packets received from it. */
  readonly resume?: { readonly instance: Uint8Array; readonly received: number };
}

/** Reads a hello and checks its form; nothing in it is trusted yet. */
export const readHello = (message: Uint8Array): Hello => {
  const [kind, hello] = readMessage(message);
  if (kind !== 'hello') throw new ConnectError('protocol', `the peer began with "${kind}" instead of hello`);
  if (hello.protocol !== PROTOCOL || typeof hello.version !== 'number') {
    throw new ConnectError('protocol', 'the peer does not speak this protocol');
  }
  if (hello.version !== VERSION) throw wrongVersion(hello.version);
  const text = (v: unknown) => typeof v === 'string' && v.length > 0 && v.length <= 256;
  const bytes = (v: unknown, length: number) => v instanceof Uint8Array && v.byteLength === length;
  const count = (v: unknown) => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
  const resume = hello.resume as Hello['resume'] | null;
  const good =
    [hello.job, hello.from, hello.to].every(text) &&
    bytes(hello.instance, 16) &&
    bytes(hello.identity, 32) &&
    bytes(hello.ephemeral, 32) &&
    typeof hello.mutualTls === 'boolean' &&
    typeof hello.exporter === 'boolean' &&
    count(hello.window) &&
    count(hello.maxFrameBytes) &&
    (resume === undefined || (bytes(resume?.instance, 16) && count(resume?.received)));
  if (!good) throw new ConnectError('protocol', "the peer's hello is malformed");
  return hello as unknown as Hello;
};

const wrongVersion = (theirs: number) =>
  new ConnectError(
    'version',
    `the peer speaks version ${theirs} of the protocol, this party version ${VERSION}: install the same Tessera`,
    {
      ours: VERSION,
      theirs,
    },
  );

const readMessage = (message: Uint8Array): [string, Record<string, unknown>] => {
  let parts: unknown;
  try {
    parts = controlCodec.decode(message);
  } catch (cause) {
    throw new ConnectError('protocol', 'the peer does not speak this protocol', {}, cause);
  }
  if (
    !Array.isArray(parts) ||
    typeof parts[0] !== 'string' ||
    typeof parts[1] !== 'object' ||
    parts[1] === null
  ) {
    throw new ConnectError('protocol', 'the peer does not speak this protocol');
  }
  return [parts[0], parts[1] as Record<string, unknown>];
};

/** Why the peer is turned away, in words that it may show its user. */
export const rejection = (error: unknown): Uint8Array => {
  const known = error instanceof ConnectError ? error : new ConnectError('protocol', 'the handshake failed');
  const { reason, message, info } = known;
  return controlCodec.encode(['reject', { reason, message, paths: info.paths, builds: info.builds }]);
};

/** Tells the peer why it is turned away. */
export const rejectPeer = (pipe: MessagePipe, error: unknown): void => pipe.send(rejection(error));

/**
 * Why the peer turns this party away, where a message that came in the place of a packet says so: a dialler may give up, by its
 * own time, a connection that is established here already. Undefined for anything else.
 */
export const refusalIn = (message: Uint8Array): string | undefined => {
  const length = message[0]! | (message[1]! << 8) | (message[2]! << 16);
  // A control message is its head alone, whose length comes first: no packet looks so and reads as a rejection.
  if (length !== message.byteLength - 4 || message[3] !== 0) return;
  try {
    const [kind, content] = readMessage(message);
    return kind === 'reject' ? turnedAway(content) : undefined;
  } catch {
    return undefined;
  }
};

const turnedAway = ({ message }: Record<string, unknown>): string =>
  `the peer turned this party away: ${String(message).slice(0, 1000)}`;

const REASONS: readonly ConnectReason[] = [
  'party',
  'job',
  'version',
  'build',
  'config',
  'identity',
  'not-ready',
  'restarted',
  'protocol',
];

/** The message itself where none is sealed; undefined where it should be and is not: a rejection, or a forgery. */
const openedBy = async (opener: Opening | undefined, raw: Uint8Array): Promise<Uint8Array | undefined> => {
  if (opener === undefined) return raw;
  try {
    return await opener.open(raw);
  } catch {
    return undefined;
  }
};

/** Reads a message of the kind that is due, or throws the peer's reason for turning us away. */
export const expectMessage = async (
  pipe: MessagePipe,
  due: string,
  opener?: Opening,
): Promise<[Uint8Array, Record<string, unknown>]> => {
  const raw = await pipe.next();
  const opened = await openedBy(opener, raw);
  const message = opened ?? raw;
  const [kind, content] = readMessage(message);
  if (kind === 'reject') {
    const reason = REASONS.find((r) => r === content.reason) ?? 'protocol';
    throw new ConnectError(reason, turnedAway(content), {
      ...(Array.isArray(content.paths) ? { paths: content.paths.map(String) } : {}),
      ...(content.builds === undefined ? {} : { builds: content.builds }),
      ...(opener !== undefined && opened !== undefined && { proved: true }),
    });
  }
  if (kind !== due) throw new ConnectError('protocol', `the peer said "${kind}" where "${due}" was due`);
  if (opened === undefined) throw new ConnectError('protocol', `the peer's "${kind}" is not sealed`);
  return [message, content];
};
