/** @file Plain arrays: public constants, results, and what PYU functions compute with. Treat them as immutable. */
import { fail, oneOf, TesseraError } from '../../errors.ts';
import { isHandle } from '../../unknown-names.ts';
import {
  alloc,
  dtypeName,
  intRange,
  isBig,
  isInt,
  kindOf,
  parseDType,
  promote,
  type UserDType,
} from '../ops/dtypes.ts';
import {
  type DType,
  type Element,
  elements,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorData,
} from '../ops/graph.ts';
import { checkShape, sameShape, shapeText, stridesOf } from '../ops/shapes.ts';
import { type ArrayInput, BaseArray, type NestedNumbers } from './array.ts';
import { arrayText } from './ndarray-text.ts';

const typedDTypes: readonly (readonly [new (n: number) => ArrayBufferView, UserDType])[] = [
  [Float64Array, 'fxp'],
  [Float32Array, 'fxp'],
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Int32Array, 'int32'],
  [BigInt64Array, 'int64'],
  [Uint8Array, 'uint8'],
  [Uint8ClampedArray, 'uint8'],
  [Uint16Array, 'uint16'],
  [Uint32Array, 'uint32'],
  [BigUint64Array, 'uint64'],
];

const typedDType = (x: unknown): UserDType | undefined => typedDTypes.find(([c]) => x instanceof c)?.[1];

const dataNames = new Map<DType, string>();

/** The class of typed arrays that holds a dtype, by name: each realm has its own. */
const dataName = (dtype: DType): string => {
  const known = dataNames.get(dtype) ?? alloc(dtype, 0).constructor.name;
  dataNames.set(dtype, known);
  return known;
};

export const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' &&
  x !== null &&
  'shape' in x &&
  Array.isArray(x.shape) &&
  'dtype' in x &&
  typeof x.dtype === 'string' &&
  'data' in x &&
  typedDType(x.data) !== undefined;

const where = (path: string): string => (path === '' ? '' : ` at ${path}`);

/** One number as an element of `dtype`; `path` is for the message. Throws RANGE. */
const toElement = (x: number | bigint | boolean, dtype: DType, path: string): Element => {
  if (dtype === 'fxp') return Number(x);
  if (dtype === 'bool') return Number(Boolean(x));
  if (typeof x === 'number' && !Number.isFinite(x))
    fail('RANGE', `cannot convert ${x}${where(path)} to ${dtypeName(dtype)}`);
  const big = typeof x === 'bigint' ? x : BigInt(Math.trunc(Number(x)));
  const [lo, hi] = intRange(dtype);
  if (big < lo || big > hi) fail('RANGE', `${x}${where(path)} is out of bounds for ${dtypeName(dtype)}`);
  return isBig(dtype) ? big : Number(big);
};

/** A BigInt is an integer with all its digits: it becomes a float64 that has fewer by name only. */
const checkExact = (x: bigint, path: string): void => {
  if (BigInt(Number(x)) !== x)
    fail(
      'RANGE',
      `${x}${where(path)} is no float64, which it would be beside these numbers: ask for 'float64' by name`,
    );
};

interface Leaves {
  readonly shape: number[];
  readonly values: (number | bigint | boolean)[];
  dtype: UserDType | undefined;
}

const describe = (x: unknown): string => {
  if (x === null || x === undefined) return String(x);
  if (isHandle(x)) return `the handle ${String(x)}`;
  return typeof x === 'object'
    ? (x.constructor?.name ?? 'an object')
    : `the ${typeof x} ${JSON.stringify(x) ?? ''}`.trim();
};

/** What to do with a value that is not here. */
const advice = (x: unknown): string =>
  isHandle(x)
    ? ': give it to the call as an argument, as in spu((x, y) => np.add(x, y))(x, handle), or await sf.reveal(handle)'
    : x instanceof Promise
      ? ': await it first'
      : '';

const scalarDType = (x: number | bigint | boolean): UserDType =>
  typeof x === 'boolean' ? 'bool' : typeof x === 'bigint' ? (x >= 1n << 63n ? 'uint64' : 'int64') : 'fxp';

/** Reads nested arrays depth first. Throws SHAPE for ragged ones and DTYPE for what is no number, with the path. */
const readNested = (value: unknown): Leaves => {
  const out: Leaves = { shape: [], values: [], dtype: undefined };
  const note = (d: UserDType): void => {
    out.dtype = out.dtype === undefined ? d : promote(out.dtype, d);
  };
  const ragged = (path: string, got: string, depth: number): never =>
    fail(
      'SHAPE',
      `ragged array: ${path === '' ? 'the value' : path} is ${got}, but its neighbours are ` +
        `${out.shape.length === depth ? 'numbers' : `arrays of shape ${shapeText(out.shape.slice(depth))}`}`,
      { path },
    );
  let depthKnown = false;
  /** Of BigInts: those of 2^63 and more are uint64, and so are others that are not below 0 beside them. */
  let least: bigint | undefined;
  let most = 0n;
  const walk = (x: unknown, path: string, depth: number): void => {
    const row = x instanceof NDArray ? x : isTensor(x) ? new NDArray(x.shape, x.dtype, x.data) : undefined;
    const dtype = row ? (row.dtype as UserDType) : typedDType(x);
    if (Array.isArray(x) || dtype !== undefined) {
      const shape = row ? row.shape : [(x as readonly unknown[]).length];
      if (!depthKnown) out.shape.push(...shape);
      else if (
        !sameShape(out.shape.slice(depth, depth + shape.length), shape) ||
        out.shape.length < depth + shape.length
      )
        ragged(path, `an array of shape ${shapeText(shape)}`, depth);
      if (dtype === undefined) {
        for (const [i, item] of (x as readonly unknown[]).entries()) walk(item, `${path}[${i}]`, depth + 1);
        if ((x as readonly unknown[]).length === 0) depthKnown = true;
        return;
      }
      depthKnown = true;
      if (out.shape.length !== depth + shape.length)
        ragged(path, `an array of shape ${shapeText(shape)}`, depth);
      note(dtype);
      const data = elements(row ? row.data : (x as TensorData));
      for (let i = 0; i < data.length; i++) out.values.push(data[i]!);
      return;
    }
    if (typeof x !== 'number' && typeof x !== 'bigint' && typeof x !== 'boolean')
      throw new TesseraError(
        'DTYPE',
        `${path === '' ? 'the value' : path} is ${describe(x)}, not a number${advice(x)}`,
        { path },
      );
    depthKnown = true;
    if (out.shape.length !== depth) ragged(path, 'a number', depth);
    if (typeof x === 'bigint') [least, most] = [x < (least ?? x) ? x : (least ?? x), x > most ? x : most];
    else note(scalarDType(x));
    out.values.push(x);
  };
  walk(value, '', 0);
  if (least !== undefined) for (const x of least < 0n ? [least, most] : [most]) note(scalarDType(x));
  return out;
};

const pathOf = (shape: Shape, flat: number): string =>
  stridesOf(shape)
    .map((s, i) => `[${Math.floor(flat / s) % shape[i]!}]`)
    .join('');

/**
 * An array with numbers: public, or what was revealed. Elements lie row by row in a typed array. Treat it as
 * immutable.
 * @example
 * np.array([[1, 2], [3, 4]]) instanceof sf.NDArray // true
 */
export class NDArray extends BaseArray implements Tensor {
  /**
   * Lengths of the axes; [] of a scalar.
   * @example
   * np.zeros([2, 3]).shape // [2, 3]
   */
  readonly shape: Shape;
  /**
   * The dtype of its elements; float64 is 'fxp' here, as in a program.
   * @example
   * np.zeros(2, 'int32').dtype // 'int32'
   */
  readonly dtype: DType;
  /**
   * Its elements, row by row: Float64Array, BigInt64Array for int64, Uint8Array for bool, and so on.
   * @example
   * sf.NDArray.from([[1, 2], [3, 4]]).data // [1, 2, 3, 4]
   */
  readonly data: TensorData;

  /** Wraps data (no copy). Throws SHAPE if it does not fill the shape, DTYPE if its kind does not fit. */
  constructor(shape: Shape, dtype: DType, data: TensorData) {
    super();
    checkShape(shape);
    if (data.length !== sizeOf(shape))
      fail('SHAPE', `${data.length} elements do not fill an array of shape ${shapeText(shape)}`);
    if (data.constructor.name !== dataName(dtype) && typedDType(data) !== typedDType(alloc(dtype, 0)))
      fail('DTYPE', `data of an array of ${dtypeName(dtype)} is ${data.constructor.name}`);
    this.shape = shape;
    this.dtype = dtype;
    this.data = data;
  }

  /**
   * An array from nested arrays, a typed array, a number or another array. JavaScript numbers become float64 and
   * booleans bool, unless `dtype` says otherwise. Throws SHAPE (ragged), DTYPE (no number), RANGE (does not fit).
   */
  static from(value: ArrayInput, dtype?: string): NDArray {
    if (typeof value === 'number' && (dtype === undefined || dtype === 'fxp'))
      return new NDArray([], 'fxp', Float64Array.of(value));
    const wanted = dtype === undefined ? undefined : parseDType(dtype);
    const same =
      value instanceof NDArray
        ? value
        : isTensor(value)
          ? new NDArray(value.shape, value.dtype, value.data)
          : undefined;
    if (same !== undefined && (wanted === undefined || wanted === same.dtype)) return same;
    const kind = typedDType(value);
    if (kind !== undefined) {
      const typed = value as TensorData;
      const fits = wanted === undefined || wanted === kind;
      const known = !(value instanceof Float32Array || value instanceof Uint8ClampedArray);
      if (fits && known) return new NDArray([typed.length], kind, typed);
    }
    const { shape, values, dtype: found } = readNested(value);
    const type = wanted ?? found ?? 'fxp';
    const data = alloc(type, values.length);
    const out = elements(data);
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!;
      const path = (): string => (shape.length === 0 ? '' : pathOf(shape, i));
      if (type === 'fxp' && wanted === undefined && typeof x === 'bigint') checkExact(x, path());
      out[i] = type === 'fxp' ? Number(x) : toElement(x, type, path());
    }
    return new NDArray(shape, type, data);
  }

  /** Element `flat` (row-major) as a JavaScript value. Throws RANGE for integers beyond 2^53. */
  #value(flat: number): number | boolean {
    const x = this.data[flat]!;
    if (this.dtype === 'bool') return x !== 0;
    const n = Number(x);
    if (typeof x === 'bigint' && !Number.isSafeInteger(n))
      fail('RANGE', `${x} is beyond the whole numbers of JavaScript (2^53): read .data instead`);
    return n;
  }

  /**
   * Nested JavaScript numbers or booleans. Throws RANGE for integers beyond 2^53.
   * @example
   * sf.NDArray.from([[1, 2], [3, 4]]).toArray() // [[1, 2], [3, 4]]
   */
  toArray(): NestedNumbers {
    const strides = stridesOf(this.shape);
    const build = (axis: number, offset: number): NestedNumbers =>
      axis === this.shape.length
        ? this.#value(offset)
        : Array.from({ length: this.shape[axis]! }, (_, i) => build(axis + 1, offset + i * strides[axis]!));
    return build(0, 0);
  }

  /**
   * The one element as a JavaScript value. Throws SHAPE for another number of elements, RANGE for integers beyond 2^53.
   * @example
   * sf.NDArray.from([[7]]).item() // 7
   * sf.NDArray.from([1, 2]).item() // throws SHAPE
   */
  item(): number | boolean {
    if (this.data.length !== 1)
      fail(
        'SHAPE',
        `can only convert an array of size 1 to a number, not one of shape ${shapeText(this.shape)}`,
      );
    return this.#value(0);
  }

  /**
   * As toArray, for JSON.stringify.
   * @example
   * JSON.stringify(sf.NDArray.from([1, 2])) // '[1,2]'
   */
  toJSON(): NestedNumbers {
    return this.toArray();
  }

  /**
   * Its numbers as text; long arrays are shortened.
   * @example
   * String(sf.NDArray.from([1, 2])).includes('1') // true
   */
  override toString(): string {
    return arrayText(this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `NDArray ${dtypeName(this.dtype)}${shapeText(this.shape)} ${arrayText(this)}`;
  }

  /** A number for an array of one element; text where text is wanted. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'string' ? arrayText(this) : Number(this.item());
  }

  /** The subarrays along the first axis. */
  *[Symbol.iterator](): Generator<NDArray> {
    if (this.shape.length === 0) throw new TesseraError('SHAPE', 'iteration over a 0-d array');
    const rest = this.shape.slice(1);
    const step = sizeOf(rest);
    for (let i = 0; i < this.shape[0]!; i++)
      yield new NDArray(rest, this.dtype, this.data.slice(i * step, (i + 1) * step) as TensorData);
  }
}

/**
 * A JavaScript number takes the dtype of the array beside it where it fits: a whole number beside integers stays
 * integer (RANGE if out of bounds), any other makes float64.
 */
export const weakDType = (x: number | bigint | boolean, beside: DType): UserDType => {
  if (typeof x === 'boolean') return beside as UserDType;
  const whole = typeof x === 'bigint' || Number.isInteger(x);
  if (!whole || beside === 'fxp') return 'fxp';
  if (kindOf(beside) === 'bool') return 'int64';
  return isInt(beside)
    ? (beside as UserDType)
    : fail('DTYPE', `${oneOf(['bool', 'integers', 'float64'])} wanted`);
};
