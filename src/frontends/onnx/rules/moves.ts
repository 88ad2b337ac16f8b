/** @file Operations that move elements and compute nothing. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import {
  axesIn,
  axisIn,
  type Call,
  dtypeName,
  isPublic,
  like,
  np,
  product,
  type Rule,
  type Rules,
  range,
} from '../call.ts';
import { checkedShape } from './shapes.ts';

type Span = [number, number] | [number, number, number];
/** A part of some axes. */
export const cut = (x: BaseArray, spans: ReadonlyMap<number, Span>): BaseArray =>
  spans.size === 0 ? x : np.slice(x, ...range(x.ndim).map((i) => spans.get(i) ?? ':'));

/** -1 is what is left, 0 the size that was there unless `allowzero`. */
const reshape: Rule = (call) => {
  const x = call.input(0);
  const wanted = call.places(1, 'its shape') ?? call.ints('shape') ?? call.malformed('it has no shape');
  const keeps = !call.flag('allowzero');
  const sizes = wanted.map((n, i) => (n === 0 && keeps ? (x.shape[i] ?? 0) : n));
  const known = product(sizes.filter((n) => n !== -1));
  const shape = checkedShape(
    call,
    sizes.map((n) => (n === -1 ? (known === 0 ? 0 : x.size / known) : n)),
  );
  return np.reshape(x, shape);
};

const flatten: Rule = (call) => {
  const x = call.input(0);
  const given = call.int('axis', 1);
  const axis = given < 0 ? given + x.ndim : given;
  return np.reshape(x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))]);
};

/** Axes are an attribute before opset 13, and an input since. */
export const axesOf = (call: Call, i = 1): readonly number[] | undefined =>
  call.places(i, 'its axes') ?? call.ints('axes');

const squeeze: Rule = (call) => {
  const x = call.input(0);
  const given = axesOf(call);
  const axes = given ? axesIn(call, given, x.ndim) : range(x.ndim).filter((i) => x.shape[i] === 1);
  if (axes.some((i) => x.shape[i] !== 1))
    call.malformed(`axes ${axes.join(', ')} of (${x.shape.join(', ')}) are not 1`);
  return np.reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );
};

const unsqueeze: Rule = (call) => {
  const x = call.input(0);
  const given = axesOf(call) ?? call.malformed('it has no axes');
  const rank = x.ndim + given.length;
  const axes = axesIn(call, given, rank);
  const rest = [...x.shape];
  return np.reshape(
    x,
    range(rank).map((i) => (axes.includes(i) ? 1 : (rest.shift() as number))),
  );
};

const split: Rule = (call) => {
  const x = call.input(0);
  const axis = axisIn(call, call.int('axis', 0), x.ndim);
  const n = x.shape[axis] as number;
  const parts = call.int('num_outputs', call.node.outputs.length);
  const each = Math.ceil(n / parts);
  const sizes =
    call.places(1, 'its sizes') ??
    call.ints('split') ??
    range(parts).map((i) => Math.min(each, Math.max(0, n - i * each)));
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return cut(x, new Map([[axis, [at - size, at]]]));
  });
};

/** Attributes before opset 10, and inputs since; places beyond the ends are held at them. */
const slice: Rule = (call) => {
  const x = call.input(0);
  const of = (i: number, name: string): readonly number[] | undefined =>
    call.places(i, `its ${name}`) ?? call.ints(name);
  const starts = of(1, 'starts') ?? call.malformed('it has no starts');
  const ends = of(2, 'ends') ?? call.malformed('it has no ends');
  const axes = axesIn(call, of(3, 'axes') ?? range(starts.length), x.ndim);
  const steps = call.places(4, 'its steps') ?? starts.map(() => 1);
  let y = x;
  for (const [k, axis] of axes.entries()) {
    const n = x.shape[axis] as number;
    const step = steps[k] ?? 1;
    if (step === 0) return call.malformed('a step of 0');
    const held = (at: number, low: number, high: number): number =>
      Math.min(Math.max(at < 0 ? at + n : at, low), high);
    if (step > 0) {
      const [from, to] = [held(starts[k] as number, 0, n), held(ends[k] as number, 0, n)];
      if (from !== 0 || to !== n || step !== 1)
        y = cut(y, new Map([[axis, [from, Math.max(from, to), step]]]));
    } else {
      const [from, to] = [held(starts[k] as number, -1, n - 1), held(ends[k] as number, -1, n - 1)];
      const places = range(Math.max(0, Math.ceil((to - from) / step))).map((i) => from + i * step);
      y = np.take(y, places, axis);
    }
  }
  return y;
};

/** Pads are an attribute before opset 11; negative ones cut. Modes: constant, edge, reflect, wrap. */
const pad: Rule = (call) => {
  const x = call.input(0);
  const recent = call.opset >= 11;
  const pads = (recent ? call.places(1, 'its pads') : call.ints('pads')) ?? call.malformed('it has no pads');
  const given = recent ? call.places(3, 'its axes') : undefined;
  const axes = given ? axesIn(call, given, x.ndim) : range(x.ndim);
  const widths = range(x.ndim).map((): [number, number] => [0, 0]);
  for (const [k, axis] of axes.entries()) widths[axis] = [pads[k] ?? 0, pads[k + axes.length] ?? 0];
  checkedShape(
    call,
    x.shape.map(
      (n, i) =>
        n + Math.max(0, (widths[i] as [number, number])[0]) + Math.max(0, (widths[i] as [number, number])[1]),
    ),
  );
  const kept = cut(
    x,
    new Map(
      widths.flatMap(([lo, hi], i): [number, Span][] =>
        lo < 0 || hi < 0 ? [[i, [Math.max(0, -lo), (x.shape[i] as number) - Math.max(0, -hi)]]] : [],
      ),
    ),
  );
  const around = widths.map(([lo, hi]) => [Math.max(0, lo), Math.max(0, hi)] as [number, number]);
  const mode = call.text('mode', 'constant');
  if (mode === 'constant') {
    const value = recent ? call.optional(2) : np.asarray(call.float('value', 0));
    return padded(kept, around, value);
  }
  if (mode !== 'edge' && mode !== 'reflect' && mode !== 'wrap')
    return call.malformed(`a padding of mode ${mode}`);
  return around.reduce((y, [lo, hi], axis) => {
    const n = y.shape[axis] as number;
    return lo === 0 && hi === 0
      ? y
      : np.take(
          y,
          range(lo + n + hi).map((i) => PLACES[mode](i - lo, n)),
          axis,
        );
  }, kept);
};
const modulo = (i: number, n: number): number => ((i % n) + n) % n;
const PLACES = {
  edge: (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1),
  reflect: (i: number, n: number): number => {
    if (n === 1) return 0;
    const at = modulo(i, 2 * (n - 1));
    return at < n ? at : 2 * (n - 1) - at;
  },
  wrap: modulo,
} as const;

/** `np.pad` by a number that may be secret. */
const padded = (
  x: BaseArray,
  widths: readonly [number, number][],
  value: BaseArray | undefined,
): BaseArray => {
  if (widths.every(([lo, hi]) => lo === 0 && hi === 0)) return x;
  if (value === undefined) return np.pad(x, widths as never);
  const one = np.reshape(value, []);
  if (isPublic(one)) return np.pad(x, widths as never, like(one, x));
  const inside = np.pad(np.ones([...x.shape], 'bool'), widths as never, false);
  return np.where(inside, np.pad(x, widths as never), one);
};

const expand: Rule = (call) => {
  const x = call.input(0);
  const shape = checkedShape(call, call.places(1, 'its shape') ?? []);
  return np.broadcastTo(x, checkedShape(call, np.broadcastShapes([...x.shape], shape)));
};

const tile: Rule = (call) => {
  const x = call.input(0);
  const times = call.places(1, 'how often') ?? [];
  checkedShape(
    call,
    x.shape.map((n, i) => n * (times[i] ?? 1)),
  );
  return np.tile(x, times);
};

const transpose: Rule = (call) => {
  const x = call.input(0);
  return np.transpose(x, [...(call.ints('perm') ?? range(x.ndim).reverse())]);
};

const triangle: Rule = (call) => {
  const x = call.input(0);
  const k = call.places(1, 'its diagonal')?.[0] ?? 0;
  const [n, m] = [x.shape.at(-2) ?? 0, x.shape.at(-1) ?? 0];
  const upper = call.flag('upper', true);
  const kept = range(n * m).map((i) => {
    const away = (i % m) - Math.floor(i / m);
    return upper ? away >= k : away <= k;
  });
  const mask = np.reshape(np.astype(np.asarray(kept.map(Number)), 'bool'), [n, m]);
  return np.where(mask, x, np.zeros([], dtypeName(x)));
};

/** [n, c, h, w] and blocks of b: channels are columns and rows of blocks. */
const depthToSpace: Rule = (call) => {
  const x = call.input(0);
  const b = call.int('blocksize');
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const isFirst = call.text('mode', 'DCR') === 'DCR';
  const apart = np.reshape(x, isFirst ? [n, b, b, c / (b * b), h, w] : [n, c / (b * b), b, b, h, w]);
  return np.reshape(np.transpose(apart, isFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]), [
    n,
    c / (b * b),
    h * b,
    w * b,
  ]);
};
const spaceToDepth: Rule = (call) => {
  const x = call.input(0);
  const b = call.int('blocksize');
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const apart = np.reshape(x, [n, c, h / b, b, w / b, b]);
  const isFirst = call.text('mode', 'DCR') === 'DCR';
  return np.reshape(np.transpose(apart, isFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]), [
    n,
    c * b * b,
    h / b,
    w / b,
  ]);
};

/** The first lengths[i] of each sequence, backwards. */
const reverseSequence: Rule = (call) => {
  const x = call.input(0);
  const lengths = call.places(1, 'its lengths') ?? [];
  const [time, batch] = [call.int('time_axis', 0), call.int('batch_axis', 1)];
  const moved = np.moveaxis(x, [batch, time] as never, [0, 1] as never);
  const [n, t] = moved.shape as [number, number];
  const flat = np.reshape(moved, [n * t, ...moved.shape.slice(2)]);
  const places = range(n * t).map((i) => {
    const [row, at] = [Math.floor(i / t), i % t];
    const length = lengths[row] ?? t;
    return row * t + (at < length ? length - 1 - at : at);
  });
  return np.moveaxis(
    np.reshape(np.take(flat, places, 0), [...moved.shape]),
    [0, 1] as never,
    [batch, time] as never,
  );
};

/** Cut or padded to sizes, around the middle. */
const centre: Rule = (call) => {
  const x = call.input(0);
  const sizes = checkedShape(call, call.places(1, 'its sizes') ?? []);
  const axes = axesIn(call, call.ints('axes') ?? range(x.ndim), x.ndim);
  let y = x;
  for (const [k, axis] of axes.entries()) {
    const [n, wanted] = [x.shape[axis] as number, sizes[k] ?? 0];
    const before = Math.floor(Math.abs(wanted - n) / 2);
    if (wanted < n) y = cut(y, new Map([[axis, [before, before + wanted]]]));
    if (wanted > n)
      y = np.pad(y, range(y.ndim).map((i) => (i === axis ? [before, wanted - n - before] : [0, 0])) as never);
  }
  return y;
};

export const moves: Rules = {
  CenterCropPad: centre,
  Concat: (call) => {
    const list = call.all();
    return np.concatenate(list, axisIn(call, call.int('axis', 1), list[0]?.ndim ?? 1));
  },
  DepthToSpace: depthToSpace,
  /** Inference: nothing is dropped. */
  Dropout: (call) => {
    const x = call.input(0);
    const training = call.optional(2);
    if (training && !(isPublic(training) && Number(training.data[0]) === 0)) {
      const ratio = call.places(1, 'its ratio')?.[0] ?? 0.5;
      if (ratio !== 0) return call.unsupported('it drops numbers at random, as in training');
    }
    return [x, call.wants(1) ? np.ones([...x.shape], 'bool') : undefined];
  },
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  ReverseSequence: reverseSequence,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Trilu: triangle,
  Unsqueeze: unsqueeze,
};
