import type { Mutant } from './mutant.ts';

export const numpy: readonly Mutant[] = [];
