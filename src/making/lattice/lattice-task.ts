/** @file A part of a batch: one party encrypts, the other answers. */

/** Messages go in the order of their numbers. Each party calls its own half. */
export interface Task {
  /** Rank of the party that encrypts. */
  readonly encryptor: number;
  /** Messages of ciphertexts, of so many bytes each, and of answers. */
  readonly ups: number;
  readonly upBytes: number;
  readonly downs: readonly number[];
  /** At the party that encrypts: message i, and what becomes of answer i. */
  encrypt(i: number): Uint8Array<ArrayBuffer>;
  open(i: number, answer: Uint8Array): void;
  /** At the other: takes message i, then answers; `undefined` is a moment at which somebody else may have a turn. */
  accept(i: number, message: Uint8Array): void;
  answers(): Iterable<Uint8Array<ArrayBuffer> | undefined>;
  /** Frees what it holds. */
  close(): void;
}
