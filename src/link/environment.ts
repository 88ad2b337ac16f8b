/** @file Everything that a link takes from its surroundings. A simulation gives its own: time, sockets and chance from a seed. */
import { type Clock, clock } from './clock.ts';
import { type HandshakeKeys, handshakeKeys } from './handshake-keys.ts';
import { dial, listen } from './node-sockets.ts';

export interface Sockets {
  readonly dial: typeof dial;
  readonly listen: typeof listen;
}

export interface Runtime {
  readonly clock: Clock;
  readonly keys: HandshakeKeys;
  readonly sockets: Sockets;
}

export const runtime: Runtime = { clock, keys: handshakeKeys, sockets: { dial, listen } };
