/**
 * @file Engines measured side by side: their runs take turns, so that a disturbance of the machine hits all of them.
 * What a first run alone pays (compilers, buffers) is kept apart.
 */

import type { Standing } from './engine.ts';
import { TooLong } from './engine-processes.ts';
import type { Row } from './row.ts';

export interface Timing {
  /** Seconds of the measured runs; only the first run if that took longer than `patience` allows another. */
  readonly seconds: readonly number[];
  readonly first: number;
  /** It was given up after so many seconds: no more is known than that it takes longer. */
  readonly over?: number;
  /** Why there are no times. */
  readonly failed?: string;
}

export interface Patience {
  /** Runs to warm up at least: two where compilers work while the program runs, one elsewhere. */
  readonly warm: 1 | 2;
  /** Measured runs, if they are short. */
  readonly runs: number;
  /** Seconds for all measured runs of one engine; the number of runs shrinks to fit. */
  readonly budget: number;
  /** Seconds that one run may take. */
  readonly limit: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** How far apart the runs of a row are. */
export type Spread = Required<Pick<Row, 'runs' | 'least' | 'most'>>;

export const spread = (values: readonly number[]): Spread => ({
  runs: values.length,
  least: Math.min(...values),
  most: Math.max(...values),
});

interface Side {
  readonly standing: Standing;
  readonly patience: Patience;
  seconds: number[];
  first: number;
  runs: number;
  ended?: Pick<Timing, 'over' | 'failed'>;
}

/** A run that takes too long or fails ends the side, not the others. */
const attempt = async (side: Side, limit: number, then: (seconds: number) => void): Promise<void> => {
  if (side.ended) return;
  try {
    then(await side.standing.run(limit));
  } catch (e) {
    side.ended = e instanceof TooLong ? { over: e.seconds } : { failed: (e as Error).message };
    side.standing.kill();
  }
};

/** Seconds for which every engine warms up at least: a compiler that works meanwhile is done then with what is short. */
const WARM_SECONDS = 0.5;

/** Runs to warm up; where runs are long and few, the last of them is measured already. */
const begin = async (side: Side): Promise<void> => {
  const { warm, runs, budget, limit } = side.patience;
  let spent = 0;
  for (let i = 0; (i < warm || spent < WARM_SECONDS) && side.first <= budget && !side.ended; i++) {
    await attempt(side, limit, (seconds) => {
      spent += seconds;
      if (i === 0) side.first = seconds;
      side.runs = Math.max(1, Math.min(runs, Math.floor(budget / seconds)));
      side.seconds = (i > 0 && side.runs < runs) || seconds > budget ? [seconds] : [];
    });
  }
};

/** One timing for each engine, in their order. */
export const duel = async (
  standings: readonly Standing[],
  patience: readonly Patience[],
): Promise<Timing[]> => {
  const sides = standings.map(
    (standing, i): Side => ({ standing, patience: patience[i]!, seconds: [], first: 0, runs: 1 }),
  );
  for (const side of sides) await begin(side);
  for (let i = 0; i < Math.max(...sides.map((side) => side.runs)); i++) {
    for (const side of sides) {
      if (side.seconds.length >= side.runs) continue;
      // Its first runs kept to the limit: a stray long one is no reason to give up.
      await attempt(side, 3 * side.patience.limit, (seconds) => side.seconds.push(seconds));
    }
  }
  return sides.map(({ first, seconds, ended }) => ({ first, seconds, ...ended }));
};
