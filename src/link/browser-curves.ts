/** @file The curves of the handshake in a browser (Curves in curves.ts), by tweetnacl. */
import nacl from 'tweetnacl';

/** The public key of a 32-byte seed. */
export const ed25519Public = (seed: Uint8Array): Uint8Array => nacl.sign.keyPair.fromSeed(seed).publicKey;

/** `secret`: seed and public key, 64 bytes. */
export const ed25519Sign = (message: Uint8Array, secret: Uint8Array): Uint8Array =>
  nacl.sign.detached(message, secret);

/** Signature and key have their lengths: 64 and 32 bytes. */
export const ed25519Verify = (message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean =>
  nacl.sign.detached.verify(message, signature, key);

export const x25519Public = (secret: Uint8Array): Uint8Array =>
  nacl.box.keyPair.fromSecretKey(secret).publicKey;

/** Undefined if the peer's key is of low order: the result would be known to everybody. */
export const x25519 = (secret: Uint8Array, key: Uint8Array): Uint8Array | undefined => {
  const shared = nacl.scalarMult(secret, key);
  return shared.every((byte) => byte === 0) ? undefined : shared;
};
