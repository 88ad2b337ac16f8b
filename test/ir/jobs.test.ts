/** Jobs: their digest changes with all that parties and dealer must agree on, and a dealer takes no orders but rank 0's. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import type { Graph } from '../../src/ir/ops/graph.ts';
import { DealerEngine } from '../../src/ir/run/dealer-engine.ts';
import { Dealer } from '../../src/ir/run/dealer-run.ts';
import { DealerJobs, type DealerMessage, digestOf, type Job, packMessage } from '../../src/ir/run/job.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { ring, seedsOf } from '../gates/harness.ts';

const test = suite('ir: jobs');
const field = FIELDS.FM64;
const secret = { shape: [4], dtype: 'fxp', secret: true } as const;

const graphOf = (fn: (x: BaseArray) => unknown): Graph => lower(trace(fn, [secret]).graph, { field });
const loop = (factor: number): Graph =>
  graphOf((x) => np.fori(0, 3, (_, s) => np.add(np.multiply(s, factor), x), np.zeros(4)));

const JOB: Job = { graph: graphOf((x) => np.multiply(x, x)), ins: [0], outs: [1] };

/** The same job with its nodes, or one of them, changed. */
const changed = (change: (graph: Graph) => Partial<Graph>): Job => ({
  ...JOB,
  graph: { ...JOB.graph, ...change(JOB.graph) },
});

test('the digest of a job says all that is to be the same', () => {
  const nodes = (change: object) =>
    changed((g) => ({ nodes: g.nodes.map((n, i) => (i === 0 ? { ...n, ...change } : n)) }));
  const others: Record<string, Job> = {
    objects: { ...JOB, ins: [2] },
    results: { ...JOB, outs: [-1] },
    'the graph’s outputs': changed(() => ({ outs: [0] })),
    'the graph’s inputs': changed(() => ({ ins: [1] })),
    op: nodes({ op: 'mul' }),
    operands: nodes({ ins: [0, 0, 0] }),
    'results of an op': nodes({ outs: [0] }),
    attributes: nodes({ attrs: { ...JOB.graph.nodes[0]!.attrs, exact: false } }),
    'attributes that are data': nodes({ attrs: { a: Float64Array.of(1) } }),
    'other data': nodes({ attrs: { a: Float64Array.of(2) } }),
    shape: changed((g) => ({ types: g.types.map((t) => ({ ...t, shape: [5] })) })),
    secrecy: changed((g) => ({ types: g.types.map((t) => ({ ...t, secret: false })) })),
    'range guard': changed(() => ({ watched: [{ op: 'x' }] })),
    loop: { ...JOB, graph: loop(2) },
    'a number in a loop': { ...JOB, graph: loop(3) },
  };
  const seen = new Map([[digestOf(JOB), 'the job itself']]);
  for (const [what, job] of Object.entries(others)) {
    const digest = digestOf(job);
    assert.is(seen.get(digest), undefined, `${what}, and ${seen.get(digest)}`);
    seen.set(digest, what);
  }
  // Call sites are no part of it.
  assert.is(digestOf(nodes({ site: 'elsewhere.js:1' })), digestOf(JOB));
});

test('a dealer deals for no gate twice', () => {
  const jobs = new DealerJobs(
    new Dealer(
      ring,
      field,
      seedsOf(2).map((seed) => new Prg(ring, seed)),
    ),
  );
  const input: Job = { graph: { ins: [], outs: [], nodes: [], types: [] }, ins: [], outs: [] };
  const run = (job: Job, base?: number): void => {
    for (const steps = jobs.run(job, base); !steps.next().done; );
  };
  const product: Job = {
    graph: {
      ins: [],
      outs: [1],
      types: [secret, secret].map((t) => ({ ...t, dtype: 'ring' as const })),
      nodes: [
        { op: 'input', ins: [], outs: [0], attrs: { owner: 0, name: 0, length: 4, bits: false } as never },
        { op: 'square', ins: [0], outs: [1], attrs: { trunc: 0, exact: false } },
      ],
    },
    ins: [],
    outs: [-1],
  };
  run(input);
  run(product);
  run(product, 5);
  for (const base of [0, 5, 6]) {
    let code = '';
    try {
      run(product, base);
    } catch (e) {
      code = (e as { code: string }).code;
    }
    assert.is(code, 'DIVERGED', `from gate ${base}`);
  }
  run(product, 7);
});

/** What a dealer says of two parties that send it this. */
const dealing = async (alice: readonly DealerMessage[], bob: readonly DealerMessage[]): Promise<string> => {
  const parties = ['alice', 'bob'];
  const net = memoryNetwork([...parties, 'dealer']);
  const engine = DealerEngine.start({
    ring,
    field,
    parties,
    channel: () => net.dealer!.channel('dealer', parties),
    faults: net.dealer!.channel('dealer faults', parties),
  });
  for (const [self, messages] of [
    ['alice', alice],
    ['bob', bob],
  ] as const) {
    const channel = net[self]!.channel('dealer', ['dealer']);
    messages.forEach((message, tag) => void channel.send('dealer', tag, packMessage(message)));
  }
  const ended = engine.done.then(
    () => 'done',
    (e: { code?: string; message: string }) => `${e.code}: ${e.message}`,
  );
  const patience = new Promise<string>((resolve) => setTimeout(() => resolve('waits'), 400).unref());
  const said = await Promise.race([ended, patience]);
  await Promise.all(Object.values(net).map((t) => t.close()));
  await ended;
  return said;
};

const seed = (length = 32): DealerMessage => ({ kind: 'seed', seed: new Uint8Array(length).fill(1) });
const bye: DealerMessage = { kind: 'bye' };

test('a dealer takes seeds of 32 bytes, orders of rank 0, digests of the others', async () => {
  assert.is(await dealing([seed(), bye], [seed(), bye]), 'done');
  for (const wrong of [seed(31), seed(0), seed(33), bye])
    assert.match(await dealing([seed(), bye], [wrong]), /DIVERGED.*bob/);
  const job: DealerMessage = { kind: 'job', job: JOB };
  const orders: DealerMessage[] = [
    job,
    { kind: 'free', ids: [0] },
    { kind: 'stop' },
    { kind: 'taken', bytes: 1 },
    { kind: 'need', gate: 1 },
  ];
  for (const order of orders)
    assert.match(await dealing([seed()], [seed(), order]), /DIVERGED.*bob/, order.kind);
  assert.match(await dealing([seed(), { kind: 'digest', digest: 'x' }], [seed()]), /DIVERGED.*alice/);
  assert.match(
    await dealing([seed(), job], [seed(), { kind: 'digest', digest: digestOf({ ...JOB, ins: [9] }) }]),
    /DIVERGED.*different programs/,
  );
});

test.run();
