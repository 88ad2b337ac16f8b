/**
 * @file Values to bytes and back, for what parties send each other: data only, so that decoding never runs code.
 *
 * A message is a CBOR head and, behind it, the raw little-endian contents of its larger arrays ("segments", 16-byte
 * aligned), which are neither scanned nor copied on decoding:
 *
 *     u32 length of head | head: [[length of each segment], value] | padding | segment | padding | segment ...
 *
 * What JSON has no word for is the tag TYPED_TAG with [type, ...payload].
 */
import { Decoder, Encoder, Tag } from 'cbor-x/index-no-eval';
import { fail, TesseraError } from '../errors.ts';
import { type CodecLimits, DEFAULT_LIMITS, refuse, scan, TYPED_TAG } from './cbor-scan.ts';
import {
  arrayByName,
  littleEndian,
  type NUMBER_ARRAYS,
  type NumberArray,
  swapBytes,
} from './number-arrays.ts';
import {
  type AllowedList,
  ARRAY_ALIASES,
  allowance,
  sharedTypes,
  type TypeCodec,
  TypeRegistry,
  typeId,
} from './types.ts';

export interface CodecOptions {
  /** Which types may pass, both ways. Plain data (also bytes, bigint, Date, Map, Set) always may. Unset: every registered type. */
  readonly allowed?: AllowedList | undefined;
  readonly limits?: Partial<CodecLimits>;
  readonly types?: TypeRegistry;
}

export interface Codec {
  encode(value: unknown): Uint8Array;
  /** The result may share memory with `bytes`, which must not be written afterwards. */
  decode(bytes: Uint8Array): unknown;
}

/** Keys that the encoder would take for more than data. */
const ENCODER_HOOKS = ['constructor', 'toJSON'];
/** Arrays from this size on travel as segments. */
const SEGMENT_FROM = 512;
const ALIGN = 16;
/** How many CBOR levels one level of values can take: tag, list, entry. */
const LEVELS = 3;
const MAX_BIGINT_DIGITS = 1 << 16;

/** Half of a pair: text that UTF-8 has no bytes for, and that would arrive as another. It travels as UTF-16. */
const LONE = /\p{Surrogate}/u;

const unitsOf = (text: string): Uint8Array => {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  return new Uint8Array(view.buffer);
};

const textOf = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength & ~1);
  let text = '';
  for (let i = 0; i < view.byteLength; i += 2) text += String.fromCharCode(view.getUint16(i, true));
  return text;
};

const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true, copyBuffers: true } as object);

const typed = (type: string, ...payload: unknown[]): Tag => new Tag([type, ...payload], TYPED_TAG);

/** The walk that turns a value into what CBOR can say. */
class Writer {
  readonly segments: Uint8Array[] = [];
  readonly #codec: DataCodec;
  readonly #open = new Set<object>();
  #items = 0;

  constructor(codec: DataCodec) {
    this.#codec = codec;
  }

  plain(value: unknown, path: string): unknown {
    const { limits } = this.#codec;
    this.#items += 1;
    if (this.#items > limits.maxItems)
      refuse(`${path} is the ${limits.maxItems + 1}th value: too many for one message`);
    switch (typeof value) {
      case 'number':
        return Object.is(value, -0) ? typed('-0') : value;
      case 'string':
        if (
          value.length > limits.maxStringBytes / 3 &&
          new TextEncoder().encode(value).length > limits.maxStringBytes
        ) {
          refuse(`${path} is a string over the limit of ${limits.maxStringBytes} bytes`, { path });
        }
        return LONE.test(value) ? typed('utf16', unitsOf(value)) : value;
      case 'boolean':
      case 'undefined':
        return value;
      case 'bigint':
        return typed('bigint', value < 0n, (value < 0n ? -value : value).toString(16));
      case 'object':
        return value === null ? null : this.#object(value, path);
      default:
        return refuse(`${path} is a ${typeof value}, which cannot be sent`, { path });
    }
  }

  #object(value: object, path: string): unknown {
    if (this.#open.has(value)) refuse(`${path} contains itself`, { path });
    if (this.#open.size >= this.#codec.limits.maxDepth) refuse(`${path} is nested too deep`, { path });
    this.#open.add(value);
    const result = this.#content(value, path);
    this.#open.delete(value);
    return result;
  }

  #content(value: object, path: string): unknown {
    if (value.constructor === Uint8Array) return this.#bytes(value as Uint8Array) ?? value;
    if (Array.isArray(value)) return Array.from(value, (item, i) => this.plain(item, `${path}[${i}]`));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#record(value, path);
    const custom = this.#codec.types.find(value);
    if (custom !== undefined) {
      this.#codec.check(custom, path);
      return typed(typeId(custom), this.plain(custom.encode(value), `${path}<${typeId(custom)}>`));
    }
    if (value instanceof Uint8Array) return this.#bytes(value) ?? new Uint8Array(value);
    if (ArrayBuffer.isView(value) && arrayByName.has(value.constructor.name)) {
      return this.#numbers(value as NumberArray, path);
    }
    if (value instanceof Date) return typed('Date', value.getTime());
    if (value instanceof Map) {
      return typed(
        'Map',
        ...Array.from(value, ([k, v], i) => [
          this.plain(k, `${path}.key${i}`),
          this.plain(v, `${path}.value${i}`),
        ]),
      );
    }
    if (value instanceof Set)
      return typed('Set', ...Array.from(value, (v, i) => this.plain(v, `${path}.member${i}`)));
    const name = value.constructor?.name ?? 'object without a class';
    return refuse(
      `${path} is a ${name}, which is no registered type: make it known to all parties with registerType`,
      { path },
    );
  }

  #record(value: object, path: string): unknown {
    if (
      ENCODER_HOOKS.some((key) => Object.hasOwn(value, key)) ||
      Object.keys(value).some((k) => LONE.test(k))
    ) {
      return typed(
        'record',
        ...Object.entries(value).map(([key, item]) => [
          this.plain(key, `${path}'s key`),
          this.plain(item, `${path}.${key}`),
        ]),
      );
    }
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__') refuse(`${path} has a key "__proto__"`, { path });
      out[key] = this.plain(item, `${path}.${key}`);
    }
    return out;
  }

  #bytes(value: Uint8Array): Tag | undefined {
    if (value.byteLength < SEGMENT_FROM) return;
    return typed('bytes', this.segments.push(value) - 1);
  }

  #numbers(value: NumberArray, path: string): unknown {
    const name = value.constructor.name;
    this.#codec.check({ module: 'tessera', name, aliases: ARRAY_ALIASES }, path);
    const raw = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const bytes = littleEndian ? raw : swapBytes(raw.slice(), value.BYTES_PER_ELEMENT);
    if (bytes.byteLength < SEGMENT_FROM) return typed(name, new Uint8Array(bytes));
    return typed(name, this.segments.push(bytes) - 1);
  }
}

/** The walk back. Depth and count are within the limits already: `scan` saw to it. */
class Reader {
  readonly #codec: DataCodec;
  readonly #segments: (Uint8Array | undefined)[];

  constructor(codec: DataCodec, segments: Uint8Array[]) {
    this.#codec = codec;
    this.#segments = segments;
  }

  value(data: unknown): unknown {
    if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data;
    if (data instanceof Tag) return this.#typed(data.value);
    if (Array.isArray(data)) {
      for (let i = 0; i < data.length; i++) data[i] = this.value(data[i]);
      return data;
    }
    const record = data as Record<string, unknown>;
    for (const key of Object.keys(record)) record[key] = this.value(record[key]);
    return record;
  }

  #typed(content: unknown): unknown {
    if (!Array.isArray(content) || typeof content[0] !== 'string') return refuse('a typed value has no type');
    const [type, ...payload] = content as [string, ...unknown[]];
    const [first, second] = payload;
    switch (type) {
      case '-0':
        return -0;
      case 'bytes':
        return this.#segment(first);
      case 'bigint':
        if (typeof second !== 'string' || second.length > MAX_BIGINT_DIGITS || !/^[0-9a-f]+$/.test(second))
          refuse('a bigint is malformed');
        return first === true ? -BigInt(`0x${second}`) : BigInt(`0x${second}`);
      case 'utf16':
        return first instanceof Uint8Array ? textOf(first) : refuse('text is malformed');
      case 'Date':
        return typeof first === 'number' ? new Date(first) : refuse('a Date is malformed');
      case 'Set':
        return new Set(payload.map((item) => this.value(item)));
      case 'Map':
        return new Map(
          payload.map((entry) =>
            Array.isArray(entry) && entry.length === 2
              ? [this.value(entry[0]), this.value(entry[1])]
              : refuse('a Map is malformed'),
          ),
        );
    }
    if (type === 'record') return this.#record(payload);
    const array = arrayByName.get(type);
    if (array !== undefined) return this.#numbers(array, first);
    const custom =
      this.#codec.types.get(type) ??
      refuse(`type "${type}" is not known here: register it with registerType`, { type });
    this.#codec.check(custom, 'the message');
    const data = this.value(first);
    try {
      return custom.decode(data);
    } catch (cause) {
      throw new TesseraError('SERIALIZATION', `the data for type "${type}" is not valid`, { type }, cause);
    }
  }

  #record(entries: unknown[]): unknown {
    const out: Record<string, unknown> = {};
    for (const entry of entries) {
      const key = Array.isArray(entry) ? this.value(entry[0]) : undefined;
      if (typeof key !== 'string' || key === '__proto__') return refuse('a record is malformed');
      out[key] = this.value((entry as unknown[])[1]);
    }
    return out;
  }

  /** Each segment may be used once, so that no two values share memory. */
  #segment(index: unknown): Uint8Array {
    const bytes = typeof index === 'number' ? this.#segments[index] : undefined;
    if (bytes === undefined) return refuse('an array points nowhere');
    this.#segments[index as number] = undefined;
    return bytes;
  }

  #numbers(type: (typeof NUMBER_ARRAYS)[number], content: unknown): NumberArray {
    const { name, BYTES_PER_ELEMENT: width } = type;
    this.#codec.check({ module: 'tessera', name, aliases: ARRAY_ALIASES }, 'the message');
    let bytes = content instanceof Uint8Array ? content : this.#segment(content);
    if (bytes.byteLength % width !== 0) refuse(`a ${name} of ${bytes.byteLength} bytes is malformed`);
    if (bytes.byteOffset % width !== 0 || !littleEndian) bytes = new Uint8Array(bytes);
    if (!littleEndian) swapBytes(bytes, width);
    return new type(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / width);
  }
}

class DataCodec implements Codec {
  readonly limits: CodecLimits;
  readonly types: TypeRegistry;
  readonly #allows: ReturnType<typeof allowance>;

  constructor(options: CodecOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.types = options.types ?? sharedTypes();
    this.#allows = allowance(options.allowed);
  }

  check(
    type: TypeCodec | { module: string; name: string; aliases: readonly { module: string; name: string }[] },
    path: string,
  ): void {
    if (this.#allows(type)) return;
    refuse(
      `${path} holds a "${typeId(type)}", which the allow-list does not name: ` +
        `add { "${type.module}": ["${type.name}"] } to cross_silo_serializing_allowed_list at all parties`,
      { type: typeId(type), path },
    );
  }

  encode(value: unknown): Uint8Array {
    const writer = new Writer(this);
    const plain = writer.plain(value, 'value');
    const { segments } = writer;
    const head = encoder.encode([segments.map((s) => s.byteLength), plain]);
    let size = 4 + head.byteLength;
    for (const segment of segments) size = aligned(size) + segment.byteLength;
    if (size > this.limits.maxBytes) {
      fail(
        'SERIALIZATION',
        `a value of ${size} bytes is over the limit of ${this.limits.maxBytes} for one message`,
        { size },
      );
    }
    const out = new Uint8Array(size);
    new DataView(out.buffer).setUint32(0, head.byteLength, true);
    out.set(head, 4);
    let at = 4 + head.byteLength;
    for (const segment of segments) {
      at = aligned(at);
      out.set(segment, at);
      at += segment.byteLength;
    }
    return out;
  }

  decode(bytes: Uint8Array): unknown {
    if (bytes.byteLength > this.limits.maxBytes) {
      refuse(`a message of ${bytes.byteLength} bytes is over the limit of ${this.limits.maxBytes}`);
    }
    if (bytes.byteLength < 4) refuse('the message is truncated');
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (length > bytes.byteLength - 4) refuse('the message is truncated');
    const head = bytes.subarray(4, 4 + length);
    scan(head, { ...this.limits, maxDepth: LEVELS * (this.limits.maxDepth + 1) });
    let parsed: unknown;
    try {
      parsed = decoder.decode(head);
    } catch (cause) {
      throw new TesseraError('SERIALIZATION', 'the message is not valid CBOR', {}, cause);
    }
    if (!Array.isArray(parsed) || parsed.length !== 2 || !Array.isArray(parsed[0]))
      return refuse('the message has no head');
    return new Reader(this, cutSegments(bytes, 4 + length, parsed[0] as unknown[])).value(parsed[1]);
  }
}

const aligned = (at: number): number => Math.ceil(at / ALIGN) * ALIGN;

const cutSegments = (bytes: Uint8Array, from: number, lengths: unknown[]): Uint8Array[] => {
  let at = from;
  const segments = lengths.map((length) => {
    if (typeof length !== 'number' || !Number.isInteger(length) || length < 0)
      return refuse('a segment has no length');
    at = aligned(at);
    if (length > bytes.byteLength - at) refuse('the message is truncated');
    // Not subarray: of a Buffer it would be a Buffer again.
    const segment = new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
    at += length;
    return segment;
  });
  if (at !== bytes.byteLength) refuse(`${bytes.byteLength - at} bytes follow the message`);
  return segments;
};

/** A codec with an allow-list and limits of its own. */
export const createCodec = (options: CodecOptions = {}): Codec => new DataCodec(options);

/**
 * For errors, control messages and handshakes: small plain data only. No allow-list applies, so that no setting can
 * keep an error from arriving.
 */
export const controlCodec: Codec = new DataCodec({
  limits: { maxBytes: 1 << 20, maxDepth: 16, maxItems: 20_000, maxStringBytes: 1 << 16 },
  types: new TypeRegistry(),
});
