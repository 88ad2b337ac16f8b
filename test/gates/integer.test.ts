/** Gates on integers, bits and secret places over the whole ring: values, rounds and bits as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wire } from '../../src/fixed/circuit.ts';
import * as I from '../../src/fixed/integers.ts';
import * as P from '../../src/fixed/secret-index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { FIELD_NAMES, random, randomRaw, raw, runCase } from './harness.ts';

const PARTIES = [2, 3, 5];
const N = 256;

/** Any ring elements, extremes among them. */
const anything = (seed: number, k: number): bigint[] => {
  const next = random(seed);
  const top = 2n ** BigInt(k - 1);
  const edges = [0n, 1n, -1n, top - 1n, -top, 15n, 16n, 255n, 256n, -256n, 2n ** 31n, -(2n ** 31n)];
  return Array.from({ length: N }, (_, i) => edges[(i * seed) % 31] ?? randomRaw(next, k - 1));
};

const wrap = (v: bigint, bits: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);

/** By bits: rounds and opened bits of one tree and its result. */
const TREE = { 8: [2, 3], 16: [2, 7], 32: [3, 16], 64: [3, 34] } as const;
/** By bits: rounds and opened bits of all bits at once. */
const BITS = { 8: [2, 9], 16: [3, 23], 32: [4, 54], 64: [4, 118], 128: [5, 258] } as const;

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const widths = ([8, 16, 32, 64] as const).filter((b) => b <= k);

  test(`${field}: comparison over the whole range of b bits, whatever is above`, () => {
    for (const parties of PARTIES) {
      for (const b of widths) {
        const [rounds, bits] = TREE[b];
        for (const signed of [true, false]) {
          const [x, y] = [anything(1, k), anything(3, k)];
          const r = runCase({
            field,
            parties,
            inputs: [raw(x), raw(y)],
            build: (c, u, v) => I.less(c, u!, v!, { bits: b, signed }, false),
          });
          const want = x.map((v, i) => BigInt(wrap(v, b, signed) < wrap(y[i]!, b, signed)));
          assert.equal(r.raw[0], want, `${field} ${b} ${signed}`);
          assert.is(r.rounds, rounds);
          assert.is((r.bytes * 8) / N, 3 * (bits - 1) + 1);
        }
      }
    }
  });

  test(`${field}: public thresholds, signs, wrapping and shifts`, () => {
    for (const parties of PARTIES) {
      for (const b of widths) {
        const x = anything(5, k);
        for (const signed of [true, false]) {
          const t = { bits: b, signed };
          const thresholds = signed ? [-(2 ** (b - 1)), -1, 0, 100] : [0, 1, 200];
          const r = runCase({
            field,
            parties,
            inputs: [raw(x)],
            build: (c, u) => [
              ...I.belowInt(c, u!, t, thresholds),
              I.signBit(c, u!, b),
              I.shiftRight(c, u!, t, 3),
              ...(b < k ? [I.canonical(c, u!, t)] : []),
            ],
          });
          const values = x.map((v) => wrap(v, b, signed));
          thresholds.forEach((limit, j) => {
            assert.equal(
              r.raw[j],
              values.map((v) => BigInt(v < BigInt(limit))),
              `${field} ${b} below ${limit}`,
            );
          });
          const rest = r.raw.slice(thresholds.length);
          assert.equal(
            rest[0],
            x.map((v) => BigInt(wrap(v, b, true) < 0n)),
            `${field} ${b} sign`,
          );
          assert.equal(
            rest[1],
            values.map((v) => wrap(v >> 3n, k, true)),
            `${field} ${b} shift`,
          );
          if (b < k) assert.equal(rest[2], values, `${field} ${b} wrapped`);
        }
      }
    }
  });

  test(`${field}: all bits, and back`, () => {
    for (const parties of PARTIES) {
      for (const b of [8, 16, 32, 64, 128] as const) {
        if (b > k) continue;
        const x = anything(7, k);
        const r = runCase({ field, parties, inputs: [raw(x)], build: (c, u) => I.toBits(c, u!, b) });
        const want = Array.from({ length: b }, (_, i) => x.map((v) => (v >> BigInt(i)) & 1n)).flat();
        assert.equal(r.raw[0], want, `${field} ${b}`);
        assert.equal([r.rounds, (r.bytes * 8) / N], [...BITS[b]], `${field} ${b}`);
        const back = runCase({
          field,
          parties,
          inputs: [raw(x)],
          build: (c, u) => I.fromBits(c, I.toBits(c, u!, b), { bits: b, signed: true }),
        });
        assert.equal(
          back.raw[0],
          x.map((v) => wrap(v, b, true)),
          `${field} ${b} back`,
        );
      }
    }
  });

  test(`${field}: one-hot codes and look-ups`, () => {
    for (const parties of PARTIES) {
      for (const n of [1, 2, 5, 16, 33]) {
        const places = Array.from({ length: 40 }, (_, i) => i % n);
        const table = Array.from({ length: n }, (_, i) => BigInt(i * i - 5));
        const codes = runCase({ field, parties, inputs: [raw(places)], build: (c, i) => P.oneHot(c, i!, n) });
        assert.equal(
          codes.raw[0],
          places.flatMap((p) => Array.from({ length: n }, (_, j) => BigInt(p === j))),
        );
        assert.equal([codes.rounds, codes.bytes], [1, (40 * n) / 8]);
        const found = runCase({
          field,
          parties,
          inputs: [raw(table), raw(places)],
          build: (c, x, i): Wire => P.lookup(c, x!, i!, 0),
        });
        assert.equal(
          found.raw[0],
          places.map((p) => table[p]!),
        );
        assert.equal([found.rounds, found.bytes], [1, (40 * k) / 8]);
      }
    }
  });
}

test.run();
