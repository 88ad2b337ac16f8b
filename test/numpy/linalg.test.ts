/** @file Linear algebra by what it is to satisfy, on random matrices in the clear, and on secrets. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { meetings } from '../../src/numpy/factoring.ts';
import * as np from '../../src/numpy/index.ts';
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
    { numRuns: 50 },
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
    { numRuns: 50 },
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
    { numRuns: 50 },
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
    { numRuns: 50 },
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

test.run();
