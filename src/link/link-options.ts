/** @file What the user asks of the network link, checked before anything is opened. */

import { loadTls } from '#sockets';
import { fail, oneOf } from '../errors.ts';
import * as math from '../ring/math/index.ts';
import { type Address, isLoopback, parseAddress } from './address.ts';
import { createIdentity, parseIdentity, parseSecretIdentity, type Signer } from './identity.ts';
import { othersOf } from './mailbox.ts';
import type { TlsOptions } from './pem.ts';
import { type Meeting, pipeAddress } from './relay-place.ts';
import type { TlsMaterial } from './tls.ts';

export interface PartyAddress {
  /** Where peers reach it. Without one the party can only dial. */
  readonly address?: string;
  /** Where it listens, if that is not the same (behind NAT, in a container). */
  readonly listenAddr?: string;
}

export interface WebSocketTransportOptions {
  readonly self: string;
  readonly parties: Readonly<Record<string, PartyAddress>>;
  /** Parties meet only within one job; several jobs may share a port. */
  readonly job: string;
  readonly tls?: TlsOptions;
  /** The own identity, as `tessera keygen` writes it. Without one, a fresh one is made for the session. */
  readonly identity?: Signer | string;
  /** Identities that peers must prove; required for those that cannot show a client certificate. */
  readonly peerIdentities?: Readonly<Record<string, Uint8Array | string>>;
  /** An invitation: who has its key may take part, and parties without an address meet at its relay. */
  readonly room?: Meeting;
  /** Whatever all parties must agree on; compared in the handshake, entry by entry. */
  readonly configDigest?: object;
  /** Plaintext, or peers that nothing vouches for, also outside of loopback. */
  readonly allowInsecure?: boolean;
  readonly heartbeatMs?: number;
  /** A peer that is gone for this long is lost. */
  readonly peerTimeoutMs?: number;
  /** How long peers may take to come up. */
  readonly readyTimeoutMs?: number;
  readonly maxFrameBytes?: number;
  /**
   * Bytes of one peer that may lie here for the program, on all channels together, frames that are still coming counted whole.
   * A peer that sends more is lost. 1 GiB if absent, or the largest frame and a window if that is more.
   */
  readonly maxHeldBytes?: number;
  /** Bytes that a channel's sender may be ahead of the receiving program. */
  readonly windowBytes?: number;
  /** Keep the event loop awake for a moment while a `recv` waits: lower latency for some processor time. */
  readonly spin?: boolean;
  readonly signal?: AbortSignal;
}

export interface Plan {
  readonly self: string;
  readonly parties: readonly string[];
  readonly job: string;
  readonly identity: Signer;
  readonly pinned: ReadonlyMap<string, Uint8Array>;
  readonly tls: TlsMaterial | undefined;
  /** Own address, if any peer dials it. */
  readonly listen: Address | undefined;
  readonly dials: ReadonlyMap<string, Address>;
  readonly accepts: ReadonlySet<string>;
  /** Peers that meet this party at a relay, where it waits for them. */
  readonly waits: ReadonlyMap<string, Address>;
  /** The key of the invitation. */
  readonly invitation: Uint8Array | undefined;
  readonly allowUnauthenticated: boolean;
  readonly config: object;
  readonly heartbeatMs: number;
  readonly peerTimeoutMs: number;
  readonly readyTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly maxHeldBytes: number;
  readonly window: number;
  readonly spin: boolean;
  readonly signal: AbortSignal | undefined;
}

const MIN_WINDOW = 64 * 1024;
/** A chunk's header counts its frame's bytes in 32 bits. */
const MAX_FRAME = math.pow2(32) - 1;

const positive = (
  value: number | undefined,
  byDefault: number,
  name: string,
  least = 1,
  most = Number.MAX_SAFE_INTEGER,
): number => {
  if (value === undefined) return byDefault;
  if (!(value >= least && value <= most))
    fail('CONFIG', `${name} is ${value}; it goes from ${least} to ${most}`, { path: name });
  return value;
};

/** Of each pair the later name dials the earlier one, unless only the later one can be reached. */
const roles = (
  self: string,
  parties: Readonly<Record<string, PartyAddress>>,
  job: string,
  room: Meeting | undefined,
) => {
  const dials = new Map<string, Address>();
  const waits = new Map<string, Address>();
  const accepts = new Set<string>();
  const reachable = (party: string) => parties[party]!.address !== undefined;
  for (const peer of othersOf(Object.keys(parties), self)) {
    const [first, second] = self < peer ? [self, peer] : [peer, self];
    const listener = reachable(first) ? first : second;
    if (!reachable(listener) && room?.relay !== undefined) {
      const meeting = { ...room, relay: room.relay };
      const end = self === first ? 'listen' : 'dial';
      (end === 'listen' ? waits : dials).set(peer, pipeAddress(meeting, job, first, second, end));
      continue;
    }
    if (!reachable(listener)) {
      fail(
        'CONFIG',
        `neither "${first}" nor "${second}" has an address: one of them must listen, or both meet at a relay (room)`,
        {
          path: `parties.${first}.address`,
        },
      );
    }
    if (listener === self) accepts.add(peer);
    else dials.set(peer, parseAddress(parties[peer]!.address!, `parties.${peer}.address`));
  }
  return { dials, accepts, waits };
};

export const planOf = (options: WebSocketTransportOptions): Plan => {
  const { self, parties } = options;
  const names = Object.keys(parties).sort();
  if (!names.includes(self))
    fail('CONFIG', `self is "${self}", which is none of the parties ${oneOf(names)}`, { path: 'self' });
  if (typeof options.job !== 'string' || options.job.length === 0 || options.job.length > 128) {
    fail('CONFIG', 'job is a name of 1 to 128 characters, the same at all parties', { path: 'job' });
  }
  const peers = othersOf(names, self);
  for (const name of names) {
    if (name.length === 0 || name.length > 128)
      fail('CONFIG', `"${name}" is no name for a party`, { path: 'parties' });
  }
  const pinned = new Map<string, Uint8Array>();
  for (const [peer, id] of Object.entries(options.peerIdentities ?? {})) {
    if (peer === self) continue;
    if (!peers.includes(peer))
      fail('CONFIG', `peerIdentities names "${peer}", which is none of the parties`, {
        path: `peerIdentities.${peer}`,
      });
    pinned.set(peer, typeof id === 'string' ? parseIdentity(id, `peerIdentities.${peer}`) : id);
  }
  const { room } = options;
  if (room !== undefined && !(room.key instanceof Uint8Array && room.key.byteLength === 32))
    fail('CONFIG', 'room.key is 32 bytes', { path: 'room.key' });
  const { dials, accepts, waits } = roles(self, parties, options.job, room);
  const tls = options.tls === undefined ? undefined : loadTls(options.tls, peers, new Set(pinned.keys()));
  const own = parties[self]!.listenAddr ?? parties[self]!.address;
  const listen =
    accepts.size === 0 || own === undefined ? undefined : parseAddress(own, `parties.${self}.listenAddr`);
  const hosts = [...[...dials.values()].map((a) => a.host), ...(listen === undefined ? [] : [listen.host])];
  const local = hosts.every(isLoopback);
  const allowInsecure = options.allowInsecure === true;
  const allPinned = options.identity !== undefined && peers.every((p) => pinned.has(p));
  if (tls === undefined && !local && !allowInsecure && !allPinned && room === undefined) {
    fail(
      'CONFIG',
      `without tls, data would leave this machine in the clear (${hosts.filter((h) => !isLoopback(h)).join(', ')}): ` +
        'give tls, or identity and peerIdentities for all peers, or allowInsecure: true if the network is trusted',
      { path: 'tls' },
    );
  }
  const heartbeatMs = positive(options.heartbeatMs, 2_000, 'heartbeatMs', 10);
  const identity = options.identity ?? createIdentity();
  const maxFrameBytes = positive(options.maxFrameBytes, math.pow2(31), 'maxFrameBytes', 1, MAX_FRAME);
  const window = positive(options.windowBytes, 16 * 1024 * 1024, 'windowBytes', MIN_WINDOW);
  const most = maxFrameBytes + window;
  return {
    self,
    parties: names,
    job: options.job,
    identity: typeof identity === 'string' ? parseSecretIdentity(identity) : identity,
    pinned,
    tls,
    listen,
    dials,
    accepts,
    waits,
    invitation: room?.key,
    // Who comes by invitation shows its key.
    allowUnauthenticated: room !== undefined || (tls === undefined && (allowInsecure || local)),
    config: options.configDigest ?? {},
    heartbeatMs,
    peerTimeoutMs: positive(options.peerTimeoutMs, 60_000, 'peerTimeoutMs', heartbeatMs),
    readyTimeoutMs: positive(options.readyTimeoutMs, 60_000, 'readyTimeoutMs'),
    maxFrameBytes,
    maxHeldBytes: positive(options.maxHeldBytes, Math.max(math.pow2(30), most), 'maxHeldBytes', most),
    window,
    spin: (options.spin ?? true) && typeof setImmediate === 'function',
    signal: options.signal,
  };
};
