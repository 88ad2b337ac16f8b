/** @file Public numbers that the ring does not have, where they meet secrets. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';
import { type Beyond, beyondOf, CARRIES, carried, isInfinite, marked, single, union } from './beyond.ts';

/** What stands for such a number among secrets. */
const MOST = 1 << 30;
/** What lies beyond it stands for one: sums of such a number and others are a little off. */
const FAR = 0.95 * MOST;

const isPublic = (x: BaseArray): x is NDArray => x instanceof NDArray;
const bools = (x: NDArray, test: (v: number) => boolean): NDArray =>
  new NDArray(
    x.shape,
    'bool',
    Uint8Array.from(x.data as ArrayLike<number>, (v) => Number(test(v))),
  );

/** Where numbers of a public array are beyond secrets on one side, as bools; undefined: nowhere. */
const beyond = (x: BaseArray, sign: 1 | -1): NDArray | undefined => {
  const isThere = (v: number): boolean => isInfinite(v) && v * sign > 0;
  return isPublic(x) && x.dtype === 'fxp' && (x.data as Float64Array).some(isThere)
    ? bools(x, isThere)
    : undefined;
};

/** Infinite numbers and those of 1e30 and more as 2^30 with their sign; NaN, which no secret is, as 0. */
export const representable = (x: BaseArray): BaseArray => {
  if (!isPublic(x) || x.dtype !== 'fxp') return x;
  const data = x.data as Float64Array;
  if (!data.some((v) => isInfinite(v) || Number.isNaN(v))) return x;
  return new NDArray(
    x.shape,
    'fxp',
    data.map((v) => (Number.isNaN(v) ? 0 : isInfinite(v) ? Math.sign(v) * MOST : v)),
  );
};

type Binary = (x: BaseArray, y: BaseArray) => BaseArray;

/** max or min: what is infinite on the side that never wins leaves the other operand as it is. */
const extreme =
  (f: Binary, sign: 1 | -1): Binary =>
  (x, y) => {
    if (isPublic(x) && isPublic(y)) return f(x, y);
    const [loseX, loseY] = [beyond(x, sign), beyond(y, sign)];
    const best = f(representable(x), representable(y));
    const kept = loseX ? np.where(loseX, y, best) : loseY ? np.where(loseY, x, best) : best;
    const carry = sign < 0 ? CARRIES.largest : CARRIES.smallest;
    return marked(kept, carry([beyondOf(x), beyondOf(y)]));
  };

export const maximum = extreme(np.maximum, -1);
export const minimum = extreme(np.minimum, 1);

const isLow = (x: BaseArray): BaseArray => np.less(x, -FAR);
const isHigh = (x: BaseArray): BaseArray => np.greater(x, FAR);

/** Where both may be beyond on a side, all that is there is equal: bounds make it so. */
const levelled = (x: BaseArray, y: BaseArray, side: 'low' | 'high'): [BaseArray, BaseArray] => {
  const [a, b] = [beyondOf(x), beyondOf(y)];
  if (a?.[side] === undefined || b?.[side] === undefined) return [x, y];
  if (single(a, side) !== single(b, side))
    fail('UNSUPPORTED', 'numbers beyond the ring of two kinds are compared');
  const held = side === 'low' ? np.maximum : np.minimum;
  const bound = side === 'low' ? -FAR : FAR;
  return [held(x, bound), held(y, bound)];
};

const sameBools = (x: NDArray, y: NDArray): boolean =>
  Array.from(x.data, Number).join() === Array.from(y.data, Number).join();

/** A comparison of secrets and public numbers, of which some are infinite. `below`: what holds of x and something larger than all, `above`: smaller. */
export const compared = (f: Binary, below: boolean, above: boolean): Binary => {
  /** x with public numbers z; g is f with x at the left. */
  const withPublic = (
    x: BaseArray,
    z: NDArray,
    g: Binary,
    [whenHigh, whenLow]: readonly [boolean, boolean],
  ): BaseArray => {
    const [high, low] = [beyond(z, 1), beyond(z, -1)];
    const mark = beyondOf(x);
    const isAsked = z.dtype === 'fxp' && (z.data as Float64Array).some((v) => Math.abs(v) > FAR / 2);
    const isAll =
      (high !== undefined || low !== undefined) && (z.data as Float64Array).every((v) => isInfinite(v));
    const plain = g(x, representable(z));
    const shape = [...plain.shape];
    let out = isAll ? np.zeros(shape, 'bool') : plain;
    if (high) out = np.where(high, whenHigh, out);
    if (low) out = np.where(low, whenLow, out);
    if (!mark || !isAsked) return out;
    for (const [side, is] of [
      ['low', isLow],
      ['high', isHigh],
    ] as const) {
      const value = single(mark, side);
      if (value === undefined) continue;
      const answer = g(np.asarray(value), z);
      if (!isPublic(out) || !sameBools(out, np.broadcastTo(answer, shape) as NDArray))
        out = np.where(is(x), answer, out);
    }
    return out;
  };
  return (x, y) => {
    if (isPublic(x) && isPublic(y)) return f(x, y);
    if (isPublic(y)) return withPublic(x, y, f, [below, above]);
    if (isPublic(x)) return withPublic(y, x, (b, a) => f(a, b), [above, below]);
    return f(...levelled(...levelled(x, y, 'low'), 'high'));
  };
};

/** Is each number infinite? On the sides that are asked about. */
export const infinite = (
  x: BaseArray,
  sides: { readonly low: boolean; readonly high: boolean },
): BaseArray => {
  const none = np.zeros([...x.shape], 'bool');
  if (isPublic(x)) return np.logicalOr(sides.low ? np.isneginf(x) : none, sides.high ? np.isposinf(x) : none);
  const mark = beyondOf(x);
  const asked = (
    [
      ['low', isLow],
      ['high', isHigh],
    ] as const
  ).filter(([side]) => mark && sides[side] && Math.abs(single(mark, side) ?? 0) === Infinity);
  return asked
    .map(([, is]) => is(x))
    .reduce((a, b) => (a === none ? b : np.logicalOr(a, b)), none as BaseArray);
};

/** x where the condition holds, else y. Scalars stand for all places. */
export const choose = (condition: BaseArray, x: BaseArray, y: BaseArray): BaseArray => {
  if (isPublic(condition) && isPublic(x) && isPublic(y)) return np.where(condition, x, y);
  const truths = isPublic(condition) ? Array.from(condition.data as ArrayLike<number>, Number) : [];
  const sides = [
    truths.length > 0 && truths.every((v) => v === 0) ? undefined : beyondOf(x),
    truths.length > 0 && truths.every((v) => v !== 0) ? undefined : beyondOf(y),
  ];
  return marked(np.where(condition, representable(x), representable(y)), union(sides));
};

/** Arrays one after another along a new axis. */
export const stacked = (list: readonly BaseArray[]): BaseArray =>
  list.every(isPublic)
    ? np.stack([...list])
    : marked(np.stack(list.map(representable)), union(list.map(beyondOf)));

type Arrays = readonly BaseArray[];
/** A part of a loop on what it carries, marked as it is at the begin of a turn. */
type Step = (now: Arrays, part: (given: Arrays) => Arrays) => BaseArray[];

/**
 * A loop whose body is recorded once. What it carries has the marks of its start and of the end of a turn: where a turn brings new ones, the
 * loop is recorded again.
 */
export const carrying = (start: Arrays, loop: (start: Arrays, step: Step) => Arrays): BaseArray[] => {
  const text = (all: readonly (Beyond | undefined)[]): string =>
    all.map((m) => `${m?.low} ${m?.high} ${m?.isUnsure}`).join();
  const held = start.every(isPublic) ? (x: BaseArray) => x : representable;
  let known = start.map(beyondOf);
  for (;;) {
    const now = known;
    const step: Step = (arrays, part) => {
      const next = part(arrays.map((x, i) => marked(x, now[i])));
      if (next.length === known.length) known = next.map((x, i) => union([known[i], beyondOf(x)]));
      return next.map(held);
    };
    const end = loop(start.map(held), step);
    if (text(known) === text(now)) return end.map((x, i) => marked(x, now[i]));
  }
};

const noNumber = (): never => fail('UNSUPPORTED', '0 times an infinite number is no number');

/** A side's number times public factors, which are at least `least` and at most `most`. */
const times = (v: number | undefined, least: number, most: number): number | undefined => {
  if (v === undefined || Math.abs(v) === Infinity) return v;
  if (Math.abs(v * least) < 1e30) return fail('UNSUPPORTED', `${v} times ${least}, beside secrets`);
  return least === most ? v * least : Number.NaN;
};

/** f(x, factors), linear in x, where numbers beyond the ring stand in x: these become what stands for them with the factor's sign. */
const scaled = (x: BaseArray, mark: Beyond, factors: NDArray, f: Binary, isDivision: boolean): BaseArray => {
  const sizes = Array.from(factors.data as ArrayLike<number>, (v) =>
    Math.abs(isDivision ? 1 / Number(v) : Number(v)),
  );
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (!(least > 0 && most < Infinity)) return noNumber();
  const [low, high] = [mark.low, mark.high].map((v) => times(v, least, most));
  const far = [low === undefined ? undefined : isLow(x), high === undefined ? undefined : isHigh(x)];
  let plain = x;
  for (const is of far) if (is) plain = np.where(is, 0, plain);
  const signs = np.sign(factors);
  let out = f(plain, factors);
  for (const [i, is] of far.entries())
    if (is) out = np.where(is, np.multiply(signs, i === 0 ? -MOST : MOST), out);
  const same: Beyond = { low, high, isUnsure: mark.isUnsure };
  const turned = carried(CARRIES.negate, [same]);
  const negative = Array.from(factors.data as ArrayLike<number>, (v) => Number(v) < 0);
  return marked(
    out,
    union([negative.includes(false) ? same : undefined, negative.includes(true) ? turned : undefined]),
  );
};

const isSure = (mark: Beyond | undefined): mark is Beyond =>
  mark?.low !== undefined || mark?.high !== undefined;

/**
 * A secret times an infinite number has the sign of both; what float calls NaN, at 0, is 0. Times a number of 1e30 and more it is a mask: 0, or
 * at least one of it.
 */
const masks = (x: BaseArray, z: NDArray, mark: Beyond): BaseArray => {
  const isEndless = (z.data as Float64Array).some((v) => Math.abs(v) === Infinity);
  const size = carried(CARRIES.size, [mark])?.high as number;
  const plain = np.multiply(x, representable(z));
  const signs = isEndless ? np.multiply(np.sign(x), representable(z)) : plain;
  const far = bools(z, (v) => Math.abs(v) === Infinity);
  return marked(isEndless ? np.where(far, signs, plain) : plain, { low: -size, high: size });
};

/** Products where numbers beyond the ring stand. */
export const multiply: Binary = (x, y) => {
  if (isPublic(x) && isPublic(y)) return np.multiply(x, y);
  const [a, b] = [beyondOf(x), beyondOf(y)];
  if (isPublic(x)) return multiply(y, x);
  if (isPublic(y) && isSure(b)) return isSure(a) ? noNumber() : masks(x, y, b);
  if (isPublic(y) && isSure(a)) return scaled(x, a, y, np.multiply, false);
  return marked(np.multiply(x, y), carried(CARRIES.others, [a, b]));
};

/** Quotients where numbers beyond the ring stand: by them, 0. */
export const divide: Binary = (x, y) => {
  if (isPublic(x) && isPublic(y)) return np.divide(x, y);
  const [a, b] = [beyondOf(x), beyondOf(y)];
  if (!isPublic(y) || !isSure(b)) {
    if (isPublic(y) && isSure(a)) return scaled(x, a, y, np.divide, true);
    return marked(np.divide(representable(x), y), carried(CARRIES.others, [a, b]));
  }
  if (isSure(a)) return noNumber();
  const far = bools(y, isInfinite);
  const near = np.divide(x, np.where(far, 1, representable(y)));
  return marked(np.where(far, 0, near), a);
};
