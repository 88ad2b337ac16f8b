/**
 * @file SPU's enumerations, for `import { spu } from 'tessera-mpc'`: the names of its protobuf files (`spu.spu_pb2.FM128`)
 * and of its newer Python package (`spu.FieldType.FM128`). A constant is its own name; configurations also take the
 * protobuf numbers.
 */

const names = <T extends string>(numbers: Readonly<Record<T, number>>): { readonly [K in T]: K } =>
  Object.fromEntries(Object.keys(numbers).map((k) => [k, k])) as { readonly [K in T]: K };

export const PROTOCOLS = { REF2K: 1, SEMI2K: 2, ABY3: 3, CHEETAH: 4, SECURENN: 5, SWIFT: 6 } as const;
export const FIELD_TYPES = { FM32: 1, FM64: 2, FM128: 3 } as const;
export const SIGMOID_MODES = {
  SIGMOID_DEFAULT: 0,
  SIGMOID_MM1: 1,
  SIGMOID_SEG3: 2,
  SIGMOID_REAL: 3,
} as const;
export const EXP_MODES = { EXP_DEFAULT: 0, EXP_PADE: 1, EXP_TAYLOR: 2, EXP_PRIME: 3 } as const;
export const LOG_MODES = { LOG_DEFAULT: 0, LOG_PADE: 1, LOG_NEWTON: 2, LOG_MINMAX: 3 } as const;
export const SORT_METHODS = { SORT_DEFAULT: 0, SORT_RADIX: 1, SORT_QUICK: 2, SORT_NETWORK: 3 } as const;
export const BEAVER_TYPES = { TrustedFirstParty: 0, TrustedThirdParty: 1, MultiParty: 2 } as const;

export const ProtocolKind = names(PROTOCOLS);
export const FieldType = names(FIELD_TYPES);

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

export const spu_pb2 = { ...ProtocolKind, ...FieldType, RuntimeConfig };
