/** @file Where np is not NumPy on purpose, or says so with an error. */

const NO_BOOLS = 'an error that says how to convert: NumPy computes in int8';
const MORE = 'as for integers, where NumPy refuses';

/** Calls of fixtures/edges.json whose result differs, and why. */
export const DIFFERENT: Readonly<Record<string, string>> = {
  'floor_divide(bool[4], bool[4])': NO_BOOLS,
  'remainder(bool[4], bool[4])': NO_BOOLS,
  'fmod(bool[4], bool[4])': NO_BOOLS,
  'gcd(bool[4], bool[4])': MORE,
  'lcm(bool[4], bool[4])': MORE,
  'positive(bool[4])': MORE,
  'ediff1d(uint8[12], [7], [1,2])': MORE,
  'ediff1d(uint64[12], [7], [1,2])': MORE,
};
