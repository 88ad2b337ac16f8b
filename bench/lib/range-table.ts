/** @file Measures the errors of functions over the whole of their ranges, for `costs` and FEATURES.md. */

import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import { shaped, stream } from './inputs.ts';
import { type Ends, RANGES, type RangeRow } from './ranges.ts';

export interface RangeResult {
  readonly op: string;
  readonly field: FieldName;
  readonly range: string;
  readonly maxError: number;
  readonly error: RangeRow['error'];
  readonly beyond: string;
}

const BATCH = [1000];

/** Multiples of the unit in the last place, both ends among them, on every magnitude or evenly. */
const pointsIn = (row: RangeRow, [lo, hi]: Ends, field: FieldName, seed: number): NDArray => {
  const next = stream(seed);
  const unit = row.dtype === undefined ? 2 ** -FIELDS[field].fraction : 1;
  const signs = lo < 0 && hi > 0;
  const least = lo > 0 ? lo : unit;
  const at = (t: number): number => (row.spread === 'even' ? lo + (hi - lo) * t : least * (hi / least) ** t);
  const inside = (x: number): number =>
    Math.min(
      Math.max(Math.round(x / unit) * unit, Math.ceil(lo / unit) * unit),
      Math.floor(hi / unit) * unit,
    );
  // The ends themselves are the first numbers outside.
  const points = shaped(row.shape ?? BATCH, (i) => {
    const x = i === 0 ? lo : i === 1 ? hi - Math.max(unit, hi * 2 ** -20) : at(next());
    return inside(row.spread === 'log' && signs && next() < 0.5 ? -x : x);
  });
  return row.dtype === undefined ? points : NDArray.from(points, row.dtype);
};

const errorOf = (kind: RangeRow['error'], want: number, got: number, unit: number): number => {
  const off = Math.abs(want - got);
  if (off === 0) return 0;
  if (kind === 'exact') return off <= Math.abs(want) * 2 ** -52 ? 0 : 1;
  if (kind === 'absolute') return off;
  if (kind === 'mixed') return off / Math.max(1, Math.abs(want));
  return Math.max(0, off - 1.5 * unit) / Math.abs(want);
};

const power = (x: number): string =>
  x !== 0 &&
  Number.isInteger(Math.log2(Math.abs(x))) &&
  Math.abs(x) !== 1 &&
  Math.abs(Math.log2(Math.abs(x))) > 3
    ? `${x < 0 ? '-' : ''}2^${Math.log2(Math.abs(x))}`
    : String(x);

export const rangeText = (row: RangeRow, field: FieldName): string =>
  [...new Set(row.of.map((ends) => `[${ends[field].map(power).join(', ')})`))].join(', ');

/** Two parties, on the numbers that the field holds. */
export const measureRange = (ring: Ring, op: string, field: FieldName): RangeResult => {
  const row = RANGES[op]!;
  const inputs = row.of.map((ends, i) => pointsIn(row, ends[field], field, i + 1));
  const want = row.fn(...inputs) as NDArray;
  const { results } = simulate(row.fn as (...args: never[]) => unknown, inputs, {
    ring,
    field: FIELDS[field],
    parties: 2,
    seeds: [1, 2].map((seed) => new Uint8Array(32).fill(seed)),
  });
  const unit = 2 ** -FIELDS[field].fraction;
  const [got, wanted] = [Array.from(results[0]!.data, Number), Array.from(want.data, Number)];
  return {
    op,
    field,
    range: rangeText(row, field),
    maxError: wanted.reduce((worst, w, i) => Math.max(worst, errorOf(row.error, w, got[i]!, unit)), 0),
    error: row.error,
    beyond: row.beyond,
  };
};
