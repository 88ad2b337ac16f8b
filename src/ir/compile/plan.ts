/**
 * @file Which of two protocols a gate runs: tables (any number of parties, few dealer bytes, several rounds), or the keys
 * of two parties (gates/compare-fss.ts: one round, some 2 KB from the dealer and microseconds of work an element). And whether a
 * comparison, what depends on it and the choice are one gate (gates/piecewise-linear-fss.ts, spline-fss.ts: one round, 2 to 6 KB).
 *
 * `latency` takes the fewest rounds and, of as many, the least work; `auto` the least time: rounds, and an element's dealt bytes
 * and work.
 */

import type { FssAlternative, FssFunction } from '../../fixed/circuit.ts';
import { layoutOf } from '../../gates/gate.ts';
import { type GateAttrs, type GateName, gateOf } from '../../gates/gate-table.ts';
import { piecewiseLinearShape } from '../../gates/piecewise-linear-fss.ts';
import { exponentialShape, splineShape } from '../../gates/spline-fss.ts';
import type { Field } from '../../ring/field.ts';
import type { KeyShape } from '../../ring/fss-payload.ts';
import * as math from '../../ring/math/index.ts';
import { entryOf } from '../ops/catalogue.ts';

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

/** Attributes of a gate that both protocols have. */
interface CompareAttrs {
  readonly bits?: number | undefined;
  readonly thresholds?: readonly number[] | undefined;
}

interface Pair {
  readonly fss: GateName;
  /** Rounds that the keys save. */
  saves(field: Field, attrs: CompareAttrs): number;
  /** Levels of the key's tree. */
  levels(field: Field, attrs: CompareAttrs): number;
}

/** Rounds of the radix-4 tree over the digits of so many bits. */
const treeRounds = (bits: number): number => Math.ceil(math.log2(Math.ceil(bits / 4)) / 2);

/** Bits of the numbers that are compared. */
const width = (f: Field, { bits = f.bits }: { readonly bits?: number | undefined }): number => bits;

/** Gates that have both protocols, with the same inputs, attributes and results. */
const PAIRS: { readonly [K in GateName]?: Pair } = {
  less: { fss: 'lessFss', saves: (f, a) => treeRounds(width(f, a)), levels: (f, a) => width(f, a) - 1 },
  isZero: { fss: 'isZeroFss', saves: () => 1, levels: (f) => f.bits },
  borrow: { fss: 'borrowFss', saves: (f, a) => treeRounds(width(f, a)), levels: (f, a) => width(f, a) },
};

/** Bytes that the dealer sends rank 0 for a gate on so many secret numbers, between two parties. */
const dealtFor = (op: GateName, field: Field, attrs: object, elements: number): number =>
  layoutOf(gateOf(op)!, { field, parties: 2, ins: [{ kind: 'ring', length: elements, secret: true }] }, attrs)
    .bytesToFirst;

/** Seconds of local work per level and evaluation, and of the dealer's per level (measured: 127 levels in 6 and 12 us). */
const EVAL = 5e-8;
const DEAL = 1e-7;
/** Seconds of local work for each dealt word of a table. */
const WORD = 1e-8;

/** The gate to run for `op` on so many elements: itself, or its FSS form. */
const planned = (
  op: string,
  attrs: CompareAttrs,
  elements: number,
  { field, parties, costMode, link }: PlanOptions,
): string => {
  const pair = entryOf(PAIRS, op);
  if (!pair || parties !== 2 || costMode === undefined || costMode === 'bandwidth') return op;
  const levels = pair.levels(field, attrs);
  if (levels === 0) return op;
  if (costMode === 'latency') return pair.fss;
  if (!link) return op;
  const thresholds = attrs.thresholds?.length ?? 1;
  const won = (pair.saves(field, attrs) * link.rttMs) / 2e3;
  const dealt = dealtFor(pair.fss, field, attrs, elements);
  const lost = dealt / link.bandwidth + elements * levels * (thresholds * EVAL + DEAL);
  return won > lost ? pair.fss : op;
};

/** Local work per element of an FSS gate that replaces several gates by one round. */
interface KeyWork {
  readonly levels: number;
  /** Blocks of the key stream that a party needs. */
  readonly blocks: number;
}

/** Work of a key with a leaf for each piece: the levels of the tree, the leaves, and the nodes above them. */
const pieceWork = (f: Field, shape: KeyShape, count: number): KeyWork => {
  const levels = shape.total - shape.group;
  const leaf = Math.ceil((shape.words * math.pow2(shape.group) * f.bytes) / 64);
  return { levels, blocks: levels + (count / math.pow2(shape.group) + 1) * (2 + leaf) };
};

const WORK: { readonly [K in FssFunction]: (field: Field, attrs: GateAttrs<K>) => KeyWork } = {
  piecewiseLinearFss: (f, a) => {
    const { total } = piecewiseLinearShape(a, width(f, a));
    return { levels: total, blocks: a.at.length * total };
  },
  splineFss: (f, a) => pieceWork(f, splineShape(a, f.bits), a.pieces),
  exponentialFss: (f, a) => pieceWork(f, exponentialShape(a, f.bits), a.pieces),
};

/** Whether one FSS gate on so many elements is cheaper than the gates of `instead`. */
const usesFss = <K extends FssFunction>(
  op: K,
  attrs: GateAttrs<K>,
  elements: number,
  { thresholds, words, saves }: FssAlternative,
  { field, parties, costMode, link }: PlanOptions,
): boolean => {
  if (parties !== 2 || costMode === undefined || costMode === 'bandwidth') return false;
  if (costMode === 'latency') return thresholds > 0;
  if (!link) return false;
  const { levels, blocks } = WORK[op](field, attrs);
  const n = Math.max(elements, 1);
  const bytes = dealtFor(op, field, attrs as object, n) / n;
  const time = (rounds: number, dealt: number, work: number): number =>
    (rounds * link.rttMs) / 2e3 + elements * (dealt / link.bandwidth + work);
  const whole = time(1, bytes, blocks * EVAL + levels * DEAL);
  const dealt = words * field.bytes;
  if (saves !== undefined) return whole < time(1 + saves, dealt, words * WORD);
  if (thresholds === 0) return whole < time(1, dealt, words * WORD);
  const { bits } = attrs as { readonly bits?: number };
  const compared = width(field, { bits }) - 1;
  const compare = { thresholds: new Array<number>(thresholds).fill(0), ...(bits !== undefined && { bits }) };
  const tables = time(treeRounds(compared) + 2, dealt, words * WORD);
  const keys = time(
    2,
    dealt + dealtFor('lessFss', field, compare, n) / n,
    words * WORD + compared * (thresholds * EVAL + DEAL),
  );
  return whole < Math.min(tables, keys);
};

/** Members of a group in which everybody meets everybody: a winner has won all the others, an AND of at most five bits. */
const GROUP = 6;
/** Of more than so many pairs are compared first: there comparisons cost more than rounds. */
const GROUPED = 4096;
/** Seconds of all parties' work for a comparison by tables. */
const CONTEST = 2e-6;

/** Pairs that meet where groups of `size` are made of so many. */
const contests = (left: number, size: number): number => {
  const pairs = (n: number): number => (n * (n - 1)) / 2;
  return Math.floor(left / size) * pairs(size) + pairs(left % size);
};

/**
 * The size of the groups in which the largest is looked for, where so many are left: pairs, and in `auto` what takes the least time. Pairs take
 * the fewest bytes; larger groups take fewer levels, each of one round more, an AND of all that a winner has to win.
 */
const groups = (left: number, lanes: number, { field, costMode, link }: PlanOptions): number => {
  if (costMode !== 'auto' || !link || left > GROUPED) return 2;
  const compare = { thresholds: [0] };
  const elements = Math.max(lanes, 1);
  const dealt = dealtFor('less', field, compare, elements) / elements;
  const contest = dealt / link.bandwidth + CONTEST;
  const level = treeRounds(field.bits) + 2;
  const [times, sizes] = [
    [0, 0],
    [2, 2],
  ];
  for (let n = 2; n <= left; n++) {
    times[n] = Infinity;
    for (let size = 2; size <= Math.min(GROUP, n); size++) {
      const rounds = level + (size > 2 ? 1 : 0);
      const time =
        (rounds * link.rttMs) / 2e3 + lanes * contests(n, size) * contest + times[Math.ceil(n / size)]!;
      if (time < times[n]!) [times[n], sizes[n]] = [time, size];
    }
  }
  return sizes[left] ?? 2;
};

/** Chooses protocols. A circuit is given it where programs are lowered: a page, which only makes inputs and openings, does without. */
export interface Planner {
  readonly planned: typeof planned;
  readonly usesFss: typeof usesFss;
  readonly groups: typeof groups;
}
export const planner: Planner = { planned, usesFss, groups };
