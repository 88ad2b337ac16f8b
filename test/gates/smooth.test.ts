/** Harmonics and exponentials: values, rounds and bytes as the headers say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wire } from '../../src/fixed/circuit.ts';
import { fit } from '../../src/fixed/fit-fourier.ts';
import type { GraphCircuit } from '../../src/ir/compile/graph-circuit.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { FIELD_NAMES, fxp, random, runCase } from './harness.ts';

const PARTIES = [2, 3, 5];
const LENGTHS = [0, 1, 3, 255, 256, 257, 600];
/** Scales t1 and t2, of sums below 8. */
const SCALES = { FM32: [12, 12], FM64: [30, 26], FM128: [42, 34] } as const;

const numbers = (x: Wire) => ({ shape: x.shape, kind: 'ring', secret: true }) as const;
const turned = (step: 1 | 2, linear: number) => (c: GraphCircuit, x: Wire, coefficients: Float64Array) => {
  const [t1, t2] = SCALES[c.field.name];
  const attrs = {
    constant: linear - 1,
    count: coefficients.length / 2,
    step,
    turn: c.fraction + 2,
    t1,
    t2,
    trunc: t1 + t2 - c.fraction,
    exact: c.exact,
    linear: linear * 2 ** (t1 + t2 - c.fraction),
    coefficients,
  };
  return c.emit('fourier', [x], attrs, [numbers(x)])[0]!;
};

const tolerance = { FM32: 2 ** -5, FM64: 2 ** -16, FM128: 2 ** -24 };

for (const field of FIELD_NAMES) {
  const k = FIELDS[field].bits;
  const openings = k === 128 ? 1 : 2;

  for (const step of [1, 2] as const) {
    const linear = step === 1 ? 0 : 0.5;
    test(`${field}: harmonics by ${step} in turns of four, in ${openings} rounds, ${linear} x added`, () => {
      const next = random(step);
      for (const parties of PARTIES) {
        for (const n of parties === 2 ? LENGTHS : [40]) {
          const count = 1 + (n % 5);
          const coefficients = Float64Array.from({ length: 2 * count }, () => next() - 0.5);
          const ulp = 2 ** -FIELDS[field].fraction;
          const x = Array.from(
            { length: n },
            (_, i) => [0, ulp, -ulp, 4, 1, -2][i] ?? Math.floor(((next() - 0.5) * 12) / ulp) * ulp,
          );
          const r = runCase({
            field,
            parties,
            inputs: [fxp(x)],
            build: (c, u) => turned(step, linear)(c, u!, coefficients),
          });
          r.numbers[0]!.forEach((v, i) => {
            let want = linear - 1 + linear * x[i]!;
            for (let j = 0; j < count; j++) {
              const angle = (2 * Math.PI * (1 + j * step) * x[i]!) / 4;
              want += coefficients[2 * j]! * Math.cos(angle) + coefficients[2 * j + 1]! * Math.sin(angle);
            }
            assert.ok(Math.abs(v - want) <= tolerance[field], `f(${x[i]}) = ${v}, not ${want}`);
          });
          const word = (n * k) / 8;
          assert.equal(
            [r.rounds, r.bytes, r.dealerBytes],
            [openings, openings * word, (2 * count + openings) * word],
          );
        }
      }
    });
  }

  test(`${field}: exponentials of 8 pieces, in ${openings} rounds; what lies below its last bit is 0`, () => {
    const { max, t1, t2 } = EXP[field];
    const { fraction } = FIELDS[field];
    const next = random(3);
    const ulp = 2 ** -fraction;
    for (const parties of PARTIES) {
      for (const n of parties === 2 ? LENGTHS : [40]) {
        // Pieces two wide; the first and the last of the range, and either side of a piece's end.
        const lo = max + 2 - 16;
        const x = Array.from(
          { length: n },
          (_, i) =>
            [lo, lo + ulp, max, lo + 2, lo + 2 - ulp, lo + 4][i] ??
            Math.floor((lo + next() * (max - lo)) / ulp) * ulp,
        );
        const r = runCase({
          field,
          parties,
          inputs: [fxp(x.map((v) => v - lo))],
          build: (c, u) =>
            c.emit(
              'exponential',
              [u!],
              {
                pieces: 8,
                pieceBits: fraction + 1,
                fraction,
                lo,
                t1,
                t2,
                trunc: t1 + t2 - fraction,
                exact: c.exact,
              },
              [numbers(u!)],
            )[0]!,
        });
        r.numbers[0]!.forEach((v, i) => {
          const want = Math.exp(x[i]!);
          const allowed = want * 2 ** (3 - t1) + 2 ** -t2 + 2 * ulp;
          assert.ok(Math.abs(v - want) <= allowed, `exp ${x[i]} = ${v}, not ${want}`);
        });
        const word = (n * k) / 8;
        assert.equal([r.rounds, r.bytes, r.dealerBytes], [openings, openings * word, (8 + openings) * word]);
      }
    }
  });
}

const EXP: Readonly<Record<FieldName, { max: number; t1: number; t2: number }>> = {
  FM32: { max: 4, t1: 12, t2: 10 },
  FM64: { max: 8, t1: 24, t2: 24 },
  FM128: { max: 20, t1: 28, t2: 28 },
};

test('a fit holds on its interval, to many digits, also where the function is not periodic', () => {
  const value = (f: ReturnType<typeof fit>, x: number): number => {
    let sum = f.constant;
    for (let i = 0; i < f.count; i++) {
      const angle = (2 * Math.PI * (1 + i * f.step) * x) / f.period;
      sum += f.coefficients[2 * i]! * Math.cos(angle) + f.coefficients[2 * i + 1]! * Math.sin(angle);
    }
    return sum;
  };
  const base = { step: 1, relative: false, damping: 1e-12, period: 4 } as const;
  for (const [spec, error] of [
    [{ fn: (x: number) => x, lo: -1, hi: 1, count: 12, parity: 'none' }, 1e-8],
    [{ fn: (x: number) => x ** 3, lo: 0, hi: 1, count: 12, parity: 'odd' }, 1e-8],
    [{ fn: (x: number) => Math.exp(-x * x), lo: 0, hi: 1.5, count: 12, parity: 'even' }, 1e-6],
    [{ fn: () => 0, lo: 0, hi: 1, count: 2, parity: 'none' }, 1e-15],
  ] as const) {
    const f = fit({ ...base, ...spec });
    const from = spec.parity === 'none' ? spec.lo : -spec.hi;
    for (let i = 0; i <= 100; i++) {
      const x = from + ((spec.hi - from) * i) / 100;
      assert.ok(Math.abs(value(f, x) - spec.fn(x)) < error, `${spec.fn} at ${x}: ${value(f, x)}`);
    }
  }
});

test.run();
