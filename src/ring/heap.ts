/**
 * @file The allocator of linear memory: segregated free lists with coalescing, constant time for both calls.
 *
 * Blocks are 16-byte aligned and carry at least 16 bytes of padding behind their payload. Block descriptions live
 * on this side, so that a kernel that overruns cannot corrupt them.
 */

import { TesseraError } from '../errors.ts';
import * as math from './math/index.ts';

const PAGE = 65536;
const DEFAULT_LIMIT = math.pow2(32) - PAGE;
/** Arrays at equal offsets mod 4096 disturb each other's loads and stores; large ones keep this distance. */
const STAGGER = 592;

/** Blocks of up to so many bytes are cut from stretches of their own, so that those that stay do not break large ones up. */
const SMALL = 4096;
const STRETCH = 65536;
/** Free blocks of a bin that are looked at before a larger one is cut. */
const LOOKS = 8;

/** One stretch of memory. Blocks form a list in address order; free ones are also in a bin. */
export class Block {
  readonly start: number;
  size: number;
  /** 0 = free. */
  refs = 0;
  /** Part of a stretch for small ones. Only blocks of one kind are joined. */
  small: boolean;
  left: Block | undefined;
  right: Block | undefined;
  next: Block | undefined;
  previous: Block | undefined;

  constructor(start: number, size: number, small: boolean) {
    this.start = start;
    this.size = size;
    this.small = small;
  }
}

/** Eight bins to each power of two, the smallest holding 16-byte blocks. */
const binOf = (size: number): number => {
  const power = 31 - Math.clz32(size);
  return (power - 4) * 8 + ((size >>> (power - 3)) & 7);
};

/** Free blocks of one kind by size. */
class Bins {
  readonly #bins: (Block | undefined)[] = new Array(29 * 8).fill(undefined);
  readonly #filled = new Uint32Array(8); // one bit a bin

  link(block: Block): void {
    const bin = binOf(block.size);
    const head = this.#bins[bin];
    block.next = head;
    block.previous = undefined;
    if (head) head.previous = block;
    this.#bins[bin] = block;
    this.#filled[bin >>> 5]! |= 1 << (bin & 31);
  }

  unlink(block: Block): void {
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

  /** A block of at least `size` bytes. */
  find(size: number): Block | undefined {
    const own = binOf(size);
    let looks = LOOKS;
    for (let block = this.#bins[own]; block && looks-- > 0; block = block.next) {
      if (block.size >= size) return block;
    }
    const bin = this.#firstFilled(own + 1);
    return bin < 0 ? undefined : this.#bins[bin];
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

export class Heap {
  readonly limit: number;
  #used = 0;
  #peak = 0;
  #allocations = 0;
  readonly #memory: WebAssembly.Memory;
  readonly #free = { small: new Bins(), large: new Bins() };
  /** End of the last block: what lies above was never given out, or came back. */
  #top: number;
  #last: Block | undefined;
  /** Why there was no room at the end. */
  #why = '';

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
    const small = size <= SMALL;
    const block =
      this.#reuse(size, small) ??
      (small ? this.#ofStretch(size) : undefined) ??
      this.#extend(size, small) ??
      // Rather cut a large block, or a stretch, than fail.
      this.#reuse(size, !small) ??
      this.#refuse(bytes, this.#why);
    block.refs = 1;
    this.#allocations++;
    this.#used += block.size;
    if (this.#used > this.#peak) this.#peak = this.#used;
    return block;
  }

  free(block: Block): void {
    block.refs = 0;
    this.#used -= block.size;
    const whole = this.#joined(block);
    // An empty stretch serves for anything.
    if (whole.small && whole.size >= STRETCH) {
      whole.small = false;
      this.#keep(this.#joined(whole));
    } else this.#keep(whole);
  }

  #bins(block: Block): Bins {
    return block.small ? this.#free.small : this.#free.large;
  }

  /** A free block together with its free neighbours of the same kind. */
  #joined(block: Block): Block {
    let whole = block;
    const { left, right } = block;
    if (right && right.refs === 0 && right.small === block.small) {
      this.#bins(right).unlink(right);
      this.#absorb(whole, right);
    }
    if (left && left.refs === 0 && left.small === block.small) {
      this.#bins(left).unlink(left);
      this.#absorb(left, whole);
      whole = left;
    }
    return whole;
  }

  #keep(block: Block): void {
    if (block === this.#last && !block.small) {
      this.#top = block.start;
      this.#last = block.left;
      if (block.left) block.left.right = undefined;
    } else this.#bins(block).link(block);
  }

  /** A free block of at least `size` bytes, cut to size. */
  #reuse(size: number, small: boolean): Block | undefined {
    const bins = small ? this.#free.small : this.#free.large;
    const found = bins.find(size);
    if (!found) return undefined;
    bins.unlink(found);
    this.#cut(found, size);
    return found;
  }

  /** Gives back what a block has beyond `size`. */
  #cut(block: Block, size: number): void {
    if (block.size - size < 32) return;
    const rest = new Block(block.start + size, block.size - size, block.small);
    block.size = size;
    rest.left = block;
    rest.right = block.right;
    if (rest.right) rest.right.left = rest;
    else this.#last = rest;
    block.right = rest;
    this.#bins(rest).link(rest);
  }

  /** The first block of a new stretch for small ones. */
  #ofStretch(size: number): Block | undefined {
    const stretch = this.#reuse(STRETCH, false) ?? this.#extend(STRETCH, true);
    if (!stretch) return undefined;
    stretch.small = true;
    this.#cut(stretch, size);
    return stretch;
  }

  /** A block behind the last one. */
  #extend(size: number, small: boolean): Block | undefined {
    const end = this.#top + size;
    this.#why = 'the limit is reached';
    if (end > this.limit) return undefined;
    const room = this.#memory.buffer.byteLength;
    if (end > room) {
      const wanted = Math.min(this.limit, Math.max(end, room + room / 4));
      try {
        this.#memory.grow(Math.ceil((wanted - room) / PAGE));
      } catch {
        this.#why = 'the host gives no more memory';
        return undefined;
      }
    }
    const block = new Block(this.#top, size, small);
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
        'Work on smaller batches, or raise memory_limit_mb (runtime_config; 4095 is the most).',
      { requested, used: this.#used, limit: this.limit },
    );
  }

  #absorb(block: Block, right: Block): void {
    block.size += right.size;
    block.right = right.right;
    if (right.right) right.right.left = block;
    if (this.#last === right) this.#last = block;
  }
}
