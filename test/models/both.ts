/** @file Models and metrics in the clear, and on secrets of two or more parties in one process, beside numbers of other libraries. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readCsv } from '../../examples/lib/read-csv.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { ArrayInput, BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const ring = await Ring.create();

export interface Way {
  readonly parties: number;
  readonly field: 'FM128' | 'FM64';
}
export const FM128: Way = { parties: 2, field: 'FM128' };

const folder = fileURLToPath(new URL('../../../test/models/fixtures/', import.meta.url));
const read = (name: string): unknown => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));

export interface Table {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}
export const table = (name: string): Table => read(name) as Table;

/** Numbers of other libraries, by name. */
export const fixtures = read('fixtures') as Readonly<
  Record<string, Readonly<Record<string, number[] & number>>>
>;

/** Those for options of models. */
export const options = read('options') as typeof fixtures;

/** The leaves of what `fn` gives, as secrets where `way` is said. */
export const run = (
  fn: (...args: never[]) => unknown,
  inputs: readonly ArrayInput[],
  way?: Way,
): { results: NDArray[]; rounds: number } => {
  const arrays = inputs.map((x) => NDArray.from(x));
  if (way === undefined) {
    const { leaves } = flatten(fn(...(arrays as never[])), (x) => x instanceof NDArray);
    return { results: leaves as NDArray[], rounds: 0 };
  }
  const { results, stats } = simulate(fn, arrays, { ring, field: FIELDS[way.field], parties: way.parties });
  return { results, rounds: stats.rounds };
};

/** Holds numbers to others, each off by at most `tolerance` times its unit. */
export const near = (
  got: BaseArray,
  want: number | readonly number[],
  tolerance: number,
  what: string,
  units?: readonly number[],
): void => {
  const [g, w] = [Array.from((got as NDArray).data, Number), [want].flat()];
  assert.is(g.length, w.length, what);
  for (const [i, v] of w.entries())
    assert.ok(
      Math.abs(g[i]! - v) <= tolerance * (units?.[i] ?? 1),
      `${what}, element ${i}: ${g[i]}, not ${v}`,
    );
};

/** Standard deviations of columns. */
export const spreads = (x: readonly (readonly number[])[]): number[] =>
  x[0]!.map((_, j) => {
    const mean = x.reduce((sum, row) => sum + row[j]!, 0) / x.length;
    return Math.sqrt(x.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / x.length);
  });

export const even = <T>(rows: readonly T[]): T[] => rows.filter((_, i) => i % 2 === 0);
export const odd = <T>(rows: readonly T[]): T[] => rows.filter((_, i) => i % 2 === 1);

const half = (name: string): number[][] =>
  readCsv(
    fileURLToPath(new URL(`../../../examples/data/breast_cancer_${name}.csv`, import.meta.url)),
  ).rows.map((row) => [...row]);
const [left, right] = [half('a'), half('b')];
/** All columns of the cancer data, in standard units. */
export const whole = {
  x: left.map((row, i) => [...row, ...right[i]!.slice(0, -1)]),
  y: right.map((row) => row.at(-1)!),
};
