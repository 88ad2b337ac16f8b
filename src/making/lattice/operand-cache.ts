/**
 * @file Encrypted operands that stay where they were sent, so that each serves all its products. Who encrypted them and who has them
 * keep the same list and forget the same ones: as long as both ask for the same in the same order.
 */

import type { Cipher } from './matrices.ts';

export interface Entry {
  readonly bytes: number;
  /** Ciphertexts, as they come; none at who encrypted them. */
  readonly ciphers: Cipher[];
}

export class Kept {
  readonly #limit: number;
  /** The one used last is the last one. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** Most bytes that are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** An operand that was sent, or else is to be. */
  use(key: string, bytes: number): { readonly entry: Entry; readonly fresh: boolean } {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return { entry: known, fresh: false };
    }
    const entry = { bytes, ciphers: [] };
    this.#entries.set(key, entry);
    this.#bytes += bytes;
    for (const [oldest, { bytes: size }] of this.#entries) {
      if (this.#bytes <= this.#limit || this.#entries.size === 1) break;
      this.#entries.delete(oldest);
      this.#bytes -= size;
    }
    return { entry, fresh: true };
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
