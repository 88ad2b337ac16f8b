/**
 * @file Files that only their owner can read, and nobody can change unseen: a header in the clear, and sealed records.
 *
 *     "tessera-vault-1\n" | u32 length of header | header (JSON) | u32 length, ChaCha20-Poly1305 (RFC 8439) of a record | ...
 *
 * The key of a file is derived from its owner's key and the header, which holds a random salt: a record that is read
 * under another header does not open. Nonces count the records and mark the last one (the STREAM construction of
 * eprint 2015/189), so that records cannot be dropped, repeated or moved.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { dirname } from 'node:path';
import { TesseraError } from '../../errors.ts';
import { type Disk, type DiskFile, disk as own } from './disk.ts';

const MAGIC = new TextEncoder().encode('tessera-vault-1\n');
const TAG = 16;
const MAX_HEADER = 1 << 24;
const CIPHER = 'chacha20-poly1305';

export type Header = Readonly<Record<string, unknown>>;

const keyFor = (key: Uint8Array, header: Uint8Array): Uint8Array =>
  Uint8Array.from(createHmac('sha512', key).update('tessera vault').update(header).digest().subarray(0, 32));

const nonceFor = (record: number, last: boolean): Uint8Array => {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setFloat64(0, record, true);
  view.setUint32(8, last ? 1 : 0, true);
  return nonce;
};

const u32 = (n: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n, true);
  return bytes;
};

const refuse = (path: string, why: string, cause?: unknown): TesseraError =>
  new TesseraError('CONFIG', `${path}: ${why}`, { path }, cause);

/** Makes sure that a folder's list of files is on the disk. */
export const syncFolder = async (path: string, disk: Disk = own): Promise<void> => {
  const folder = await disk.open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Writes a vault. It stands at `path`, whole and on the disk, when the promise resolves, or not at all. */
export const writeVault = async (
  path: string,
  key: Uint8Array,
  header: Header,
  records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  disk: Disk = own,
): Promise<void> => {
  const salt = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');
  const head = new TextEncoder().encode(JSON.stringify({ ...header, salt }));
  const fileKey = keyFor(key, head);
  const part = `${path}.part`;
  const file = await disk.open(part, 'w', 0o600);
  try {
    await file.writeFile(MAGIC);
    await file.writeFile(u32(head.length));
    await file.writeFile(head);
    let count = 0;
    const put = async (record: Uint8Array, last: boolean): Promise<void> => {
      const cipher = createCipheriv(CIPHER, fileKey, nonceFor(count++, last), { authTagLength: TAG });
      const sealed = cipher.update(record);
      cipher.final();
      await file.writeFile(u32(sealed.length + TAG));
      await file.writeFile(sealed);
      await file.writeFile(cipher.getAuthTag());
    };
    for await (const record of records) await put(record, false);
    await put(new Uint8Array(), true);
    await file.sync();
    await file.close();
  } catch (e) {
    await file.close().catch(() => {});
    await disk.remove(part).catch(() => {});
    throw e;
  }
  await disk.rename(part, path);
  await syncFolder(dirname(path), disk);
};

/** A vault that is read record by record. */
export class VaultReader {
  readonly header: Header;
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #key: Uint8Array;
  #count = 0;

  private constructor(path: string, file: DiskFile, header: Header, key: Uint8Array) {
    this.#path = path;
    this.#file = file;
    this.header = header;
    this.#key = key;
  }

  /** Opens a file. `keyOf` gets the header, which is not to be trusted before the first record has opened. */
  static async open(
    path: string,
    keyOf: (header: Header) => Uint8Array,
    disk: Disk = own,
  ): Promise<VaultReader> {
    let file: DiskFile;
    try {
      file = await disk.open(path, 'r');
    } catch (e) {
      throw refuse(path, `cannot be opened (${(e as NodeJS.ErrnoException).code})`, e);
    }
    try {
      const magic = await take(file, MAGIC.length, path);
      if (!MAGIC.every((b, i) => magic[i] === b)) throw refuse(path, 'is no file of this kind or version');
      const size = new DataView((await take(file, 4, path)).buffer).getUint32(0, true);
      if (size > MAX_HEADER) throw refuse(path, 'is damaged');
      const head = await take(file, size, path);
      let header: Header;
      try {
        header = JSON.parse(new TextDecoder().decode(head)) as Header;
      } catch (e) {
        throw refuse(path, 'is damaged', e);
      }
      return new VaultReader(path, file, header, keyFor(keyOf(header), head));
    } catch (e) {
      await file.close();
      throw e;
    }
  }

  /** The next record; undefined after the last. Throws CONFIG for what was not written with this key. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const size = new DataView((await take(this.#file, 4, this.#path)).buffer).getUint32(0, true);
    const sealed = await take(this.#file, size, this.#path);
    const record = this.#count++;
    const body = this.#open(sealed, record, false);
    if (body) return body;
    if (size === TAG && this.#open(sealed, record, true)) return undefined;
    throw refuse(this.#path, 'does not open: it belongs to another key, or was changed');
  }

  #open(sealed: Uint8Array, record: number, last: boolean): Uint8Array<ArrayBuffer> | undefined {
    if (sealed.length < TAG) return undefined;
    const cipher = createDecipheriv(CIPHER, this.#key, nonceFor(record, last), { authTagLength: TAG });
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    const body = cipher.update(sealed.subarray(0, sealed.length - TAG));
    try {
      cipher.final();
    } catch {
      return undefined;
    }
    return Uint8Array.from(body);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const take = async (file: DiskFile, size: number, path: string): Promise<Uint8Array<ArrayBuffer>> => {
  const out = new Uint8Array(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(out, at, size - at);
    if (bytesRead === 0) throw refuse(path, 'ends too early: it was cut short');
    at += bytesRead;
  }
  return out;
};
