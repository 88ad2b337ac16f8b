/** @file What a party of the demo tells the program that started it: figures, no data. */
import type { Result } from '../lib/training.ts';

export interface Report {
  readonly self: string;
  /** Patients in both tables. */
  readonly joined: number;
  readonly result: Result;
  readonly rounds: number;
  /** Sent by this party. */
  readonly bytes: number;
  /** Received from the dealer. */
  readonly dealerBytes: number;
}
