/**
 * @file Working memory of the kernels, free for the length of one call. Each thread on the same memory has its own: kernels
 * keep nothing at addresses that all threads would share, except constants.
 */

/** What the neediest kernel (fss-payload.ts) takes. */
export const SCRATCH: usize = 29184;

/** The first thread's lies behind the constants. */
export let scratch: usize = (__heap_base + 15) & ~15;

/** Bytes that useScratch wants. */
export function scratchBytes(): usize {
  return SCRATCH;
}

/** Gives this instance a stretch of its own, 16-byte aligned. */
export function useScratch(at: usize): void {
  scratch = at;
}

/** First address that neither constants nor the first thread's scratch use. */
export function heapBase(): usize {
  return ((__heap_base + 15) & ~15) + SCRATCH;
}
