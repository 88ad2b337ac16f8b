/** @file Promises that are rejected when the session fails, though what they wait for may never come. */
import { TesseraError } from '../../errors.ts';
import { type Op, quietly } from '../operation.ts';

/** The failure as one operation hears of it. */
const about = (error: TesseraError, { number, what, site }: Op): TesseraError =>
  new TesseraError(
    error.code,
    `op #${number} (${what}${site === undefined ? '' : `, called at ${site}`}): ${error.message}`,
    { ...error.info, waitingFor: { op: number, program: what, site } },
    error,
  );

export class Breaker {
  readonly #waiting = new Set<(error: TesseraError) => void>();
  #failure: TesseraError | undefined;

  /** `promise`, or the failure of the session if that comes first. */
  guard<T>(promise: Promise<T>, op: Op): Promise<T> {
    quietly(promise);
    quietly(promise);
    const guarded = new Promise<T>((resolve, no) => {
      const reject = (error: TesseraError) => no(about(error, op));
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      // Not Promise.race: it would hold on to every promise for as long as the session lives.
      this.#waiting.add(reject);
      promise.then(resolve, no).finally(() => this.#waiting.delete(reject));
    });
    return quietly(guarded);
  }

  get broken(): boolean {
    return this.#failure !== undefined;
  }

  break(error: TesseraError): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }
}
