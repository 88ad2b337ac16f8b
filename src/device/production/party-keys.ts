/** @file Keys of what a party keeps on its disk, derived from its identity or given as `storageKey`. */
import { createHmac } from 'node:crypto';
import nacl from 'tweetnacl';
import { fail } from '../../errors.ts';
import { parseSecretSeed } from '../../link/identity.ts';

const PREFIX = 'tessera-box-1:';

const derive = (secret: Uint8Array, purpose: string): Uint8Array =>
  Uint8Array.from(createHmac('sha512', secret).update(`tessera ${purpose}`).digest().subarray(0, 32));

/** The key of a party's checkpoints. Throws CONFIG when the party has none. */
export const storageKey = (o: {
  identity: string | undefined;
  storageKey: string | undefined;
}): Uint8Array => {
  if (o.storageKey !== undefined) {
    const key = Uint8Array.from(Buffer.from(o.storageKey, 'base64'));
    if (key.length !== 32)
      fail('CONFIG', 'storageKey: 32 bytes in base64 are wanted, as `openssl rand -base64 32` makes them', {
        path: 'storageKey',
      });
    return key;
  }
  if (o.identity === undefined)
    return fail(
      'CONFIG',
      'storageKey: what is written to disk is encrypted with this key, or with one from "identity": give one of them',
      { path: 'storageKey' },
    );
  return derive(parseSecretSeed(o.identity), 'storage');
};

/** The secret half of the key pair to which stored material for a party is sealed. */
const boxSecret = (identity: string): Uint8Array => derive(parseSecretSeed(identity), 'material');

/** What the party gives to whoever deals for it. */
export const boxText = (identity: string): string =>
  PREFIX + Buffer.from(nacl.box.keyPair.fromSecretKey(boxSecret(identity)).publicKey).toString('base64url');

export const parseBox = (text: string, what: string): Uint8Array => {
  const body = text.trim();
  const key = Uint8Array.from(Buffer.from(body.slice(PREFIX.length), 'base64url'));
  if (!body.startsWith(PREFIX) || key.length !== nacl.box.publicKeyLength)
    fail('CONFIG', `${what}: a key like "${PREFIX}..." is wanted, as \`tessera material-key\` prints it`);
  return key;
};

/** A fresh key for one file, and the form in which its header carries it: only `recipient` can open that. */
export const sealKey = (recipient: Uint8Array): { readonly key: Uint8Array; readonly sealed: string } => {
  const key = nacl.randomBytes(32);
  const once = nacl.box.keyPair();
  // The pair is used once, so the nonce may be fixed.
  const box = nacl.box(key, new Uint8Array(nacl.box.nonceLength), recipient, once.secretKey);
  return { key, sealed: Buffer.concat([once.publicKey, box]).toString('base64') };
};

/** Undefined if it was sealed to somebody else. */
export const unsealKey = (sealed: unknown, identity: string): Uint8Array | undefined => {
  const bytes = Uint8Array.from(Buffer.from(String(sealed), 'base64'));
  const size = nacl.box.publicKeyLength;
  if (bytes.length <= size) return undefined;
  const nonce = new Uint8Array(nacl.box.nonceLength);
  return (
    nacl.box.open(bytes.subarray(size), nonce, bytes.subarray(0, size), boxSecret(identity)) ?? undefined
  );
};
