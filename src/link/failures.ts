/** @file The errors of the link layer, in one place so that all transports say the same thing in the same words. */
import { TesseraError } from '../errors.ts';

/** What a waiting `recv` waited for. */
export interface WaitingFor {
  readonly channel: string;
  readonly tag: number;
}

/** Makes the error for one waiting `recv`; given no argument, the error for a call that was not waiting. */
export type Failure = (waitingFor?: WaitingFor) => TesseraError;

const waitText = (w: WaitingFor | undefined): string =>
  w === undefined ? '' : `; waited for frame ${w.tag} of channel "${w.channel}"`;

/** The peer is gone. `lastSeen` is a time in milliseconds since 1970, or undefined if it was never seen. */
export const peerLost =
  (party: string, why: string, lastSeen?: number): Failure =>
  (waitingFor) =>
    new TesseraError(
      'PEER_LOST',
      `party "${party}" is lost: ${why}${waitText(waitingFor)}. ` +
        (lastSeen === undefined ? 'It was never seen. ' : `Last seen ${new Date(lastSeen).toISOString()}. `) +
        `See whether ${party}'s program still runs and what it printed last.`,
      { party, lastSeen, waitingFor, why },
    );

/** The relay at which a peer is met is gone, and with it the peer, of whom nothing is known. */
export const relayLost =
  (party: string, relay: string, why: string, lastSeen?: number): Failure =>
  (waitingFor) =>
    new TesseraError(
      'PEER_LOST',
      `the relay at ${relay}, where party "${party}" is met, is gone: ${why}${waitText(waitingFor)}. ` +
        (lastSeen === undefined ? '' : `${party} was last seen ${new Date(lastSeen).toISOString()}. `) +
        'See whether the relay still runs, and can be reached from here.',
      { party, relay, lastSeen, waitingFor, why },
    );

/** This end was closed by its own program. */
export const closedHere =
  (what: string): Failure =>
  (waitingFor) =>
    new TesseraError('CLOSED', `${what} was closed here${waitText(waitingFor)}`, { waitingFor });

/** The peer has closed its end of one channel, and is otherwise well. */
export const closedThere =
  (party: string): Failure =>
  (waitingFor) =>
    new TesseraError('CLOSED', `party "${party}" has closed its end of the channel${waitText(waitingFor)}`, {
      party,
      waitingFor,
    });

/**
 * What an abort frame carries. `cause` is there only if the failing party chose to show it; `about` is the party whose end is
 * why this one ends: it is lost, has failed or has not come.
 */
export interface AbortReason {
  readonly party: string;
  readonly about?: string;
  /** Who has said so first, if that is another party. */
  readonly via?: string;
  readonly code: string;
  readonly op?: number | string;
  readonly cause?: string;
}

/** What a peer says of its end, as far as it has the form that it should have. */
export const heardReason = (party: string, said: unknown): AbortReason => {
  const { code, about, via, op, cause } = (said ?? {}) as Partial<AbortReason>;
  return {
    party,
    code: typeof code === 'string' ? code.slice(0, 64) : 'PARTY_FAILED',
    ...(typeof about === 'string' && { about: about.slice(0, 128) }),
    ...(typeof via === 'string' && { via: via.slice(0, 128) }),
    ...((typeof op === 'string' || typeof op === 'number') && { op }),
    ...(typeof cause === 'string' && { cause }),
  };
};

const failedText = (party: string, { code, op, cause }: AbortReason): string =>
  `party "${party}" failed (${code})${op === undefined ? '' : ` at op ${op}`}` +
  (cause === undefined ? '' : `: ${cause}`);

/** Another party ends, and has said why: it failed, or another has, or is lost, whose end this then is. */
export const partyFailed =
  (reason: AbortReason): Failure =>
  (waitingFor) => {
    const { party, about, via = party, code, cause } = reason;
    if (about === undefined)
      return new TesseraError(
        'PARTY_FAILED',
        `${failedText(party, reason)}${waitText(waitingFor)}. Look at ${party}'s own log.`,
        { ...reason, waitingFor },
      );
    const info = { ...reason, party: about, via, waitingFor };
    if (!ABSENT.has(code))
      return new TesseraError(
        'PARTY_FAILED',
        `${failedText(about, reason)}, as "${via}" says${waitText(waitingFor)}. Look at ${about}'s own log.`,
        info,
      );
    return new TesseraError(
      'PEER_LOST',
      `party "${about}" is lost, as "${via}" says${cause === undefined ? '' : `: ${cause}`}` +
        `${waitText(waitingFor)}. See whether ${about}'s program still runs and what it printed last.`,
      info,
    );
  };

/** Another party ends because it has lost this one, or waited too long for it. `lastSeen`: of those who may have. */
export const lostUs = (
  { party, via = party, op }: AbortReason,
  lastSeen: (party: string) => number | undefined,
): Failure => {
  const where = op === undefined ? '' : ` at op ${op}`;
  return peerLost(via, `it has ended, since it had lost this party${where}`, lastSeen(via));
};

/** Codes with which a party ends because another is gone, or never came. */
const ABSENT: ReadonlySet<string> = new Set(['PEER_LOST', 'LINK']);

/** Whose end an error is about, if it is another party's. */
const aboutOf = ({ code, info }: TesseraError): unknown =>
  code === 'PEER_LOST' || code === 'PARTY_FAILED' ? info.party : code === 'LINK' ? info.missing : undefined;

/**
 * What others are told of an error: code and op always, the message only when the caller of `abort` hands in an
 * error that says so (`info.expose === true`), since a message of user code may quote data.
 */
export const abortReason = (party: string, error: unknown): AbortReason => {
  const known = error instanceof TesseraError ? error : undefined;
  const info: Readonly<Record<string, unknown>> = known?.info ?? {};
  const about = known && aboutOf(known);
  const other = typeof about === 'string' && about !== party;
  // Of a failure elsewhere, what was heard of it.
  const heard = other && known?.code === 'PARTY_FAILED';
  const code = heard && typeof info.code === 'string' ? info.code : (known?.code ?? 'PARTY_FAILED');
  const cause = heard ? info.cause : info.expose === true ? known?.message : undefined;
  const { op } = info;
  return {
    party,
    ...(other && { about }),
    ...(other && typeof info.via === 'string' && info.via !== party && { via: info.via }),
    code,
    ...(typeof op === 'number' || typeof op === 'string' ? { op } : {}),
    ...(typeof cause === 'string' ? { cause } : {}),
  };
};

/** Why a connection to a peer could not be made. */
export type ConnectReason =
  | 'refused'
  | 'dns'
  | 'timeout'
  | 'closed'
  | 'tls'
  | 'identity'
  | 'party'
  | 'job'
  | 'version'
  | 'build'
  | 'config'
  | 'not-ready'
  | 'restarted'
  | 'protocol';

/** Waiting can mend these: the peer is not up yet, or the network is not. Nothing else is tried again. */
const PASSING: ReadonlySet<ConnectReason> = new Set(['refused', 'dns', 'timeout', 'closed', 'not-ready']);

const CODES = {
  identity: 'IDENTITY',
  party: 'IDENTITY',
  tls: 'IDENTITY',
  config: 'CONFIG',
  version: 'BUILD',
  build: 'BUILD',
  restarted: 'PEER_LOST',
} as const;

/** A connection that was not made, with its typed reason. */
export class ConnectError extends TesseraError {
  readonly reason: ConnectReason;

  constructor(reason: ConnectReason, message: string, info: Record<string, unknown> = {}, cause?: unknown) {
    super(
      reason in CODES ? CODES[reason as keyof typeof CODES] : 'LINK',
      message,
      { ...info, reason },
      cause,
    );
    this.reason = reason;
  }

  get passing(): boolean {
    return PASSING.has(this.reason);
  }
}
