/** @file NDArray between parties: shape, dtype and the typed array behind it. */
import { TesseraError } from '../../errors.ts';
import { type DType, sizeOf, type TensorData } from '../../ir/ops/graph.ts';
import { isTensor, NDArray } from '../../ir/trace/ndarray.ts';
import { ARRAY_ALIASES, registerType } from '../../link/types.ts';

registerType<NDArray>({
  module: 'tessera',
  name: 'NDArray',
  aliases: ARRAY_ALIASES,
  test: (value) => value instanceof NDArray,
  encode: ({ shape, dtype, data }) => ({ shape: [...shape], dtype, data }),
  decode: (value) => {
    const { shape, dtype, data } = (value ?? {}) as { shape?: unknown; dtype?: unknown; data?: unknown };
    const fits =
      Array.isArray(shape) &&
      shape.every((n) => Number.isInteger(n) && n >= 0) &&
      isTensor({ shape, dtype, data }) &&
      ArrayBuffer.isView(data) &&
      (data as Float64Array).length === sizeOf(shape as number[]);
    if (!fits)
      throw new TesseraError(
        'SERIALIZATION',
        'an array from another party has no shape, dtype and data that fit',
      );
    return new NDArray(shape as number[], dtype as DType, data as unknown as TensorData);
  },
});
