/** Engines whose memory is limited: programs over more than it holds stay below the limit, whatever their ops need in between. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { tile } from '../../src/ir/compile/passes/tile.ts';
import { revealGraph } from '../../src/ir/compile/ports.ts';
import { sizeOf } from '../../src/ir/ops/graph.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { Ring } from '../../src/ring/ring.ts';
import { LONG } from '../long.ts';
import { graphOf } from './snapshot.ts';
import { type Fn, field, inputJob, start, typesOf } from './world.ts';

const LIMIT = 4 << 20;

const reals = (shape: readonly number[], seed: number): NDArray =>
  NDArray.from({
    shape,
    dtype: 'fxp',
    data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => 1.5 + Math.sin(i * 12.9898 + seed)),
  });

/** 75 x 100 of x and y against each other: 0.35 MB a value, and no more of what comes out than a row or a column. */
const outer = (x: BaseArray, y: BaseArray): BaseArray => np.expandDims(x, 1).mul(np.expandDims(y, 0));
const PROGRAMS: Readonly<Record<string, Fn>> = {
  quotients: (x, y) => np.sum(np.divide(outer(x!, y!), np.expandDims(x!, 1)), 1),
  'twelve functions at once': (x, y) => {
    const d = outer(x!, y!);
    const parts = Array.from({ length: 12 }, (_, i) => np.exp(d.mul(-0.1 * (i + 1))));
    return np.sum(
      parts.reduce((sum, p) => sum.add(p)),
      1,
    );
  },
  angles: (x, y) => np.sum(np.arctan2(outer(x!, y!), np.expandDims(x!, 1)), 1),
  powers: (x, y) => np.max(np.power(outer(x!, y!), 0.3), 1),
  distances: (x, y) => np.max(np.abs(np.expandDims(x!, 1).sub(np.expandDims(y!, 0))), 1),
  remainders: (x, y) => np.sum(np.remainder(outer(x!, y!), 0.7), 0),
  'activations one after another': (x, y) => np.sum(np.nn.mish(np.tanh(np.sigmoid(outer(x!, y!)))), 1),
  'a loop': (x, y) => np.fori(0, 2, (_, c) => np.sum(np.sqrt(outer(c as BaseArray, y!)), 1).mul(0.01), x!),
};

const SHORT = ['quotients'];

/** By setting: which of the programs in a short run; all of them in the first. */
for (const [n, kind, costMode, some] of [
  [2, 'first', 'bandwidth', Object.keys(PROGRAMS)],
  [2, 'first', 'latency', SHORT],
  [3, 'third', 'bandwidth', SHORT],
] as const)
  for (const [name, fn] of Object.entries(PROGRAMS).filter(([name]) => LONG || some.includes(name)))
    test(`${name}: ${n} parties, dealer ${kind}, ${costMode}`, async () => {
      const inputs = [reals([75], 1), reals([100], 2)];
      const want = fn(...inputs) as NDArray;
      // The dealer of a TrustedThirdParty knows no limit of theirs.
      const rings = await Promise.all(
        Array.from({ length: n + 1 }, (_, i) => Ring.create(i < n ? { maxBytes: LIMIT } : {})),
      );
      const w = await start(n, kind, { rings });
      const options = { field, parties: n, costMode };
      const graph = optimize(graphOf(fn as (...args: never[]) => unknown, ...typesOf(inputs)));
      await w.run(inputJob(n, inputs), inputs);
      const lowered = lower(tile(graph, LIMIT, options), options);
      await w.run({ graph: lowered, ins: [0, 1], outs: [100] });
      const types = graph.outs.map((id) => graph.types[id]!);
      const shown = await w.run({
        graph: revealGraph(types, [0], options),
        ins: [100],
        outs: [-1],
        reveal: [{ dtype: 'fxp' }],
      });
      want.data.forEach((v, i) => {
        const got = Number(shown[0]!.revealed[0]!.data[i]);
        assert.ok(
          Math.abs(got - Number(v)) < 1e-3 * Math.max(1, Math.abs(Number(v))),
          `[${i}] ${got}, not ${v}`,
        );
      });
      for (const engine of w.engines) assert.ok(engine.memory.peak <= LIMIT);
      await Promise.all(w.engines.map((e) => e.free([0, 1, 100])));
      await w.close();
    });

test.run();
