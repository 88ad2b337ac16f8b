/** @file Numbers of constants, from the text form. */
import { pow2 } from '../../ring/math/index.ts';
import { denseOf } from './dense.ts';
import { type Dense, elementsOf, LIMITS, malformed, type TensorType } from './module.ts';

/** Bytes that are written as hexadecimal digits. */
export const bytesOfHex = (text: string, place: string): Uint8Array => {
  const digits = text.replace(/^0x/i, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits))
    return malformed('bytes that are not hexadecimal', place);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
};

/** Elements that are written as numbers; floats that have no decimal form are written as their bits. */
export const numbersOf = (type: TensorType, raw: readonly string[], place: string): Dense => {
  const parts = type.element.startsWith('complex') ? 2 : 1;
  const n = elementsOf(type.shape);
  const splat = n > 1 && raw.length === parts;
  // One number for all places of an array without any.
  if (n === 0 && raw.length === parts) return numbersOf(type, [], place);
  if (!splat && raw.length !== n * parts)
    return malformed(`a constant of ${n} elements has ${raw.length}`, place);
  if (!(n <= LIMITS.elements)) return malformed(`a constant of ${n} elements`, place);
  const isFloat = /^(?:complex<)?b?f\d+/.test(type.element);
  const like = denseOf(
    { ...type, shape: [] },
    new Uint8Array(parts * sizeOfElement(type.element)),
    place,
  ).data;
  const data = new (like.constructor as new (n: number) => typeof like)(raw.length);
  for (const [i, text] of raw.entries()) {
    if (text === 'true' || text === 'false') data[i] = text === 'true' ? 1 : 0;
    else if (isFloat)
      (data as Float64Array)[i] = text.includes('0x')
        ? bitsOf(type.element, text, place)
        : rounded(Number(text), type.element);
    else if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = bigOf(text);
    else data[i] = Number(text);
  }
  return { kind: 'dense', type, data, splat };
};

/** Bits of a float's fraction. */
const FRACTIONS: Readonly<Record<string, number>> = { f16: 10, bf16: 7 };

/** The nearest number of a float type to what is written, as bytecode has it. */
const rounded = (value: number, element: string): number => {
  if (/f32/.test(element)) return Math.fround(value);
  const bits = FRACTIONS[element];
  if (bits === undefined || value === 0 || !Number.isFinite(value)) return value;
  // Veltkamp's splitting: the sum's low bits fall away.
  const factor = pow2(52 - bits) + 1;
  const product = value * factor;
  return product - (product - value);
};

const bigOf = (text: string): bigint =>
  text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));

const SIZES: Readonly<Record<string, number>> = { i1: 1, index: 8, bf16: 2 };
const sizeOfElement = (element: string): number => {
  const inner = /^complex<(.*)>$/.exec(element)?.[1] ?? element;
  return SIZES[inner] ?? Number(/\d+$/.exec(inner)?.[0] ?? 8) / 8;
};

const bitsOf = (element: string, text: string, place: string): number => {
  const inner = /^complex<(.*)>$/.exec(element)?.[1] ?? element;
  const size = sizeOfElement(inner);
  const negative = text.startsWith('-');
  const raw = BigInt(text.replace(/^[+-]/, ''));
  const bytes = Uint8Array.from({ length: size }, (_, i) => Number((raw >> BigInt(8 * i)) & 255n));
  const value = Number(denseOf({ kind: 'tensor', shape: [], element: inner }, bytes, place).data[0]);
  return negative ? -value : value;
};
