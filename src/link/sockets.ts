/** @file Sockets and certificates, as the link needs them. `#sockets` is the implementation for the platform at hand. */
import type { X509Certificate } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Address } from './address.ts';
import type { Connection } from './connection.ts';
import type { ConnectError } from './failures.ts';
import type { ChannelBinding } from './handshake.ts';
import type { TlsOptions } from './pem.ts';
import type { PeerTrust, TlsMaterial } from './tls.ts';
import type { Acceptor } from './welcome.ts';

/** A connection that this side has opened. */
export interface Dialled {
  readonly connection: Connection;
  readonly socket: TLSSocket | undefined;
}

/** A place among those who share a listening port. */
export interface Lease {
  /** The port in use (it is chosen by the system if 0 was asked for). */
  readonly port: number;
  /** Whether it keeps the program from ending, as it does at first. */
  hold(on: boolean): void;
  release(): Promise<void>;
}

export interface Sockets {
  /** One attempt to open a connection; rejects with a ConnectError. */
  dial(
    party: string,
    address: Address,
    tls: TlsMaterial | undefined,
    trust: PeerTrust | undefined,
    signal: AbortSignal,
    patienceMs?: number,
  ): Promise<Dialled>;
  /** Takes connections at an address; several acceptors may share it. */
  listen(address: Address, acceptor: Acceptor, tls: TlsMaterial | undefined): Promise<Lease>;
}

export interface SocketHost extends Sockets {
  /** The typed reason for a failed attempt. */
  connectError(error: unknown, party: string, address: Address): ConnectError;
  /** `pinned`: peers with a pinned identity, which may do without a certificate. */
  loadTls(options: TlsOptions, peers: readonly string[], pinned: ReadonlySet<string>): TlsMaterial;
  /** What this end knows of the TLS connection, for the transcript of the handshake. */
  bindingOf(socket: TLSSocket, own: X509Certificate, dialer: boolean): ChannelBinding;
  /** Throws IDENTITY unless the certificate is that party's. */
  checkPartyCertificate(trust: PeerTrust, certificate: PeerCertificate): void;
}
