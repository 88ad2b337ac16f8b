/** @file Reductions over windows, and what the gradient of a maximum over windows is. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { representable } from '../../finite.ts';
import type { Operation } from '../module.ts';
import {
  apart,
  changesNothing,
  halving,
  isInfiniteStart,
  isNeutral,
  neutralRegion,
  onArrays,
  reduced,
} from './reductions.ts';
import { positionOf, reducerOf } from './regions.ts';
import {
  type Context,
  dtypeOf,
  input,
  np,
  numbers,
  operandOf,
  publicOf,
  type Rule,
  type Rules,
  range,
  regionOf,
  resultOf,
  unsupported,
} from './rule.ts';

/** Windows as further axes at the end: [out.., window..], by public places. */
const windowsOf = (
  op: Operation,
  x: BaseArray,
  fill: BaseArray,
): { readonly parts: BaseArray; readonly axes: number[] } => {
  const rank = x.ndim;
  const ones = new Array<number>(rank).fill(1);
  const size = numbers(op, 'window_dimensions');
  const [stride, base, dilation] = ['window_strides', 'base_dilations', 'window_dilations'].map((name) =>
    numbers(op, name, ones),
  ) as [readonly number[], readonly number[], readonly number[]];
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  let parts = x;
  const out: number[] = [];
  for (const axis of range(rank)) {
    const n = x.shape[axis] as number;
    const low = padding[2 * axis] as number;
    const spread = n === 0 ? 0 : (n - 1) * (base[axis] as number) + 1;
    const reach = ((size[axis] as number) - 1) * (dilation[axis] as number) + 1;
    const length = spread + low + (padding[2 * axis + 1] as number);
    out.push(length < reach ? 0 : Math.floor((length - reach) / (stride[axis] as number)) + 1);
    // What lies between or outside of the elements is the place behind the last one; where a start is infinite, another one of the window.
    const places = range(out[axis] as number).flatMap((o) =>
      range(size[axis] as number).map((w) => {
        const at = o * (stride[axis] as number) + w * (dilation[axis] as number) - low;
        const gap = base[axis] as number;
        return at >= 0 && at % gap === 0 && at / gap < n ? at / gap : n;
      }),
    );
    const widths = range(parts.ndim).map((i) => (i === axis ? [0, 1] : [0, 0]));
    const isOut = isInfiniteStart(fill);
    const wide = places.includes(n) && !isOut ? padTo(parts, widths, fill) : parts;
    parts = np.take(wide, isOut ? insideOf(op, places, size[axis] as number, n) : places, axis);
  }
  const split = out.flatMap((o, axis) => [o, size[axis] as number]);
  const order = [...range(rank).map((i) => 2 * i), ...range(rank).map((i) => 2 * i + 1)];
  return {
    parts: np.transpose(np.reshape(parts, split), order),
    axes: range(rank).map((i) => rank + i),
  };
};

/** Windows of `size` places one after another: places outside (n) become the next one of the same window that lies inside. */
const insideOf = (op: Operation, places: readonly number[], size: number, n: number): number[] =>
  places.map((at, i) => {
    if (at < n) return at;
    const start = i - (i % size);
    const inside = places.slice(start, start + size).filter((p) => p < n);
    return inside[0] ?? unsupported(op, 'a window that holds nothing, and a start that is infinite');
  });

const padTo = (x: BaseArray, widths: readonly number[][], fill: BaseArray): BaseArray => {
  const known = publicOf(fill);
  if (!known) throw new Error('a start of a window that is secret');
  return np.pad(x, widths as never, x.dtype === 'fxp' ? representable(known) : np.astype(known, x.dtype));
};

const SCANS = { add: np.cumsum, multiply: np.cumprod, maximum: np.cummax, minimum: np.cummin } as const;

/** A window over the whole of one axis, padded before or behind: what has been reduced so far. */
const scanOf = (
  op: Operation,
  x: BaseArray,
): { readonly axis: number; readonly isBackward: boolean } | undefined => {
  const rank = x.ndim;
  const size = numbers(op, 'window_dimensions');
  const wide = range(rank).filter((axis) => size[axis] !== 1);
  const [axis] = wide;
  const plain = ['window_strides', 'base_dilations', 'window_dilations'].every((name) =>
    numbers(op, name, new Array<number>(rank).fill(1)).every((v) => v === 1),
  );
  if (wide.length !== 1 || axis === undefined || !plain) return undefined;
  const n = x.shape[axis] as number;
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  const elsewhere = range(2 * rank).every((i) => i >> 1 === axis || padding[i] === 0);
  if (size[axis] !== n || !elsewhere) return undefined;
  const [low, high] = [padding[2 * axis], padding[2 * axis + 1]];
  if (low === n - 1 && high === 0) return { axis, isBackward: false };
  return low === 0 && high === n - 1 ? { axis, isBackward: true } : undefined;
};

/** The region of a scan whose starts change nothing, so that they may be left out. */
const scanRegion = (
  op: Operation,
  starts: readonly BaseArray[],
  context: Context,
): ((both: readonly BaseArray[]) => BaseArray[]) | undefined => {
  const run = onArrays(op, regionOf(op), context);
  return starts.every((s) => publicOf(s)) && changesNothing(op, starts, run) ? run : undefined;
};

/**
 * Everything so far along an axis: each place takes in what stands 1, 2, 4, ... places before it (Hillis and Steele, 1986). Backward, what
 * is reduced so far comes behind.
 */
const scanned = (
  arrays: readonly BaseArray[],
  axis: number,
  isBackward: boolean,
  run: (both: readonly BaseArray[]) => BaseArray[],
): BaseArray[] => {
  const n = arrays[0]?.shape[axis] ?? 0;
  let now = [...arrays];
  for (let by = 1; by < n; by *= 2) {
    const [early, late, kept] = (
      [
        [0, n - by],
        [by, n],
        [0, by],
      ] as const
    ).map(([from, to]) =>
      now.map((x) =>
        np.slice(x, ...range(x.ndim).map((i) => (i === axis ? ([from, to] as [number, number]) : ':'))),
      ),
    ) as [BaseArray[], BaseArray[], BaseArray[]];
    const met = run(isBackward ? [...late, ...early] : [...early, ...late]);
    now = met.map((x, i) => np.concatenate([kept[i] as BaseArray, x], axis));
  }
  return now;
};

const reduceWindow: Rule = (op, inputs, context) => {
  const separate = apart(reduceWindow, op, inputs, context);
  if (separate) return separate;
  const n = inputs.length / 2;
  const kind = n === 1 ? reducerOf(regionOf(op)) : undefined;
  const [x, start] = [input(inputs, 0, op), input(inputs, n, op)];
  const starts = inputs.slice(n);
  const running = scanOf(op, x);
  if (running) {
    const { axis, isBackward } = running;
    const turn = (y: BaseArray): BaseArray => (isBackward ? np.flip(y, axis) : y);
    if (kind !== undefined && Object.hasOwn(SCANS, kind) && isNeutral(kind, start, op))
      return np.astype(turn(SCANS[kind as keyof typeof SCANS](turn(x), axis)), dtypeOf(resultOf(op), op));
    const run = scanRegion(op, starts, context);
    if (run) return scanned(inputs.slice(0, n).map(turn), axis, isBackward, run).map(turn);
  }
  if (starts.some((s) => !publicOf(s))) return unsupported(op, 'a start that is secret');
  const parts = inputs.slice(0, n).map((array, i) => windowsOf(op, array, starts[i] as BaseArray));
  const arrays = parts.map((p) => p.parts);
  const axes = parts[0]?.axes ?? [];
  // What stands twice in a window changes nothing where the larger, the smaller, or the first such pair is chosen.
  if (!starts.some(isInfiniteStart) || isChoice(op, kind, context))
    return reduced(op, arrays, starts, axes, context);
  return reducedInside(
    op,
    arrays,
    starts,
    axes,
    windowsOf(op, np.ones([...x.shape], 'bool'), np.asarray(false)).parts,
    context,
  );
};

/** As `reduced`, over the elements that lie inside alone: the region runs where both its arguments do. */
const reducedInside = (
  op: Operation,
  arrays: readonly BaseArray[],
  starts: readonly BaseArray[],
  axes: readonly number[],
  inside: BaseArray,
  context: Context,
): BaseArray[] => {
  const run = neutralRegion(op, starts, context);
  const n = arrays.length;
  const met = (both: readonly BaseArray[]): BaseArray[] => {
    const [first, here, second, there] = [
      both.slice(0, n),
      both[n] as BaseArray,
      both.slice(n + 1, -1),
      both[2 * n + 1] as BaseArray,
    ];
    const results = run([...first, ...second]).map((x, i) =>
      np.where(np.logicalAnd(here, there), x, np.where(here, first[i] as BaseArray, second[i] as BaseArray)),
    );
    return [...results, np.logicalOr(here, there)];
  };
  let now: BaseArray[] = [...arrays, inside];
  for (const axis of [...axes].sort((a, b) => b - a)) now = halving(now, axis, met);
  return now.slice(0, n);
};

/** Does the region give back one of its two arguments, the same one whatever their order? */
const isChoice = (op: Operation, kind: string | undefined, context: Context): boolean => {
  if (kind === 'maximum' || kind === 'minimum') return true;
  const n = op.operands.length / 2;
  const types = op.operands.slice(0, n).map((_, i) => dtypeOf(operandOf(op, i), op));
  const clear = (list: readonly number[]): number[] =>
    context
      .region(
        regionOf(op),
        list.map((v, i) => np.astype(np.asarray(v), types[i % n] as string)),
      )
      .map((x) => Number(publicOf(x)?.data[0]));
  return n === 2 && positionOf(regionOf(op), clear) !== undefined;
};

/** What the gradient of a maximum over windows is: each window's source goes to where its first extreme element is. */
const selectAndScatter: Rule = (op, inputs) => {
  const [x, source, start] = [input(inputs, 0, op), input(inputs, 1, op), input(inputs, 2, op)];
  const [select, scatter] = [regionOf(op, 0), regionOf(op, 1)];
  const maker = select.operations.find(({ name }) => name === 'compare');
  const direction = String(maker?.attributes.get('comparison_direction'));
  const own = maker?.operands[0] === select.parameters[0] && maker?.operands[1] === select.parameters[1];
  if (
    select.operations.length !== 2 ||
    !own ||
    !['GE', 'LE', 'GT', 'LT'].includes(direction) ||
    reducerOf(scatter) !== 'add'
  )
    return unsupported(op, 'it chooses by something else than the largest or smallest, or adds up otherwise');
  const rank = x.ndim;
  const sign = direction.startsWith('G') ? 1 : -1;
  const size = numbers(op, 'window_dimensions', new Array<number>(rank).fill(1));
  const stride = numbers(op, 'window_strides', new Array<number>(rank).fill(1));
  const padding = numbers(op, 'padding', new Array<number>(2 * rank).fill(0));
  const out = source.shape;
  // Padding never wins: in its place stands another element of the window.
  const places = range(rank).map((axis) => {
    const n = x.shape[axis] as number;
    const list = range(out[axis] as number).flatMap((o) =>
      range(size[axis] as number).map((w) => {
        const at = o * (stride[axis] as number) + w - (padding[2 * axis] as number);
        return at >= 0 && at < n ? at : n;
      }),
    );
    return insideOf(op, list, size[axis] as number, n);
  });
  const total = x.size;
  const perWindow = order(combine(places, x.shape), out, size);
  const windows = np.take(np.ravel(x), perWindow.flat);
  const values = np.reshape(windows, [perWindow.windows, perWindow.entries]);
  const at = sign > 0 ? np.argmax(values, 1) : np.argmin(values, 1);
  const chosen = np.equal(np.expandDims(at, 1), np.arange(perWindow.entries));
  const shares = np.multiply(np.astype(chosen, 'float64'), np.reshape(source, [perWindow.windows, 1]));
  const sum = np.scatterAdd(np.zeros([total]), np.asarray(perWindow.flat), np.ravel(shares));
  const result = np.reshape(sum, [...x.shape]);
  const known = publicOf(start);
  return known && Number(known.data[0]) === 0 ? result : np.add(result, start);
};

/** Flat places of the product of lists of places an axis. */
const combine = (places: readonly (readonly number[])[], shape: readonly number[]): number[] =>
  places.reduce<number[]>(
    (flat, list, axis) => flat.flatMap((base) => list.map((at) => base * (shape[axis] as number) + at)),
    [0],
  );

/** From [out0 * w0, out1 * w1, ..] to [windows, entries]. */
const order = (flat: readonly number[], out: readonly number[], size: readonly number[]) => {
  const rank = out.length;
  const windows = out.reduce((a, b) => a * b, 1);
  const entries = size.reduce((a, b) => a * b, 1);
  const split = np.reshape(
    np.asarray([...flat]),
    out.flatMap((o, i) => [o, size[i] as number]),
  );
  const turned = np.transpose(split, [
    ...range(rank).map((i) => 2 * i),
    ...range(rank).map((i) => 2 * i + 1),
  ]);
  return { windows, entries, flat: Array.from(publicOf(turned)?.data as Float64Array, Number) };
};

export const windows: Rules = { reduce_window: reduceWindow, select_and_scatter: selectAndScatter };
