/** @file The end of the current tick: the moment at which everything that was sent in it leaves as one message. */

/** Without `nextTick`, a promise chain of this many links still counts as the same tick. */
const MICROTASK_HOPS = 16;

const nextTick =
  typeof process === 'object' && typeof process.nextTick === 'function' ? process.nextTick : undefined;

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
