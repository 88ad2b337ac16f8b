/** @file Where in the user's program a call on a device stands. */

const HERE = new URL('../', import.meta.url);
const OURS = [HERE.href, HERE.href.replace(/^file:\/\//, '')];
const LOCATION = /(?:\(|@|at (?:async )?)((?:[a-z-]+:\/\/)?[^\s()@]+:\d+:\d+)\)?$/;

/** The innermost line of the stack outside of this library, `file:line:column`. */
export const userSite = (): string | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 24;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n')) {
    const location = LOCATION.exec(line)?.[1];
    if (location !== undefined && !OURS.some((url) => location.startsWith(url)))
      return location.replace(/^file:\/\//, '');
  }
  return undefined;
};
