/** Engines of parties and dealer over links: the same results as in lockstep, and what happens when one goes wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { revealGraph } from '../../src/ir/compile/ports.ts';
import type { Graph, Tensor, Type } from '../../src/ir/ops/graph.ts';
import { type Job, unpackMessage } from '../../src/ir/run/job.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel } from '../../src/link/link.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';
import { ring } from '../gates/harness.ts';
import { graphOf } from './snapshot.ts';
import { type Fn, field, inputJob, start, typesOf, type World } from './world.ts';

const numbers = (...x: number[]): NDArray => NDArray.from(Float64Array.from(x));

const lowered = (fn: Fn, inputs: readonly NDArray[]): { graph: Graph; outs: Type[] } => {
  const graph = optimize(graphOf(fn as (...args: never[]) => unknown, ...typesOf(inputs)));
  return { graph: lower(graph, { field }), outs: graph.outs.map((id) => graph.types[id]!) };
};

/** Inputs become objects 0.., results 100..; they are shown to `to`, and all is freed. */
const program = async (w: World, fn: Fn, inputs: readonly NDArray[], to?: readonly number[]) => {
  const n = w.parties.length;
  const { graph, outs } = lowered(fn, inputs);
  const made = outs.map((_, i) => 100 + i);
  await w.run(inputJob(n, inputs), inputs);
  const ran = await w.run({ graph, ins: inputs.map((_, i) => i), outs: made });
  const shown = await w.run({
    graph: revealGraph(outs, to ?? w.parties.map((_, i) => i), { field }),
    ins: made,
    outs: outs.map(() => -1),
    reveal: outs.map(({ dtype }) => ({ dtype })),
  });
  const all = [...inputs.keys(), ...made];
  await Promise.all(w.engines.map((e) => e.free(all)));
  return { ran, shown };
};

const TRAIN: Fn = (x, y) =>
  np.fori(
    0,
    3,
    (_, c) => np.add(np.multiply(c, 0.5), np.multiply(np.sigmoid(np.multiply(x!, c)), y!)),
    np.array([-1, -2, 4]),
  );
const INPUTS = [numbers(0.5, -1, 3), numbers(2, 2.5, -0.125)];

const close = (got: Tensor | undefined, want: Tensor, what: string): void => {
  assert.ok(got, what);
  want.data.forEach((v, i) => {
    assert.ok(
      Math.abs(Number(got!.data[i]) - Number(v)) < 2 ** -20,
      `${what}: [${i}] ${got!.data[i]}, not ${v}`,
    );
  });
};

for (const n of [2, 3, 5]) {
  for (const kind of ['first', 'third'] as const) {
    test(`${n} parties, dealer ${kind}: results, rounds and bytes as in lockstep, and nothing left in memory`, async () => {
      const before = ring.heap.used;
      const w = await start(n, kind);
      const lock = simulate(TRAIN as (...args: never[]) => unknown, INPUTS, { ring, field, parties: n });
      for (let turn = 0; turn < 2; turn++) {
        const { ran, shown } = await program(w, TRAIN, INPUTS);
        for (const { revealed } of shown) close(revealed[0], TRAIN(...INPUTS) as NDArray, 'result');
        ran.forEach(({ stats }, rank) => {
          assert.is(stats.rounds, lock.stats.rounds);
          assert.is(
            stats.bytes,
            lock.stats.sent[rank]!.reduce((a, b) => a + b, 0),
          );
          assert.is(stats.dealerBytes, rank === 0 ? lock.stats.dealerBytes : 0);
        });
      }
      await w.close();
      assert.is(ring.heap.used, before);
    });
  }
}

test('a value that is revealed to one party is given to nobody else', async () => {
  const w = await start(3, 'third');
  const { shown } = await program(w, (x, y) => np.subtract(x!, y!), INPUTS, [2]);
  assert.equal(
    shown.map(({ revealed }) => revealed[0] !== undefined),
    [false, false, true],
  );
  await w.close();
});

test('over a link with latency a program takes its rounds, not its messages', async () => {
  const w = await start(2, 'third', { rttMs: 20 });
  const begin = performance.now();
  const { ran, shown } = await program(
    w,
    (x, y) => [np.less(x!, y!), np.multiply(x!, y!), np.equal(x!, y!)],
    INPUTS,
  );
  const ms = performance.now() - begin;
  assert.is(ran[0]!.stats.rounds, 4);
  assert.equal([...shown[1]!.revealed[0]!.data], [1, 1, 0]);
  // Input, four rounds, reveal: 10 ms one way each; the dealer's first material comes after two ways.
  assert.ok(ms >= 60, `${ms} ms`);
  await w.close();
});

test('a window far smaller than the material stops nobody, in whatever order the data flows', async () => {
  // All of the last product's inputs are there at the start, but the dealer comes to it last.
  const late: Fn = (x, y) => [TRAIN(x!, y!), np.sigmoid(np.subtract(x!, y!))];
  const wide = NDArray.from(Float64Array.from({ length: 300 }, (_, i) => (i - 150) / 50));
  const f: Fn = (x, y) => [
    np.sigmoid(np.sigmoid(np.sigmoid(np.multiply(x!, y!)))),
    np.multiply(np.tanh(y!), x!),
  ];
  for (const window of [1, 4096, 1 << 20]) {
    const w = await start(2, 'third', { window });
    const { shown } = await program(w, f, [wide, wide]);
    const want = f(wide, wide) as NDArray[];
    shown[0]!.revealed.forEach((got, i) => {
      close(got, want[i]!, `window ${window}, result ${i}`);
    });
    await program(w, late, INPUTS);
    await w.close();
  }
});

test('a dealer of whose material nothing is used deals no further than its window', async () => {
  const window = 1 << 14;
  const wide = NDArray.from(Float64Array.from({ length: 200 }, (_, i) => (i - 100) / 50));
  const f: Fn = (x, y) => np.fori(0, 12, (_, v) => np.sigmoid(v as BaseArray), np.multiply(x!, y!));
  // What rank 0 says of what it uses, and waits for, is held up.
  const held: (() => void)[] = [];
  let holds = true;
  const spy = (rank: number, channel: Channel): Channel => ({
    ...channel,
    peers: channel.peers,
    recv: (from, tag) => channel.recv(from, tag),
    send: (to, tag, bytes) => {
      const { kind } = unpackMessage(bytes);
      if (rank > 0 || !holds || (kind !== 'need' && kind !== 'taken')) return channel.send(to, tag, bytes);
      held.push(() => void channel.send(to, tag, bytes));
      return undefined;
    },
  });
  const w = await start(2, 'third', { window, spy });
  await w.run(inputJob(2, [wide, wide]), [wide, wide]);
  const before = w.dealer!.stats.bytes;
  const done = w.run({ graph: lowered(f, [wide, wide]).graph, ins: [0, 1], outs: [100] });
  let dealt = before;
  for (let still = 0; still < 300; still++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (w.dealer!.stats.bytes !== dealt) still = 0;
    dealt = w.dealer!.stats.bytes;
  }
  // One message more than the window, which a gate of many numbers may fill.
  assert.ok(dealt > before && dealt - before < window + (1 << 19), `${dealt - before} bytes were dealt`);
  holds = false;
  for (const send of held.splice(0)) send();
  await done;
  assert.ok(w.dealer!.stats.bytes - before > 4 * (dealt - before), 'the whole of it is much more');
  await w.close();
});

test('rank 0 deals ahead while it waits, but no more than its share of the memory', async () => {
  const maxBytes = 96 << 20;
  const rings = [await Ring.create({ maxBytes }), await Ring.create()];
  const wide = NDArray.from(Float64Array.from({ length: 2000 }, (_, i) => (i - 1000) / 500));
  const f: Fn = (x, y) => np.fori(0, 24, (_, v) => np.sigmoid(v as BaseArray), np.multiply(x!, y!));
  const w = await start(2, 'first', { rings, rttMs: 60 });
  await w.run(inputJob(2, [wide, wide]), [wide, wide]);
  const made = await w.run({ graph: lowered(f, [wide, wide]).graph, ins: [0, 1], outs: [100] });
  const { peak } = w.engines[0]!.memory;
  // A sixteenth of it, and what one gate takes; a fourth is where it stops in any case.
  assert.ok(made[0]!.stats.dealerBytes > maxBytes / 4, 'there is much to deal');
  assert.ok(peak < maxBytes / 8, `${peak} bytes of ${maxBytes} were in use`);
  await w.close();
});

test('an integer that a small ring cannot hold does not enter', () => {
  const given = { ring, field: FIELDS.FM32, parties: 2 };
  const least = (x: BaseArray): unknown => np.maximum(x, 1);
  for (const value of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 40n])
    assert.throws(
      () => simulate(least as never, [NDArray.from([1n, value], 'int64')], given),
      (e: TesseraError) =>
        e.code === 'RANGE' &&
        /at index \[1\]: FM32 holds int64 from -2147483648 to 2147483647/.test(e.message),
    );
  const { results } = simulate(
    least as never,
    [NDArray.from([2n ** 31n - 1n, -(2n ** 31n)], 'int64')],
    given,
  );
  assert.equal(Array.from(results[0]!.data, BigInt), [2n ** 31n - 1n, 1n]);
});

const code = (e: unknown): string => (e as TesseraError).code;
const failure = async (p: Promise<unknown>): Promise<TesseraError> => {
  try {
    await p;
  } catch (e) {
    assert.instance(e, TesseraError, String((e as Error).stack));
    return e as TesseraError;
  }
  throw new Error('no error');
};

test('the dealer sees that parties run different programs', async () => {
  const w = await start(3, 'third');
  await w.run(inputJob(3, INPUTS), INPUTS);
  const job = (fn: Fn): Job => ({ graph: lowered(fn, INPUTS).graph, ins: [0, 1], outs: [100] });
  const [same, other] = [
    job((x, y) => np.multiply(x!, y!)),
    job((x, y) => np.subtract(np.multiply(x!, y!), x!)),
  ];
  const runs = w.engines.map((engine, rank) => failure(engine.run(rank === 2 ? other : same)));
  const e = await failure(w.dealer!.done);
  assert.is(e.code, 'DIVERGED');
  assert.match(e.message, /alice and carol/);
  // As the devices do: the dealer tells its peers, and all runs end.
  await w.net.dealer!.abort(e);
  for (const name of w.parties) await w.net[name]!.abort(e);
  assert.is((await Promise.all(runs)).length, 3);
});

test('without a dealer that compares, parties see messages of another size', async () => {
  const w = await start(2, 'first');
  await w.run(inputJob(2, INPUTS), INPUTS);
  const job = (fn: Fn): Job => ({ graph: lowered(fn, INPUTS).graph, ins: [0, 1], outs: [100] });
  const runs = [job((x, y) => np.multiply(x!, y!)), job((x, y) => np.multiply(np.sum(x!), np.sum(y!)))].map(
    (j, rank) => failure(w.engines[rank]!.run(j)),
  );
  assert.equal((await Promise.all(runs)).map(code), ['DIVERGED', 'DIVERGED']);
});

test('a lost peer ends the run of the others, and later jobs are refused', async () => {
  const w = await start(3, 'first');
  await w.run(inputJob(3, INPUTS), INPUTS);
  const job: Job = { graph: lowered((x, y) => np.multiply(x!, y!), INPUTS).graph, ins: [0, 1], outs: [100] };
  const runs = [0, 1].map((rank) => failure(w.engines[rank]!.run(job)));
  await w.net.carol!.close();
  const [a, b] = (await Promise.all(runs)) as [TesseraError, TesseraError];
  assert.equal([a.code, b.code], ['PEER_LOST', 'PEER_LOST']);
  const later = await failure(w.engines[0]!.run(inputJob(3, INPUTS), new Map([[0, INPUTS[0]!]])));
  assert.is(later.code, 'PEER_LOST');
  assert.match(later.message, /earlier job/);
});

test('the dealer does not wait for a party that left in the middle of a job', async () => {
  const w = await start(2, 'third');
  await w.run(inputJob(2, INPUTS), INPUTS);
  const run = failure(w.engines[0]!.run({ graph: lowered(TRAIN, INPUTS).graph, ins: [0, 1], outs: [100] }));
  await w.engines[1]!.close();
  const e = await failure(w.dealer!.done);
  assert.is(e.code, 'PEER_LOST');
  assert.match(e.message, /bob said goodbye/);
  await w.net.dealer!.abort(e);
  assert.instance(await run, TesseraError);
});

test('an engine whose dealer is gone closes all the same', async () => {
  const w = await start(2, 'third');
  await w.run(inputJob(2, INPUTS), INPUTS);
  await w.net.dealer!.close();
  await Promise.all(w.engines.map((engine) => engine.close()));
});

test('data that does not fit is an error that names op, place and range, before any message', async () => {
  const w = await start(2, 'first');
  const e = await failure(w.engines[0]!.run(inputJob(2, INPUTS), new Map([[0, numbers(1, Number.NaN, 2)]])));
  assert.is(e.code, 'RANGE');
  assert.match(e.message, /NaN at index \[1\]/);
  assert.equal(w.engines[0]!.stats.rounds, 0);
});

test('an object that is not there is named, and the next job runs', async () => {
  const w = await start(2, 'third');
  const { graph } = lowered((x, y) => np.multiply(x!, y!), INPUTS);
  for (const engine of w.engines) {
    const e = await failure(engine.run({ graph, ins: [7, 8], outs: [9] }));
    assert.is(e.code, 'INVALID_ARGUMENT');
    assert.match(e.message, /object 7/);
  }
  const { shown } = await program(w, TRAIN, INPUTS);
  close(shown[1]!.revealed[0], TRAIN(...INPUTS) as NDArray, 'after it');
  await w.close();
});

test('an error inside of an op holds the op and the call site', async () => {
  const w = await start(2, 'first');
  await w.run(inputJob(2, INPUTS), INPUTS);
  const fn: Fn = (x) => np.multiply(x!, [1e30, 2e30, 3e30]);
  const e = await failure(w.engines[1]!.run({ graph: lowered(fn, INPUTS).graph, ins: [0, 1], outs: [100] }));
  assert.is(e.code, 'RANGE');
  assert.is(e.info.op, 'encode');
  assert.match(String(e.info.site), /engine\.test/);
  assert.match(e.message, /op encode at .*engine\.test/);
});

test('latency mode: every party is told its keys ahead of the rounds, by either kind of dealer', async () => {
  const x = numbers(...Array.from({ length: 40 }, (_, i) => ((i * 37) % 23) - 11));
  const y = numbers(...Array.from({ length: 40 }, (_, i) => ((i * 19) % 17) - 8));
  const fn = (a: BaseArray, b: BaseArray): unknown => {
    const most = np.maximum(np.multiply(a, b), a);
    return np.fori(0, 3, (_, z) => np.where(np.equal(z, a), b, z), most);
  };
  const graph = optimize(graphOf(fn as (...args: never[]) => unknown, ...typesOf([x, y])));
  const types = graph.outs.map((id) => graph.types[id]!);
  const fss = lower(graph, { field, parties: 2, costMode: 'latency' });
  const tabled = lower(graph, { field });
  for (const kind of ['first', 'third'] as const) {
    // So small a window that the dealer waits for rank 0 within a job.
    const w = await start(2, kind, { window: 4096 });
    await w.run(inputJob(2, [x, y]), [x, y]);
    const show = revealGraph(types, [0, 1], { field });
    const seen: number[][] = [];
    const rounds: number[][] = [];
    for (const [i, program] of [fss, tabled, fss].entries()) {
      const made = await w.run({ graph: program, ins: [0, 1], outs: [10 + i] });
      rounds.push(made.map((m) => m.stats.rounds));
      const shown = await w.run({ graph: show, ins: [10 + i], outs: [-1], reveal: [{ dtype: 'fxp' }] });
      for (const { revealed } of shown) seen.push(Array.from(revealed[0]!.data as Float64Array));
    }
    const expected = (fn(x as never, y as never) as NDArray).data as Float64Array;
    for (const values of seen) assert.equal(values, Array.from(expected), kind);
    assert.equal(rounds[0], rounds[2]);
    assert.equal(
      rounds[0]!.map((r) => rounds[1]![0]! - r),
      [7, 7],
      'four fewer by maximum, one by each equal',
    );
    await w.close();
  }
});

test('latency mode: functions by keys over channels, of either kind of dealer', async () => {
  const x = numbers(-30, -3.5, -1, 0, 0.25, 1, 2.75, 12);
  const fn = (a: BaseArray): unknown => [
    np.sigmoid(a),
    np.exp(np.within(np.subtract(a, 13), -50, 0)),
    np.nn.gelu(a),
    np.abs(a),
    np.interp(a, [-2, 0, 1], [1, 2, -3]),
  ];
  const { graph, show } = (() => {
    const user = graphOf(fn as (...args: never[]) => unknown, ...typesOf([x]));
    const types = user.outs.map((id) => user.types[id]!);
    const options = { field, parties: 2, costMode: 'latency' } as const;
    return { graph: lower(user, options), show: revealGraph(types, [0, 1], options) };
  })();
  const want = fn(x as never) as NDArray[];
  for (const kind of ['first', 'third'] as const) {
    const w = await start(2, kind);
    await w.run(inputJob(2, [x]), [x]);
    const outs = want.map((_, i) => 10 + i);
    const made = await w.run({ graph, ins: [0], outs });
    for (const { stats } of made) assert.is(stats.rounds, 1, kind);
    const reveal = want.map(() => ({ dtype: 'fxp' }) as const);
    const shown = await w.run({ graph: show, ins: outs, outs: want.map((_, i) => -1 - i), reveal });
    for (const { revealed } of shown) {
      revealed.forEach((got, i) => {
        close(got, want[i]!, `result ${i}, ${kind}`);
      });
    }
    await w.close();
  }
});

test.run();
