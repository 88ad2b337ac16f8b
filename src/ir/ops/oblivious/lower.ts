/** @file Lowering of sorting, randomness and access at secret indexes. */

import * as basic from '../../../fixed/basic.ts';
import { placeBits, type Wire } from '../../../fixed/circuit.ts';
import { clamp, type IntType } from '../../../fixed/integers.ts';
import { radixSorted } from '../../../fixed/radix-sort.ts';
import * as places from '../../../fixed/secret-index.ts';
import type { SortOptions } from '../../../fixed/sort-shuffle.ts';
import * as order from '../../../fixed/sort-shuffle.ts';
import { networkSorted } from '../../../fixed/sorting-network.ts';
import * as math from '../../../ring/math/index.ts';
import type { Lowering, LowerTable } from '../../compile/lowering-state.ts';
import { isInt } from '../dtypes.ts';
import type { ValueId } from '../graph.ts';
import type { NodeOf } from '../program.ts';
import type { ObliviousOp } from './catalogue.ts';

interface Keys {
  readonly wire: Wire;
  readonly bits: number;
  readonly type: IntType;
}

/** Keys as wires, and their bits. */
const keysOf = (l: Lowering, id: ValueId): Keys => {
  if (!isInt(l.type(id).dtype)) {
    const { bits: all } = l.circuit.field;
    const most = Math.max(...l.interval(id).map(Math.abs)) * math.pow2(l.circuit.fraction);
    const known = Math.min(all, Math.ceil(math.log2(Math.max(most, 1))) + 2);
    return { wire: l.wire(id), bits: known, type: { bits: all, signed: true } };
  }
  const t = l.intType(id);
  const wire = l.canonical(id);
  // What is known of them may need fewer bits than their dtype; one for the sign.
  const [lo, hi] = l.wrappedInterval(id);
  const known = Math.ceil(math.log2(Math.max(-lo, hi + 1, 1))) + 1;
  return { wire, bits: Math.min(known, t.bits + (t.signed ? 0 : 1)), type: t };
};

/** Elements that a network sorts in fewer rounds than two sorts of parts. */
const NETWORK = 16;

/**
 * A sort in the ring where keys leave room for places. Else real numbers give up low bits where they are large (FM32 has too few), and
 * others are sorted by a network or by parts of them.
 */
const sortWires = (
  l: Lowering,
  node: NodeOf<'sort' | 'argsort' | 'sortBy'>,
  want: SortOptions['want'],
  along: readonly Wire[] = [],
): Wire[] => {
  const { circuit: c } = l;
  const { axis, descending } = node.attrs;
  const id = node.ins[0];
  const { wire, bits, type } = keysOf(l, id);
  const options = { axis, descending, want, bits, along };
  const places = placeBits(l.type(id).shape[axis]!);
  if (bits + places < c.field.bits) return order.sorted(c, wire, options);
  if (!isInt(l.type(id).dtype) && c.field.bits > 32) return order.sortedWide(c, wire, places, options);
  return l.type(id).shape[axis]! > NETWORK
    ? radixSorted(c, wire, type, options)
    : networkSorted(c, wire, type, options);
};

/** Values and places of one array in one sort, where a program asks for both. */
const sorted = (l: Lowering, node: NodeOf<'sort'> | NodeOf<'argsort'>): Wire => {
  const x = node.ins[0];
  const { axis, descending } = node.attrs;
  const own = node.op === 'sort' ? 'value' : 'index';
  const both = l.graph.nodes.some(
    (n) =>
      (n.op === 'sort' || n.op === 'argsort') &&
      n.op !== node.op &&
      n.ins[0] === x &&
      n.attrs.axis === axis &&
      n.attrs.descending === descending,
  );
  const outs = l.once(`sort ${x} ${axis} ${descending}`, () => sortWires(l, node, both ? 'both' : own));
  return outs[both && own === 'index' ? 1 : 0]!;
};

/**
 * The values that one sort of their keys brings into order: those of the first that asks for it which are made before it, and so on
 * with the rest.
 */
const inOneSort = (l: Lowering, node: NodeOf<'sortBy'>): readonly NodeOf<'sortBy'>[] => {
  const { nodes } = l.graph;
  const alike = (n: (typeof nodes)[number]): n is NodeOf<'sortBy'> =>
    n.op === 'sortBy' &&
    n.ins[0] === node.ins[0] &&
    n.attrs.axis === node.attrs.axis &&
    n.attrs.descending === node.attrs.descending;
  let rest = nodes.filter(alike);
  for (;;) {
    const first = nodes.indexOf(rest[0]!);
    const there = (n: NodeOf<'sortBy'>): boolean => {
      const maker = l.maker(n.ins[1]);
      return n === rest[0] || maker === undefined || nodes.indexOf(maker) < first;
    };
    const together = rest.filter(there);
    if (together.includes(node)) return together;
    rest = rest.filter((n) => !together.includes(n));
  }
};

/** Values that go along with the same keys, in one sort. */
const sortedBy = (l: Lowering, node: NodeOf<'sortBy'>): Wire => {
  const together = inOneSort(l, node);
  const outs = l.once(`sortBy ${together[0]!.outs[0]}`, () =>
    sortWires(
      l,
      node,
      'none',
      together.map((n) => l.wire(n.ins[1])),
    ),
  );
  return outs[together.indexOf(node)]!;
};

/** Bools as the numbers 0 and 1. */
const numbers = (l: Lowering, x: Wire): Wire => {
  const { circuit: c } = l;
  if (x.kind !== 'bit') return x;
  return basic.bitToNumber(c, x.secret ? x : c.emit('hide', [x], {}, [{ ...x, secret: true }])[0]!);
};

/** The result of a rule on numbers, as the kind that its first operand had. */
const likeFirst = (l: Lowering, first: Wire, result: Wire): Wire => {
  if (first.kind !== 'bit') return result;
  const { shape } = result;
  return basic.not(
    l.circuit,
    l.circuit.emit('isZero', [result], {}, [{ shape, kind: 'bit', secret: true }])[0]!,
  );
};

const onNumbers = (l: Lowering, id: ValueId, f: (x: Wire) => Wire): Wire => {
  const x = l.wire(id);
  return likeFirst(l, x, f(numbers(l, x)));
};

/** Places in an axis of n. Gates read them mod a power of two, of which a residue mod 2^b says enough up to 2^b. */
const placesIn = (l: Lowering, id: ValueId, n: number): Wire =>
  n > math.pow2(l.intType(id).bits) ? l.canonical(id) : l.wire(id);

const corner = (l: Lowering, ids: readonly ValueId[], room: readonly number[]): Wire[] =>
  ids.map((id, axis) => {
    const x = l.type(id).secret ? l.canonical(id) : basic.hidden(l.circuit, l.wire(id));
    return clamp(l.circuit, x, 0, room[axis]!, l.intType(id));
  });

export const LOWER_OBLIVIOUS: LowerTable<ObliviousOp> = {
  sort: sorted,
  argsort: sorted,
  sortBy: sortedBy,
  shuffle: (l, node) =>
    onNumbers(l, node.ins[0], (x) => order.shuffled(l.circuit, basic.hidden(l.circuit, x), node.attrs.axis)),
  randomBits: (l, node) => {
    const { shape } = l.type(node.outs[0]);
    const length = shape.reduce((a, b) => a * b, 1);
    return l.circuit.emit('randomBits', [], { length }, [{ shape, kind: 'bit', secret: true }])[0]!;
  },
  lookup: (l, node) =>
    onNumbers(l, node.ins[0], (x) => {
      const { axis } = node.attrs;
      const n = x.shape[axis]!;
      // Modulo a power of two what is below 0 counts from the end by itself.
      const ends = l.wrappedInterval(node.ins[1])[0] < 0 && !Number.isInteger(math.log2(n));
      return places.lookup(l.circuit, x, placesIn(l, node.ins[1], ends ? 2 * n : n), axis, ends);
    }),
  scatterAdd: (l, { ins: [x, at, parts], attrs }) => {
    const n = l.type(x).shape[0]!;
    // A place more, of which nobody reads what comes there, unless no place lies so far.
    const width = attrs.drops === true && l.integerInterval(at)[1] >= n ? n + 1 : n;
    return places.scatterAdd(l.circuit, l.wire(x), placesIn(l, at, width), l.wire(parts), width);
  },
  sliceAt: (l, { ins: [x, ...at], attrs }) => {
    const { size } = attrs;
    const room = l.type(x).shape.map((n, i) => n - size[i]!);
    return onNumbers(l, x, (w) => places.sliceAt(l.circuit, w, size, corner(l, at, room)));
  },
  updateAt: (l, { ins: [x, u, ...at] }) => {
    const room = l.type(x).shape.map((n, i) => n - l.type(u).shape[i]!);
    return onNumbers(l, x, (w) => places.updateAt(l.circuit, w, numbers(l, l.wire(u)), corner(l, at, room)));
  },
};
