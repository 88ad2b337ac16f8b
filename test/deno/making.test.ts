/** Two parties without a dealer, one in Node and one in Deno: both have the right results, by AES, and by ChaCha20 where Node has no AES. */
import * as assert from 'uvu/assert';
import { cluster } from '../production/harness.ts';
import { RIGHT } from '../production/making-results.ts';
import { deno, denoSuite, good, node, type Started } from './deno.ts';

const test = denoSuite('Deno: without a dealer, with Node');

const PARTY = 'dist/test/deno/party.js';
const TWO = ['alice', 'bob'] as const;

interface Found {
  readonly found: readonly (readonly number[])[];
  readonly byAes: boolean;
}

const foundBy = async (party: Started): Promise<Found> =>
  JSON.parse((await good(party)).split('\n').find((line) => line.startsWith('{'))!) as Found;

for (const [alice, bob, withAes, field, tolerance] of [
  ['Node', 'Deno', true, 'FM128', 1e-6],
  ['Deno', 'Node', false, 'FM64', 1e-4],
  ['Node', 'Deno', false, 'FM32', 0.02],
] as const)
  test(`${field}, alice in ${alice} and bob in ${bob}, ${withAes ? 'both with AES' : 'Node without AES'}`, async () => {
    const options = await cluster(TWO);
    const runtimes = [alice, bob];
    const parties = runtimes.map((runtime, i) => {
      const given = JSON.stringify({ options: options[TWO[i]!], field, withoutAes: !withAes });
      return runtime === 'Deno' ? deno(['-A'], PARTY, given) : node(PARTY, given);
    });
    for (const [i, { found, byAes }] of (await Promise.all(parties.map(foundBy))).entries()) {
      if (runtimes[i] === 'Node') assert.is(byAes, withAes);
      found.forEach((row, i) => {
        row.forEach((x, j) => {
          const right = RIGHT[i]![j]!;
          assert.ok(
            Math.abs(x - right) <= tolerance * Math.max(1, Math.abs(right)),
            `result ${i}, ${j} is ${x}`,
          );
        });
      });
    }
  });

test.run();
