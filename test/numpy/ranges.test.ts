/**
 * @file Composed functions on secrets over their documented ranges: a dense grid, random points and the ends, two and three
 * parties, FM128 and FM64, against references of their own. TESSERA_LONG=1 takes many times as many points.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { random, ring } from '../gates/harness.ts';
import { LONG } from '../long.ts';
import { type Range, ROWS, type Row } from './ranges.ts';
import { ARRAY_ROWS, type ArrayRow } from './ranges-arrays.ts';

const POINTS = LONG ? 40000 : 1000;
const CASES = [
  ['FM128', 2],
  ['FM128', 3],
  ['FM64', 2],
  ['FM64', 3],
] as const;

const ulpOf = (f: FieldName): number => 2 ** -FIELDS[f].fraction;
type Field = (typeof CASES)[number][0];

const rangeOf = (range: Row['range'], f: Field): Range => ('FM128' in range ? range[f] : range);

/** Both ends first; half of the rest on a grid, half drawn. */
const pointsIn = (row: Row, given: Row['range'], f: Field, seed: number): number[] => {
  const next = random(seed);
  const ulp = ulpOf(f);
  const [lo, hi] = rangeOf(given, f);
  const signs = lo < 0 && row.log;
  const least = signs ? ulp : lo;
  const at = (t: number): number => (row.log && hi > 0 ? least * (hi / least) ** t : lo + (hi - lo) * t);
  const inside = (x: number): number =>
    Math.min(Math.max(Math.round(x / ulp), Math.ceil(lo / ulp)), Math.floor(hi / ulp)) * ulp;
  return Array.from({ length: POINTS }, (_, i) => {
    const x = i === 0 ? lo : i === 1 ? hi : at(i < POINTS / 2 ? i / (POINTS / 2) : next());
    return inside(signs && i > 1 && i % 2 === 1 ? -x : x);
  });
};

const GOAL = { FM128: 2 ** -20, FM64: 2 ** -12 };

const allowed = (error: Row['error'], want: number, f: Field): number =>
  error === 'exact'
    ? 0
    : GOAL[f] * { absolute: 1, relative: Math.abs(want), mixed: Math.max(1, Math.abs(want)) }[error] +
      ulpOf(f);

/** The largest error so far, as a share of what is allowed. */
class Worst {
  over = 0;
  text = '';

  see(got: number, want: number, most: number, where: () => string): void {
    const over = got === want ? 0 : Math.abs(got - want) / most;
    if (over <= this.over) return;
    this.over = over;
    this.text = `${where()} is ${got}, not ${want}: ${over} of the allowed error`;
  }

  check(): void {
    assert.ok(this.over <= 1, this.text);
  }
}

const secretly = (fn: unknown, inputs: readonly NDArray[], field: Field, parties: number): NDArray[] =>
  simulate(fn as (...args: never[]) => unknown, inputs, { ring, field: FIELDS[field], parties }).results;

for (const [name, row] of Object.entries(ROWS))
  for (const [field, parties] of CASES)
    test(`${name}, ${field}, ${parties} parties`, () => {
      const held = (row.points ?? []).map((x) => Math.round(x / ulpOf(field)) * ulpOf(field));
      const x = [...held, ...pointsIn(row, row.range, field, parties)];
      const y = row.other ? pointsIn(row, row.other, field, parties + 10) : [];
      // Two walks that start at the same end would never meet the other pairs; and each point meets itself, and 0.
      if (row.other) y.unshift(...held.map((v, i) => (i % 2 ? v : (held[0] ?? v))));
      y.splice(held.length + 2, Number.POSITIVE_INFINITY, ...y.slice(held.length + 2).reverse());
      const inputs = [x, ...(row.other ? [y] : [])].map((v) => NDArray.from(Float64Array.from(v)));
      const results = secretly(row.fn, inputs, field, parties);
      const worst = new Worst();
      for (const [i, u] of x.entries()) {
        const v = y[i] ?? u;
        const want = [row.of(u, v)].flat() as number[];
        assert.is(results.length, want.length);
        for (const [k, w] of want.entries()) {
          const most = allowed(row.error, w, field) + (row.extra?.(u, v, field) ?? 0);
          const at = (): string => `result ${k} at (${u}${row.other ? `, ${v}` : ''})`;
          worst.see(Number(results[k]!.data[i]), w, most, at);
        }
      }
      worst.check();
    });

/** Cases: the ends alone, ends in turn, zeros; then the grid and what is drawn, element by element. */
const arrayOf = (row: ArrayRow, shape: readonly number[], f: Field, seed: number): NDArray => {
  const next = random(seed);
  const [lo, hi] = row.range;
  const size = shape.reduce((a, b) => a * b, 1);
  const cases = Math.ceil((LONG ? 20 : 1) * (size > 8 ? 24 : 60));
  const at = (i: number, j: number): number => {
    if (i < 4) return [lo, hi, j % 2 ? lo : hi, 0][i]!;
    return lo + (hi - lo) * (i % 2 ? next() : ((i / cases) * (j + 1)) % 1);
  };
  const ulp = ulpOf(f);
  const data = Float64Array.from(
    { length: cases * size },
    (_, i) => Math.round(at(Math.floor(i / size), i % size) / ulp) * ulp,
  );
  return new NDArray([cases, ...shape], 'fxp', data);
};

for (const [name, row] of Object.entries(ARRAY_ROWS))
  for (const [field, parties] of CASES)
    test(`${name}, ${field}, ${parties} parties`, () => {
      const inputs = row.shapes.map((shape, i) => arrayOf(row, shape, field, parties + 20 * i));
      const results = secretly(row.fn, inputs, field, parties);
      const wanted = flatten(row.fn(...inputs), (x) => x instanceof NDArray).leaves as NDArray[];
      const worst = new Worst();
      for (const [k, want] of wanted.entries()) {
        assert.equal([...results[k]!.shape], [...want.shape]);
        for (const [i, w] of Array.from(want.data, Number).entries()) {
          const most = allowed(row.error, w, field) * (row.times ?? 1);
          worst.see(Number(results[k]!.data[i]), w, most, () => `result ${k}[${i}]`);
        }
      }
      worst.check();
    });

test.run();
