/** @file Relays that could not be reached at the last attempt: errors then name the relay as lost, and not the peers behind it. */
import { type ConnectError, type Failure, relayLost } from './failures.ts';

export class Unreachable {
  readonly #errors = new Map<string, ConnectError>();

  /** An attempt to meet a peer has failed: because of the relay, if the error says so. */
  failed(peer: string, error: ConnectError): void {
    if (error.info.relay === undefined) this.#errors.delete(peer);
    else this.#errors.set(peer, error);
  }

  reached(peer: string): void {
    this.#errors.delete(peer);
  }

  /** The failure of a peer that stays away because its relay does. */
  failureOf(peer: string, why: string, lastSeen: number): Failure | undefined {
    const error = this.#errors.get(peer);
    const relay = error?.info.relay;
    return error && typeof relay === 'string'
      ? relayLost(peer, relay, `${why}; ${error.message}`, lastSeen)
      : undefined;
  }
}
