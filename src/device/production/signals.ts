/** @file The end of this process: the other parties are told of it before. */

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** How long the peers may take to be told. */
const GRACE_MS = 500;

const listeners = new Set<(why: string) => void>();

const tell = (why: string): void => {
  for (const listener of listeners) listener(why);
};

const asked = (signal: NodeJS.Signals): void => {
  tell(signal);
  setTimeout(() => {
    for (const s of SIGNALS) process.off(s, asked);
    process.kill(process.pid, signal);
  }, GRACE_MS).unref();
};

/** `process.exit`, an error that nobody caught, or nothing left to do: what a listener sends at once still leaves. */
const exits = (code: number): void => tell(`its process ended with code ${code}`);

/** Calls `listener` when the process is asked to end, and when it ends; returns what ends the subscription. */
export const onEnd = (listener: (why: string) => void): (() => void) => {
  if (listeners.size === 0) {
    for (const s of SIGNALS) process.on(s, asked);
    process.on('exit', exits);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    for (const s of SIGNALS) process.off(s, asked);
    process.off('exit', exits);
  };
};
