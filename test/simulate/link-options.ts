/** @file Options of simulated links: as of a production session, with short timeouts. */
import type { WebSocketTransportOptions } from '../../src/link/websocket.ts';
import { identityOf } from './keys.ts';
import { addressOf } from './network.ts';

const HEARTBEAT_MS = 100;

export const PEER_TIMEOUT_MS = 2_000;

export const READY_TIMEOUT_MS = 4_000;

const WINDOW = 64 * 1024;

const MAX_FRAME = 128 * 1024;

/** Streams, rounds, and a frame of each that is coming. */
const MAX_HELD = 4 * (WINDOW + MAX_FRAME);

/** As a party of a production session has them, with short timeouts. */
export const linkOptions = (self: string, parties: readonly string[]): WebSocketTransportOptions => ({
  self,
  parties: Object.fromEntries(parties.map((p) => [p, { address: addressOf(p) }])),
  job: 'simulated',
  identity: identityOf(self),
  peerIdentities: Object.fromEntries(
    parties.filter((p) => p !== self).map((p) => [p, identityOf(p).publicKey]),
  ),
  heartbeatMs: HEARTBEAT_MS,
  peerTimeoutMs: PEER_TIMEOUT_MS,
  readyTimeoutMs: READY_TIMEOUT_MS,
  windowBytes: WINDOW,
  maxFrameBytes: MAX_FRAME,
  maxHeldBytes: MAX_HELD,
  spin: false,
});
