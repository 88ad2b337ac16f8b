/** @file What simulated parties send each other, and how it is compared. */

/** Bytes of a frame that its digest looks at: frames are compared whole. */
const LOOKED_AT = 32;

export const mix = (a: number, b: number): number => {
  const h = Math.imul(a ^ b, 0x9e3779b1);
  return (h ^ (h >>> 15)) >>> 0;
};

const nameHash = (text: string): number => [...text].reduce((h, c) => mix(h, c.charCodeAt(0)), 7);

/** What a party sends on a channel under a tag: nothing else is like it. */
export const payload = (from: string, channel: string, tag: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  let h = mix(nameHash(`${from} ${channel}`), tag);
  const step = Math.max(1, size >> 5);
  for (let i = 0; i < size; i += step) {
    h = mix(h, i);
    bytes[i] = h;
  }
  if (size > 0) bytes[size - 1] = h >>> 8;
  return bytes;
};

export const digestOf = (bytes: Uint8Array, start: number): number => {
  const step = Math.max(1, Math.floor(bytes.length / LOOKED_AT));
  let digest = mix(start, bytes.length);
  for (let i = 0; i < bytes.length; i += step) digest = mix(digest, bytes[i]!);
  return digest;
};

/** What must hold does not. */
export class Broken extends Error {}

export const sameAs = (got: Uint8Array, due: Uint8Array, what: string): void => {
  if (Buffer.compare(got, due) !== 0)
    throw new Broken(`${what}: ${got.length} bytes came that were not sent there (${due.length} were)`);
};
