/** The digit that leads a number, over the whole ring. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { FIELD_NAMES, LENGTHS, random, randomRaw, raw, runCase, same } from './harness.ts';

const FINE = { FM128: 4, FM64: 2, FM32: 1 } as const;
/** Rounds, bits, and dealer bits: signed, positive. */
const COSTS = {
  FM128: [6, [190, 3872], [192, 2898]],
  FM64: [6, [96, 1462], [97, 991]],
  FM32: [6, [49, 637], [51, 403]],
} as const;

const gate = (c: Circuit, x: Wire, signed: boolean, fine: number): Wire[] => {
  const count = c.field.bits / 4 / fine + fine;
  return c.emit(
    'leadingDigit',
    [x],
    { signed, fine },
    Array.from({ length: count }, () => ({ shape: x.shape, kind: 'bit', secret: true })),
  );
};

/** What the gate should say of x. */
const plain = (x: bigint, k: number, signed: boolean, fine: number): bigint[] => {
  const digits = k / 4;
  const t = (j: number): bigint => (j === 0 ? 1n : 1n << BigInt(4 * j - 1));
  const reached = (j: number): boolean =>
    signed ? x < t(j) && x >= (j === 0 ? 0n : -t(j)) : x >= 0n && x < t(j);
  const under = Array.from({ length: digits }, (_, j) => reached(j));
  const leading = signed || x >= 0n ? under.filter((u, j) => !u && j > 0).length : digits - 1;
  const a = Math.floor(leading / fine);
  return [
    ...Array.from({ length: digits / fine - 1 }, (_, i) => under[fine * (i + 1)]!),
    ...Array.from({ length: fine - 1 }, (_, i) => under[fine * a + i + 1]!),
    under[0]!,
    x < 0n,
  ].map(BigInt);
};

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const fine = FINE[field];
  const values = (n: number): bigint[] => {
    const next = random(n + k);
    const edges = [
      0n,
      1n,
      -1n,
      2n ** BigInt(k - 1) - 1n,
      -(2n ** BigInt(k - 1)),
      -(2n ** BigInt(k - 1)) + 1n,
    ];
    for (let j = 1; j < k / 4; j++) {
      const t = 1n << BigInt(4 * j - 1);
      edges.push(t, t - 1n, t + 1n, -t, -t - 1n, 1n - t, 8n * t, 16n * t - 1n);
    }
    return Array.from({ length: n }, (_, i) => edges[i] ?? randomRaw(next, k - 1));
  };
  for (const signed of [true, false]) {
    test(`${field}: the digit that leads ${signed ? 'a number' : 'a positive number'}`, () => {
      for (const parties of [2, 3, 5]) {
        for (const n of parties === 2 ? LENGTHS : [257]) {
          const x = values(n).map((v) => BigInt.asIntN(k, v));
          const r = runCase({ field, parties, inputs: [raw(x)], build: (c, u) => gate(c, u!, signed, fine) });
          const want = x.map((v) => plain(v, k, signed, fine));
          r.raw.forEach((got, i) => {
            same(
              got,
              want.map((w) => w[i]),
              `${parties} parties, ${n}, bit ${i}`,
            );
          });
          const [rounds, ...rest] = COSTS[field];
          const [bits, dealt] = rest[signed ? 0 : 1]!;
          const size = Math.ceil(n / 8);
          assert.equal([r.rounds, r.bytes, r.dealerBytes], [rounds, size * bits, size * dealt], `${n}`);
        }
      }
    });
  }
}

test.run();
