/**
 * @file Sealing of messages where TLS does not authenticate both ends (browsers, relays, plaintext). Small messages:
 * xsalsa20-poly1305 (tweetnacl, synchronous); large ones: AES-256-GCM (WebCrypto, 10 times as fast from 64 KiB up).
 *
 * The nonce is the message's number in its direction and is not sent: a message that is lost, repeated, reordered or
 * altered does not open, and the connection ends. Keys are fresh for each connection.
 */
import nacl from 'tweetnacl';
import { TesseraError } from '../errors.ts';

/** Measured on Node 20: below this, WebCrypto's way through a thread costs more than it saves. */
const AES_FROM = 16 * 1024;
const BOX = 0;
const AES = 1;
/** Type byte and, for both ciphers, a tag of 16 bytes. */
export const SEAL_OVERHEAD = 17;

export interface DirectionKeys {
  readonly box: Uint8Array;
  readonly aes: CryptoKey;
}

export interface SealKeys {
  readonly send: DirectionKeys;
  readonly receive: DirectionKeys;
}

const INFO = new TextEncoder().encode('tessera link 1: message keys');

/** HKDF-SHA-256 (RFC 5869), by WebCrypto. */
export const hkdf = async (
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Promise<Uint8Array> => {
  const key = await crypto.subtle.importKey('raw', whole(secret), 'HKDF', false, ['deriveBits']);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: whole(salt), info: whole(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, length * 8));
};

/** Four keys from a shared secret and the handshake's transcript; both ends derive the same, crossed over. */
export const deriveKeys = async (
  shared: Uint8Array,
  transcript: Uint8Array,
  dialer: boolean,
): Promise<SealKeys> => {
  const okm = await hkdf(shared, transcript, INFO, 128);
  const direction = async (at: number): Promise<DirectionKeys> => ({
    box: okm.slice(at, at + 32),
    aes: await crypto.subtle.importKey('raw', okm.slice(at + 32, at + 64), 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ]),
  });
  const forth = await direction(0);
  const back = await direction(64);
  okm.fill(0);
  return dialer ? { send: forth, receive: back } : { send: back, receive: forth };
};

/** WebCrypto's types want memory that is not shared. */
const whole = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

const nonce = (counter: number, length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setFloat64(0, counter, true);
  return bytes;
};

const broken = (): never => {
  throw new TesseraError(
    'LINK',
    'a sealed message did not open: it was altered, repeated, lost or out of order on its way',
  );
};

/** One direction's sending end. Numbers are taken in the order of the calls. */
export class Sealer {
  readonly #keys: DirectionKeys;
  #count = 0;

  constructor(keys: DirectionKeys) {
    this.#keys = keys;
  }

  seal(message: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const number = this.#count++;
    if (message.byteLength >= AES_FROM) return this.#large(message, number);
    return frame(BOX, nacl.secretbox(message, nonce(number, nacl.secretbox.nonceLength), this.#keys.box));
  }

  async #large(message: Uint8Array, number: number): Promise<Uint8Array> {
    const params = { name: 'AES-GCM', iv: nonce(number, 12) };
    return frame(AES, new Uint8Array(await crypto.subtle.encrypt(params, this.#keys.aes, whole(message))));
  }
}

/** One direction's receiving end. Throws (or rejects with) LINK if a message is not the next one, unaltered. */
export class Opener {
  readonly #keys: DirectionKeys;
  #count = 0;

  constructor(keys: DirectionKeys) {
    this.#keys = keys;
  }

  open(sealed: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const number = this.#count++;
    const content = sealed.subarray(1);
    if (sealed[0] === AES) return this.#large(content, number);
    if (sealed[0] !== BOX || content.byteLength < nacl.secretbox.overheadLength) return broken();
    return (
      nacl.secretbox.open(content, nonce(number, nacl.secretbox.nonceLength), this.#keys.box) ?? broken()
    );
  }

  async #large(content: Uint8Array, number: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(
        await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: nonce(number, 12) },
          this.#keys.aes,
          whole(content),
        ),
      );
    } catch {
      return broken();
    }
  }
}

const frame = (type: number, content: Uint8Array): Uint8Array => {
  const out = new Uint8Array(1 + content.byteLength);
  out[0] = type;
  out.set(content, 1);
  return out;
};
