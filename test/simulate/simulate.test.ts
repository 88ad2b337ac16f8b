/** @file Schedules of a simulated network, from seeds: `npm run simulate` runs more of them, and replays one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { chanceOf } from './chance.ts';
import { FOUND } from './found.ts';
import { links } from './links.ts';
import { report } from './run.ts';
import { failuresOf, type Scenario, shrink, without } from './scenario.ts';

const test = suite('simulate');

for (const { what, plan, of } of FOUND)
  test(`seed ${plan.seed}: ${what}`, async () => {
    assert.equal(await failuresOf(of as Scenario<unknown>, plan), []);
  });

test('schedules', async () => {
  const wrong: string[] = [];
  const { seeds } = await report(0, scaled(100_000, 1_000), (seed, failures) => {
    wrong.push(`seed ${seed}: ${failures.join('; ')}`);
  });
  assert.equal(wrong, []);
  assert.is(seeds, scaled(100_000, 1_000));
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
