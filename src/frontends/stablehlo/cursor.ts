/** @file Bytes that are read one after the other, from a file that may be hostile: nothing is read beyond the end. */
import { malformed } from './module.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  #at = 0;

  /** `start`: where the bytes begin in the file, for errors. */
  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
  }

  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.bytes.length - this.#at;
  }
  get place(): string {
    return `byte ${this.#start + this.#at}`;
  }

  fail(what: string): never {
    return malformed(what, this.place);
  }

  byte(): number {
    if (this.left < 1) this.fail('it ends too early');
    return this.bytes[this.#at++] as number;
  }

  /** The next n bytes, which are not copied. */
  take(n: number): Uint8Array {
    if (n > this.left) this.fail(`${n} bytes are announced, ${this.left} are left`);
    this.#at += n;
    return this.bytes.subarray(this.#at - n, this.#at);
  }

  /** A reader of the next n bytes alone. */
  part(n: number): Cursor {
    const start = this.#start + this.#at;
    return new Cursor(this.take(n), start);
  }

  /** A second reader of all the bytes, from their beginning. */
  again(): Cursor {
    return new Cursor(this.bytes, this.#start);
  }

  /** MLIR's variable-length integer: the zeros at the low end of the first byte say how many bytes follow. */
  varint(): number {
    const first = this.byte();
    if (first & 1) return first >>> 1;
    const value = this.#wide(first);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail('a number is too large');
    return Number(value);
  }

  /** As `varint`, of 64 bits. */
  bigVarint(): bigint {
    const first = this.byte();
    return first & 1 ? BigInt(first >>> 1) : this.#wide(first);
  }

  #wide(first: number): bigint {
    const zeros = first === 0 ? 8 : 31 - Math.clz32(first & -first);
    if (this.left < zeros) this.fail('it ends too early');
    let value = first === 0 ? 0n : BigInt(first);
    const from = first === 0 ? 0n : 8n;
    for (let i = 0; i < zeros; i++)
      value |= BigInt(this.bytes[this.#at + i] as number) << (from + 8n * BigInt(i));
    this.#at += zeros;
    return first === 0 ? value : value >> BigInt(zeros + 1);
  }

  /** Zigzag: the sign is the lowest bit. */
  signed(): bigint {
    const value = this.bigVarint();
    return (value >> 1n) ^ -(value & 1n);
  }
  /** A number and the flag in its lowest bit. */
  flagged(): readonly [number, boolean] {
    const value = this.varint();
    return [Math.floor(value / 2), value % 2 === 1];
  }

  /** How many things follow: no more than there are bytes. */
  count(): number {
    const n = this.varint();
    if (n > this.left) this.fail(`${n} entries are announced, ${this.left} bytes are left`);
    return n;
  }

  text(n: number): string {
    const place = this.place;
    try {
      return utf8.decode(this.take(n));
    } catch (e) {
      if (e instanceof TypeError) return malformed('text is not UTF-8', place);
      throw e;
    }
  }

  /** Text up to a zero. */
  zeroTerminated(): string {
    const end = this.bytes.indexOf(0, this.#at);
    if (end < 0) this.fail('text does not end');
    const text = this.text(end - this.#at);
    this.#at++;
    return text;
  }

  align(to: number): void {
    if (to < 1 || to > 1 << 20) this.fail(`an alignment of ${to}`);
    while ((this.#start + this.#at) % to !== 0) this.byte();
  }

  uint32(): number {
    const at = this.#at;
    this.take(4);
    return this.#view.getUint32(at, true);
  }
}
