/** @file Schedules of a simulated network, from seeds: `npm run simulate` runs more of them, and replays one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { chanceOf } from './chance.ts';
import { links } from './links.ts';
import { failuresOfSeed, report } from './run.ts';
import { failuresOf, type Scenario, shrink, without } from './scenario.ts';

const test = suite('simulate');

/** Seeds that found a defect, and what it was. */
const FOUND: Readonly<Record<number, string>> = {
  19: 'a listener took for a stranger whom its acceptance had not reached',
  83: 'a clock that was set forward made all peers lost',
  118: 'who ended because another failed was named in its place',
  246: 'who ended because another did not come was named in its place',
  2175: 'pauses between attempts were longer than the peer was waited for',
};

for (const [seed, what] of Object.entries(FOUND))
  test(`seed ${seed}: ${what}`, async () => {
    assert.equal(await failuresOfSeed(Number(seed)), []);
  });

test('schedules', async () => {
  const wrong: string[] = [];
  const { seeds } = await report(0, scaled(100_000, 5_000), (seed, failures) => {
    wrong.push(`seed ${seed}: ${failures.join('; ')}`);
  });
  assert.equal(wrong, []);
  assert.is(seeds, scaled(100_000, 5_000));
});

test('a seed is one schedule: it happens the same way again', async () => {
  for (let seed = 0; seed < 40; seed++) {
    const traces = [0, 1].map(async () => {
      const lines: string[] = [];
      await links.run(links.plan(seed), (line) => lines.push(line));
      return lines;
    });
    const [first, second] = await Promise.all(traces);
    assert.ok(first!.length > 4);
    assert.equal(second, first);
  }
});

test('what goes wrong is made as small as it can be', async () => {
  const scenario: Scenario<readonly number[]> = {
    name: 'numbers',
    plan: (seed) => Array.from({ length: 20 }, () => chanceOf(seed).whole(0, 9)),
    run: async (plan) => (plan.includes(7) && plan.includes(3) ? ['7 and 3'] : []),
    smaller: (plan) => without(plan),
  };
  const least = await shrink(scenario, [1, 7, 7, 9, 3, 4, 3]);
  assert.equal(least, [7, 3]);
  assert.equal(await failuresOf(scenario, least), ['7 and 3']);
});

test.run();
