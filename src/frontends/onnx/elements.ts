/** @file Element types of ONNX, their codes in files, and numbers from bytes. Floats of any width are fixed-point numbers here. */
import { fail } from '../../errors.ts';
import type { NDArray } from '../../numpy/index.ts';
import { bfloats, halves } from '../halves.ts';

type Data = NDArray['data'];
interface Element {
  readonly name: string;
  /** As `np` calls it. */
  readonly dtype: string;
  readonly bytes: number;
  readonly of: (bytes: ArrayBuffer) => Data;
}

/** By the numbers that TensorProto.DataType gives them. */
const ELEMENTS: Readonly<Record<number, Element>> = {
  1: { name: 'float32', dtype: 'float64', bytes: 4, of: (b) => Float64Array.from(new Float32Array(b)) },
  2: { name: 'uint8', dtype: 'uint8', bytes: 1, of: (b) => new Uint8Array(b) },
  3: { name: 'int8', dtype: 'int8', bytes: 1, of: (b) => new Int8Array(b) },
  4: { name: 'uint16', dtype: 'uint16', bytes: 2, of: (b) => new Uint16Array(b) },
  5: { name: 'int16', dtype: 'int16', bytes: 2, of: (b) => new Int16Array(b) },
  6: { name: 'int32', dtype: 'int32', bytes: 4, of: (b) => new Int32Array(b) },
  7: { name: 'int64', dtype: 'int64', bytes: 8, of: (b) => new BigInt64Array(b) },
  8: { name: 'string', dtype: 'int64', bytes: 8, of: (b) => new BigInt64Array(b) },
  9: { name: 'bool', dtype: 'bool', bytes: 1, of: (b) => new Uint8Array(b).map((v) => (v === 0 ? 0 : 1)) },
  10: {
    name: 'float16',
    dtype: 'float64',
    bytes: 2,
    of: (b) => halves(new Uint16Array(b)),
  },
  11: { name: 'float64', dtype: 'float64', bytes: 8, of: (b) => new Float64Array(b) },
  12: { name: 'uint32', dtype: 'uint32', bytes: 4, of: (b) => new Uint32Array(b) },
  13: { name: 'uint64', dtype: 'uint64', bytes: 8, of: (b) => new BigUint64Array(b) },
  16: { name: 'bfloat16', dtype: 'float64', bytes: 2, of: (b) => bfloats(new Uint16Array(b)) },
};
const NAMES = new Map(Object.values(ELEMENTS).map((e) => [e.name, e]));
const CODES = new Map(Object.entries(ELEMENTS).map(([code, { name }]) => [name, Number(code)]));

/** 'float32' of 1; a type that has no place here keeps its number: 'type 17'. */
export const elementName = (code: number): string => ELEMENTS[code]?.name ?? `type ${code}`;
export const elementCode = (name: string): number => CODES.get(name) ?? 0;

/** Throws UNSUPPORTED for complex numbers and floats of 8 bits and less. */
export const elementOf = (name: string, place: string): Element =>
  NAMES.get(name) ??
  fail('UNSUPPORTED', `${place}: numbers of ${name} have no place in a fixed-point ring`, { place });

export const isFloatElement = (name: string): boolean => /^b?float(16|32|64)$/.test(name);
