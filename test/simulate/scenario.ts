/** @file A kind of schedule: what a seed makes, how it runs, and what is a little less of it. */

export interface Scenario<P> {
  readonly name: string;
  plan(seed: number): P;
  /** What must not be so, and is; nothing if all is well. */
  run(plan: P, say?: (line: string) => void): Promise<readonly string[]>;
  /** Plans with a little less in them, those with much less first. */
  smaller(plan: P): Iterable<P>;
}

/** What went wrong, an error that the world itself ran into included. */
export const failuresOf = async <P>(
  scenario: Scenario<P>,
  plan: P,
  say?: (line: string) => void,
): Promise<readonly string[]> => {
  try {
    return await scenario.run(plan, say);
  } catch (error) {
    return [String((error as Error).stack)];
  }
};

/** The smallest plan found that still goes wrong. */
export const shrink = async <P>(scenario: Scenario<P>, plan: P): Promise<P> => {
  let least = plan;
  for (let found = true; found; ) {
    found = false;
    for (const less of scenario.smaller(least)) {
      if ((await failuresOf(scenario, less)).length === 0) continue;
      least = less;
      found = true;
      break;
    }
  }
  return least;
};

/** A list without each of its entries in turn. */
export function* without<T>(list: readonly T[], least = 0): Iterable<readonly T[]> {
  if (list.length <= least) return;
  for (let i = list.length - 1; i >= 0; i--) yield list.filter((_, j) => j !== i);
}
