/** @file The rings Z_2^32, Z_2^64 and Z_2^128 (SPU calls a ring "field"). */

export type FieldName = 'FM32' | 'FM64' | 'FM128';

export interface Field {
  readonly name: FieldName;
  /** K: a word is an integer mod 2^K. */
  readonly bits: 32 | 64 | 128;
  readonly bytes: 4 | 8 | 16;
  /** Fraction bits of a fixed-point number by default. */
  readonly fraction: 8 | 18 | 26;
}

export const FIELDS: Readonly<Record<FieldName, Field>> = {
  FM32: { name: 'FM32', bits: 32, bytes: 4, fraction: 8 },
  FM64: { name: 'FM64', bits: 64, bytes: 8, fraction: 18 },
  FM128: { name: 'FM128', bits: 128, bytes: 16, fraction: 26 },
};
