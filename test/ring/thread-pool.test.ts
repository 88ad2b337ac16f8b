/** The pool of a ring's threads: who takes which piece, who is waited for, and when helpers are started. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { awaitDone, DONE, QUEUE_BYTES, WorkQueue } from '../../src/ring/work-queue.ts';

const test = suite('ring thread pool');

test('only one of all who try takes a piece, and a call that was is forgotten', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const seen: number[][] = [];
  const kernels = { add128: (...args: number[]) => seen.push(args) } as never;
  const [caller, helper] = [new WorkQueue(memory, 64, kernels, 0), new WorkQueue(memory, 64, kernels, 1)];
  assert.ok(64 + QUEUE_BYTES <= 65536);
  caller.write(0, [1000, 7, 5], {
    total: 5,
    grain: 2,
    count: 2,
    steps: [16, 0, 0],
    own: { arg: 1, bytes: 10 },
  });
  assert.is(helper.take(), -1);
  caller.open(3);
  assert.equal([caller.take(), helper.take(), caller.take(), helper.take()], [0, 1, 2, -1]);
  for (const [queue, piece] of [[caller, 0], [helper, 1], [caller, 2]] as const) queue.run(piece); // biome-ignore format: pairs
  assert.equal(seen, [[1000, 7, 2], [1032, 17, 2], [1064, 7, 1]]); // biome-ignore format: calls
  assert.is(Atomics.load(caller.words, DONE), 3);
  caller.clear();
  assert.is(helper.failure(), undefined);
});

test('a helper that dies with a piece in its hands is not waited for without end', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const kernels = { add128: () => 0 } as never;
  const [caller, helper] = [new WorkQueue(memory, 64, kernels, 0), new WorkQueue(memory, 64, kernels, 1)];
  const split = { total: 4, grain: 2, count: 0, steps: [0] };
  caller.write(0, [4], split);
  caller.open(2);
  assert.is(helper.take(), 0);
  caller.run(caller.take());
  const start = performance.now();
  assert.is(awaitDone(caller, 2, 50), false);
  const waited = performance.now() - start;
  assert.ok(waited >= 50, `${waited} ms`);
  // One that is only late is waited for.
  helper.run(0);
  assert.is(awaitDone(caller, 2, 50), true);
});

test('a ring that others crowd starts no helper for what is soon done', async () => {
  const ring = await Ring.create({ threads: 2, crowded: true });
  const [d, a, b] = [1, 2, 3].map(() => ring.alloc(FIELDS.FM128, 512 * 512)) as [
    RingArray,
    RingArray,
    RingArray,
  ];
  const wait = async (): Promise<void> => {
    for (let tries = 0; tries < 30 && ring.helpers === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  ring.mul(d, a, b);
  await wait();
  assert.is(ring.helpers, 0);
  ring.matmul(d, a, b, 512, 512, 512);
  for (let tries = 0; tries < 30 && ring.helpers === 0; tries++) await wait();
  assert.is(ring.helpers, 1);
  await ring.close();
});

test('numbers of threads that make no sense are errors', async () => {
  for (const threads of [0, -1, 1.5, 65, Number.NaN]) {
    try {
      await Ring.create({ threads });
      assert.unreachable();
    } catch (e) {
      assert.is((e as TesseraError).code, 'RANGE');
      assert.match((e as TesseraError).message, /1 to 64 threads/);
    }
  }
});

test.run();
