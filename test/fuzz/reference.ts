/**
 * @file What a step's result is to be, and how far from it the parties may be: errors of operands are propagated by
 * evaluating the plain function beside them, and each function adds what its documentation allows.
 */

import {
  type Arr,
  castArr,
  holds,
  isInt,
  type Num,
  outside,
  promote,
  type Ref,
  type Spec,
} from './arrays.ts';
import { type Lambda, mapArg, type Step, slotsOf } from './program.ts';
import type { Rng } from './rng.ts';

/** A function that a step was given, on references. */
export type RefFn = (...xs: Ref[]) => Ref[];

/** What a function was called with: arrays in the place of slots, functions of references in that of lambdas. */
export type Args = readonly unknown[];

export interface Wanted {
  readonly lo?: number;
  readonly hi?: number;
  readonly dtype?: Arr['dtype'] | 'int' | 'number' | 'any';
  readonly shape?: readonly number[];
  readonly rank?: readonly [least: number, most: number];
  /** Every axis at least this long. */
  readonly least?: number;
  /** Elements at most. */
  readonly most?: number;
  /** Whole numbers, in whatever dtype. */
  readonly whole?: boolean;
  readonly kind?: 'secret' | 'static';
  /** Elements away from each other, along the last axis, and from 0. */
  readonly apart?: boolean;
}

export interface Given {
  readonly arg: { readonly slot: number };
  readonly ref: Ref;
}

/** What makes steps draws from: values that are there, or new inputs. */
export interface Gen {
  readonly rng: Rng;
  readonly spec: Spec;
  value(want?: Wanted): Given;
  /** A function of so many parameters like these, made of smooth elementwise steps. */
  lambda(params: readonly Ref[], steps: number): Lambda;
}

export interface Row {
  /** How often it is drawn, beside 1. */
  readonly weight?: number;
  readonly make: (g: Gen) => Step;
  /** The plain function; operands are Arr. Throws Outside beyond the documented range. A bool that may be either is NaN. */
  readonly plain?: (args: Args, spec: Spec) => Arr | readonly Arr[];
  /** Element i of the result depends on elements i of the operands alone, broadcast. */
  readonly elementwise?: boolean;
  /** What the function may be off by itself. `xs`: its operands there, if elementwise. */
  readonly own?: (spec: Spec, y: number, xs: readonly number[], args: Args) => number;
  /** Operands count as off by this share of the largest of them, too: for algorithms whose condition decides. */
  readonly noise?: (spec: Spec) => number;
  /** Where secrets saturate, and float64 does not. `open`: which operands everybody knows. */
  readonly saturates?: (spec: Spec, xs: readonly number[], open: readonly boolean[]) => boolean;
  /** Where what comes beyond depends on what is known of operands that are no inputs: `off` by so much. */
  readonly edge?: (xs: readonly number[], off: readonly number[]) => boolean;
  /** Results from this one on everybody knows, whatever the operands are. */
  readonly known?: number;
  /** In the place of plain and own. */
  readonly ref?: (args: Args, spec: Spec) => Ref | readonly Ref[];
}

export type Table = Readonly<Record<string, Row>>;

export const isRef = (x: unknown): x is Ref => typeof x === 'object' && x !== null && 'v' in x && 'e' in x;

/** The references among the arguments, in order. */
const refsIn = (x: unknown): Ref[] => {
  if (isRef(x)) return [x];
  if (Array.isArray(x)) return x.flatMap(refsIn);
  if (typeof x === 'object' && x !== null) return Object.values(x).flatMap(refsIn);
  return [];
};

const replaced = (x: unknown, from: Ref, to: Arr): unknown => {
  if (x === from) return to;
  if (Array.isArray(x)) return x.map((y) => replaced(y, from, to));
  if (typeof x === 'object' && x !== null && !isRef(x))
    return Object.fromEntries(Object.entries(x).map(([k, y]) => [k, replaced(y, from, to)]));
  return x;
};

const list = (x: Arr | readonly Arr[]): readonly Arr[] => ('v' in x ? [x] : x);

/** Differences of results, real ones by size, others as all or nothing. */
const widen = (bounds: number[][], base: readonly Arr[], moved: readonly Arr[], by: number): void => {
  for (const [k, b] of base.entries()) {
    const m = moved[k]!;
    for (let i = 0; i < b.v.length; i++) {
      if (m.v.length !== b.v.length) outside('shapes depend on values');
      const d =
        b.dtype === 'fxp'
          ? Math.abs((m.v[i] as number) - (b.v[i] as number)) * by
          : m.v[i] === b.v[i]
            ? 0
            : Number.POSITIVE_INFINITY;
      if (d > bounds[k]![i]!) bounds[k]![i] = d;
    }
  }
};

const shifted = (r: Ref, by: (i: number) => number): Arr => ({
  ...r,
  v: r.v.map((x, i) => (r.dtype === 'fxp' ? (x as number) + by(i) : x)),
});

/** Random signs, the same at every call. */
const sign = (k: number, i: number): number =>
  (Math.imul(k * 7919 + i + 1, 0x9e3779b1) >>> 0) & 0x10000 ? 1 : -1;

const MOST_ALONE = 48;
const DIRECTIONS = 6;

/** Results that are no numbers jump where operands are 0, or equal: they are moved to just there, and past it. */
const snap = (
  bounds: number[][],
  base: readonly Arr[],
  args: Args,
  r: Ref,
  e: readonly number[],
  plain: (args: unknown) => readonly Arr[],
): void => {
  if (r.dtype !== 'fxp' || base.every((b) => b.dtype === 'fxp')) return;
  const to = (by: (i: number) => number): void =>
    widen(bounds, base, plain(replaced(args, r, shifted(r, by))), 0);
  const near = (d: number, most: number): number => (Math.abs(d) <= 1.25 * most ? d : 0);
  to((i) => near(-(r.v[i] as number), e[i]!));
  for (const s of [2.5, -2.5]) to((i) => s * e[i]!);
  for (const q of refsIn(args))
    if (q !== r && q.dtype !== 'bool' && q.v.length > 0) {
      const n = q.v.length;
      // Where the other is larger, this one meets each of its rows.
      for (let from = 0; from < n; from += Math.max(1, r.v.length))
        to((i) => {
          const at = (from + i) % n;
          return near(Number(q.v[at]) - (r.v[i] as number), e[i]! + Math.min(q.e[at]!, 1));
        });
    }
};

/** How far results move when the operands do. */
const propagated = (row: Row, args: Args, spec: Spec, base: readonly Arr[]): number[][] => {
  const total = base.map((b) => b.v.map(() => 0));
  const plain = (a: unknown): readonly Arr[] => list(row.plain!(a as Args, spec));
  for (const r of new Set(refsIn(args))) {
    const most = r.dtype === 'fxp' ? Math.max(0, ...r.v.map((x) => Math.abs(x as number))) : 0;
    const extra = r.dtype === 'fxp' && row.noise ? row.noise(spec) * Math.max(1, most) : 0;
    const e = r.e.map((x) => x + extra);
    if (e.every((x) => x === 0)) continue;
    const bounds = base.map((b) => b.v.map(() => 0));
    const lost = e.map((x) => x === Number.POSITIVE_INFINITY);
    if (lost.some((x) => x) && !row.elementwise)
      return base.map((b) => b.v.map(() => Number.POSITIVE_INFINITY));
    const move = (by: (i: number) => number, times: number): void =>
      widen(bounds, base, plain(replaced(args, r, shifted(r, by))), times);
    const held = e.map((x) => (x === Number.POSITIVE_INFINITY ? 0 : x));
    snap(bounds, base, args, r, held, plain);
    if (row.elementwise) {
      move((i) => (Math.abs(r.v[i] as number) <= 1.25 * held[i]! ? -(r.v[i] as number) : 0), 1);
      for (const s of [1, -1]) for (const scale of [1, 0.5]) move((i) => s * scale * held[i]!, 1.01);
    } else if (e.filter((x) => x > 0).length <= MOST_ALONE) {
      const sums = base.map((b) => b.v.map(() => 0));
      for (const [at] of e.entries()) {
        if (held[at] === 0) continue;
        const one = base.map((b) => b.v.map(() => 0));
        for (const s of [2.5, -2.5])
          widen(
            one,
            base,
            plain(
              replaced(
                args,
                r,
                shifted(r, (i) => (i === at ? s * held[i]! : 0)),
              ),
            ),
            0.5,
          );
        one.forEach((o, k) => {
          for (const [i, x] of o.entries()) sums[k]![i]! += x;
        });
      }
      // Of an order many move together; the error of a whole number is a little more than 1.
      for (const s of [1, -1]) for (const scale of [1, 0.98, 0.5]) move((i) => s * scale * held[i]!, 1.01);
      sums.forEach((s, k) => {
        for (const [i, x] of s.entries()) if (x > bounds[k]![i]!) bounds[k]![i] = x;
      });
    } else for (let k = 0; k < DIRECTIONS; k++) move((i) => 2 * sign(k, i) * held[i]!, Math.sqrt(e.length));
    for (const [k, b] of bounds.entries()) for (const [i, x] of b.entries()) total[k]![i]! += x;
    if (row.elementwise && lost.some((x) => x)) spoil(total, base, r, lost);
  }
  together(total, base, args, plain);
  return total;
};

/** What two operands move together beyond what each does: the product of both errors, where they stand in a product. */
const together = (
  total: number[][],
  base: readonly Arr[],
  args: Args,
  plain: (args: unknown) => readonly Arr[],
): void => {
  const moving = [...new Set(refsIn(args))].filter((r) => r.dtype === 'fxp' && r.e.some((e) => e > 0));
  const up = (r: Ref): Arr => shifted(r, (i) => (Number.isFinite(r.e[i]!) ? r.e[i]! : 0));
  for (const [n, r] of moving.entries())
    for (const q of moving.slice(n + 1)) {
      const [own, other] = [plain(replaced(args, r, up(r))), plain(replaced(args, q, up(q)))];
      const both = plain(replaced(replaced(args, r, up(r)), q, up(q)));
      for (const [k, b] of base.entries())
        if (b.dtype === 'fxp')
          for (const [i, x] of b.v.entries()) {
            const at = (all: readonly Arr[]): number => all[k]!.v[i] as number;
            const more = Math.abs(at(both) - at(own) - at(other) + (x as number));
            if (Number.isFinite(more)) total[k]![i]! += more;
          }
    }
};

/** What depends on an element of which nothing is known. */
const spoil = (total: number[][], base: readonly Arr[], r: Ref, lost: readonly boolean[]): void => {
  for (const [k, b] of base.entries()) {
    const pad = b.shape.length - r.shape.length;
    for (let flat = 0; flat < b.v.length; flat++) {
      let [rest, place, step] = [flat, 0, 1];
      for (let i = b.shape.length - 1; i >= 0; i--) {
        const at = rest % b.shape[i]!;
        rest = Math.floor(rest / b.shape[i]!);
        const n = r.shape[i - pad] ?? 1;
        if (i < pad) continue;
        place += (n === 1 ? 0 : at) * step;
        step *= n;
      }
      if (lost[place]) total[k]![flat] = Number.POSITIVE_INFINITY;
    }
  }
};

/** Element `flat` of an operand that is broadcast to the shape. */
const elementAt = (a: Arr, shape: readonly number[], flat: number): number => {
  const pad = shape.length - a.shape.length;
  let [rest, place, step] = [flat, 0, 1];
  for (let i = shape.length - 1; i >= 0; i--) {
    const at = rest % shape[i]!;
    rest = Math.floor(rest / shape[i]!);
    const n = a.shape[i - pad] ?? 1;
    if (i < pad) continue;
    place += (n === 1 ? 0 : at) * step;
    step *= n;
  }
  return Number(a.v[place]);
};

/** How far that element is off. */
const offAt = (r: Ref, shape: readonly number[], flat: number): number =>
  elementAt({ ...r, v: r.e }, shape, flat);

/** Throws Outside for numbers that the ring cannot hold. */
const inRange = (r: Ref, spec: Spec): Ref => {
  if (r.dtype === 'fxp')
    for (const [i, x] of r.v.entries())
      if (
        !(Math.abs(x as number) + Math.min(r.e[i]!, spec.top) < spec.top) &&
        r.e[i] !== Number.POSITIVE_INFINITY
      )
        outside('beyond the ring');
  if (isInt(r.dtype) && spec.bits === 32 && r.v.some((x) => !holds(x as bigint, spec)))
    outside('beyond the ring');
  return r;
};

/** The reference of one call. */
const referenceOf = (row: Row, args: Args, spec: Spec): readonly Ref[] => {
  if (row.ref) {
    const made = row.ref(args, spec);
    return ('v' in made ? [made] : made).map((r) => inRange(r, spec));
  }
  const given = refsIn(args);
  const kinds = given.map((r) => r.dtype);
  const mixed = kinds.some(isInt) && kinds.reduce(promote, 'bool') === 'fxp';
  // Integers beside real numbers become such.
  if (mixed && given.some((r) => r.v.some((x) => Math.abs(Number(x)) >= spec.top)))
    outside('beyond the ring');
  const answers = list(row.plain!(args, spec));
  const base = answers.map((b) =>
    b.dtype === 'fxp' ? b : { ...b, v: b.v.map((x) => (Number.isNaN(Number(x)) ? 0 : x)) },
  );
  if (base.some((b) => b.dtype === 'fxp' && b.v.some((x) => !Number.isFinite(x as number))))
    outside('not a number');
  const bounds = propagated(row, args, spec, base);
  const operands = refsIn(args);
  if (row.saturates && operands.some((r) => r.open))
    for (let i = 0; i < base[0]!.v.length; i++)
      if (
        row.saturates(
          spec,
          operands.map((r) => elementAt(r, base[0]!.shape, i)),
          operands.map((r) => r.open ?? false),
        )
      )
        outside('float64 does not saturate');
  return base.map((b, k) =>
    inRange(
      {
        ...b,
        e: b.v.map((y, i) => {
          if (b.dtype !== 'fxp')
            return bounds[k]![i]! > 0 || Number.isNaN(Number(answers[k]!.v[i]))
              ? Number.POSITIVE_INFINITY
              : 0;
          const xs = row.elementwise ? operands.map((r) => elementAt(r, b.shape, i)) : [];
          const off = operands.map((r) => (row.edge && !r.raw ? offAt(r, b.shape, i) : -1));
          if (
            row.edge &&
            off.some((e) => e >= 0) &&
            row.edge(
              xs,
              off.map((e) => Math.max(e, 0)),
            )
          )
            return Number.POSITIVE_INFINITY;
          return bounds[k]![i]! + (row.own?.(spec, y as number, xs, args) ?? 0);
        }),
      },
      spec,
    ),
  );
};

/** The reference of a step, its operands being those of `env`. */
export const stepReference = (
  table: Table,
  step: Step,
  env: readonly Ref[],
  outer: readonly Ref[],
  spec: Spec,
): Ref => {
  const row = table[step.fn];
  if (!row) return outside(`${step.fn} is not in the table`);
  const of = {
    slot: (i: number) => env[i]!,
    up: (i: number) => outer[i]!,
    lambda: (l: Lambda) => lambdaReference(table, l, env, spec),
  };
  const args = [...step.args, ...(step.applied ?? [])].map((a) => mapArg(a, of));
  const made = referenceOf(row, args, spec);
  const ref = made[step.pick ?? 0] ?? outside(`${step.fn} has no result ${step.pick}`);
  const given = refsIn(args);
  const seen = slotsOf(step).map((i) => env[i]!);
  const known = row.known !== undefined && (step.pick ?? 0) >= row.known;
  return {
    ...ref,
    open: known || (given.length > 0 && [...seen, ...given].every((r) => r.open)),
    raw: false,
  };
};

const lambdaReference =
  (table: Table, l: Lambda, outer: readonly Ref[], spec: Spec): RefFn =>
  (...xs) => {
    const env = [...xs];
    for (const step of l.steps) env.push(stepReference(table, step, env, outer, spec));
    return [l.out].flat().map((i) => env[i as number]!);
  };

export const exact = (a: Arr): Ref => ({ ...a, e: a.v.map(() => 0) });

/** A reference in another dtype, where that loses nothing but ties. */
export const castRef = (r: Ref, to: Arr['dtype']): Ref => ({
  ...castArr(r, to),
  e: r.e.map((e) => (e === 0 ? 0 : Number.POSITIVE_INFINITY)),
});

/** Elements picked out of references: everything that only moves them. -1: `fill`. */
export const moved = (
  from: readonly Ref[],
  places: readonly number[],
  shape: readonly number[],
  dtype: Arr['dtype'],
  fill: Num,
): Ref => {
  const v = from.flatMap((r) => castArr(r, dtype).v);
  const e = from.flatMap((r) => r.e);
  return {
    shape,
    dtype,
    v: places.map((i) => (i < 0 ? fill : v[i]!)),
    e: places.map((i) => (i < 0 ? 0 : e[i]!)),
  };
};
