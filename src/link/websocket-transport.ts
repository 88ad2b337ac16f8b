/** @file What the transport of production offers beside channels: the state of peers, and its own end. */
import type { TesseraError } from '../errors.ts';
import type { Computing } from './computing.ts';
import type { AbortableTransport } from './memory-link.ts';
import type { PeerEvent } from './report.ts';

export interface TransportEvents {
  /** A peer's connection changed its state. */
  peer(event: PeerEvent): void;
  /** Another party has failed and said so. */
  abort(error: TesseraError): void;
}

export interface WebSocketTransport extends AbortableTransport {
  /** Resolves when every peer has been met; rejects with one table of what is missing and why. */
  ready(timeoutMs?: number): Promise<void>;
  /** Returns what ends the subscription. */
  on<E extends keyof TransportEvents>(event: E, listener: TransportEvents[E]): () => void;
  /** The identities (`tessera-id-1:...`) that peers have proved, as far as they were met, or must prove. */
  readonly identities: Readonly<Record<string, string>>;
  /** The port in use, if this party listens. */
  readonly port: number | undefined;
  /** Whether the link keeps the program from ending, as it does at first. */
  hold(on: boolean): void;
  /** What is told of functions of the program; absent where the link has a thread of its own, and answers all the while. */
  readonly computing?: Computing;
  /** `patienceMs`: how long peers are waited for that take nothing of what was sent, where it is less than usual. */
  close(patienceMs?: number): Promise<void>;
  /** Bytes kept for peers: waiting for credit, or for acknowledgement. */
  readonly held: number;
}
