/** @file Commands of `tessera` in processes that stay for the next ones: to begin one takes longer than most commands. */
import { type ChildProcess, fork } from 'node:child_process';

export interface Command {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Processes that wait for a command. */
const idle: ChildProcess[] = [];

process.once('beforeExit', () => {
  for (const child of idle) {
    child.ref();
    child.kill('SIGKILL');
  }
});

const childOf = (): ChildProcess => {
  for (;;) {
    const child = idle.pop();
    if (child === undefined)
      return fork(new URL('./command-child.js', import.meta.url), {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    // Somebody may have killed one whose command had come to its end.
    if (!child.killed && child.connected) return child;
  }
};

/** Starts a command. Whoever kills its process ends it for good; its words are lost then. */
export const start = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; ended: Promise<Ended> } => {
  const child = childOf();
  child.ref();
  child.channel!.ref();
  const ended = new Promise<Ended>((resolve) => {
    const onExit = (code: number | null): void => resolve({ code, out: '', err: '' });
    child.once('exit', onExit);
    child.once('message', (said: Ended) => {
      child.off('exit', onExit);
      child.unref();
      child.channel?.unref();
      idle.push(child);
      resolve(said);
    });
  });
  const command: Command = { args, env: { ...env } };
  child.send(command);
  return { child, ended };
};

/** What a command prints; rejects with what it says where it fails. */
export const tessera = async (...args: string[]): Promise<{ stdout: string }> => {
  const { code, out, err } = await start(args).ended;
  if (code !== 0) throw Object.assign(new Error(err), { stderr: err });
  return { stdout: out };
};
