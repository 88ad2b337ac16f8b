/**
 * @file Masks of large inputs are drawn when they are used, and stand once in a memory, or are drawn again where there is little of
 * it: results stay, whatever part of them is used.
 */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { np } from '../../src/index.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import type { Kept } from '../../src/ir/run/mask-stream.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const ring = await Ring.create();

/** 40,000 rows of 3: no row but every fourth begins where a block of the stream does. */
const ROWS = 40_000;
const input = (): NDArray =>
  NDArray.from({
    shape: [ROWS, 3],
    dtype: 'fxp',
    data: Float64Array.from({ length: 3 * ROWS }, (_, i) => ((i * 7919) % 4001) / 1000 - 2),
  });

type Array_ = np.BaseArray;
const programs: Readonly<Record<string, (x: Array_) => unknown>> = {
  'rows from the second on': (x) => np.sum(np.slice(x, [1, 30_002]), 0),
  'a row of the middle, and the last': (x) => [x.at(20_001), x.at(-1)],
  'every other row': (x) => np.sum(np.slice(x, [1, null, 2]), 0),
  'rows backwards': (x) => np.slice(x, [null, null, -1]).at(2),
  'a slice, and its transpose': (x) => {
    const part = np.slice(x, [7, 30_007]);
    return np.matmul(np.transpose(part), part);
  },
  'the same twice': (x) => np.sum(x.mul(x).add(x), 0),
  'in another shape': (x) => np.sum(np.reshape(x, [ROWS * 3]).at([5, 25_005])),
  'as it is': (x) => np.slice(np.reshape(x, [3 * ROWS]), [3, 70_003]),
  compared: (x) => np.sum(np.astype(np.greater(np.slice(x, [3, 25_003]), 0.5), 'int64'), 0),
};

const check = (of: Ring, field: 'FM128' | 'FM64', parties: number): void => {
  const x = input();
  for (const [name, program] of Object.entries(programs)) {
    const { results } = simulate(program as never, [x], { ring: of, field: FIELDS[field], parties });
    const clear = program(x);
    const wanted = (Array.isArray(clear) ? clear : [clear]) as NDArray[];
    wanted.forEach((want, i) => {
      const [got, all] = [results[i]!.data, want.data];
      assert.is(got.length, all.length, name);
      for (let j = 0; j < all.length; j++) {
        const [a, b] = [Number(got[j]), Number(all[j])];
        if (Math.abs(a - b) > 1e-3 * Math.max(1, Math.abs(b))) assert.unreachable(`${name}: ${a}, not ${b}`);
      }
    });
  }
};

for (const parties of [2, 3])
  for (const field of ['FM128', 'FM64'] as const)
    test(`${parties} parties, ${field}: parts of a large input`, () => check(ring, field, parties));

test('the same where masks are drawn again at each use, because there is little memory', async () => {
  const small = await Ring.create({ maxBytes: 64e6 });
  const stays = small.bytes(33e6);
  const idle = small.heap.used;
  check(small, 'FM64', 2);
  assert.is(small.heap.used, idle);
  small.release(stays);
});

test('each of several large inputs has a stream of its own, which is drawn again as it was', async () => {
  const small = await Ring.create({ maxBytes: 64e6 });
  const stays = small.bytes(33e6);
  const program = (...all: Array_[]): unknown =>
    all.map((x, i) => np.sum(np.slice(x, [1 + i, 30_002 + i]), 0));
  const inputs = [1, 2, 3].map((factor) => np.multiply(input(), factor) as NDArray);
  const { results } = simulate(program as never, inputs, { ring: small, field: FIELDS.FM64, parties: 2 });
  (program(...inputs) as NDArray[]).forEach((want, i) => {
    want.data.forEach((v, j) => {
      const got = Number(results[i]!.data[j]);
      assert.ok(
        Math.abs(got - Number(v)) < 1e-3 * Math.max(1, Math.abs(Number(v))),
        `${i}: ${got}, not ${v}`,
      );
    });
  });
  small.release(stays);
});

const WORDS = 3 * ROWS * 16;

/** The input in a world of two parties; `of`: what is then in use beside what was before. */
const entered = (of: (used: number, world: Lockstep, made: ReturnType<Lockstep['run']>) => void): void => {
  const own = ring.heap.used;
  const world = new Lockstep(ring, FIELDS.FM128, 2);
  const type = { shape: [ROWS, 3], dtype: 'fxp', secret: true } as const;
  const options = { field: FIELDS.FM128, parties: 2 };
  const made = world.run(inputGraph([{ owner: 0, type }], options), [{ owner: 0, tensor: input() }]);
  of(ring.heap.used - own, world, made);
  world.free(made);
  assert.is(world.held, 0);
  assert.is(ring.heap.used, own);
};

test('of a large input parties keep its masked words, and its owner the mask; zeros and the dealer take nothing', () =>
  entered((used) => assert.ok(used < 3.1 * WORDS && used > 3 * WORDS)));

test('a mask stands once, however many hold it, and goes with the last of them', () =>
  entered((_, { store }, { outs }) => {
    const before = ring.heap.used;
    const [mine] = outs.map(([x]) => x) as [Kept];
    const { source, length } = mine.stream!;
    const [a, b] = [source.take(0, length), source.take(1000, 5000)];
    assert.is(ring.heap.used - before, 0);
    assert.is(b.ptr, a.ptr + 16_000);
    store.retain(mine);
    store.release(mine);
    ring.release(a);
    ring.release(b);
  }));

test.run();
