/** @file Numbers of constants, from the bytes of either form. */
import { pow2 } from '../../ring/math/index.ts';
import { type Dense, type DenseData, elementsOf, LIMITS, malformed, type TensorType } from './module.ts';

type Decode = (bytes: Uint8Array) => DenseData;

const copyOf = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
};

/** A float of 16 bits, of which `exponent` are the exponent's. */
const half = (exponent: number): ((bits: number) => number) => {
  const fraction = 15 - exponent;
  const bias = pow2(exponent - 1) - 1;
  const most = pow2(exponent) - 1;
  return (bits) => {
    const sign = bits >>> 15 ? -1 : 1;
    const e = (bits >>> fraction) & most;
    const m = bits & (pow2(fraction) - 1);
    if (e === most) return m === 0 ? sign * Infinity : NaN;
    return sign * (e === 0 ? m * pow2(1 - bias - fraction) : (1 + m / pow2(fraction)) * pow2(e - bias));
  };
};
const halves =
  (exponent: number): Decode =>
  (bytes) => {
    const number = half(exponent);
    return Float64Array.from(new Uint16Array(copyOf(bytes)), number);
  };

interface Element {
  readonly bytes: number;
  readonly decode: Decode;
}

const f32: Element = { bytes: 4, decode: (b) => Float64Array.from(new Float32Array(copyOf(b))) };
const f64: Element = { bytes: 8, decode: (b) => new Float64Array(copyOf(b)) };

/** Element types that an array can have here, and how many bytes an element takes. */
const ELEMENTS: Readonly<Record<string, Element>> = {
  i1: { bytes: 1, decode: (b) => Uint8Array.from(b, (v) => (v === 0 ? 0 : 1)) },
  i8: { bytes: 1, decode: (b) => new Int8Array(copyOf(b)) },
  i16: { bytes: 2, decode: (b) => new Int16Array(copyOf(b)) },
  i32: { bytes: 4, decode: (b) => new Int32Array(copyOf(b)) },
  i64: { bytes: 8, decode: (b) => new BigInt64Array(copyOf(b)) },
  ui8: { bytes: 1, decode: (b) => new Uint8Array(copyOf(b)) },
  ui16: { bytes: 2, decode: (b) => new Uint16Array(copyOf(b)) },
  ui32: { bytes: 4, decode: (b) => new Uint32Array(copyOf(b)) },
  ui64: { bytes: 8, decode: (b) => new BigUint64Array(copyOf(b)) },
  index: { bytes: 8, decode: (b) => new BigInt64Array(copyOf(b)) },
  f16: { bytes: 2, decode: halves(5) },
  bf16: { bytes: 2, decode: halves(8) },
  f32,
  f64,
  'complex<f32>': { bytes: 8, decode: f32.decode },
  'complex<f64>': { bytes: 16, decode: f64.decode },
};

/** A constant of a type and the bytes of its elements (little endian), or of one element for all. */
export const denseOf = (type: TensorType, bytes: Uint8Array, place: string): Dense => {
  const element = Object.hasOwn(ELEMENTS, type.element) ? ELEMENTS[type.element] : undefined;
  if (!element) return malformed(`a constant of ${type.element}, which no array here can hold`, place);
  const n = elementsOf(type.shape);
  if (!(n >= 0 && n <= LIMITS.elements)) return malformed(`a constant of ${n} elements`, place);
  const splat = n > 1 && bytes.length === element.bytes;
  if (n === 0 && bytes.length === element.bytes) return denseOf(type, new Uint8Array(0), place);
  if (!splat && bytes.length !== n * element.bytes)
    return malformed(`a constant of ${n} elements of ${type.element} in ${bytes.length} bytes`, place);
  return { kind: 'dense', type, data: element.decode(bytes), splat };
};

/** Booleans of bytecode: bits, or one byte for all. */
export const denseBits = (type: TensorType, bytes: Uint8Array, place: string): Dense => {
  const n = elementsOf(type.shape);
  if (!(n >= 0 && n <= LIMITS.elements)) return malformed(`a constant of ${n} elements`, place);
  const packed = Math.ceil(n / 8);
  if (bytes.length === 1 && n > 1 && (bytes[0] === 0 || bytes[0] === 0xff))
    return { kind: 'dense', type, data: Uint8Array.of(bytes[0] === 0 ? 0 : 1), splat: true };
  if (bytes.length !== packed || packed === n) return denseOf(type, bytes, place);
  return {
    kind: 'dense',
    type,
    data: Uint8Array.from({ length: n }, (_, i) => ((bytes[i >>> 3] as number) >>> (i & 7)) & 1),
    splat: false,
  };
};
