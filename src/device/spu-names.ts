/**
 * @file SPU's enumerations, for `import { spu } from 'tessera-mpc'`: the names of its protobuf files (`spu.spu_pb2.FM128`)
 * and of its newer Python package (`spu.FieldType.FM128`). A constant is its own name; configurations also take the
 * protobuf numbers.
 */

const names = <T extends string>(numbers: Readonly<Record<T, number>>): { readonly [K in T]: K } =>
  Object.fromEntries(Object.keys(numbers).map((k) => [k, k])) as { readonly [K in T]: K };

/**
 * Numbers of the protocols in SPU's protobuf files. Supported: SEMI2K.
 * @example
 * sf.spu.PROTOCOLS.SEMI2K // 2
 */
export const PROTOCOLS = { REF2K: 1, SEMI2K: 2, ABY3: 3, CHEETAH: 4, SECURENN: 5, SWIFT: 6 } as const;
/**
 * Numbers of the rings in SPU's protobuf files: 32, 64 and 128 bits.
 * @example
 * sf.spu.FIELD_TYPES.FM128 // 3
 */
export const FIELD_TYPES = { FM32: 1, FM64: 2, FM128: 3 } as const;
/**
 * Numbers of SPU's approximations of sigmoid. All are taken, and mean the accurate one.
 * @example
 * sf.spu.SIGMOID_MODES.SIGMOID_REAL // 3
 */
export const SIGMOID_MODES = {
  SIGMOID_DEFAULT: 0,
  SIGMOID_MM1: 1,
  SIGMOID_SEG3: 2,
  SIGMOID_REAL: 3,
} as const;
/**
 * Numbers of SPU's approximations of exp. All are taken, and mean the accurate one.
 * @example
 * sf.spu.EXP_MODES.EXP_TAYLOR // 2
 */
export const EXP_MODES = { EXP_DEFAULT: 0, EXP_PADE: 1, EXP_TAYLOR: 2, EXP_PRIME: 3 } as const;
/**
 * Numbers of SPU's approximations of log. All are taken, and mean the accurate one.
 * @example
 * sf.spu.LOG_MODES.LOG_NEWTON // 2
 */
export const LOG_MODES = { LOG_DEFAULT: 0, LOG_PADE: 1, LOG_NEWTON: 2, LOG_MINMAX: 3 } as const;
/**
 * Numbers of SPU's ways of sorting.
 * @example
 * sf.spu.SORT_METHODS.SORT_RADIX // 1
 */
export const SORT_METHODS = { SORT_DEFAULT: 0, SORT_RADIX: 1, SORT_QUICK: 2, SORT_NETWORK: 3 } as const;
/**
 * Numbers of the sources of correlated randomness: rank 0, a dealer, or (not supported) all parties.
 * @example
 * sf.spu.BEAVER_TYPES.TrustedThirdParty // 1
 */
export const BEAVER_TYPES = { TrustedFirstParty: 0, TrustedThirdParty: 1, MultiParty: 2 } as const;

/**
 * Numbers of visibilities in SPU's protobuf files.
 * @example
 * sf.spu.VISIBILITIES.VIS_SECRET // 1
 */
export const VISIBILITIES = { VIS_INVALID: 0, VIS_SECRET: 1, VIS_PUBLIC: 2, VIS_PRIVATE: 3 } as const;
/**
 * Numbers of the types of plain numbers in SPU's protobuf files. An SPU here takes those without 128 bits and complex parts; PT_BOOL
 * is PT_I1.
 * @example
 * sf.spu.PT_TYPES.PT_I32 // 5
 */
export const PT_TYPES = {
  PT_INVALID: 0,
  PT_I8: 1,
  PT_U8: 2,
  PT_I16: 3,
  PT_U16: 4,
  PT_I32: 5,
  PT_U32: 6,
  PT_I64: 7,
  PT_U64: 8,
  PT_I128: 9,
  PT_U128: 10,
  PT_I1: 11,
  PT_F16: 30,
  PT_F32: 31,
  PT_F64: 32,
  PT_CF32: 50,
  PT_CF64: 51,
} as const;

/**
 * Names of the protocols, for `protocol` of a runtime_config.
 * @example
 * sf.spu.ProtocolKind.SEMI2K // 'SEMI2K'
 */
export const ProtocolKind = names(PROTOCOLS);
/**
 * Names of the rings, for `field` of a runtime_config.
 * @example
 * sf.spu.FieldType.FM64 // 'FM64'
 */
export const FieldType = names(FIELD_TYPES);

/**
 * Names of visibilities: who knows a value.
 * @example
 * sf.spu.Visibility.VIS_SECRET // 'VIS_SECRET'
 */
export const Visibility = names(VISIBILITIES);
/**
 * Names of the types of plain numbers.
 * @example
 * sf.spu.PtType.PT_F64 // 'PT_F64'
 */
export const PtType = { ...names(PT_TYPES), PT_BOOL: 'PT_I1' } as const;

/**
 * Names of the other enumerations of a runtime_config, together and by enumeration.
 * @example
 * sf.spu.RuntimeConfig.BeaverType.TrustedFirstParty // 'TrustedFirstParty'
 */
export const RuntimeConfig = {
  SigmoidMode: names(SIGMOID_MODES),
  ExpMode: names(EXP_MODES),
  LogMode: names(LOG_MODES),
  SortMethod: names(SORT_METHODS),
  BeaverType: names(BEAVER_TYPES),
  ...names(SIGMOID_MODES),
  ...names(EXP_MODES),
  ...names(LOG_MODES),
  ...names(SORT_METHODS),
  ...names(BEAVER_TYPES),
};

/**
 * The names as SPU's protobuf module has them.
 * @example
 * sf.spu.spu_pb2.FM128 // 'FM128'
 */
export const spu_pb2 = { ...ProtocolKind, ...FieldType, ...Visibility, ...PtType, RuntimeConfig };
