/** @file What a party tells the program that started it. */

interface Figures {
  readonly seconds: number;
  /** Processor seconds of this party's process. */
  readonly processor: number;
  readonly rounds: number;
  /** Bytes that this party sent. */
  readonly sent: number;
  readonly dealt: number;
}

export interface Report {
  readonly figures: Figures;
  /** What each step took. */
  readonly steps: readonly (Figures & { readonly name: string })[];
  readonly embedding: readonly number[];
}
