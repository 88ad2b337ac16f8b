import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { below, blank, fields, get, put, ring, same, scoped, signed, someWords, wrap } from './support.ts';

const test = suite('ring splines');

const binomial = (j: number, i: number): number => {
  let b = 1;
  for (let x = 0; x < i; x++) b = (b * (j - x)) / (x + 1);
  return b;
};

/** Half to even, as the kernel rounds. */
const nearest = (x: number): bigint => {
  const low = Math.floor(x);
  const rest = x - low;
  return BigInt(rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1);
};

const SHAPES = [
  { pieces: 1, degree: 0, drop: 0, stepBits: 4 },
  { pieces: 4, degree: 1, drop: 3, stepBits: 20 },
  { pieces: 16, degree: 3, drop: 0, stepBits: 10 },
  { pieces: 64, degree: 5, drop: 7, stepBits: 12 },
  { pieces: 8, degree: 3, drop: 2, stepBits: 26 },
  { pieces: 2, degree: 7, drop: 1, stepBits: 0 },
];

const cut = (word: bigint, shape: (typeof SHAPES)[0]): { piece: number; u: number } => {
  const step = 1n << BigInt(shape.stepBits);
  const C = (word >> BigInt(shape.drop)) % (step * BigInt(shape.pieces));
  return { piece: Number(C / step), u: Number(C % step) / Number(step) };
};

test('splineDeal: powers at the place of the mask, zeros elsewhere', () => {
  for (const field of fields) {
    for (const shape of [
      ...SHAPES,
      ...(field.bits > 32 ? [{ pieces: 16, degree: 3, drop: field.bits - 64, stepBits: 58 }] : []),
    ]) {
      for (const n of [0, 1, 3, 10]) {
        scoped(() => {
          const t1 = field.bits === 32 ? 20 : 48;
          const r = someWords(field, n);
          const width = shape.degree + 1;
          const expected = r.flatMap((word) => {
            const { piece, u } = cut(word, shape);
            return Array.from({ length: shape.pieces * width }, (_, at) => {
              if (Math.floor(at / width) !== piece) return 0n;
              let p = 2 ** t1;
              for (let i = 0; i < at % width; i++) p *= u;
              return nearest(p);
            });
          });
          const dst = blank(field, n * shape.pieces * width);
          ring.splineDeal(dst, put(field, r), { ...shape, t1 });
          same(get(dst), expected, `${field.name} ${JSON.stringify(shape)} ${n}`);
        });
      }
    }
  }
});

test('splineEval: the weighted, rotated table', () => {
  for (const field of fields) {
    for (const shape of [
      ...SHAPES,
      ...(field.bits > 32 ? [{ pieces: 16, degree: 3, drop: field.bits - 64, stepBits: 58 }] : []),
    ]) {
      for (const n of [0, 1, 3]) {
        for (const t2 of [10, 40]) {
          scoped(() => {
            const width = shape.degree + 1;
            const coef = Float64Array.from(
              { length: shape.pieces * width },
              () => (below(2 ** 30) - 2 ** 29) / 2 ** 28,
            );
            const c = someWords(field, n);
            const table = someWords(field, n * shape.pieces * width);
            const expected = c.map((word, e) => {
              const { piece, u } = cut(word, shape);
              let sum = 0n;
              for (let v = 0; v < shape.pieces; v++) {
                const at = ((piece - v + shape.pieces) % shape.pieces) * width;
                for (let i = 0; i < width; i++) {
                  let w = 0;
                  for (let j = width - 1; j >= i; j--) w = w * u + coef[at + j]! * binomial(j, i);
                  sum += nearest((i & 1 ? -w : w) * 2 ** t2) * table[(e * shape.pieces + v) * width + i]!;
                }
              }
              return wrap(sum, field);
            });
            const dst = blank(field, n);
            ring.splineEval(dst, put(field, c), put(field, table), coef, { ...shape, t2 });
            same(get(dst), expected, `${field.name} ${JSON.stringify(shape)} ${n} t2=${t2}`);
          });
        }
      }
    }
  }
});

test('dealt, shared and evaluated, it is the polynomial at c - r', () => {
  const field = fields[2]!;
  const shape = { pieces: 16, degree: 3, drop: 4, stepBits: 22 };
  const n = 200;
  scoped(() => {
    // x in [1, 15) steps: the piece's own cubic also holds a step to the left, so a lost borrow costs nothing.
    const f = (t: number): number => Math.sin(t / 3);
    const coef = new Float64Array(16 * 4);
    for (let p = 0; p < 16; p++) coef.set(cubicThrough(f, p), p * 4);
    const x = Array.from({ length: n }, () => (1 + (below(2 ** 30) / 2 ** 30) * 13) * 2 ** 26);
    const r = someWords(field, n);
    const c = r.map((word, i) => wrap(word + BigInt(Math.floor(x[i]!)), field));
    const [t1, t2] = [40, 40];
    const dealt = ring.alloc(field, n * 64);
    ring.splineDeal(dealt, put(field, r), { ...shape, t1 });
    const share = put(field, someWords(field, n * 64));
    ring.sub(dealt, dealt, share);
    const [z0, z1] = [ring.alloc(field, n), ring.alloc(field, n)];
    ring.splineEval(z0, put(field, c), share, coef, { ...shape, t2 });
    ring.splineEval(z1, put(field, c), dealt, coef, { ...shape, t2 });
    ring.add(z0, z0, z1);
    const out = new Float64Array(n);
    ring.decode(out, z0, t1 + t2);
    out.forEach((value, i) => {
      assert.ok(Math.abs(value - f(x[i]! / 2 ** 26)) < 1e-3, `${value} at ${x[i]! / 2 ** 26}`);
    });
    assert.ok(signed(1n, field) === 1n);
  });
});

/** Coefficients in (t - p) of the cubic through f at four points of [p - 1, p + 1]. */
const cubicThrough = (f: (t: number) => number, p: number): number[] => {
  const at = [-1, -1 / 3, 1 / 3, 1];
  const rows = at.map((t) => [1, t, t * t, t ** 3, f(p + t)]);
  for (let i = 0; i < 4; i++) {
    const pivot = rows[i]![i]!;
    for (let j = 0; j < 4; j++) {
      if (j === i) continue;
      const scale = rows[j]![i]! / pivot;
      rows[j] = rows[j]!.map((value, k) => value - scale * rows[i]![k]!);
    }
  }
  return rows.map((row, i) => row[4]! / row[i]!);
};

test.run();
