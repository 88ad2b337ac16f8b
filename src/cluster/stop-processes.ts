/** @file Stopping what was started on this machine: nodes first, so that they can say good-bye, then servers. */
import { beganAt, forget, leftBehind, removeOwn, type Started, startedHere, stateFolder } from './state.ts';

const PATIENCE_MS = 8_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const lives = ({ pid, began }: Started): boolean => beganAt(pid) === began;

/** Ends a process; false if it had to be killed. */
const end = async (started: Started, folder: string): Promise<boolean> => {
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (lives(started)) process.kill(started.pid, name);
    } catch {
      // It has ended in between.
    }
  };
  signal('SIGTERM');
  // What was stopped ends when it goes on.
  signal('SIGCONT');
  const until = Date.now() + PATIENCE_MS;
  while (lives(started) && Date.now() < until) await pause(50);
  const gentle = !lives(started);
  if (!gentle) signal('SIGKILL');
  forget(started.pid, folder);
  return gentle;
};

export interface Stopped extends Started {
  readonly gentle: boolean;
}

const stopIn = async (folder: string): Promise<Stopped[]> => {
  const all = startedHere(folder);
  const stop = (kind: Started['kind']) =>
    Promise.all(
      all.filter((s) => s.kind === kind).map(async (s) => ({ ...s, gentle: await end(s, folder) })),
    );
  return [...(await stop('node')), ...(await stop('nats-server'))];
};

export const stopAll = async (): Promise<Stopped[]> => {
  const stopped = await stopIn(stateFolder());
  for (const folder of leftBehind()) {
    stopped.push(...(await stopIn(folder)));
    removeOwn(folder);
  }
  return stopped;
};
