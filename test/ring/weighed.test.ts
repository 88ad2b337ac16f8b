import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Field } from '../../src/ring/field.ts';
import { blank, fields, get, put, ring, same, scoped, signed, someWords, wrap } from './support.ts';

const test = suite('ring functions by weighed tables');

/** What a kernel weighs the words of each element's table by: the words are 1 in turn. */
const weightsOf = (
  field: Field,
  n: number,
  row: number,
  evaluate: (dst: ReturnType<typeof blank>, table: ReturnType<typeof blank>) => void,
): bigint[][] => {
  const weights = Array.from({ length: n }, (): bigint[] => []);
  for (let i = 0; i < row; i++) {
    const dst = blank(field, n);
    evaluate(
      dst,
      put(
        field,
        Array.from({ length: n * row }, (_, at) => BigInt(at % row === i)),
      ),
    );
    get(dst).forEach((w, e) => {
      weights[e]!.push(signed(w, field));
    });
  }
  return weights;
};

const near = (got: bigint, want: number, scale: number, what: string): void => {
  assert.ok(
    Math.abs(Number(got) / 2 ** scale - want) < 2 ** (1 - scale) + 1e-12,
    `${what}: ${got}, not ${want}`,
  );
};

const part = (word: bigint, bits: number): number => Number(BigInt.asUintN(bits, word)) / 2 ** bits;

const HARMONICS = [
  { count: 1, step: 1, turn: 8 },
  { count: 5, step: 2, turn: 20 },
  { count: 24, step: 2, turn: 30 },
  { count: 7, step: 1, turn: 53 },
] as const;

const EXPONENTS = [
  { pieces: 2, pieceBits: 5, fraction: 5 },
  { pieces: 8, pieceBits: 12, fraction: 10 },
  { pieces: 32, pieceBits: 27, fraction: 26 },
] as const;

for (const field of fields) {
  const scales = field.bits === 32 ? [12, 10] : [40, 30];
  const [t1, t2] = scales as [number, number];

  test(`${field.name}: harmonics are dealt, and weighed by the coefficients turned by c`, () => {
    for (const shape of HARMONICS.filter((s) => s.turn < field.bits)) {
      const { count, step, turn } = shape;
      const row = 2 * count;
      const coef = Float64Array.from({ length: row }, (_, i) => Math.sin(3 * i + 1));
      for (const n of [0, 1, 3, 10]) {
        scoped(() => {
          const words = someWords(field, n);
          const dealt = blank(field, n * row);
          ring.fourierDeal(dealt, put(field, words), { ...shape, t1 });
          const c = put(field, words);
          const weights = weightsOf(field, n, row, (dst, table) =>
            ring.fourierEval(dst, c, table, coef, { ...shape, t2 }),
          );
          const out = get(dealt);
          words.forEach((word, e) => {
            for (let i = 0; i < count; i++) {
              const angle = 2 * Math.PI * ((1 + i * step) * part(word, turn));
              const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
              const [a, b] = [coef[2 * i]!, coef[2 * i + 1]!];
              near(signed(out[e * row + i]!, field), cos, t1, `cos ${i} of ${word}`);
              near(signed(out[e * row + count + i]!, field), sin, t1, `sin ${i} of ${word}`);
              near(weights[e]![i]!, a * cos + b * sin, t2, `weight ${i} of ${word}`);
              near(weights[e]![count + i]!, a * sin - b * cos, t2, `weight ${i} of ${word}`);
            }
          });
          const table = someWords(field, n * row);
          const dst = blank(field, n);
          ring.fourierEval(dst, c, put(field, table), coef, { ...shape, t2 });
          same(
            get(dst),
            weights.map((w, e) =>
              wrap(
                w.reduce((sum, v, i) => sum + v * table[e * row + i]!, 0n),
                field,
              ),
            ),
            `${field.name} ${JSON.stringify(shape)} ${n}`,
          );
        });
      }
    }
  });

  test(`${field.name}: exponentials are dealt at the place of the mask, and weighed by the public rest`, () => {
    const lo = -3;
    for (const shape of EXPONENTS.filter((s) => s.pieceBits + 5 < field.bits)) {
      const { pieces, pieceBits, fraction } = shape;
      const width = 2 ** (pieceBits - fraction);
      // The largest weight stays below 2^62.
      const scale = Math.min(
        t2,
        Math.floor(60 - (lo + pieces * width) * Math.LOG2E),
        field.bits === 32 ? 4 : 99,
      );
      for (const n of [0, 1, 3, 10]) {
        scoped(() => {
          const words = someWords(field, n);
          const dealt = blank(field, n * pieces);
          ring.exponentialDeal(dealt, put(field, words), { ...shape, t1 });
          const out = get(dealt);
          const c = put(field, words);
          const table = someWords(field, n * pieces);
          const weights = weightsOf(field, n, pieces, (dst, t) =>
            ring.exponentialEval(dst, c, t, { ...shape, lo, t2: scale }),
          );
          const log = Math.log2(pieces);
          words.forEach((word, e) => {
            const piece = Math.floor(part(word, pieceBits + log) * pieces);
            const rest = part(word, pieceBits) * width;
            for (let j = 0; j < pieces; j++) {
              near(
                signed(out[e * pieces + j]!, field),
                j === piece ? Math.exp(-rest) : 0,
                t1,
                `word ${j} of ${word}`,
              );
              const want = Math.exp(lo + ((piece - j + pieces) % pieces) * width + rest);
              if (want * 2 ** scale >= 2 ** (field.bits - 1)) continue; // stands for itself mod 2^k
              const got = Number(weights[e]![j]!) / 2 ** scale;
              assert.ok(
                Math.abs(got - want) <= want * 1e-13 + 2 ** -scale,
                `weight ${j} of ${word}: ${got}, not ${want}`,
              );
            }
          });
          const dst = blank(field, n);
          ring.exponentialEval(dst, c, put(field, table), { ...shape, lo, t2: scale });
          same(
            get(dst),
            weights.map((w, e) =>
              wrap(
                w.reduce((sum, v, i) => sum + v * table[e * pieces + i]!, 0n),
                field,
              ),
            ),
            `${field.name} ${JSON.stringify(shape)} ${n}`,
          );
        });
      }
    }
  });
}

for (const field of fields) {
  test(`${field.name}: windows of exponentials are sums of bands, each at a scale of its own`, () => {
    const shape = { pieces: 8, pieceBits: 8, fraction: 7, lo: -5 } as const;
    const bands = [
      { window: 0, lo: -5, from: 0, to: 8, t2: 3, shift: 0 },
      { window: 1, lo: 1, from: 0, to: 3, t2: 2, shift: 1 },
      { window: 1, lo: 1, from: 3, to: 4, t2: -2, shift: field.bits === 32 ? 5 : 40 },
    ];
    for (const n of [0, 1, 5, 70]) {
      scoped(() => {
        const [c, table, before] = [
          someWords(field, n),
          someWords(field, 8 * n),
          someWords(field, 2 * n + 3),
        ];
        const dst = put(field, before);
        ring.exponentialWindows(dst, put(field, c), put(field, table), shape, n + 3, bands);
        const want = [...before];
        for (const { window, lo, from, to, t2, shift } of bands) {
          // The same, one band after the other: what is not in it is 0, and c counts from where the window begins.
          const moved = c.map((x) => wrap(x + BigInt((shape.lo - lo) * 2 ** shape.fraction), field));
          const inside = table.map((word, at) => {
            const piece = Number(BigInt.asUintN(11, moved[Math.floor(at / 8)]!) >> 8n);
            const q = (piece - (at % 8) + 8) % 8;
            return q >= from && q < to ? word : 0n;
          });
          const sum = blank(field, n);
          ring.exponentialEval(sum, put(field, moved), put(field, inside), { ...shape, lo, t2 });
          get(sum).forEach((x, e) => {
            const at = window * (n + 3) + e;
            want[at] = wrap(want[at]! + (x << BigInt(shift)), field);
          });
        }
        same(get(dst), want, `${field.name} ${n}`);
      });
    }
  });
}

test('shapes that the kernels cannot serve are refused', () => {
  scoped(() => {
    const field = fields[2]!;
    const [x, table] = [blank(field, 2), blank(field, 8)];
    const good = { count: 2, step: 1, turn: 8, t1: 8, t2: 8 } as const;
    for (const bad of [{ count: 0 }, { step: 3 as 1 }, { turn: 63 }, { t1: 63 }])
      assert.throws(() => ring.fourierDeal(table, x, { ...good, ...bad }), /ring/);
    assert.throws(() => ring.fourierEval(x, x, table, new Float64Array(3), good), /3 coefficients, not 4/);
    assert.throws(() => ring.fourierDeal(blank(field, 7), x, good), /ring fourierDeal/);
    const pieces = { pieces: 4, pieceBits: 8, fraction: 8, lo: 0, t1: 8, t2: 8 };
    for (const bad of [{ pieces: 3 }, { pieces: 1 }, { pieceBits: 61 }, { t2: 0.5 }])
      assert.throws(() => ring.exponentialEval(x, x, table, { ...pieces, ...bad }), /ring/);
    const band = { window: 0, lo: 0, from: 0, to: 4, t2: 8, shift: 0 };
    for (const bad of [{ to: 5 }, { to: 0 }, { lo: 0.5 }, { shift: 64 }, { window: 1 }, { t2: 63 }])
      assert.throws(() => ring.exponentialWindows(x, x, table, pieces, 2, [{ ...band, ...bad }]), /ring/);
  });
});

test.run();
