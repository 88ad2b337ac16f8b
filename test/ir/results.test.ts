/** Results whose type is that of a secret, whatever a program needs for them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

type Fn = (x: BaseArray, y: BaseArray) => BaseArray;

const PROGRAMS: Readonly<Record<string, readonly [Fn, readonly number[]]>> = {
  'a public choice of what was revealed': [
    (x, y) =>
      np.select([np.array([false, false]), np.array([false, false])], [np.reveal(x), y], np.reveal(x)),
    [1.5, -2],
  ],
  'a choice by public conditions': [(x, y) => np.where(np.array([true, true]), np.reveal(x), y), [1.5, -2]],
  'powers of 0': [(x) => np.power(x, np.array([0, 0])), [1, 1]],
  'nothing of a secret': [(x) => np.multiply(x, 0), [0, 0]],
  'a comparison of a secret with itself': [(x) => np.equal(x, x), [1, 1]],
  'a comparison that is public': [
    (x, y) => np.where(np.array([true, true]), np.less(np.reveal(x), 0), np.less(y, 0)),
    [0, 1],
  ],
  'a loop whose carry turns public': [
    (x, y) => np.fori(0, 3, (_i, c) => np.where(np.array([true, true]), np.reveal(c), y), x),
    [1.5, -2],
  ],
};

for (const [name, [fn, want]] of Object.entries(PROGRAMS)) {
  test(`${name}: results are opened as recorded`, () => {
    for (const field of ['FM32', 'FM64', 'FM128'] as const)
      for (const parties of [2, 3]) {
        const inputs = [NDArray.from([1.5, -2]), NDArray.from([3, -4])];
        const { results } = simulate(fn as never, inputs, { ring, field: FIELDS[field], parties });
        assert.equal(Array.from(results[0]!.data, Number), want, `${field}, ${parties} parties`);
      }
  });
}

test.run();
