/**
 * @file The PRG: the RFC 8439 ChaCha20 key stream, the same bytes on every runtime.
 *
 * Key = seed, nonce = gate (u64, little-endian) then draw (u32), block counter = offset / 64.
 */

import { fail } from '../errors.ts';
import type { Arr } from './array.ts';
import * as math from './math/index.ts';
import type { Kernel } from './modules.ts';
import type { Ring } from './ring.ts';
import { hostStream } from './stream.ts';

export { randomBytes } from '#kernel-host';

/** A stream ends where its block counter would wrap. */
const STREAM = math.pow2(32) * 64;

/** `wasm` and `host` name one of the two that `auto` takes as they are faster. */
export type PrgSource = 'auto' | 'wasm' | 'host';

export class Prg {
  readonly #ring: Ring;
  readonly #key: readonly number[];
  readonly #stream: Kernel;

  constructor(ring: Ring, seed: Uint8Array, source: PrgSource = 'auto') {
    if (seed.length !== 32) fail('INVALID_ARGUMENT', `a PRG seed has 32 bytes, not ${seed.length}`);
    this.#ring = ring;
    const view = new DataView(seed.slice().buffer);
    this.#key = Array.from({ length: 8 }, (_, i) => view.getUint32(i * 4, true));
    const { kernels, memory } = ring;
    const host = source === 'host' ? hostStream(memory) : undefined;
    this.#stream = host ?? (source === 'wasm' ? kernels.chacha20 : kernels.stream);
  }

  /** dst = bytes byteOffset.. of the stream (gate, draw); byteOffset is a multiple of 64. */
  fill(dst: Arr, gate: number, draw: number, byteOffset = 0): void {
    if (!Number.isSafeInteger(gate) || gate < 0) fail('RANGE', `PRG gate ${gate} is not in 0..2^53`);
    if (!Number.isInteger(draw) || draw < 0 || draw >= math.pow2(32))
      fail('RANGE', `PRG draw ${draw} is not in 0..2^32`);
    if (!(byteOffset >= 0 && byteOffset % 64 === 0 && byteOffset + dst.bytes <= STREAM)) {
      fail('RANGE', `PRG offset ${byteOffset} (+${dst.bytes}) is no multiple of 64 below 2^38`);
    }
    this.#ring.live(dst);
    const high = Math.floor(gate / math.pow2(32));
    this.#stream(dst.ptr, dst.bytes, byteOffset / 64, ...this.#key, gate % math.pow2(32), high, draw);
  }
}
