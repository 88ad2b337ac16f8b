/**
 * @file Attributes and types of VHLO, the portable dialect of StableHLO, by their codes in bytecode (openxla/stablehlo,
 * VhloBytecode.cpp; codes are part of the format's promise of compatibility).
 */
import type { Cursor } from './cursor.ts';
import { denseBits, denseOf } from './dense.ts';
import {
  type Attribute,
  DYNAMIC,
  LIMITS,
  malformed,
  type OtherType,
  type TensorType,
  type Type,
} from './module.ts';

/** What a code needs of the file around it. */
export interface Tables {
  readonly attribute: (index: number, place: string) => Attribute;
  readonly type: (index: number, place: string) => Type;
  readonly string: (index: number, place: string) => string;
}
type Read<T> = (cursor: Cursor, tables: Tables) => T;

const attributeAt: Read<Attribute> = (c, t) => t.attribute(c.varint(), c.place);
const typeAt: Read<Type> = (c, t) => t.type(c.varint(), c.place);

const list = <T>(c: Cursor, entry: () => T): T[] => Array.from({ length: c.count() }, entry);
const other = (name: string): OtherType => ({ kind: 'other', name });

const enumOf =
  (...names: readonly string[]): Read<Attribute> =>
  (c) => {
    const code = c.varint();
    const name = names[code];
    return name === undefined || name === '' ? c.fail(`code ${code}, which has no meaning`) : name;
  };

const WIDTHS: Readonly<Record<string, number>> = {
  f64: 64,
  f32: 32,
  tf32: 19,
  f16: 16,
  bf16: 16,
  index: 64,
  i1: 1,
};
const bitsOf = (element: string): number => WIDTHS[element] ?? Number(/^u?i(\d+)$/.exec(element)?.[1] ?? 8);

/** Integers of bytecode: one byte up to 8 bits, else zigzag. */
const bits = (c: Cursor, width: number): bigint => (width <= 8 ? BigInt(c.byte()) : c.signed());

const view = new DataView(new ArrayBuffer(8));
const FLOATS: Readonly<Record<string, (raw: bigint) => number>> = {
  f64: (raw) => {
    view.setBigUint64(0, BigInt.asUintN(64, raw));
    return view.getFloat64(0);
  },
  f32: (raw) => {
    view.setUint32(0, Number(BigInt.asUintN(32, raw)));
    return view.getFloat32(0);
  },
};

const scalarOf = (type: Type): string => (type.kind === 'other' ? type.name : type.element);

const unknown = { kind: 'unknown' } as const;

/** Attributes by code. What no program of ours looks at is read no further: each is a stretch of its own. */
const ATTRIBUTES: Readonly<Record<number, Read<Attribute>>> = {
  1: (c, t) => list(c, () => attributeAt(c, t)),
  2: (c) => c.varint() === 1,
  3: enumOf('EQ', 'NE', 'GE', 'GT', 'LE', 'LT'),
  4: enumOf('NOTYPE', 'FLOAT', 'TOTALORDER', 'SIGNED', 'UNSIGNED'),
  5: (c) => c.varint(),
  6: (c, t) => {
    const entries = list(c, () => [attributeAt(c, t), attributeAt(c, t)] as const);
    const named = new Map<string, Attribute>();
    for (const [name, value] of entries)
      named.set(typeof name === 'string' ? name : c.fail('a name that is no text'), value);
    return { kind: 'dictionary', entries: named };
  },
  7: enumOf('FFT', 'IFFT', 'RFFT', 'IRFFT'),
  8: (c, t) => {
    const element = scalarOf(typeAt(c, t));
    const raw = bits(c, bitsOf(element));
    return Object.hasOwn(FLOATS, element) ? (FLOATS[element] as (raw: bigint) => number)(raw) : unknown;
  },
  9: (c, t) => {
    const element = scalarOf(typeAt(c, t));
    const width = bitsOf(element);
    const raw = bits(c, width);
    if (element === 'i1') return raw === 1n;
    const value = element.startsWith('ui') ? BigInt.asUintN(width, raw) : BigInt.asIntN(width, raw);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  },
  11: enumOf('DEFAULT', 'HIGH', 'HIGHEST'),
  12: enumOf('DEFAULT', 'THREE_FRY', 'PHILOX'),
  13: enumOf('', 'UNIFORM', 'NORMAL'),
  14: (c, t) => t.string(c.varint(), c.place),
  15: (c, t) => {
    const place = c.place;
    const type = typeAt(c, t);
    if (type.kind !== 'tensor') return malformed('a constant that is no array', place);
    const bytes = c.take(c.varint());
    return type.element === 'i1' ? denseBits(type, bytes, place) : denseOf(type, bytes, place);
  },
  16: enumOf('TRANSPOSE_INVALID', 'NO_TRANSPOSE', 'TRANSPOSE', 'ADJOINT'),
  17: typeAt,
};

/** Types that are one code, with the names that text has for them. */
const PLAIN: Readonly<Record<number, string>> = {
  0: 'i1',
  2: 'bf16',
  3: 'f16',
  4: 'f32',
  5: 'f64',
  6: 'f8E4M3FN',
  7: 'f8E5M2',
  9: 'index',
  10: 'i4',
  11: 'i8',
  12: 'i16',
  13: 'i32',
  14: 'i64',
  15: 'ui4',
  16: 'ui8',
  17: 'ui16',
  18: 'ui32',
  19: 'ui64',
  22: 'token',
  26: 'witness',
  27: 'f8E4M3FNUZ',
  28: 'f8E5M2FNUZ',
  29: 'f8E4M3B11FNUZ',
  31: 'i2',
  32: 'ui2',
  33: 'none',
  34: 'tf32',
  35: 'f8E4M3',
  36: 'f8E3M4',
  37: 'f4E2M1FN',
  38: 'f6E2M3FN',
  39: 'f6E3M2FN',
  40: 'f8E8M0FNU',
};

const sizeOf = (size: bigint, c: Cursor): number => {
  if (size < 0n) return DYNAMIC;
  return size <= LIMITS.elements ? Number(size) : c.fail(`an axis of ${size}`);
};

const ranked: Read<TensorType> = (c, t) => {
  const shape = list(c, () => c.signed()).map((size) => sizeOf(size, c));
  return { kind: 'tensor', shape, element: scalarOf(typeAt(c, t)) };
};

const TYPES: Readonly<Record<number, Read<Type>>> = {
  1: (c, t) => other(`complex<${scalarOf(typeAt(c, t))}>`),
  8: () => other('function'),
  20: ranked,
  21: (c, t) => {
    attributeAt(c, t);
    return ranked(c, t);
  },
  23: () => other('tuple'),
  24: () => other('quantized'),
  25: () => other('unranked'),
  30: () => other('quantized'),
  41: () => other('buffer'),
  42: () => other('future'),
};

export const readAttribute: Read<Attribute> = (c, t) => {
  const read = ATTRIBUTES[c.varint()];
  return read ? read(c, t) : unknown;
};

/** Attributes of MLIR's own dialect that hold others (llvm-project, BuiltinDialectBytecode.td): what an operation has beside its properties. */
const BUILTIN: Readonly<Record<number, Read<Attribute>>> = {
  0: (c, t) => list(c, () => attributeAt(c, t)),
  1: ATTRIBUTES[6] as Read<Attribute>,
  2: (c, t) => t.string(c.varint(), c.place),
  4: attributeAt,
  7: () => true,
};
export const readBuiltin: Read<Attribute> = (c, t) => {
  const read = BUILTIN[c.varint()];
  return read ? read(c, t) : unknown;
};

export const readType: Read<Type> = (c, t) => {
  const code = c.varint();
  const plain = PLAIN[code];
  if (plain !== undefined) return other(plain);
  return TYPES[code]?.(c, t) ?? c.fail(`type ${code}, which VHLO does not have`);
};
