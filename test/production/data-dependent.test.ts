/** @file Loops that a revealed condition ends, each party and the dealer a process. */
import * as assert from 'uvu/assert';
import { readClusterDef } from '../../src/device/cluster-def.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { Programs } from '../../src/device/programs.ts';
import { type BaseArray, np, TesseraError } from '../../src/index.ts';
import { createIdentity } from '../../src/link/identity.ts';
import { cluster, folder, launch, suite, values } from './harness.ts';

const test = suite('production/data-dependent');
const TWO = ['alice', 'bob'] as const;

for (const dealer of [true, false])
  test(`with ${dealer ? 'a dealer in a process of its own' : 'TrustedFirstParty'}`, async () => {
    const names = dealer ? [...TWO, 'dealer'] : TWO;
    const options = await cluster(names, (_, o) => (dealer ? o : { ...o, allowTrustedFirstParty: true }));
    const out = await values<number[]>(launch(options, 'dataDependent'));
    for (const party of TWO) {
      const [v, n, again] = out[party] as [number, number, number];
      assert.ok(Math.abs(v - 1.5625) < 1e-6);
      assert.is(n, 6);
      assert.ok(Math.abs(again - (Math.exp(1.5625) + 6)) < 1e-4);
    }
  });

test('nothing is dealt beforehand for a program that needs to hear what is revealed', async () => {
  const { runtime } = readClusterDef(
    {
      nodes: TWO.map((party) => ({ party })),
      runtime_config: { protocol: 'SEMI2K', field: 'FM128' },
    },
    TWO,
  );
  const f = (x: BaseArray) =>
    np.whileRevealed(
      (v) => np.greater(v, 1),
      (v) => v.mul(0.5),
      x,
    );
  const programs = new Programs(runtime, 2, () => {});
  const type = { shape: [], dtype: 'fxp', secret: true } as const;
  const graph = await programs.lower(programs.record(f as never, [type], new Set()));
  const program = { parties: TWO, field: 'FM128', fraction: 26, jobs: [{ graph, ins: [0], outs: [1] }] };
  try {
    await deal({
      program: program as never,
      runs: 1,
      out: folder(),
      job: 'test',
      dealer: createIdentity(),
      recipients: { alice: new Uint8Array(32), bob: new Uint8Array(32) },
    });
    assert.unreachable();
  } catch (e) {
    assert.instance(e, TesseraError);
    assert.is((e as TesseraError).code, 'UNSUPPORTED');
    assert.match((e as TesseraError).message, /reveals values on its way/);
  }
});

test.run();
