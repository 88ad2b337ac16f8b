/** @file When long work has to let the event loop turn, so that the link beats and acknowledges meanwhile. */

import { wholeTurn } from '../../link/tick.ts';

/** Milliseconds of work between two turns: with the last stretch of work before it is noticed, below 200. */
const STRETCH_MS = 50;

export class Pace {
  #last = performance.now();

  /** Whether it is time to let the event loop turn. */
  get due(): boolean {
    return performance.now() - this.#last >= STRETCH_MS;
  }

  /** The event loop has turned, or work begins after something was waited for. */
  begin(): void {
    this.#last = performance.now();
  }

  /** Lets the event loop turn. */
  async turn(): Promise<void> {
    await wholeTurn();
    this.begin();
  }
}
