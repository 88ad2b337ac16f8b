/** @file Arrays of numbers of JavaScript, as the codec sends them: by name, little-endian. */

export type NumberArray =
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export const NUMBER_ARRAYS = [
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
] as const;
export const arrayByName = new Map(NUMBER_ARRAYS.map((type) => [type.name, type] as const));

export const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** In place, for the few machines that are not little-endian. */
export const swapBytes = (bytes: Uint8Array, width: number): Uint8Array => {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return bytes;
};
