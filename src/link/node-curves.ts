/**
 * @file The curves of the handshake in Node and Deno (Curves in curves.ts), by node:crypto: microseconds, where JavaScript
 * takes milliseconds in a program that has just started. A test compares it with the implementation for browsers.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto';

/** What stands before the 32 bytes of a key in its DER form (RFC 8410); the last byte of the object identifier tells the curve. */
const SECRET_HEAD = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 0, 4, 34, 4, 32];
const PUBLIC_HEAD = [48, 42, 48, 5, 6, 3, 43, 101, 0, 3, 33, 0];
const CURVES = { Ed25519: 112, X25519: 110 } as const;
type Curve = keyof typeof CURVES;

const der = (head: readonly number[], curve: Curve, key: Uint8Array): Buffer => {
  const named = [...head];
  named[named.indexOf(101) + 1] = CURVES[curve];
  return Buffer.from([...named, ...key]);
};

const secretKey = (curve: Curve, secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: der(SECRET_HEAD, curve, secret), format: 'der', type: 'pkcs8' });

const publicKey = (curve: Curve, key: Uint8Array): KeyObject =>
  createPublicKey({ key: der(PUBLIC_HEAD, curve, key), format: 'der', type: 'spki' });

const publicOf = (curve: Curve, secret: Uint8Array): Uint8Array =>
  new Uint8Array(
    createPublicKey(secretKey(curve, secret)).export({ format: 'der', type: 'spki' }).subarray(-32),
  );

/** The public key of a 32-byte seed. */
export const ed25519Public = (seed: Uint8Array): Uint8Array => publicOf('Ed25519', seed);

/** `secret`: seed and public key, 64 bytes. */
export const ed25519Sign = (message: Uint8Array, secret: Uint8Array): Uint8Array =>
  new Uint8Array(signWith(null, message, secretKey('Ed25519', secret.subarray(0, 32))));

/** A key that is no point of the curve, or has another length, has signed nothing. */
export const ed25519Verify = (message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean => {
  // What follows a key in its DER form would be passed over.
  if (key.byteLength !== 32) return false;
  try {
    return verifyWith(null, message, publicKey('Ed25519', key), signature);
  } catch {
    return false;
  }
};

export const x25519Public = (secret: Uint8Array): Uint8Array => publicOf('X25519', secret);

/** Undefined if the peer's key is of low order: the result would be known to everybody. */
export const x25519 = (secret: Uint8Array, key: Uint8Array): Uint8Array | undefined => {
  try {
    return new Uint8Array(
      diffieHellman({ privateKey: secretKey('X25519', secret), publicKey: publicKey('X25519', key) }),
    );
  } catch {
    return undefined;
  }
};
