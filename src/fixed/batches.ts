/** @file Splits long arrays into batches for gates whose material is large; the batches run in parallel and share their rounds. */

import { concat, reshape, view } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

/** Elements per gate: its material is dealt whole, and takes about 1 KB an element, or some KB of keys. */
const AT_ONCE = 4096;

/** The parts of a long row at once, side by side, by a gate with several results. */
export const allInBatches = (c: Circuit, x: Wire, gate: (part: Wire) => readonly Wire[]): readonly Wire[] => {
  const n = count(x.shape);
  if (n <= AT_ONCE) return gate(x);
  const row = reshape(c, x, [n]);
  const parts = Array.from({ length: Math.ceil(n / AT_ONCE) }, (_, i) =>
    gate(view(c, row, [Math.min(AT_ONCE, n - i * AT_ONCE)], [1], i * AT_ONCE)),
  );
  return parts[0]!.map((_, i) => {
    const own = parts.map((p) => p[i]!);
    return reshape(c, concat(c, own, 1, [n]), x.shape);
  });
};

/** As allInBatches, of one result. */
export const inBatches = (c: Circuit, x: Wire, gate: (part: Wire) => Wire): Wire =>
  allInBatches(c, x, (part) => [gate(part)])[0]!;

/** The type of a gate's numbers. */
export const secretRing = (x: Wire) => ({ shape: x.shape, kind: 'ring', secret: true }) as const;
