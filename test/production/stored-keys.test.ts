/** Stored material of a program in latency mode: every party's portions hold the keys that all are told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { keygen } from '../../src/cli/keygen.ts';
import { readClusterDef } from '../../src/device/cluster-def.ts';
import { boxText, parseBox } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { openStored } from '../../src/device/production/stored/stored-source.ts';
import * as sf from '../../src/index.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { inputGraph, revealGraph } from '../../src/ir/compile/ports.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { PartyEngine } from '../../src/ir/run/engine.ts';
import type { Job } from '../../src/ir/run/job.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import { createIdentity, identityText } from '../../src/link/identity.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { folder, suite } from './harness.ts';

const test = suite('production/stored-keys');
const TWO = ['alice', 'bob'] as const;
const field = FIELDS.FM128;

test('comparisons and lines by keys run on stored material', async () => {
  const place = folder();
  const type = { shape: [4], dtype: 'fxp', secret: true } as const;
  const options = { field, parties: 2, costMode: 'latency' } as const;
  const { graph } = trace(
    (x: BaseArray, y: BaseArray) => np.add(np.maximum(x, y), np.where(np.less(x, y), 10, 0)),
    [type, type],
  );
  const inputs = [0, 1].map((owner) => ({ owner, type }));
  const jobs: Job[] = [
    { graph: inputGraph(inputs, options), ins: [], outs: [0, 1] },
    { graph: lower(graph, options), ins: [0, 1], outs: [2] },
    { graph: revealGraph([type], [0, 1], options), ins: [2], outs: [-1], reveal: [{ dtype: 'fxp' }] },
  ];
  const identities: Record<string, string> = {};
  const recipients: Record<string, Uint8Array> = {};
  for (const party of TWO) {
    await keygen({ party, out: place });
    identities[party] = readFileSync(join(place, `${party}.identity`), 'utf8').trim();
    recipients[party] = parseBox(boxText(identities[party]), party);
  }
  const dealt = createIdentity();
  const program = { parties: TWO, field: field.name, fraction: field.fraction, jobs };
  const set = await deal({ program, runs: 1, out: place, job: 'test', dealer: dealt, recipients });

  const config = readClusterDef(sf.utils.testing.clusterDef([...TWO]), TWO);
  const net = memoryNetwork([...TWO]);
  const engines = await Promise.all(
    TWO.map(async (self, rank) => {
      const peers = TWO.filter((p) => p !== self);
      const ring = await Ring.create();
      const dealer = await openStored({
        folder: join(place, self),
        set: undefined,
        acceptCopiedMaterial: set,
        dealer: identityText(dealt),
        identity: identities[self]!,
        job: 'test',
        self,
        config,
        channel: net[self]!.channel('stored', peers),
        ring,
      });
      return PartyEngine.start({
        ring,
        field,
        fraction: field.fraction,
        rank,
        parties: TWO,
        channel: () => net[self]!.channel('spu', peers),
        faults: net[self]!.channel('faults', peers),
        dealer,
      });
    }),
  );
  const own: Tensor[] = [
    [-2, 0, 1.5, 7],
    [-1, 0, 1.25, -7],
  ].map((v) => ({ shape: [4], dtype: 'fxp', data: Float64Array.from(v) }));
  for (const job of jobs) {
    const done = await Promise.all(
      engines.map((engine, rank) =>
        engine.run(job, new Map(job.ins.length === 0 ? [[rank, own[rank]!]] : [])),
      ),
    );
    if (job.outs[0] === 2) for (const { stats } of done) assert.is(stats.rounds, 2);
    if (!job.reveal) continue;
    for (const { revealed } of done)
      assert.equal(Array.from(revealed[0]!.data as Float64Array), [9, 0, 1.5, 7]);
  }
  await Promise.all(engines.map((engine) => engine.close()));
});

test.run();
