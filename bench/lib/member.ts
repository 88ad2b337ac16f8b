/** @file The side of lib/engine-processes.ts that a process in JavaScript has: hears `run` and `end`, and answers in lines of JSON. */

import { createInterface } from 'node:readline';

/** Seconds of the clock, or with BENCH_CLOCK=cpu those that this process computes. */
const now = (): number => {
  if (process.env.BENCH_CLOCK !== 'cpu') return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const say = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

/** Serves until told to end. `run` resolves when the result is there; `report` is asked once, at the end. */
export const serve = async (
  run: (word: string) => Promise<void>,
  report: () => Promise<Readonly<Record<string, number>>>,
): Promise<void> => {
  say({ ready: true });
  for await (const word of createInterface({ input: process.stdin })) {
    if (word === 'end') break;
    const start = now();
    await run(word);
    say({ seconds: now() - start });
  }
  say({ report: await report() });
};
