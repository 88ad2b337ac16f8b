/** @file Normalisations. A root of a variance is taken of all its bits: see np.nn.layerNorm. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { axisIn, isPublic, np, product, type Rule, type Rules, range } from '../call.ts';

/** One number for each channel, against [n, channels, ..]. */
export const byChannel = (p: BaseArray, x: BaseArray): BaseArray =>
  np.reshape(
    p,
    x.shape.map((n, i) => (i === 1 ? n : 1)),
  );

const batch: Rule = (call) => {
  if (call.flag('training_mode') || call.wants(1))
    return call.unsupported('it counts means and variances of the batch, as in training');
  const x = call.input(0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => call.input(i)) as [
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
  ];
  const factor = np.multiply(scale, np.rsqrt(np.add(variance, call.float('epsilon', 1e-5))));
  if (x.ndim < 2) return np.add(np.multiply(np.subtract(x, mean), factor), bias);
  return np.add(np.multiply(np.subtract(x, byChannel(mean, x)), byChannel(factor, x)), byChannel(bias, x));
};

const layer: Rule = (call) => {
  const x = call.input(0);
  const from = axisIn(call, call.int('axis', -1), x.ndim);
  const axis = range(x.ndim).slice(from);
  const epsilon = call.float('epsilon', 1e-5);
  const scale = call.input(1);
  const y = np.nn.layerNorm(x, scale, call.optional(2) ?? null, { axis, epsilon });
  if (!call.wants(1) && !call.wants(2)) return y;
  const mean = np.mean(x, { axis, keepdims: true });
  const variance = np.mean(np.square(np.subtract(x, mean)), { axis, keepdims: true });
  return [y, mean, np.rsqrt(np.add(variance, epsilon))];
};

const instance: Rule = (call) => {
  const x = call.input(0);
  const axis = range(x.ndim).slice(2);
  return np.nn.layerNorm(x, byChannel(call.input(1), x), byChannel(call.input(2), x), {
    axis,
    epsilon: call.float('epsilon', 1e-5),
  });
};

const group: Rule = (call) => {
  const x = call.input(0);
  const groups = call.int('num_groups');
  const [n, c] = x.shape as [number, number];
  if (!(groups > 0) || c % groups !== 0) return call.malformed(`${groups} groups of ${c} channels`);
  const parts = np.reshape(x, [n, groups, (c / groups) * product(x.shape.slice(2))]);
  const normal = np.reshape(np.nn.standardize(parts, { axis: 2, epsilon: call.float('epsilon', 1e-5) }), [
    ...x.shape,
  ]);
  // Before opset 21 a scale was one number a group.
  const spread = (p: BaseArray): BaseArray => byChannel(p.size === c ? p : np.repeat(p, c / groups), x);
  return np.add(np.multiply(normal, spread(call.input(1))), spread(call.input(2)));
};

const rms: Rule = (call) => {
  const x = call.input(0);
  const axis = range(x.ndim).slice(axisIn(call, call.int('axis', -1), x.ndim));
  const squares = np.mean(np.square(x), { axis, keepdims: true });
  return np.multiply(np.multiply(x, np.rsqrt(np.add(squares, call.float('epsilon', 1e-5)))), call.input(1));
};

const lp: Rule = (call) => {
  const x = call.input(0);
  const axis = axisIn(call, call.int('axis', -1), x.ndim);
  const how = { axis, keepdims: true };
  const isL1 = call.int('p', 2) === 1;
  const total = np.sum(isL1 ? np.abs(x) : np.square(x), how);
  // A norm of 0 leaves zeros: in the ring an inverse of 0 is the largest number, and in the clear it is infinite.
  const safe = isPublic(total) ? np.where(np.equal(total, 0), 1, total) : total;
  return isL1 ? np.divide(x, safe) : np.multiply(x, np.rsqrt(safe));
};

const meanVariance: Rule = (call) => {
  const x = call.input(0);
  return np.nn.standardize(x, { axis: [...(call.ints('axes') ?? [0, 2, 3])], epsilon: 1e-9 });
};

/** x / (bias + alpha / size times the squares of channels nearby) ^ beta. */
const local: Rule = (call) => {
  const x = call.input(0);
  const size = call.int('size');
  const [alpha, beta, bias] = [call.float('alpha', 1e-4), call.float('beta', 0.75), call.float('bias', 1)];
  const c = x.shape[1] as number;
  const before = Math.floor((size - 1) / 2);
  const wide = np.pad(
    np.square(x),
    range(x.ndim).map((i) => (i === 1 ? [before, size - 1 - before] : [0, 0])) as never,
  );
  const near = range(size)
    .map((i) => np.slice(wide, ':', [i, i + c]))
    .reduce((a, b) => np.add(a, b));
  return np.multiply(x, np.exp(np.multiply(np.log(np.add(np.multiply(near, alpha / size), bias)), -beta)));
};

export const norms: Rules = {
  BatchNormalization: batch,
  GroupNormalization: group,
  InstanceNormalization: instance,
  LRN: local,
  LayerNormalization: layer,
  LpNormalization: lp,
  MeanVarianceNormalization: meanVariance,
  RMSNormalization: rms,
};
