import type { Mutant } from './mutant.ts';

export const link: readonly Mutant[] = [];
