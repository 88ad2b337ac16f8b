/** @file Which line of the user's code an op, or a call on a device, came from. */
import { HERE } from '../../here.ts';

const OURS = [HERE, HERE.replace(/^file:\/\//, '')];
/** How far to look; a short look costs less, and mostly is enough. */
const FRAMES = [12, 32] as const;

/** `url:line:column` in a line of a stack, V8's or Firefox's and Safari's. */
const LOCATION = /(?:\(|@|at (?:async )?)((?:[a-z-]+:\/\/)?[^\s()@]+:\d+:\d+)\)?$/;

let replayed: string | undefined;

/** While `fn` runs, ops count as called at `site`: what a transformation makes of an op belongs to that op's line. */
export const atSite = <R>(site: string | undefined, fn: () => R): R => {
  const before = replayed;
  replayed = site ?? before;
  try {
    return fn();
  } finally {
    replayed = before;
  }
};

const look = (frames: number): string | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n')) {
    const location = LOCATION.exec(line)?.[1];
    if (location !== undefined && !OURS.some((url) => location.startsWith(url)))
      return location.replace(/^file:\/\//, '');
  }
  return undefined;
};

/** The innermost line of the stack outside of this library, `file:line:column`. Some 10 us. */
export const callSite = (): string | undefined => {
  if (replayed !== undefined) return replayed;
  for (const frames of FRAMES) {
    const site = look(frames);
    if (site !== undefined) return site;
  }
  return undefined;
};
