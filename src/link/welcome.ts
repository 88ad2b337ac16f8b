/** @file What a listener does with a new connection: it reads whom it is for, and refuses it if that party does not listen here. */
import type { TLSSocket } from 'node:tls';
import type { Connection } from './connection.ts';
import { ConnectError } from './failures.ts';
import { type Hello, readHello, rejectPeer } from './handshake-messages.ts';

/** Who takes connections for one party of one job. */
export interface Acceptor {
  readonly job: string;
  readonly party: string;
  accept(connection: Connection, raw: Uint8Array, hello: Hello, socket: TLSSocket | undefined): Promise<void>;
  /** Somebody was turned away before it was known who it is. */
  refused(from: string, why: string): void;
}

/** Resolves when the connection is in use. Where it is turned away it is told why, as the caller is by the error. */
export const welcome = async (
  connection: Connection,
  socket: TLSSocket | undefined,
  find: (job: string, party: string) => Acceptor | undefined,
): Promise<void> => {
  try {
    const raw = await connection.next();
    const hello = readHello(raw);
    const acceptor = find(hello.job, hello.to);
    if (acceptor === undefined)
      throw new ConnectError('job', `no party "${hello.to}" runs a job "${hello.job}" at this address (yet)`);
    await acceptor.accept(connection, raw, hello, socket);
  } catch (error) {
    rejectPeer(connection, error);
    connection.close();
    throw error;
  }
};
