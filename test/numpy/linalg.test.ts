/** @file Linear algebra by what it is to satisfy, on random matrices in the clear (more in a long run, TESSERA_LONG), and on secrets. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { meetings } from '../../src/numpy/factoring.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { LONG, scaled } from '../long.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const { linalg } = np;

const flat = (x: BaseArray): number[] => Array.from((x as NDArray).data as Float64Array);
const near = (got: BaseArray, want: BaseArray | number[][], tolerance: number, what: string): void => {
  const w = flat(np.array(want));
  flat(got).forEach((g, i) => {
    assert.ok(Math.abs(g - w[i]!) <= tolerance, `${what}[${i}]: ${g}, not ${w[i]}`);
  });
};

const matrix = (rows: number, columns: number) =>
  fc
    .array(fc.integer({ min: -8, max: 8 }), { minLength: rows * columns, maxLength: rows * columns })
    .map((list) => np.array(list).reshape(rows, columns).mul(0.25));
const sized = (min: number, max: number) => fc.integer({ min, max }).chain((n) => matrix(n, n));

/** Made well conditioned: diagonal entries outweigh their row. */
const dominant = (m: BaseArray): BaseArray => {
  const n = m.shape[0]!;
  return np.add(m, np.multiply(np.eye(n), 2 * n + 1));
};
/** Rows turned round, so that elimination has to find its pivots. */
const turned = (m: BaseArray): BaseArray => np.flip(dominant(m), 0);

const M3 = np.array([
  [0, 2, 1],
  [1.5, -1, 0.5],
  [-0.5, 0.25, 2],
]);
const S4 = np.array([
  [4, 1, -0.5, 0.25],
  [1, 3, 0.5, 0],
  [-0.5, 0.5, 2, 1],
  [0.25, 0, 1, 1.5],
]);

test('solve, inv and det of random matrices', () => {
  fc.assert(
    fc.property(sized(1, 5), (m) => {
      const a = turned(m);
      const n = a.shape[0]!;
      near(np.matmul(a, linalg.inv(a)), np.eye(n), 1e-9, 'a inv(a)');
      const b = np.arange(n).add(1).astype('float64');
      near(np.matmul(a, linalg.solve(a, b)), b, 1e-9, 'a x');
      const scale = linalg.det(a).item() as number;
      const twice = linalg.det(np.matmul(a, a)).item() as number;
      assert.ok(
        Math.abs(twice - scale * scale) <= 1e-9 * Math.abs(twice),
        `det ${twice}, not ${scale * scale}`,
      );
    }),
    { numRuns: scaled(50, 15) },
  );
  assert.is(
    linalg
      .det([
        [0, 1],
        [1, 0],
      ])
      .item(),
    -1,
  );
  assert.ok(Math.abs((linalg.det(M3).item() as number) + 6.625) < 1e-12);
  assert.is(linalg.det(np.zeros([0, 0])).item(), 1);
  throws(() => linalg.inv([[1, 2, 3]]), 'SHAPE', 'must be square');
  throws(() => linalg.det([1]), 'SHAPE', 'takes a matrix');
  throws(() => linalg.solve(M3, [1, 2]), 'SHAPE', 'a right side of (2,)');
});

test('cholesky and qr of random matrices', () => {
  fc.assert(
    fc.property(sized(1, 5), (m) => {
      const a = np.matmul(dominant(m), dominant(m).T);
      const l = linalg.cholesky(a);
      near(np.matmul(l, l.T), a, 1e-9, 'l l^T');
      near(np.triu(l, 1), np.zeros(l.shape), 0, 'upper');
      const [q, r] = linalg.qr(np.concatenate([dominant(m), m]));
      near(np.matmul(q, r), np.concatenate([dominant(m), m]), 1e-9, 'q r');
      near(np.matmul(q.T, q), np.eye(m.shape[0]!), 1e-9, 'q^T q');
      near(np.tril(r, -1), np.zeros(r.shape), 0, 'lower');
    }),
    { numRuns: scaled(50, 15) },
  );
  throws(() => linalg.qr([[1, 2]]), 'UNSUPPORTED', 'as many rows as columns');
});

test('everybody meets everybody once', () => {
  for (let n = 1; n < 9; n++) {
    const all = meetings(n).flat();
    assert.is(new Set(all.map(String)).size, (n * (n - 1)) / 2);
    assert.is(all.length, (n * (n - 1)) / 2);
    for (const round of meetings(n)) assert.is(new Set(round.flat()).size, 2 * round.length);
  }
});

test('eigh and svd of random matrices', () => {
  fc.assert(
    fc.property(sized(1, 6), (m) => {
      const n = m.shape[0]!;
      const a = np.add(m, m.T);
      const [w, v] = linalg.eigh(a, { sweeps: 10 });
      near(np.matmul(v, np.multiply(w.reshape(n, 1), v.T)), a, 1e-6, 'v w v^T');
      near(np.matmul(v.T, v), np.eye(n), 1e-9, 'v^T v');
      near(np.sort(w), w, 0, 'order');
    }),
    { numRuns: scaled(50, 15) },
  );
  fc.assert(
    fc.property(matrix(4, 3), fc.boolean(), (m, wide) => {
      const a = np.add(wide ? m.T : m, wide ? np.eye(3, 4).mul(5) : np.eye(4, 3).mul(5));
      const [u, s, vt] = linalg.svd(a, { sweeps: 10 });
      near(np.matmul(np.multiply(u, s), vt), a, 1e-5, 'u s vt');
      near(np.sort(s), np.flip(s), 0, 'order');
      near(np.matmul(vt, vt.T), np.eye(3), 1e-5, 'vt');
      near(np.matmul(u.T, u), np.eye(3), 1e-5, 'u');
    }),
    { numRuns: scaled(50, 15) },
  );
});

test('norms and powers', () => {
  const m = [
    [3, -4],
    [1, 2],
  ];
  assert.equal(
    [
      linalg.norm([3, 4]),
      linalg.norm([3, -4], 1),
      linalg.norm([3, -4], Infinity),
      linalg.norm([3, -4], -Infinity),
    ].map((x) => x.item()),
    [5, 7, 4, 3],
  );
  assert.equal(
    value((x) => linalg.norm(x, null, 1), m),
    [5, Math.sqrt(5)],
  );
  assert.equal(
    [1, -1, Infinity, -Infinity].map((o) => linalg.norm(m, o).item()),
    [6, 4, 7, 3],
  );
  assert.ok(Math.abs((linalg.norm([1, 2, 2], 3).item() as number) - 17 ** (1 / 3)) < 1e-12);
  assert.equal(
    linalg
      .matrixPower(
        [
          [1, 1],
          [0, 1],
        ],
        5,
      )
      .toArray(),
    [
      [1, 5],
      [0, 1],
    ],
  );
  assert.equal(linalg.matrixPower(m, 0).toArray(), [
    [1, 0],
    [0, 1],
  ]);
  throws(() => linalg.norm([1], 0.5), 'UNSUPPORTED', 'order 0.5');
  throws(() => linalg.norm(m, 2.5), 'UNSUPPORTED', 'matrix norm');
  secretly((x) => [linalg.norm(x), linalg.norm(x, 1, 0), linalg.norm(x, Infinity)], [m]);
});

test('solve, inv, det, cholesky and qr of secrets', () => {
  secretly((a, b) => [linalg.solve(a, b), linalg.inv(a), linalg.det(a)], [M3, [1, 2, 3]], {
    FM128: 2 ** -16,
    FM64: 2 ** -8,
  });
  secretly((a) => [linalg.cholesky(a), ...linalg.qr(a)], [S4], { FM128: 2 ** -16, FM64: 2 ** -8 });
});

test('systems of any size that the ring holds, whatever its fraction bits', () => {
  const settings = [
    ['FM128', 26],
    ['FM128', 8],
    ['FM128', 16],
    ['FM128', 48],
    ['FM64', 18],
    ['FM64', 12],
    ['FM32', 8],
  ] as const;
  for (const [field, fraction] of settings)
    for (const rangeGuard of [false, true]) {
      const most = {
        FM128: rangeGuard ? 118 : 126,
        FM64: rangeGuard ? 57 : 62,
        FM32: rangeGuard ? 26 : 30,
      };
      const sizes = [1, 50, 1000, 5e4, 1e6, 1e12, 1e15].filter(
        (s) => 80 * s * s <= 2 ** (most[field] - 2 * fraction),
      );
      for (const [place, s] of sizes.entries()) {
        // A short run has both ends, and those between in turn.
        if (!LONG && place % 2 === Number(rangeGuard) && place > 0 && place < sizes.length - 1) continue;
        const unit = 2 ** -fraction;
        const error = { FM128: 2 ** -16, FM64: 2 ** -10, FM32: 1 }[field];
        const m = [
          [2 * s, s / 4],
          [s / 2, -1.5 * s],
        ] as const;
        const c = [
          [4 * s, s],
          [s, 2 * s],
        ] as const;
        const l = [1, 2, 3.5, -1].map((x) => [s, x * s]);
        const fn = (a: BaseArray, p: BaseArray, q: BaseArray): BaseArray[] => [
          linalg.solve(a, np.array([s, s / 2])),
          linalg.det(a),
          linalg.cholesky(p),
          linalg.lstsq(q, np.sum(q, 1)),
        ];
        const { results, left } = simulate(fn as never, [m, c, l].map((x) => np.array(x)) as NDArray[], {
          ring,
          field: FIELDS[field],
          fraction,
          parties: 2,
          rangeGuard,
        });
        const what = `${field}, ${fraction}, ${s}, ${rangeGuard}`;
        assert.is(left, undefined, what);
        const wants = [
          [1.625 / 3.125, -0.5 / 3.125],
          [-3.125 * s * s],
          [2 * Math.sqrt(s), 0, Math.sqrt(s) / 2, Math.sqrt(1.75 * s)],
          [1, 1],
        ];
        const units = [32 + 32 / s, 16 * s, 16 + 16 / Math.sqrt(s), 64 + 64 / s];
        for (const [k, want] of wants.entries())
          for (const [i, w] of want.entries()) {
            const got = Number(results[k]!.data[i]);
            assert.ok(
              Math.abs(got - w) <= Math.abs(w) * error + units[k]! * unit,
              `${what}: result ${k}[${i}] is ${got}, not ${w}`,
            );
          }
      }
    }
});

test('systems that sums of squares of salaries make', () => {
  const rows = Array.from({ length: 200 }, (_, i) => [
    1,
    30_000 + ((i * 7919) % 60_000),
    20 + ((i * 31) % 45),
  ]);
  const x = np.array(rows) as NDArray;
  const y = np.array(rows.map(([, salary, age]) => 1200 + 0.35 * salary! - 8 * age!)) as NDArray;
  const fn = (a: BaseArray, b: BaseArray): BaseArray[] => [
    linalg.solve(np.matmul(a.T, a), np.matmul(a.T, b)),
    linalg.lstsq(a, b),
    linalg.slogdet(np.matmul(a.T, a))[1],
  ];
  const { results } = simulate(fn as never, [x, y], { ring, field: FIELDS.FM128, parties: 2 });
  const plain = linalg.slogdet(np.matmul(x.T, x))[1] as NDArray;
  const wants = [[1200, 0.35, -8], [1200, 0.35, -8], [Number(plain.data[0])]];
  for (const [k, want] of wants.entries())
    for (const [i, w] of want.entries()) {
      const got = Number(results[k]!.data[i]);
      // A determinant of columns of such different sizes loses digits.
      const error = k === 2 ? 2e-3 : 1e-4;
      assert.ok(Math.abs(got - w) <= error * Math.abs(w), `result ${k}[${i}] is ${got}, not ${w}`);
    }
});

test('a right side much larger than the matrix', () => {
  const fn = (a: BaseArray, b: BaseArray): BaseArray => linalg.solve(a, b);
  for (const fraction of [8, 12, 16, 20, 26])
    for (const size of [1e9, 1e13, 1e15, 1e17]) {
      const inputs = [
        np.array([
          [0.5, 0.25],
          [0.25, -0.75],
        ]),
        np.array([1.25 * size, -2 * size]),
      ] as NDArray[];
      const { results } = simulate(fn as never, inputs, { ring, field: FIELDS.FM128, parties: 2, fraction });
      for (const [i, want] of [size, 3 * size].entries()) {
        const got = Number(results[0]!.data[i]);
        assert.ok(
          Math.abs(got - want) <= 2 ** -Math.min(18, fraction - 2) * want,
          `${fraction} bits: ${got}, not ${want}`,
        );
      }
    }
});

test('norms of any order and size', () => {
  for (const [field, scales] of [
    ['FM128', [1e-4, 1e-2, 1, 5e4, 1e9]],
    ['FM64', [1e-3, 1e-2, 1, 5e4]],
  ] as const)
    for (const s of scales)
      for (const ord of [1.5, 3, 4]) {
        const x = [s, -s / 2, s / 4, 0];
        const fn = (a: BaseArray): BaseArray[] => [
          linalg.norm(a, ord),
          linalg.norm(np.stack([a, np.multiply(a, 0)]), { ord, axis: 1, keepdims: true }),
        ];
        const { results, left } = simulate(fn as never, [np.array(x) as NDArray], {
          ring,
          field: FIELDS[field],
          parties: 2,
          rangeGuard: true,
        });
        assert.is(left, undefined);
        assert.equal(results[1]!.shape, [2, 1]);
        const want = x.reduce((sum, v) => sum + Math.abs(v) ** ord, 0) ** (1 / ord);
        const error =
          ord * (field === 'FM128' ? 2 ** -18 : 2 ** -11) * want + 4 * 2 ** -FIELDS[field].fraction;
        for (const [got, w] of [
          [results[0]!.data[0], want],
          [results[1]!.data[0], want],
          [results[1]!.data[1], 0],
        ])
          assert.ok(Math.abs(Number(got) - Number(w)) <= error, `${field}, ${s}, ${ord}: ${got}, not ${w}`);
      }
});

test('eigh and svd of secrets', () => {
  // Vectors may come out with the other sign: what they rebuild is compared.
  const symmetric = (a: BaseArray): unknown => {
    const [w, v] = linalg.eigh(a);
    return [w, np.matmul(v, np.multiply(w.reshape(-1, 1), v.T)), np.matmul(v.T, v)];
  };
  secretly(symmetric, [S4], { FM128: 2 ** -14, FM64: 2 ** -6, parties: [2] });
  const general = (a: BaseArray): unknown => {
    const [u, s, vt] = linalg.svd(a);
    return [s, np.matmul(np.multiply(u, s), vt)];
  };
  secretly(general, [M3], { FM128: 2 ** -14, FM64: 2 ** -6, parties: [2] });
});

test('values and determinants of matrices of any size', () => {
  for (const size of [5e4, 1e12, 1e18]) {
    const a = np.multiply(np.array(S4), size);
    const share = (b: BaseArray): unknown => [
      np.divide(linalg.eigvalsh(b), size),
      np.divide(linalg.svdvals(b), size),
      ...linalg.slogdet(b),
    ];
    secretly(share, [a], { FM128: 2 ** -15, fields: ['FM128'], parties: [2] });
  }
  const small = np.array([
    [2e4, 1e4],
    [1e4, 3e4],
  ]);
  secretly((a) => linalg.slogdet(a), [small], { FM64: 2 ** -10, fields: ['FM64'], parties: [2] });
  // Of zeros too.
  secretly((a) => linalg.svdvals(np.multiply(a, 0)), [S4], {
    FM128: 2 ** -20,
    fields: ['FM128'],
    parties: [2],
  });
});

test('a range guard lets rotations of any matrix that fits pass', () => {
  for (const [field, sizes] of [
    ['FM32', LONG ? [1, 5, 50] : [1, 50]],
    ['FM64', LONG ? [1, 50, 1e4] : [1, 1e4]],
    ['FM128', LONG ? [1, 5e4, 1e12] : [1, 1e12]],
  ] as const)
    for (const size of sizes) {
      const fn = (m: BaseArray): BaseArray[] => [linalg.svdvals(m), linalg.eigvalsh(m)];
      // Of a unit matrix there is nothing to rotate: 0 over 0.
      for (const a of [
        S4,
        [
          [1, 0],
          [0, 1],
        ],
      ].map((m) => np.multiply(np.array(m), size) as NDArray)) {
        const { results, left } = simulate(fn as never, [a], {
          ring,
          field: FIELDS[field],
          parties: 2,
          rangeGuard: true,
        });
        assert.is(left, undefined, `${field}, ${size}`);
        const wants = fn(a) as NDArray[];
        const error = { FM32: 0.06, FM64: 2 ** -8, FM128: 2 ** -15 }[field] * size * 8;
        for (const [k, { data }] of wants.entries())
          for (const [i, want] of Array.from(data, Number).entries())
            assert.ok(
              Math.abs(Number(results[k]!.data[i]) - want) <= error,
              `${field}, ${size}: ${results[k]!.data[i]}, not ${want}`,
            );
      }
    }
});

test('what many are divided by is exact enough for large quotients', () => {
  const given = [np.array([[3.75]]), np.array([1e6])] as NDArray[];
  const fn = (a: BaseArray, b: BaseArray): BaseArray => linalg.solve(a, b);
  const { results } = simulate(fn as never, given, { ring, field: FIELDS.FM128, parties: 2 });
  const off = Number(results[0]!.data[0]) - 1e6 / 3.75;
  assert.ok(Math.abs(off) < 2e-3, `off by ${off}`);
});

test.run();
