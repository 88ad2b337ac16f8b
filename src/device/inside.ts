/**
 * @file Knowing that a party's function is running: such a function computes on its party's data alone. A device that it
 * called would get a number that the other parties' programs do not know of, and could wait for what waits for it.
 */
import { fail } from '../errors.ts';

const running: string[] = [];

/** Runs the synchronous part of a function of `party`. */
export const inside = <T>(party: string, work: () => T): T => {
  running.push(party);
  try {
    return work();
  } finally {
    running.pop();
  }
};

/** Throws INVALID_ARGUMENT when a party's function is running. */
export const checkOutside = (what: string): void => {
  const party = running.at(-1);
  if (party !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `a function that runs on ${party} called a device (${what}): return the value, and call the device outside with ` +
        'the handle',
      { party },
    );
};
