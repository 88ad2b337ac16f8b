/** @file Scheduling at the end of the current tick, where all frames sent in it leave as one message, and at the next turn of the event loop. */

/** Without `nextTick`, a promise chain of this many links still counts as the same tick. */
const MICROTASK_HOPS = 16;

/** Bundlers put a `process` of their own, whose ticks are timers, in the place of the bare name. */
const { nextTick } =
  (globalThis as { readonly process?: { readonly nextTick?: (run: () => void) => void } }).process ?? {};

/**
 * Runs `run` once all promise reactions that are due now have run. In Node and Deno a `nextTick` callback that is
 * queued from a microtask runs when the microtask queue is empty; browsers have no such hook, so there the callback
 * steps back in the queue a fixed number of times (a macrotask would cost a timer's or a message's latency).
 */
export const atTickEnd = (run: () => void): void => {
  if (nextTick !== undefined) {
    queueMicrotask(() => nextTick(run));
    return;
  }
  let hops = MICROTASK_HOPS;
  const hop = () => (hops-- === 0 ? run() : queueMicrotask(hop));
  queueMicrotask(hop);
};

/** Browsers have no `setImmediate`, and their timers wait for milliseconds: a message to oneself does not. */
const byMessage = (): ((run: () => void) => void) => {
  const { port1, port2 } = new MessageChannel();
  const due: (() => void)[] = [];
  port1.onmessage = () => due.shift()!();
  return (run) => {
    due.push(run);
    port2.postMessage(null);
  };
};

let send: ((run: () => void) => void) | undefined;

/** Runs `run` when the event loop is reached: after all that is due now, and its promise reactions. */
export const atEventLoop = (run: () => void): void => {
  send ??= typeof setImmediate === 'function' ? setImmediate : byMessage();
  send(run);
};

/** The same as a promise. */
export const eventLoop = (): Promise<void> => new Promise(atEventLoop);

/**
 * A turn in which sockets and timers are served too. Deno runs immediates one after another before it looks at its sockets
 * again, so there it takes a timer, which costs a millisecond.
 */
export const wholeTurn: () => Promise<void> =
  'Deno' in globalThis ? () => new Promise((resolve) => setTimeout(resolve, 0)) : eventLoop;
