/**
 * Programs whose control flow depends on what they reveal: np.whileRevealed and np.reveal, in lockstep and over engines with either
 * kind of dealer, which must not run ahead of the decision.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { revealGraph } from '../../src/ir/compile/ports.ts';
import { unpackMessage } from '../../src/ir/run/job.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel } from '../../src/link/link.ts';
import * as np from '../../src/numpy/index.ts';
import { ring } from '../gates/harness.ts';
import { both, throws, throwsBoth, value } from '../numpy/both.ts';
import { secretly } from '../numpy/secretly.ts';
import { graphOf, secret, snapshot } from './snapshot.ts';
import { type Fn, field, inputJob, NAMES, start, typesOf } from './world.ts';

const numbers = (...x: number[]): NDArray => NDArray.from(Float64Array.from(x));

/** Halves x until all are below y; gives x and how often. */
const halve: Fn = (x, y) =>
  np.whileRevealed(
    ({ v }) => np.any(np.greater(v, y!)),
    ({ v, n }) => ({ v: v.mul(0.5), n: n.add(1) }),
    { v: x!, n: np.array(0, 'int32') },
  );

/** Halves until the sum is below 1, three times from new starts, with work beside it that waits for nothing. */
const nested: Fn = (x, y) => {
  const ends = np.fori(
    0,
    3,
    (i, acc) => {
      const end = np.whileRevealed(
        (v) => np.greater(np.sum(v), 1),
        (v) => np.multiply(v, np.multiply(np.sigmoid(v), 0.5)),
        np.add(x!, i),
      );
      return np.add(acc, end);
    },
    np.zeros(3),
  );
  return [ends, np.exp(y!), np.where(np.less(ends, y!), ends, np.multiply(y!, 0.25))];
};

const INPUTS = [numbers(3, 40, -7), numbers(0.5, 2, 1.5)];

test('the condition is the first carry, revealed before each turn; nothing else is', () => {
  snapshot(
    graphOf(
      (x: BaseArray) =>
        np.whileRevealed(
          (v) => np.less(v, 100),
          (v) => v.mul(v),
          x,
        ),
      secret([]),
    ),
    `
    graph(%0: fxp secret) {
      %1: fxp = const value=100
      %2: bool secret = less %0 %1
      %3: bool = reveal %2
      %4: bool, %5: fxp secret = loop %3 %0 hi=65536 lo=0 while=true {
        body(%6: int64, %7: bool, %8: fxp secret) {
          %9: fxp secret = mul %8 %8
          %10: fxp = const value=100
          %11: bool secret = less %9 %10
          %12: bool = reveal %11
          return %12 %9
        }
      }
      return %5
    }`,
  );
});

test('values: in the clear, recorded, and after the passes', () => {
  const log2 = (x: BaseArray) =>
    np.whileRevealed(
      ({ v }) => np.greater(v, 1),
      ({ v, n }) => ({ v: v.mul(0.5), n: n.add(1) }),
      {
        v: x,
        n: np.array(0, 'int64'),
      },
    ).n;
  assert.equal(value(log2, 1000), 10);
  assert.equal(value(log2, 0.5), 0);
  // A carry that turns secret in the body, and a condition on it that was public before.
  const turns = (x: BaseArray) =>
    np.whileRevealed(
      (v) => np.less(v, 10),
      (v) => v.add(x),
      0,
    );
  assert.equal(value(turns, 3), 12);
  // An unused carry goes, the condition stays.
  const graph = optimize(
    graphOf(
      (x: BaseArray) =>
        np.whileRevealed(
          ([a]) => np.less(a, 9),
          ([a, b]) => [a.add(1), b.mul(a)],
          [x, np.ones([])],
        )[0],
      secret([]),
    ),
  );
  assert.equal(graph.nodes.at(-1)!.outs.length, 2);
  assert.equal(
    both(halve, 16, 1).map((r) => r.item()),
    [4, 1],
  );
  // A public condition reveals nothing.
  const open = (x: BaseArray) =>
    np.whileRevealed(
      ([n]) => np.less(n, 3),
      ([n, v]) => [n.add(1), v.mul(x)],
      [np.array(0, 'int32'), x],
    )[1];
  assert.equal(value(open, 2), 16);
});

test('what waits for nothing that is revealed comes before it', () => {
  const ops = (fn: Fn) => optimize(graphOf(fn as never, secret([3]), secret([3]))).nodes.map((n) => n.op);
  const order = ops((x, y) => {
    const z = np.reveal(np.multiply(x!, y!));
    const last = np.multiply(z, x!);
    return [last, np.add(np.exp(x!), np.sqrt(y!))];
  });
  assert.equal(order, ['mul', 'exp', 'sqrt', 'add', 'reveal', 'mul']);
});

test('on secrets: rounds are those of each turn, and bytes are counted', () => {
  const stats = secretly(halve, INPUTS, { parties: [2, 3, 5] });
  assert.ok(stats.rounds > 0);
  secretly(nested, INPUTS, { parties: [2, 3] });
  const cost = (x: number, parties: number) =>
    simulate(halve as never, [numbers(x), numbers(1)], { ring, field, parties }).stats;
  for (const parties of [2, 3]) {
    const [none, one, five] = [cost(1, parties), cost(2, parties), cost(32, parties)];
    // less 4 rounds, any 3, the reveal 1; a half is a multiplication by a public number: none.
    assert.is(none.rounds, 8);
    assert.is(one.rounds, 16);
    assert.is(five.rounds, 48);
    const turn = one.sent[0]![1]! - none.sent[0]![1]!;
    assert.is(five.sent[0]![1]! - none.sent[0]![1]!, 5 * turn);
    assert.ok(five.dealerBytes - one.dealerBytes === 4 * (one.dealerBytes - none.dealerBytes));
  }
});

test('integers are revealed as what they are, and choose what is computed in the clear', () => {
  const f = (x: BaseArray, y: BaseArray) => {
    const seen = np.reveal(np.multiply(x, y));
    return [seen, np.multiply(seen, 3), np.add(seen, x), np.reveal(np.less(x, y)), np.reveal(seen)];
  };
  const [x, y] = [
    new NDArray([3], 'int8', Int8Array.of(100, -128, 7)),
    new NDArray([3], 'int8', Int8Array.of(3, 127, -7)),
  ];
  secretly(f, [x, y]);
  secretly((a) => np.multiply(np.reveal(a), a), [[1.5, -3]]);
});

test('a loop that does not end is an error, wherever it runs', () => {
  const f: Fn = (x) =>
    np.whileRevealed(
      (v) => np.greater(v, 0),
      (v) => v.add(1),
      x!,
      { maxIterations: 5 },
    );
  throws(() => f(numbers(1).sum()), 'RANGE', 'still holds after 5 turns');
  throws(
    () => simulate(f as never, [NDArray.from(1)], { ring, field, parties: 2 }),
    'RANGE',
    'revealed-control.test',
  );
  secretly(f, [-4], { FM128: 0 });
});

test('conditions are scalars, carries keep their kind, and there is no way back or batch', () => {
  throwsBoth(
    (x) =>
      np.whileRevealed(
        (v) => np.less(v, 1),
        (v) => v,
        x,
      ),
    [[1, 2]],
    'SHAPE',
    'use np.any or np.all',
  );
  throwsBoth(
    (x) =>
      np.whileRevealed(
        (v) => np.less(v, 1),
        () => [x, x] as never,
        x,
      ),
    [0],
    'INVALID_ARGUMENT',
    'return the carry',
  );
  throwsBoth(
    (x) =>
      np.whileRevealed(
        (v) => np.less(v, 1),
        (v) => np.greater(v, 1),
        x,
      ),
    [0],
    'SHAPE',
    'keeps its shape and dtype',
  );
  throwsBoth(
    (x) =>
      np.whileRevealed(
        (v) => v,
        (v) => v,
        x,
        { maxIterations: 0 },
      ),
    [0],
    'INVALID_ARGUMENT',
    'maxIterations',
  );
  const root = (x: BaseArray) =>
    np.whileRevealed(
      (v) => np.greater(v, 1),
      (v) => v.mul(0.5),
      x,
    );
  throws(() => graphOf(np.grad(root) as never, secret([])), 'UNSUPPORTED', 'np.grad: how often');
  throws(() => graphOf(np.vmap(root) as never, secret([4])), 'UNSUPPORTED', 'np.vmap: the condition');
  assert.equal(
    (
      np.vmap(
        (x: BaseArray, n: BaseArray) =>
          np.whileRevealed(
            ([k]) => np.less(k, 2),
            ([k, v]) => [k.add(1), v.mul(3)],
            [n, x],
          )[1],
        [0, null],
      )(numbers(1, 2), NDArray.from(0)) as NDArray
    ).toArray(),
    [9, 18],
  );
  throws(
    () =>
      lower(
        graphOf((x: BaseArray) => np.reveal(x), secret([])),
        { field },
      ),
    'INVALID_ARGUMENT',
    'how many',
  );
});

/** The dealer's window: small, so that it would have to wait. */
const WINDOW = 1 << 14;

const compiled = (fn: Fn, inputs: readonly NDArray[], parties: number, costMode?: 'latency') => {
  const graph = optimize(graphOf(fn as never, ...typesOf(inputs)));
  const lowered = lower(graph, { field, parties, ...(costMode && { costMode }) });
  return { graph: lowered, outs: graph.outs.map((id) => graph.types[id]!) };
};

for (const [n, kind, costMode] of [
  [2, 'first', undefined],
  [3, 'first', undefined],
  [2, 'third', undefined],
  [3, 'third', undefined],
  [5, 'third', undefined],
  [2, 'first', 'latency'],
  [2, 'third', 'latency'],
] as const) {
  test(`${n} parties, dealer ${kind}${costMode ? ', keys' : ''}: engines agree with lockstep`, async () => {
    const before = ring.heap.used;
    const w = await start(n, kind, { window: WINDOW });
    await w.run(inputJob(n, INPUTS), INPUTS);
    for (const fn of [halve, nested]) {
      const lock = simulate(fn as never, INPUTS, { ring, field, parties: n, ...(costMode && { costMode }) });
      const { graph, outs } = compiled(fn, INPUTS, n, costMode);
      const made = outs.map((_, i) => 100 + i);
      const show = revealGraph(
        outs,
        NAMES.slice(0, n).map((_, i) => i),
        { field },
      );
      for (let again = 0; again < 2; again++) {
        const ran = await Promise.all(w.engines.map((e) => e.run({ graph, ins: [0, 1], outs: made })));
        const shown = await Promise.all(
          w.engines.map((e) =>
            e.run({
              graph: show,
              ins: made,
              outs: made.map(() => -1),
              reveal: outs.map(({ dtype }) => ({ dtype })),
            }),
          ),
        );
        await Promise.all(w.engines.map((e) => e.free(made)));
        for (const { stats } of ran) assert.is(stats.rounds, lock.stats.rounds);
        assert.is(ran[0]!.stats.dealerBytes <= lock.stats.dealerBytes, true);
        for (const { revealed } of shown)
          for (const [i, got] of revealed.entries())
            for (const [k, x] of Array.from(got!.data as Float64Array).entries())
              assert.ok(Math.abs(Number(x) - Number(lock.results[i]!.data[k])) < 1e-5);
      }
    }
    await Promise.all(w.engines.map((e) => e.free([0, 1])));
    await w.close();
    assert.is(ring.heap.used, before);
  });
}

test('the dealer sends nothing beyond a decision before it hears of it, and hears of nothing else', async () => {
  const heard: { gate: number; value: unknown }[] = [];
  let last = -1;
  const spy = (rank: number, channel: Channel): Channel =>
    rank !== 0
      ? channel
      : {
          ...channel,
          peers: channel.peers,
          send: (to, tag, bytes) => {
            const m = unpackMessage(bytes);
            if (m.kind === 'revealed') heard.push({ gate: m.gate, value: [...(m.value.data as Uint8Array)] });
            return channel.send(to, tag, bytes);
          },
          recv: async (from, tag) => {
            const bytes = await channel.recv(from, tag);
            const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
            last = view.getFloat64(0, true);
            // The first gate of a message lies behind what was revealed so far, and never behind the next decision.
            assert.ok(heard.length === 0 || last > heard.at(-1)!.gate);
            return bytes;
          },
        };
  const w = await start(2, 'third', { window: WINDOW, spy });
  await w.run(inputJob(2, INPUTS), INPUTS);
  const { graph } = compiled(halve, INPUTS, 2);
  await Promise.all(w.engines.map((e) => e.run({ graph, ins: [0, 1], outs: [100, 101] })));
  // 40, 20, 10, 5, 2.5 are above 2; 3, 1.5, 0.75 above 0.5.
  assert.equal(
    heard.map((h) => h.value),
    [[1], [1], [1], [1], [1], [0]],
  );
  await w.close();
});

test.run();
