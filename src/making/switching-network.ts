/**
 * @file Permutations that one party knows, of words of which both have shares: a network of switches (Benes 1964; Waksman, JACM 1968, without
 * his saving of switches). Each switch is a transfer: its setting is the party's choice, worth what the other has of b - a. Columns of
 * switches are one batch.
 */

import { move } from '../gates/permutation.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import type { Transfer } from './chunks.ts';
import type { Maker, Making } from './maker.ts';

/** Places in a network for n words: a power of two. */
const networkSize = (n: number): number => math.pow2(Math.max(1, Math.ceil(math.log2(Math.max(n, 2)))));

/** Columns of a network. */
const columnsOf = (size: number): number => 2 * math.log2(size) - 1;

/** Settings of all switches, column by column, so that output i is input from[i]. */
export const route = (from: Int32Array, size: number): Uint8Array[] => {
  const columns = columnsOf(size);
  const settings = Array.from({ length: columns }, () => new Uint8Array(size / 2));
  const inBlock = (block: Int32Array, base: number, level: number): void => {
    const n = block.length;
    if (n === 2) {
      settings[level]![base / 2] = block[0]!;
      return;
    }
    const to = new Int32Array(n);
    block.forEach((input, output) => {
      to[input] = output;
    });
    // Which half each input goes through, and each output comes from: the two of a switch never the same one.
    const [ins, outs] = [new Int8Array(n).fill(-1), new Int8Array(n).fill(-1)];
    for (let start = 0; start < n; start++) {
      for (let output = start; outs[output] === -1; ) {
        const input = block[output]!;
        const other = to[input ^ 1]!;
        [outs[output], ins[input], ins[input ^ 1], outs[other]] = [0, 0, 1, 1];
        output = other ^ 1;
      }
    }
    const halves = [new Int32Array(n / 2), new Int32Array(n / 2)] as const;
    block.forEach((input, output) => {
      halves[outs[output] as 0 | 1][output >> 1] = input >> 1;
    });
    const [first, last] = [settings[level]!, settings[columns - 1 - level]!];
    for (let j = 0; j < n / 2; j++) {
      first[base / 2 + j] = ins[2 * j]!;
      last[base / 2 + j] = outs[2 * j]!;
    }
    inBlock(halves[0], base, level + 1);
    inBlock(halves[1], base + n / 2, level + 1);
  };
  inBlock(from, 0, 0);
  return settings;
};

/** Where the two inputs of each switch of a column stand, and where its outputs go. */
interface Wiring {
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** By place: which of the outputs a.. b.. stands there. */
  readonly next: Int32Array;
}

const wiringOf = (size: number, column: number): Wiring => {
  const columns = columnsOf(size);
  const middle = (columns - 1) / 2;
  const block = size / math.pow2(Math.min(column, columns - 1 - column));
  const half = size / 2;
  const [a, b, next] = [new Int32Array(half), new Int32Array(half), new Int32Array(size)];
  for (let s = 0; s < half; s++) {
    const base = Math.floor((2 * s) / block) * block;
    const j = s - base / 2;
    const together = [base + 2 * j, base + 2 * j + 1] as const;
    const apart = [base + j, base + block / 2 + j] as const;
    const [before, after] =
      column === middle ? [together, together] : column < middle ? [together, apart] : [apart, together];
    [a[s], b[s]] = before;
    next[after[0]] = s;
    next[after[1]] = half + s;
  }
  return { a, b, next };
};

/** The same wiring for lanes one behind the other. */
const inLanes = (
  places: Int32Array,
  lanes: number,
  step: number,
  shift: (at: number, lane: number) => number,
): Int32Array => {
  const out = new Int32Array(lanes * places.length);
  for (let lane = 0; lane < lanes; lane++)
    places.forEach((at, i) => {
      out[lane * step + i] = shift(at, lane);
    });
  return out;
};

/** Words that one transfer is worth, for so many columns of data. */
const groupsOf = (columns: number): (1 | 2 | 4)[] => {
  const out: (1 | 2 | 4)[] = [];
  for (let left = columns; left > 0; ) {
    const size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    out.push(size);
    left -= size;
  }
  return out;
};

/**
 * Shares of lanes of `n` words, moved by the permutations of rank `owner`: `from`, at the owner alone, is where each word of a lane comes
 * from, counted over all lanes.
 */
export function* permuted(
  m: Maker,
  owner: 0 | 1,
  from: Int32Array | undefined,
  data: readonly RingArray[],
  lanes: number,
  n: number,
): Making<RingArray[]> {
  const { ring, field } = m;
  const size = networkSize(n);
  const half = size / 2;
  const total = lanes * half;
  const settings =
    from &&
    Array.from({ length: lanes }, (_, lane) => {
      const own = Int32Array.from({ length: size }, (_, i) => (i < n ? from[lane * n + i]! - lane * n : i));
      return route(own, size);
    });
  // The owner moves what it has itself; the network moves what the other has.
  let state = data.map((column) => {
    const padded = m.words(lanes * size);
    ring.zero(padded);
    if (!from)
      for (let lane = 0; lane < lanes; lane++)
        ring.copy(padded.view(lane * size, n), column.view(lane * n, n));
    return padded;
  });
  for (let column = 0; column < columnsOf(size); column++) {
    const wiring = wiringOf(size, column);
    const [a, b] = [wiring.a, wiring.b].map((at) =>
      inLanes(at, lanes, half, (p, lane) => lane * size + p),
    ) as [Int32Array, Int32Array];
    const next = inLanes(wiring.next, lanes, size, (p, lane) =>
      p < half ? lane * half + p : total + lane * half + p - half,
    );
    const choices =
      settings &&
      choicesOf(
        m,
        settings.map((lane) => lane[column]!),
        half,
      );
    const sides = state.map((one) => {
      const both = m.words(2 * total);
      move(m, both.view(0, total), one, a);
      move(m, both.view(total, total), one, b);
      return both;
    });
    const transfers: Transfer[] = [];
    const parts: {
      readonly worth: RingArray;
      readonly out: RingArray;
      readonly first: number;
      readonly count: number;
    }[] = [];
    let first = 0;
    for (const count of groupsOf(data.length)) {
      const [worth, out] = [m.words(count * total), m.words(count * total)];
      for (let w = 0; w < count; w++) {
        const both = sides[first + w]!;
        ring.sub(worth.view(w * total, total), both.view(total, total), both.view(0, total));
      }
      const own = choices ? { choices } : { worth };
      transfers.push({
        sender: (1 - owner) as 0 | 1,
        planes: 1,
        n: total,
        payload: { kind: 'words', count, field },
        ...own,
        out,
      });
      parts.push({ worth, out, first, count });
      first += count;
    }
    yield { transfers, products: [] };
    for (const { worth, out, first: at, count } of parts) {
      for (let w = 0; w < count; w++) {
        const [difference, moved, both] = [
          worth.view(w * total, total),
          out.view(w * total, total),
          sides[at + w]!,
        ];
        if (choices) {
          // And what the owner has of it.
          ring.maskByBits(difference, difference, choices);
          ring.add(moved, moved, difference);
        }
        const [x, y] = [both.view(0, total), both.view(total, total)];
        ring.add(x, x, moved);
        ring.sub(y, y, moved);
      }
      m.drop(worth, out);
    }
    const after = sides.map((both) => {
      const one = m.words(lanes * size);
      move(m, one, both, next);
      m.drop(both);
      return one;
    });
    m.drop(...state, ...(choices ? [choices] : []));
    state = after;
  }
  return state.map((padded, i) => {
    const out = m.words(lanes * n);
    if (from) move(m, out, data[i]!, from);
    else ring.zero(out);
    for (let lane = 0; lane < lanes; lane++) {
      const part = out.view(lane * n, n);
      ring.add(part, part, padded.view(lane * size, n));
    }
    m.drop(padded);
    return out;
  });
}

/** Settings of one column, lane by lane, as bits. */
const choicesOf = (m: Maker, lanes: readonly Uint8Array[], half: number): Bits => {
  const out = m.bits(lanes.length * half);
  m.ring.zero(out);
  const bytes = m.ring.u8(out);
  lanes.forEach((settings, lane) => {
    settings.forEach((bit, s) => {
      const at = lane * half + s;
      bytes[at >> 3]! |= bit << (at & 7);
    });
  });
  return out;
};
