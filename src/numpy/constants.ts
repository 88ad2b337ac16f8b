/** @file Numbers and names that NumPy users expect beside the functions. */

/**
 * The ratio of a circle's circumference to its diameter.
 * @example
 * np.pi // 3.14159
 */
export const pi = Math.PI;
/**
 * The base of natural logarithms.
 * @example
 * np.e // 2.71828
 */
export const e = Math.E;
/**
 * Infinity, for options and comparisons in the clear: no number in a program is infinite.
 * @example
 * np.inf // Infinity
 */
export const inf = Number.POSITIVE_INFINITY;
/**
 * Not a number, in the clear: a program refuses it (RANGE).
 * @example
 * np.nan // NaN
 */
export const nan = Number.NaN;
/**
 * In a slice: a new axis of size 1.
 * @example
 * np.slice(np.array([1, 2]), np.newaxis) // [[1, 2]]
 */
export const newaxis = null;

/**
 * The dtype of truths: 1 byte in the clear, 1 bit as a secret. For `np.zeros([3], np.bool)`; its name does as well.
 * @example
 * np.bool // 'bool'
 */
export const bool = 'bool';
/**
 * The dtype of integers of 8 bits, -2^7 to 2^7 - 1; they wrap.
 * @example
 * np.add(np.array([127], np.int8), np.array([1], np.int8)) // [-128]
 */
export const int8 = 'int8';
/**
 * The dtype of integers of 16 bits, -2^15 to 2^15 - 1; they wrap.
 * @example
 * np.zeros(2, np.int16).dtype // 'int16'
 */
export const int16 = 'int16';
/**
 * The dtype of integers of 32 bits, -2^31 to 2^31 - 1; they wrap.
 * @example
 * np.zeros(2, np.int32).dtype // 'int32'
 */
export const int32 = 'int32';
/**
 * The dtype of integers of 64 bits, -2^63 to 2^63 - 1; they wrap. Needs FM64 or FM128 as a secret.
 * @example
 * np.zeros(2, np.int64).dtype // 'int64'
 */
export const int64 = 'int64';
/**
 * The dtype of integers of 8 bits, 0 to 2^8 - 1; they wrap.
 * @example
 * np.subtract(np.array([0], np.uint8), np.array([1], np.uint8)) // [255]
 */
export const uint8 = 'uint8';
/**
 * The dtype of integers of 16 bits, 0 to 2^16 - 1; they wrap.
 * @example
 * np.zeros(2, np.uint16).dtype // 'uint16'
 */
export const uint16 = 'uint16';
/**
 * The dtype of integers of 32 bits, 0 to 2^32 - 1; they wrap.
 * @example
 * np.zeros(2, np.uint32).dtype // 'uint32'
 */
export const uint32 = 'uint32';
/**
 * The dtype of integers of 64 bits, 0 to 2^64 - 1; they wrap.
 * @example
 * np.zeros(2, np.uint64).dtype // 'uint64'
 */
export const uint64 = 'uint64';
/**
 * The dtype of real numbers: float64 in the clear, a secret is a multiple of 2^-26 below 2^100 (FM64: 2^-18 below
 * 2^44; FM32: 2^-8 below 2^22).
 * @example
 * np.zeros(2, np.float64) // [0, 0]
 */
export const float64 = 'float64';
/**
 * The dtype of real numbers by another name: computed as float64, there is one kind of real number here.
 * @example
 * np.array([0.5], np.float32) // [0.5]
 */
export const float32 = 'float32';
