/** @file Which line of the user's code an op came from. */

const HERE = new URL('.', import.meta.url).href;
const OURS = [HERE, new URL('../numpy/', import.meta.url).href].flatMap((url) => [
  url,
  url.replace(/^file:\/\//, ''),
]);
const FRAMES = 24;

/** `url:line:column` in a line of a stack, V8's or Firefox's and Safari's. */
const LOCATION = /(?:\(|@|at (?:async )?)((?:[a-z-]+:\/\/)?[^\s()@]+:\d+:\d+)\)?$/;

/** The innermost stack line outside of this folder and src/numpy, `file:line:column`. About 10 us. */
export const callSite = (): string | undefined => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n')) {
    const location = LOCATION.exec(line)?.[1];
    if (location !== undefined && !OURS.some((url) => location.startsWith(url)))
      return location.replace(/^file:\/\//, '');
  }
  return undefined;
};
