/** @file Zip archives, as NumPy writes them (APPNOTE.TXT of PKWARE): stored or deflated entries, sizes of 64 bits. */
import { fail } from '../../errors.ts';

const malformed = (what: string): never => fail('SERIALIZATION', `the archive cannot be read: ${what}`);

const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
/** In place of a size of 32 bits: it stands in the extra field. */
const WIDE = 0xffffffff;
const MOST_ENTRIES = 100_000;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** As many bytes as were announced, and no more. */
const inflated = async (bytes: Uint8Array, size: number): Promise<Uint8Array> => {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let got = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      got += value.length;
      if (got > size) break;
      parts.push(value);
    }
  } catch (e) {
    if (e instanceof TypeError || (e as { code?: string }).code !== undefined)
      return malformed('its entries are damaged');
    throw e;
  } finally {
    reader.cancel().catch(() => {});
  }
  if (got !== size) return malformed('an entry is of another size than it says');
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** Entries by name, one after another, so that one is in memory at a time. */
export async function* entriesOf(bytes: Uint8Array): AsyncGenerator<readonly [string, Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (at: number, n: number): number =>
    Number.isInteger(at) && at >= 0 && at + n <= bytes.length ? at : malformed('it ends too early');
  const u16 = (at: number): number => view.getUint16(has(at, 2), true);
  const u32 = (at: number): number => view.getUint32(has(at, 4), true);
  const u64 = (at: number): number => u32(at) + u32(at + 4) * 0x1_0000_0000;
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 66_000 && u32(end) !== END) end--;
  if (end < 0 || u32(end) !== END) return malformed('it has no end');
  const count = u16(end + 10);
  if (count > MOST_ENTRIES) return malformed(`${count} entries`);
  let at = u32(end + 16);
  for (let i = 0; i < count; i++) {
    if (u32(at) !== ENTRY) return malformed('a list of entries that is none');
    const [flags, method, nameLength, extraLength] = [u16(at + 8), u16(at + 10), u16(at + 28), u16(at + 30)];
    if (flags & 1) return fail('UNSUPPORTED', 'the archive is encrypted');
    const name = new TextDecoder().decode(bytes.subarray(has(at + 46, nameLength), at + 46 + nameLength));
    // Sizes and places of 64 bits stand in the extra field, in this order, each where the short one is full.
    let wide = at + 46 + nameLength;
    const stop = wide + extraLength;
    while (wide + 4 <= stop && u16(wide) !== 1) wide += 4 + u16(wide + 2);
    wide += 4;
    const long = (short: number): number => {
      if (short !== WIDE) return short;
      const value = u64(wide <= stop - 8 ? wide : bytes.length);
      wide += 8;
      return value;
    };
    const [packedAt, sizeAt, placeAt] = [u32(at + 20), u32(at + 24), u32(at + 42)];
    const size = long(sizeAt);
    const packed = long(packedAt);
    const local = long(placeAt);
    if (u32(local) !== LOCAL) return malformed('an entry that is none');
    const from = has(local + 30 + u16(local + 26) + u16(local + 28), packed);
    const body = bytes.subarray(from, from + packed);
    if (method === 0 && packed !== size) return malformed('an entry is of another size than it says');
    if (method !== 0 && method !== 8) return fail('UNSUPPORTED', `the archive is packed by method ${method}`);
    // Deflate makes at most 1032 bytes of one.
    if (size > 1032 * packed + 64) return malformed('an entry is of another size than it says');
    yield [name, method === 0 ? body : await inflated(body, size)];
    at += 46 + nameLength + extraLength + u16(at + 32);
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crc32 = (bytes: Uint8Array): number => {
  let c = 0xffffffff;
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 255] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
};

/** An archive of entries as they are. Throws RANGE for 4 GB and more. */
export const writeZip = (entries: readonly (readonly [string, Uint8Array])[]): Uint8Array => {
  const parts: Uint8Array[] = [];
  const listed: Uint8Array[] = [];
  let at = 0;
  for (const [title, body] of entries) {
    const name = new TextEncoder().encode(title);
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, 20, true);
    // Names are UTF-8.
    shared.setUint16(2, 0x800, true);
    // 1 January 1980.
    shared.setUint16(8, 0x21, true);
    shared.setUint32(10, crc32(body), true);
    shared.setUint32(14, body.length, true);
    shared.setUint32(18, body.length, true);
    shared.setUint16(22, name.length, true);
    const common = new Uint8Array(shared.buffer);
    const head = new Uint8Array(30 + name.length);
    new DataView(head.buffer).setUint32(0, LOCAL, true);
    head.set(common, 4);
    head.set(name, 30);
    const entry = new Uint8Array(46 + name.length);
    const view = new DataView(entry.buffer);
    view.setUint32(0, ENTRY, true);
    view.setUint16(4, 20, true);
    entry.set(common, 6);
    view.setUint32(42, at, true);
    entry.set(name, 46);
    parts.push(head, body);
    listed.push(entry);
    at += head.length + body.length;
  }
  const listLength = listed.reduce((n, part) => n + part.length, 0);
  if (at + listLength >= WIDE) fail('RANGE', 'an archive of 4 GB and more');
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, END, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, listLength, true);
  end.setUint32(16, at, true);
  const out = new Uint8Array(at + listLength + 22);
  let place = 0;
  for (const part of [...parts, ...listed, new Uint8Array(end.buffer)]) {
    out.set(part, place);
    place += part.length;
  }
  return out;
};
