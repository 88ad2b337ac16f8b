/** @file Turns of a training: all of them, or as long as a loss falls; with what the loss was on the way. */
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';

export interface Stop {
  /** What counts as falling. */
  readonly tol: number;
  /** Turns without it after which no more are taken. */
  readonly patience: number;
}

export interface Turns<T> {
  readonly turns: number;
  readonly start: T;
  readonly step: (carry: T, turn: BaseArray) => T;
  /** A scalar. */
  readonly loss: (carry: T) => BaseArray;
  /** Whether losses are kept. */
  readonly curve: boolean;
  /** Whether it is time to stop is REVEALED after each turn. */
  readonly stop?: Stop | undefined;
}

export interface Turned<T> {
  readonly last: T;
  /** [turns]: the loss after each, where that is asked; of turns that were not taken, the last. */
  readonly losses: BaseArray | undefined;
}

export const turned = <T>({ turns, start, step, loss, curve, stop }: Turns<T>): Turned<T> => {
  if (!curve && !stop)
    return {
      last: np.fori(0, turns, (turn, c) => step(c as T, turn) as never, start) as T,
      losses: undefined,
    };
  const noted = (losses: BaseArray, now: BaseArray, turn: BaseArray): BaseArray =>
    np.dynamicUpdateSlice(losses, np.expandDims(now, 0), [turn]);
  const none = np.zeros([turns]);
  if (!stop) {
    const body = ({ c, losses }: { c: unknown; losses: BaseArray }, turn: BaseArray) => {
      const next = step(c as T, turn);
      return { c: next, losses: noted(losses, loss(next), turn) };
    };
    const all = np.fori(0, turns, (turn, s) => body(s as never, turn) as never, { c: start, losses: none });
    return { last: all.c as T, losses: all.losses as BaseArray };
  }
  interface State {
    readonly c: T;
    readonly best: BaseArray;
    readonly now: BaseArray;
    readonly losses: BaseArray;
    /** Turns since the loss fell. */
    readonly still: BaseArray;
    readonly turn: BaseArray;
  }
  const first = loss(start);
  const zero = np.array(0, 'int64');
  const body = ({ c, best, losses, still, turn }: State): State => {
    const next = step(c, turn);
    const now = loss(next);
    const fell = np.greater(np.subtract(best, now), stop.tol);
    return {
      c: next,
      now,
      best: np.where(fell, now, best),
      losses: curve ? noted(losses, now, turn) : losses,
      still: np.where(fell, zero, np.add(still, 1)),
      turn: np.add(turn, 1),
    };
  };
  const end = np.whileRevealed(
    ({ still, turn }) => np.logicalAnd(np.less(still, stop.patience), np.less(turn, turns)),
    body as never,
    { c: start, best: first, now: first, losses: none, still: zero, turn: zero },
    { maxIterations: turns + 1 },
  ) as unknown as State;
  const wasTaken = np.less(np.arange(turns), end.turn);
  return { last: end.c, losses: curve ? np.where(wasTaken, end.losses, end.now) : undefined };
};

/** Losses as a part of a state, where they are kept. */
export const lossPart = (losses: BaseArray | undefined): { readonly losses?: BaseArray } =>
  losses ? { losses } : {};
