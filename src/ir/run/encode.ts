/** @file Plain tensors to ring elements or bits, and back. */

import type { Scratch } from '../../dealer/scratch.ts';
import { TesseraError } from '../../errors.ts';
import type { AnyArray as Arr, Bits, RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import { bitsOf, ringRange } from '../ops/dtypes.ts';
import { type DType, type Node, type Shape, sizeOf, type Tensor, type TensorData } from '../ops/graph.ts';

/** Typed arrays of the integer dtypes. */
const INTEGERS: Partial<Record<DType, new (n: number) => TensorData>> = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
};

/**
 * Encodes a tensor: fxp with `fraction` bits (rounded half to even), integers as they are, bools as bits.
 * @throws RANGE for NaN, infinity, a value beyond the ring's signed range, or an integer that a smaller ring cannot hold: it names
 * index and range, not the value.
 */
export const encodeTensor = (s: Scratch, t: Tensor, fraction: number, at?: Pick<Node, 'site'>): Arr => {
  const n = sizeOf(t.shape);
  if (t.dtype === 'ring' || t.dtype === 'bit') {
    // Elements as they are, in their form on the wire.
    const raw = t.dtype === 'ring' ? s.words(n) : s.bits(n);
    s.ring.readWire(raw, t.data as Uint8Array, 0);
    return raw;
  }
  if (t.dtype === 'bool') {
    const bits = s.bits(n);
    s.ring.zero(bits);
    const view = s.ring.u8(bits);
    for (let i = 0; i < n; i++) view[i >> 3]! |= Number(t.data[i]) << (i & 7);
    return bits;
  }
  const words = s.words(n);
  if (t.dtype !== 'fxp') {
    if (bitsOf(t.dtype) > s.field.bits) needFit(t, s.field, at?.site);
    s.ring.encodeInt(words, t.data as Exclude<TensorData, Float64Array>);
    return words;
  }
  const bad = s.ring.encode(words, t.data as Float64Array, fraction);
  if (bad >= 0) throw outOfRange(t, bad, s.field, fraction, at?.site);
  return words;
};

const outOfRange = (
  t: Tensor,
  index: number,
  field: Field,
  fraction: number,
  site?: string,
): TesseraError => {
  const x = Number(t.data[index]);
  const kind = Number.isNaN(x) ? 'NaN' : Number.isFinite(x) ? 'a value out of range' : 'an infinity';
  const limit = `2^${field.bits - 1 - fraction}`;
  const place = unravel(index, t.shape);
  return new TesseraError(
    'RANGE',
    `cannot encode ${kind} at index [${place.join(', ')}]: ${field.name} with ${fraction} fraction bits holds ` +
      `finite numbers x with |x| < ${limit}; clean or scale the data first${site ? ` (${site})` : ''}`,
    { index: place, field: field.name, fraction },
  );
};

/** FM32 holds integers of 64 bits only as far as they are small. */
const needFit = ({ data, dtype, shape }: Tensor, field: Field, site?: string): void => {
  const [least, most] = ringRange(dtype, field.bits);
  const bad = (data as BigInt64Array).findIndex((v) => v < least || v > most);
  if (bad < 0) return;
  const place = unravel(bad, shape);
  throw new TesseraError(
    'RANGE',
    `cannot encode a value out of range at index [${place.join(', ')}]: ${field.name} holds ${dtype} from ${least} to ${most}; ` +
      `take a larger field${site ? ` (${site})` : ''}`,
    { index: place, field: field.name },
  );
};

const unravel = (index: number, shape: Shape): number[] => {
  const place: number[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    place.unshift(index % shape[i]!);
    index = Math.floor(index / shape[i]!);
  }
  return place;
};

/** Decodes an opened array as `dtype`. */
export const decodeTensor = (ring: Ring, a: Arr, shape: Shape, dtype: DType, fraction: number): Tensor => {
  const n = sizeOf(shape);
  if (a.kind === 'bits') {
    const data = new Uint8Array(n);
    const view = ring.u8(a as Bits);
    for (let i = 0; i < n; i++) data[i] = (view[i >> 3]! >> (i & 7)) & 1;
    return { shape, dtype: 'bool', data };
  }
  if (dtype === 'fxp') {
    const data = new Float64Array(n);
    ring.decode(data, a as RingArray, fraction);
    return { shape, dtype, data };
  }
  const data = new (INTEGERS[dtype] ?? BigInt64Array)(n);
  ring.decodeInt(data as Exclude<TensorData, Float64Array>, a as RingArray);
  return { shape, dtype, data };
};
