/** @file Busy polling: keeps the event loop awake for a short time after a `recv` starts to wait, if answers usually arrive that soon. */

/** How long. */
const SPIN_MS = 1;
/**
 * It is not kept awake where waits usually take longer: over a slow link it would be in vain, and where there are more
 * programs than cores it would keep the peer from answering. A wait counts as at most so long.
 */
const SHORT_WAIT_MS = 0.5;
const LONGEST_WAIT_MS = 8;

export class Awake {
  /** Whether anything waits. */
  readonly #waits: () => boolean;
  /** The channel of the last wait, when that began, and milliseconds that waits took lately. */
  #awaited: string | undefined;
  #since = 0;
  #usualWait = 0;
  #until = 0;
  #spinning = false;

  constructor(waits: () => boolean) {
    this.#waits = waits;
  }

  waiting(channel: string): void {
    this.#awaited = channel;
    this.#since = performance.now();
    if (this.#usualWait > SHORT_WAIT_MS) return;
    this.#until = this.#since + SPIN_MS;
    if (this.#spinning) return;
    this.#spinning = true;
    setImmediate(this.#spin);
  }

  taken(channel: string): void {
    if (channel !== this.#awaited) return;
    this.#awaited = undefined;
    const took = Math.min(performance.now() - this.#since, LONGEST_WAIT_MS);
    this.#usualWait += (took - this.#usualWait) / 8;
  }

  /** With an immediate pending the loop polls its sockets instead of sleeping on them. */
  readonly #spin = (): void => {
    this.#spinning = this.#waits() && performance.now() < this.#until;
    if (this.#spinning) setImmediate(this.#spin);
  };
}
