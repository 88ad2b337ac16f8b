/** @file A party's long-term identity: an Ed25519 key pair, pinned by its peers as a short text. */

import { ed25519Public, ed25519Sign, ed25519Verify } from '#curves';
import { fail } from '../errors.ts';

export interface Identity {
  readonly publicKey: Uint8Array;
  /** 64 bytes: seed and public key, as in RFC 8032 implementations. Never leaves its party. */
  readonly secretKey: Uint8Array;
}

/** An identity whose secret stays in the platform's key store, as a WebCrypto key that cannot be taken out. */
export interface KeptIdentity {
  readonly publicKey: Uint8Array;
  readonly signingKey: CryptoKey;
}

export type Signer = Identity | KeptIdentity;

const PUBLIC = 'tessera-id-1:';
const SECRET = 'tessera-secret-id-1:';
const SEED = 32;
const PUBLIC_KEY = 32;
const SIGNATURE = 64;

/** From fresh randomness, or from a 32-byte seed. */
export const createIdentity = (seed: Uint8Array = crypto.getRandomValues(new Uint8Array(SEED))): Identity => {
  if (seed.byteLength !== SEED) fail('INVALID_ARGUMENT', `a seed has ${SEED} bytes; got ${seed.byteLength}`);
  const publicKey = ed25519Public(seed);
  const secretKey = new Uint8Array(SEED + publicKey.byteLength);
  secretKey.set(seed);
  secretKey.set(publicKey, SEED);
  return { publicKey, secretKey };
};

/** What peers put into their configuration: `tessera-id-1:` and 43 characters. */
export const identityText = (identity: Pick<Identity, 'publicKey'>): string =>
  PUBLIC + toText(identity.publicKey);

export const identitySecretText = (identity: Identity): string =>
  SECRET + toText(identity.secretKey.subarray(0, SEED));

/** Reads a peer's public identity. */
export const parseIdentity = (text: string, what = 'identity'): Uint8Array => fromText(text, PUBLIC, what);

/** The 32 bytes that the own, secret identity is made of. */
export const parseSecretSeed = (text: string, what = 'identity'): Uint8Array => fromText(text, SECRET, what);

/** Reads the own, secret identity. */
export const parseSecretIdentity = (text: string, what = 'identity'): Identity =>
  createIdentity(parseSecretSeed(text, what));

export const sign = (message: Uint8Array, identity: Identity): Uint8Array =>
  ed25519Sign(message, identity.secretKey);

export const signBy = async (message: Uint8Array, signer: Signer): Promise<Uint8Array> =>
  'secretKey' in signer
    ? sign(message, signer)
    : new Uint8Array(
        await crypto.subtle.sign('Ed25519', signer.signingKey, message as Uint8Array<ArrayBuffer>),
      );

export const verify = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean =>
  signature.byteLength === SIGNATURE &&
  publicKey.byteLength === PUBLIC_KEY &&
  ed25519Verify(message, signature, publicKey);

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((value, i) => value === b[i]);

const toText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const fromText = (text: string, prefix: string, what: string): Uint8Array => {
  const body = text.trim();
  if (!body.startsWith(prefix) || !/^[\w-]{43}$/.test(body.slice(prefix.length))) {
    fail(
      'CONFIG',
      `${what} is no identity: it should be "${prefix}" and 43 characters, as \`tessera keygen\` writes it`,
      { what },
    );
  }
  const raw = atob(body.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
};
