/** @file What the dealer's part of a workload takes by itself: one core, no link, no parties. */

import { analyse } from '../../src/ir/compile/analysis.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import type { CostMode, LinkMeasure } from '../../src/ir/compile/plan.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import type { Graph } from '../../src/ir/ops/graph.ts';
import { Dealer } from '../../src/ir/run/dealer-run.ts';
import type { Entry } from '../../src/ir/run/store.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import type { Workload } from './workloads.ts';

export interface DealingOptions {
  readonly parties: number;
  readonly field: FieldName;
  readonly costMode?: CostMode;
  readonly link?: LinkMeasure;
}

/** Seconds: the least of three, or of fewer if it takes long. */
export const dealingSeconds = async (w: Workload, o: DealingOptions): Promise<number> => {
  const field = FIELDS[o.field];
  const options = { ...o, field, fraction: field.fraction };
  const ring = await Ring.create();
  const seeds = Array.from({ length: o.parties }, (_, i) => new Prg(ring, new Uint8Array(32).fill(i + 1)));
  const dealer = new Dealer(ring, field, seeds);
  let base = 0;
  const deal = (graph: Graph, inputs: readonly Entry[]): Entry[] => {
    const steps = dealer.run(graph, base, inputs);
    base += analyse(graph).gates;
    for (;;) {
      const next = steps.next();
      if (next.done) return next.value;
    }
  };
  const types = w.inputs().map(({ shape, dtype }) => ({ shape, dtype, secret: true }));
  const taken = types.map((type, i) => ({ owner: w.owners?.[i] ?? i % o.parties, type }));
  const inputs = deal(inputGraph(taken, options), []);
  const graph = lower(optimize(trace(w.program as never, types).graph), options);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, spent = 0; i < 3 && spent < 1000; i++) {
    const start = performance.now();
    for (const out of deal(graph, inputs)) dealer.store.release(out);
    const took = performance.now() - start;
    best = Math.min(best, took);
    spent += took;
  }
  return best / 1000;
};
