/** Choices of one of 16: who has one pad of each transfer has the pad of its entry, and nothing of the others. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chosenPads, ENTRIES, entryPads } from '../../src/making/choices.ts';
import { DIGIT, type Transfer, type Unit } from '../../src/making/chunks.ts';
import type { Bits, RingArray } from '../../src/ring/array.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { fixed } from './line.ts';

const test = suite('choices of one of 16');
const ring = await Ring.create();
const N = 512;
/** By chance about once in 10^14. */
const LIMIT = 8;

/** The transfers of one digit of N elements, `width` planes for each entry. */
const unitOf = (width: number, out: Bits, choices?: Bits): Unit => {
  const of: Transfer = {
    sender: 0,
    planes: DIGIT,
    n: N,
    payload: { kind: 'choice', width },
    out,
    ...(choices && { choices }),
  };
  return { of, plane: 0, planes: DIGIT, start: 0, count: N, each: N, at: 0 };
};

/** Both pads of each transfer, and of each the one that goes with the true digit: what the receiver has. */
const padsOf = (digits: Uint8Array) => {
  const drawn = (seed: number) => (dst: RingArray) => new Prg(ring, fixed(seed)).fill(dst, 0, 0);
  const [zero, one] = [drawn(1), drawn(2)];
  const known = (dst: RingArray): void => {
    zero(dst);
    const other = ring.alloc(dst.field, dst.length);
    one(other);
    const size = dst.field.bytes;
    const [to, from] = [ring.u8(dst), ring.u8(other)];
    for (let j = 0; j < DIGIT; j++)
      for (let i = 0; i < N; i++) {
        const at = (j * N + i) * size;
        if ((digits[i]! >> j) & 1) to.set(from.subarray(at, at + size), at);
      }
    ring.release(other);
  };
  return { zero, one, known };
};

const planesOf = (digits: Uint8Array): Bits => {
  const planes = ring.bits(N, DIGIT);
  ring.zero(planes);
  const bytes = ring.u8(planes);
  for (let j = 0; j < DIGIT; j++)
    digits.forEach((v, i) => {
      bytes[j * planes.stride + (i >> 3)]! |= ((v >> j) & 1) << (i & 7);
    });
  return planes;
};

const bitAt = (a: Bits, plane: number, i: number): number =>
  (ring.u8(a)[plane * a.stride + (i >> 3)]! >> (i & 7)) & 1;

for (const width of [2, 4, 8])
  test(`${width} bits: of its own entry the receiver has all, of every other nothing`, () => {
    const digits = Uint8Array.from({ length: N }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 28);
    const { zero, one, known } = padsOf(digits);
    const entries = ring.bits(N, ENTRIES * width);
    entryPads(ring, unitOf(width, entries), width, zero, one);
    const pads = ring.bits(N, width);
    for (let away = 0; away < ENTRIES; away++) {
      // What it has, put together as if its digit were another one.
      const choices = planesOf(digits.map((v) => v ^ away));
      chosenPads(ring, unitOf(width, pads, choices), width, known);
      let alike = 0;
      digits.forEach((v, i) => {
        for (let b = 0; b < width; b++)
          alike += Number(bitAt(pads, b, i) === bitAt(entries, (v ^ away) * width + b, i));
      });
      const bits = N * width;
      if (away === 0) assert.is(alike, bits, 'its own entry');
      else
        assert.ok(
          Math.abs(alike - bits / 2) < LIMIT * Math.sqrt(bits / 4),
          `the entry that is ${away} away: ${alike} of ${bits} bits are known`,
        );
      ring.release(choices);
    }
    // Nor are the pads of two entries alike.
    for (let e = 1; e < ENTRIES; e++)
      for (let f = 0; f < e; f++) {
        let alike = 0;
        for (let b = 0; b < width; b++)
          for (let i = 0; i < N; i++)
            alike += Number(bitAt(entries, e * width + b, i) === bitAt(entries, f * width + b, i));
        const bits = N * width;
        assert.ok(
          Math.abs(alike - bits / 2) < LIMIT * Math.sqrt(bits / 4),
          `entries ${e} and ${f}: ${alike}`,
        );
      }
    for (const a of [entries, pads]) ring.release(a);
  });

test.run();
