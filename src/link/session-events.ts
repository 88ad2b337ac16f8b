/** @file What a session of two parties needs of its surroundings: connections, limits, and who is told of what happens. */
import type { AbortReason, Failure } from './failures.ts';
import type { IntakeLimits } from './intake.ts';

/** A connection that has been established: packets, in order. */
export interface PacketPipe {
  send(head: Uint8Array, body?: Uint8Array): void;
  /** Bytes that were handed over and have not left. */
  readonly buffered: number;
  /** Bytes that have come so far, those of a message that is not whole included; 0 where nobody can tell. */
  readonly arrived: number;
  /** Ends it; the other side sees a clean close if it is told to. */
  close(): void;
  terminate(): void;
}

export interface SessionOptions extends IntakeLimits {
  readonly heartbeatMs: number;
  readonly peerTimeoutMs: number;
}

export interface SessionEvents {
  up(resumed: boolean): void;
  down(why: string): void;
  lost(failure: Failure, why: string): void;
  aborted(reason: AbortReason): void;
  bye(): void;
  /** Whether a function of this program runs, in which it may answer nobody. */
  computes?(): boolean;
  /** The peer's runs, and has kept it from answering for so long. */
  silent?(ms: number): void;
  /** The failure of a peer that stays away, where something between is known to be why. */
  absent?(why: string, lastSeen: number): Failure | undefined;
}
