/** runtime_config.cost_mode: which protocols a session runs, with either dealer, and what the profile says of it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { np } from '#tessera';
import { readClusterDef } from '../../src/device/cluster-def.ts';

const test = suite('device cost mode');

const run = async (
  parties: readonly string[],
  config: Readonly<Record<string, unknown>>,
  link?: { rttMs: number; bandwidthMbit?: number },
) => {
  const s = await sf.session({ parties: [...parties], loggingLevel: 'warning', ...(link && { link }) });
  const def = sf.utils.testing.clusterDef([...parties]);
  const spu = s.SPU({ ...def, runtime_config: { ...def.runtime_config, ...config } } as never);
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => said.push(text);
  try {
    const x = s.PYU('alice')(() => Float64Array.from([-2, 0, 1.5, 7]))();
    const y = s.PYU('bob')(() => Float64Array.from([-1, 0, 1.25, -7]))();
    const z = spu((a: never, b: never) => np.maximum(a, b))(x.to(spu) as never, y.to(spu) as never);
    const values = Array.from((await s.reveal(z as never)) as unknown as Iterable<unknown>, Number);
    const { ops, rounds } = spu.stats();
    return { values, rounds, ops: ops.map((o) => o.op), said: said.join('\n') };
  } finally {
    console.error = error;
    await s.shutdown();
  }
};

const TWO = ['alice', 'bob'];
const profile = { enable_hal_profile: true };

for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty']) {
  test(`latency: two parties compare by keys, dealt by ${beaver_type}`, async () => {
    const fss = await run(TWO, { cost_mode: 'latency', beaver_type, ...profile });
    const tabled = await run(TWO, { beaver_type, ...profile });
    assert.equal(fss.values, [-1, 0, 1.5, 7]);
    assert.equal(tabled.values, fss.values);
    assert.is(tabled.rounds - fss.rounds, 4);
    assert.ok(fss.ops.includes('piecewiseLinearFss') && !fss.ops.includes('less'));
    assert.ok(fss.said.includes('by keys (piecewiseLinearFss): costMode latency'), fss.said);
    assert.ok(tabled.said.includes('by tables (less): costMode bandwidth'), tabled.said);
  });
}

test('auto weighs the link; three parties have tables', async () => {
  const auto = { costMode: 'auto', ...profile };
  const far = await run(TWO, { ...auto, linkRttMs: 40, linkBandwidthMbit: 100 });
  assert.ok(
    far.said.includes('costMode auto, by the batch at a round trip of 40 ms and 12.5 MB/s'),
    far.said,
  );
  assert.ok(far.ops.includes('piecewiseLinearFss'));
  const three = await run([...TWO, 'carol'], { cost_mode: 'latency', ...profile });
  assert.equal(three.values, far.values);
  assert.ok(three.said.includes('latency needs two parties, and here are 3'), three.said);
});

for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty']) {
  test(`auto measures the link that it is not told, with ${beaver_type}`, async () => {
    const far = await run(TWO, { costMode: 'auto', beaver_type, ...profile }, { rttMs: 50 });
    const said = /by the batch at a round trip of ([\d.]+) ms and ([\d.]+) MB\/s/.exec(far.said);
    assert.ok(said && Number(said[1]) >= 50, far.said);
    assert.ok(far.ops.includes('piecewiseLinearFss'));
    assert.equal(far.values, [-1, 0, 1.5, 7]);
  });
}

test('a program that is planned by a measure cannot be recorded for a dealer', async () => {
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const def = sf.utils.testing.clusterDef(TWO);
  const spu = s.SPU({ ...def, runtime_config: { ...def.runtime_config, cost_mode: 'auto' } } as never);
  assert.throws(() => spu.record(), /give link_rtt_ms and link_bandwidth_mbit/);
  await s.shutdown();
});

test('sigmoid by straight lines, and an exponential that is exact in every mode, which the profile says', async () => {
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => said.push(text);
  try {
    const x = s.PYU('alice')(() => Float64Array.from([-6, -1, 0, 2, 6]))();
    for (const [sigmoid_mode, line] of [
      ['SIGMOID_MM1', (v: number) => 0.5 + v / 8],
      ['SIGMOID_SEG3', (v: number) => Math.min(1, Math.max(0, 0.5 + v / 8))],
      ['SIGMOID_REAL', (v: number) => 1 / (1 + Math.exp(-v))],
    ] as const) {
      const def = sf.utils.testing.clusterDef([...TWO]);
      const config = { ...def.runtime_config, sigmoid_mode, fxp_exp_mode: 'EXP_PADE', ...profile };
      const spu = s.SPU({ ...def, runtime_config: config } as never);
      const y = spu((v: sf.BaseArray) => [np.sigmoid(v), np.exp(v)])(x.to(spu));
      const [got, powers] = (await s.reveal(y)) as unknown as [sf.NDArray, sf.NDArray];
      for (const [i, v] of [-6, -1, 0, 2, 6].entries()) {
        assert.ok(Math.abs(Number(got.data[i]) - line(v)) < 2 ** -20, `${sigmoid_mode} of ${v}`);
        assert.ok(Math.abs(Number(powers.data[i]) / Math.exp(v) - 1) < 2 ** -14);
      }
    }
    assert.ok(said.some((t) => t.includes('fxp_exp_mode EXP_PADE: computed to 2^-20, as in every mode')));
  } finally {
    console.error = error;
    await s.shutdown();
  }
});

test('a mistyped mode and half a link are refused', () => {
  const read = (config: Readonly<Record<string, unknown>>) =>
    readClusterDef(
      {
        nodes: TWO.map((party) => ({ party })),
        runtime_config: { protocol: 'SEMI2K', field: 'FM128', ...config },
      },
      TWO,
    );
  assert.throws(() => read({ cost_mode: 'latancy' }), /did you mean "latency"/);
  assert.throws(() => read({ link_rtt_ms: 1 }), /given together/);
  assert.is(read({ costMode: 'LATENCY' }).runtime.costMode, 'latency');
});

test.run();
