/** @file What tables of functions are written with: plain functions of elements and of lanes, errors, and calls. */
import {
  type Arr,
  broadcastPlaces,
  broadcastShape,
  castArr,
  type DType,
  type Num,
  outside,
  type Spec,
  sizeOf,
} from './arrays.ts';
import type { Arg, Step } from './program.ts';
import type { Gen, Given, Row, Wanted } from './reference.ts';

export type Own = NonNullable<Row['own']>;
export type Plain = NonNullable<Row['plain']>;
type Range = (s: Spec) => readonly [lo: number, hi: number];

/** Errors that documentations allow. */
export const EXACT: Own = () => 0;
export const ABSOLUTE: Own = (s) => s.goal + s.ulp;
export const RELATIVE: Own = (s, y) => s.goal * Math.abs(y) + s.ulp;
export const MIXED: Own = (s, y) => s.goal * Math.max(1, Math.abs(y)) + s.ulp;
/** The ring adds without loss; float64, which the reference is in, does not. */
export const ADDED: Own = (_s, _y, xs, args) =>
  2 ** -50 *
  (xs.length > 0 ? xs : args.filter(isArr).flatMap(numbers)).reduce((sum, x) => sum + Math.abs(x), 0);
/** A product's truncation, and the weight of a public factor. */
export const PRODUCT: Own = (s, y) => 2 * s.ulp + Math.abs(y) * 2 ** -(s.f + 1);
/** Quotients are as accurate as the fraction says. */
export const QUOTIENT: Own = (s, y) => Math.abs(y) * (s.f > 26 ? 2 ** (2 - s.f) : s.goal) + 2 * s.ulp;
export const times =
  (n: number, own: Own): Own =>
  (s, y, xs, args) =>
    n * own(s, y, xs, args);

export const isArr = (x: unknown): x is Arr =>
  typeof x === 'object' && x !== null && 'v' in x && 'shape' in x;
export const arr = (x: unknown): Arr => (isArr(x) ? x : outside('no array'));
export const real = (x: unknown): Arr => castArr(arr(x), 'fxp');
export const numbers = (x: unknown): number[] => arr(x).v.map(Number);
export const fxp = (shape: readonly number[], v: readonly number[]): Arr => ({ shape, dtype: 'fxp', v });
export const ints = (
  shape: readonly number[],
  v: readonly (number | bigint)[],
  dtype: DType = 'int64',
): Arr => ({
  shape,
  dtype,
  v: v.map((x) => BigInt(x)),
});
export const bools = (shape: readonly number[], v: readonly boolean[]): Arr => ({
  shape,
  dtype: 'bool',
  v: v.map(Number),
});

/** Arrays that broadcast, element by element. */
export const each = (arrays: readonly Arr[], dtype: DType, f: (...xs: Num[]) => Num): Arr => {
  const shape = broadcastShape(...arrays.map((a) => a.shape));
  const places = arrays.map((a) => broadcastPlaces(a.shape, shape));
  return {
    shape,
    dtype,
    v: Array.from({ length: sizeOf(shape) }, (_, i) => f(...arrays.map((a, k) => a.v[places[k]![i]!]!))),
  };
};

/** Real functions, element by element, of the arrays among the arguments; others are for `f` to close over. */
export const eachReal =
  (f: (...xs: number[]) => number): Plain =>
  (args) =>
    each(args.filter(isArr).map(real), 'fxp', f as (...xs: Num[]) => Num);

export const call = (fn: string, ...args: Arg[]): Step => ({ fn, args });

export const within = (x: number, [lo, hi]: readonly [number, number], what: string): void => {
  if (!(x >= lo && x <= hi)) outside(`${what}: ${x} is beyond [${lo}, ${hi}]`);
};

export interface Unary {
  readonly f: (x: number, s: Spec) => number;
  readonly range?: Range;
  readonly own?: Own;
  /** What is drawn, where that is less than the range. */
  readonly drawn?: Wanted;
  readonly more?: readonly Arg[];
  readonly saturates?: Row['saturates'];
  readonly edge?: Row['edge'];
}

const whole = (s: Spec): readonly [number, number] => [-s.top, s.top];

/** A real function of one number. */
export const unary = (
  name: string,
  { f, range = whole, own = MIXED, drawn, more = [], saturates, edge }: Unary,
): Row => ({
  ...(edge && { edge }),
  ...(saturates && { saturates }),
  elementwise: true,
  make: (g) => {
    const [lo, hi] = range(g.spec);
    return call(name, g.value({ dtype: 'fxp', lo, hi, ...drawn }).arg, ...more);
  },
  plain: (args, spec) =>
    each([real(args[0])], 'fxp', (x) => {
      within(x as number, range(spec), name);
      return f(x as number, spec);
    }),
  own,
});

export interface Binary {
  readonly f: (x: number, y: number, s: Spec) => number;
  readonly check?: (x: number, y: number, s: Spec) => boolean;
  readonly own?: Own;
  readonly saturates?: Row['saturates'];
  readonly edge?: Row['edge'];
  readonly x?: (s: Spec) => Wanted;
  readonly y?: (s: Spec) => Wanted;
}

/** A second operand that broadcasts with the first: its shape, a part of it, or a number. */
export const beside = (g: Gen, a: Given, want: Wanted = {}): Given => {
  const { shape } = a.ref;
  const options = [shape, shape, shape, [], shape.slice(1), shape.map((n, i) => (i === 0 ? 1 : n))];
  return g.value({ ...want, shape: g.rng.pick(options) });
};

/** A real function of two numbers. */
export const binary = (name: string, { f, check, own = MIXED, saturates, edge, x, y }: Binary): Row => ({
  ...(edge && { edge }),
  ...(saturates && { saturates }),
  elementwise: true,
  make: (g) => {
    const a = g.value({ dtype: 'fxp', ...x?.(g.spec) });
    const b = beside(g, a, { dtype: 'fxp', ...y?.(g.spec) });
    return call(name, a.arg, b.arg);
  },
  plain: (args, spec) =>
    each([real(args[0]), real(args[1])], 'fxp', (p, q) => {
      const [a, b] = [p as number, q as number];
      if (check && !check(a, b, spec)) outside(`${name}: ${a}, ${b}`);
      return f(a, b, spec);
    }),
  own,
});

/** An operand and how its axes are named: none, a number, a list, or options. */
export const axisArg = (g: Gen, rank: number, many = true): { arg: Arg[]; axes: number[] | undefined } => {
  const kind = g.rng.int(0, many ? 4 : 3);
  if (rank === 0 || kind === 0) return { arg: [], axes: undefined };
  const axis = g.rng.int(-rank, rank - 1);
  if (kind === 1) return { arg: [axis], axes: [axis] };
  if (kind === 2) return { arg: [{ options: { axis } }], axes: [axis] };
  if (kind === 3) return { arg: [{ options: { axis, keepdims: true } }], axes: [axis] };
  const axes = g.rng.shuffled(Array.from({ length: rank }, (_, i) => i)).slice(0, g.rng.int(1, rank));
  return { arg: [[...axes]], axes };
};

/** Reads what axisArg made. */
export const readAxis = (x: unknown): { axes: readonly number[] | undefined; keepdims: boolean } => {
  if (x === undefined || x === null) return { axes: undefined, keepdims: false };
  if (typeof x === 'number') return { axes: [x], keepdims: false };
  if (Array.isArray(x)) return { axes: x as number[], keepdims: false };
  const o = x as { axis?: number | number[]; keepdims?: boolean };
  return {
    axes: o.axis === undefined ? undefined : ([o.axis].flat() as number[]),
    keepdims: o.keepdims ?? false,
  };
};

/** Names that are one function. */
export const same = (row: Row, ...names: string[]): Record<string, Row> =>
  Object.fromEntries(
    names.map((name) => [name, { ...row, make: (g: Gen) => ({ ...row.make(g), fn: name }) }]),
  );
