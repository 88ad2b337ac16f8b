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

export type FromChild =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: Sent }
  | { readonly kind: 'note'; readonly text: string };
