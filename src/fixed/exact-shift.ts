/** @file Division by public powers of two that is correct for numbers of any size, unlike probabilistic truncation. */
import * as math from '../ring/math/index.ts';
import { add, addNumber, sub, timesInteger, truncate } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';

/**
 * x / 2^bits, off by one unit at most; |x| < 2^(k-2), or 0 <= x < 2^(k-1) if `positive`. Rounds 1, bytes k/8. `whole`: as in
 * truncate.
 */
export const shiftExactly = (c: Circuit, x: Wire, bits: number, positive = false, whole = false): Wire => {
  if (bits === 0) return x;
  const middle = c.field.bits - 2;
  const from = positive ? addNumber(c, x, -math.pow2(middle), 0) : x;
  const out = c.emit('truncateExact', [from], { trunc: bits, ...(whole && { whole }) }, [
    { shape: x.shape, kind: 'ring', secret: true },
  ]);
  return positive ? addNumber(c, out[0]!, math.pow2(middle - bits), 0) : out[0]!;
};

/** x as high 2^bits + low, 0 <= low <= 2^bits, in the range of shiftExactly. Rounds 1, bytes k/8. */
export const split = (
  c: Circuit,
  x: Wire,
  bits: number,
  positive = false,
): { readonly high: Wire; readonly low: Wire } => {
  const high = shiftExactly(c, x, bits, positive);
  return { high, low: sub(c, x, timesInteger(c, high, math.pow2(bits))) };
};

/** The number times 2^exponent; undefined where nothing is left of it in the ring. */
export type Shift = (exponent: number) => Wire | undefined;

/**
 * x 2^exponent for any number of exponents, off by two units. Rounds 1 in all, bytes k/8 (FM64, FM32:
 * for each exponent below 0).
 */
export const shifts = (c: Circuit, x: Wire, positive = false): Shift => {
  const { bits } = c.field;
  const half = bits / 2;
  // Halves are small, so that the free form does for them.
  let parts: ReturnType<typeof split> | undefined;
  return (exponent) => {
    if (exponent >= bits - 1) return undefined;
    if (exponent >= 0) return timesInteger(c, x, math.pow2(exponent));
    const by = -exponent;
    if (by >= bits) return undefined;
    if (bits !== 128) return by < bits - 2 ? shiftExactly(c, x, by, positive) : undefined;
    parts ??= split(c, x, half, positive);
    const { high, low } = parts;
    if (by > half) return truncate(c, high, by - half);
    return add(c, timesInteger(c, high, math.pow2(half - by)), truncate(c, low, by));
  };
};
