/** Keys with ring payloads against the definition: small domains whole, words at their edges, and what one party sees. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RingArray } from '../../src/ring/array.ts';
import type { Field } from '../../src/ring/field.ts';
import { DCF_SEED } from '../../src/ring/fss-compare.ts';
import { type KeyShape, keyRow } from '../../src/ring/fss-payload.ts';
import { Prg } from '../../src/ring/prg.ts';
import { below, blank, fields, get, put, ring, scoped, someWords, wrap } from './support.ts';

const test = suite('ring keys');
const FM128 = fields.find((f) => f.bits === 128)!;

let worlds = 0;
const make = (field: Field, a: readonly bigint[], shape: KeyShape) => {
  const n = a.length;
  const seed = new Uint8Array(32).fill(++worlds);
  const seeds = [0, 1].map((party) => {
    const bytes = ring.bytes(n * DCF_SEED);
    new Prg(ring, seed).fill(bytes, worlds, party);
    return bytes;
  });
  const leaf = someWords(field, n * shape.words);
  const step = someWords(field, n * shape.steps);
  const cw = ring.bytes(n * keyRow(field, shape));
  ring.u8(cw).fill(0xa5);
  const own = (words: bigint[]): RingArray | null => (words.length > 0 ? put(field, words) : null);
  ring.keysGen(cw, [seeds[0]!, seeds[1]!], put(field, a), own(leaf), own(step), shape, 5);
  return { field, a, shape, seeds, leaf, step, cw };
};

/** Both parties' shares. */
const evaluate = (
  { field, shape, seeds, cw }: ReturnType<typeof make>,
  x: readonly bigint[],
  points: number,
) =>
  seeds.map((seed, party) => {
    const leaves = shape.words ? blank(field, x.length * points * shape.words) : null;
    const steps = shape.steps ? blank(field, x.length * shape.steps) : null;
    ring.keysEval(leaves, steps, cw, seed, put(field, x), shape, points, party, 5);
    return { leaves: leaves ? get(leaves) : [], steps: steps ? get(steps) : [] };
  });

const check = (
  field: Field,
  a: readonly bigint[],
  x: readonly bigint[],
  shape: KeyShape,
  points: number,
): void =>
  scoped(() => {
    const key = make(field, a, shape);
    const [s0, s1] = evaluate(key, x, points);
    const { words, steps, total } = shape;
    const low = (v: bigint): bigint => BigInt.asUintN(total, v);
    const what = (e: number) => `${JSON.stringify(shape)}, ${points} points: a = ${a[e]}, x = ${x[e]}`;
    a.forEach((v, e) => {
      for (let i = 0; i < points; i++) {
        const y = low(x[e]! + BigInt(i));
        const row = (e * points + Number(y % BigInt(points))) * words;
        for (let w = 0; w < words; w++) {
          const want = y === low(v) ? key.leaf[e * words + w]! : 0n;
          assert.is(wrap(s0!.leaves[row + w]! + s1!.leaves[row + w]!, field), want, `leaf ${i}: ${what(e)}`);
        }
      }
      for (let w = 0; w < steps; w++) {
        const want = low(v) < low(x[e]!) ? key.step[w * a.length + e]! : 0n;
        const at = w * a.length + e;
        assert.is(wrap(s0!.steps[at]! + s1!.steps[at]!, field), want, `step: ${what(e)}`);
      }
    });
  });

test('every index and every point of small domains, in every field', () => {
  for (const field of fields) {
    for (const [total, group, words, steps, points] of [
      [1, 0, 1, 1, 1],
      [1, 0, 2, 0, 2],
      [2, 0, 3, 1, 4],
      [3, 0, 5, 2, 2],
      [3, 2, 1, 0, 4],
      [4, 1, 3, 0, 8],
      [4, 0, 0, 2, 1],
      [5, 2, 9, 0, 1],
      [5, 0, 20, 1, 16],
      [5, 3, 2, 0, 32],
    ] as const) {
      const size = 1 << total;
      const all = Array.from({ length: size * size }, (_, i) => [
        BigInt(i % size),
        BigInt(Math.floor(i / size)),
      ]);
      // What lies above the bits of an index does not count.
      const junk = 0x5a5a5a5an << BigInt(total);
      check(
        field,
        all.map(([a]) => wrap(a! | junk, field)),
        all.map(([, x]) => x!),
        { total, group, words, steps },
        points,
      );
    }
  }
});

test('whole words: edges and neighbours, points that carry through many bits, every length', () => {
  for (const field of fields) {
    const k = field.bits;
    const top = (1n << BigInt(k)) - 1n;
    const edges = [0n, 1n, 2n, 30n, 31n, top >> 1n, (top >> 1n) + 1n, top - 3n, top, (1n << 31n) - 5n];
    for (const total of [k, k - 1, k - 7]) {
      for (const [group, words, steps, points] of [
        [0, 4, 1, 32],
        [2, 1, 0, 8],
        [0, 0, 2, 1],
      ] as const) {
        const shape = { total, group, words, steps };
        check(
          field,
          edges.flatMap((a) => edges.map(() => a)),
          edges.flatMap(() => edges),
          shape,
          points,
        );
        for (const n of [1, 7, 8, 9, 17]) {
          const a = someWords(field, n);
          const near = a.map((v) => wrap(v - BigInt(below(points + 3)) + 1n, field));
          check(field, a, near, shape, points);
          check(field, a, someWords(field, n), shape, points);
        }
      }
    }
  }
});

test('a wrong bit anywhere on the path is seen', () => {
  const a = 0x0123456789abcdef0123456789abcdefn;
  const flips = Array.from({ length: 128 }, (_, b) => a ^ (1n << BigInt(b)));
  check(
    FM128,
    flips.map(() => a),
    flips,
    { total: 128, group: 0, words: 1, steps: 1 },
    1,
  );
});

/** Pearson's statistic of 256 byte values, as a standard normal (Wilson and Hilferty). */
const chi = (counts: readonly number[]): number => {
  const n = counts.reduce((a, b) => a + b, 0);
  const statistic = counts.reduce((sum, c) => sum + (c - n / 256) ** 2 / (n / 256), 0);
  const v = 2 / (9 * 255);
  return ((statistic / 255) ** (1 / 3) - (1 - v)) / Math.sqrt(v);
};

test('what one party sees is noise: correction words and shares, whatever the index and the payload are', () => {
  const n = 512;
  const shape = { total: 40, group: 0, words: 2, steps: 2 };
  const row = keyRow(FM128, shape);
  const found: number[] = [];
  for (const a of [0n, (1n << 40n) - 1n, 0x5555555555n]) {
    scoped(() => {
      const key = make(FM128, Array(n).fill(a), shape);
      const zero = {
        ...key,
        leaf: put(FM128, Array(2 * n).fill(0n)),
        step: put(FM128, Array(2 * n).fill(0n)),
      };
      ring.keysGen(key.cw, [key.seeds[0]!, key.seeds[1]!], put(FM128, key.a), zero.leaf, zero.step, shape, 5);
      const bytes = ring.u8(key.cw);
      // Each word of a key over all keys, and each party's shares at the index and beside it.
      for (let word = 0; word < row; word += 16) {
        const counts = Array(256).fill(0);
        for (let e = 0; e < n; e++) for (let b = 0; b < 16; b++) counts[bytes[e * row + word + b]!]++;
        found.push(chi(counts));
        // Bits 0 and 1 alone: of the control bits.
        for (const bit of [1, 2]) {
          const ones = Array.from({ length: n }, (_, e) => bytes[e * row + word]! & bit).filter(
            Boolean,
          ).length;
          found.push((ones - n / 2) / Math.sqrt(n / 4));
        }
      }
      for (const x of [a, wrap(a + 1n, FM128)]) {
        for (const { leaves, steps } of evaluate(key, Array(n).fill(x), 2)) {
          for (const words of [leaves, x & (1n << 39n) ? steps : []]) {
            if (words.length === 0) continue;
            const counts = Array(256).fill(0);
            for (const w of words) for (let b = 0n; b < 128n; b += 8n) counts[Number((w >> b) & 255n)]++;
            found.push(chi(counts));
          }
        }
      }
      const words = ring.u8(key.cw);
      const seen = new Set<string>();
      for (let at = 0; at < n * row; at += 16) seen.add(String(words.subarray(at, at + 16)));
      assert.is(seen.size, (n * row) / 16, 'no two words are alike');
    });
  }
  // Of some 1,200 tests one is beyond 5 once in 1,500 runs; the seeds are fixed.
  assert.ok(found.length > 1000);
  assert.ok(
    Math.max(...found.map(Math.abs)) < 5,
    `a word is biased: z = ${Math.max(...found.map(Math.abs))}`,
  );
});

test('refuses shapes that do not fit', () => {
  scoped(() => {
    const shape = { total: 10, group: 0, words: 1, steps: 1 };
    const { seeds, cw } = make(FM128, [1n, 2n], shape);
    const a = put(FM128, [1n, 2n]);
    const out = put(FM128, [0n, 0n]);
    const evaluated = (s: KeyShape, points: number, leaves: RingArray | null = out, x = a) =>
      ring.keysEval(leaves, out, cw, seeds[0]!, x, s, points, 0);
    assert.throws(() => evaluated({ ...shape, total: 129 }, 1), /indices/);
    assert.throws(() => evaluated({ ...shape, total: 11 }, 1), /keysEval/);
    assert.throws(() => evaluated({ ...shape, group: 10 }, 1), /indices/);
    assert.throws(() => evaluated({ ...shape, steps: 3 }, 1), /steps/);
    assert.throws(() => evaluated({ ...shape, group: 2 }, 1), /groups/);
    assert.throws(() => evaluated({ ...shape, words: 0, steps: 0 }, 1), /steps/);
    assert.throws(() => evaluated(shape, 3), /power of two/);
    assert.throws(() => evaluated(shape, 64), /power of two/);
    assert.throws(() => evaluated(shape, 1, null), /words/);
    assert.throws(() => evaluated(shape, 2), /keysEval/);
    const gen = () => ring.keysGen(cw, [seeds[0]!, ring.bytes(1)], a, out, out, shape);
    assert.throws(gen, /keysGen/);
  });
});

test.run();
