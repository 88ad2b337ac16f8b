/**
 * @file Protocol buffers: fields of a message, one after the other (protobuf.dev, "Encoding"), from a file that may be hostile, and back. A
 * message is read by a table of what is done with each field; fields that the table does not have are skipped.
 */
import { LIMITS, malformed } from './model.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const TWO32 = 0x1_0000_0000;
const VARINT = 0;
const WIDE = 1;
const BYTES = 2;
const NARROW = 5;

export type Fields = Readonly<Record<number, (field: Reader) => void>>;

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #depth: number;
  readonly #end: number;
  #at: number;
  /** How the field at hand is written. */
  #form = BYTES;
  /** Halves of the last varint. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length, depth = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = from;
    this.#end = end;
    this.#depth = depth;
  }

  get place(): string {
    return `byte ${this.#at}`;
  }
  get left(): number {
    return this.#end - this.#at;
  }
  fail(what: string): never {
    return malformed(what, this.place);
  }

  /** Reads all fields. */
  read(fields: Fields): void {
    while (this.#at < this.#end) {
      this.#varint();
      if (this.#high !== 0) this.fail('a field with a number that no field has');
      const tag = this.#low;
      this.#form = tag & 7;
      const field = fields[tag >>> 3];
      if (field) field(this);
      else this.#skip();
    }
  }

  /** A message in this field. */
  message(fields: Fields): void {
    this.#sub().read(fields);
  }

  text(): string {
    const place = this.place;
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch (e) {
      if (e instanceof TypeError) return malformed('text is not UTF-8', place);
      throw e;
    }
  }

  /** The bytes of this field, which are not copied. */
  bytes(): Uint8Array {
    const n = this.#length();
    this.#at += n;
    return this.#bytes.subarray(this.#at - n, this.#at);
  }

  /** A whole number; of 64 bits to what a float64 holds. */
  int(): number {
    this.#expect(VARINT);
    this.#varint();
    return this.#signed();
  }
  float(): number {
    this.#expect(NARROW);
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** Numbers of a field that is repeated, alone or packed. */
  ints(into: number[]): void {
    this.#repeated(VARINT, (r) => {
      r.#varint();
      into.push(r.#signed());
    });
  }
  floats(into: number[]): void {
    this.#repeated(NARROW, (r) => into.push(r.#view.getFloat32(r.#take(4), true)));
  }
  doubles(into: number[]): void {
    this.#repeated(WIDE, (r) => into.push(r.#view.getFloat64(r.#take(8), true)));
  }
  /** Numbers of 64 bits as halves, the low one first. */
  halves(into: number[]): void {
    this.#repeated(VARINT, (r) => {
      r.#varint();
      into.push(r.#low, r.#high);
    });
  }

  #repeated(form: number, one: (reader: Reader) => void): void {
    if (this.#form !== BYTES) {
      this.#expect(form);
      one(this);
      return;
    }
    const packed = this.#sub();
    while (packed.left > 0) one(packed);
  }

  #sub(): Reader {
    if (this.#depth >= LIMITS.depth) this.fail(`messages lie in one another more than ${LIMITS.depth} deep`);
    const n = this.#length();
    const sub = new Reader(this.#bytes, this.#at, this.#at + n, this.#depth + 1);
    this.#at += n;
    return sub;
  }

  #length(): number {
    this.#expect(BYTES);
    this.#varint();
    const n = this.#high * TWO32 + this.#low;
    if (n > this.left) this.fail(`${n} bytes are announced, ${this.left} are left`);
    return n;
  }

  #expect(form: number): void {
    if (this.#form !== form) this.fail('a field is of another kind than ONNX has it');
  }

  #skip(): void {
    if (this.#form === VARINT) this.#varint();
    else if (this.#form === BYTES) this.bytes();
    else if (this.#form === WIDE) this.#take(8);
    else if (this.#form === NARROW) this.#take(4);
    else this.fail(`a field of kind ${this.#form}`);
  }

  #take(n: number): number {
    if (n > this.left) this.fail('it ends too early');
    this.#at += n;
    return this.#at - n;
  }

  #signed(): number {
    return (this.#high | 0) * TWO32 + this.#low;
  }

  /** Seven bits a byte, the low ones first, of 64 bits. */
  #varint(): void {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) this.fail('it ends too early');
      const byte = this.#bytes[this.#at++] as number;
      const bits = byte & 127;
      if (shift < 32) low |= bits << shift;
      if (shift > 24) high |= shift < 32 ? bits >>> (32 - shift) : shift < 64 ? bits << (shift - 32) : 0;
      if (byte < 128) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    this.fail('a number of more than 64 bits');
  }
}

const encoder = new TextEncoder();

/** Writes fields of a message. */
export class Writer {
  readonly #parts: number[] = [];

  int(field: number, value: number): this {
    this.#tag(field, VARINT);
    this.#varint(value);
    return this;
  }
  float(field: number, value: number): this {
    this.#tag(field, NARROW);
    this.#parts.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }
  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, BYTES);
    this.#varint(value.length);
    for (const byte of value) this.#parts.push(byte);
    return this;
  }
  message(field: number, write: (writer: Writer) => void): this {
    const inner = new Writer();
    write(inner);
    return this.bytes(field, inner.done());
  }
  done(): Uint8Array {
    return Uint8Array.from(this.#parts);
  }

  #tag(field: number, form: number): void {
    this.#varint(field * 8 + form);
  }
  #varint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#parts.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#parts.push(Number(rest));
  }
}
