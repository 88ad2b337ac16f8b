/**
 * @file The gate in front of the CBOR decoder: one pass over the bytes that builds nothing. What it lets through is a
 * small subset (definite lengths, text keys, one tag), within the limits, so the decoder behind it sees only input
 * that an honest encoder makes.
 */
import { TesseraError } from '../errors.ts';
import * as math from '../ring/math/index.ts';

export interface CodecLimits {
  /** The whole message. */
  readonly maxBytes: number;
  /** Nesting of lists, maps and typed values. */
  readonly maxDepth: number;
  /** Values in all (arrays of numbers count as one if they are typed arrays). */
  readonly maxItems: number;
  /** One string. */
  readonly maxStringBytes: number;
}

export const DEFAULT_LIMITS: CodecLimits = {
  maxBytes: math.pow2(31),
  maxDepth: 64,
  maxItems: 4_000_000,
  maxStringBytes: 64 * 1024 * 1024,
};

/** The one tag in use: [type, ...payload] (see codec.ts). Unassigned at IANA, and none that cbor-x treats specially. */
export const TYPED_TAG = 0xa5a5;

const PROTO = new TextEncoder().encode('__proto__');

export const refuse = (message: string, details: Record<string, unknown> = {}): never => {
  throw new TesseraError('SERIALIZATION', message, details);
};

/** Throws SERIALIZATION unless `bytes` is one item of the subset within the limits. Never recurses. */
export const scan = (bytes: Uint8Array, limits: CodecLimits): void => {
  const end = bytes.byteLength;
  if (end > limits.maxBytes) refuse(`a message of ${end} bytes is over the limit of ${limits.maxBytes}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  /** Items still due at each open level; a map's level counts keys and values and is marked in `inMap`. */
  const due: number[] = [1];
  const inMap: boolean[] = [false];
  let at = 0;
  let items = 0;
  for (;;) {
    while (due.at(-1) === 0) {
      due.pop();
      inMap.pop();
    }
    const level = due.length - 1;
    if (level < 0) break;
    if (at >= end) refuse('the message is truncated', { at });
    items += 1;
    if (items > limits.maxItems) refuse(`the message has more than ${limits.maxItems} values`, { at });
    const isKey = inMap[level] === true && due[level]! % 2 === 0;
    due[level]! -= 1;
    const major = bytes[at]! >> 5;
    const info = bytes[at]! & 31;
    at += 1;
    if (isKey && major !== 3) refuse('a map has a key that is not text', { at });
    let count = info;
    if (info >= 24) {
      const width = info < 28 ? 1 << (info - 24) : 0;
      if (width === 0) refuse('the message has an item of unknown or indefinite length', { at });
      if (at + width > end) refuse('the message is truncated', { at });
      if (major === 7) {
        if (width === 1) refuse('the message has an unknown simple value', { at });
        at += width;
        continue;
      }
      if (width === 8) refuse('the message has a 64-bit integer or length', { at });
      count = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
      at += width;
    }
    switch (major) {
      case 0:
      case 1:
        break;
      case 2:
      case 3:
        if (count > end - at) refuse('the message is truncated', { at });
        if (major === 3 && count > limits.maxStringBytes) {
          refuse(`a string of ${count} bytes is over the limit of ${limits.maxStringBytes}`, { at });
        }
        if (isKey && count === PROTO.length && PROTO.every((b, i) => b === bytes[at + i])) {
          refuse('a map has the key "__proto__"', { at });
        }
        at += count;
        break;
      case 4:
      case 5:
      case 6: {
        const inside = major === 4 ? count : major === 5 ? 2 * count : 1;
        if (major === 6 && count !== TYPED_TAG) refuse(`the message has the foreign tag ${count}`, { at });
        if (inside > end - at) refuse('the message is truncated', { at });
        if (due.length > limits.maxDepth)
          refuse(`the message is nested deeper than ${limits.maxDepth}`, { at });
        due.push(inside);
        inMap.push(major === 5);
        break;
      }
      default:
        if (info < 20 || info > 23) refuse('the message has an unknown simple value', { at });
    }
  }
  if (at !== end) refuse(`${end - at} bytes follow the message`, { at });
};
