/** @file Runs seeds: each belongs to one kind of schedule. */
import { links } from './links.ts';
import { failuresOf, type Scenario } from './scenario.ts';
import { sessions } from './sessions.ts';

/** What a seed is a plan of: every fourth one of sessions with disks, the others of links alone. */
export const scenarioOf = (seed: number): Scenario<unknown> =>
  (seed % 4 === 3 ? sessions : links) as Scenario<unknown>;

export const failuresOfSeed = (seed: number): Promise<readonly string[]> => {
  const scenario = scenarioOf(seed);
  return failuresOf(scenario, scenario.plan(seed));
};

export interface Report {
  readonly seeds: number;
  readonly bad: readonly number[];
  /** Of one core. */
  readonly milliseconds: number;
}

/** Tells of each seed that goes wrong; more than a few of them say the same. */
const MOST_BAD = 20;

export const report = async (
  from: number,
  count: number,
  wrong: (seed: number, failures: readonly string[]) => void,
): Promise<Report> => {
  const start = process.cpuUsage();
  const { stackTraceLimit } = Error;
  // Links make many errors, and where they were made is told when a seed runs alone.
  Error.stackTraceLimit = 0;
  const bad: number[] = [];
  let seeds = 0;
  for (; seeds < count && bad.length < MOST_BAD; seeds++) {
    const failures = await failuresOfSeed(from + seeds);
    // A world runs in microtasks alone; what its programs have put off to a turn of the event loop would pile up.
    await new Promise((resolve) => setImmediate(resolve));
    if (failures.length === 0) continue;
    bad.push(from + seeds);
    wrong(from + seeds, failures);
  }
  Error.stackTraceLimit = stackTraceLimit;
  const { user, system } = process.cpuUsage(start);
  return { seeds, bad, milliseconds: (user + system) / 1e3 };
};
