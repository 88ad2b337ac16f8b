/** @file Numbers and names that NumPy users expect beside the functions. */

export const pi = Math.PI;
export const e = Math.E;
export const inf = Number.POSITIVE_INFINITY;
export const nan = Number.NaN;
/** In a slice: a new axis of size 1. */
export const newaxis = null;

/** Dtypes, for `np.zeros([3], np.int32)`; their names do as well. */
export const bool = 'bool';
export const int8 = 'int8';
export const int16 = 'int16';
export const int32 = 'int32';
export const int64 = 'int64';
export const uint8 = 'uint8';
export const uint16 = 'uint16';
export const uint32 = 'uint32';
export const uint64 = 'uint64';
export const float64 = 'float64';
/** Computed as float64: there is one kind of real number here. */
export const float32 = 'float32';
