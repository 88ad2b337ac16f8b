/**
 * @file Quicksort on comparisons whose results are public: which pairs to compare next, and how many comparisons to
 * expect. Segments of more than SMALL elements are split at PIVOTS of them, smaller ones compare all pairs.
 */

import * as math from '../ring/math/index.ts';

const PIVOTS = 3;
const SMALL = 8;

/** Elements that stand next to each other in the result, from `at` on, in an order yet to be found. */
interface Segment {
  readonly ids: Int32Array;
  readonly at: number;
  /** Pairs, two entries each, and how many of them have been compared. */
  readonly pairs: Int32Array;
  readonly results: Uint8Array;
  done: number;
}

const pairsOf = (ids: Int32Array): Int32Array => {
  const m = ids.length;
  const split = m > SMALL;
  const heads = split ? PIVOTS : m;
  const out = new Int32Array(2 * (split ? PIVOTS * m - (PIVOTS * (PIVOTS + 1)) / 2 : (m * (m - 1)) / 2));
  let k = 0;
  for (let i = 0; i < heads; i++) {
    for (let j = i + 1; j < m; j++) {
      out[k++] = ids[i]!;
      out[k++] = ids[j]!;
    }
  }
  return out;
};

/** Places of all pairs of a segment: pair (i, j), i < j, i a head. */
const placeOf = (m: number, i: number, j: number): number => i * m - (i * (i + 1)) / 2 + j - i - 1;

export class SortPlan {
  /** The elements in order, once `finished`. */
  readonly order: Int32Array;
  #open: Segment[] = [];

  constructor(lanes: number, n: number) {
    this.order = new Int32Array(lanes * n);
    for (let lane = 0; lane < lanes; lane++) {
      this.#add(
        Int32Array.from({ length: n }, (_, i) => lane * n + i),
        lane * n,
      );
    }
  }

  get finished(): boolean {
    return this.#open.length === 0;
  }

  #add(ids: Int32Array, at: number): void {
    if (ids.length < 2) this.order.set(ids, at);
    else {
      const pairs = pairsOf(ids);
      this.#open.push({ ids, at, pairs, results: new Uint8Array(pairs.length / 2), done: 0 });
    }
  }

  /** The next pairs to compare, at most `room`: first and second of each. */
  next(room: number): { first: Int32Array; second: Int32Array } {
    const [first, second] = [new Int32Array(room), new Int32Array(room)];
    let k = 0;
    for (const { pairs, done } of this.#open) {
      for (let i = done; 2 * i < pairs.length && k < room; i++, k++) {
        first[k] = pairs[2 * i]!;
        second[k] = pairs[2 * i + 1]!;
      }
      if (k === room) break;
    }
    return { first: first.subarray(0, k), second: second.subarray(0, k) };
  }

  /** Takes the answers to those pairs: 1 where the first is less. */
  answer(bits: (i: number) => number, count: number): void {
    let k = 0;
    const open = this.#open;
    this.#open = [];
    for (const s of open) {
      while (k < count && s.done < s.results.length) s.results[s.done++] = bits(k++);
      if (s.done < s.results.length) this.#open.push(s);
      else this.#resolve(s);
    }
  }

  #resolve({ ids, at, results }: Segment): void {
    const m = ids.length;
    const heads = m > SMALL ? PIVOTS : m;
    // How many heads stand before each element.
    const rank = new Int32Array(m);
    for (let i = 0; i < heads; i++) {
      for (let j = i + 1; j < m; j++) {
        if (results[placeOf(m, i, j)]) rank[j]!++;
        else if (j < heads) rank[i]!++;
      }
    }
    if (heads === m) {
      for (let i = 0; i < m; i++) this.order[at + rank[i]!] = ids[i]!;
      return;
    }
    const buckets: number[][] = Array.from({ length: PIVOTS + 1 }, () => []);
    for (let j = PIVOTS; j < m; j++) buckets[rank[j]!]!.push(ids[j]!);
    const pivots = [...Array(PIVOTS).keys()].sort((a, b) => rank[a]! - rank[b]!);
    let to = at;
    buckets.forEach((bucket, b) => {
      this.#add(Int32Array.from(bucket), to);
      to += bucket.length;
      if (b < PIVOTS) this.order[to++] = ids[pivots[b]!]!;
    });
  }
}

/** A fixed stream: plans are the same at dealer and parties. */
const fixed = (): (() => number) => {
  let a = 0x9e3779b9;
  return () => {
    a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
    return a / math.pow2(32);
  };
};

/** Comparisons a level of one sort of n random elements. */
const sample = (n: number, next: () => number): number[] => {
  const out: number[] = [];
  let segments = [n];
  while (segments.length > 0) {
    const rest: number[] = [];
    let count = 0;
    for (const m of segments) {
      count += m > SMALL ? PIVOTS * m - (PIVOTS * (PIVOTS + 1)) / 2 : (m * (m - 1)) / 2;
      if (m <= SMALL) continue;
      const cuts = Array.from({ length: PIVOTS }, () => Math.floor(next() * (m - PIVOTS + 1))).sort(
        (a, b) => a - b,
      );
      [...cuts, m - PIVOTS].forEach((cut, i) => {
        const size = cut - (i > 0 ? cuts[i - 1]! : 0);
        if (size > 1) rest.push(size);
      });
    }
    out.push(count);
    segments = rest;
  }
  return out;
};

/** The most comparisons a level of some sorts of n elements, by n. */
const peaks = new Map<number, readonly number[]>();
const peaksOf = (n: number): readonly number[] => {
  const known = peaks.get(n);
  if (known) return known;
  const next = fixed();
  const samples = Array.from({ length: n > 1e5 ? 4 : 16 }, () => sample(n, next));
  const levels = Math.max(...samples.map((s) => s.length));
  const peak = Array.from({ length: levels }, (_, l) => Math.max(...samples.map((s) => s[l] ?? 0)));
  peaks.set(n, peak);
  return peak;
};

const EXTRA_LEVELS = 14;

/**
 * Comparisons to deal, level by level. What does not fit into a level waits for the next one, so only their sum
 * matters; it exceeds the most that some sorts took by 15 percent, 64 a level, and a quarter of n for EXTRA_LEVELS levels:
 * more than eight standard deviations over the mean. A sort of SMALL elements or fewer takes one level, exactly.
 */
export const schedule = (lanes: number, n: number): number[] => {
  if (n < 2) return [];
  if (n <= SMALL) return [(lanes * n * (n - 1)) / 2];
  const [first, ...rest] = peaksOf(n);
  const levels = rest.map((count) => Math.min(Math.ceil(1.15 * count * lanes) + 64, PIVOTS * lanes * n));
  const extra = Math.ceil((lanes * n) / 4) + 64;
  return [first! * lanes, ...levels, ...new Array<number>(EXTRA_LEVELS).fill(extra)];
};

/** Levels that a sort takes, as most do: those that are kept in reserve are not counted. */
export const usualLevels = (lanes: number, n: number): number => {
  const levels = schedule(lanes, n).length;
  return n <= SMALL ? levels : levels - EXTRA_LEVELS;
};
