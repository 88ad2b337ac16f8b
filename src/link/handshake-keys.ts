/** @file The cryptography of a handshake in one table: randomness, proofs of identity, fresh keys and what they seal. */

import { x25519, x25519Public } from '#curves';
import { type Signer, signBy, verify } from './identity.ts';
import { deriveKeys, Opener, Sealer } from './sealed.ts';

/** Numbers and seals the messages of one direction, in the order of the calls. */
export type Sealing = Pick<Sealer, 'seal'>;
/** Opens the messages of one direction; throws (or rejects with) LINK for any that is not the next one, unaltered. */
export type Opening = Pick<Opener, 'open'>;

export interface Seal {
  readonly sealer: Sealing;
  readonly opener: Opening;
}

export interface HandshakeKeys {
  random(count: number): Uint8Array;
  sign(message: Uint8Array, signer: Signer): Promise<Uint8Array>;
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean;
  ephemeral(secret: Uint8Array): Uint8Array;
  /** Undefined for a key that would make the result known to everybody. */
  agree(secret: Uint8Array, key: Uint8Array): Uint8Array | undefined;
  /** Both ends get the same from the same secret and transcript, crossed over. */
  seal(shared: Uint8Array, transcript: Uint8Array, dialer: boolean): Promise<Seal>;
}

export const handshakeKeys: HandshakeKeys = {
  random: (count) => crypto.getRandomValues(new Uint8Array(count)),
  sign: signBy,
  verify,
  ephemeral: x25519Public,
  agree: x25519,
  seal: async (shared, transcript, dialer) => {
    const keys = await deriveKeys(shared, transcript, dialer);
    return { sealer: new Sealer(keys.send), opener: new Opener(keys.receive) };
  },
};
