/** @file What an oblivious function is evaluated with: C = M(A) + B for a linear map M of 128 bits, A and C at the receiver, M and B at the sender. */
import type { SetMemory } from '../ring/set-memory.ts';
import type { Wire } from './peer-messages.ts';

/** A number of elements that products take. */
export const sixteens = (n: number): number => 16 * Math.ceil(n / 16);

export interface Correlation {
  /** The receiver's part: resolves when it may send its store. */
  asking(peer: Wire): Promise<Cover>;
  /** The sender's part, for a store of so many elements. */
  answering(memory: SetMemory, peer: Wire, total: number): Promise<Covered>;
}

/** Sends the elements of a store plus A, and leaves C in their place; BAND elements behind them may be written. */
export type Cover = (memory: SetMemory, store: number, total: number) => Promise<void>;

export interface Covered {
  /** Tables of M, by which products with it are taken. */
  readonly map: number;
  /** Receives the store: resolves to the address of B plus M of what came. */
  readonly uncover: () => Promise<number>;
}
