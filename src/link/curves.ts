/** @file The elliptic curves of the handshake, Ed25519 and X25519. `#curves` is the implementation for the platform at hand. */

export interface Curves {
  /** The public key of a 32-byte seed. */
  ed25519Public(seed: Uint8Array): Uint8Array;
  /** `secret`: seed and public key, 64 bytes. */
  ed25519Sign(message: Uint8Array, secret: Uint8Array): Uint8Array;
  /** A key that is not a point of the curve, or of another length, has signed nothing. */
  ed25519Verify(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean;
  x25519Public(secret: Uint8Array): Uint8Array;
  /** Undefined if the peer's key is of low order: the result would be known to everybody. */
  x25519(secret: Uint8Array, key: Uint8Array): Uint8Array | undefined;
}
