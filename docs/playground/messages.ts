/** @file What the page and the worker that runs a program say to each other. */

export interface Costs {
  readonly rounds: number;
  /** Sent, by party. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly dealerBytes: number;
  readonly ms: number;
  readonly ops: readonly { readonly op: string; readonly count: number; readonly bytes: number; readonly ms: number }[];
}

/** To the worker: a program, as the text of a module. */
export interface Program {
  readonly text: string;
}

/** From it. `line` counts from 1; `code` is that of an error of Tessera's. */
export type Said =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'recorded'; readonly text: string }
  | { readonly kind: 'received'; readonly self: string; readonly from: string; readonly bytes: Uint8Array }
  | { readonly kind: 'costs'; readonly costs: readonly Costs[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string; readonly line: number | undefined; readonly code: string | undefined };
