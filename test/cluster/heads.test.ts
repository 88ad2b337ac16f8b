/** @file What is said of calls and orders has its form, or it is none. */
import * as assert from 'uvu/assert';
import { readOrder, readTask } from '../../src/cluster/read-heads.ts';
import { suite } from '../link/helpers.ts';

const test = suite('cluster/heads');

const TASK = {
  id: 'driver.1',
  driver: 'driver',
  party: 'alice',
  build: {},
  what: 'a task',
  code: { url: 'file:///a.js', path: 'a.js', hash: 'x', name: 'f' },
  numReturns: 1,
  args: { id: 'driver.2', size: 100, holder: 'n1' },
  refs: [],
};

test('a task is read; a name that is no part of a subject, or a size that nothing has, makes it none', () => {
  assert.ok(readTask(TASK, 0));
  for (const [what, change] of Object.entries({
    driver: { driver: 'a.b' },
    wild: { driver: '*' },
    empty: { driver: '' },
    long: { driver: 'x'.repeat(65) },
    holder: { args: { ...TASK.args, holder: 'a b' } },
    below: { args: { ...TASK.args, size: -1 } },
    part: { args: { ...TASK.args, size: 0.5 } },
    huge: { args: { ...TASK.args, size: 1e300 } },
    text: { args: { ...TASK.args, size: '100' } },
    one: { refs: [{ ...TASK.args, size: Number.NaN }] },
  }))
    assert.is(readTask({ ...TASK, ...change }, 0), undefined, what);
});

test('an order of a driver whose name is no part of a subject is none', () => {
  const end = { id: 'driver.1', driver: 'driver', kind: 'end', state: 'driver.2' };
  assert.ok(readOrder(end, 0));
  for (const driver of ['a.b', '*', '', '>']) assert.is(readOrder({ ...end, driver }, 0), undefined, driver);
});

test.run();
