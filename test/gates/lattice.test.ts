/** Places as lattices: what they were made of, and the places again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Lattice, latticeOf } from '../../src/gates/lattice.ts';

const placesOf = ({ starts, sizes, steps }: Lattice): number[] =>
  sizes.reduce<number[]>(
    (all, size, k) => all.flatMap((at) => Array.from({ length: size }, (_, j) => at + j * steps[k]!)),
    [...starts],
  );

/** Windows of w x w of a picture of n columns, by their first places. */
const windows = (n: number, w: number, by: number): number[] => {
  const places: number[] = [];
  for (let r = 0; r + w <= n; r += by)
    for (let c = 0; c + w <= n; c += by)
      for (let i = 0; i < w; i++) for (let j = 0; j < w; j++) places.push((r + i) * n + c + j);
  return places;
};

test('windows are one lattice', () => {
  for (const [n, w, by] of [
    [30, 3, 1],
    [16, 3, 1],
    [28, 2, 2],
    [9, 5, 2],
  ] as const) {
    const places = windows(n, w, by);
    const lattice = latticeOf(places);
    assert.is(lattice.starts.length, 1, `${n}, ${w}, ${by}`);
    assert.equal(placesOf(lattice), places);
  }
});

test('what has no order, or a part of one, stays as it is', () => {
  const lists: readonly (readonly number[])[] = [
    [],
    [5],
    [3, 1, 4, 1, 5, 9],
    [0, 1, 2, 7, 8, 9, 3, 4, 5],
    [0, 1, 2, 3, 9],
    [4, 3, 2, 1],
    [2, 2, 2],
    [0, 1, 5, 6, 2, 3, 0, 1],
  ];
  const starts = lists.map((places) => {
    const lattice = latticeOf(places);
    assert.equal(placesOf(lattice), places);
    return lattice.starts.length;
  });
  assert.equal(starts, [0, 1, 6, 3, 5, 1, 1, 4]);
});

test.run();
