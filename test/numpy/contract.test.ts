/** @file Diagonals, triangles, grids, einsum and tensordot. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const M = [
  [1, 2, 3],
  [4, 5, 6],
];

test('diag, diagonal, trace, tril, triu', () => {
  assert.equal(
    value((x) => np.diag(x), [1, 2]),
    [
      [1, 0],
      [0, 2],
    ],
  );
  assert.equal(
    value((x) => np.diag(x, 1), [1, 2]),
    [
      [0, 1, 0],
      [0, 0, 2],
      [0, 0, 0],
    ],
  );
  assert.equal(
    value((x) => np.diag(x, -1), [5]),
    [
      [0, 0],
      [5, 0],
    ],
  );
  assert.equal(
    [0, 1, 2, 3, -1, -2].map((k) => np.diag(M, k).toArray()),
    [[1, 5], [2, 6], [3], [], [4], []],
  );
  assert.is(np.trace(M).item(), 6);
  assert.equal(np.trace(np.arange(8).reshape(2, 2, 2), 0, 1, 2).toArray(), [3, 11]);
  assert.equal(
    value((x) => np.tril(x), M),
    [
      [1, 0, 0],
      [4, 5, 0],
    ],
  );
  assert.equal(
    value((x) => np.triu(x, 1), M),
    [
      [0, 2, 3],
      [0, 0, 6],
    ],
  );
  assert.equal(np.triu(np.array(M, 'int32')).dtype, 'int32');
  throws(() => np.triu([1]), 'SHAPE', 'matrix');
  throws(() => np.diag(1), 'SHAPE', '1- or 2-d');
  secretly((x) => [np.diag(x.at(0), 1), np.trace(x), np.tril(x), np.kron(x, x.at(0))], [M]);
});

test('kron and meshgrid', () => {
  assert.equal(
    np
      .kron(
        [1, 2],
        [
          [1, 0],
          [0, 3],
        ],
      )
      .toArray(),
    [
      [1, 0, 2, 0],
      [0, 3, 0, 6],
    ],
  );
  assert.equal(
    np
      .kron(
        [
          [1, 2],
          [3, 4],
        ],
        [[0, 1]],
      )
      .toArray(),
    [
      [0, 1, 0, 2],
      [0, 3, 0, 4],
    ],
  );
  const [x, y] = np.meshgrid([
    [1, 2, 3],
    [10, 20],
  ]);
  assert.equal(
    [x!.toArray(), y!.toArray()],
    [
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [
        [10, 10, 10],
        [20, 20, 20],
      ],
    ],
  );
  const [i, j] = np.meshgrid(
    [
      [1, 2],
      [10, 20, 30],
    ],
    'ij',
  );
  assert.equal(
    [i!.toArray(), j!.toArray()],
    [
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      [
        [10, 20, 30],
        [10, 20, 30],
      ],
    ],
  );
});

/** Einstein's summation by its definition: a loop over every label. */
const byLoops = (text: string, ...xs: NDArray[]): { shape: number[]; data: number[] } => {
  const [left, right] = text.split('->') as [string, string];
  const lists = left.split(',');
  const labels = [...new Set(left.replaceAll(',', ''))];
  const size = (l: string): number =>
    xs[lists.findIndex((s) => s.includes(l))]!.shape[lists.find((s) => s.includes(l))!.indexOf(l)]!;
  const shape = [...right].map(size);
  const data = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  const visit = (at: Map<string, number>, rest: string[]): void => {
    if (rest.length > 0) {
      for (let v = 0; v < size(rest[0]!); v++) visit(new Map([...at, [rest[0]!, v]]), rest.slice(1));
      return;
    }
    const flat = (s: string, of: readonly number[]): number =>
      [...s].reduce((f, l, k) => f * of[k]! + at.get(l)!, 0);
    data[flat(right, shape)]! += xs.reduce((p, x, k) => p * Number(x.data[flat(lists[k]!, x.shape)]), 1);
  };
  visit(new Map(), labels);
  return { shape, data };
};

const SIZES: Readonly<Record<string, number>> = { i: 2, j: 3, k: 4, l: 2 };
const numbered = (s: string, from: number): NDArray =>
  np
    .arange(
      0,
      [...s].reduce((n, l) => n * SIZES[l]!, 1),
    )
    .add(from)
    .reshape([...s].map((l) => SIZES[l]!))
    .astype('float64') as NDArray;

test('einsum: every kind of contraction, by its definition', () => {
  for (const text of [
    'ij,jk->ik',
    'ij->ji',
    'ij->',
    'ii->i',
    'ii->',
    'ij,ij->ij',
    'ij,ij->',
    'i,j->ij',
    'ijk,ikl->ijl',
    'ijk,jil->kl',
    'ij,jk,kl->il',
    'ij,i,j->',
    'ilj,k->jk',
    'iij,j->i',
  ]) {
    const xs = text
      .split('->')[0]!
      .split(',')
      .map((s, n) => numbered(s, n - 2));
    const want = byLoops(text, ...xs);
    const got = np.einsum(text, ...xs) as NDArray;
    assert.equal([got.shape, [...(got.data as Float64Array)]], [want.shape, want.data], text);
  }
  assert.equal(np.einsum('ij,jk', M, np.transpose(M)).toArray(), np.matmul(M, np.transpose(M)).toArray());
  assert.equal(np.einsum('ba', M).toArray(), np.transpose(M).toArray());
  throws(() => np.einsum('ij,jk->i', M), 'INVALID_ARGUMENT', '2 lists of labels for 1');
  throws(() => np.einsum('ij->k', M), 'INVALID_ARGUMENT', 'output label k');
  throws(() => np.einsum('i...', M), 'INVALID_ARGUMENT', 'form');
  throws(() => np.einsum('ij,ij', M, np.transpose(M)), 'SHAPE', 'label i is 2 and 3');
  throws(() => np.einsum('i', M), 'SHAPE', '2 axes, and 1 labels');
});

test('tensordot', () => {
  fc.assert(
    fc.property(fc.nat(2), (n) => {
      const a = np.arange(24).reshape(2, 3, 4).astype('float64');
      const b = np
        .arange(48)
        .reshape(n === 2 ? [3, 4, 4] : n === 1 ? [4, 12] : [2, 24])
        .astype('float64');
      const text = ['ijk,lm->ijklm', 'ijk,kl->ijl', 'ijk,jkl->il'][n]!;
      assert.equal(np.tensordot(a, b, n).toArray(), np.einsum(text, a, b).toArray());
    }),
  );
  const a = np.arange(6).reshape(2, 3).astype('float64');
  assert.equal(np.tensordot(a, a, [[0], [0]]).toArray(), np.matmul(a.T, a).toArray());
  assert.equal(np.tensordot(a, a, [1, -1]).toArray(), np.matmul(a, a.T).toArray());
  throws(() => np.tensordot(a, a, 1), 'SHAPE', 'shape-mismatch');
});

test('einsum opens results alone', () => {
  const x = np.arange(24).reshape(2, 3, 4).mul(0.125);
  const stats = secretly((a, b) => np.einsum('ijk,ilk->ijl', a, b), [x, x], {
    fields: ['FM128'],
    parties: [2],
  });
  // Two inputs times the secret one, then the products: 48 + 18 values of 16 bytes.
  assert.equal([stats.rounds, stats.sent[0]![1]], [2, (48 + 18) * 16]);
});

test('products of two parties whose rows leave in several parts', () => {
  const [m, n] = [1100, 96];
  const x = np.reshape(np.arange(m, undefined, 1, 'float64'), [m, 1]) as NDArray;
  const y = np.reshape(np.arange(n, undefined, 1, 'float64'), [1, n]) as NDArray;
  const product = np.matmul(x, y) as NDArray;
  for (const parties of [2, 3]) {
    const { results } = simulate(((a: NDArray, b: NDArray) => np.matmul(a, b)) as never, [x, y], {
      ring,
      field: FIELDS.FM128,
      parties,
    });
    assert.equal(results[0]!.data, product.data);
  }
});

test.run();
