/** @file A conversation with one other party: messages in order, large ones in chunks, and every one of the size that is due. */
import { TesseraError } from '../errors.ts';
import type { Channel } from '../link/link.ts';
import type { SetMemory } from '../ring/set-memory.ts';

/** Bytes of a chunk: a multiple of what a product works on (16 elements) and of a block of a stream. */
export const CHUNK = 1 << 20;

type Done = void | Promise<void>;

export class Wire {
  readonly peer: string;
  readonly #channel: Channel;
  #sent = 0;
  #received = 0;

  constructor(channel: Channel, peer: string) {
    this.#channel = channel;
    this.peer = peer;
  }

  /** Hands over a buffer of its own. */
  async send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#channel.send(this.peer, this.#sent++, bytes);
  }

  /** The next message. Throws SERIALIZATION if it has another size. */
  async receive(bytes: number, what: string): Promise<Uint8Array> {
    const message = await this.#channel.recv(this.peer, this.#received++);
    if (message.byteLength !== bytes)
      throw new TesseraError(
        'SERIALIZATION',
        `${this.peer} sent ${message.byteLength} bytes as ${what}, where ${bytes} were due`,
        { party: this.peer },
      );
    return message;
  }

  /** Sends a stretch of memory in chunks. `ready` is called before one is copied, with where it begins and its bytes. */
  async sendFrom(
    memory: SetMemory,
    at: number,
    bytes: number,
    ready?: (offset: number, size: number) => Done,
    chunk = CHUNK,
  ): Promise<void> {
    for (let offset = 0; offset < bytes; offset += chunk) {
      const size = Math.min(chunk, bytes - offset);
      await ready?.(offset, size);
      await this.send(memory.bytes(at + offset, size).slice());
    }
  }

  /** Fills a stretch of memory. `came` is called behind each chunk. */
  async receiveInto(
    memory: SetMemory,
    at: number,
    bytes: number,
    what: string,
    came?: (offset: number, size: number) => Done,
    chunk = CHUNK,
  ): Promise<void> {
    for (let offset = 0; offset < bytes; offset += chunk) {
      const size = Math.min(chunk, bytes - offset);
      const message = await this.receive(size, what);
      memory.bytes(at + offset, size).set(message);
      await came?.(offset, size);
    }
  }

  close(): void {
    this.#channel.close();
  }
}
