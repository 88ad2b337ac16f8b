/** @file What passed between two parties for an SPU, so that each can say of it what the other finds to be true. */

/** Of a frame the first bytes are kept, and of all frames together so many. */
const HEAD = 4096;
const MOST = 1 << 20;

/** Bytes in one direction, in the order in which they went. */
class Passage {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(frame: Uint8Array): void {
    const part = frame.subarray(0, Math.min(HEAD, MOST - this.#length));
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** SHA-256 of the first n bytes, in hexadecimal. */
  async digest(n: number): Promise<string> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', all.subarray(0, n)));
    return Array.from(hash, (b) => b.toString(16).padStart(2, '0')).join('');
  }
}

/** Both directions, as one party sees them. */
export class Witness {
  readonly sent = new Passage();
  readonly received = new Passage();
}
