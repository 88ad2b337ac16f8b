/** @file The side of lib/crew.ts that a process in JavaScript has: hears `run` and `end`, and answers in lines of JSON. */

import { createInterface } from 'node:readline';

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
    const start = performance.now();
    await run(word);
    say({ seconds: (performance.now() - start) / 1000 });
  }
  say({ report: await report() });
};
