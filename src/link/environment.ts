/** @file Everything that a link takes from its surroundings. A simulation gives its own: time, sockets and chance from a seed. */

import { dial, listen } from '#sockets';
import { type Clock, clock } from './clock.ts';
import { type HandshakeKeys, handshakeKeys } from './handshake-keys.ts';
import type { Sockets } from './sockets.ts';

export interface Environment {
  readonly clock: Clock;
  readonly keys: HandshakeKeys;
  readonly sockets: Sockets;
}

export const environment: Environment = { clock, keys: handshakeKeys, sockets: { dial, listen } };
