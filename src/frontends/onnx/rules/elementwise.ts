/** @file Operations on one element after another (ONNX operators: arithmetic, comparisons, bits, conversions). */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { beyondOf, CARRIES, carried, marked } from '../../beyond.ts';
import { choose, compared, divide as divided, infinite, maximum, minimum, multiply } from '../../finite.ts';
import { erf, tanh } from '../../single-precision.ts';
import { divideTowardsZero } from '../../truncating-division.ts';
import {
  type Call,
  dtypeName,
  dtypeOfElement,
  isFloat,
  isPublic,
  like,
  np,
  one,
  type Rule,
  type Rules,
  two,
} from '../call.ts';
import { elementName } from '../elements.ts';

const divide: Rule = (call) => {
  const [x, y] = [call.input(0), call.input(1)];
  return isFloat(x) ? divided(x, y) : divideTowardsZero(x, y);
};

/** The result has the dtype of the base. */
const power: Rule = (call) => {
  const [x, y] = [call.input(0), call.input(1)];
  if (isFloat(x)) return np.power(x, y);
  const whole = isFloat(y) ? np.rint(np.power(np.astype(x, 'float64'), y)) : np.power(x, y);
  return like(whole, x);
};

const modulo: Rule = (call) => {
  const [x, y] = [call.input(0), call.input(1)];
  return call.flag('fmod') ? np.fmod(x, y) : np.remainder(x, y);
};

/** Any number of operands, one after another in pairs, so that rounds grow with their logarithm. */
const many =
  (f: (x: BaseArray, y: BaseArray) => BaseArray): Rule =>
  (call) => {
    let list = call.all();
    while (list.length > 1)
      list = list.flatMap((x, i) =>
        i % 2 === 1 ? [] : [i + 1 < list.length ? f(x, list[i + 1] as BaseArray) : x],
      );
    return list[0] ?? call.malformed('it has no inputs');
  };

/** Bounds are attributes before opset 11, and inputs that may be missing since. */
const clip: Rule = (call) => {
  let x = call.input(0);
  const bound = (name: string, i: number): BaseArray | undefined => {
    if (call.opset >= 11) return call.optional(i);
    return call.attribute(name) ? np.asarray(call.float(name)) : undefined;
  };
  const [low, high] = [bound('min', 1), bound('max', 2)];
  if (low) x = maximum(x, like(low, x));
  return high ? minimum(x, like(high, x)) : x;
};

/** Floats are cut towards 0 on their way to integers. */
const castTo = (call: Call, x: BaseArray, element: string): BaseArray => {
  const dtype = dtypeOfElement(call, element);
  if (element === 'string') return call.unsupported('numbers have no text on secrets');
  if (dtype === 'bool') return np.notEqual(x, 0);
  if (dtype === 'float64') return np.astype(x, dtype);
  return np.astype(isFloat(x) ? np.trunc(x) : x, dtype);
};

const COMPARE = {
  Equal: compared(np.equal, false, false),
  Greater: compared(np.greater, false, true),
  GreaterOrEqual: compared(np.greaterEqual, false, true),
  Less: compared(np.less, true, false),
  LessOrEqual: compared(np.lessEqual, true, false),
} as const;

const shift: Rule = (call) => {
  const [x, by] = [call.input(0), call.input(1)];
  const direction = call.text('direction');
  if (direction === 'LEFT') return np.leftShift(x, by);
  return direction === 'RIGHT' ? np.rightShift(x, by) : call.malformed(`a shift to ${direction}`);
};

/** No secret is NaN. */
const isNotNumber: Rule = (call) => {
  const x = call.input(0);
  return isPublic(x) ? np.isnan(x) : np.zeros([...x.shape], 'bool');
};

const isInfinite: Rule = (call) =>
  infinite(call.input(0), {
    low: call.flag('detect_negative', true),
    high: call.flag('detect_positive', true),
  });

const mean: Rule = (call) => np.divide(many(np.add)(call) as BaseArray, call.inputs.length);

export const elementwise: Rules = {
  ...Object.fromEntries(Object.entries(COMPARE).map(([name, f]): [string, Rule] => [name, two(f)])),
  Abs: one(np.abs),
  Acos: one(np.arccos),
  Acosh: one(np.arccosh),
  Add: two(np.add),
  And: two(np.logicalAnd),
  Asin: one(np.arcsin),
  Asinh: one(np.arcsinh),
  Atan: one(np.arctan),
  Atanh: one(np.arctanh),
  BitShift: shift,
  BitwiseAnd: two(np.bitwiseAnd),
  BitwiseNot: one(np.bitwiseNot),
  BitwiseOr: two(np.bitwiseOr),
  BitwiseXor: two(np.bitwiseXor),
  Cast: (call) => castTo(call, call.input(0), elementName(call.int('to'))),
  CastLike: (call) => {
    const [x, y] = [call.input(0), call.input(1)];
    if (y.dtype === 'bool') return np.notEqual(x, 0);
    const mark = beyondOf(x);
    if (isFloat(y)) return marked(like(x, y), mark);
    if (!isPublic(x)) carried(CARRIES.others, [mark]);
    return isFloat(x) ? np.astype(np.trunc(x), dtypeName(y)) : like(x, y);
  },
  Ceil: one(np.ceil),
  Clip: clip,
  Cos: one(np.cos),
  Cosh: one(np.cosh),
  Div: divide,
  Erf: one(erf),
  Exp: one(np.exp),
  Floor: one(np.floor),
  Identity: one((x) => x),
  IsInf: isInfinite,
  IsNaN: isNotNumber,
  Log: one(np.log),
  Max: many(maximum),
  Mean: mean,
  Min: many(minimum),
  Mod: modulo,
  Mul: two(multiply),
  Neg: one(np.negative),
  Not: one(np.logicalNot),
  Or: two(np.logicalOr),
  Pow: power,
  Reciprocal: one(np.reciprocal),
  Round: one(np.rint),
  Sign: one(np.sign),
  Sin: one(np.sin),
  Sinh: one(np.sinh),
  Sqrt: one(np.sqrt),
  Sub: two(np.subtract),
  Sum: many(np.add),
  Tan: one(np.tan),
  Tanh: one(tanh),
  Where: (call) => choose(call.input(0), call.input(1), call.input(2)),
  Xor: two(np.logicalXor),
};
