/** @file What faults of gates put in the place of a draw. */

/** Zeros in place of a draw, at the dealer (d) or a party (p). */
export const words = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.words(${n}))`;
export const bits = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.bits(${n}))`;
export const bytes = (s: string, n: string): string => `((a) => (${s}.ring.zero(a), a))(${s}.bytes(${n}))`;
export const parts = (array: string): string => `{ array: ${array}, fill: () => {} }`;
