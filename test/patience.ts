/** @file How long a test waits for what has to come. */

/**
 * Milliseconds after which what a test waits for counts as never coming: it only ends a test that would hang. A machine that does other
 * work may take a minute for what takes a second elsewhere, so no test says more precisely when something is to come.
 */
export const PATIENCE_MS = 240_000;

/** What a promise that has to come gives; an error if it hangs. */
export const inTime = <T>(promise: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`nothing was heard of it for ${PATIENCE_MS / 1000} s`)),
      PATIENCE_MS,
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
