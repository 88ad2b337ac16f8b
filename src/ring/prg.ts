/**
 * @file The PRG: the RFC 8439 ChaCha20 key stream, the same bytes on every runtime.
 *
 * Key = seed, nonce = gate (u64, little-endian) then draw (u32), block counter = offset / 64.
 */

import { fail } from '../errors.ts';
import type { Arr } from './array.ts';
import type { Ring } from './ring.ts';
import { streamCrypto } from './runtime.ts';

export { randomBytes } from './runtime.ts';

const CHUNK = 65536;
/** Below this many bytes the kernel is faster than a call of the host's cipher. */
const SMALL = 4096;
/** A stream ends where its block counter would wrap. */
const STREAM = 2 ** 32 * 64;

export type PrgSource = 'auto' | 'wasm' | 'host';

let host: ReturnType<typeof streamCrypto> | null = null;
const zeros = new Uint8Array(CHUNK);

export class Prg {
  readonly #ring: Ring;
  readonly #seed: Uint8Array;
  readonly #key: number[];
  readonly #source: PrgSource;

  constructor(ring: Ring, seed: Uint8Array, source: PrgSource = 'auto') {
    if (seed.length !== 32) fail('INVALID_ARGUMENT', `a PRG seed has 32 bytes, not ${seed.length}`);
    this.#ring = ring;
    this.#seed = seed.slice();
    const view = new DataView(this.#seed.buffer);
    this.#key = Array.from({ length: 8 }, (_, i) => view.getUint32(i * 4, true));
    this.#source = source;
    if (host === null) host = streamCrypto();
  }

  /** dst = bytes byteOffset.. of the stream (gate, draw); byteOffset is a multiple of 64. */
  fill(dst: Arr, gate: number, draw: number, byteOffset = 0): void {
    if (!Number.isSafeInteger(gate) || gate < 0) fail('RANGE', `PRG gate ${gate} is not in 0..2^53`);
    if (!Number.isInteger(draw) || draw < 0 || draw >= 2 ** 32)
      fail('RANGE', `PRG draw ${draw} is not in 0..2^32`);
    if (!(byteOffset >= 0 && byteOffset % 64 === 0 && byteOffset + dst.bytes <= STREAM)) {
      fail('RANGE', `PRG offset ${byteOffset} (+${dst.bytes}) is no multiple of 64 inside of 2^38`);
    }
    const out = this.#ring.u8(dst);
    const counter = byteOffset / 64;
    const low = gate % 2 ** 32;
    const high = Math.floor(gate / 2 ** 32);
    const useHost = host && this.#source !== 'wasm' && (this.#source === 'host' || out.length >= SMALL);
    if (!useHost || !host) {
      const key = this.#key as [number, number, number, number, number, number, number, number];
      this.#ring.kernels.chacha20(dst.ptr, dst.bytes, counter, ...key, low, high, draw);
      return;
    }
    const iv = new Uint8Array(16);
    const words = new DataView(iv.buffer);
    [counter, low, high, draw].forEach((word, i) => {
      words.setUint32(i * 4, word, true);
    });
    const cipher = host.createCipheriv('chacha20', this.#seed, iv);
    for (let i = 0; i < out.length; i += CHUNK) {
      out.set(cipher.update(out.length - i < CHUNK ? zeros.subarray(0, out.length - i) : zeros), i);
    }
  }
}
