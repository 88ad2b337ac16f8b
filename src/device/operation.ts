/** @file Operations on devices: their names and numbers, and how the device layer gets at what is behind a handle. */

/** How the device layer, and nobody by accident, gets at what is behind a handle. */
export const INSIDE: unique symbol = Symbol('tessera.inside');
export const RECEIVE: unique symbol = Symbol('tessera.receive');
/** What an SPU holds leaves it, as shares at its parties, for another SPU of theirs. */
export const LEAVE: unique symbol = Symbol('tessera.leave');

/** One call on a device, for names and messages. */
export interface Op {
  /** Counted per session, given at the call. */
  readonly number: number;
  /** What was called: `function "train"`, `to alice`, ... */
  readonly what: string;
  readonly site: string | undefined;
}

/** A promise whose failure is shown to whoever waits for it, and is no unhandled rejection before that. */
export const quietly = <P extends Promise<unknown>>(promise: P): P => {
  promise.catch(() => {});
  return promise;
};

/** A handle of a party's value, as far as modes and work on it are concerned. */
export interface Placed {
  readonly [INSIDE]: Promise<unknown>;
  readonly device: { readonly party: string };
  toString(): string;
}
