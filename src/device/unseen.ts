/**
 * @file Failures that nobody has seen. An error waits behind its handle; a program that never asks would end well. So each
 * failure is kept until the program was told of it, and the rest is told when the session ends.
 */

import { custom } from '../config/schema.ts';
import { fail, TesseraError } from '../errors.ts';
import { eventLoop } from '../link/tick.ts';
import { log } from '../log.ts';
import { describe } from '../names.ts';

/** What to do with failures that nobody has seen, at the end of a session. */
export type UnseenMode = 'print' | 'throw';

export const unseenMode = custom<UnseenMode>({ enum: ['print', 'throw'] }, (value) =>
  value === 'print' || value === 'throw'
    ? value
    : fail('CONFIG', `use "print" or "throw", not ${describe(value)}`),
);

/** Names of a failure, of which any two errors about it have one in common. */
interface Names {
  /** The error that began it; of another party's, the name of its operation; of jobs that were given up, what they call it. */
  readonly origin: unknown;
  /** The party and operation that it happened in, as other parties name it. */
  readonly place: string | undefined;
}

const infoOf = (e: unknown): Readonly<Record<string, unknown>> => (e instanceof TesseraError ? e.info : {});

const placeOf = ({ party, op }: Readonly<Record<string, unknown>>): string | undefined =>
  party === undefined || op === undefined ? undefined : `${String(party)} ${String(op)}`;

const namesOf = (error: unknown): Names => {
  const place = placeOf(infoOf(error));
  let at = error;
  while (at instanceof Error) {
    const info = infoOf(at);
    if (info.via !== undefined) return { origin: placeOf(info), place: placeOf(info) };
    if (info.fault !== undefined) return { origin: info.fault, place };
    if (!(at.cause instanceof Error)) break;
    at = at.cause;
  }
  return { origin: at, place };
};

/** What follows from the end of the session is no failure. */
const isEnd = (error: unknown): boolean => error instanceof TesseraError && error.code === 'CLOSED';

const lineOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');

export class Unseen {
  readonly #mode: UnseenMode;
  readonly #failures = new Map<unknown, { readonly error: unknown; readonly place: string | undefined }>();
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
    work.catch((error: unknown) => {
      if (isEnd(error)) return;
      const { origin, place } = namesOf(error);
      const known = [...this.#failures].some(
        ([o, f]) => o === origin || (place !== undefined && f.place === place),
      );
      if (!known && !this.#seen.has(origin) && !this.#seen.has(place))
        this.#failures.set(origin, { error, place });
    });
  }

  /** The program was told of this error. */
  seen(error: unknown): void {
    const { origin, place } = namesOf(error);
    this.#seen.add(origin);
    if (place !== undefined) this.#seen.add(place);
    for (const [o, f] of this.#failures)
      if (o === origin || (place !== undefined && f.place === place)) this.#failures.delete(o);
  }

  /** The same work, whose failure the program hears of. */
  async reported<T>(work: Promise<T>): Promise<T> {
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
    await eventLoop();
    const failures = [...this.#failures.values()].map(({ error }) => error);
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
    for (const line of lines) log('error', `a failure that nobody has seen: ${line}`);
  }
}
