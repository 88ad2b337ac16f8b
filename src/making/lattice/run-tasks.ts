/** @file Runs tasks with the other party: ciphertexts of a window of tasks first, both ways at once, then the answers to them. */

import { wholeTurn } from '../../link/tick.ts';
import type { MakingChannel } from '../cross-terms.ts';
import type { Task } from './lattice-task.ts';
import { receive } from './setup.ts';

/** Bytes of ciphertexts that the parties send before they want answers. */
export const WINDOW = 1 << 26;

/** Tasks that go together. */
export function* windows(tasks: readonly Task[]): Generator<readonly Task[]> {
  for (let from = 0; from < tasks.length; ) {
    let to = from;
    for (let bytes = 0; to < tasks.length && (to === from || bytes < WINDOW); to++)
      bytes += tasks[to]!.ups * tasks[to]!.upBytes;
    yield tasks.slice(from, to);
    from = to;
  }
}

/** Waits for both, whatever becomes of either: nothing is at work any more when this fails. */
const together = async (...works: (() => Promise<void>)[]): Promise<void> => {
  const ended = await Promise.allSettled(works.map((work) => work()));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
};

/** Milliseconds that work may go on before messages and timers have a turn. */
const LONG_MS = 20;

/** Waits for a turn of the event loop where none has been for long. */
const turns = (): (() => Promise<void>) => {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONG_MS) return;
    await wholeTurn();
    last = performance.now();
  };
};

/** Runs a window of tasks. */
export const run = async (tasks: readonly Task[], channel: MakingChannel): Promise<void> => {
  const turn = turns();
  const mine = tasks.filter(({ encryptor }) => encryptor === channel.rank);
  const theirs = tasks.filter(({ encryptor }) => encryptor !== channel.rank);
  await together(
    async () => {
      for (const task of mine) for (let i = 0; i < task.ups; i++) await channel.send(task.encrypt(i));
    },
    async () => {
      for (const task of theirs)
        for (let i = 0; i < task.ups; i++) task.accept(i, await receive(channel, task.upBytes));
    },
  );
  await together(
    async () => {
      for (const task of theirs)
        for (const answer of task.answers()) {
          if (answer) await channel.send(answer);
          await turn();
        }
    },
    async () => {
      for (const task of mine)
        for (const [i, bytes] of task.downs.entries()) task.open(i, await receive(channel, bytes));
    },
  );
};
