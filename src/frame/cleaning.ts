/** @file What is done to columns inside of one party's table, in the clear at that party. */
import { fail } from '../errors.ts';
import { NDArray } from '../numpy/index.ts';
import {
  columnOf,
  isMissing,
  isNumeric,
  type NumberColumn,
  type Table,
  type TableColumn,
  withColumns,
} from './table.ts';

/** What stands for what is missing: a value, or one that is made of the column's own. */
export type Filling = number | string | boolean | 'mean' | 'median' | 'mode';

const present = (c: NumberColumn): Float64Array => c.values.filter((v) => !Number.isNaN(v));
const meanOf = (v: Float64Array): number => v.reduce((a, b) => a + b, 0) / v.length;
const stdOf = (v: Float64Array): number => {
  const mean = meanOf(v);
  return Math.sqrt(v.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / v.length);
};

/** Between neighbours, as NumPy. */
const quantileOf = (sorted: Float64Array, q: number): number => {
  const at = q * (sorted.length - 1);
  const [low, part] = [Math.floor(at), at - Math.floor(at)];
  return sorted[low]! + part * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
};

const modeOf = (values: Iterable<number | string | null>): number | string | null => {
  const counts = new Map<number | string | null, number>();
  for (const v of values) if (!isMissing(v)) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].reduce<[number | string | null, number]>(
    (best, now) => (now[1] > best[1] ? now : best),
    [null, 0],
  )[0];
};

/** Numbers of a column. Throws DTYPE for texts. */
const numeric = (c: TableColumn): NumberColumn =>
  isNumeric(c)
    ? c
    : fail('DTYPE', `column ${JSON.stringify(c.name)} holds ${c.dtype}, not numbers`, { column: c.name });

const filling = (c: TableColumn, by: Filling): number | string | null => {
  if (by === 'mode') return modeOf(c.values);
  if (isNumeric(c)) {
    const own = present(c);
    if (by === 'mean') return own.length === 0 ? null : meanOf(own);
    if (by === 'median') return own.length === 0 ? null : quantileOf(own.sort(), 0.5);
    const value = Number(by);
    return typeof by !== 'string' && Number.isFinite(value)
      ? value
      : fail(
          'INVALID_ARGUMENT',
          `fillna: column ${JSON.stringify(c.name)} takes a number, 'mean', 'median' or 'mode'`,
          { column: c.name },
        );
  }
  return typeof by === 'string'
    ? by
    : fail('INVALID_ARGUMENT', `fillna: column ${JSON.stringify(c.name)} takes a text`, { column: c.name });
};

export const fillna = (table: Table, values: Readonly<Record<string, Filling>>): Table =>
  withColumns(table, Object.keys(values), (c) => {
    const by = filling(c, values[c.name]!);
    if (isMissing(by))
      fail('INVALID_ARGUMENT', `fillna: column ${JSON.stringify(c.name)} holds nothing to fill it with`, {
        column: c.name,
      });
    // A mean of whole numbers is none.
    if (isNumeric(c)) {
      const dtype = Number.isInteger(by) ? c.dtype : 'number';
      return { ...c, dtype, values: c.values.map((v) => (Number.isNaN(v) ? Number(by) : v)) };
    }
    return { ...c, values: c.values.map((v) => v ?? String(by)) };
  });

/** Values that stand on the left by those on the right; numbers are named by their text. */
export const replace = (
  table: Table,
  name: string,
  by: Readonly<Record<string, number | string | null>>,
): Table =>
  withColumns(table, [name], (c) => {
    const of = (v: number | string | null): number | string | null =>
      v !== null && String(v) in by ? by[String(v)]! : v;
    if (!isNumeric(c)) return { ...c, values: c.values.map((v) => (of(v) === null ? null : String(of(v)))) };
    const values = c.values.map((v) => {
      const next = of(v);
      const n = next === null ? Number.NaN : Number(next);
      return Number.isNaN(n) && next !== null && !Number.isNaN(v)
        ? fail('INVALID_ARGUMENT', `replace: column ${JSON.stringify(name)} takes numbers`, { column: name })
        : n;
    });
    return {
      ...c,
      dtype: values.every((v) => Number.isNaN(v) || Number.isInteger(v)) ? c.dtype : 'number',
      values,
    };
  });

export const clip = (table: Table, names: readonly string[], low: number, high: number): Table =>
  withColumns(table, names, (c) => ({
    ...numeric(c),
    values: numeric(c).values.map((v) => (v < low ? low : v > high ? high : v)),
  }));

const moved = (
  c: TableColumn,
  middle: (v: Float64Array) => number,
  unit: (v: Float64Array) => number,
): TableColumn => {
  const own = numeric(c);
  const [m, u] = [middle(present(own)), unit(present(own))];
  if (!(u > 0))
    fail('INVALID_ARGUMENT', `column ${JSON.stringify(c.name)} is constant: it has no unit`, {
      column: c.name,
    });
  return { ...own, dtype: 'number', values: own.values.map((v) => (v - m) / u) };
};

export const standardize = (table: Table, names: readonly string[]): Table =>
  withColumns(table, names, (c) => moved(c, meanOf, stdOf));

const least = (v: Float64Array): number => v.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (v: Float64Array): number => v.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

export const minmax = (table: Table, names: readonly string[]): Table =>
  withColumns(table, names, (c) => moved(c, least, (v) => most(v) - least(v)));

/** A column a category: 1 where a row has it. */
export const onehot = (table: Table, name: string, categories: readonly string[]): Table =>
  withColumns(table, [name], (c) =>
    categories.map((category) => ({
      name: `${name}=${category}`,
      dtype: 'integer' as const,
      values: Float64Array.from(c.values as ArrayLike<number | string | null>, (v) =>
        v !== null && String(v) === category ? 1 : 0,
      ),
    })),
  );

/** Numbers of bins from 0 on; missing values stay missing. */
export const binned = (table: Table, name: string, bins: number, method: 'width' | 'quantile'): Table =>
  withColumns(table, [name], (c) => {
    const own = numeric(c);
    const sorted = present(own).sort();
    const [low, high] = [sorted[0]!, sorted.at(-1)!];
    const edges = Array.from({ length: bins - 1 }, (_, b) =>
      method === 'width' ? low + ((b + 1) * (high - low)) / bins : quantileOf(sorted, (b + 1) / bins),
    );
    const values = own.values.map((v) => (Number.isNaN(v) ? v : edges.filter((e) => v > e).length));
    return { name, dtype: 'integer' as const, values };
  });

/** What a column looks like: texts by their number. */
export interface Description {
  readonly name: string;
  readonly dtype: string;
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
  readonly mean: number | null;
  readonly std: number | null;
  readonly min: number | null;
  readonly quartiles: readonly number[] | null;
  readonly max: number | null;
}

export const describeTable = (table: Table): Description[] =>
  table.columns.map((c) => {
    const all = Array.from(c.values as ArrayLike<number | string | null>).filter((v) => !isMissing(v));
    const common = {
      name: c.name,
      dtype: c.dtype,
      count: all.length,
      missing: table.rows - all.length,
      distinct: new Set(all).size,
    };
    if (!isNumeric(c) || all.length === 0)
      return { ...common, mean: null, std: null, min: null, quartiles: null, max: null };
    const v = present(c).sort();
    // As pandas: over n - 1.
    const std = v.length > 1 ? stdOf(v) * Math.sqrt(v.length / (v.length - 1)) : null;
    return {
      ...common,
      mean: meanOf(v),
      std,
      min: v[0]!,
      quartiles: [0.25, 0.5, 0.75].map((q) => quantileOf(v, q)),
      max: v.at(-1)!,
    };
  });

/** How often each value occurs, the most frequent first. */
export const valueCounts = (table: Table, name: string): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const v of columnOf(table, name).values)
    if (!isMissing(v)) counts.set(String(v), (counts.get(String(v)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
};

/** Numbers of columns side by side. Throws DTYPE for texts, and INVALID_ARGUMENT for what is missing, with column and row. */
export const matrixOf = (table: Table, names: readonly string[]): NDArray => {
  const columns = names.map((name) => numeric(columnOf(table, name)));
  const data = new Float64Array(table.rows * names.length);
  for (const [j, { name, values }] of columns.entries())
    for (const [i, v] of values.entries()) {
      if (Number.isNaN(v))
        fail(
          'INVALID_ARGUMENT',
          `column ${JSON.stringify(name)}, row ${i}: missing; fillna says what stands for it`,
          { column: name, row: i },
        );
      data[i * names.length + j] = v;
    }
  return NDArray.from({ shape: [table.rows, names.length], dtype: 'fxp', data });
};

/** 0 and 1 for two labels: 1 for `positive`, or for the number 1. */
export const labelsOf = (table: Table, name: string, positive: string | number | boolean | null): NDArray => {
  const c = columnOf(table, name);
  const seen = new Map<number | string, number>();
  for (const [i, v] of Array.from(c.values as ArrayLike<number | string | null>).entries()) {
    if (isMissing(v))
      fail('INVALID_ARGUMENT', `label ${JSON.stringify(name)}, row ${i}: missing`, { column: name, row: i });
    if (!seen.has(v!)) seen.set(v!, i);
    if (seen.size > 2)
      fail('INVALID_ARGUMENT', `label ${JSON.stringify(name)}, row ${i}: a third value`, {
        column: name,
        row: i,
      });
  }
  if (seen.size < 2)
    fail('INVALID_ARGUMENT', `label ${JSON.stringify(name)} has one value only`, { column: name });
  const one = typeof positive === 'boolean' ? Number(positive) : (positive ?? 1);
  if (!seen.has(one))
    fail(
      'INVALID_ARGUMENT',
      `label ${JSON.stringify(name)}: no row has the value that is to be 1; say which by { positive }`,
      { column: name },
    );
  const data = Float64Array.from(c.values as ArrayLike<number | string | null>, (v) => Number(v === one));
  return NDArray.from({ shape: [table.rows], dtype: 'fxp', data });
};

/** 0 and 1 for two known values. Throws INVALID_ARGUMENT, with column and row, for others. */
export const twoValues = (table: Table, name: string, values: readonly (string | number)[]): NDArray => {
  const data = Float64Array.from(
    columnOf(table, name).values as ArrayLike<number | string | null>,
    (v, row) => {
      const place = isMissing(v) ? -1 : values.indexOf(v!);
      return place >= 0
        ? place
        : fail('INVALID_ARGUMENT', `label ${JSON.stringify(name)}, row ${row}: none of the two values`, {
            column: name,
            row,
          });
    },
  );
  return NDArray.from({ shape: [table.rows], dtype: 'fxp', data });
};

/** The place of each value in a list, as int32; the list's length where it is none of them. */
export const codesOf = (table: Table, name: string, values: readonly (string | number)[]): NDArray => {
  const places = new Map(values.map((v, i) => [String(v), i]));
  const c = columnOf(table, name);
  const data = Int32Array.from(c.values as ArrayLike<number | string | null>, (v) =>
    isMissing(v) ? values.length : (places.get(String(v)) ?? values.length),
  );
  return NDArray.from({ shape: [table.rows], dtype: 'int32', data });
};
