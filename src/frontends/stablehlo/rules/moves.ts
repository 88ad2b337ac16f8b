/** @file Operations that move elements and compute nothing: shapes, slices, padding, constants. */
import { NDArray } from '../../../numpy/index.ts';
import type { Operation } from '../module.ts';
import {
  dtypeName,
  dtypeOf,
  input,
  np,
  number,
  numbers,
  publicOf,
  type Rule,
  type Rules,
  range,
  resultOf,
  unsupported,
} from './rule.ts';

/** A small number that is not 0 becomes the least that its user wants to see. */
const raised = (data: Float64Array, least: number | undefined): Float64Array =>
  least === undefined ? data : data.map((v) => (v !== 0 && Math.abs(v) < least ? Math.sign(v) * least : v));

const constant: Rule = (op, _, { options }) => {
  const lifted = options.lifted.get(op);
  if (lifted) return lifted;
  const value = op.attributes.get('value');
  if (typeof value !== 'object' || !('kind' in value) || value.kind !== 'dense')
    return unsupported(op, 'a constant that is no array');
  const dtype = dtypeOf(value.type, op);
  const kind = dtype === 'float64' ? 'fxp' : (dtype as 'int32');
  const single = value.data.length === 1;
  const data = single && kind === 'fxp' ? raised(value.data as Float64Array, options.epsilon) : value.data;
  if (value.splat) {
    const one = new NDArray([], kind, data as NDArray['data']);
    return np.broadcastTo(one, [...value.type.shape]);
  }
  return new NDArray([...value.type.shape], kind, data as NDArray['data']);
};

const broadcastInDim: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  const { shape } = resultOf(op);
  const places = numbers(op, 'broadcast_dimensions', []);
  const lead = shape.map(() => 1);
  // Axes may come in another order than they had.
  const order = range(x.ndim).sort((a, b) => (places[a] as number) - (places[b] as number));
  for (const axis of order) lead[places[axis] as number] = x.shape[axis] as number;
  return np.broadcastTo(np.reshape(np.transpose(x, order), lead), [...shape]);
};

const slice: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  const [start, limit, stride] = ['start_indices', 'limit_indices', 'strides'].map((name) =>
    numbers(op, name),
  );
  return np.slice(
    x,
    ...range(x.ndim).map((i) => [start?.[i], limit?.[i], stride?.[i]] as [number, number, number]),
  );
};

/** Padding between elements, then around them; what is negative is cut away. */
const pad: Rule = (op, inputs) => {
  let x = input(inputs, 0, op);
  const fill = input(inputs, 1, op);
  const [low, high, between] = ['edge_padding_low', 'edge_padding_high', 'interior_padding'].map((name) =>
    numbers(op, name),
  ) as [readonly number[], readonly number[], readonly number[]];
  for (const axis of range(x.ndim)) {
    const gap = between[axis] as number;
    const n = x.shape[axis] as number;
    if (gap > 0 && n > 1) {
      const apart = np.expandDims(x, axis + 1);
      const widths = range(apart.ndim).map((i) => (i === axis + 1 ? ([0, gap] as const) : ([0, 0] as const)));
      const spaced = padWith(apart, widths, fill);
      const shape = x.shape.map((size, i) => (i === axis ? size * (gap + 1) : size));
      x = np.slice(
        np.reshape(spaced, shape),
        ...range(x.ndim).map((i) => (i === axis ? ([0, n + (n - 1) * gap] as [number, number]) : ':')),
      );
    }
  }
  const widths = range(x.ndim).map(
    (i) => [Math.max(0, low[i] as number), Math.max(0, high[i] as number)] as const,
  );
  const padded = padWith(x, widths, fill);
  const cuts = range(x.ndim).map((i) => {
    const size = padded.shape[i] as number;
    return [Math.max(0, -(low[i] as number)), size - Math.max(0, -(high[i] as number))] as [number, number];
  });
  return cuts.some(([from, to], i) => from > 0 || to < (padded.shape[i] as number))
    ? np.slice(padded, ...cuts)
    : padded;
};

type Array2 = Parameters<typeof np.pad>[0];
/** np.pad by a number that may be secret. */
const padWith = (
  x: ReturnType<typeof np.pad>,
  widths: readonly (readonly [number, number])[],
  fill: Array2,
) => {
  if (widths.every(([lo, hi]) => lo === 0 && hi === 0)) return x;
  const value = publicOf(np.asarray(fill));
  if (value) return np.pad(x, widths as never, np.astype(value, dtypeName(x)));
  const inside = np.pad(np.ones(x.shape, 'bool'), widths as never, false);
  return np.where(inside, np.pad(x, widths as never), fill);
};

const iota: Rule = (op) => {
  const type = resultOf(op);
  const axis = number(op, 'iota_dimension');
  const n = type.shape[axis] ?? unsupported(op, `axis ${axis}`);
  const lead = type.shape.map((_, i) => (i === axis ? n : 1));
  const counted = np.astype(np.arange(n), dtypeOf(type, op));
  return np.broadcastTo(np.reshape(counted, lead), [...type.shape]);
};

const concatenate: Rule = (op: Operation, inputs) => np.concatenate([...inputs], number(op, 'dimension'));

export const moves: Rules = {
  broadcast_in_dim: broadcastInDim,
  broadcast: (op, inputs) => np.broadcastTo(input(inputs, 0, op), [...resultOf(op).shape]),
  concatenate,
  constant,
  iota,
  optimization_barrier: (_, inputs) => [...inputs],
  pad,
  reshape: (op, inputs) => np.reshape(input(inputs, 0, op), [...resultOf(op).shape]),
  reverse: (op, inputs) => np.flip(input(inputs, 0, op), [...numbers(op, 'dimensions')]),
  slice,
  transpose: (op, inputs) => np.transpose(input(inputs, 0, op), numbers(op, 'permutation')),
};
