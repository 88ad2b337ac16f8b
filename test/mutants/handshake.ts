import type { Mutant } from './mutant.ts';

export const handshake: readonly Mutant[] = [];
