/** @file The end of this process: the other parties are told of it before. */
import { constants } from 'node:os';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { log } from '../../log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long the peers may take to be told. */
const GRACE_MS = 500;
/** How long an error that nobody caught leaves for that: some turns of the loop. */
const LAST_MS = 20;

const listeners = new Set<(why: string) => void>();

const notify = (why: string): void => {
  for (const listener of listeners) listener(why);
};

const asked = (signal: NodeJS.Signals): void => {
  notify(signal);
  setTimeout(() => {
    for (const s of SIGNALS) process.off(s, asked);
    process.kill(process.pid, signal);
    // The first process of a container is not ended by a signal that nothing there listens to any more.
    if (process.pid === 1 && process.listenerCount(signal) === 0)
      process.exit(128 + constants.signals[signal]);
  }, GRACE_MS).unref();
};

/** `process.exit`, an error that nobody caught, or nothing left to do: what a listener sends at once still leaves. */
const exits = (code: number): void => notify(`its process ended with code ${code}`);

let crashed = false;

/** What Node does with an error that nobody caught, some turns later. */
const crash = (error: unknown): void => {
  console.error(`Uncaught ${inspect(error)}`);
  if (!crashed) setTimeout(() => process.exit(1), LAST_MS);
  crashed = true;
};

/**
 * An error that nobody catches: who catches such errors lives on. A TLS connection that has sent something in this turn of the
 * loop, as one has where the error follows a result, sends nothing more in it, so the process ends a few turns later. In Deno, where such
 * an end has no `exit`, and in a thread, whose owner is to hear of the error, it ends at once.
 */
const uncaught = (): void => {
  const caught = process.listenerCount('uncaughtException') > (crashed ? 1 : 0);
  if (caught || process.hasUncaughtExceptionCaptureCallback?.()) return;
  exits(1);
  if (!crashed && isMainThread && !('Deno' in globalThis)) process.on('uncaughtException', crash);
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
