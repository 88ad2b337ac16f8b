/**
 * @file `npm run simulate -- --seeds 100000`: so many schedules, from seed `--from` (0) on. A seed that goes wrong is made
 * smaller and shown; `--seed N` runs one, `--trace` shows what happens in it.
 */
import { parseArgs } from 'node:util';
import { report, scenarioOf } from './run.ts';
import { failuresOf, type Scenario, shrink } from './scenario.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

/** One seed, as it is and made smaller. */
const show = async <P>(scenario: Scenario<P>, seed: number, trace: boolean): Promise<boolean> => {
  const plan = scenario.plan(seed);
  const failures = await failuresOf(scenario, plan);
  const least = failures.length === 0 ? plan : await shrink(scenario, plan);
  console.log(`${scenario.name}, seed ${seed}: ${JSON.stringify(least, undefined, 1)}`);
  const left = await failuresOf(scenario, least, trace ? console.log : undefined);
  console.log(failures.length === 0 ? 'all is well' : `\n${left.join('\n')}\n`);
  return failures.length === 0;
};

const main = async (): Promise<void> => {
  if (values.seed !== undefined) {
    const seed = Number(values.seed);
    if (!(await show(scenarioOf(seed), seed, values.trace))) process.exitCode = 1;
    return;
  }
  const result = await report(Number(values.from), Number(values.seeds), (seed, failures) => {
    console.log(`seed ${seed} (--seed ${seed} --trace):\n  ${failures.join('\n  ')}`);
  });
  const { seeds, bad, milliseconds } = result;
  console.log(
    `${seeds} schedules, ${bad.length} of them wrong, ${((seeds / milliseconds) * 1e3).toFixed(0)} a second of one core`,
  );
  if (bad.length > 0) {
    await show(scenarioOf(bad[0]!), bad[0]!, values.trace);
    process.exitCode = 1;
  }
};

await main();
