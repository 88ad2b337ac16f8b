/**
 * @file Calls of this party's functions whose end is not known. What a function throws at once is told to the others before the
 * session ends; so its end waits for all calls that can begin: what they need is there, or comes of such a call at once.
 */

interface Call {
  /** What it needs that is not there. */
  readonly needs: Set<Promise<unknown>>;
  /** What comes of it, and has not come. */
  readonly results: Set<Promise<unknown>>;
}

/** Takes a promise out of a set as soon as it is settled. */
const whileOpen = (open: Set<Promise<unknown>>, then?: () => void): void => {
  for (const promise of open) {
    const settled = (): void => {
      open.delete(promise);
      then?.();
    };
    promise.then(settled, settled);
  }
};

export class Calls {
  /** By number of the operation, in the order of the program: what a call needs is made by earlier ones. */
  readonly #open = new Map<number, Call>();
  #oneLess: () => void = () => {};

  /** A function was called. It begins when all of `needs` are settled. */
  made(op: number, needs: readonly Promise<unknown>[], results: readonly Promise<unknown>[]): void {
    const call: Call = { needs: new Set(needs), results: new Set(results) };
    this.#open.set(op, call);
    whileOpen(call.results, () => {
      if (call.results.size === 0) this.goesOn(op);
    });
    whileOpen(call.needs);
  }

  /** Its function gave a promise: it has begun, and nobody knows how long it takes. */
  goesOn(op: number): void {
    if (this.#open.delete(op)) this.#oneLess();
  }

  /** Resolves when no call is left that can begin, and what came of them at once is known. */
  async begun(): Promise<void> {
    // Of what is settled long since, reactions run before this goes on.
    await undefined;
    while (this.#begin()) {
      await new Promise<void>((resolve) => {
        this.#oneLess = resolve;
      });
    }
  }

  #begin(): boolean {
    const soon = new Set<Promise<unknown>>();
    for (const { needs, results } of this.#open.values())
      if ([...needs].every((need) => soon.has(need))) for (const result of results) soon.add(result);
    return soon.size > 0;
  }
}
