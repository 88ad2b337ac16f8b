/** @file A party's long-term identity: an Ed25519 key pair, pinned by its peers as a short text. */
import nacl from 'tweetnacl';
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

/** From fresh randomness, or from a 32-byte seed. */
export const createIdentity = (seed?: Uint8Array): Identity => {
  if (seed !== undefined && seed.byteLength !== 32)
    fail('INVALID_ARGUMENT', `a seed has 32 bytes; got ${seed.byteLength}`);
  const { publicKey, secretKey } =
    seed === undefined
      ? nacl.sign.keyPair.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
      : nacl.sign.keyPair.fromSeed(seed);
  return { publicKey, secretKey };
};

/** What peers put into their configuration: `tessera-id-1:` and 43 characters. */
export const identityText = (identity: Pick<Identity, 'publicKey'>): string =>
  PUBLIC + toText(identity.publicKey);

export const identitySecretText = (identity: Identity): string =>
  SECRET + toText(identity.secretKey.subarray(0, 32));

/** Reads a peer's public identity. */
export const parseIdentity = (text: string, what = 'identity'): Uint8Array => fromText(text, PUBLIC, what);

/** Reads the own, secret identity. */
export const parseSecretIdentity = (text: string, what = 'identity'): Identity =>
  createIdentity(fromText(text, SECRET, what));

export const sign = (message: Uint8Array, identity: Identity): Uint8Array =>
  nacl.sign.detached(message, identity.secretKey);

export const signBy = async (message: Uint8Array, signer: Signer): Promise<Uint8Array> =>
  'secretKey' in signer
    ? sign(message, signer)
    : new Uint8Array(
        await crypto.subtle.sign('Ed25519', signer.signingKey, message as Uint8Array<ArrayBuffer>),
      );

export const verify = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean =>
  signature.byteLength === nacl.sign.signatureLength &&
  publicKey.byteLength === nacl.sign.publicKeyLength &&
  nacl.sign.detached.verify(message, signature, publicKey);

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
