/** @file Reading and writing at places, public or secret, and the k largest. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import {
  axisIn,
  type Call,
  dtypeName,
  int64s,
  isPublic,
  like,
  np,
  product,
  type Rule,
  type Rules,
  range,
} from '../call.ts';
import { cut } from './moves.ts';

/** Places from the end count from the begin. */
const fromBegin = (places: BaseArray, n: number): BaseArray =>
  np.where(np.less(places, 0), np.add(places, n), places);
/** Public places are whole numbers in the clear. */
const settled = (places: BaseArray, n: number): BaseArray => {
  const whole = np.astype(places, 'int64');
  return isPublic(whole) && Array.from(whole.data as ArrayLike<bigint>).every((v) => v >= 0n)
    ? whole
    : fromBegin(whole, n);
};

const gather: Rule = (call) => {
  const [x, at] = [call.input(0), call.input(1)];
  const axis = axisIn(call, call.int('axis', 0), x.ndim);
  const places = settled(at, x.shape[axis] as number);
  const rows = np.take(x, np.ravel(places), axis);
  return np.reshape(rows, [...x.shape.slice(0, axis), ...at.shape, ...x.shape.slice(axis + 1)]);
};

const steps = (shape: readonly number[]): number[] => shape.map((_, i) => product(shape.slice(i + 1)));

/** Flattened places of an array of places along one axis, the others counted. */
const flatAlong = (places: BaseArray, shape: readonly number[], axis: number): BaseArray => {
  const step = steps(shape);
  const lead = (i: number, n: number): BaseArray =>
    np.reshape(
      int64s(range(n).map((k) => k * (step[i] as number))),
      places.shape.map((_, k) => (k === i ? n : 1)),
    );
  return places.shape.reduce<BaseArray>(
    (sum, n, i) => (i === axis ? sum : np.add(sum, lead(i, n))),
    np.multiply(settled(places, shape[axis] as number), step[axis] as number),
  );
};

const gatherElements: Rule = (call) => {
  const [x, at] = [call.input(0), call.input(1)];
  const axis = axisIn(call, call.int('axis', 0), x.ndim);
  const same = x.shape.every((n, i) => i === axis || n === at.shape[i]);
  if (!isPublic(at) && same) return np.takeAlongAxis(x, settled(at, x.shape[axis] as number), axis);
  return np.reshape(np.take(np.ravel(x), np.ravel(flatAlong(at, x.shape, axis)), 0), [...at.shape]);
};

/** Rows of places [.., k] over the first k axes of `shape`, as flattened numbers of blocks. */
const flatRows = (places: BaseArray, shape: readonly number[]): BaseArray => {
  const k = places.shape.at(-1) as number;
  const step = steps(shape.slice(0, k));
  return range(k)
    .map((i) => np.multiply(settled(np.slice(places, '...', i), shape[i] as number), step[i] as number))
    .reduce<BaseArray>((a, b) => np.add(a, b), np.zeros([...places.shape.slice(0, -1)], 'int64'));
};

const gatherND: Rule = (call) => {
  const [x, at] = [call.input(0), call.input(1)];
  const b = call.int('batch_dims', 0);
  const k = at.shape.at(-1) ?? 0;
  const batch = x.shape.slice(0, b);
  const inner = x.shape.slice(b);
  const blocks = product(inner.slice(0, k));
  const flat = flatRows(at, inner);
  const lead = np.reshape(int64s(range(product(batch)).map((i) => i * blocks)), [
    ...batch,
    ...new Array<number>(flat.ndim - b).fill(1),
  ]);
  const rows = np.reshape(x, [product(batch) * blocks, ...inner.slice(k)]);
  const places = np.ravel(b === 0 ? flat : np.add(flat, lead));
  return np.reshape(np.take(rows, places, 0), [...at.shape.slice(0, -1), ...inner.slice(k)]);
};

const COMBINE: Readonly<Record<string, (x: BaseArray, y: BaseArray) => BaseArray>> = {
  add: np.add,
  mul: np.multiply,
  max: np.maximum,
  min: np.minimum,
  none: (_, y) => y,
};

/** Writes `parts` [m, ..] into rows of x [n, ..] at places [m]. */
const written = (call: Call, x: BaseArray, places: BaseArray, parts: BaseArray): BaseArray => {
  const kind = call.text('reduction', 'none');
  const combine = Object.hasOwn(COMBINE, kind) ? COMBINE[kind] : undefined;
  if (!combine) return call.malformed(`a reduction ${kind}`);
  const values = like(parts, x);
  if (kind === 'add' && x.dtype !== 'bool') return np.scatterAdd(x, places, values);
  if (isPublic(places)) {
    // Updates of one place come in turns: those that are the first of their place, then the second, ...
    const list = Array.from(places.data as ArrayLike<number | bigint>, Number);
    const waves: Map<number, number>[] = [];
    const seen = new Map<number, number>();
    for (const [i, at] of list.entries()) {
      const turn = kind === 'none' ? 0 : (seen.get(at) ?? 0);
      seen.set(at, turn + 1);
      let wave = waves[turn];
      if (!wave) {
        wave = new Map();
        waves.push(wave);
      }
      wave.set(at, i);
    }
    const n = x.shape[0] as number;
    return waves.reduce((now, wave) => {
      const rows = [...wave];
      const old = np.take(
        now,
        rows.map(([at]) => at),
        0,
      );
      const fresh = combine(
        old,
        np.take(
          values,
          rows.map(([, i]) => i),
          0,
        ),
      );
      const places = new Map(rows.map(([at], k) => [at, n + k]));
      return np.take(
        np.concatenate([now, like(fresh, now)], 0),
        range(n).map((i) => places.get(i) ?? i),
        0,
      );
    }, x);
  }
  const all = np.reshape(np.arange(x.shape[0] as number), [-1, ...x.shape.slice(1).map(() => 1)]);
  return range(places.size).reduce(
    (now, i) =>
      np.where(
        np.equal(all, np.slice(places, i)),
        combine(now, np.broadcastTo(np.slice(values, i), [...now.shape])),
        now,
      ),
    x,
  );
};

const scatterElements: Rule = (call) => {
  const [x, at, parts] = [call.input(0), call.input(1), call.input(2)];
  const axis = axisIn(call, call.int('axis', 0), x.ndim);
  const places = np.ravel(flatAlong(at, x.shape, axis));
  return np.reshape(written(call, np.ravel(x), places, np.ravel(parts)), [...x.shape]);
};

const scatterND: Rule = (call) => {
  const [x, at, parts] = [call.input(0), call.input(1), call.input(2)];
  const k = at.shape.at(-1) ?? 0;
  const block = x.shape.slice(k);
  const places = np.ravel(flatRows(at, x.shape));
  const rows = np.reshape(x, [product(x.shape.slice(0, k)), ...block]);
  return np.reshape(written(call, rows, places, np.reshape(parts, [places.size, ...block])), [...x.shape]);
};

/** Blocks written along one axis of a cache, at each row's own place. */
const tensorScatter: Rule = (call) => {
  const [cache, update] = [call.input(0), call.input(1)];
  const axis = axisIn(call, call.int('axis', -2), cache.ndim);
  const [batch, n, m] = [cache.shape[0] as number, cache.shape[axis] as number, update.shape[axis] as number];
  const starts = call.places(2, 'where it writes') ?? new Array<number>(batch).fill(0);
  const isCircular = call.text('mode', 'linear') === 'circular';
  const rows = range(batch).map((b) => {
    const [own, fresh] = [np.slice(cache, b), np.slice(update, b)];
    const source = range(n);
    for (const i of range(m)) {
      const at = (starts[b] as number) + i;
      if (!isCircular && at >= n) call.malformed('it writes beyond its end');
      source[at % n] = n + i;
    }
    return np.take(np.concatenate([own, like(fresh, own)], axis - 1), source, axis - 1);
  });
  return np.stack(rows);
};

const topK: Rule = (call) => {
  const x = call.input(0);
  const k = call.places(1, 'how many are asked for')?.[0] ?? call.int('k');
  const axis = axisIn(call, call.int('axis', -1), x.ndim);
  const moved = np.moveaxis(x, axis, x.ndim - 1);
  const back = (y: BaseArray): BaseArray => np.moveaxis(y, x.ndim - 1, axis);
  if (call.flag('largest', true)) {
    const [values, places] = np.topK(moved, k);
    return [back(values), back(np.astype(places, 'int64'))];
  }
  const last = x.ndim - 1;
  const first = (y: BaseArray): BaseArray => cut(y, new Map([[last, [0, k]]]));
  return [
    back(first(np.sort(moved))),
    call.wants(1) ? back(np.astype(first(np.argsort(moved)), 'int64')) : undefined,
  ];
};

const oneHot: Rule = (call) => {
  const at = call.input(0);
  const depth = call.places(1, 'its depth')?.[0] ?? 0;
  const values = call.input(2);
  const axis = call.int('axis', -1);
  const place = axis < 0 ? axis + at.ndim + 1 : axis;
  const hit = np.equal(
    np.expandDims(settled(np.trunc(np.astype(at, 'float64')), depth), place),
    lead(depth, place, at.ndim + 1),
  );
  const [off, on] = [np.slice(values, 0), np.slice(values, 1)];
  return np.astype(np.where(hit, on, off), dtypeName(values));
};
const lead = (n: number, axis: number, rank: number): BaseArray =>
  np.reshape(
    int64s(range(n)),
    range(rank).map((i) => (i === axis ? n : 1)),
  );

const compress: Rule = (call) => {
  const x = call.input(0);
  const kept = (call.places(1, 'what it keeps') ?? []).flatMap((v, i) => (v === 0 ? [] : [i]));
  if (!call.attribute('axis')) return np.take(np.ravel(x), kept, 0);
  return np.take(x, kept, axisIn(call, call.int('axis'), x.ndim));
};

/** How many different numbers there are is public only where they are. */
const unique: Rule = (call) => {
  const x = call.input(0);
  if (!isPublic(x)) return call.unsupported('how many numbers differ depends on secrets');
  const hasAxis = call.attribute('axis') !== undefined;
  const axis = hasAxis ? axisIn(call, call.int('axis'), x.ndim) : 0;
  const moved = hasAxis ? np.moveaxis(x, axis, 0) : np.ravel(x);
  const n = moved.shape[0] as number;
  const rows = range(n).map((i) => {
    const row = np.ravel(np.slice(moved, i));
    return Array.from((isPublic(row) ? row.data : []) as ArrayLike<number | bigint>, Number);
  });
  const compare = (a: readonly number[], b: readonly number[]): number => {
    const i = a.findIndex((v, k) => v !== b[k]);
    return i < 0 ? 0 : (a[i] as number) - (b[i] as number);
  };
  const first = range(n).filter(
    (i) => rows.findIndex((row) => compare(row, rows[i] as number[]) === 0) === i,
  );
  if (call.flag('sorted', true)) first.sort((a, b) => compare(rows[a] as number[], rows[b] as number[]));
  const inverse = rows.map((row) => first.findIndex((i) => compare(rows[i] as number[], row) === 0));
  const counts = first.map((_, k) => inverse.filter((i) => i === k).length);
  const kept = np.take(moved, first, 0);
  return [hasAxis ? np.moveaxis(kept, 0, axis) : kept, int64s(first), int64s(inverse), int64s(counts)];
};

export const indexing: Rules = {
  Compress: compress,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  OneHot: oneHot,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TensorScatter: tensorScatter,
  TopK: topK,
  Unique: unique,
};
