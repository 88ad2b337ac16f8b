/** @file The end of this process: the other parties are told of it before. */

import { log } from '../../log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long the peers may take to be told. */
const GRACE_MS = 500;

const listeners = new Set<(why: string) => void>();

const notify = (why: string): void => {
  for (const listener of listeners) listener(why);
};

const asked = (signal: NodeJS.Signals): void => {
  notify(signal);
  setTimeout(() => {
    for (const s of SIGNALS) process.off(s, asked);
    process.kill(process.pid, signal);
  }, GRACE_MS).unref();
};

/** `process.exit`, an error that nobody caught, or nothing left to do: what a listener sends at once still leaves. */
const exits = (code: number): void => notify(`its process ended with code ${code}`);

/** In Deno an error that nobody caught ends a process without its `exit`. Who catches such errors lives on. */
const uncaught = (): void => {
  if (process.listenerCount('uncaughtException') === 0) exits(1);
};

/** What has to end before the process does, where nothing else is left to do. */
const ends = new Set<() => Promise<void>>();

const empty = (): void => {
  if (ends.size === 0) return;
  const { exitCode } = process;
  // Whoever sets a code has failed: the others are told so, not that the program has come to its end.
  if (exitCode !== undefined && Number(exitCode) !== 0) notify(`its program ended with code ${exitCode}`);
  for (const end of ends)
    end().catch((e: unknown) => {
      log('error', e instanceof Error ? e.message : String(e));
      process.exitCode = process.exitCode || 1;
    });
};

/** Calls `end` when the program has nothing left to do; returns what ends the subscription. */
export const onEmpty = (end: () => Promise<void>): (() => void) => {
  if (ends.size === 0) process.on('beforeExit', empty);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) process.off('beforeExit', empty);
  };
};

/** Calls `listener` when the process is asked to end, and when it ends; returns what ends the subscription. */
export const onEnd = (listener: (why: string) => void): (() => void) => {
  if (listeners.size === 0) {
    for (const s of SIGNALS) process.on(s, asked);
    process.on('exit', exits);
    process.on('uncaughtExceptionMonitor', uncaught);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    for (const s of SIGNALS) process.off(s, asked);
    process.off('exit', exits);
    process.off('uncaughtExceptionMonitor', uncaught);
  };
};
