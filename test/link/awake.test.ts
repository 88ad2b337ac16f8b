/** @file Busy polling for short waits, on a clock of the test's own. */
import * as assert from 'uvu/assert';
import { Awake } from '../../src/link/awake.ts';
import { suite } from './helpers.ts';

const test = suite('link/awake');

/** An `Awake` with a clock and turns of the event loop that the test moves: a turn takes a twentieth of a millisecond. */
const simulated = () => {
  const TURN_MS = 0.05;
  let now = 0;
  let waits = false;
  let next: (() => void) | undefined;
  const awake = new Awake(() => waits);
  /** Turns of the loop during a wait of `ms`. */
  const wait = (ms: number): number => {
    const { setImmediate: immediate } = globalThis;
    const { now: clock } = performance;
    globalThis.setImmediate = ((run: () => void) => {
      next = run;
    }) as unknown as typeof setImmediate;
    performance.now = () => now;
    try {
      waits = true;
      awake.waiting('rounds');
      const end = now + ms;
      let turns = 0;
      while (next !== undefined && now < end) {
        const run = next;
        next = undefined;
        turns += 1;
        now += TURN_MS;
        run();
      }
      now = end;
      waits = false;
      awake.taken('rounds');
      // The loop turns once more and finds that nothing waits.
      next?.();
      next = undefined;
      return turns;
    } finally {
      globalThis.setImmediate = immediate;
      performance.now = clock;
    }
  };
  return wait;
};

test('the event loop is kept awake for a millisecond of a wait, not where waits are long', () => {
  const wait = simulated();
  assert.ok(Math.abs(wait(20) - 20) <= 1, 'a millisecond of turns');
  for (let i = 0; i < 3; i++) wait(20);
  for (let i = 0; i < 10; i++) assert.is(wait(20), 0, 'long waits sleep');
});

test('short waits are polled again once they are the usual ones', () => {
  const wait = simulated();
  for (let i = 0; i < 20; i++) wait(20);
  assert.is(wait(0.2), 0);
  for (let i = 0; i < 40; i++) wait(0.2);
  assert.is(wait(0.2), 4);
});

test.run();
