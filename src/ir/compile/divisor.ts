/** @file One number that divides many: what is made of it is made once, and repeated. */
import * as basic from '../../fixed/basic.ts';
import type { Circuit, Wire } from '../../fixed/circuit.ts';
import { type Shape, sizeOf, type ValueId } from '../ops/graph.ts';
import type { Lowering } from './lowering-state.ts';

/** A wire in a larger shape, as NumPy broadcasts. */
export const repeated = (c: Circuit, x: Wire, shape: Shape): Wire => {
  const lead = shape.length - x.shape.length;
  const strides = shape.map((_, i) =>
    i < lead || x.shape[i - lead] === 1 ? 0 : sizeOf(x.shape.slice(i - lead + 1)),
  );
  return basic.view(c, x, shape, strides);
};

interface Divisor {
  readonly id: ValueId;
  readonly spread: (made: Wire) => Wire;
}

/** What a divisor was broadcast from, and how that is repeated; itself, if it was not. */
export const divisor = (l: Lowering, id: ValueId): Divisor => {
  const node = l.maker(id);
  if (node?.op !== 'broadcast') return { id, spread: (made) => made };
  const { shape } = l.type(id);
  return { id: node.ins[0], spread: (made) => repeated(l.circuit, made, shape) };
};
