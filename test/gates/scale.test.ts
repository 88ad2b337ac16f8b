/** Public factors: every product that fits, to a unit in the last place; rounds and bytes as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { FIELD_NAMES, random, randomRaw, raw, runCase } from './harness.ts';

const FACTORS = [1 / 3, -0.3, 0.5, -0.25, 2, 1.5, 1e-3, -7.123456789, 300.5, 2 ** -10 * 1.1];

/** x factor 2^-64, exact, as a number of units. */
const want = (x: bigint, factor: number): bigint => {
  let bits = 0;
  while (!Number.isInteger(factor * 2 ** bits)) bits++;
  return (x * BigInt(factor * 2 ** bits)) >> BigInt(bits);
};

const near = (got: bigint, x: bigint, factor: number, lost: number, what: string): void => {
  const w = want(x, factor);
  const off = got - w < 0n ? w - got : got - w;
  const size = w < 0n ? -w : w;
  assert.ok(off <= 2n + (size >> BigInt(lost)), `${what}: ${x} * ${factor} is ${w}, not ${got}`);
};

for (const field of FIELD_NAMES) {
  const { bits: k } = FIELDS[field];
  // Bits of the free form: wrapping has a probability of 2^-41 there.
  const widest = { FM128: 87, FM64: 61, FM32: 29 }[field];
  const few = { FM128: 44, FM64: 34, FM32: 3 }[field];
  const lost = { FM128: 50, FM64: 50, FM32: 20 }[field];

  test(`${field}: public factors lose nothing that fits`, () => {
    const next = random(11);
    for (const parties of [2, 3]) {
      for (const factor of FACTORS) {
        const room = widest - Math.max(0, Math.ceil(Math.log2(Math.abs(factor))));
        const top = 2n ** BigInt(room) - 1n;
        const x = [
          0n,
          1n,
          -1n,
          top,
          -top,
          ...Array.from({ length: 40 }, (_, i) => randomRaw(next, (i % room) + 1)),
        ];
        const r = runCase({
          field,
          parties,
          inputs: [raw(x)],
          build: (c, u) => [
            B.timesNumber(c, u!, factor),
            B.timesPublic(
              c,
              u!,
              c.constant(
                Float64Array.from(x, (_, i) => (i % 2 === 0 ? factor : -factor / 4)),
                [x.length],
                k - 16,
              ),
              k - 16,
            ),
          ],
        });
        x.forEach((v, i) => {
          near(r.raw[0]![i]!, v, factor, lost, `${field}, ${parties} parties`);
          near(r.raw[1]![i]!, v, i % 2 === 0 ? factor : -factor / 4, few, `${field}, an array`);
        });
      }
    }
  });

  test(`${field}: a public factor takes ${field === 'FM128' ? 'no' : 'one'} round`, () => {
    const n = 100;
    const x = raw(Array.from({ length: n }, (_, i) => i));
    const r = runCase({ field, parties: 2, inputs: [x], build: (c, u) => B.timesNumber(c, u!, 1 / 3) });
    const exact = field !== 'FM128';
    assert.equal(
      [r.rounds, r.bytes, r.dealerBytes],
      [exact ? 1 : 0, exact ? (n * k) / 8 : 0, ((exact ? 2 : 1) * n * k) / 8],
    );
    const whole = runCase({ field, parties: 2, inputs: [x], build: (c, u) => B.timesNumber(c, u!, 12345) });
    assert.equal([whole.rounds, whole.dealerBytes], [0, 0]);
  });
}

test.run();
