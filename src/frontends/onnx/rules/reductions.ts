/** @file Reductions along axes, places of extremes, running sums. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { axesIn, axisIn, type Call, isFloat, like, np, type Rule, type Rules, range } from '../call.ts';
import { axesOf } from './moves.ts';

type Fold = (x: BaseArray, how: { axis: number[]; keepdims: boolean }) => BaseArray;

const reduction =
  (fold: Fold, before: (x: BaseArray) => BaseArray = (x) => x): Rule =>
  (call) => {
    const x = call.input(0);
    const given = axesOf(call) ?? [];
    if (given.length === 0 && call.flag('noop_with_empty_axes')) return before(x);
    const out = fold(before(x), kept(call, x));
    return isFloat(x) ? out : like(out, x);
  };

const sum: Fold = (x, how) => np.sum(x, how);
const extreme =
  (f: Fold, ofNothing: number): Rule =>
  (call) => {
    const x = call.input(0);
    if (x.size > 0) return reduction(f)(call);
    // The largest and smallest of nothing are the ends of the range, where a public number may stand there.
    const shape = np.sum(x, kept(call, x)).shape;
    if (isFloat(x)) return np.full([...shape], ofNothing);
    return x.dtype === 'bool'
      ? np.full([...shape], ofNothing > 0, 'bool')
      : call.unsupported('nothing to choose from');
  };

/** Axes as a reduction takes them. */
const kept = (call: Call, x: BaseArray): { axis: number[]; keepdims: boolean } => {
  const given = axesOf(call) ?? [];
  const axis = given.length === 0 ? range(x.ndim) : axesIn(call, given, x.ndim);
  return { axis, keepdims: call.flag('keepdims', true) };
};

const mean: Fold = (x, how) =>
  isFloat(x)
    ? np.mean(x, how)
    : np.floorDivide(
        np.sum(x, how),
        how.axis.reduce((n, i) => n * (x.shape[i] as number), 1),
      );

const position =
  (f: (x: BaseArray, how: { axis: number; keepdims: boolean }) => BaseArray): Rule =>
  (call) => {
    const x = call.input(0);
    const axis = axisIn(call, call.int('axis', 0), x.ndim);
    const how = { axis, keepdims: call.flag('keepdims', true) };
    if (!call.flag('select_last_index')) return np.astype(f(x, how), 'int64');
    const n = x.shape[axis] as number;
    return np.astype(np.subtract(n - 1, f(np.flip(x, axis), how)), 'int64');
  };

const running =
  (f: (x: BaseArray, axis: number) => BaseArray, neutral: number): Rule =>
  (call) => {
    const x = call.input(0);
    const axis = axisIn(call, call.places(1, 'its axis')?.[0] ?? 0, x.ndim);
    const turned = call.flag('reverse');
    const y = turned ? np.flip(x, axis) : x;
    const all = like(f(y, axis), x);
    const moved = call.flag('exclusive') ? shifted(all, axis, neutral) : all;
    return turned ? np.flip(moved, axis) : moved;
  };

const shifted = (x: BaseArray, axis: number, first: number): BaseArray => {
  const n = x.shape[axis] as number;
  const lead = np.full(
    x.shape.map((size, i) => (i === axis ? 1 : size)),
    first,
  );
  const rest = np.slice(
    x,
    ...range(x.ndim).map((i) => (i === axis ? ([0, n - 1] as [number, number]) : ':')),
  );
  return np.concatenate([like(lead, x), rest], axis);
};

const logSumExp: Rule = (call) => {
  const x = call.input(0);
  if ((axesOf(call) ?? []).length === 0 && call.flag('noop_with_empty_axes')) return x;
  const how = kept(call, x);
  return x.size === 0 ? np.full([...np.sum(x, how).shape], -Infinity) : np.nn.logsumexp(x, how);
};

export const reductions: Rules = {
  ArgMax: position((x, how) => np.argmax(x, how)),
  ArgMin: position((x, how) => np.argmin(x, how)),
  CumProd: running((x, axis) => np.cumprod(x, axis), 1),
  CumSum: running((x, axis) => np.cumsum(x, axis), 0),
  ReduceL1: reduction(sum, np.abs),
  ReduceL2: reduction((x, how) => np.sqrt(np.sum(x, how)), np.square),
  ReduceLogSum: reduction((x, how) => np.log(np.sum(x, how))),
  ReduceLogSumExp: logSumExp,
  ReduceMax: extreme((x, how) => np.max(x, how), -Infinity),
  ReduceMean: reduction(mean),
  ReduceMin: extreme((x, how) => np.min(x, how), Infinity),
  ReduceProd: reduction((x, how) => np.prod(x, how)),
  ReduceSum: reduction(sum),
  ReduceSumSquare: reduction(sum, np.square),
};
