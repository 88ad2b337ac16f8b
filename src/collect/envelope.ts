/**
 * @file One party's share of an answer, sealed to a key that the party has for this collection alone: Diffie-Hellman on P-256 with a fresh key of the sender's,
 * HKDF-SHA-256, AES-256-GCM, all by WebCrypto, which does not give secret keys away. What is sealed belongs to one collection, party and answer: elsewhere
 * it does not open. Who carries it learns its length.
 */
import { fail } from '../errors.ts';

/** Bytes of a public key, and of the number of an answer or a collection. */
export const KEY = 65;
export const ID = 16;
const TAG = 16;
const INFO = new TextEncoder().encode('tessera collect 1');
const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of what is sealed of so many columns. */
export const envelopeBytes = (columns: number): number => KEY + 8 * columns + TAG;

/** What an envelope belongs to. */
export interface Belongs {
  readonly collection: Uint8Array;
  readonly party: string;
  readonly id: Uint8Array;
}

/** A key pair, whose secret half stays where it was made. */
export interface KeyPair {
  readonly publicKey: Bytes;
  readonly secret: CryptoKey;
}

export const drawKeys = async (): Promise<KeyPair> => {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  return { publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)), secret: privateKey };
};

const joined = (...parts: readonly Uint8Array[]): Bytes => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** Throws a DOMException for what is no point of the curve. */
const cipher = async (
  secret: CryptoKey,
  other: Bytes,
  salt: Bytes,
  { collection, party, id }: Belongs,
): Promise<readonly [AesGcmParams, CryptoKey]> => {
  const publicKey = await crypto.subtle.importKey('raw', other, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ ...CURVE, public: publicKey }, secret, 256);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: INFO },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
  const additionalData = joined(collection, id, new TextEncoder().encode(party));
  // The key serves this message alone.
  return [{ name: 'AES-GCM', iv: new Uint8Array(12), additionalData }, key];
};

/** What `work` gives; undefined where WebCrypto refuses keys or bytes. */
const unlessRefused = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (e) {
    if (e instanceof DOMException) return undefined;
    throw e;
  }
};

/** Throws CONFIG for a receiver's key that is none. */
export const sealTo = async (
  receiver: Uint8Array,
  share: BigInt64Array<ArrayBuffer>,
  belongs: Belongs,
): Promise<Bytes> => {
  const { publicKey, secret } = await drawKeys();
  const plain = new DataView(new ArrayBuffer(8 * share.length));
  for (const [i, v] of share.entries()) plain.setBigInt64(8 * i, v, true);
  const sealed = await unlessRefused(async () => {
    const [params, key] = await cipher(
      secret,
      Uint8Array.from(receiver),
      joined(publicKey, receiver),
      belongs,
    );
    return crypto.subtle.encrypt(params, key, plain.buffer);
  });
  return sealed
    ? joined(publicKey, new Uint8Array(sealed))
    : fail('CONFIG', `the link has a key for ${belongs.party} that is none`, { path: 'link' });
};

/** The share; undefined if it is not sealed to this key, or belongs to something else. */
export const opened = async (
  { publicKey, secret }: KeyPair,
  envelope: Uint8Array,
  belongs: Belongs,
): Promise<BigInt64Array | undefined> => {
  const sender = Uint8Array.from(envelope.subarray(0, KEY));
  const bytes = await unlessRefused(async () => {
    const [params, key] = await cipher(secret, sender, joined(sender, publicKey), belongs);
    return crypto.subtle.decrypt(params, key, Uint8Array.from(envelope.subarray(KEY)));
  });
  if (bytes === undefined) return undefined;
  const plain = new DataView(bytes);
  return BigInt64Array.from({ length: plain.byteLength / 8 }, (_, i) => plain.getBigInt64(8 * i, true));
};
