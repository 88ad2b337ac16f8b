/**
 * @file `check` of a simulation: each program runs in float64 beside the secret one, and a result that left the
 * fixed-point range or lost too many bits is an error of its handle, which names the first op and its line.
 *
 * All secret values are opened for it, so it is refused outside of simulation. It costs a program its later fusions
 * (values that are shown are made), the openings, and memory for all values; loops are unrolled up to some thousand
 * ops, and checked by their results alone beyond.
 */
import { either, flag, number, object, optional, refine, type Schema } from '../config/schema.ts';
import { fail } from '../errors.ts';
import type { Exposed } from '../ir/compile/expose.ts';
import { dtypeName } from '../ir/ops/dtypes.ts';
import type { Node, Tensor } from '../ir/ops/graph.ts';
import { type Comparison, compare, type Finding, type Precision } from '../ir/run/accuracy.ts';
import * as math from '../ring/math/index.ts';
import { placeOf } from './element-place.ts';

export interface CheckOptions {
  /** Fraction bits that a result may lose. Default 12, and at most half of the field's fraction bits. */
  readonly bits?: number | undefined;
}

export interface CheckLoss {
  /** As in `np`. */
  readonly op: string;
  readonly site: string | undefined;
  /** Infinity: out of range, or another integer. */
  readonly lostBits: number;
}

/** What was checked so far. */
export interface CheckReport {
  readonly programs: number;
  /** Programs whose results were refused. */
  readonly failed: number;
  /** Results of ops that were held against float64. */
  readonly ops: number;
  /** Ops that could not be: what is drawn at random, and what float64 refuses. */
  readonly unchecked: number;
  /** Loops that are too long to be checked op by op. */
  readonly wholeLoops: number;
  /** Comparisons and roundings of numbers that were a tie within the error. */
  readonly ties: number;
  /** Faults that no result depended on. */
  readonly dropped: number;
  /** The lines that lost most, the worst first. */
  readonly worst: readonly CheckLoss[];
}

const DEFAULT_BITS = 12;
const SHOWN = 10;

const options = object(
  {
    /** Bits of a result that may be lost before it is an error (12). */
    bits: optional(number(0, 62)),
  },
  'true, false or { bits: 12 }',
);

/** `check: true`, or `check: { bits: 12 }`. */
export const checkOptions: Schema<boolean | CheckOptions, CheckOptions | undefined> = refine(
  either((x) => typeof x === 'boolean', flag, options),
  (given) =>
    given === false ? undefined : given === true || given.bits === undefined ? {} : { bits: given.bits },
);

/** Names of ops that users know by another. */
const NAMES: Readonly<Record<string, string>> = {
  sub: 'subtract',
  mul: 'multiply',
  div: 'divide',
  neg: 'negative',
  pow: 'power',
  select: 'where',
  convert: 'astype',
  and: 'logicalAnd',
  or: 'logicalOr',
  xor: 'logicalXor',
  not: 'logicalNot',
  concat: 'concatenate',
  gather: 'take',
  lookup: 'take',
  place: 'scatterAdd',
  loop: 'fori',
};

/** What users call an op. */
export const userName = (op: string): string => (Object.hasOwn(NAMES, op) ? NAMES[op]! : op);

const nameOf = ({ op, attrs }: Node): string => (attrs.while === true ? 'whileRevealed' : userName(op));

const FAULTS: Readonly<Record<Finding['kind'], (f: Finding, p: Precision) => string>> = {
  range: (_, { field, fraction }) =>
    `left the range of fixed-point numbers (${field.name} with ${fraction} fraction bits holds |x| < 2^` +
    `${field.bits - 1 - fraction}), or is no number`,
  place: () =>
    'was read at a place outside of the array, where another element or 0 stands: hold places inside, by np.clip or %',
  value: () => 'is not what the same program gives in float64',
  wrap: ({ result }) => `is too large for ${dtypeName(result.dtype)}, and wrapped around`,
  bits: ({ lostBits }, { fraction, bits }) =>
    `lost ${lostBits >= fraction ? 'all' : Math.ceil(lostBits)} of its ${fraction} fraction bits (${bits} are allowed)`,
};

/** What may have been the reason, without a word on the data. */
const reason = (f: Finding, { field, fraction, bits }: Precision): string => {
  if (f.kind !== 'bits') return '';
  if (f.ownBits !== undefined && f.ownBits <= bits)
    return '; on its operands as the parties hold them the op is exact: they are too coarse for it (scale small numbers up first)';
  const room = field.bits - 2 - 2 * fraction;
  return Math.abs(Number(f.result.data[f.at])) >= math.pow2(room)
    ? `; results of 2^${room} and more leave no room for products in ${field.name}: scale the data, or take a larger field`
    : '';
};

const textOf = (f: Finding, p: Precision): string => {
  const turn = f.turns.length === 0 ? '' : ` in iteration ${f.turns.join('.')}`;
  return (
    `check: np.${nameOf(f.node)}${f.node.site === undefined ? '' : ` at ${f.node.site}`}${turn}: its result` +
    `${placeOf(f.at, f.result.shape)} ${FAULTS[f.kind](f, p)}${reason(f, p)}`
  );
};

/** The checks of one session. */
export class Checker {
  readonly #options: CheckOptions;
  readonly #sums = { programs: 0, failed: 0, ops: 0, unchecked: 0, wholeLoops: 0, ties: 0, dropped: 0 };
  readonly #lost = new Map<string, CheckLoss>();

  constructor(given: CheckOptions) {
    this.#options = given;
  }

  /** Throws RANGE, naming the first op whose fault reached a result; else the results in float64. */
  check(
    exposed: Exposed,
    inputs: readonly Tensor[],
    opened: readonly Tensor[],
    { field, fraction }: Pick<Precision, 'field' | 'fraction'>,
  ): readonly Tensor[] {
    const bits = this.#options.bits ?? Math.min(DEFAULT_BITS, fraction / 2);
    const precision: Precision = { field, fraction, bits };
    const found = compare(exposed, inputs, opened, precision);
    this.#add(found, exposed.wholeLoops);
    const { first } = found;
    if (first === undefined) return found.outs;
    const lost = first.kind === 'bits' ? { lostBits: first.lostBits, allowedBits: bits } : {};
    return fail('RANGE', textOf(first, precision), {
      check: nameOf(first.node),
      checkSite: first.node.site,
      ...lost,
    });
  }

  #add(found: Comparison, wholeLoops: number): void {
    const s = this.#sums;
    s.programs++;
    s.wholeLoops += wholeLoops;
    if (found.first !== undefined) s.failed++;
    for (const key of ['ops', 'unchecked', 'ties', 'dropped'] as const) s[key] += found[key];
    for (const [key, { node, bits }] of found.lost)
      if (bits > (this.#lost.get(key)?.lostBits ?? 0))
        this.#lost.set(key, { op: nameOf(node), site: node.site, lostBits: bits });
  }

  report(): CheckReport {
    const worst = [...this.#lost.values()].sort((a, b) => b.lostBits - a.lostBits).slice(0, SHOWN);
    return { ...this.#sums, worst };
  }
}
