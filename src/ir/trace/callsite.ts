/** @file Which line of the user's code an op, or a call on a device, came from. */
import { HERE } from '../../here.ts';

/** How many frames to look at: each costs, and mostly few are enough. */
const FRAMES = [8, 32] as const;
/** Those above what every op goes through: a method, the function of `np` that it is, and its caller. */
const NEAR = 4;

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

/** The stack as text, as the runtime, its source maps or its user's own hook write it. */
const look = (frames: number): string | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n')) {
    const location = LOCATION.exec(line)?.[1];
    if (location !== undefined && !HERE.some((url) => location.startsWith(url)))
      return location.replace(/^file:\/\//, '');
  }
  return undefined;
};

const lookFar = (): string | undefined => {
  for (const frames of FRAMES) {
    const site = look(frames);
    if (site !== undefined) return site;
  }
  return undefined;
};

/** What V8 tells of a frame before it is made text. */
interface Frame {
  getScriptNameOrSourceURL(): string | null | undefined;
  /** Not in Deno. */
  getPosition?(): number;
}

interface V8Error {
  prepareStackTrace?: ((error: Error, frames: readonly Frame[]) => unknown) | undefined;
  captureStackTrace?(target: object, above: unknown): void;
}

const v8 = Error as unknown as V8Error;

/** By script and place in it: the text of what was looked up before. A loop records thousands of ops from one place. */
const known = new Map<string, Map<number, string | undefined>>();
/** Places that are remembered, at most. */
const KNOWN = 1 << 14;
let places = 0;

/** By script: whether its frames are a user's. */
const outside = new Map<string, boolean>();

const isOutside = (script: string): boolean => {
  const known = outside.get(script);
  if (known !== undefined) return known;
  const is = !script.startsWith('node:') && !HERE.some((url) => `${script}:`.startsWith(url));
  if (outside.size >= KNOWN) outside.clear();
  outside.set(script, is);
  return is;
};

let nearest: Frame | undefined;
/** Holds the stack that was captured last: one object for all looks. */
const captured: { stack?: string } = {};

/** Keeps the innermost frame outside of this library. */
const keepNearest = (_: Error, frames: readonly Frame[]): string => {
  nearest = undefined;
  for (const frame of frames) {
    const script = frame.getScriptNameOrSourceURL();
    if (typeof script !== 'string' || !isOutside(script)) continue;
    nearest = frame;
    break;
  }
  return '';
};

/** The innermost of so many frames above a function that is outside of this library, where the runtime tells. */
const nearestFrame = (frames: number, above: unknown): Frame | undefined => {
  const { prepareStackTrace: before, captureStackTrace } = v8;
  if (captureStackTrace === undefined) return undefined;
  const limit = Error.stackTraceLimit;
  nearest = undefined;
  try {
    v8.prepareStackTrace = keepNearest;
    Error.stackTraceLimit = frames;
    captureStackTrace.call(Error, captured, above);
    // Frames are prepared when they are first asked for.
    void captured.stack;
  } finally {
    v8.prepareStackTrace = before;
    Error.stackTraceLimit = limit;
  }
  return nearest;
};

/**
 * The innermost line of the stack outside of this library, `file:line:column`. Some microseconds, 10 the first time; fewer where `above`
 * is a function of this library that is mostly a few frames below its user's.
 */
export const callSite = (above?: unknown): string | undefined => {
  if (replayed !== undefined) return replayed;
  const frame =
    (above === undefined ? undefined : nearestFrame(NEAR, above)) ??
    nearestFrame(FRAMES[0], callSite) ??
    nearestFrame(FRAMES[1], callSite);
  const script = frame?.getScriptNameOrSourceURL();
  const place = frame?.getPosition?.();
  if (!script || place === undefined) return lookFar();
  const sites = known.get(script) ?? new Map<number, string | undefined>();
  if (sites.has(place)) return sites.get(place);
  const site = lookFar();
  if (++places > KNOWN) {
    known.clear();
    places = 1;
  }
  known.set(script, sites.set(place, site));
  return site;
};
