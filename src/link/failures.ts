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
 * What an abort frame carries. `cause` is there only if the failing party chose to show it; `about` is the party that it has
 * lost, where that is why it ends.
 */
export interface AbortReason {
  readonly party: string;
  readonly about?: string;
  readonly code: string;
  readonly op?: number | string;
  readonly cause?: string;
}

/** Another party ends, and has said why: it failed, or it has lost a party, whose end this then is. */
export const partyFailed =
  (reason: AbortReason): Failure =>
  (waitingFor) =>
    reason.about === undefined
      ? new TesseraError(
          'PARTY_FAILED',
          `party "${reason.party}" failed (${reason.code})` +
            (reason.op === undefined ? '' : ` at op ${reason.op}`) +
            (reason.cause === undefined ? '' : `: ${reason.cause}`) +
            `${waitText(waitingFor)}. Look at ${reason.party}'s own log.`,
          { ...reason, waitingFor },
        )
      : new TesseraError(
          'PEER_LOST',
          `party "${reason.about}" is lost, as "${reason.party}" says` +
            (reason.cause === undefined ? '' : `: ${reason.cause}`) +
            `${waitText(waitingFor)}. See whether ${reason.about}'s program still runs and what it printed last.`,
          { ...reason, party: reason.about, via: reason.party, waitingFor },
        );

/**
 * What others are told of an error: code and op always, the message only when the caller of `abort` hands in an
 * error that says so (`info.expose === true`), since a message of user code may quote data.
 */
export const abortReason = (party: string, error: unknown): AbortReason => {
  const known = error instanceof TesseraError ? error : undefined;
  const op = known?.info.op;
  const lost = known?.code === 'PEER_LOST' ? known.info.party : undefined;
  return {
    party,
    ...(typeof lost === 'string' && lost !== party && { about: lost }),
    code: known?.code ?? 'PARTY_FAILED',
    ...(typeof op === 'number' || typeof op === 'string' ? { op } : {}),
    ...(known?.info.expose === true ? { cause: known.message } : {}),
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
