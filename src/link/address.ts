/** @file "host:port" as users write it: names, IPv4, IPv6 in brackets, a scheme in front if they like. */
import { fail } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** What the scheme said, if there was one. */
  readonly secure?: boolean;
  /** A pipe of a relay: where it is, and what its messages are sealed with. */
  readonly url?: string;
  readonly roomKey?: Uint8Array;
}

export const parseAddress = (text: string, what: string): Address => {
  const bare = text.replace(/^(wss?|https?|tcp):\/\//, '').replace(/\/$/, '');
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(bare);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
    fail('CONFIG', `${what} is "${text}", which is no address: write host:port, for IPv6 [address]:port`, {
      path: what,
    });
  }
  const scheme = /^(?:wss?|https?)(?=:)/.exec(text)?.[0];
  return {
    host: (match![1] ?? match![2])!,
    port,
    ...(scheme === undefined ? {} : { secure: scheme.endsWith('s') }),
  };
};

export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Who answers there, for messages: a peer, or the relay at which it is met. */
export const whereText = (party: string, address: Address): string =>
  address.roomKey === undefined
    ? `"${party}" at ${formatAddress(address)}`
    : `the relay at ${formatAddress(address)}`;

/** What an error says of a relay, if it is one that was dialled. */
export const relayInfo = (address: Address): { readonly relay?: string } =>
  address.roomKey === undefined ? {} : { relay: formatAddress(address) };

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
