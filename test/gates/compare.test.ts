/** Comparisons, equality, boolean gates: values, rounds and bytes as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import type { Wire } from '../../src/fixed/circuit.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { dcfRow } from '../../src/ring/fss-compare.ts';
import { bits, FIELD_NAMES, fxp, LENGTHS, random, randomRaw, raw, runCase, same } from './harness.ts';

const PARTIES = [2, 3, 5];
const one = (b: boolean): bigint => BigInt(b);
const bitOut = (shape: readonly number[]) => ({ shape, kind: 'bit', secret: true }) as const;

/** By field: rounds, bits of one threshold, dealer bits of the tables and of one threshold. */
const LESS = {
  FM128: [4, 71, 513, 207],
  FM64: [3, 34, 257, 96],
  FM32: [3, 16, 129, 38],
} as const;

/** By field: b, bits of one threshold, dealer bits of one threshold. */
const SMALL = { FM128: [56, 30, 76], FM64: [40, 21, 44], FM32: [20, 10, 16] } as const;

/** By bits: rounds, bits, dealer bits. */
const BORROW = { 4: [1, 1, 16], 8: [2, 3, 33], 18: [3, 10, 96], 26: [3, 14, 136] } as const;

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const [rounds, online, tables, tree] = LESS[field];
  /** Pairs whose difference does not overflow, next to each other and far apart. */
  const pairs = (n: number): [bigint, bigint][] => {
    const next = random(n);
    const top = 2n ** BigInt(k - 2);
    const edges: [bigint, bigint][] = [
      [0n, 0n],
      [0n, 1n],
      [1n, 0n],
      [-1n, 0n],
      [0n, -1n],
      [top - 1n, -top],
      [-top, top - 1n],
      [top - 1n, top - 1n],
      [-top, -top],
      [16n, 15n],
      [15n, 16n],
    ];
    return Array.from({ length: n }, (_, i) => {
      if (edges[i]) return edges[i];
      const x = randomRaw(next, k - 2);
      return i % 3 === 0 ? [x, x + BigInt((i % 5) - 2)] : [x, randomRaw(next, k - 2)];
    });
  };

  test(`${field}: less is ${rounds} rounds and ${online} bits`, () => {
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [129]) {
        const p = pairs(n);
        const r = runCase({
          field,
          parties,
          inputs: [raw(p.map(([x]) => x)), raw(p.map(([, y]) => y))],
          build: (c, x, y) => B.less(c, x!, y!),
        });
        same(
          r.raw[0]!,
          p.map(([x, y]) => one(x < y)),
          `${parties} parties, ${n}`,
        );
        const plane = Math.ceil(n / 8);
        assert.equal([r.rounds, r.bytes, r.dealerBytes], [rounds, plane * online, plane * (tables + tree)]);
      }
    }
  });

  test(`${field}: many thresholds share the tables of one x, and its rounds`, () => {
    const thresholds = [0, 1, -1, 16, 2 ** (k - 3), -(2 ** (k - 3)), 12345];
    const x = pairs(200).map(([v]) => v >> 1n);
    const r = runCase({ field, parties: 3, inputs: [raw(x)], build: (c, u) => B.below(c, u!, thresholds) });
    thresholds.forEach((t, i) => {
      same(
        r.raw[i]!,
        x.map((v) => one(v < BigInt(t))),
        `below ${t}`,
      );
    });
    assert.equal([r.rounds, r.bytes, r.dealerBytes], [rounds, 25 * online * 7, 25 * (tables + 7 * tree)]);
  });

  test(`${field}: a comparison of numbers that are known to be small`, () => {
    const [bits, online, tree] = SMALL[field];
    const thresholds = [0, 1, -1, 2 ** (bits - 2), -(2 ** (bits - 2)), 777];
    const next = random(9);
    const edge = 1n << BigInt(bits - 2);
    const edges = [0n, -1n, 1n, edge - 1n, -edge, 1n - edge, 776n, 777n, 778n];
    const x = Array.from({ length: 200 }, (_, i) => edges[i] ?? randomRaw(next, bits - 2));
    for (const parties of PARTIES) {
      for (const costMode of parties === 2 ? (['bandwidth', 'latency'] as const) : (['bandwidth'] as const)) {
        const r = runCase({
          field,
          parties,
          costMode,
          inputs: [raw(x)],
          build: (c, u) => B.below(c, u!, thresholds, bits),
        });
        thresholds.forEach((t, i) => {
          same(
            r.raw[i]!,
            x.map((v) => one(v < BigInt(t))),
            `below ${t}`,
          );
        });
        const count = thresholds.length;
        const cost = [r.rounds, r.bytes, r.dealerBytes];
        if (costMode === 'latency') assert.equal(cost, [1, 25 * count, 2 * 200 * dcfRow(bits - 1) + 25]);
        else assert.equal(cost, [3, 25 * online * count, 25 * (4 * bits + 1 + count * tree)]);
      }
    }
  });

  test(`${field}: the borrow of the low bits`, () => {
    const next = random(3);
    const x = Array.from({ length: 300 }, () => randomRaw(next, k === 128 ? 80 : k - 3));
    for (const low of [1, 4, 8, 11, 18, FIELDS[field].fraction]) {
      for (const parties of [2, 3]) {
        const r = runCase({
          field,
          parties,
          inputs: [raw(x)],
          build: (c, u) => {
            const lost = c.emit('borrow', [u!], { bits: low }, [bitOut(u!.shape)])[0]!;
            return [lost, B.truncate(c, u!, low)];
          },
        });
        const floor = BORROW[low as keyof typeof BORROW];
        if (floor && k === 128)
          assert.equal([r.rounds, r.bytes / 38, (r.dealerBytes - 300 * 16) / 38], floor);
        same(
          r.raw[1]!.map((v, i) => v - r.raw[0]![i]!),
          x.map((v) => v >> BigInt(low)),
          `floor of ${low} bits`,
        );
      }
    }
  });

  test(`${field}: equality is 2 rounds and at most 1 byte`, () => {
    const width = Math.log2(k);
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [129]) {
        const p = pairs(n).map(([x, y], i): [bigint, bigint] => [
          x,
          i % 4 === 0 ? x : i % 4 === 1 ? x ^ (1n << BigInt(i % (k - 1))) : y,
        ]);
        const r = runCase({
          field,
          parties,
          inputs: [raw(p.map(([x]) => x)), raw(p.map(([, y]) => y))],
          build: (c, x, y) => B.equal(c, x!, y!),
        });
        same(
          r.raw[0]!,
          p.map(([x, y]) => one(x === y)),
          `${parties} parties, ${n}`,
        );
        const bytes = (b: number): number => Math.ceil((n * b) / 8);
        assert.equal(
          [r.rounds, r.bytes, r.dealerBytes],
          [2, bytes(width) + bytes(1), bytes(k * width) + bytes(width) + n * (k / 8)],
          `${n}`,
        );
        if (n === 1000) assert.ok(r.bytes <= n);
      }
    }
  });

  test(`${field}: every single differing bit is seen by equality`, () => {
    const x = Array.from({ length: k }, (_, i) => BigInt.asIntN(k, 1n << BigInt(i)));
    const all = [...x, -1n, BigInt.asIntN(k, 3n << BigInt(k - 2)), 0n];
    for (let turn = 0; turn < 4; turn++) {
      const r = runCase({
        field,
        parties: 2,
        inputs: [raw(all)],
        build: (c, u) => c.emit('isZero', [u!], {}, [bitOut(u!.shape)])[0]!,
      });
      same(
        r.raw[0]!,
        all.map((v) => one(v === 0n)),
      );
    }
  });
}

test('boolean gates: and of two to five bits in 1 round and 1 bit; xor and not local', () => {
  for (const parties of PARTIES) {
    for (const n of parties === 2 ? LENGTHS : [16]) {
      const rows = [0, 1, 2, 3, 4].map((j) =>
        Array.from({ length: n }, (_, i) => ((i * 7 + i / 16) >> j) & 1),
      );
      for (const j of [2, 3, 4, 5]) {
        const r = runCase({
          field: 'FM64',
          parties,
          inputs: rows.slice(0, j).map(bits),
          build: (c, ...w) => c.emit('and', w, {}, [bitOut([n])])[0]!,
        });
        same(
          r.raw[0]!,
          Array.from({ length: n }, (_, i) => one(rows.slice(0, j).every((row) => row[i] === 1))),
          `${j} bits`,
        );
        const plane = Math.ceil(n / 8);
        assert.equal([r.rounds, r.bytes, r.dealerBytes], [1, plane, plane * (2 ** j - 1 - j)]);
      }
      const l = runCase({
        field: 'FM64',
        parties,
        inputs: rows.slice(0, 2).map(bits),
        build: (c, x, y) => [
          B.xor(c, x!, y!),
          B.not(c, x!),
          B.or(c, x!, B.not(c, y!)),
          B.and(c, x!, x as Wire),
        ],
      });
      const at = (f: (a: number, b: number) => number): bigint[] =>
        Array.from({ length: n }, (_, i) => BigInt(f(rows[0]![i]!, rows[1]![i]!)));
      same(
        l.raw[0]!,
        at((a, b) => a ^ b),
      );
      same(
        l.raw[1]!,
        at((a) => 1 - a),
      );
      same(
        l.raw[2]!,
        at((a, b) => a | (1 - b)),
      );
      same(
        l.raw[3]!,
        at((a) => a),
      );
      assert.is(l.rounds, 1);
    }
  }
});

test('the numbers that were promised, per element of a batch of 1,000, for 2 and 3 parties at FM128', () => {
  const n = 1000;
  const next = random(8);
  const x = Array.from({ length: n }, () => (next() - 0.5) * 100);
  const y = Array.from({ length: n }, () => (next() - 0.5) * 100);
  for (const parties of [2, 3]) {
    const cost = (build: (c: Parameters<typeof B.less>[0], u: Wire, v: Wire) => Wire) => {
      const r = runCase({
        field: 'FM128',
        parties,
        inputs: [fxp(x), fxp(y)],
        build: (c, u, v) => build(c, u!, v!),
      });
      return [r.rounds, r.bytes / n] as const;
    };
    assert.equal(
      cost((c, u, v) => B.mul(c, u, v)),
      [1, 16],
    );
    assert.equal(
      cost((c, u) => B.truncate(c, u, 26)),
      [0, 0],
    );
    assert.equal(
      cost((c, u, v) => B.less(c, u, v)),
      [4, 8.875],
    );
    assert.equal(
      cost((c, u, v) => B.equal(c, u, v)),
      [2, 1],
    );
    const relu = cost((c, u) => B.sub(c, u, B.selectSum(c, [[B.below(c, u, [0])[0]!, u]])));
    assert.equal(relu, [5, 24.875]);
  }
});

test.run();
