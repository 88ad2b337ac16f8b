/** @file Integers with a scale: rounded and held in the range of their type. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { pow2 } from '../../../ring/math/index.ts';
import { axisIn, type Call, dtypeName, dtypeOfElement, np, type Rule, type Rules } from '../call.ts';
import { elementName } from '../elements.ts';
import { convolved } from './convolutions.ts';
import { byChannel } from './norms.ts';

const LIMITS: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** One number for the whole, one a place of an axis, or one a block of it. */
const spread = (call: Call, p: BaseArray, x: BaseArray): BaseArray => {
  if (p.size === 1) return np.reshape(p, []);
  const axis = axisIn(call, call.int('axis', 1), x.ndim);
  if (p.ndim === 1)
    return np.reshape(
      p,
      x.shape.map((_, i) => (i === axis ? p.size : 1)),
    );
  const block = call.int('block_size', 0) || Math.ceil((x.shape[axis] as number) / (p.shape[axis] as number));
  const wide = np.repeat(p, block, axis);
  return wide.shape[axis] === x.shape[axis]
    ? wide
    : np.take(
        wide,
        Array.from({ length: x.shape[axis] as number }, (_, i) => i),
        axis,
      );
};

const real = (x: BaseArray): BaseArray => np.astype(x, 'float64');

/** Quotients are compared with halves to within this: a decimal number times the inverse of a decimal scale is a little off. */
const NEAR = pow2(-17);

/** To the nearest whole number; what is a half to within NEAR goes to the even one. */
const nearest = (x: BaseArray): BaseArray => {
  const shifted = np.add(x, 0.5);
  const up = np.floor(np.add(shifted, NEAR));
  const half = np.multiply(up, 0.5);
  const isOdd = np.less(np.floor(half), half);
  const isHalf = np.less(np.subtract(shifted, up), NEAR);
  return np.subtract(up, np.astype(np.logicalAnd(isHalf, isOdd), 'float64'));
};

const quantise = (
  call: Call,
  x: BaseArray,
  scale: BaseArray,
  zero: BaseArray | undefined,
  dtype: string,
): BaseArray => {
  const [lo, hi] = LIMITS[dtype] ?? call.unsupported(`quantisation to ${dtype}`);
  const raw = nearest(np.divide(real(x), scale));
  return np.astype(np.clip(zero ? np.add(raw, real(zero)) : raw, lo, hi), dtype);
};

const quantizeLinear: Rule = (call) => {
  const [x, scale] = [call.input(0), call.input(1)];
  const zero = call.optional(2);
  const code = call.int('output_dtype', 0);
  const dtype = zero ? dtypeName(zero) : code === 0 ? 'uint8' : dtypeOfElement(call, elementName(code));
  return quantise(call, x, spread(call, scale, x), zero && spread(call, zero, x), dtype);
};

const dequantised = (call: Call, x: BaseArray, scale: BaseArray, zero: BaseArray | undefined): BaseArray => {
  const away = zero ? np.subtract(real(x), real(spread(call, zero, x))) : real(x);
  return np.multiply(away, spread(call, scale, x));
};

/** Scale and zero follow from the numbers. */
const dynamicQuantize: Rule = (call) => {
  const x = call.input(0);
  const low = np.minimum(np.min(x), 0);
  const high = np.maximum(np.max(x), 0);
  const scale = np.divide(np.subtract(high, low), 255);
  const zero = np.astype(np.clip(nearest(np.divide(np.negative(low), scale)), 0, 255), 'uint8');
  return [quantise(call, x, scale, zero, 'uint8'), scale, zero];
};

const away = (x: BaseArray, zero: BaseArray | undefined, axis: 'row' | 'column'): BaseArray => {
  const whole = np.astype(x, 'int32');
  if (!zero) return whole;
  const z = np.astype(zero, 'int32');
  if (z.ndim !== 1 || z.size === 1) return np.subtract(whole, z.size === 1 ? np.reshape(z, []) : z);
  return np.subtract(whole, np.reshape(z, axis === 'row' ? [-1, 1] : [1, -1]));
};

const matMulInteger: Rule = (call) =>
  np.matmul(away(call.input(0), call.optional(2), 'row'), away(call.input(1), call.optional(3), 'column'));

const scaled = (p: BaseArray, axis: 'row' | 'column'): BaseArray =>
  p.ndim === 1 && p.size > 1
    ? np.reshape(p, axis === 'row' ? [-1, 1] : [1, -1])
    : p.size === 1
      ? np.reshape(p, [])
      : p;

const qLinearMatMul: Rule = (call) => {
  const [a, aScale, aZero, b, bScale, bZero, yScale, yZero] = call.all() as [
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
    BaseArray,
  ];
  const whole = np.matmul(away(a, aZero, 'row'), away(b, bZero, 'column'));
  const y = np.multiply(real(whole), np.multiply(scaled(aScale, 'row'), scaled(bScale, 'column')));
  return quantise(call, y, scaled(yScale, 'row'), scaled(yZero, 'row'), dtypeName(yZero));
};

const kernelAway = (w: BaseArray, zero: BaseArray | undefined): BaseArray => {
  const whole = np.astype(w, 'int32');
  if (!zero) return whole;
  const z = np.astype(zero, 'int32');
  return np.subtract(
    whole,
    z.size === 1 ? np.reshape(z, []) : np.reshape(z, [z.size, ...w.shape.slice(1).map(() => 1)]),
  );
};

const qLinearConv: Rule = (call) => {
  const [x, xScale, xZero, w, wScale, wZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    call.input(i),
  ) as [BaseArray, BaseArray, BaseArray, BaseArray, BaseArray, BaseArray, BaseArray, BaseArray];
  const whole = convolved(call, away(x, xZero, 'row'), kernelAway(w, wZero));
  const bias = call.optional(8);
  const sum = real(bias ? np.add(whole, byChannel(bias, whole)) : whole);
  const factor = wScale.size === 1 ? np.reshape(wScale, []) : byChannel(wScale, sum);
  const y = np.multiply(sum, np.multiply(np.reshape(xScale, []), factor));
  return quantise(call, y, np.reshape(yScale, []), np.reshape(yZero, []), dtypeName(yZero));
};

export const quantised: Rules = {
  ConvInteger: (call) =>
    convolved(
      call,
      away(call.input(0), call.optional(2), 'row'),
      kernelAway(call.input(1), call.optional(3)),
    ),
  DequantizeLinear: (call) => dequantised(call, call.input(0), call.input(1), call.optional(2)),
  DynamicQuantizeLinear: dynamicQuantize,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  QuantizeLinear: quantizeLinear,
};
