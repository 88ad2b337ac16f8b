/** @file The methods of arrays: the functions of `np` with the array as first argument. */
import { type ArrayMethods, type Axis, BaseArray } from '../ir/trace/array.ts';
import { condition } from '../ir/trace/tracer.ts';
import { checkerOf } from './arguments.ts';
import * as compare from './compare.ts';
import { astype } from './create.ts';
import * as math from './elementwise.ts';
import { slice, take } from './indexing.ts';
import { dot, matmul } from './linalg.ts';
import * as reduce from './reduce.ts';
import { ravel, reshape, squeeze, transpose } from './shape.ts';

type Rest<F> = F extends (...args: infer A extends readonly unknown[]) => BaseArray ? A : never;
type Methods = {
  readonly [K in keyof ArrayMethods]: (self: BaseArray, ...args: Rest<ArrayMethods[K]>) => BaseArray;
};

const METHODS: Methods = {
  add: math.add,
  sub: math.subtract,
  mul: math.multiply,
  div: math.divide,
  subtract: math.subtract,
  multiply: math.multiply,
  divide: math.divide,
  neg: math.negative,
  abs: math.abs,
  sign: math.sign,
  pow: math.power,
  square: math.square,
  sqrt: math.sqrt,
  exp: math.exp,
  log: math.log,
  sigmoid: math.sigmoid,
  tanh: math.tanh,
  floor: math.floor,
  less: compare.less,
  lessEqual: compare.lessEqual,
  greater: compare.greater,
  greaterEqual: compare.greaterEqual,
  equal: compare.equal,
  notEqual: compare.notEqual,
  and: compare.logicalAnd,
  or: compare.logicalOr,
  xor: compare.logicalXor,
  not: compare.logicalNot,
  maximum: math.maximum,
  minimum: math.minimum,
  clip: compare.clip,
  matmul,
  dot,
  sum: reduce.sum,
  mean: reduce.mean,
  max: reduce.max,
  min: reduce.min,
  var: reduce.variance,
  std: reduce.std,
  all: reduce.all,
  any: reduce.any,
  argmax: (x, axis) => reduce.argmax(x, axis as Axis | undefined),
  argmin: (x, axis) => reduce.argmin(x, axis as Axis | undefined),
  transpose: (x, ...axes) => transpose(x, axes.length === 0 ? null : axes.flat()),
  reshape: (x, ...shape) => reshape(x, shape.flat()),
  ravel,
  flatten: ravel,
  squeeze,
  slice,
  at: slice,
  take,
  astype,
};

for (const [name, fn] of Object.entries(METHODS)) {
  const call = fn as (self: BaseArray, ...args: unknown[]) => BaseArray;
  const check = checkerOf(`.${name}`);
  Object.defineProperty(BaseArray.prototype, name, {
    value: function (this: BaseArray, ...args: unknown[]) {
      check(args);
      const result = call(this, ...args);
      condition(`.${name}`, result, [this, ...args]);
      return result;
    },
    writable: true,
    configurable: true,
  });
}
