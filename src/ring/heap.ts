/**
 * @file The allocator of linear memory: segregated free lists with coalescing, constant time for both calls.
 *
 * Blocks are 16-byte aligned and carry at least 16 bytes of padding behind their payload. Block descriptions live
 * on this side, so that a kernel that overruns cannot corrupt them.
 */

import { TesseraError } from '../errors.ts';

const PAGE = 65536;
const DEFAULT_LIMIT = 2 ** 32 - PAGE;
/** Arrays at equal offsets mod 4096 disturb each other's loads and stores; large ones keep this distance. */
const STAGGER = 592;

/** One stretch of memory. Blocks form a list in address order; free ones are also in a bin. */
export class Block {
  readonly start: number;
  size: number;
  /** 0 = free. */
  refs = 0;
  left: Block | undefined;
  right: Block | undefined;
  next: Block | undefined;
  previous: Block | undefined;

  constructor(start: number, size: number) {
    this.start = start;
    this.size = size;
  }
}

/** Eight bins to each power of two, the smallest holding 16-byte blocks. */
const binOf = (size: number): number => {
  const power = 31 - Math.clz32(size);
  return (power - 4) * 8 + ((size >>> (power - 3)) & 7);
};

export class Heap {
  readonly limit: number;
  #used = 0;
  #peak = 0;
  #allocations = 0;
  readonly #memory: WebAssembly.Memory;
  readonly #bins: (Block | undefined)[] = new Array(29 * 8).fill(undefined);
  readonly #filled = new Uint32Array(8); // one bit a bin
  /** End of the last block: what lies above was never given out, or came back. */
  #top: number;
  #last: Block | undefined;

  constructor(memory: WebAssembly.Memory, base: number, maxBytes = DEFAULT_LIMIT) {
    this.#memory = memory;
    this.#top = Math.ceil(base / 16) * 16;
    this.limit = Math.min(maxBytes, DEFAULT_LIMIT);
  }

  /** Bytes in blocks that are given out, padding included. */
  get used(): number {
    return this.#used;
  }

  /** The highest value that `used` has had. */
  get peak(): number {
    return this.#peak;
  }

  /** Blocks given out so far. */
  get allocations(): number {
    return this.#allocations;
  }

  alloc(bytes: number): Block {
    let size = Math.ceil(bytes / 16) * 16 + 16;
    if (size >= 2048) {
      const offset = (size + STAGGER) % 4096;
      if (offset < 2 * STAGGER) size += 2 * STAGGER - offset;
    }
    if (size > this.limit) this.#refuse(bytes, 'the request is larger than that');
    const block = this.#reuse(size) ?? this.#extend(size, bytes);
    block.refs = 1;
    this.#allocations++;
    this.#used += block.size;
    if (this.#used > this.#peak) this.#peak = this.#used;
    return block;
  }

  free(block: Block): void {
    block.refs = 0;
    this.#used -= block.size;
    let merged = block;
    const { left, right } = block;
    if (right && right.refs === 0) {
      this.#unlink(right);
      this.#absorb(merged, right);
    }
    if (left && left.refs === 0) {
      this.#unlink(left);
      this.#absorb(left, merged);
      merged = left;
    }
    if (merged === this.#last) {
      this.#top = merged.start;
      this.#last = merged.left;
      if (merged.left) merged.left.right = undefined;
    } else {
      this.#link(merged);
    }
  }

  /** A free block of at least `size` bytes, cut to size. */
  #reuse(size: number): Block | undefined {
    let bin = binOf(size);
    let found = this.#bins[bin];
    if (!found || found.size < size) {
      bin = this.#firstFilled(bin + 1);
      if (bin < 0) return undefined;
      found = this.#bins[bin]!;
    }
    this.#unlink(found);
    if (found.size - size >= 32) {
      const rest = new Block(found.start + size, found.size - size);
      found.size = size;
      rest.left = found;
      rest.right = found.right;
      if (rest.right) rest.right.left = rest;
      found.right = rest;
      this.#link(rest);
    }
    return found;
  }

  #extend(size: number, bytes: number): Block {
    const end = this.#top + size;
    if (end > this.limit) this.#refuse(bytes, 'the limit is reached');
    const room = this.#memory.buffer.byteLength;
    if (end > room) {
      const wanted = Math.min(this.limit, Math.max(end, room + room / 4));
      try {
        this.#memory.grow(Math.ceil((wanted - room) / PAGE));
      } catch {
        this.#refuse(bytes, 'the host gives no more memory');
      }
    }
    const block = new Block(this.#top, size);
    block.left = this.#last;
    if (this.#last) this.#last.right = block;
    this.#last = block;
    this.#top = end;
    return block;
  }

  #refuse(requested: number, why: string): never {
    throw new TesseraError(
      'OUT_OF_MEMORY',
      `out of memory: ${requested} bytes requested, ${this.#used} in use, limit ${this.limit}: ${why}. ` +
        'Work on smaller batches, or raise maxBytes.',
      { requested, used: this.#used, limit: this.limit },
    );
  }

  #absorb(block: Block, right: Block): void {
    block.size += right.size;
    block.right = right.right;
    if (right.right) right.right.left = block;
    if (this.#last === right) this.#last = block;
  }

  #link(block: Block): void {
    const bin = binOf(block.size);
    const head = this.#bins[bin];
    block.next = head;
    block.previous = undefined;
    if (head) head.previous = block;
    this.#bins[bin] = block;
    this.#filled[bin >>> 5]! |= 1 << (bin & 31);
  }

  #unlink(block: Block): void {
    const bin = binOf(block.size);
    if (block.next) block.next.previous = block.previous;
    if (block.previous) block.previous.next = block.next;
    else {
      this.#bins[bin] = block.next;
      if (!block.next) this.#filled[bin >>> 5]! &= ~(1 << (bin & 31));
    }
    block.next = undefined;
    block.previous = undefined;
  }

  #firstFilled(from: number): number {
    let word = from >>> 5;
    let bits = (this.#filled[word] ?? 0) & (-1 << (from & 31));
    while (bits === 0) {
      if (++word >= this.#filled.length) return -1;
      bits = this.#filled[word]!;
    }
    return word * 32 + 31 - Math.clz32(bits & -bits);
  }
}
