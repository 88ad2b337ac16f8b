/** @file What faults of gates put in the place of a mask. `use` is the call that they replace: a slot has to be used all the same. */

/** Zeros in place of a mask, at the dealer (d) or a party (p). */
export const zeros = (s: string, use: string): string => `((a) => (${s}.ring.zero(a), a))(yield* ${use})`;
/** A mask that is there at once. */
export const atOnce = (array: string): string => `{ array: ${array}, fill: () => {} }`;
/** A public stream as a mask: rank 0 has it, the others have nothing. */
export const atFirst = (use: string): string => `((a) => (p.first || p.ring.zero(a), a))(yield* ${use})`;
