/** @file Sizes of pictures: every axis is a product with a public matrix, or a choice of public places (ONNX operators, Resize). */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { NDArray } from '../../../numpy/index.ts';
import { axesIn, type Call, np, type Rule, type Rules, range } from '../call.ts';
import { checkedShape } from './shapes.ts';

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** scale times from, which `to` may have been rounded down from. */
  readonly length: number;
  readonly roi: readonly [number, number];
}

/** Where place i of the result lies in the input. */
const COORDINATES: Readonly<Record<string, (i: number, a: Axis) => number>> = {
  half_pixel: (i, { scale }) => (i + 0.5) / scale - 0.5,
  half_pixel_symmetric: (i, { from, to, scale, length }) => {
    const adjust = to / length;
    return (from / 2) * (1 - adjust) + (i + 0.5) / scale - 0.5;
  },
  pytorch_half_pixel: (i, { to, scale }) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
  align_corners: (i, { from, length }) => (length === 1 ? 0 : (i * (from - 1)) / (length - 1)),
  asymmetric: (i, { scale }) => i / scale,
  tf_crop_and_resize: (i, { from, to, roi: [start, end] }) =>
    to > 1
      ? start * (from - 1) + (i * (end - start) * (from - 1)) / (to - 1)
      : 0.5 * (start + end) * (from - 1),
};

const ROUND: Readonly<Record<string, (at: number) => number>> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Weights of neighbours at a distance. */
const triangle = (d: number): number => Math.max(0, 1 - Math.abs(d));
const cubic =
  (a: number) =>
  (d: number): number => {
    const x = Math.abs(d);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };

const named = <T>(call: Call, table: Readonly<Record<string, T>>, name: string): T =>
  (Object.hasOwn(table, name) ? table[name] : undefined) ?? call.unsupported(`resizing by ${name}`);

/** [to, from]: rows of weights. */
const matrixOf = (call: Call, axis: Axis, mode: string, at: (i: number) => number): number[][] => {
  const kernel = mode === 'linear' ? triangle : cubic(call.float('cubic_coeff_a', -0.75));
  const support = mode === 'linear' ? 1 : 2;
  // With antialiasing a kernel is as wide as the step between places.
  const narrow = call.flag('antialias') ? Math.min(1, axis.scale) : 1;
  const leavesOut = call.flag('exclude_outside');
  const outside = call.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize';
  const extrapolated = call.float('extrapolation_value', 0);
  return range(axis.to).map((i) => {
    const row = new Array<number>(axis.from).fill(0);
    const x = at(i);
    if (outside && (x < 0 || x > axis.from - 1)) return row.map(() => Number.NaN).concat(extrapolated);
    const reach = support / narrow;
    const first = Math.floor(x - reach) + 1;
    const weights = range(Math.ceil(2 * reach)).map((k) => {
      const place = first + k;
      const w = kernel((place - x) * narrow);
      return { place, w: leavesOut && (place < 0 || place >= axis.from) ? 0 : w };
    });
    const total = leavesOut || narrow < 1 ? weights.reduce((sum, { w }) => sum + w, 0) : 1;
    for (const { place, w } of weights) {
      const held = Math.min(Math.max(place, 0), axis.from - 1);
      row[held] = (row[held] as number) + w / total;
    }
    return row;
  });
};

const along = (x: BaseArray, axis: number, f: (last: BaseArray) => BaseArray): BaseArray =>
  np.moveaxis(f(np.moveaxis(x, axis, x.ndim - 1)), x.ndim - 1, axis);

const resizedAxis = (call: Call, x: BaseArray, index: number, axis: Axis, mode: string): BaseArray => {
  const coordinate = named(call, COORDINATES, call.text('coordinate_transformation_mode', 'half_pixel'));
  const at = (i: number): number => coordinate(i, axis);
  if (mode === 'nearest') {
    const round = named(call, ROUND, call.text('nearest_mode', 'round_prefer_floor'));
    return np.take(
      x,
      range(axis.to).map((i) => Math.min(Math.max(round(at(i)), 0), axis.from - 1)),
      index,
    );
  }
  const rows = matrixOf(call, axis, mode, at);
  const fixed = rows.map((row) => (row.length > axis.from ? (row.at(-1) as number) : undefined));
  const numbers = rows.map((row) => (row.length > axis.from ? new Array<number>(axis.from).fill(0) : row));
  const matrix = new NDArray([axis.to, axis.from], 'fxp', Float64Array.from(numbers.flat()));
  const isFixed = fixed.some((v) => v !== undefined);
  return along(x, index, (last) => {
    const y = np.matmul(last, np.transpose(matrix, [1, 0]));
    if (!isFixed) return y;
    const mask = np.astype(np.asarray(fixed.map((v) => Number(v !== undefined))), 'bool');
    return np.where(mask, np.asarray(fixed.map((v) => v ?? 0)), y);
  });
};

const resize: Rule = (call) => {
  const x = call.input(0);
  const recent = call.opset >= 11;
  const given = call.ints('axes');
  const axes = given ? axesIn(call, given, x.ndim) : range(x.ndim);
  const roi = recent ? call.places(1, 'its region') : undefined;
  const scales = call.places(recent ? 2 : 1, 'its scales') ?? call.floats('scales');
  const sizes = recent ? call.places(3, 'its sizes') : undefined;
  const mode = call.text('mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic')
    return call.unsupported(`resizing by ${mode}`);
  const from = axes.map((i) => x.shape[i] as number);
  const policy = call.text('keep_aspect_ratio_policy', 'stretch');
  const own = sizes && sizes.length > 0 ? sizes : undefined;
  let scale = own
    ? own.map((n, k) => n / (from[k] as number))
    : [...(scales ?? call.malformed('it has neither scales nor sizes'))];
  if (own && policy !== 'stretch') {
    const one = policy === 'not_larger' ? Math.min(...scale) : Math.max(...scale);
    scale = scale.map(() => one);
  }
  const to =
    own && policy === 'stretch'
      ? own
      : scale.map((s, k) =>
          own ? Math.floor(s * (from[k] as number) + 0.5) : Math.floor(s * (from[k] as number)),
        );
  checkedShape(call, to);
  return axes.reduce((y, index, k) => {
    const axis: Axis = {
      from: from[k] as number,
      to: to[k] as number,
      scale: scale[k] as number,
      length: (scale[k] as number) * (from[k] as number),
      roi: [roi?.[k] ?? 0, roi?.[k + axes.length] ?? 1],
    };
    const isSame = axis.to === axis.from && axis.scale === 1 && !roi?.length;
    return isSame ? y : resizedAxis(call, y, index, axis, mode);
  }, x);
};

export const resizing: Rules = {
  Resize: resize,
  Upsample: (call) => {
    const x = call.input(0);
    const scales = call.places(1, 'its scales') ?? call.floats('scales') ?? [];
    const mode = call.text('mode', 'nearest');
    return scales.reduce<BaseArray>((y, scale, i) => {
      const from = x.shape[i] as number;
      const to = Math.floor(from * scale);
      checkedShape(call, [to]);
      if (to === from) return y;
      const places = range(to).map((k) => k / scale);
      if (mode === 'nearest') return np.take(y, places.map(Math.floor), i);
      const rows = places.map((at) => range(from).map((p) => triangle(Math.min(at, from - 1) - p)));
      const matrix = new NDArray([to, from], 'fxp', Float64Array.from(rows.flat()));
      return along(y, i, (last) => np.matmul(last, np.transpose(matrix, [1, 0])));
    }, x);
  },
};
