/** @file What users may call their dtypes, which of two wins, and the typed array behind each. */
import { fail, oneOf } from '../../errors.ts';
import type { DType, TensorData } from './graph.ts';

export type Kind = 'bool' | 'int' | 'uint' | 'float';
export type UserDType = Exclude<DType, 'ring' | 'bit'>;

interface Info {
  readonly kind: Kind;
  readonly bits: number;
  readonly alloc: (n: number) => TensorData;
}

const INFO: Readonly<Record<UserDType, Info>> = {
  bool: { kind: 'bool', bits: 1, alloc: (n) => new Uint8Array(n) },
  int8: { kind: 'int', bits: 8, alloc: (n) => new Int8Array(n) },
  int16: { kind: 'int', bits: 16, alloc: (n) => new Int16Array(n) },
  int32: { kind: 'int', bits: 32, alloc: (n) => new Int32Array(n) },
  int64: { kind: 'int', bits: 64, alloc: (n) => new BigInt64Array(n) },
  uint8: { kind: 'uint', bits: 8, alloc: (n) => new Uint8Array(n) },
  uint16: { kind: 'uint', bits: 16, alloc: (n) => new Uint16Array(n) },
  uint32: { kind: 'uint', bits: 32, alloc: (n) => new Uint32Array(n) },
  uint64: { kind: 'uint', bits: 64, alloc: (n) => new BigUint64Array(n) },
  fxp: { kind: 'float', bits: 64, alloc: (n) => new Float64Array(n) },
};

/** Other spellings that NumPy users type. */
const ALIASES: Readonly<Record<string, UserDType>> = {
  float64: 'fxp',
  float32: 'fxp',
  float: 'fxp',
  int: 'int64',
  boolean: 'bool',
};

const SHOWN = Object.keys(INFO).map((d) => (d === 'fxp' ? 'float64' : d));

/** A dtype as users spell it ('float64', 'int', ...) -> the graph's. Throws DTYPE. */
export const parseDType = (name: string): UserDType => {
  if (Object.hasOwn(INFO, name)) return name as UserDType;
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name]!;
  return fail('DTYPE', `unknown dtype ${JSON.stringify(name)}: use ${oneOf(SHOWN)}`);
};

/** The graph's dtype -> the name that users know. */
export const dtypeName = (dtype: DType): string => (dtype === 'fxp' ? 'float64' : dtype);

const info = (dtype: DType): Info =>
  Object.hasOwn(INFO, dtype)
    ? INFO[dtype as UserDType]
    : fail('DTYPE', `dtype ${dtype} has no meaning in a user's program`);

export const kindOf = (dtype: DType): Kind => info(dtype).kind;
export const bitsOf = (dtype: DType): number => info(dtype).bits;
export const isInt = (dtype: DType): boolean => kindOf(dtype) === 'int' || kindOf(dtype) === 'uint';
/** 64-bit integers live in BigInt arrays. */
export const isBig = (dtype: DType): boolean => dtype === 'int64' || dtype === 'uint64';
export const alloc = (dtype: DType, n: number): TensorData => info(dtype).alloc(n);

/** Smallest and largest value of an integer dtype. */
export const intRange = (dtype: DType): readonly [bigint, bigint] => ringRange(dtype, info(dtype).bits);

/** Those that a ring of so many bits can hold. */
export const ringRange = (dtype: DType, ring: number): readonly [bigint, bigint] => {
  const { kind, bits } = info(dtype);
  const b = BigInt(Math.min(bits, ring));
  return kind === 'uint' ? [0n, (1n << b) - 1n] : [-(1n << (b - 1n)), (1n << (b - 1n)) - 1n];
};

/**
 * The dtype of `a op b`: bool < integers < float64. Integers of one signedness: the wider. Of both: the signed
 * one that holds both, and float64 where there is none (uint64 with any signed), as in NumPy.
 */
export const promote = (a: DType, b: DType): UserDType => {
  const [x, y] = [info(a), info(b)];
  if (a === b) return a as UserDType;
  if (x.kind === 'float' || y.kind === 'float') return 'fxp';
  if (x.kind === 'bool') return b as UserDType;
  if (y.kind === 'bool') return a as UserDType;
  if (x.kind === y.kind) return (x.bits > y.bits ? a : b) as UserDType;
  const [signed, unsigned] = x.kind === 'int' ? [x, y] : [y, x];
  const bits = Math.max(signed.bits, unsigned.bits * 2);
  return bits > 64 ? 'fxp' : (`int${bits}` as UserDType);
};
