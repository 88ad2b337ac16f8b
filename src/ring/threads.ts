/** @file How many threads a ring may have, and has where nobody says. */
import { cores } from '#kernel-host';

/** Threads of one ring. */
export const MOST_THREADS = 64;

/** Threads where nobody said how many: the cores, up to a number whose stacks and heaps are no burden. */
export const usualThreads = (): number => Math.min(cores(), 16);
