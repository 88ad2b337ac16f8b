/** @file Memory for work on sets of identifiers: taken chunk by chunk, and given back as a whole when nobody holds it any more. */
import { TesseraError } from '../errors.ts';
import { loadSetKernels, type SetKernels } from './kernels.ts';

const ALIGN = 64;
const PAGE = 65536;
const MOST = 65536 * PAGE;

export class SetMemory {
  readonly kernels: SetKernels;
  readonly #memory: WebAssembly.Memory;
  #top: number;

  private constructor(kernels: SetKernels, memory: WebAssembly.Memory) {
    this.kernels = kernels;
    this.#memory = memory;
    this.#top = kernels.heapBase() >>> 0;
  }

  static async create(): Promise<SetMemory> {
    const { kernels, memory } = await loadSetKernels();
    return new SetMemory(kernels, memory);
  }

  /** Bytes taken so far. */
  get used(): number {
    return this.#top;
  }

  /** The address of `bytes` bytes, whose contents are whatever was there. Throws OUT_OF_MEMORY. */
  take(bytes: number): number {
    const at = Math.ceil(this.#top / ALIGN) * ALIGN;
    const top = at + bytes;
    const missing = top - this.#memory.buffer.byteLength;
    try {
      if (top > MOST) throw new RangeError('beyond 4 GiB');
      if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      const message = `sets of identifiers need ${top} bytes here, which the host does not give`;
      throw new TesseraError('OUT_OF_MEMORY', message, { bytes: top }, cause);
    }
    this.#top = top;
    return at;
  }

  /** Gives back all that was taken since `used` was `top`. */
  release(top: number): void {
    this.#top = top;
  }

  /** A view, valid until more is taken. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, at, length);
  }

  /** A view, valid until more is taken. */
  words(at: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#memory.buffer as ArrayBuffer, at, length);
  }

  /** Bytes of the ChaCha20 stream of a key (32 bytes) and a number, from a place that is a multiple of 64. */
  stream(at: number, bytes: number, key: Uint8Array, number: number, place = 0): void {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const words = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
    const [k0, k1, k2, k3, k4, k5, k6, k7] = words as [
      number, number, number, number, number, number, number, number,
    ]; // biome-ignore format: eight words
    this.kernels.stream(at, bytes, place / 64, k0, k1, k2, k3, k4, k5, k6, k7, number, 0, 0);
  }
}
