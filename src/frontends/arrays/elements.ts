/** @file Elements of arrays in files, little-endian. Floats become float64, of which fixed-point numbers are made. */
import type { NDArray } from '../../numpy/index.ts';
import { bfloats, halves } from '../halves.ts';

type Data = NDArray['data'];

export interface FileElement {
  readonly dtype: NDArray['dtype'];
  readonly bytes: number;
  readonly of: (bytes: ArrayBuffer) => Data;
}

/** By kind and bytes, as NumPy has them; 'bf2' is bfloat16. */
export const ELEMENTS: Readonly<Record<string, FileElement>> = {
  b1: { dtype: 'bool', bytes: 1, of: (b) => new Uint8Array(b).map((v) => (v === 0 ? 0 : 1)) },
  bf2: { dtype: 'fxp', bytes: 2, of: (b) => bfloats(new Uint16Array(b)) },
  f2: { dtype: 'fxp', bytes: 2, of: (b) => halves(new Uint16Array(b)) },
  f4: { dtype: 'fxp', bytes: 4, of: (b) => Float64Array.from(new Float32Array(b)) },
  f8: { dtype: 'fxp', bytes: 8, of: (b) => new Float64Array(b) },
  i1: { dtype: 'int8', bytes: 1, of: (b) => new Int8Array(b) },
  i2: { dtype: 'int16', bytes: 2, of: (b) => new Int16Array(b) },
  i4: { dtype: 'int32', bytes: 4, of: (b) => new Int32Array(b) },
  i8: { dtype: 'int64', bytes: 8, of: (b) => new BigInt64Array(b) },
  u1: { dtype: 'uint8', bytes: 1, of: (b) => new Uint8Array(b) },
  u2: { dtype: 'uint16', bytes: 2, of: (b) => new Uint16Array(b) },
  u4: { dtype: 'uint32', bytes: 4, of: (b) => new Uint32Array(b) },
  u8: { dtype: 'uint64', bytes: 8, of: (b) => new BigUint64Array(b) },
};

/** The element that a dtype is written as. */
const WRITTEN: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ELEMENTS).map(([name, { dtype }]) => [dtype, name]),
);
// Of floats the widest.
export const writtenAs = (dtype: string): string => (dtype === 'fxp' ? 'f8' : (WRITTEN[dtype] as string));

/** Axes and elements that an array of a file may have. */
const MOST_AXES = 64;
const MOST_ELEMENTS = 0x80000000;

/** How many elements a shape has, or undefined where it is none. */
export const sizeOf = (shape: readonly number[]): number | undefined => {
  let size = 1;
  for (const n of shape) {
    if (!Number.isInteger(n) || n < 0) return undefined;
    size *= n;
  }
  return shape.length <= MOST_AXES && size <= MOST_ELEMENTS ? size : undefined;
};

/** The bytes of an array's elements. */
export const bytesOfData = (data: Data): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
