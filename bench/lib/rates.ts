/**
 * @file With `trunc_allow_msb_error` an element is wrong where masked value and mask wrap: with a probability of |z| / 2^k in
 * each opening that truncates, where z is the raw number in it (gates/open-truncate.ts). Here z is looked at: sums over an op's truncations.
 */
import type { Value } from '../../src/gates/gate.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import type { Graph, Node, Tensor, ValueId } from '../../src/ir/ops/graph.ts';
import { decodeTensor } from '../../src/ir/run/encode.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import type { RingArray } from '../../src/ring/array.ts';
import type { Field } from '../../src/ring/field.ts';
import type { Ring } from '../../src/ring/ring.ts';

/** What a truncation in the free form makes, and where to look for its z. */
interface Place {
  readonly id: ValueId;
  /** Bits by which z is longer than what is found there. */
  readonly shift: number;
  /** The mask fills the ring: it was drawn for this opening. */
  readonly whole: boolean;
}

const placeOf = ({ op, ins, outs, attrs }: Node): Place[] => {
  if (op === 'truncate') return [{ id: ins[0]!, shift: 0, whole: false }];
  const trunc = typeof attrs.trunc === 'number' ? attrs.trunc : 0;
  return attrs.exact === false && trunc > 0 ? outs.map((id) => ({ id, shift: trunc, whole: true })) : [];
};

const largest = (ring: Ring, words: RingArray): number => {
  const t = decodeTensor(ring, words, [words.length], 'fxp', 0).data as Float64Array;
  return t.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
};

/** The probability that an element of the result is wrong, at most, on these inputs; loops are not looked into. */
export const wrongRate = (
  ring: Ring,
  field: Field,
  fn: (...args: never[]) => unknown,
  inputs: readonly Tensor[],
  parties: number,
): number => {
  const options = { field, parties, truncAllowMsbError: true, lazyIntegers: true };
  const types = inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
  const { graph } = trace(fn, types);
  const lowered = lower(optimize(graph), options);
  const places = lowered.nodes.flatMap(placeOf);
  const watched: Graph = { ...lowered, outs: places.map(({ id }) => id) };
  const owned = inputs.map((tensor, i) => ({ owner: i % parties, tensor }));
  const world = new Lockstep(ring, field, parties);
  const entries = owned.map(({ owner }, i) => ({ owner, type: types[i]! }));
  const taken = world.run(inputGraph(entries, options), owned, field.fraction);
  const made = world.run(watched, [], field.fraction, taken.outs, taken.masks);
  const rates = places.map(({ shift, whole }, i) => {
    const c = (made.outs[0]![i] as Value).c as RingArray;
    const r = (made.masks[i] as Value).r as RingArray;
    const z = ring.alloc(field, c.length);
    ring.sub(z, c, r);
    // Shifted back it is z in the ring, also where it was wrong.
    ring.shl(z, z, shift);
    const rate = largest(ring, z) / (whole ? 2 ** field.bits : 2 * largest(ring, r));
    ring.release(z);
    return Math.min(1, rate);
  });
  world.free(taken);
  world.free(made);
  return rates.reduce((sum, rate) => sum + rate, 0);
};
