/** @file Where a party gets the dealer's material from, gate by gate: corrections at rank 0, broadcasts at all parties. */

import type { Chunk } from './material-context.ts';

export interface MaterialSource {
  /** The chunks of one gate. Gates may be asked for in another order than they were dealt in. */
  take(gate: number): Promise<readonly Chunk[]> | readonly Chunk[];
}

/** Size of a packed correction. */
export const packedSize = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((n, c) => n + c.length, 12 + 4 * chunks.length);

/** One gate's chunks as one message: gate number (f64), count (u32), sizes (u32 each), data. Little-endian. */
export const packCorrection = (gate: number, chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const head = 12 + 4 * chunks.length;
  const out = new Uint8Array(packedSize(chunks));
  const view = new DataView(out.buffer);
  view.setFloat64(0, gate, true);
  view.setUint32(8, chunks.length, true);
  let at = head;
  chunks.forEach((chunk, i) => {
    view.setUint32(12 + 4 * i, chunk.length, true);
    out.set(chunk, at);
    at += chunk.length;
  });
  return out;
};

export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** All corrections of a message, which may hold several. */
export function* unpackCorrections(message: Uint8Array): Generator<{ gate: number; chunks: Uint8Array[] }> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  for (let at = 0; at < message.length; ) {
    const gate = view.getFloat64(at, true);
    const count = view.getUint32(at + 8, true);
    const sizes = at + 12;
    at = sizes + 4 * count;
    const chunks = Array.from({ length: count }, (_, i) => {
      const size = view.getUint32(sizes + 4 * i, true);
      at += size;
      return message.subarray(at - size, at);
    });
    yield { gate, chunks };
  }
}

/** Corrections that arrive in dealing order and wait until their gate runs. */
export class MaterialQueue implements MaterialSource {
  #arrived = new Map<number, readonly Uint8Array[]>();
  #waiting = new Map<
    number,
    { resolve: (chunks: readonly Uint8Array[]) => void; reject: (e: unknown) => void }
  >();
  #failure: unknown;
  /** Called with the chunks that were taken, so that they can be acknowledged to the sender. */
  readonly #taken: (chunks: readonly Uint8Array[]) => void;

  constructor(taken: (chunks: readonly Uint8Array[]) => void) {
    this.#taken = taken;
  }

  put(gate: number, chunks: readonly Uint8Array[]): void {
    const waiting = this.#waiting.get(gate);
    if (!waiting) {
      this.#arrived.set(gate, chunks);
      return;
    }
    this.#waiting.delete(gate);
    this.#taken(chunks);
    waiting.resolve(chunks);
  }

  take(gate: number): Promise<readonly Uint8Array[]> | readonly Uint8Array[] {
    const chunks = this.#arrived.get(gate);
    if (chunks) {
      this.#arrived.delete(gate);
      this.#taken(chunks);
      return chunks;
    }
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiting.set(gate, { resolve, reject }));
  }

  fail(error: unknown): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
