/**
 * @file Numbers that the ring does not have (infinite ones, and those of 1e30 and more) in arrays of secrets: ±2^30 stand for them there.
 * An array in which some may stand is marked, and a mark goes along with what is computed, so that it is known later what they are.
 */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../numpy/index.ts';

/** Which numbers beyond the ring may stand in an array, on each side; NaN where there are several. */
export interface Beyond {
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** Some may stand at other places, as large numbers: nothing can be asked about them. */
  readonly isUnsure?: boolean | undefined;
}

/** Numbers from here on, on either side, are beyond all that secrets may be. */
export const LEAST = 1e30;

/** Is a public number beyond all that secrets may be? */
export const isInfinite = (v: number): boolean => Math.abs(v) >= LEAST;

const marks = new WeakMap<BaseArray, Beyond>();

const ofData = (data: Float64Array): Beyond | undefined => {
  let [low, high]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const v of data)
    if (v <= -LEAST) low = both(low, v);
    else if (v >= LEAST) high = both(high, v);
  return low === undefined && high === undefined ? undefined : { low, high };
};

export const beyondOf = (x: BaseArray): Beyond | undefined => {
  if (!(x instanceof NDArray)) return marks.get(x);
  return x.dtype === 'fxp' ? ofData(x.data as Float64Array) : undefined;
};

/** The array with its mark, where it is one of secret numbers. What has a mark keeps it. */
export const marked = (x: BaseArray, mark: Beyond | undefined): BaseArray => {
  if (mark && x.dtype === 'fxp' && !(x instanceof NDArray) && !marks.has(x)) marks.set(x, mark);
  return x;
};

/** One of two values of a side. */
const both = (x: number | undefined, y: number | undefined): number | undefined =>
  x === undefined || y === undefined || x === y ? (x ?? y) : Number.NaN;

type Marks = readonly (Beyond | undefined)[];

export const union = (all: Marks): Beyond | undefined =>
  all.reduce(
    (a, b) =>
      a && b
        ? { low: both(a.low, b.low), high: both(a.high, b.high), isUnsure: a.isUnsure || b.isUnsure }
        : (a ?? b),
    undefined,
  );

/** What an operation makes of marks: the mark of its results, or `refused`. */
export type Carry = (marks: Marks) => Beyond | undefined | typeof refused;
export const refused = Symbol('refused');

const minus = ({ low, high, isUnsure }: Beyond): Beyond => ({
  low: high === undefined ? undefined : -high,
  high: low === undefined ? undefined : -low,
  isUnsure,
});

/** Of the largest of several: a low number is left where all may be low. */
const largest = (all: Marks): Beyond | undefined => {
  const whole = union(all);
  return whole && { ...whole, low: all.every((m) => m?.low !== undefined) ? whole.low : undefined };
};
const smallest = (all: Marks): Beyond | undefined => {
  const turned = largest(all.map((m) => m && minus(m)));
  return turned && minus(turned);
};

/**
 * x - y. Where both may be low, +inf comes of it only if y is low and x is not, as softmax's maximum never is: the array is marked as
 * unsure, and nobody may ask about it.
 */
const less: Carry = ([x, y]) => {
  const turned = y && minus(y);
  const whole = union([x, turned]);
  const doubtHigh = x?.low !== undefined && y?.low !== undefined;
  const doubtLow = x?.high !== undefined && y?.high !== undefined;
  return (
    whole && {
      low: doubtLow ? x?.low : whole.low,
      high: doubtHigh ? x?.high : whole.high,
      isUnsure: whole.isUnsure || doubtHigh || doubtLow,
    }
  );
};

const unsure = (all: Marks): Beyond | undefined =>
  all.some((m) => m?.isUnsure) ? { isUnsure: true } : undefined;

/** What operations make of their operands' marks. */
export const CARRIES = {
  /** Results are elements of operands, or are rounded. */
  moves: union,
  add: union,
  less,
  largest,
  smallest,
  negate: ([x]) => x && minus(x),
  size: ([x]) => x && { high: both(x.high, x.low === undefined ? undefined : -x.low), isUnsure: x.isUnsure },
  /** Functions that are level far out, on both sides: right for what stands there. */
  levels: unsure,
  /** Functions that are level below, and saturate above. */
  grows: (all) => (all.some((m) => m?.isUnsure || m?.high !== undefined) ? { isUnsure: true } : undefined),
  /** Logarithms of sums of e^x. */
  logs: (all) => union(all.map((m) => m && { low: m.low, isUnsure: m.isUnsure || m.high !== undefined })),
  /** Any other operation. */
  others: (all) => (all.some((m) => m?.low !== undefined || m?.high !== undefined) ? refused : unsure(all)),
} as const satisfies Readonly<Record<string, Carry>>;

/** The mark of an operation's results. Throws UNSUPPORTED. */
export const carried = (carry: Carry, all: Marks): Beyond | undefined => {
  const mark = carry(all);
  return mark === refused
    ? fail(
        'UNSUPPORTED',
        'an infinite number, or one of 1e30 and more, that stands among secrets: this operation cannot compute with it. Choose a smaller ' +
          'number, such as -1e9 in masks',
      )
    : mark;
};

/** The one number of a side that is asked about. Throws UNSUPPORTED where there are several, or where it is not known. */
export const single = (mark: Beyond, side: 'low' | 'high'): number | undefined => {
  const v = mark[side];
  return mark.isUnsure || Number.isNaN(v)
    ? fail('UNSUPPORTED', 'which numbers are infinite is not known here: it follows from several that are')
    : v;
};
