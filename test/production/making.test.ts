/** Two parties with nobody's help, as two processes: right at each field, and a party that dies while material is made is named. */
import * as assert from 'uvu/assert';
import { cluster, end, launch, MORTAL, suite, values } from './harness.ts';
import { RIGHT } from './making-results.ts';

const test = suite('production/making');
const TWO = ['alice', 'bob'] as const;

for (const [field, tolerance] of [
  ['FM128', 1e-6],
  ['FM64', 1e-4],
  ['FM32', 0.02],
] as const)
  test(`${field}: both have the right results`, async () => {
    const parties = launch(await cluster(TWO), 'makingTogether', field);
    for (const [party, found] of Object.entries(await values<number[][]>(parties)))
      for (const [i, row] of found.entries())
        for (const [j, x] of row.entries())
          assert.ok(
            Math.abs(x - RIGHT[i]![j]!) <= tolerance * Math.max(1, Math.abs(RIGHT[i]![j]!)),
            `${party}: result ${i}, ${j} is ${x}`,
          );
  });

for (const [victim, other] of [
  ['bob', 'alice'],
  ['alice', 'bob'],
] as const)
  test(`${victim} dies while material is made, and is named in time`, async () => {
    const options = await cluster(TWO, (_, o) => ({ ...o, crossSilo: MORTAL, loggingLevel: 'critical' }));
    const parties = launch(options, 'makingTogether', 'FM64');
    await parties[other].noted('made');
    parties[victim].kill('SIGKILL');
    const { code, message } = await parties[other].error();
    assert.is(code, 'PEER_LOST');
    assert.match(message, new RegExp(`"${victim}" is lost`));
    end(parties);
  });

test.run();
