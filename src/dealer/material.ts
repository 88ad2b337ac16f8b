/**
 * @file Correlated randomness, as it is made and as it is used. Both halves make the same calls in the same
 * order, so a draw needs no name: its PRG stream is (gate number, count of draws so far).
 *
 * Every party's share is the output of its own PRG, whose seed it shares with the dealer alone. `draw` is a
 * random value that nobody chose: the sum (or xor) of all parties' streams. `give`/`take` is a value that the
 * dealer chose: rank 0 gets the correction that makes the shares add up, the others use their streams. This is
 * the PRG compression of SPU's Beaver triples (SPU, USENIX ATC 2023, section 4) applied to every gate.
 * `tell`/`hear` is for what every party has to know: correction words of keys, which hide nothing from those who hold one.
 */

import { TesseraError } from '../errors.ts';
import type { AnyArray as Arr, Bits, Bytes, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { Scratch } from './scratch.ts';

/** The seed of masks that hide nothing: of values that everybody knows. */
const PUBLIC = new Uint8Array(32);

/** A correction that stays in the memory that dealer and rank 0 share; `length` is what it would take on a wire. */
export interface Given {
  readonly array: Arr;
  readonly length: number;
}

/** One correction at rank 0: the bytes of a message, or the array itself, which it then owns. */
export type Chunk = Uint8Array | Given;

/** The dealer's side of one gate. It knows every seed, every mask, and no data. */
export class Dealing extends Scratch {
  readonly #prgs: readonly Prg[];
  readonly #gate: number;
  #draws = 0;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #given: Given[] | undefined;
  readonly #told: Uint8Array<ArrayBuffer>[] = [];

  /** `handsOver`: rank 0 is in this memory too, and takes the corrections as arrays. */
  constructor(ring: Ring, field: Field, prgs: readonly Prg[], gate: number, handsOver = false) {
    super(ring, field);
    this.#prgs = prgs;
    this.#gate = gate;
    this.#given = handsOver ? [] : undefined;
  }

  get parties(): number {
    return this.#prgs.length;
  }

  draw(n: number): RingArray {
    return this.#total(this.words(n), this.words(n), 0);
  }

  drawBits(n: number, planes = 1): Bits {
    return this.#total(this.bits(n, planes), this.bits(n, planes), 0);
  }

  drawBytes(n: number): Bytes {
    return this.#total(this.bytes(n), this.bytes(n), 0);
  }

  /** The mask of an input: the stream of its owner alone. */
  drawOf<T extends Arr>(owner: number, dst: T): T {
    this.#prgs[owner]!.fill(dst, this.#gate, this.#draws++);
    return dst;
  }

  /** A stream that everybody knows. */
  drawPublic<T extends Arr>(dst: T): T {
    new Prg(this.ring, PUBLIC).fill(dst, this.#gate, this.#draws++);
    return dst;
  }

  /** The parties draw something here that the dealer has no use for. */
  pass(): void {
    this.#draws++;
  }

  /** Shares `value` among the parties; `width` is the wire width of Bytes in bits. */
  give<T extends Arr>(value: T, width = 8): T {
    const others = this.#like(value);
    const temp = this.#like(value);
    this.#total(others, temp, 1);
    this.drop(temp);
    subtract(this.ring, others, value, others);
    const size = this.ring.wireBytes(others, width);
    if (this.#given) {
      this.#given.push({ array: this.handOver(others), length: size });
      return value;
    }
    const chunk = new Uint8Array(size);
    this.ring.writeWire(chunk, 0, others, width);
    this.#chunks.push(chunk);
    this.drop(others);
    return value;
  }

  /** Tells every party, and gives the array up. */
  tell(value: Bytes): void {
    this.#draws++;
    const chunk = this.ring.u8(value).slice();
    this.#told.push(chunk);
    if (this.#given) this.#given.push({ array: this.handOver(value), length: chunk.length });
    else {
      this.#chunks.push(chunk);
      this.drop(value);
    }
  }

  /** What the ranks above 0 are told. */
  get told(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#told;
  }

  /** The correction for rank 0: one chunk for everything given or told, in order. */
  get correction(): Uint8Array<ArrayBuffer>[] {
    return this.#chunks;
  }

  /** The correction where `handsOver` is set: whoever takes an array frees it. */
  get given(): readonly Given[] {
    return this.#given ?? [];
  }

  /** Frees all that it holds: the gate is given up. */
  abandon(): void {
    for (const { array } of this.given) this.ring.release(array);
    this.end();
  }

  /** Adds up the streams of ranks >= from, for the next draw. */
  #total<T extends Arr>(dst: T, temp: T, from: number): T {
    const draw = this.#draws++;
    this.#prgs[from]!.fill(dst, this.#gate, draw);
    for (const prg of this.#prgs.slice(from + 1)) {
      prg.fill(temp, this.#gate, draw);
      add(this.ring, dst, dst, temp);
    }
    return dst;
  }

  #like<T extends Arr>(a: T): T {
    return alike(this, a);
  }
}

/** An array whose elements are there once they were filled. */
export interface Parts {
  readonly array: RingArray;
  fill(start: number, count: number): void;
}

/** A party's side of one gate. */
export class Drawing extends Scratch {
  readonly rank: number;
  /** 1 at rank 0, who adds public terms, and 0 elsewhere. */
  readonly first: number;
  readonly #prg: Prg;
  readonly #gate: number;
  readonly #correction: readonly Chunk[];
  #draws = 0;
  #at = 0;

  constructor(ring: Ring, field: Field, rank: number, prg: Prg, gate: number, correction: readonly Chunk[]) {
    super(ring, field);
    this.rank = rank;
    this.first = rank === 0 ? 1 : 0;
    this.#prg = prg;
    this.#gate = gate;
    this.#correction = correction;
  }

  draw(n: number): RingArray {
    return this.#own(this.words(n));
  }

  drawBits(n: number, planes = 1): Bits {
    return this.#own(this.bits(n, planes));
  }

  drawBytes(n: number): Bytes {
    return this.#own(this.bytes(n));
  }

  /** The owner's mask of its input; the other parties hold a share of zero. */
  drawOf<T extends Arr>(owner: number, dst: T): T {
    if (owner === this.rank) return this.#own(dst);
    this.#draws++;
    this.ring.zero(dst);
    dst.zero = true;
    return dst;
  }

  /** A stream that everybody knows. */
  drawPublic<T extends Arr>(dst: T): T {
    new Prg(this.ring, PUBLIC).fill(dst, this.#gate, this.#draws++);
    return dst;
  }

  /** As `draw`, but filled as far as it is needed: ranges begin at multiples of 64 bytes. */
  drawParts(n: number): Parts {
    return this.#parts(this.words(n));
  }

  /** As `take`, in ranges. */
  takeParts(n: number): Parts {
    if (this.rank === 0) return { array: this.take(n), fill: () => {} };
    return this.#parts(this.words(n));
  }

  #parts(array: RingArray): Parts {
    const draw = this.#draws++;
    const fill = (start: number, count: number): void =>
      this.#prg.fill(array.view(start, count), this.#gate, draw, start * array.field.bytes);
    return { array, fill };
  }

  take(n: number): RingArray {
    return this.#handed('ring', n, 1) ?? this.#dealt(this.words(n), 8);
  }

  takeBits(n: number, planes = 1): Bits {
    return this.#handed('bits', n, planes) ?? this.#dealt(this.bits(n, planes), 8);
  }

  takeBytes(n: number, width = 8): Bytes {
    return this.#handed('bytes', n, 1) ?? this.#dealt(this.bytes(n), width);
  }

  /** What the dealer tells everybody. */
  hear(n: number): Bytes {
    return this.#handed('bytes', n, 1) ?? this.#received(this.bytes(n), 8);
  }

  /** Gives up what was dealt and is not needed, because revealed values made the gate shorter. It is never used. */
  discard(): void {
    for (; this.#at < this.#correction.length; this.#at++) {
      const chunk = this.#correction[this.#at]!;
      if ('array' in chunk) this.ring.release(chunk.array);
    }
  }

  /** Frees all that it holds: the gate is given up. */
  abandon(): void {
    this.discard();
    super.end();
  }

  /** Asserts that the whole correction was used: otherwise dealer and party follow different programs. */
  override end(keep: Iterable<Arr> = []): void {
    if (this.#at !== this.#correction.length) this.#diverged();
    super.end(keep);
  }

  #own<T extends Arr>(dst: T): T {
    this.#prg.fill(dst, this.#gate, this.#draws++);
    return dst;
  }

  /** The next correction, if it is in this memory already. */
  #handed<K extends Arr['kind']>(kind: K, n: number, planes: number): (Arr & { kind: K }) | undefined {
    const chunk = this.rank === 0 ? this.#correction[this.#at] : undefined;
    if (chunk === undefined || !('array' in chunk)) return undefined;
    this.#draws++;
    this.#at++;
    const { array } = chunk;
    this.adopt(array);
    if (array.kind !== kind || array.length !== n || (array.kind === 'bits' && array.planes !== planes))
      this.#diverged();
    return array as Arr & { kind: K };
  }

  #dealt<T extends Arr>(dst: T, width: number): T {
    return this.rank === 0 ? this.#received(dst, width) : this.#own(dst);
  }

  #received<T extends Arr>(dst: T, width: number): T {
    this.#draws++;
    const chunk = this.#correction[this.#at++];
    if (chunk?.length !== this.ring.wireBytes(dst, width) || 'array' in chunk) this.#diverged();
    this.ring.readWire(dst, chunk, 0, width);
    return dst;
  }

  #diverged(): never {
    throw new TesseraError(
      'DIVERGED',
      `the dealer's material for gate ${this.#gate} has another form than the gate expects: dealer and parties ` +
        'follow different programs or run different versions',
      { gate: this.#gate },
    );
  }
}

const alike = <T extends Arr>(scratch: Scratch, a: T): T => {
  const like =
    a.kind === 'ring'
      ? scratch.words(a.length)
      : a.kind === 'bits'
        ? scratch.bits(a.length, (a as Bits).planes)
        : scratch.bytes(a.length);
  return like as Arr as T;
};

/** Addition in the group that an array's elements live in: the ring, xor for bits, mod 256 for bytes. */
export const add = (ring: Ring, dst: Arr, a: Arr, b: Arr): void => {
  if (dst.kind === 'ring') ring.add(dst, a as RingArray, b as RingArray);
  else if (dst.kind === 'bits') ring.xor(dst, a as Bits, b as Bits);
  else ring.add8(dst, a as Bytes, b as Bytes);
};

export const subtract = (ring: Ring, dst: Arr, a: Arr, b: Arr): void => {
  if (dst.kind === 'ring') ring.sub(dst, a as RingArray, b as RingArray);
  else if (dst.kind === 'bits') ring.xor(dst, a as Bits, b as Bits);
  else ring.sub8(dst, a as Bytes, b as Bytes);
};
