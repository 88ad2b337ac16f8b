/** @file What the test and its child processes tell each other. */

export interface ToChild {
  readonly options: unknown;
  /** A name in programs.ts, or `dealer`. */
  readonly program: string;
  readonly given: unknown;
}

/** An error, as far as it crosses process borders. */
export interface Sent {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a program ended, and whether its process waits for another one: it does where the program has closed its session. */
export type FromChild =
  | { readonly kind: 'value'; readonly value: unknown; readonly stays: boolean }
  | { readonly kind: 'error'; readonly error: Sent; readonly stays: boolean }
  | { readonly kind: 'note'; readonly text: string };
