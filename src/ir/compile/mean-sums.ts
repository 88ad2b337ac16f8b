/** @file Of which sums a program makes means, in a small ring (means.ts). */
import type { Wire } from '../../fixed/circuit.ts';
import type { Field } from '../../ring/field.ts';
import { opSet } from '../ops/catalogue.ts';
import type { ValueId } from '../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../ops/program.ts';
import { summedBy, termsIn } from './fraction-bits.ts';
import { Lookup } from './passes/makers.ts';

/** Sums of no more numbers than these are right for numbers up to 2^(k-2-f) / 16 (FM32), 2^(k-2-f) / 64 (FM64). */
const FEW = { 32: 16, 64: 64, 128: Number.POSITIVE_INFINITY } as const;

const isPassedOn = opSet('reshape', 'add', 'concat');

/** sum(x) 2^-down. */
export interface BlockSum {
  readonly wire: Wire;
  readonly down: number;
}

/** Whether the factor makes a mean of a sum of so many numbers. */
export const isMean = (factor: number, terms: number): boolean => Math.abs(factor) * terms <= 2;

/** Sums of which a mean is made, and what stands between: of how many numbers. */
export const meansIn = (graph: OpGraph, bits: Field['bits']): ReadonlyMap<ValueId, number> => {
  const found = new Map<ValueId, number>();
  if (bits === 128) return found;
  const carries = ({ op }: ProgramNode): boolean => op === 'sum' || isPassedOn.has(op);
  const counts = termsIn(graph, carries, (node) => summedBy(graph, node));
  const terms = (id: ValueId): number => counts.get(id) ?? 1;
  const find = new Lookup(graph);
  const isSum = (id: ValueId): boolean =>
    graph.types[id]!.secret && graph.types[id]!.dtype === 'fxp' && terms(id) > FEW[bits];
  const factorOf = (op: 'mul' | 'div', id: ValueId): number | undefined => {
    const number = graph.types[id]!.secret ? undefined : find.numberOf(id);
    return number === undefined || op === 'mul' ? number : 1 / number;
  };
  for (const { op, ins, outs } of graph.nodes.toReversed()) {
    if (found.has(outs[0]!) && isPassedOn.has(op))
      for (const id of ins) if (isSum(id)) found.set(id, terms(id));
    if (op !== 'mul' && op !== 'div') continue;
    const [x, y] = ins as [ValueId, ValueId];
    const pairs: readonly (readonly [ValueId, ValueId])[] = op === 'mul' ? [[x, y], [y, x]] : [[x, y]]; // biome-ignore format: pairs
    for (const [id, by] of pairs) {
      const factor = factorOf(op, by);
      if (factor !== undefined && isMean(factor, terms(id)) && isSum(id)) found.set(id, terms(id));
    }
  }
  return found;
};
