/**
 * @file Bit patterns of floats. Of public numbers they are what they are. A secret number has none here; but programs that look at them
 * ask for the sign alone, or change it: `x >> 31`, `x & 0x7fffffff`, `(x & 0x7fffffff) | (y & 0x80000000)`. Those are followed by what they
 * mean: a pattern stands for a magnitude and a sign, and what else is asked of it is an error.
 */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { denseOf } from '../dense.ts';
import type { Operation, TensorType } from '../module.ts';
import {
  dtypeOf,
  input,
  isFloat,
  isPublic,
  np,
  operandOf,
  publicOf,
  type Rule,
  type Rules,
  resultOf,
  text,
  unsupported,
} from './rule.ts';

/** A pattern of which nobody knows more than this. */
interface Pattern {
  readonly magnitude: BaseArray | undefined;
  /** true: negative. */
  readonly sign: BaseArray | undefined;
}
const patterns = new WeakMap<BaseArray, Pattern>();
export const isPattern = (x: BaseArray): boolean => patterns.has(x);

const WIDTHS: Readonly<Record<string, number>> = { f64: 64, f32: 32, f16: 16, bf16: 16 };
const widthOf = (element: string): number => WIDTHS[element] ?? Number(/^u?i(\d+)$/.exec(element)?.[1] ?? 0);

/** The bytes of public numbers of an element type. */
const bytesOf = (x: BaseArray, type: TensorType, op: Operation): Uint8Array => {
  const known = publicOf(x);
  if (!known) return unsupported(op, 'bits of secrets');
  const data = known.data as ArrayLike<number | bigint>;
  const made =
    type.element === 'f32'
      ? Float32Array.from(data as ArrayLike<number>)
      : type.element === 'f64'
        ? Float64Array.from(data as ArrayLike<number>)
        : ArrayBuffer.isView(known.data) && widthOf(type.element) >= 8 && !isFloat(type)
          ? known.data
          : unsupported(op, `bits of ${type.element}`);
  return new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
};

/** A placeholder for a pattern: nothing may read its elements. */
const placeholder = (shape: readonly number[], dtype: string, pattern: Pattern): BaseArray => {
  const made = np.array(np.zeros([...shape], dtype));
  patterns.set(made, pattern);
  return made;
};

const bitcast: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  const [from, to] = [operandOf(op, 0), resultOf(op)];
  const pattern = patterns.get(x);
  if (pattern && isFloat(to)) {
    const size = pattern.magnitude ?? np.zeros(x.shape);
    return pattern.sign ? np.where(pattern.sign, np.negative(size), size) : size;
  }
  if (isPublic(x) && !pattern) {
    const { data } = denseOf(to, bytesOf(x, from, op), op.place);
    const dtype = dtypeOf(to, op);
    return new np.NDArray(
      [...to.shape],
      (dtype === 'float64' ? 'fxp' : dtype) as 'int32',
      data as Int32Array,
    );
  }
  if (isFloat(from) && !isFloat(to) && widthOf(from.element) === widthOf(to.element))
    return placeholder(x.shape, dtypeOf(to, op), { magnitude: np.abs(x), sign: np.less(x, 0) });
  if (!isFloat(from) && !isFloat(to) && widthOf(from.element) === widthOf(to.element))
    return np.astype(x, dtypeOf(to, op));
  return unsupported(op, `bits of secret ${from.element} as ${to.element}`);
};

/** The one number of a public operand, as unsigned bits. */
const maskOf = (x: BaseArray, width: number): bigint | undefined => {
  const known = publicOf(x);
  if (!known || isPattern(x) || known.size === 0) return undefined;
  const data = known.data as ArrayLike<number | bigint>;
  const first = data[0] as number | bigint;
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return undefined;
  return BigInt.asUintN(width, BigInt(first));
};

type Meet = (pattern: Pattern, other: Pattern | bigint, top: bigint) => Pattern | undefined;

const MEET: Readonly<Record<string, Meet>> = {
  and: ({ magnitude, sign }, mask, top) =>
    mask === top - 1n
      ? { magnitude, sign: undefined }
      : mask === top
        ? { magnitude: undefined, sign }
        : undefined,
  or: (a, b) => {
    if (typeof b === 'bigint') return undefined;
    if (a.sign === undefined && b.magnitude === undefined) return { magnitude: a.magnitude, sign: b.sign };
    if (b.sign === undefined && a.magnitude === undefined) return { magnitude: b.magnitude, sign: a.sign };
    return undefined;
  },
  xor: ({ magnitude, sign }, other, top) => {
    if (other === top && sign) return { magnitude, sign: np.logicalNot(sign) };
    if (typeof other === 'object' && other.magnitude === undefined && sign && other.sign)
      return { magnitude, sign: np.logicalXor(sign, other.sign) };
    return undefined;
  },
};

const zero = (x: BaseArray): boolean => {
  const known = publicOf(x);
  return (
    known !== undefined &&
    !isPattern(x) &&
    Array.from(known.data as ArrayLike<number | bigint>).every((v) => Number(v) === 0)
  );
};

/** An operation one of whose operands is a pattern. */
export const onPatterns: Rule = (op, inputs) => {
  const [x, y] = inputs as [BaseArray, BaseArray];
  const type = operandOf(op, 0);
  const width = widthOf(type.element);
  const top = 1n << BigInt(width - 1);
  const own = patterns.get(x);
  if (own && op.name.startsWith('shift_right')) {
    if (maskOf(y, width) === BigInt(width - 1) && own.sign) {
      const bit = np.astype(own.sign, dtypeOf(type, op));
      return op.name === 'shift_right_logical' ? bit : np.negative(bit);
    }
  } else if (own && op.name === 'compare' && zero(y) && own.sign) {
    const direction = text(op, 'comparison_direction');
    if (type.element.startsWith('i') && direction === 'LT') return own.sign;
    if (type.element.startsWith('i') && direction === 'GE') return np.logicalNot(own.sign);
    if (own.magnitude === undefined && direction === 'NE') return own.sign;
    if (own.magnitude === undefined && direction === 'EQ') return np.logicalNot(own.sign);
  } else if (Object.hasOwn(MEET, op.name)) {
    const [pattern, other] = own ? [own, y] : [patterns.get(y) as Pattern, x];
    const partner = patterns.get(other) ?? maskOf(other, width);
    const met = partner === undefined ? undefined : MEET[op.name]?.(pattern, partner, top);
    if (met) return placeholder(x.shape, dtypeOf(type, op), met);
  } else if (
    own &&
    op.name === 'convert' &&
    !isFloat(resultOf(op)) &&
    widthOf(resultOf(op).element) === width
  ) {
    return placeholder(x.shape, dtypeOf(resultOf(op), op), own);
  }
  return unsupported(op, 'of the bits of a secret number only its sign can be asked or changed');
};

export const bits: Rules = { bitcast_convert: bitcast };
