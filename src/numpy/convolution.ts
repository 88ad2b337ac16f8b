/**
 * @file Convolution and pooling over any number of axes. Channels stand second: x is [n, channels, ..space], a kernel is
 * [out, channels / groups, ..window]. Windows are gathered, which is local, and then one matrix product opens its results
 * alone: the bytes are those of the output, whatever the window.
 */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr, convertTo, promoteAll, reshapeTo } from './core.ts';
import { multiply } from './elementwise.ts';
import { pad } from './join.ts';
import { matmul } from './linalg.ts';
import { optionsOf } from './options.ts';
import { max, sum } from './reduce.ts';
import { transpose } from './shape.ts';

export type Padding = 'VALID' | 'SAME' | readonly (readonly [number, number])[];

export interface ConvOptions {
  readonly stride?: number | readonly number[];
  readonly padding?: Padding;
  readonly dilation?: number | readonly number[];
  readonly groups?: number;
}

type PoolOptions = Pick<ConvOptions, 'stride' | 'padding' | 'dilation'>;

const perAxis = (value: number | readonly number[], rank: number, name: string): readonly number[] => {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < 1))
    fail('INVALID_ARGUMENT', `${name}: ${rank} whole numbers from 1 are needed, not ${String(value)}`);
  return list;
};

/** Where windows lie: all lists have an entry an axis of space. */
interface Windows {
  readonly space: readonly number[];
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
  readonly out: readonly number[];
}

const readPads = (w: Omit<Windows, 'pads' | 'out'>, padding: Padding): (readonly [number, number])[] =>
  w.space.map((n, i) => {
    if (padding === 'VALID') return [0, 0];
    if (padding !== 'SAME')
      return (
        padding[i] ??
        fail('INVALID_ARGUMENT', `padding: one [before, after] for each of ${w.space.length} axes`)
      );
    const reach = (w.window[i]! - 1) * w.dilation[i]! + 1;
    const total = Math.max(0, (Math.ceil(n / w.stride[i]!) - 1) * w.stride[i]! + reach - n);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });

const windowsOf = (
  space: readonly number[],
  window: readonly number[],
  { stride: by, padding, dilation: apart }: Required<PoolOptions>,
): Windows => {
  const rank = space.length;
  const stride = perAxis(by, rank, 'stride');
  const dilation = perAxis(apart, rank, 'dilation');
  const pads = readPads({ space, window, stride, dilation }, padding);
  const out = space.map((n, i) => {
    const free = n + pads[i]![0] + pads[i]![1] - (window[i]! - 1) * dilation[i]! - 1;
    return Math.floor(free / stride[i]!) + 1;
  });
  if (out.some((n) => n < 1))
    fail('SHAPE', `a window of ${shapeText(window)} does not fit into ${shapeText(space)} with this padding`);
  return { space, window, stride, dilation, pads, out };
};

/** All index lists of a shape, in order. */
const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (lists, n) => lists.flatMap((l) => Array.from({ length: n }, (_, i) => [...l, i])),
    [[]],
  );

/**
 * [n, c, ..space] -> [n, c, places, entries of a window]. `outside` says what a window reads beyond the edge: a zero
 * that pads, or the nearest entry of the same window that lies inside.
 */
const gathered = (x: BaseArray, w: Windows, outside: 'zero' | 'inside'): BaseArray => {
  const [n, c] = x.shape as [number, number];
  const lead = [
    [0, 0],
    [0, 0],
  ] as const;
  const zero = outside === 'zero';
  const padded = zero && w.pads.some(([a, b]) => a + b > 0) ? pad(x, [...lead, ...w.pads]) : x;
  const size = padded.shape.slice(2);
  const hold = (at: number, start: number, axis: number): number => {
    if (zero) return at;
    const [limit, step] = [w.space[axis]! - 1, w.dilation[axis]!];
    const first = start < 0 ? start + Math.ceil(-start / step) * step : start;
    const last = start + (w.window[axis]! - 1) * step;
    const end = last > limit ? last - Math.ceil((last - limit) / step) * step : last;
    return Math.min(Math.max(at, first), end);
  };
  const entries = indices(w.window);
  const list = indices(w.out).flatMap((place) =>
    entries.map((entry) =>
      entry.reduce((flat, e, axis) => {
        const start = place[axis]! * w.stride[axis]! - (zero ? 0 : w.pads[axis]![0]);
        return flat * size[axis]! + hold(start + e * w.dilation[axis]!, start, axis);
      }, 0),
    ),
  );
  const flat = reshapeTo(padded, [n, c, sizeOf(size)]);
  return reshapeTo(apply('gather', [flat], { axis: 2, indices: list }), [
    n,
    c,
    sizeOf(w.out),
    entries.length,
  ]);
};

/**
 * x [n, c, ..space] and kernel [out, c / groups, ..window] -> [n, out, ..]. Options: stride, padding ('VALID', 'SAME' or
 * pairs), dilation of the kernel, groups. Rounds 1, bytes those of the output. Throws SHAPE when channels do not fit.
 * @example
 * np.nn.conv(np.array([[[1, 2, 3]]]), np.array([[[1, 1]]])) // [[[3, 5]]]
 */
export const conv = (x: ArrayInput, kernel: ArrayInput, options?: ConvOptions): BaseArray => {
  const { groups, ...how } = optionsOf('np.nn.conv', options, {
    stride: 1,
    padding: 'VALID',
    dilation: 1,
    groups: 1,
  });
  const [a, k] = promoteAll([asArr(x), asArr(kernel)]) as [BaseArray, BaseArray];
  const [n, c] = a.shape as [number, number];
  const [out, inner] = k.shape as [number, number];
  if (a.ndim !== k.ndim || a.ndim < 3 || c !== inner * groups || out % groups !== 0)
    fail(
      'SHAPE',
      `conv: an input of ${shapeText(a.shape)} and a kernel of ${shapeText(k.shape)} with ${groups} groups do not fit: ` +
        'they are [n, channels, ..] and [out, channels / groups, ..]',
    );
  const w = windowsOf(a.shape.slice(2), k.shape.slice(2), how);
  const [places, entries] = [sizeOf(w.out), sizeOf(w.window)];
  const parts = reshapeTo(gathered(a, w, 'zero'), [n, groups, inner, places, entries]);
  const rows = reshapeTo(transpose(parts, [1, 0, 3, 2, 4]), [groups, n * places, inner * entries]);
  const columns = transpose(reshapeTo(k, [groups, out / groups, inner * entries]), [0, 2, 1]);
  const product = reshapeTo(matmul(rows, columns), [groups, n, places, out / groups]);
  return reshapeTo(transpose(product, [1, 0, 3, 2]), [n, out, ...w.out]);
};

const ofRank =
  (rank: number) =>
  (x: ArrayInput, kernel: ArrayInput, options?: ConvOptions): BaseArray => {
    const a = asArr(x);
    if (a.ndim !== rank + 2)
      fail('SHAPE', `conv${rank}d takes an input of ${rank + 2} axes, not ${shapeText(a.shape)}`);
    return conv(a, kernel, options);
  };

/**
 * np.nn.conv of x [n, c, width] and kernel [out, c / groups, width]. On secrets: 1 round. Throws SHAPE for other
 * axes.
 * @example
 * np.nn.conv1d(np.array([[[1, 2, 3]]]), np.array([[[1, 0]]])) // [[[1, 2]]]
 * np.nn.conv1d([1, 2], [[[1]]]) // throws SHAPE
 */
export const conv1d = ofRank(1);
/**
 * np.nn.conv of x [n, c, height, width] and kernel [out, c / groups, height, width]. On secrets: 1 round. Throws
 * SHAPE for other axes.
 * @example
 * np.nn.conv2d(np.array([[[[1, 2], [3, 4]]]]), np.array([[[[1, 1], [1, 1]]]])) // [[[[10]]]]
 */
export const conv2d = ofRank(2);

const pooled = (
  x: BaseArray,
  window: number | readonly number[],
  options: PoolOptions | undefined,
  outside: 'zero' | 'inside',
) => {
  if (x.ndim < 3) fail('SHAPE', `pooling takes [n, channels, ..space], not ${shapeText(x.shape)}`);
  const sizes = perAxis(window, x.ndim - 2, 'window');
  const how = optionsOf('pooling', options, { stride: sizes, padding: 'VALID', dilation: 1 });
  const w = windowsOf(x.shape.slice(2), sizes, how);
  return {
    parts: gathered(x, w, outside),
    shape: [...x.shape.slice(0, 2), ...w.out],
    entries: sizeOf(sizes),
  };
};

/**
 * Largest of each window of [n, c, ..space]; the stride is the window unless given. Padding never wins.
 * @example
 * np.nn.maxPool(np.array([[[1, 5, 2, 3]]]), 2) // [[[5, 3]]]
 */
export const maxPool = (
  x: ArrayInput,
  window: number | readonly number[],
  options?: PoolOptions,
): BaseArray => {
  const { parts, shape } = pooled(asArr(x), window, options, 'inside');
  return reshapeTo(max(parts, -1), shape);
};

/**
 * Mean of each window of x [n, c, ..space], a number or one for each axis of space; padding counts as 0. Options as
 * np.nn.conv. Local. Throws SHAPE.
 * @example
 * np.nn.avgPool(np.array([[[1, 5, 2, 4]]]), 2) // [[[3, 3]]]
 */
export const avgPool = (
  x: ArrayInput,
  window: number | readonly number[],
  options?: PoolOptions,
): BaseArray => {
  const { parts, shape, entries } = pooled(convertTo(asArr(x), 'fxp'), window, options, 'zero');
  return multiply(reshapeTo(sum(parts, -1), shape), 1 / entries);
};
