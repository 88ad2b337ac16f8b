/** @file Arrays by name with a header in JSON (github.com/huggingface/safetensors, "Format"). */
import { fail } from '../../errors.ts';
import { NDArray } from '../../numpy/index.ts';
import { bytesOfData, ELEMENTS, sizeOf, writtenAs } from './elements.ts';

const NAMES: Readonly<Record<string, string>> = {
  BOOL: 'b1',
  BF16: 'bf2',
  F16: 'f2',
  F32: 'f4',
  F64: 'f8',
  I8: 'i1',
  I16: 'i2',
  I32: 'i4',
  I64: 'i8',
  U8: 'u1',
  U16: 'u2',
  U32: 'u4',
  U64: 'u8',
};
const CODES = new Map(Object.entries(NAMES).map(([name, element]) => [element, name]));
/** The format's own limit of a header. */
const MOST_HEADER = 100_000_000;

const malformed = (what: string): never =>
  fail('SERIALIZATION', `the file of tensors cannot be read: ${what}`);

const headerLength = (bytes: Uint8Array): number | undefined => {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const n = view.getUint32(0, true) + view.getUint32(4, true) * 0x1_0000_0000;
  return n <= MOST_HEADER && 8 + n <= bytes.length ? n : undefined;
};

export const isSafetensors = (bytes: Uint8Array): boolean =>
  headerLength(bytes) !== undefined && bytes[8] === 0x7b;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}
const isEntry = (x: unknown): x is Entry => {
  if (typeof x !== 'object' || x === null) return false;
  const { dtype, shape, data_offsets: span } = x as Partial<Entry>;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    Array.isArray(span) &&
    span.length === 2 &&
    span.every((v) => Number.isInteger(v) && v >= 0)
  );
};

export const readSafetensors = (bytes: Uint8Array): Record<string, NDArray> => {
  const length = headerLength(bytes) ?? malformed('its header is longer than it');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    return malformed('its header is no JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return malformed('its header is no object');
  const body = bytes.subarray(8 + length);
  const spans: (readonly [number, number])[] = [];
  const arrays = Object.entries(header).flatMap(([name, entry]: [string, unknown]): [string, NDArray][] => {
    if (name === '__metadata__') return [];
    const path = JSON.stringify(name);
    if (!isEntry(entry)) return malformed(`${path} is described by nothing`);
    const element = Object.hasOwn(NAMES, entry.dtype) ? ELEMENTS[NAMES[entry.dtype] as string] : undefined;
    if (!element)
      return fail('UNSUPPORTED', `${path} holds numbers of ${entry.dtype}, which have no place here`);
    const [from, to] = entry.data_offsets;
    const size = sizeOf(entry.shape);
    if (size === undefined || to > body.length || to - from !== size * element.bytes)
      return malformed(`${path} of (${entry.shape.join(', ')}) does not lie from ${from} to ${to}`);
    spans.push([from, to]);
    const own = Uint8Array.from(body.subarray(from, to));
    return [[name, new NDArray([...entry.shape], element.dtype, element.of(own.buffer))]];
  });
  // One array after another, so that no byte is read twice.
  let at = 0;
  for (const [from, to] of spans.sort(([a], [b]) => a - b)) {
    if (from < at) return malformed('two arrays lie in the same bytes');
    at = to;
  }
  return Object.fromEntries(arrays);
};

export const writeSafetensors = (arrays: Readonly<Record<string, NDArray>>): Uint8Array => {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, dtype, data }]) => {
      const from = at;
      at += data.byteLength;
      return [name, { dtype: CODES.get(writtenAs(dtype)), shape, data_offsets: [from, at] }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + length + at).fill(0x20, 8, 8 + length);
  new DataView(out.buffer).setUint32(0, length, true);
  out.set(text, 8);
  let place = 8 + length;
  for (const { data } of Object.values(arrays)) {
    out.set(bytesOfData(data), place);
    place += data.byteLength;
  }
  return out;
};
