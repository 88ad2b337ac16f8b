/**
 * @file Choices of one of 16 from four transfers each (Naor and Pinkas 1999, section 3): the pad of entry e is the sum of four, by the bits
 * of e, of the pads of that choice. Each pad has parts for the eight entries that go with it, so that pads of entries are as independent as
 * pads of transfers are: of 16, who has one pad of each transfer knows one and nothing of the others.
 */

import type { Bits, RingArray } from '../ring/array.ts';
import { planeOf as at, type Plane, type PlaneProgram, PlaneWriter } from '../ring/plane-program.ts';
import type { Ring } from '../ring/ring.ts';
import { DIGIT, fieldFor, packBits, type Transfer, type Unit, unpackBits } from './chunks.ts';

/** Entries that one is chosen of, and those that go with one bit of the choice. */
export const ENTRIES = 1 << DIGIT;
const PARTS = ENTRIES / 2;

type Pads = (dst: RingArray, each: number) => void;

/** The place of entry e among those that have its bit j. */
const partOf = (e: number, j: number): number => ((e >> (j + 1)) << j) | (e & ((1 << j) - 1));

const written = new Map<string, PlaneProgram>();
const once = (key: string, write: (w: PlaneWriter) => void): PlaneProgram => {
  const known = written.get(key);
  if (known) return known;
  const writer = new PlaneWriter();
  write(writer);
  const program = writer.end();
  written.set(key, program);
  return program;
};

/** Pads of all entries. Arrays: pads of choice 0 and of choice 1, `width` planes for each part and transfer; pads of entries. */
const entries = (width: number): PlaneProgram =>
  once(`entries ${width}`, (w) => {
    for (let e = 0; e < ENTRIES; e++)
      for (let b = 0; b < width; b++)
        for (let j = 0; j < DIGIT; j++) {
          const pad = at((e >> j) & 1, (j * PARTS + partOf(e, j)) * width + b);
          const to = at(2, e * width + b);
          if (j === 0) w.copy(to, pad);
          else w.xor(to, to, pad);
        }
  });

/** Halves `size` rows of `width` planes from `first` of an array on, by a plane that chooses the upper half where it is set. */
const halve = (
  w: PlaneWriter,
  array: number,
  first: number,
  size: number,
  width: number,
  by: Plane,
  room: Plane,
) => {
  const half = size / 2;
  for (let i = 0; i < half * width; i++) {
    const [low, high] = [at(array, first + i), at(array, first + half * width + i)];
    w.xor(room, low, high);
    w.andXor(low, room, by);
  }
};

/** The pad of the chosen entry. Arrays: pads of the transfers; digits; the result; room. */
const chosen = (width: number): PlaneProgram =>
  once(`chosen ${width}`, (w) => {
    for (let j = 0; j < DIGIT; j++) {
      const first = j * PARTS * width;
      // Bits of a part are those of the digit but for bit j: from the highest on.
      let size = PARTS;
      for (let bit = DIGIT - 1; bit >= 0; bit--) {
        if (bit === j) continue;
        halve(w, 0, first, size, width, at(1, bit), at(3, 0));
        size /= 2;
      }
      for (let b = 0; b < width; b++) {
        if (j === 0) w.copy(at(2, b), at(0, first + b));
        else w.xor(at(2, b), at(2, b), at(0, first + b));
      }
    }
  });

/** One of 16 rows of `width` planes by a digit of four planes. Arrays: rows, which are used up; the digit; room. Row 0 is the result. */
const choosing = (width: number): PlaneProgram =>
  once(`choosing ${width}`, (w) => {
    let size = ENTRIES;
    for (let bit = DIGIT - 1; bit >= 0; bit--) {
      halve(w, 0, 0, size, width, at(1, bit), at(2, 0));
      size /= 2;
    }
  });

/** Chooses among 16 rows of `width` planes, without a branch: the chosen row is the first afterwards. */
export const choose = (ring: Ring, rows: Bits, digit: Bits): void => {
  const room = ring.bits(rows.length);
  ring.runPlanes(choosing(rows.planes / ENTRIES), [rows, digit, room]);
  ring.release(room);
};

/** Adds less and equal of row t to all entries, and what is to be their share. Arrays: one-hot codes; entries; shares; room. */
const adding = (width: number, t: number): PlaneProgram =>
  once(`adding ${width} ${t}`, (w) => {
    const before = at(3, 0);
    for (let e = 0; e < ENTRIES; e++) {
      const [less, equal] = [at(1, e * width + 2 * t), at(1, e * width + 2 * t + 1)];
      w.xor(less, less, at(2, 2 * t));
      if (e === 1) w.copy(before, at(0, 0));
      else if (e > 1) w.xor(before, before, at(0, e - 1));
      if (e > 0) w.xor(less, less, before);
      w.xor(equal, equal, at(2, 2 * t + 1));
      w.xor(equal, equal, at(0, e));
    }
  });

/** Adds [digit < v] and [digit = v] of row t to entry v, for all v, and `shares` to each. */
export const addEntries = (ring: Ring, entries: Bits, digit: Bits, shares: Bits, t: number): void => {
  const [codes, room] = [ring.bits(digit.length, ENTRIES), ring.bits(digit.length)];
  ring.oneHot(codes, digit);
  ring.runPlanes(adding(shares.planes, t), [codes, entries, shares, room]);
  for (const a of [codes, room]) ring.release(a);
};

/** Adds functions of the digit and the entry, from plane `first` of an entry on. Arrays: one-hot codes; entries; shares. */
const addingFunctions = (
  key: string,
  width: number,
  first: number,
  of: readonly EntryFunction[],
): PlaneProgram =>
  once(`functions ${key} ${width} ${first}`, (w) => {
    for (let e = 0; e < ENTRIES; e++)
      of.forEach((f, i) => {
        const to = at(1, e * width + first + i);
        w.xor(to, to, at(2, first + i));
        for (let digit = 0; digit < ENTRIES; digit++) if (f(digit, e)) w.xor(to, to, at(0, digit));
      });
  });

/** A bit that depends on a digit of the sender's and on the entry. */
export type EntryFunction = (digit: number, entry: number) => boolean;

/** Adds functions of the digit to all entries, from plane `first` of each on, and `shares` to these planes. `key`: the functions' name. */
export const addFunctions = (
  ring: Ring,
  entries: Bits,
  digit: Bits,
  shares: Bits,
  first: number,
  key: string,
  of: readonly EntryFunction[],
): void => {
  const codes = ring.bits(digit.length, ENTRIES);
  ring.oneHot(codes, digit);
  ring.runPlanes(addingFunctions(key, shares.planes, first, of), [codes, entries, shares]);
  ring.release(codes);
};

/** Pads of a unit as planes, all transfers one after another. */
const padsOf = (ring: Ring, unit: Unit, width: number, pads: Pads): Bits => {
  const n = unit.planes * unit.each;
  const words = ring.alloc(fieldFor(PARTS * width), n);
  pads(words, 1);
  const planes = ring.bits(n, words.field.bits);
  ring.toPlanes(planes, words);
  ring.release(words);
  return planes;
};

/** The four transfers of digit `which` of a unit, side by side: `planes` planes each. */
const sideBySide = (ring: Ring, unit: Unit, all: Bits, which: number, planes: number): Bits => {
  const out = ring.bits(unit.each, DIGIT * planes);
  const [source, target] = [ring.u8(all), ring.u8(out)];
  const bytes = unit.each / 8;
  for (let j = 0; j < DIGIT; j++)
    for (let i = 0; i < planes; i++) {
      const from = i * all.stride + (which * DIGIT + j) * bytes;
      target.set(source.subarray(from, from + bytes), (j * planes + i) * out.stride);
    }
  return out;
};

/** A part of a unit: one plane or several of the transfer's, its elements alone. */
const oneDigit = (unit: Unit): Unit => ({ ...unit, planes: 1 });

const putPlanes = (ring: Ring, of: Transfer, unit: Unit, from: Bits, first: number): void => {
  for (let i = 0; i < from.planes; i++)
    unpackBits(ring, of.out as Bits, from.plane(i), first + i, oneDigit(unit), 1);
};

/** At the sender: pads of all entries of a unit, put into its place. */
export const entryPads = (ring: Ring, unit: Unit, width: number, zero: Pads, one: Pads): void => {
  const both = [zero, one].map((pads) => padsOf(ring, unit, width, pads)) as [Bits, Bits];
  for (let d = 0; d < unit.planes / DIGIT; d++) {
    const sides = both.map((all) => sideBySide(ring, unit, all, d, PARTS * width)) as [Bits, Bits];
    const out = ring.bits(unit.each, ENTRIES * width);
    ring.runPlanes(entries(width), [...sides, out]);
    putPlanes(ring, unit.of, unit, out, (unit.plane / DIGIT + d) * ENTRIES * width);
    for (const a of [...sides, out]) ring.release(a);
  }
  for (const a of both) ring.release(a);
};

/** At the receiver: the pads of its choices. */
export const chosenPads = (ring: Ring, unit: Unit, width: number, pads: Pads): void => {
  const all = padsOf(ring, unit, width, pads);
  for (let d = 0; d < unit.planes / DIGIT; d++) {
    const side = sideBySide(ring, unit, all, d, PARTS * width);
    const [digit, out, room] = [
      ring.bits(unit.each, DIGIT),
      ring.bits(unit.each, width),
      ring.bits(unit.each),
    ];
    for (let j = 0; j < DIGIT; j++)
      packBits(ring, digit.plane(j), unit.of.choices!, unit.plane + d * DIGIT + j, oneDigit(unit), 1);
    ring.runPlanes(chosen(width), [side, digit, out, room]);
    putPlanes(ring, unit.of, unit, out, (unit.plane / DIGIT + d) * width);
    for (const a of [side, digit, out, room]) ring.release(a);
  }
  ring.release(all);
};
