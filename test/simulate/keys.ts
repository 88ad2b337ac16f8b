/**
 * @file Cryptography without secrecy that refuses what the real one refuses: a proof of another text or by another identity,
 * a message that is not the next one of its direction, changed or of another connection. It costs nearly nothing.
 */
import { TesseraError } from '../../src/errors.ts';
import type { HandshakeKeys, Opening, Sealing } from '../../src/link/handshake-keys.ts';
import { createIdentity, type Identity } from '../../src/link/identity.ts';
import type { Chance } from './chance.ts';

/** Of long texts only some bytes are looked at. */
const LOOKED_AT = 256;

const mix = (hash: number, value: number): number => {
  const h = Math.imul(hash ^ value, 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
};

const hashOf = (start: number, ...texts: readonly Uint8Array[]): number => {
  let hash = start;
  for (const text of texts) {
    hash = mix(hash, text.length);
    const step = Math.max(1, Math.floor(text.length / LOOKED_AT));
    for (let i = 0; i < text.length; i += step) hash = mix(hash, text[i]!);
  }
  return hash;
};

const OVERHEAD = 17;

const sealed = (key: number, count: number, message: Uint8Array): Uint8Array => {
  const out = new Uint8Array(OVERHEAD + message.length);
  new DataView(out.buffer).setUint32(1, hashOf(mix(key, count), message), true);
  out.set(message, OVERHEAD);
  return out;
};

const sealer = (key: number): Sealing => {
  let count = 0;
  return { seal: (message) => sealed(key, count++, message) };
};

const opener = (key: number): Opening => {
  let count = 0;
  return {
    open: (given) => {
      const message = given.slice(OVERHEAD);
      const view = new DataView(given.buffer, given.byteOffset, given.byteLength);
      if (given.length >= OVERHEAD && view.getUint32(1, true) === hashOf(mix(key, count++), message))
        return message;
      throw new TesseraError('LINK', 'a sealed message did not open');
    },
  };
};

const signature = (message: Uint8Array, publicKey: Uint8Array): Uint8Array => {
  const out = new Uint8Array(64);
  const view = new DataView(out.buffer);
  view.setUint32(0, hashOf(1, message, publicKey), true);
  view.setUint32(4, hashOf(2, publicKey, message), true);
  return out;
};

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((value, i) => value ^ b[i]!);

export const simulatedKeys = (chance: Chance): HandshakeKeys => ({
  random: (count) => chance.bytes(count),
  sign: async (message, signer) => signature(message, signer.publicKey),
  verify: (message, given, publicKey) => {
    const due = signature(message, publicKey);
    return given.length === due.length && due.every((value, i) => value === given[i]);
  },
  ephemeral: (secret) => secret,
  agree: xor,
  seal: async (shared, transcript, dialer) => {
    const [forth, back] = [hashOf(3, shared, transcript), hashOf(4, shared, transcript)];
    return dialer
      ? { sealer: sealer(forth), opener: opener(back) }
      : { sealer: sealer(back), opener: opener(forth) };
  },
});

const identities = new Map<string, Identity>();

/** The long-term identity of a party. */
export const identityOf = (party: string): Identity => {
  const known = identities.get(party);
  if (known !== undefined) return known;
  const seed = new Uint8Array(32);
  seed.set(new TextEncoder().encode(party));
  const made = createIdentity(seed);
  identities.set(party, made);
  return made;
};
