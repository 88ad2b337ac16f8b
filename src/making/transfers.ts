/**
 * @file Batches of correlated transfers. One party's bit c times the other's bits or words d, in shares: the sender sends k_0 - k_1 + d for
 * pads k_0 and k_1, of which the receiver knows k_c, and keeps -k_0; the receiver adds c times that to k_c. Two flights, both directions
 * at once: choices, then answers. Long batches go in chunks, the choices of each sent before the answers of the one before.
 */

import type { Bits, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { Ring } from '../ring/ring.ts';
import { chosenPads, entryPads } from './choices.ts';
import {
  bytesOf,
  type Chunk,
  chunksOf,
  fieldFor,
  type Payload,
  packBits,
  type Transfer,
  type Unit,
  unpackBits,
  wordsOf,
} from './chunks.ts';
import type { MakingChannel } from './cross-terms.ts';
import type { Ends, Place } from './extension.ts';

/** Words, and not bits. */
type WordPayload = Extract<Payload, { readonly field: Field }>;

/** Fills an array with pads, `each` words of a transfer. */
type Draw = (dst: RingArray, each: number) => void;

export class Transfers {
  readonly #ring: Ring;
  readonly #ends: Ends;
  readonly #channel: MakingChannel;
  readonly #job: number;
  #chunk = 0;
  /** Transfers so far, of both directions. */
  made = 0;

  /** `job`: the first gate of a job, which no other job has. */
  constructor(ring: Ring, ends: Ends, channel: MakingChannel, job: number) {
    this.#ring = ring;
    this.#ends = ends;
    this.#channel = channel;
    this.#job = job;
  }

  /** Makes all of them; `out` of each is filled. */
  async exchange(transfers: readonly Transfer[]): Promise<void> {
    const { rank } = this.#channel;
    const sent = chunksOf(transfers.filter(({ sender }) => sender === rank));
    const received = chunksOf(transfers.filter(({ sender }) => sender !== rank));
    const first = this.#chunk;
    this.#chunk += Math.max(sent.length, received.length);
    for (const chunk of [...sent, ...received]) this.made += chunk.size;
    const rows: (RingArray | undefined)[] = [];
    let theirs: Uint8Array | undefined;
    try {
      for (let i = 0; i <= Math.max(sent.length, received.length); i++) {
        const place = { job: this.#job, chunk: first + i };
        const before = { job: this.#job, chunk: first + i - 1 };
        const mine = received[i];
        if (mine) {
          const { rows: own, message } = this.#choose(mine, place);
          rows[i] = own;
          await this.#channel.send(message);
        }
        const asked = theirs;
        theirs = sent[i] && (await this.#channel.receive(this.#ends.sender.awaited(sent[i]!.size)));
        if (i > 0 && sent[i - 1]) {
          const answer = this.#answer(sent[i - 1]!, asked!, before);
          if (answer.length > 0) await this.#channel.send(answer);
        }
        if (i > 0 && received[i - 1]) {
          const due = bytesOf(received[i - 1]!);
          const answer = due > 0 ? await this.#channel.receive(due) : new Uint8Array();
          this.#finish(received[i - 1]!, rows[i - 1]!, answer, before);
          this.#ring.release(rows[i - 1]!);
          rows[i - 1] = undefined;
        }
      }
    } finally {
      for (const own of rows) if (own) this.#ring.release(own);
    }
  }

  #choose(chunk: Chunk, place: Place) {
    const ring = this.#ring;
    const choices = ring.bits(chunk.size);
    ring.zero(choices);
    for (const unit of chunk.units) this.#choicesOf(unit, choices);
    const made = this.#ends.receiver.extend(choices, place);
    ring.release(choices);
    return made;
  }

  /** The choices of a unit, at its place. */
  #choicesOf(unit: Unit, to: Bits): void {
    const ring = this.#ring;
    const bytes = (unit.planes * unit.each) / 8;
    const packed = ring.bits(unit.planes * unit.each);
    packBits(ring, packed, unit.of.choices!, unit.plane, unit, 1);
    ring.u8(to).set(ring.u8(packed).subarray(0, bytes), unit.at / 8);
    ring.release(packed);
  }

  /** What the sender sends for a chunk; its shares are put where they belong. */
  #answer(chunk: Chunk, theirs: Uint8Array, place: Place): Uint8Array<ArrayBuffer> {
    const ring = this.#ring;
    const { sender } = this.#ends;
    const rows = sender.extend(theirs, chunk.size, place);
    const message = new Uint8Array(bytesOf(chunk));
    let at = 0;
    for (const unit of chunk.units) {
      const pads = (choice: 0 | 1) => (dst: RingArray, each: number) =>
        sender.pads(dst, rows, unit.at, each, choice, place);
      const { payload } = unit.of;
      if (payload.kind === 'choice') entryPads(ring, unit, payload.width, pads(0), pads(1));
      else if (payload.kind === 'bits') at += this.#answerBits(unit, pads(0), pads(1), message, at);
      else at += this.#answerWords(unit, payload, pads(0), pads(1), message, at);
    }
    ring.release(rows);
    return message;
  }

  #finish(chunk: Chunk, rows: RingArray, answer: Uint8Array, place: Place): void {
    const { receiver } = this.#ends;
    let at = 0;
    for (const unit of chunk.units) {
      const pads = (dst: RingArray, each: number) => receiver.pads(dst, rows, unit.at, each, place);
      const { payload } = unit.of;
      if (payload.kind === 'choice') chosenPads(this.#ring, unit, payload.width, pads);
      else if (payload.kind === 'bits') at += this.#finishBits(unit, pads, answer, at);
      else at += this.#finishWords(unit, payload, pads, answer, at);
    }
  }

  /** Pads as planes, of which the first `width` count. */
  #padPlanes(n: number, width: number, pads: Draw): Bits {
    const ring = this.#ring;
    const words = ring.alloc(fieldFor(width), n);
    pads(words, 1);
    const planes = ring.bits(n, words.field.bits);
    ring.toPlanes(planes, words);
    ring.release(words);
    return planes;
  }

  #answerBits(unit: Unit, zero: Draw, one: Draw, message: Uint8Array, at: number): number {
    const ring = this.#ring;
    const { width } = unit.of.payload as { width: number };
    const n = unit.planes * unit.each;
    const [first, second] = [this.#padPlanes(n, width, zero), this.#padPlanes(n, width, one)];
    const worth = ring.bits(n);
    for (let i = 0; i < width; i++) {
      const from = unit.plane * width + i;
      packBits(ring, worth, unit.of.worth as Bits, from, unit, width);
      ring.xor(second.plane(i), second.plane(i), first.plane(i));
      ring.xor(second.plane(i), second.plane(i), worth);
      unpackBits(ring, unit.of.out as Bits, first.plane(i), from, unit, width);
    }
    const size = ring.writeWire(message, at, second.plane(0, width));
    for (const a of [first, second, worth]) ring.release(a);
    return size;
  }

  #finishBits(unit: Unit, pads: Draw, answer: Uint8Array, at: number): number {
    const ring = this.#ring;
    const { width } = unit.of.payload as { width: number };
    const n = unit.planes * unit.each;
    const own = this.#padPlanes(n, width, pads);
    const [given, choices] = [ring.bits(n, width), ring.bits(n)];
    const size = ring.readWire(given, answer, at);
    packBits(ring, choices, unit.of.choices!, unit.plane, unit, 1);
    for (let i = 0; i < width; i++) {
      ring.andXor(own.plane(i), given.plane(i), choices);
      unpackBits(ring, unit.of.out as Bits, own.plane(i), unit.plane * width + i, unit, width);
    }
    for (const a of [own, given, choices]) ring.release(a);
    return size;
  }

  /** Pads of one plane and word, copied together. */
  #picked(pads: RingArray, unit: Unit, plane: number, word: number, each: number): RingArray {
    const { count } = unit;
    if (each === 1) return this.#ring.retain(pads.view(plane * unit.each, count));
    const out = this.#ring.alloc(pads.field, count);
    this.#ring.strided(out, 0, [1], pads, plane * unit.each * each + word, [each], [count]);
    return out;
  }

  /**
   * Draws the pads of a unit, and gives those of each plane and word to `use`: the pads of every draw, the place of the words in the
   * unit's arrays, and the plane.
   */
  #eachWord(
    unit: Unit,
    payload: WordPayload,
    draws: readonly Draw[],
    use: (pads: readonly RingArray[], place: number, plane: number) => void,
  ): void {
    const ring = this.#ring;
    const words = wordsOf(payload);
    const drawn = draws.map((draw) => {
      const pads = ring.alloc(payload.field, unit.planes * unit.each * words);
      draw(pads, words);
      return pads;
    });
    for (let plane = 0; plane < unit.planes; plane++)
      for (let word = 0; word < words; word++) {
        const pads = drawn.map((all) => this.#picked(all, unit, plane, word, words));
        use(pads, this.#placeOf(unit, payload, plane, word), unit.plane + plane);
        for (const a of pads) ring.release(a);
      }
    for (const a of drawn) ring.release(a);
  }

  #answerWords(
    unit: Unit,
    payload: WordPayload,
    zero: Draw,
    one: Draw,
    message: Uint8Array,
    at: number,
  ): number {
    const ring = this.#ring;
    const { count, of } = unit;
    const worth = of.worth as RingArray;
    let to = at;
    this.#eachWord(unit, payload, [zero, one], ([first, second], place, plane) => {
      ring.sub(second!, first!, second!);
      ring.add(second!, second!, worth.view(place, count));
      to += ring.writeWire(message, to, second!);
      ring.neg(first!, first!);
      this.#put(of.out as RingArray, first!, place, payload, plane);
    });
    return to - at;
  }

  #finishWords(unit: Unit, payload: WordPayload, pads: Draw, answer: Uint8Array, at: number): number {
    const ring = this.#ring;
    const { count, of } = unit;
    const given = ring.alloc(payload.field, count);
    let from = at;
    this.#eachWord(unit, payload, [pads], ([own], place, plane) => {
      from += ring.readWire(given, answer, from);
      const all = of.choices!.plane(plane);
      const chosen = unit.start === 0 && count === of.n ? all : all.view(unit.start, count);
      ring.maskByBits(given, given, chosen);
      ring.add(own!, own!, given);
      this.#put(of.out as RingArray, own!, place, payload, plane);
    });
    ring.release(given);
    return from - at;
  }

  #placeOf({ of, plane: from, start }: Unit, payload: WordPayload, plane: number, word: number): number {
    if (payload.kind === 'product') return start;
    return ((from + plane) * wordsOf(payload) + word) * of.n + start;
  }

  /** Puts a share in its place; of a product it is added there, by its plane's power of two. */
  #put(out: RingArray, share: RingArray, place: number, payload: WordPayload, plane: number): void {
    const to = out.view(place, share.length);
    if (payload.kind !== 'product') this.#ring.copy(to, share);
    else if (plane === 0) this.#ring.copy(to, share);
    else {
      this.#ring.shl(share, share, plane);
      this.#ring.add(to, to, share);
    }
  }
}
