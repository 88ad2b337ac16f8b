/**
 * @file Failures that nobody has seen. An error waits behind its handle; a program that never asks would end well. So each
 * failure is kept until the program was told of it, and the rest is told when the session ends.
 */
import { TesseraError } from '../errors.ts';
import { configError, describe, type Reader } from './read.ts';

/** What to do with failures that nobody has seen, at the end of a session. */
export type UnseenMode = 'print' | 'throw';

export const readUnseen: Reader<UnseenMode> = (value, path) =>
  value === 'print' || value === 'throw'
    ? value
    : configError(path, `use "print" or "throw", not ${describe(value)}`);

/** Where a failure comes from: the error that began it; of another party's, the name of its operation. */
const originOf = (error: unknown): unknown => {
  let at = error;
  while (at instanceof Error) {
    const { via, party, op } = (at instanceof TesseraError ? at.info : {}) as Readonly<
      Record<string, unknown>
    >;
    if (via !== undefined) return `${String(party)} ${String(op)}`;
    if (!(at.cause instanceof Error)) break;
    at = at.cause;
  }
  return at;
};

/** What follows from the end of the session is no failure. */
const isEnd = (error: unknown): boolean => error instanceof TesseraError && error.code === 'CLOSED';

const lineOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');

export class Unseen {
  readonly #mode: UnseenMode;
  readonly #failures = new Map<unknown, unknown>();
  readonly #seen = new Set<unknown>();

  constructor(mode: UnseenMode = 'print') {
    this.#mode = mode;
  }

  /** For a session that goes on in the place of this one. */
  next(): Unseen {
    return new Unseen(this.#mode);
  }

  /** Keeps the failure of a promise, which is no unhandled rejection from here on. */
  watch(work: Promise<unknown>): void {
    work.catch((e: unknown) => {
      const origin = originOf(e);
      if (!isEnd(e) && !this.#seen.has(origin) && !this.#failures.has(origin)) this.#failures.set(origin, e);
    });
  }

  /** The program was told of this error. */
  seen(error: unknown): void {
    const origin = originOf(error);
    this.#seen.add(origin);
    this.#failures.delete(origin);
  }

  /** The same work, whose failure the program hears of. */
  async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (e) {
      this.seen(e);
      throw e;
    }
  }

  /** At the end of the session: prints a line for each failure, or throws one error for all. */
  async end(): Promise<void> {
    // What failed in the turn of the last call is known in the next.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const failures = [...this.#failures.values()];
    this.#failures.clear();
    if (failures.length === 0) return;
    const lines = failures.map(lineOf);
    if (this.#mode === 'throw')
      throw new TesseraError(
        'PARTY_FAILED',
        `${failures.length === 1 ? 'a failure' : `${failures.length} failures`} that nobody has seen: ${lines.join('\n')}`,
        { failures: lines },
        failures[0],
      );
    for (const line of lines) console.error(`tessera: a failure that nobody has seen: ${line}`);
  }
}
