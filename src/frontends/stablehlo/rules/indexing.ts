/** @file Reading and writing at places, public or secret (StableHLO specification: gather, scatter, dynamic_slice). */
import type { BaseArray } from '../../../ir/trace/array.ts';
import type { Operation } from '../module.ts';
import { onArrays } from './reductions.ts';
import { reducerOf, replaces, separated } from './regions.ts';
import {
  dtypeName,
  input,
  np,
  number,
  numbers,
  publicOf,
  type Rule,
  type Rules,
  range,
  regionOf,
  resultOf,
} from './rule.ts';

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);
const strides = (shape: readonly number[]): number[] => shape.map((_, i) => product(shape.slice(i + 1)));

/** Rows of index vectors: [batch.., n], with the axis of the vector last. */
const vectors = (indices: BaseArray, axis: number): BaseArray =>
  axis === indices.ndim ? np.expandDims(indices, axis) : np.moveaxis(indices, axis, indices.ndim - 1);

/** Corners of slices, held inside, in the flattened operand: int64, of the shape of the batch. */
const cornersOf = (
  starts: BaseArray,
  map: readonly number[],
  shape: readonly number[],
  slices: readonly number[],
  batching: readonly number[],
  startsBatching: readonly number[],
): { readonly corner: BaseArray; readonly inside: BaseArray | undefined; readonly held: BaseArray } => {
  const step = strides(shape);
  const batch = starts.shape.slice(0, -1);
  let corner: BaseArray = np.zeros(batch, 'int64');
  let held: BaseArray = corner;
  let inside: BaseArray | undefined;
  for (const [k, axis] of map.entries()) {
    const at = np.astype(np.slice(starts, '...', k), 'int64');
    const last = (shape[axis] as number) - (slices[axis] as number);
    const kept = np.clip(at, 0, Math.max(0, last));
    held = np.add(held, np.multiply(kept, step[axis] as number));
    corner = np.add(corner, np.multiply(at, step[axis] as number));
    const ok = np.logicalAnd(np.greaterEqual(at, 0), np.lessEqual(at, last));
    inside = inside ? np.logicalAnd(inside, ok) : ok;
  }
  // Batching axes of the operand go along with axes of the batch.
  for (const [k, axis] of batching.entries()) {
    const own = startsBatching[k] as number;
    const n = batch[own] as number;
    const counted = np.reshape(
      np.arange(n),
      batch.map((_, i) => (i === own ? n : 1)),
    );
    const moved = np.multiply(np.astype(counted, 'int64'), step[axis] as number);
    held = np.add(held, moved);
    corner = np.add(corner, moved);
  }
  return { corner, inside, held };
};

/** Places of a slice relative to its corner, in the order of its axes. */
const offsetsOf = (shape: readonly number[], slices: readonly number[]): number[] => {
  const step = strides(shape);
  let places = [0];
  for (const [axis, n] of slices.entries())
    places = places.flatMap((base) => range(n).map((i) => base + i * (step[axis] as number)));
  return places;
};

const gather: Rule = (op, inputs) => {
  const [x, indices] = [input(inputs, 0, op), input(inputs, 1, op)];
  const slices = numbers(op, 'slice_sizes');
  const collapsed = numbers(op, 'collapsed_slice_dims', []);
  const batching = numbers(op, 'operand_batching_dims', []);
  const offsetDims = numbers(op, 'offset_dims', []);
  const axis = number(op, 'index_vector_dim', 0);
  const map = numbers(op, 'start_index_map', []);
  // Batching axes of the places, counted without the axis of the vectors.
  const startsBatching = numbers(op, 'start_indices_batching_dims', []).map((d) => (d > axis ? d - 1 : d));
  const starts = vectors(indices, axis);
  const rank = resultOf(op).shape.length;
  const batchAxes = range(rank).filter((i) => !offsetDims.includes(i));
  const batch = starts.shape.slice(0, -1);
  const kept = slices.filter((_, i) => !collapsed.includes(i) && !batching.includes(i));
  const order = [...batchAxes, ...offsetDims];
  const inverse = range(rank).map((i) => order.indexOf(i));
  const finish = (parts: BaseArray): BaseArray =>
    np.transpose(np.reshape(parts, [...batch, ...kept]), inverse);

  // Secret places that pick whole rows: one look-up of rows, its axes in front.
  const whole = range(x.ndim).filter((i) => !map.includes(i));
  const rows = map.every((i) => slices[i] === 1) && whole.every((i) => slices[i] === x.shape[i]);
  if (!publicOf(starts) && rows && batching.length === 0 && map.length > 0) {
    const front = np.reshape(np.transpose(x, [...map, ...whole]), [
      product(map.map((i) => x.shape[i] as number)),
      ...whole.map((i) => x.shape[i] as number),
    ]);
    const own = map.map((i) => x.shape[i] as number);
    const { held } = cornersOf(
      starts,
      range(map.length),
      own,
      own.map(() => 1),
      [],
      [],
    );
    return finish(np.take(front, np.ravel(held), 0));
  }
  const { held } = cornersOf(starts, map, x.shape, slices, batching, startsBatching);
  const offsets = offsetsOf(x.shape, slices);
  const places = np.add(np.reshape(held, [held.size, 1]), np.asarray(new Int32Array(offsets)));
  return finish(np.take(np.ravel(x), np.ravel(places), 0));
};

/** How updates meet what is there. */
const scatter: Rule = (op, inputs, context) => {
  const n = (inputs.length - 1) / 2;
  const separate = separated(op, n, 1);
  if (separate)
    return separate.flatMap((part, i) =>
      scatter(part, [inputs[i], inputs[n], inputs[n + 1 + i]] as BaseArray[], context),
    );
  const [x, indices, updates] = [input(inputs, 0, op), input(inputs, n, op), input(inputs, n + 1, op)];
  const block = regionOf(op);
  const kind = n > 1 ? undefined : replaces(block) ? 'set' : reducerOf(block);
  const windowDims = numbers(op, 'update_window_dims', []);
  const inserted = numbers(op, 'inserted_window_dims', []);
  const batching = numbers(op, 'input_batching_dims', []);
  const axis = number(op, 'index_vector_dim', 0);
  const map = numbers(op, 'scatter_dims_to_operand_dims', []);
  const startsBatching = numbers(op, 'scatter_indices_batching_dims', []).map((d) => (d > axis ? d - 1 : d));
  const starts = vectors(indices, axis);
  const scatterDims = range(updates.ndim).filter((i) => !windowDims.includes(i));
  const rest = range(x.ndim).filter((i) => !inserted.includes(i) && !batching.includes(i));
  const slices = x.shape.map(() => 1);
  for (const [k, i] of rest.entries()) slices[i] = updates.shape[windowDims[k] as number] as number;
  const { corner, inside } = cornersOf(starts, map, x.shape, slices, batching, startsBatching);
  const total = x.size;
  const offsets = offsetsOf(x.shape, slices);
  // What does not lie inside as a whole is dropped: it goes to one place more at the end.
  const kept = inside ? np.where(inside, corner, total) : corner;
  const flat = np.reshape(kept, [kept.size, 1]);
  const spread = np.minimum(np.add(flat, np.asarray(new Int32Array(offsets))), total);
  const places = np.ravel(
    inside && offsets.length > 1 ? np.where(np.equal(flat, total), total, spread) : spread,
  );
  const parts = inputs.slice(n + 1).map((y) => np.ravel(np.transpose(y, [...scatterDims, ...windowDims])));
  const wide = inputs.slice(0, n).map((y) => {
    const none = np.astype(np.zeros([1]), dtypeName(y));
    return np.concatenate([np.ravel(y), none], 0);
  });
  const back = (y: BaseArray): BaseArray => np.reshape(np.slice(y, [0, total]), [...x.shape]);
  const [first, part] = [input(wide, 0, op), input(parts, 0, op)];
  if (kind === 'add') return back(addBool(first, places, part));
  if (kind === 'set') return back(setAt(op, first, places, part));
  const run = onArrays(op, block, context);
  const known = publicOf(places);
  return (known ? inTurns(wide, known, parts, run) : oneByOne(wide, places, parts, run)).map(back);
};

/** Booleans add up as "or". */
const addBool = (x: BaseArray, places: BaseArray, parts: BaseArray): BaseArray =>
  x.dtype === 'bool'
    ? np.notEqual(np.scatterAdd(np.astype(x, 'int32'), places, np.astype(parts, 'int32')), 0)
    : np.scatterAdd(x, places, parts);

/** Of updates at one place the last one stays: in any order by the specification, and JAX's on its CPU. */
const setAt = (op: Operation, x: BaseArray, places: BaseArray, parts: BaseArray): BaseArray => {
  const known = publicOf(places);
  if (known) {
    const last = new Map<number, number>();
    for (const [i, at] of Array.from(known.data as ArrayLike<number | bigint>, Number).entries())
      last.set(at, i);
    const source = range(x.size).map((at) => (last.has(at) ? x.size + (last.get(at) as number) : at));
    return np.take(
      np.concatenate([x, np.astype(parts, x.dtype === 'fxp' ? 'float64' : x.dtype)], 0),
      source,
      0,
    );
  }
  const unique = op.attributes.get('unique_indices') === true || places.size === 1;
  if (unique) return np.where(hitsAt(x.size, places), scattered(x, places, parts), x);
  return oneByOne([x], places, [parts], ([, y]) => [y as BaseArray])[0] as BaseArray;
};
const hitsAt = (n: number, places: BaseArray): BaseArray =>
  np.notEqual(np.scatterAdd(np.zeros([n], 'int32'), places, np.ones([places.size], 'int32')), 0);
const scattered = (x: BaseArray, places: BaseArray, parts: BaseArray): BaseArray => {
  const kind = x.dtype === 'bool' ? 'int32' : x.dtype === 'fxp' ? 'float64' : x.dtype;
  const sum = np.scatterAdd(np.zeros([x.size], kind), places, np.astype(parts, kind));
  return x.dtype === 'bool' ? np.notEqual(sum, 0) : sum;
};

type Meet = (both: readonly BaseArray[]) => readonly BaseArray[];

/** Public places: the first update of each, then the second of each, and so on. The last place is for what is dropped. */
const inTurns = (
  arrays: readonly BaseArray[],
  places: BaseArray & { readonly data: ArrayLike<number | bigint> },
  parts: readonly BaseArray[],
  meet: Meet,
): BaseArray[] => {
  const size = arrays[0]?.size ?? 0;
  const turns: { readonly at: number[]; readonly from: number[] }[] = [];
  const counts = new Map<number, number>();
  for (const [from, at] of Array.from(places.data, Number).entries()) {
    if (at === size - 1) continue;
    const k = counts.get(at) ?? 0;
    counts.set(at, k + 1);
    const turn = turns[k] ?? { at: [], from: [] };
    turns[k] = turn;
    turn.at.push(at);
    turn.from.push(from);
  }
  let now = [...arrays];
  for (const { at, from } of turns) {
    const met = meet([...now.map((x) => np.take(x, at, 0)), ...parts.map((y) => np.take(y, from, 0))]);
    const source = range(size);
    for (const [k, place] of at.entries()) source[place] = size + k;
    now = now.map((x, i) => np.take(np.concatenate([x, met[i] as BaseArray], 0), source, 0));
  }
  return now;
};

/** One update after another, each compared with every place. */
const oneByOne = (
  arrays: readonly BaseArray[],
  places: BaseArray,
  parts: readonly BaseArray[],
  meet: Meet,
): BaseArray[] => {
  const all = np.arange(arrays[0]?.size ?? 0);
  let now = [...arrays];
  for (const i of range(places.size)) {
    const isHit = np.equal(all, np.slice(places, i));
    const met = meet([...now, ...parts.map((y) => np.broadcastTo(np.slice(y, i), [all.size]))]);
    now = now.map((x, k) => np.where(isHit, met[k] as BaseArray, x));
  }
  return now;
};

const dynamicSlice: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  return np.dynamicSlice(x, clampStarts(inputs.slice(1), x.shape, numbers(op, 'slice_sizes')), [
    ...numbers(op, 'slice_sizes'),
  ]);
};

/** Corners are moved so that the block fits. */
const clampStarts = (
  starts: readonly BaseArray[],
  shape: readonly number[],
  sizes: readonly number[],
): BaseArray[] =>
  starts.map((at, i) =>
    np.astype(np.clip(np.astype(at, 'int64'), 0, (shape[i] as number) - (sizes[i] as number)), 'int64'),
  );

const dynamicUpdateSlice: Rule = (op, inputs) => {
  const [x, update] = [input(inputs, 0, op), input(inputs, 1, op)];
  return np.dynamicUpdateSlice(x, update, clampStarts(inputs.slice(2), x.shape, update.shape));
};

export const indexing: Rules = {
  gather,
  scatter,
  dynamic_slice: dynamicSlice,
  dynamic_update_slice: dynamicUpdateSlice,
};
