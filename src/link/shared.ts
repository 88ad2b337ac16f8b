/**
 * @file A ring of shared memory from one thread to another, for small frames: writing one costs no call of the system,
 * and a reader that is awake sees it within a fraction of a microsecond (waking a thread takes some 50).
 */

export interface SharedFrame {
  /** Place among all frames of this direction, also those that went another way. */
  readonly seq: number;
  readonly key: string;
  readonly tag: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Words of the header: bytes written and read so far (mod 2^32), is the reader asleep, frames sent by port. */
const WRITTEN = 0;
const READ = 1;
const ASLEEP = 2;
const POSTED = 3;
const HEADER = 64;
const SIZE = 1 << 20;
/** Larger frames are cheaper to transfer than to copy twice. */
const LARGEST = 96 << 10;
/** A record: size, sequence number, length of the key, length of the payload (u32 each), tag (f64), key, payload. */
const HEAD = 24;
/** In place of a record's size: the rest of the ring is unused. */
const WRAP = 0xffffffff;

export const sharedMemory = (): SharedArrayBuffer => {
  const memory = new SharedArrayBuffer(HEADER + SIZE);
  new Int32Array(memory)[ASLEEP] = 1;
  return memory;
};

const aligned = (n: number): number => (n + 7) & ~7;

/** One end of a ring: the writer calls `write` and `posted`, the reader all else. */
export class SharedPipe {
  readonly #control: Int32Array;
  readonly #data: Uint8Array;
  readonly #view: DataView;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  readonly #names = new Map<string, Uint8Array>();
  #lastKey = { name: '', bytes: new Uint8Array(0) };
  #seenPosts = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#control = new Int32Array(memory, 0, HEADER / 4);
    this.#data = new Uint8Array(memory, HEADER);
    this.#view = new DataView(memory, HEADER);
  }

  /** False if there is no room for it now, or never: then it has to go another way. */
  write(seq: number, key: string, tag: number, bytes: Uint8Array): boolean {
    if (bytes.length > LARGEST) return false;
    const name = this.#nameOf(key);
    const size = aligned(HEAD + name.length + bytes.length);
    const written = Atomics.load(this.#control, WRITTEN) >>> 0;
    let at = written % SIZE;
    const skipped = at + size > SIZE ? SIZE - at : 0;
    const used = (written - (Atomics.load(this.#control, READ) >>> 0)) >>> 0;
    if (used + skipped + size > SIZE) return false;
    if (skipped > 0) {
      this.#view.setUint32(at, WRAP, true);
      at = 0;
    }
    this.#view.setUint32(at, size, true);
    this.#view.setUint32(at + 4, seq, true);
    this.#view.setUint32(at + 8, name.length, true);
    this.#view.setUint32(at + 12, bytes.length, true);
    this.#view.setFloat64(at + 16, tag, true);
    this.#data.set(name, at + HEAD);
    this.#data.set(bytes, at + HEAD + name.length);
    Atomics.store(this.#control, WRITTEN, (written + skipped + size) | 0);
    return true;
  }

  /** Whether the reader sleeps and must be woken; asked once for each time that it fell asleep. */
  wakes(): boolean {
    return Atomics.load(this.#control, ASLEEP) === 1 && Atomics.exchange(this.#control, ASLEEP, 0) === 1;
  }

  /** A frame goes by port: a reader who polls has to look there. */
  posted(): void {
    Atomics.add(this.#control, POSTED, 1);
  }

  /** Whether frames went by port since the last time this was asked. */
  hasPosts(): boolean {
    const posts = Atomics.load(this.#control, POSTED);
    const news = posts !== this.#seenPosts;
    this.#seenPosts = posts;
    return news;
  }

  sleep(asleep: boolean): void {
    Atomics.store(this.#control, ASLEEP, asleep ? 1 : 0);
  }

  /** The next frame, if there is one. */
  read(): SharedFrame | undefined {
    const read = Atomics.load(this.#control, READ) >>> 0;
    const written = Atomics.load(this.#control, WRITTEN) >>> 0;
    if (read === written) return undefined;
    let at = read % SIZE;
    let skipped = 0;
    let size = this.#view.getUint32(at, true);
    if (size === WRAP) {
      skipped = SIZE - at;
      at = 0;
      size = this.#view.getUint32(0, true);
    }
    const named = this.#view.getUint32(at + 8, true);
    const length = this.#view.getUint32(at + 12, true);
    const start = at + HEAD + named;
    const frame = {
      seq: this.#view.getUint32(at + 4, true),
      tag: this.#view.getFloat64(at + 16, true),
      key: this.#keyAt(at + HEAD, named),
      bytes: new Uint8Array(this.#data.subarray(start, start + length)) as Uint8Array<ArrayBuffer>,
    };
    Atomics.store(this.#control, READ, (read + skipped + size) | 0);
    return frame;
  }

  #nameOf(key: string): Uint8Array {
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#encoder.encode(key);
      this.#names.set(key, name);
    }
    return name;
  }

  /** Frames in a row are mostly of one channel. */
  #keyAt(at: number, length: number): string {
    const { name, bytes } = this.#lastKey;
    if (bytes.length === length && bytes.every((b, i) => b === this.#data[at + i])) return name;
    const own = this.#data.slice(at, at + length);
    this.#lastKey = { name: this.#decoder.decode(own), bytes: own };
    return this.#lastKey.name;
  }
}
