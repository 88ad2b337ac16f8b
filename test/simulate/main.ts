/** @file `npm run simulate`: so many schedules of a network with faults. A seed that goes wrong is made smaller and shown. */
import { scriptCommand, within } from '../../examples/lib/command.ts';
import { report, scenarioOf } from './run.ts';
import { failuresOf, type Scenario, shrink } from './scenario.ts';

const SEED = within(0, 2 ** 32 - 1, true);
const values = scriptCommand('simulate', 'Schedules of messages and faults in simulated time, a seed each.', [
  '--seeds 100000',
  '--seed 17 --trace',
])
  .option('--seeds <n>', 'how many', within(1, 1e9, true), 1000)
  .option('--from <seed>', 'the first of them', SEED, 0)
  .option('--seed <n>', 'this one alone, as it is and made smaller', SEED)
  .option('--trace', 'show what happens in it', false)
  .parse()
  .opts<{ seeds: number; from: number; seed?: number; trace: boolean }>();

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
    const { seed, trace } = values;
    if (!(await show(scenarioOf(seed), seed, trace))) process.exitCode = 1;
    return;
  }
  const result = await report(values.from, values.seeds, (seed, failures) => {
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
