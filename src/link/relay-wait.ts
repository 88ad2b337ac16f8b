/** @file The listening half of a party that cannot listen: it waits at a relay for the peers that dial it there. */

import { connectError } from '#sockets';
import type { Address } from './address.ts';
import type { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { ConnectError } from './failures.ts';
import { type Hello, readHello, rejectPeer } from './handshake-messages.ts';

export interface WaitEvents {
  /** A peer has come and said hello. */
  accept(connection: Connection, raw: Uint8Array, hello: Hello): Promise<void>;
  /** The relay cannot be reached, or who came was turned away. */
  failed(peer: string, error: ConnectError): void;
  /** There is an end at which the peer is waited for. */
  opened(peer: string, connection: Connection): void;
  /** Is that peer still to be waited for? */
  wanted(peer: string): boolean;
}

const FIRST_RETRY_MS = 40;
const LAST_RETRY_MS = 1_000;

/** Keeps one end of the pipe open for `peer`, again and again, until it is not wanted or `signal` ends it. */
export const waitAtRelay = async (
  peer: string,
  address: Address,
  events: WaitEvents,
  signal: AbortSignal,
  { clock, sockets }: Environment,
): Promise<void> => {
  let pause = FIRST_RETRY_MS;
  while (!signal.aborted && events.wanted(peer)) {
    let connection: Connection | undefined;
    const stop = () => connection?.terminate();
    try {
      ({ connection } = await sockets.dial('the relay', address, undefined, undefined, signal));
      signal.addEventListener('abort', stop, { once: true });
      events.opened(peer, connection);
      const raw = await connection.next(Number.POSITIVE_INFINITY);
      const hello = readHello(raw);
      if (hello.from !== peer) throw new ConnectError('party', `"${hello.from}" came in place of "${peer}"`);
      await events.accept(connection, raw, hello);
      pause = FIRST_RETRY_MS;
    } catch (cause) {
      const error = connectError(cause, peer, address);
      if (connection !== undefined) {
        rejectPeer(connection, error);
        connection.close();
      }
      if (signal.aborted) return;
      events.failed(peer, error);
      await new Promise<void>((resolve) => void clock.after(pause, resolve, true));
      pause = Math.min(pause * 1.6, LAST_RETRY_MS);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
};
