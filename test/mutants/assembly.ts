import type { Mutant } from './mutant.ts';

export const assembly: readonly Mutant[] = [];
