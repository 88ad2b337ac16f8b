/** @file What a plain kernel is: one op on data in the clear. */
import type { AttrsOf, Operands, OpName } from './catalogue.ts';
import type { Tensor, Type } from './graph.ts';

/** The result, of the type that the op's type rule gave. */
export type Plain<K extends OpName> = (ins: Operands<K, Tensor>, attrs: AttrsOf<K>, out: Type) => Tensor;
export type PlainTable<N extends OpName> = { readonly [K in N]: Plain<K> };

export type One = readonly [Tensor];
export type Two = readonly [Tensor, Tensor];
