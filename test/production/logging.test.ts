/** @file Levels of what is printed: checked in every mode, in any case of letters; warnings of trust come at each. */
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, printed } from '../device/helpers.ts';
import { cluster, type Options, suite } from './harness.ts';

const test = suite('production/logging');

const parties = { alice: { address: '127.0.0.1:9401' }, bob: { address: '127.0.0.1:9402' } };

test('a level that is none is an error in each mode, and the nearest one is named', async () => {
  const production = { cluster_config: { parties, self_party: 'alice' } };
  const dealer = {
    cluster_config: { parties, self_party: 'dealer', dealer: { address: '127.0.0.1:9403' } },
  };
  const start = (o: Options) => () => sf.session(o as unknown as sf.InitOptions);
  for (const key of ['loggingLevel', 'logging_level']) {
    await fails(start({ parties: ['alice', 'bob'], [key]: 'wraning' }), 'CONFIG', key, '"warning"');
    await fails(start({ ...production, [key]: 'wraning' }), 'CONFIG', key, '"warning"');
    await fails(start({ ...production, [key]: 3 }), 'CONFIG', key, 'no level');
    await fails(start({ address: '127.0.0.1:1', [key]: 'inof' }), 'CONFIG', key, '"info"');
    await fails(() => sf.startDealer({ ...dealer, [key]: 'quiet' }), 'CONFIG', key, 'critical');
  }
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'WARNING' as sf.LoggingLevel });
  await s.shutdown();
});

for (const level of ['info', 'INFO', 'Critical'])
  test(`${level}: that rank 0 could learn the others' inputs is said`, async () => {
    const options = await cluster(['alice', 'bob'], (_, o) => ({
      ...o,
      tls_config: undefined,
      allowTrustedFirstParty: true,
      loggingLevel: level,
    }));
    const lines = await printed(async () => {
      const both = await Promise.all(
        Object.values(options).map((o) => sf.session(o as unknown as sf.InitOptions)),
      );
      for (const s of both) s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
      await Promise.all(both.map((s) => s.shutdown()));
    });
    assert.is(lines.filter((l) => l.includes("alice could learn the others' inputs")).length, 2, `${lines}`);
  });

test.run();
