/** Comparisons, equality, boolean gates, splines and sines: values, rounds and bytes as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import type { Wire } from '../../src/fixed/circuit.ts';
import { fit } from '../../src/fixed/fit.ts';
import { applySpline } from '../../src/fixed/smooth.ts';
import { FIELDS } from '../../src/ring/field.ts';
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

  test(`${field}: a polynomial piece by piece, in ${k === 128 ? 1 : 2} rounds`, () => {
    const fn = (x: number): number => 0.5 * x * x - x + 0.25;
    const f = fit(fn, -2, 0.25, 16, 2);
    const top = -2 + 15 * 0.25;
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? [0, 1, 3, 255, 256, 257, 600] : [40]) {
        const next = random(n + 1);
        const ulp = 2 ** -FIELDS[field].fraction;
        const edges = [-2, -2 + ulp, -1.75, -1.75 - ulp, 0, -ulp, ulp, top - ulp];
        const x = Array.from(
          { length: n },
          (_, i) => edges[i] ?? Math.floor((-2 + next() * (top + 2)) / ulp) * ulp,
        );
        const scale = FIELDS[field].fraction;
        const r = runCase({
          field,
          parties,
          inputs: [fxp(x)],
          build: (c, u) => applySpline(c, u!, f, { input: scale, output: scale }),
        });
        const tolerance = field === 'FM32' ? 2 ** -5 : field === 'FM64' ? 2 ** -15 : 2 ** -24;
        r.numbers[0]!.forEach((v, i) => {
          assert.ok(Math.abs(v - fn(x[i]!)) <= tolerance, `f(${x[i]}) = ${v}, not ${fn(x[i]!)}`);
        });
        const openings = k === 128 ? 1 : 2;
        const word = (n * k) / 8;
        assert.equal(
          [r.rounds, r.bytes, r.dealerBytes],
          [openings, openings * word, (16 * 3 + openings) * word],
        );
      }
    }
  });

  test(`${field}: the sine of an angle in turns`, () => {
    const turn = FIELDS[field].fraction;
    const t = { FM32: 11, FM64: 22, FM128: 30 }[field];
    const next = random(5);
    const x = Array.from(
      { length: 200 },
      (_, i) => [0, 0.25, -0.25, 0.5, 1, -7.125][i] ?? (next() - 0.5) * 40,
    );
    for (const parties of PARTIES) {
      const r = runCase({
        field,
        parties,
        inputs: [fxp(x)],
        build: (c, u) =>
          c.emit('sine', [u!], { turn, t, trunc: 2 * t - turn, exact: c.exact }, [
            { shape: u!.shape, kind: 'ring', secret: true },
          ])[0]!,
      });
      const tolerance = { FM32: 2 ** -5, FM64: 2 ** -14, FM128: 2 ** -22 }[field];
      r.numbers[0]!.forEach((v, i) => {
        const want = Math.sin(2 * Math.PI * x[i]!);
        assert.ok(
          Math.abs(v - want) <= tolerance + Math.PI * 2 ** -turn,
          `sin ${x[i]} turns: ${v}, not ${want}`,
        );
      });
      const openings = k === 128 ? 1 : 2;
      const word = (x.length * k) / 8;
      assert.equal([r.rounds, r.bytes, r.dealerBytes], [openings, openings * word, (2 + openings) * word]);
    }
  });
}

test('boolean gates: and of two to four bits in 1 round and 1 bit; xor and not local', () => {
  for (const parties of PARTIES) {
    for (const n of parties === 2 ? LENGTHS : [16]) {
      const rows = [0, 1, 2, 3].map((j) => Array.from({ length: n }, (_, i) => ((i * 7 + i / 16) >> j) & 1));
      for (const j of [2, 3, 4]) {
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
