/** @file For each gate: with what the tests of secrecy run it. A gate without an entry fails them. */

import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import { exp } from '../../src/fixed/exp.ts';
import { log } from '../../src/fixed/roots-logarithms.ts';
import { sigmoid, silu, smooth } from '../../src/fixed/smooth.ts';
import { GraphCircuit } from '../../src/ir/compile/graph-circuit.ts';
import { marginOf } from '../../src/ir/compile/guard-range.ts';
import { planner } from '../../src/ir/compile/plan.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import type { Opened } from './view.ts';

/** Elements, as many as make a word or a plane that is not noise stand out. */
export const N = 2048;

export interface Entry {
  /** Kinds of its inputs; `public` are words that all know. Each has as many elements as are asked for, or `lengths`. */
  readonly ins: readonly ('ring' | 'bits' | 'public')[];
  readonly attrs: object | ((field: Field, parties: number) => object);
  /** Openings at 2 parties and at 3, if that is fixed; 0: nothing may travel. */
  readonly openings: number | readonly [number, number] | 'some';
  readonly lengths?: readonly number[];
  /** For two parties alone. */
  readonly keys?: boolean;
  /** Openings whose sum everybody may know: their shares must be fresh all the same. */
  readonly known?: (o: Opened) => boolean;
  /** Who enters data. */
  readonly owner?: number;
}

const kept = { trunc: 0, exact: false };
/** Truncation as the field does it. */
const cut = ({ name, fraction }: Field) => ({ trunc: fraction, exact: name !== 'FM128' });

/** The attributes that a function of fixed/ gives its gate. */
const asIn =
  (op: string, build: (c: Circuit, x: Wire) => unknown, keys = false) =>
  (field: Field): object => {
    const c = new GraphCircuit(
      { field, parties: 2, costMode: keys ? 'latency' : 'bandwidth' },
      undefined,
      planner,
    );
    build(c, c.wire(c.value({ shape: [N], dtype: 'ring', secret: true })));
    const node = c.nodes.find((n) => n.op === op);
    if (!node) throw new Error(`${op} is not in this program`);
    return node.attrs;
  };

/** By gate, with so many elements. */
export const entriesOf = (size: number): Readonly<Record<string, readonly Entry[]>> => {
  const lanes = { lanes: 4, n: size / 4 };
  const [rows, rowsEach] = [Math.min(50, size / 16), Math.min(40, size / 16)];
  return {
    input: [0, 1].flatMap((owner) => [
      { ins: [], owner, openings: 1, attrs: { owner, name: 0, length: size, bits: false } },
      { ins: [], owner, openings: 1, attrs: { owner, name: 0, length: size, bits: true } },
    ]),
    reveal: [
      ...[[0], [1], [0, 1]].map(
        (to): Entry => ({ ins: ['ring'], openings: 1, attrs: { to }, known: () => true }),
      ),
      { ins: ['bits'], openings: 1, attrs: { to: [0] }, known: () => true },
    ],
    hide: [{ ins: ['public'], openings: 0, attrs: {} }],
    guard: [{ ins: ['ring'], openings: 0, attrs: (field) => ({ guard: 0, margin: marginOf(field) }) }],
    mul: [
      { ins: ['ring', 'ring'], openings: 1, attrs: kept },
      { ins: ['ring', 'ring'], openings: 'some', attrs: cut },
    ],
    square: [
      { ins: ['ring'], openings: 1, attrs: kept },
      { ins: ['ring'], openings: 'some', attrs: cut },
    ],
    matmul: [
      {
        ins: ['ring', 'ring'],
        lengths: [rows * 8, 8 * rows],
        openings: 1,
        attrs: { ...kept, batch: 1, m: rows, k: 8, n: rows },
      },
      {
        ins: ['ring', 'ring'],
        lengths: [2 * rowsEach * 8, 2 * 8 * rowsEach],
        openings: 'some',
        attrs: (field) => ({ ...cut(field), batch: 2, m: rowsEach, k: 8, n: rowsEach }),
      },
    ],
    truncate: [{ ins: ['ring'], openings: 0, attrs: { trunc: 8 } }],
    truncateExact: [{ ins: ['ring'], openings: 1, attrs: { trunc: 8 } }],
    scale: [{ ins: ['ring', 'public'], openings: 0, attrs: { trunc: 8 } }],
    scaleExact: [{ ins: ['ring', 'public'], openings: 1, attrs: { trunc: 8 } }],
    leadingDigit: [{ ins: ['ring'], openings: 'some', attrs: asIn('leadingDigit', (c, x) => log(c, x)) }],
    between: [{ ins: ['ring'], openings: 'some', attrs: asIn('between', (c, x) => exp(c, x)) }],
    less: [
      { ins: ['ring'], openings: 'some', attrs: { thresholds: [0] } },
      { ins: ['ring'], openings: 'some', attrs: { thresholds: [0, 3], bits: 20 } },
    ],
    borrow: [{ ins: ['ring'], openings: 'some', attrs: { bits: 18 } }],
    isZero: [{ ins: ['ring'], openings: 2, attrs: {} }],
    lessFss: [{ ins: ['ring'], keys: true, openings: 1, attrs: { thresholds: [0, 3], bits: 20 } }],
    borrowFss: [{ ins: ['ring'], keys: true, openings: 1, attrs: { bits: 18 } }],
    isZeroFss: [{ ins: ['ring'], keys: true, openings: 1, attrs: {} }],
    piecewiseLinearFss: [
      {
        ins: ['ring'],
        keys: true,
        openings: 1,
        attrs: { ...kept, at: [0, 5], slopes: [1, -1], steps: [0, 2], bits: 20 },
      },
      {
        ins: ['ring'],
        keys: true,
        openings: 1,
        attrs: { ...kept, at: [1], slopes: [0], steps: [7], bits: 20 },
      },
    ],
    splineFss: [
      {
        ins: ['ring'],
        keys: true,
        openings: 'some',
        attrs: asIn('splineFss', (c, x) => sigmoid(c, x), true),
      },
      { ins: ['ring'], keys: true, openings: 'some', attrs: asIn('splineFss', (c, x) => silu(c, x), true) },
    ],
    exponentialFss: [
      {
        ins: ['ring'],
        keys: true,
        openings: 'some',
        attrs: asIn('exponentialFss', (c, x) => exp(c, x, { interval: [-100, 2] }), true),
      },
    ],
    lessInt: [{ ins: ['ring', 'ring'], openings: 'some', attrs: { bits: 32, signed: true } }],
    belowInt: [{ ins: ['ring'], openings: 'some', attrs: { bits: 32, signed: true, thresholds: [-1, 3] } }],
    negative: [{ ins: ['ring'], openings: 'some', attrs: { bits: 32 } }],
    residue: [{ ins: ['ring'], openings: 0, attrs: { bits: 32, shift: 4 } }],
    bits: [{ ins: ['ring'], openings: 'some', attrs: { bits: 32 } }],
    select: [
      { ins: ['bits', 'ring'], openings: 1, attrs: kept },
      { ins: ['bits', 'ring', 'bits', 'public', 'ring'], openings: 'some', attrs: cut },
    ],
    and: [
      { ins: ['bits', 'bits'], openings: 1, attrs: {} },
      { ins: ['bits', 'bits', 'bits', 'bits', 'bits'], openings: 1, attrs: {} },
    ],
    fourier: [{ ins: ['ring'], openings: 'some', attrs: asIn('fourier', (c, x) => smooth(c, x, 'gelu')) }],
    exponential: [
      {
        ins: ['ring'],
        openings: 'some',
        attrs: asIn('exponential', (c, x) => exp(c, x, { interval: [-2, 2] })),
      },
    ],
    exponentials: [{ ins: ['ring'], openings: 'some', attrs: asIn('exponentials', (c, x) => exp(c, x)) }],
    lookup: [
      {
        ins: ['ring', 'ring'],
        lengths: [16, size],
        openings: 1,
        attrs: { outer: 1, n: 16, inner: 1, m: size },
      },
      {
        ins: ['public', 'ring'],
        lengths: [16, size],
        openings: 1,
        attrs: { outer: 1, n: 16, inner: 1, m: size },
      },
    ],
    oneHot: [{ ins: ['ring'], openings: 1, attrs: { n: 5 } }],
    randomBits: [{ ins: [], openings: 1, attrs: { length: size } }],
    // Coins travel with the first turn.
    shuffle: [{ ins: ['ring', 'ring'], openings: [3, 4], attrs: lanes }],
    sort: [
      {
        ins: ['ring', 'ring'],
        openings: 'some',
        attrs: { ...lanes, shift: 9, descending: false, bits: 20, want: 'both' },
        // The results of comparisons: one plane.
        known: (o) => o.kind === 'bits' && o.planes === 1,
      },
    ],
  };
};

export const ENTRIES = entriesOf(N);

/** Gates, parties and fields that go together. */
export const SETTINGS = [
  { field: FIELDS.FM128, parties: 2 },
  { field: FIELDS.FM64, parties: 3 },
] as const;
