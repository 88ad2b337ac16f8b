/**
 * @file Knowing that a party's function is running, or a program being recorded: the first computes on its party's data
 * alone, the second on arrays. A device that they called would get a number that the other parties' programs do not know
 * of, and could wait for what waits for it.
 */
import { fail } from '../errors.ts';
import { currentTrace } from '../ir/trace/tracer.ts';

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

/** Throws INVALID_ARGUMENT when a party's function is running, or a program is being recorded. */
export const checkOutside = (what: string): void => {
  if (currentTrace() !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `a function that is being recorded for an SPU called a device (${what}): it works on arrays, with np; call devices ` +
        'outside, and hand it their handles as arguments',
    );
  const party = running.at(-1);
  if (party !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `a function that runs on ${party} called a device (${what}): return the value, and call the device outside with ` +
        'the handle',
      { party },
    );
};
