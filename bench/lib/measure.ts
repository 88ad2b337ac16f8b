/** @file Runs one op of the cost table on secrets and says what it cost and how far off it was. */

import type { LockstepStats } from '../../src/ir/run/lockstep.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';
import type { CostCase } from './cost-table.ts';
import { wrongRate } from './rates.ts';

export interface CostRow {
  readonly op: string;
  readonly field: FieldName;
  readonly parties: number;
  /** Dealt tables, keys of two parties (costMode latency), or tables with trunc_allow_msb_error. */
  readonly mode: 'table' | 'latency' | 'msb';
  readonly rounds: number;
  /** Sent by one party to each other party, per element. */
  readonly onlineBytes: number;
  /** Sent by the dealer, per element. */
  readonly dealerBytes: number;
  readonly maxError: number;
  readonly range: string;
  /** With trunc_allow_msb_error: the probability that an element is wrong, at most. Such elements are not in `maxError`. */
  readonly wrongRate?: number;
  /** What a range guard adds, where it was measured. */
  readonly guard?: Guarded;
}

/** What a range guard adds to a program. */
export interface Guarded {
  readonly rounds: number;
  /** Sent by one party to each other party, in all. */
  readonly bytes: number;
  /** Sent by the dealer, per element. */
  readonly dealerBytes: number;
}

/** A wrong element is off by a good part of the ring: farther than any error. */
const WRONG = 0.25;

const numbers = (x: NDArray): number[] => Array.from(x.data as Float64Array, Number);

const errorOf = (
  kind: CostCase['error'],
  want: readonly number[],
  got: readonly number[],
  most = Number.POSITIVE_INFINITY,
): number =>
  want.reduce((worst, w, i) => {
    const difference = Math.abs(w - got[i]!);
    const error =
      kind === 'exact'
        ? Number(difference !== 0)
        : kind === 'mixed'
          ? difference / Math.max(1, Math.abs(w))
          : difference;
    return error > most ? worst : Math.max(worst, error);
  }, 0);

/** Of several results the first is compared. */
export const firstOf = (result: unknown): NDArray => (Array.isArray(result) ? result[0] : result) as NDArray;

/** What the field makes of an input: the reference is computed on the numbers that the protocol sees. */
const rounded = (x: NDArray, fraction: number): NDArray =>
  NDArray.from({
    ...x,
    shape: x.shape,
    dtype: 'fxp',
    data: Float64Array.from(x.data as Float64Array, (v) => Math.round(v * 2 ** fraction) / 2 ** fraction),
  });

/** What a range guard adds to a program of two parties. */
export const guardOf = (
  ring: Ring,
  fn: (...x: never[]) => unknown,
  inputs: readonly NDArray[],
  field: FieldName,
  elements: number,
): Guarded => {
  const run = (rangeGuard: boolean): LockstepStats =>
    simulate(fn, inputs, {
      ring,
      field: FIELDS[field],
      parties: 2,
      rangeGuard,
      seeds: [1, 2].map((s) => new Uint8Array(32).fill(s)),
    }).stats;
  const [plain, guarded] = [run(false), run(true)];
  const most = (s: LockstepStats): number => Math.max(s.sent[0]![1]!, s.sent[1]![0]!);
  return {
    rounds: guarded.rounds - plain.rounds,
    bytes: most(guarded) - most(plain),
    dealerBytes: (guarded.dealerBytes - plain.dealerBytes) / elements,
  };
};

/** The same beside the row of a case. */
export const withGuard = (ring: Ring, k: CostCase, row: CostRow): CostRow => {
  const inputs = inputsOf(k, row.field);
  const elements = elementsOf(k, inputs);
  return { ...row, guard: guardOf(ring, k.fn as never, inputs, row.field, elements) };
};

/** Per element of the batch: reductions count their inputs, matmul its outputs. */
export const elementsOf = (k: CostCase, inputs: readonly NDArray[]): number =>
  k.op === 'matmul' ? firstOf(k.fn(...inputs)).size : inputs[0]!.size;

/** The inputs of a case, in their dtypes, as the field holds them. */
export const inputsOf = (k: CostCase, field: FieldName): NDArray[] =>
  k.inputs(field).map((x, i) => {
    const dtype = k.dtypes?.[i] ?? 'float64';
    return dtype === 'float64' ? rounded(x, FIELDS[field].fraction) : NDArray.from(x, dtype);
  });

export const measure = (
  ring: Ring,
  k: CostCase,
  field: FieldName,
  parties: number,
  mode: CostRow['mode'] = 'table',
): CostRow => {
  const inputs = inputsOf(k, field);
  const want = firstOf(k.fn(...inputs));
  const { results, stats } = simulate(k.fn as (...args: never[]) => unknown, inputs, {
    ring,
    field: FIELDS[field],
    parties,
    costMode: mode === 'latency' ? 'latency' : 'bandwidth',
    ...(mode === 'msb' && { truncAllowMsbError: true }),
    // The same masks at every run: how many rounds a sort takes depends on a shuffle.
    seeds: Array.from({ length: parties }, (_, rank) => new Uint8Array(32).fill(rank + 1)),
  });
  const elements = elementsOf(k, inputs);
  const sent = Math.max(...stats.sent.flatMap((row, from) => row.filter((_, to) => to !== from)));
  return {
    op: k.op,
    field,
    parties,
    mode,
    rounds: stats.rounds,
    onlineBytes: sent / elements,
    dealerBytes: stats.dealerBytes / elements,
    maxError:
      k.error === 'drawn'
        ? 0
        : errorOf(k.error, numbers(want), numbers(results[0]!), mode === 'msb' ? WRONG : undefined),
    range: k.range(field),
    ...(mode === 'msb' && {
      wrongRate: wrongRate(ring, FIELDS[field], k.fn as (...args: never[]) => unknown, inputs, parties),
    }),
  };
};
