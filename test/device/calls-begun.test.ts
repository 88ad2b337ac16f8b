/** The end of a session waits for called functions that can begin, however long the chain of them is, and for no others. */
import { setImmediate } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { Calls } from '../../src/device/production/calls.ts';
import { suite } from '../link/helpers.ts';

const test = suite('device/calls-begun');

const never = new Promise<unknown>(() => {});

/** Whether `calls` has begun, once nothing happens any more. */
const over = async (calls: Calls): Promise<boolean> => {
  let ended = false;
  void calls.begun().then(() => {
    ended = true;
  });
  await setImmediate();
  return ended;
};

/** A call whose function runs when `needs` are there, after as many more microtasks as a call may ever take. */
const call = (calls: Calls, op: number, needs: Promise<unknown>[], run: () => unknown): Promise<unknown> => {
  const done = Promise.allSettled(needs).then(async () => {
    for (let i = 0; i < 100; i++) await undefined;
    return run();
  });
  done.catch(() => {});
  calls.made(op, needs, [done]);
  return done;
};

test('nothing was called: there is nothing to wait for', async () => {
  assert.ok(await over(new Calls()));
});

test('a chain of calls, each of the result before it, runs to its end', async () => {
  const calls = new Calls();
  const ran: number[] = [];
  let last: Promise<unknown> = Promise.resolve();
  for (let op = 1; op <= 50; op++)
    last = call(calls, op, [last], () => {
      ran.push(op);
      if (op === 50) throw new Error('the last one fails');
    });
  await calls.begun();
  assert.is(ran.length, 50);
});

test('what has failed is there: who needs it is not waited for any longer than that', async () => {
  const calls = new Calls();
  const failed = call(calls, 1, [], () => Promise.reject(new Error('no')));
  const next = call(calls, 2, [failed], () => 2);
  await calls.begun();
  assert.is(await next, 2);
});

test('what another party has not sent is not waited for, nor what needs it', async () => {
  const calls = new Calls();
  const first = call(calls, 1, [never], () => 1);
  call(calls, 2, [first], () => 2);
  assert.ok(await over(calls));
});

test('what was there before the end began is there', async () => {
  const calls = new Calls();
  let ran = false;
  call(calls, 1, [Promise.resolve(1), Promise.resolve(2)], () => {
    ran = true;
  });
  await calls.begun();
  assert.ok(ran);
});

test('a function that gave a promise has begun', async () => {
  const calls = new Calls();
  const slow = call(calls, 1, [], () => {
    calls.goesOn(1);
    return never;
  });
  call(calls, 2, [slow], () => 2);
  assert.ok(await over(calls));
});

test('a function that waits until the others are told of it is waited for', async () => {
  const calls = new Calls();
  let tell: (value: unknown) => void = () => {};
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  const done = told.then(() => {
    calls.goesOn(1);
  });
  calls.made(1, [], [done, never]);
  assert.not(await over(calls));
  tell(undefined);
  assert.ok(await over(calls));
});

test.run();
