/** @file Commands of `tessera` in processes that stay for the next ones: to begin one takes longer than most commands. */
import { type ChildProcess, fork } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Processes that wait for a command, by the environment in which they were begun. */
const idle = new Map<string, ChildProcess[]>();

process.once('beforeExit', () => {
  for (const child of [...idle.values()].flat()) {
    child.ref();
    child.kill('SIGKILL');
  }
});

/** Starts a command. Whoever kills its process ends it for good; its words are lost then. */
export const start = (args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } => {
  const environment = JSON.stringify(process.env);
  // Somebody may have killed one whose command had come to its end.
  const waiting = (idle.get(environment) ?? []).filter(({ killed, connected }) => !killed && connected);
  idle.set(environment, waiting);
  const child =
    waiting.pop() ??
    fork(new URL('./command-child.js', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.ref();
  child.channel!.ref();
  const ended = new Promise<Ended>((resolve) => {
    const onExit = (code: number | null): void => resolve({ code, out: '', err: '' });
    child.once('exit', onExit);
    child.once('message', (said: Ended) => {
      child.off('exit', onExit);
      child.unref();
      child.channel?.unref();
      waiting.push(child);
      resolve(said);
    });
  });
  child.send(args);
  return { child, ended };
};

/** What a command prints; rejects with what it says where it fails. */
export const tessera = async (...args: string[]): Promise<{ stdout: string }> => {
  const { code, out, err } = await start(args).ended;
  if (code !== 0) throw Object.assign(new Error(err), { stderr: err });
  return { stdout: out };
};
