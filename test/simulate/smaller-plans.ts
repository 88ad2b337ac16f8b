/** @file How a plan of links is made smaller, and how long it may take. */
import type { Plan } from './plan.ts';
import { without } from './scenario.ts';

/** How long all that is sent may take, over what the slowest path is at its slowest, again after each connection that breaks. */
export const transferMs = ({ parties, rounds, streams, faults, bytesPerMs, pauseMs }: Plan): number => {
  const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b + 200, 0);
  const bytes = sum(rounds) * (parties.length - 1) + streams.reduce((a, s) => a + sum(s.sizes), 0);
  const slowest = Math.min(bytesPerMs, ...faults.map((f) => (f.kind === 'slow' ? f.bytesPerMs : bytesPerMs)));
  const breaks = faults.filter((f) => ['cut', 'unseen', 'hang-up', 'stall'].includes(f.kind)).length;
  const lazy = streams.reduce((a, s) => a + s.sizes.length * s.lazyMs, 0);
  return (bytes / slowest) * (1 + breaks) + lazy + rounds.length * pauseMs;
};

/** Fewer faults, less sent, fewer parties, all at once at the beginning. */
export function* smaller(plan: Plan): Iterable<Plan> {
  for (const faults of without(plan.faults)) yield { ...plan, faults };
  for (const streams of without(plan.streams)) yield { ...plan, streams };
  for (const rounds of without(plan.rounds, 1)) yield { ...plan, rounds };
  const last = plan.parties.at(-1)!;
  const named = JSON.stringify([plan.faults, plan.streams]).includes(`"${last}"`);
  if (plan.parties.length > 2 && !named) yield { ...plan, parties: plan.parties.slice(0, -1) };
  for (const [i, stream] of plan.streams.entries())
    for (const sizes of without(stream.sizes, 1))
      yield { ...plan, streams: plan.streams.with(i, { ...stream, sizes }) };
  if (plan.rounds.some((size) => size > 8))
    yield { ...plan, rounds: plan.rounds.map((size) => Math.min(size, 8)) };
  if (plan.pauseMs > 0) yield { ...plan, pauseMs: 0 };
  for (const party of plan.parties)
    if (plan.starts[party]! > 0) yield { ...plan, starts: { ...plan.starts, [party]: 0 } };
}
