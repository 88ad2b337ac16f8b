/** @file What a plain kernel is. */
import type { Attrs, Tensor, Type } from './graph.ts';

/** One op with one result on plain data; `outs` are the types that the op table gave. */
export type Kernel = (ins: readonly Tensor[], attrs: Attrs, outs: readonly Type[]) => Tensor;
