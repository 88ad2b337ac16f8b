/**
 * @file Which of two protocols a gate runs: tables (any number of parties, few dealer bytes, several rounds), or the keys
 * of two parties (gates/compare-fss.ts: one round, some 2 KB from the dealer and microseconds of work an element). And whether a
 * comparison, what depends on it and the choice are one gate (gates/piecewise-linear-fss.ts, spline-fss.ts: one round, 2 to 6 KB).
 *
 * `latency` takes the fewest rounds and, of as many, the least work; `auto` the least time: rounds, and an element's dealt bytes
 * and work.
 */

import type { FssAlternative } from '../../fixed/circuit.ts';
import { type Breakpoints, piecewiseLinearShape } from '../../gates/piecewise-linear-fss.ts';
import {
  type ExponentialFssAttrs,
  exponentialShape,
  type SplineAttrs,
  splineShape,
} from '../../gates/spline-fss.ts';
import type { Field } from '../../ring/field.ts';
import { type KeyShape, keyRow } from '../../ring/keys.ts';
import * as math from '../../ring/math/index.ts';

/** `latency`: as few rounds as possible. `bandwidth`: as few bytes. `auto`: what is faster on the given link. */
export type CostMode = 'latency' | 'bandwidth' | 'auto';

/** What is known of the link between the parties. */
export interface LinkMeasure {
  /** Round trip in milliseconds: a round takes half of it. */
  readonly rttMs: number;
  /** Bytes a second, from the dealer too. */
  readonly bandwidth: number;
}

export interface PlanOptions {
  readonly field: Field;
  /** How many parties run the program; keys need exactly two. */
  readonly parties?: number | undefined;
  /** `bandwidth` if absent. */
  readonly costMode?: CostMode | undefined;
  readonly link?: LinkMeasure | undefined;
}

interface Pair {
  readonly fss: string;
  /** Rounds that the keys save. */
  saves(field: Field, attrs: Readonly<Record<string, unknown>>): number;
  /** Levels of the key's tree. */
  levels(field: Field, attrs: Readonly<Record<string, unknown>>): number;
}

/** Rounds of the radix-4 tree over the digits of so many bits. */
const treeRounds = (bits: number): number => Math.ceil(math.log2(Math.ceil(bits / 4)) / 2);

/** Bits of the numbers that are compared. */
const width = (f: Field, a: Readonly<Record<string, unknown>>): number =>
  (a.bits as number | undefined) ?? f.bits;

/** Gates that have both protocols, with the same inputs, attributes and results. */
const PAIRS: Readonly<Record<string, Pair>> = {
  less: {
    fss: 'lessFss',
    saves: (f, a) => treeRounds(width(f, a)),
    levels: (f, a) => width(f, a) - 1,
  },
  isZero: { fss: 'isZeroFss', saves: () => 1, levels: (f) => f.bits },
  borrow: {
    fss: 'borrowFss',
    saves: (_, a) => treeRounds(a.bits as number),
    levels: (_, a) => a.bits as number,
  },
};

/** Seconds of local work per level and evaluation, and of the dealer's per level (measured: 127 levels in 6 and 12 us). */
const EVAL = 5e-8;
const DEAL = 1e-7;
/** And of a dealt word that is weighed. */
const WORD = 1e-8;

/** The op to run for `op` on so many elements. */
export const planned = (
  op: string,
  attrs: Readonly<Record<string, unknown>>,
  elements: number,
  { field, parties, costMode, link }: PlanOptions,
): string => {
  const pair = Object.hasOwn(PAIRS, op) ? PAIRS[op] : undefined;
  if (!pair || parties !== 2 || costMode === undefined || costMode === 'bandwidth') return op;
  const levels = pair.levels(field, attrs);
  if (levels === 0) return op;
  if (costMode === 'latency') return pair.fss;
  if (!link) return op;
  const thresholds = (attrs.thresholds as readonly number[] | undefined)?.length ?? 1;
  const won = (pair.saves(field, attrs) * link.rttMs) / 2e3;
  const lost = elements * levels * (17 / link.bandwidth + thresholds * EVAL + DEAL);
  return won > lost ? pair.fss : op;
};

/** What an FSS gate with ring payloads takes an element. */
interface Whole {
  readonly levels: number;
  /** Bytes of a key. */
  readonly bytes: number;
  /** Blocks of the key stream that a party needs. */
  readonly blocks: number;
}

type WholeRule = (field: Field, attrs: Readonly<Record<string, unknown>>) => Whole;

/** Levels, the leaves of the pieces and the nodes above them. */
const pieces = (f: Field, shape: KeyShape, count: number): Whole => {
  const levels = shape.total - shape.group;
  const leaf = Math.ceil((shape.words * math.pow2(shape.group) * f.bytes) / 64);
  const blocks = levels + (count / math.pow2(shape.group) + 1) * (2 + leaf);
  return { levels, bytes: keyRow(f, shape), blocks };
};

/** Gates that do in one round, for two parties, what several do otherwise. */
const WHOLES: Readonly<Record<string, WholeRule>> = {
  piecewiseLinearFss: (f, a) => {
    const turns = a as unknown as Breakpoints;
    const shape = piecewiseLinearShape(turns, width(f, a));
    return { levels: shape.total, bytes: keyRow(f, shape), blocks: turns.at.length * shape.total };
  },
  splineFss: (f, a) => pieces(f, splineShape(a as SplineAttrs, f.bits), a.pieces as number),
  exponentialFss: (f, a) => pieces(f, exponentialShape(a as ExponentialFssAttrs, f.bits), a.pieces as number),
};

/** Whether such a gate is to run on so many elements, and not what `instead` says. */
export const usesFss = (
  op: string,
  attrs: Readonly<Record<string, unknown>>,
  elements: number,
  { thresholds, words, saves }: FssAlternative,
  { field, parties, costMode, link }: PlanOptions,
): boolean => {
  if (parties !== 2 || costMode === undefined || costMode === 'bandwidth') return false;
  if (costMode === 'latency') return thresholds > 0;
  if (!link) return false;
  const { levels, bytes, blocks } = WHOLES[op]!(field, attrs);
  const time = (rounds: number, dealt: number, work: number): number =>
    (rounds * link.rttMs) / 2e3 + elements * (dealt / link.bandwidth + work);
  const whole = time(1, bytes, blocks * EVAL + levels * DEAL);
  const dealt = words * field.bytes;
  if (saves !== undefined) return whole < time(1 + saves, dealt, words * WORD);
  if (thresholds === 0) return whole < time(1, dealt, words * WORD);
  const compared = width(field, attrs) - 1;
  const tables = time(treeRounds(compared) + 2, dealt, words * WORD);
  const keys = time(2, dealt + 17 * compared, words * WORD + compared * (thresholds * EVAL + DEAL));
  return whole < Math.min(tables, keys);
};
