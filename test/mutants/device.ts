import type { Mutant } from './mutant.ts';

export const device: readonly Mutant[] = [];
