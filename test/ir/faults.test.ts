/** Jobs that fail at one party, at some, or at all: everybody gives them up, frees what they held, and runs the next. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { inputGraph, revealGraph } from '../../src/ir/compile/ports.ts';
import type { Graph } from '../../src/ir/ops/graph.ts';
import type { Job } from '../../src/ir/run/job.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { graphOf } from './snapshot.ts';
import { type Fn, field, inputJob, start, typesOf, type World } from './world.ts';

const numbers = (...x: number[]): NDArray => NDArray.from(Float64Array.from(x));
const INPUTS = [numbers(0.5, -1, 3), numbers(2, 2.5, -0.125)];

const lowered = (fn: Fn, parties: number): Graph =>
  lower(optimize(graphOf(fn as (...args: never[]) => unknown, ...typesOf(INPUTS))), { field, parties });

/** Gates of several kinds and rounds, local ops, a loop, and something revealed on the way. */
const PROGRAM: Fn = (x, y) => {
  const z = np.sigmoid(np.multiply(x!, y!));
  const shown = np.reveal(np.less(z, 0.5)) as BaseArray;
  return np.fori(0, 2, (_, c) => np.add(np.multiply(c as BaseArray, z), np.where(shown, x!, y!)), np.sort(z));
};
const SMALL: Fn = (x, y) => np.multiply(x!, y!);

const reveal = (n: number, ins: readonly number[]): Job => ({
  graph: revealGraph(
    ins.map(() => ({ shape: [3], dtype: 'fxp', secret: true })),
    Array.from({ length: n }, (_, i) => i),
    { field },
  ),
  ins,
  outs: ins.map(() => -1),
  reveal: ins.map(() => ({ dtype: 'fxp' })),
});

/** What comes of a job at each party. */
const outcomes = (w: World, job: Job, privates: readonly NDArray[] = []) =>
  Promise.all(
    w.engines.map((engine, rank) =>
      engine
        .run(
          job,
          new Map(privates.flatMap((t, i) => (i % w.engines.length === rank ? [[i, t] as const] : []))),
        )
        .then(
          (value) => ({ value, error: undefined }),
          (error: unknown) => ({ value: undefined, error: error as TesseraError }),
        ),
    ),
  );

const check = async (w: World, id: number, want: readonly number[], what: string): Promise<void> => {
  for (const { revealed } of await w.run(reveal(w.engines.length, [id])))
    want.forEach((v, i) => {
      const got = Number(revealed[0]!.data[i]);
      assert.ok(Math.abs(got - v) < 2 ** -18, `${what}: [${i}] ${got}, not ${v}`);
    });
};

/** The n-th allocation of this ring from now on fails, as where there is no memory. 0: none. Returns how many there were. */
const failing = (ring: Ring): { at: (n: number) => void; count: () => number } => {
  const { heap } = ring;
  const alloc = heap.alloc.bind(heap);
  let [left, count] = [0, 0];
  heap.alloc = (bytes) => {
    count++;
    if (--left === 0) throw new TesseraError('OUT_OF_MEMORY', 'out of memory: raise memory_limit_mb');
    return alloc(bytes);
  };
  return {
    at: (n) => {
      [left, count] = [n, 0];
    },
    count: () => count,
  };
};

/** Streams that are drawn, by gate; each gate's belong to one job. */
const watchStreams = (): { next: () => void; restore: () => void } => {
  const { fill } = Prg.prototype;
  const known = new Map<number, number>();
  let job = 0;
  Prg.prototype.fill = function (this: Prg, dst, gate, ...rest) {
    if (known.has(gate) && known.get(gate) !== job) throw new Error(`gate ${gate} is drawn for again`);
    known.set(gate, job);
    return fill.call(this, dst, gate, ...rest);
  } as typeof fill;
  return {
    next: () => void job++,
    restore: () => {
      Prg.prototype.fill = fill;
    },
  };
};

const want = PROGRAM(...INPUTS) as NDArray;
const product = SMALL(...INPUTS) as NDArray;

for (const [n, kind] of [
  [2, 'first'],
  [3, 'third'],
  [3, 'first'],
  [2, 'third'],
] as const)
  test(`${n} parties, dealer ${kind}: whichever allocation fails and wherever, the next job is right and nothing is held`, async () => {
    const places = kind === 'first' ? n : n + 1;
    const rings = await Promise.all(Array.from({ length: places }, () => Ring.create()));
    const w = await start(n, kind, { rings });
    const faults = rings.map(failing);
    const streams = watchStreams();
    try {
      const job: Job = { graph: lowered(PROGRAM, n), ins: [0, 1], outs: [100] };
      const small: Job = { graph: lowered(SMALL, n), ins: [0, 1], outs: [200] };
      await w.run(inputJob(n, INPUTS), INPUTS);
      for (const f of faults) f.at(0);
      streams.next();
      await w.run(job);
      const counts = faults.map((f) => f.count());
      streams.next();
      await check(w, 100, [...(want.data as Float64Array)], 'without a fault');
      await Promise.all(w.engines.map((e) => e.free([100])));
      await w.run({ graph: lowered(SMALL, n), ins: [0, 1], outs: [201] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = rings.map((r) => r.heap.used);
      for (const [place, count] of counts.entries()) {
        const steps = Math.max(1, Math.floor(count / 24));
        for (let k = 1; k <= count; k += steps) {
          faults[place]!.at(k);
          streams.next();
          const [at, what] = [
            `place ${place}, allocation ${k}`,
            `after a fault at place ${place}, allocation ${k}`,
          ];
          const got = await outcomes(w, job);
          faults[place]!.at(0);
          // Who has all that it needs from the one that fails may be done before; it hears of it then.
          for (const [rank, { error }] of got.entries()) {
            if (error || rank === place) assert.is(error?.code, 'OUT_OF_MEMORY', `${at}: ${error?.stack}`);
            if (error && rank !== place)
              assert.match(error.message, `at ${[...w.parties, 'dealer'][place]}: `);
          }
          streams.next();
          // Lost, and said so at all parties without a message.
          for (const { error } of await outcomes(w, reveal(n, [100])))
            assert.is(error?.code, 'OUT_OF_MEMORY');
          await w.run(small);
          streams.next();
          await check(w, 200, [...(product.data as Float64Array)], what);
          await Promise.all(w.engines.map((e) => e.free([100, 200])));
          await w.run(small);
          await Promise.all(w.engines.map((e) => e.free([200])));
          await w.run(reveal(n, [201]));
          // The dealer does what it was told in its own time.
          for (let turn = 0; turn < 200 && rings.some((r, i) => r.heap.used !== before[i]); turn++)
            await new Promise((resolve) => setTimeout(resolve, 1));
          rings.forEach((r, i) => {
            assert.is(r.heap.used, before[i], `${what}: bytes at place ${i}`);
          });
        }
      }
    } finally {
      streams.restore();
    }
    await Promise.all(w.engines.map((e) => e.free([0, 1, 201])));
    await w.close();
  });

/** 0 <= x < n, the same for the same seed. */
const dice = (seed: number) => {
  let state = seed * 2654435761;
  return (n: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) | 0;
    return ((state >>> 8) & 0xffff) % n;
  };
};

for (const [n, kind, rttMs] of [
  [2, 'first', 0],
  [3, 'third', 0],
  [3, 'first', 2],
  [2, 'third', 2],
] as const)
  test(`${n} parties, dealer ${kind}, ${rttMs} ms: jobs that were sent off at once, with faults anywhere among them`, async () => {
    for (let seed = 1; seed <= (rttMs ? 2 : 6); seed++) {
      const roll = dice(seed);
      const places = kind === 'first' ? n : n + 1;
      const rings = await Promise.all(Array.from({ length: places }, () => Ring.create()));
      const w = await start(n, kind, { rings, ...(rttMs && { rttMs }) });
      const faults = rings.map(failing);
      const graphs = [lowered(PROGRAM, n), lowered(SMALL, n)];
      const results = [want, product];
      await w.run(inputJob(n, INPUTS), INPUTS);
      const made: { id: number; which: number; done: Promise<PromiseSettledResult<unknown>[]> }[] = [];
      for (let i = 0; i < 12; i++) {
        const [which, id] = [roll(2), 100 + i];
        const job: Job = { graph: graphs[which]!, ins: [0, 1], outs: [id] };
        made.push({ id, which, done: Promise.allSettled(w.engines.map((e) => e.run(job))) });
        // Inputs of one party alone: it may run far ahead of the others.
        if (roll(3) === 0)
          void outcomes(w, { ...inputJob(n, INPUTS), outs: [300 + 2 * i, 301 + 2 * i] }, INPUTS);
        if (roll(3) === 0) faults[roll(places)]!.at(1 + roll(150));
        if (roll(2) === 0) await new Promise((resolve) => setTimeout(resolve, roll(4)));
      }
      let lost = 0;
      for (const { done } of made) await done;
      for (const f of faults) f.at(0);
      // A fault at the very end is heard of by the others in their next job.
      await outcomes(w, { graph: graphs[1]!, ins: [0, 1], outs: [500] });
      for (const { id, which, done } of made) {
        const failed = (await done).some((r) => r.status === 'rejected');
        const shown = await outcomes(w, reveal(n, [id]));
        const gone = shown.filter(({ error }) => error !== undefined);
        assert.ok(
          gone.length === 0 || gone.length === n,
          `seed ${seed}, job ${id}: ${gone.length} of ${n} have lost it`,
        );
        if (failed) assert.is(gone.length, n, `seed ${seed}: job ${id} has failed, and left something`);
        lost += gone.length;
        for (const { value } of shown)
          value?.revealed[0]?.data.forEach((v, i) => {
            const right = Number(results[which]!.data[i]);
            assert.ok(Math.abs(Number(v) - right) < 2 ** -18, `seed ${seed}, job ${id}: ${v}, not ${right}`);
          });
      }
      assert.ok(lost < n * made.length, 'all was lost');
      await Promise.all(w.engines.map((e) => e.free([...made.map(({ id }) => id), 0, 1, 500])));
      await w.close();
    }
  });

test('a party that fails while the others are still at earlier jobs takes nothing of those with it', async () => {
  for (const kind of ['first', 'third'] as const) {
    const rings = await Promise.all(Array.from({ length: 4 }, () => Ring.create()));
    const w = await start(3, kind, { rings, rttMs: 20 });
    const fault = failing(rings[0]!);
    // Alice's own inputs wait for nobody: she is at the last of these jobs when the others hear of the first.
    const job = (id: number): Job => ({
      graph: inputGraph([{ owner: 0, type: typesOf(INPUTS)[0]! }], { field }),
      ins: [],
      outs: [id],
    });
    await outcomes(w, job(0), INPUTS.slice(0, 1));
    fault.at(0);
    await outcomes(w, job(1), INPUTS.slice(0, 1));
    fault.at(4 * fault.count() + 2);
    const given = await Promise.all(
      [10, 11, 12, 13, 14, 15].map((id) => outcomes(w, job(id), INPUTS.slice(0, 1))),
    );
    fault.at(0);
    const failed = given.map((parties) => parties.some(({ error }) => error !== undefined));
    assert.equal(failed.slice(0, 4), [false, false, false, false], kind);
    assert.ok(failed.includes(true), kind);
    for (const id of [10, 11, 12, 13])
      await check(w, id, [...(INPUTS[0]!.data as Float64Array)], `${kind} ${id}`);
    await w.close();
  }
});

test('what is wrong in the same way at all parties ends the job alone', async () => {
  for (const kind of ['first', 'third'] as const) {
    const w = await start(2, kind);
    await w.run(inputJob(2, INPUTS), INPUTS);
    const forever: Fn = (x) =>
      np.whileRevealed(
        (c) => np.less(np.sum(c as BaseArray), 1e6),
        (c) => c,
        x!,
        { maxIterations: 3 } as never,
      );
    for (let turn = 0; turn < 3; turn++) {
      for (const { error } of await outcomes(w, { graph: lowered(forever, 2), ins: [0, 1], outs: [100] })) {
        assert.is(error?.code, 'RANGE');
        assert.match(error!.message, 'whileRevealed');
      }
      for (const { error } of await outcomes(w, { graph: lowered(SMALL, 2), ins: [0, 77], outs: [101] }))
        assert.is(error?.code, 'INVALID_ARGUMENT');
      await w.run({ graph: lowered(SMALL, 2), ins: [0, 1], outs: [200] });
      await check(w, 200, [...(product.data as Float64Array)], `turn ${turn}`);
      await Promise.all(w.engines.map((e) => e.free([100, 101, 200])));
    }
    await w.close();
  }
});

test('what the dealer has made of a job that was given up goes, though nobody frees it', async () => {
  const rings = await Promise.all([0, 1, 2].map(() => Ring.create()));
  const w = await start(2, 'third', { rings });
  await w.run(inputJob(2, INPUTS), INPUTS);
  const dealt = rings[2]!.heap;
  const small: Job = { graph: lowered(SMALL, 2), ins: [0, 1], outs: [200] };
  const again = async (): Promise<number> => {
    await w.run(small);
    await check(w, 200, [...(product.data as Float64Array)], 'the next job');
    await Promise.all(w.engines.map((e) => e.free([200])));
    await w.run({ ...small, outs: [201] });
    await Promise.all(w.engines.map((e) => e.free([201])));
    return dealt.used;
  };
  const chain: Fn = (x, y) => [0, 1, 2, 3].reduce((z) => np.multiply(z, y!), x!);
  const long: Job = { graph: lowered(chain, 2), ins: [0, 1], outs: [300] };
  const before = await again();
  const fault = failing(rings[1]!);
  for (let turn = 0; turn < 4; turn++) {
    // The dealer is ahead: it has made all of the job where a party fails in its last steps.
    fault.at(0);
    await w.run(long);
    const count = fault.count();
    await Promise.all(w.engines.map((e) => e.free([300])));
    fault.at(count);
    const got = await outcomes(w, { ...long, outs: [400 + turn] });
    fault.at(0);
    assert.ok(got.some(({ error }) => error?.code === 'OUT_OF_MEMORY'));
    let now = await again();
    for (let still = 0; still < 200 && now !== before; still++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      now = dealt.used;
    }
    assert.is(now, before, `turn ${turn}`);
  }
  await w.close();
});

test.run();
