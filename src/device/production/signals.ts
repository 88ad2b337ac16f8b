/** @file SIGINT and SIGTERM: the other parties are told before the process ends. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long the peers may take to be told. */
const GRACE_MS = 500;

const listeners = new Set<(signal: string) => void>();

const handle = (signal: NodeJS.Signals): void => {
  for (const listener of listeners) listener(signal);
  setTimeout(() => {
    for (const s of SIGNALS) process.off(s, handle);
    process.kill(process.pid, signal);
  }, GRACE_MS).unref();
};

/** Calls `listener` when the process is asked to end; returns what ends the subscription. */
export const onEnd = (listener: (signal: string) => void): (() => void) => {
  if (listeners.size === 0) for (const s of SIGNALS) process.on(s, handle);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) for (const s of SIGNALS) process.off(s, handle);
  };
};
