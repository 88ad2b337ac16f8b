/** @file The range guard, each party and the dealer a process: all come to one verdict, and the session goes on. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { boxText, parseBox } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { readProgram } from '../../src/device/recording.ts';
import { createIdentity, identitySecretText, identityText } from '../../src/link/identity.ts';
import { cluster, folder, launch, suite, values } from './harness.ts';
import { guardedCalls } from './programs-values.ts';

const test = suite('production/guard');
const TWO = ['alice', 'bob'] as const;

for (const dealer of [true, false])
  for (const third of [true, false])
    test(`with ${dealer ? 'a dealer' : 'TrustedFirstParty'}${third ? ', and a party that takes no part' : ''}`, async () => {
      const names = [...TWO, ...(third ? ['carol'] : []), ...(dealer ? ['dealer'] : [])];
      const options = await cluster(names, (_, o) => (dealer ? o : { ...o, allowTrustedFirstParty: true }));
      const out = await values<Awaited<ReturnType<typeof guardedCalls>>>(launch(options, 'guarded'));
      for (const party of names.filter((name) => name !== 'dealer')) {
        const { failures, sum, after } = out[party]!;
        for (const f of failures) {
          // What happens at bob alone, or at those of the SPU, is told to the others.
          assert.match(`${f!.code} ${f!.message}`, /^RANGE |^PARTY_FAILED .*\(RANGE\)/, party);
          assert.match(f!.message, /range_guard: np\.multiply at .*programs-values\.[jt]s:\d+:\d+/);
        }
        assert.ok(Math.abs((sum as number[])[0]! - 0.5) < 1e-6);
        assert.equal(after, [false, false, false]);
      }
    });

test('with material that was dealt before: calls that are skipped use none of what follows', async () => {
  const place = folder();
  const identities = new Map([...TWO, 'dealer'].map((name) => [name, createIdentity()]));
  const secret = (name: string): string => identitySecretText(identities.get(name)!);
  const s = await sf.session({ parties: TWO, loggingLevel: 'warning' });
  const spu = s.SPU(sf.utils.testing.clusterDef(TWO, { range_guard: true }));
  const recording = spu.record();
  await guardedCalls(s, spu);
  await s.shutdown();
  const set = await deal({
    program: readProgram(recording.bytes(), 'program'),
    runs: 1,
    out: place,
    job: 'test',
    dealer: identities.get('dealer')!,
    recipients: Object.fromEntries(TWO.map((name) => [name, parseBox(boxText(secret(name)), name)])),
  });
  const dealer = identityText(identities.get('dealer')!);
  const options = await cluster(TWO, (self, o) => ({
    ...o,
    identity: secret(self),
    storedMaterial: { folder: join(place, self), dealer, acceptCopiedMaterial: set },
  }));
  const out = await values<Awaited<ReturnType<typeof guardedCalls>>>(launch(options, 'guarded'));
  for (const party of TWO) {
    const { failures, sum, after } = out[party]!;
    assert.ok(failures.every((f) => /range_guard/.test(f!.message)));
    assert.ok(Math.abs((sum as number[])[0]! - 0.5) < 1e-6);
    assert.equal(after, [false, false, false]);
  }
});

test.run();
