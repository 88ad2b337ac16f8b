/** @file What the link tests share. */
import { type Callback, suite as uvuSuite } from 'uvu';
import { TesseraError } from '../../src/errors.ts';

/**
 * uvu reads `details` of a thrown error as text; a TesseraError's is an object, and uvu then loses the failure and
 * reports success. So an error of ours is turned into a plain one before uvu sees it.
 */
export const suite = (name: string) => {
  const inner = uvuSuite(name);
  const test = (title: string, run: () => Promise<unknown> | unknown) =>
    inner(title, (async () => {
      try {
        await run();
      } catch (error) {
        if (!(error instanceof TesseraError)) throw error;
        throw new Error(`${error.code}: ${error.message}`, { cause: error });
      }
    }) as Callback);
  return Object.assign(test, { run: () => inner.run(), after: inner.after, before: inner.before });
};

/** The TesseraError with which the promise rejects. */
export const rejection = async (promise: Promise<unknown> | unknown): Promise<TesseraError> => {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    return error;
  }
  throw new Error('expected a rejection');
};
