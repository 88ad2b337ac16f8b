/** Functions of numbers far from 1, up to the ends of the ring, and of either sign; at every field, by tables and by keys. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/array.ts';
import { NDArray } from '../../src/ir/ndarray.ts';
import { simulate } from '../../src/ir/simulate.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

type Fn = (...x: BaseArray[]) => unknown;

const NAMES = ['FM32', 'FM64', 'FM128'] as const;

const row = (x: readonly number[]): NDArray => NDArray.from([...x]);

/** By tables of three parties and by keys of two. */
const everyWay = (
  fn: Fn,
  inputs: readonly NDArray[],
  field: FieldName,
  check: (results: readonly (readonly number[])[], way: string) => void,
  fraction = FIELDS[field].fraction,
): void => {
  for (const [costMode, parties] of [
    ['bandwidth', 3],
    ['bandwidth', 2],
    ['latency', 2],
  ] as const) {
    const options = { ring, field: FIELDS[field], parties, costMode, fraction };
    const { results } = simulate(fn as never, [...inputs], options);
    check(
      results.map((r) => Array.from(r.data, Number)),
      `${field}, ${fraction} bits, ${costMode}, ${parties} parties`,
    );
  }
};

/** Relative above 1. */
const near = (got: readonly number[], want: readonly number[], error: number, what: string): void =>
  want.forEach((w, i) => {
    assert.ok(
      Math.abs(got[i]! - w) <= error * Math.max(1, Math.abs(w)),
      `${what}: [${i}] is ${got[i]}, not ${w}`,
    );
  });

const ERROR = { FM32: 2 ** -4, FM64: 2 ** -12, FM128: 2 ** -18 } as const;

test('a secret power of a secret: of 0, and of negative numbers', () => {
  const x = [-5, -2, -2, 2, -1.5, 0, 0, 3, -3];
  const y = [1, 2, 3, 0.5, -3, 2, 0, -1, -2];
  for (const field of NAMES)
    everyWay(
      (a, b) => np.power(a!, b!),
      [row(x), row(y)],
      field,
      ([got], way) =>
        near(
          got!,
          x.map((v, i) => v ** y[i]!),
          ERROR[field],
          way,
        ),
    );
});

test('what is cut towards zero, and what is left, of any size', () => {
  const far = { FM32: 2 ** 21, FM64: 2 ** 43, FM128: 2 ** 99 } as const;
  for (const field of NAMES) {
    const x = [far[field], -far[field], 2.5, -2.5, -0.25, 0, -3];
    everyWay(
      (a) => [np.trunc(a!), np.fix(a!), ...np.modf(a!)],
      [row(x)],
      field,
      (got, way) => {
        const want = x.map((v) => Math.trunc(v) || 0);
        const rest = x.map((v, i) => v - want[i]!);
        assert.equal(
          got.map((r) => r.map((v) => v || 0)),
          [want, want, rest, want],
          way,
        );
      },
    );
  }
  assert.equal(np.trunc([6.3e29, -6.3e29, -2.5]).toArray(), [6.3e29, -6.3e29, -2]);
});

test('rounded to places, however large', () => {
  const x = {
    FM32: [-4000.25, 2 ** 20 + 0.25],
    FM64: [-4000.25, 1e12 + 0.25],
    FM128: [-4000.25, 2 ** 50 + 0.25],
  };
  for (const field of NAMES)
    everyWay(
      (a) => [np.round(a!, 1), np.round(a!, -2)],
      [row([...x[field], 0.75, -0.25, 2.375])],
      field,
      (got, way) => {
        const all = [...x[field], 0.75, -0.25, 2.375];
        near(got[0]!, [-4000.2, x[field][1]! - 0.05, 0.8, -0.2, 2.4], 2 ** -6, way);
        near(
          got[1]!,
          all.map((v) => Math.round(v / 100) * 100),
          ERROR[field],
          way,
        );
      },
    );
});

test.run();
