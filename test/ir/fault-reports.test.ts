/** What parties tell each other of a job that is given up: what is for all, what is not, and what is no report. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, TesseraError } from '../../src/errors.ts';
import { Faults, isPassing, type Stopped } from '../../src/ir/run/faults.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { createCodec } from '../../src/link/codec.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { inputJob, start } from './world.ts';

const codec = createCodec();
const NAMES = ['alice', 'bob', 'carol'];

/** The faults of all parties over a link in memory. */
const parties = (n: number) => {
  const names = NAMES.slice(0, n);
  const net = memoryNetwork(names);
  const channels = names.map((self) =>
    net[self]!.channel(
      'faults',
      names.filter((name) => name !== self),
    ),
  );
  return { channels, faults: channels.map((channel) => new Faults([channel], () => {})) };
};

/** The cause that each party is told; `stopped` is at alice. */
const causes = async (stopped: Stopped, n = 3): Promise<TesseraError[]> => {
  const { faults } = parties(n);
  const verdicts = await Promise.all(
    faults.map((f, i) => f.settle(stopped.job, i === 0 ? stopped : undefined)),
  );
  return verdicts.map(({ cause }) => cause);
};

const SECRET = 'the salary 52000 at index [3]';

test('what an error says of an input, or of the host, its own party alone is told', async () => {
  const range = new TesseraError('RANGE', SECRET, { index: [3] });
  const cases: readonly [error: unknown, hidden: boolean, code: ErrorCode, told: boolean][] = [
    [range, true, 'RANGE', false],
    [range, false, 'RANGE', true],
    [new Error(SECRET), false, 'PARTY_FAILED', false],
    [new Error(SECRET), true, 'PARTY_FAILED', false],
    [SECRET, false, 'PARTY_FAILED', false],
    [new TesseraError('OUT_OF_MEMORY', 'raise memory_limit_mb'), true, 'OUT_OF_MEMORY', true],
  ];
  for (const [error, hidden, code, told] of cases) {
    const [own, ...others] = await causes({ job: 4, error, hidden });
    assert.is(own!.code, code);
    assert.ok(own!.message.includes(error instanceof Error ? error.message : String(error)));
    for (const other of others) {
      assert.is(other.code, code);
      assert.is(other.info.party, 'alice');
      const shown = told ? (error as Error).message : 'it failed there; look at its log';
      assert.is(other.message, `at alice: ${shown}`);
      assert.not.ok(!told && JSON.stringify(other.info).includes('52000'), 'nor is it beside the text');
    }
  }
});

test('a number that cannot enter: its place is told at home, and nowhere else', async () => {
  for (const kind of ['first', 'third'] as const) {
    const w = await start(2, kind);
    const [bad, good] = [Float64Array.of(1, 2, Number.NaN), Float64Array.of(1, 2, 3)].map((x) =>
      NDArray.from(x),
    );
    const inputs = [bad!, good!];
    const job = inputJob(2, inputs);
    const [own, other] = await Promise.all(
      w.engines.map((engine, rank) =>
        engine.run(job, new Map([[rank, inputs[rank]!]])).then(
          () => new TesseraError('DIVERGED', 'it has a result'),
          (e: TesseraError) => e,
        ),
      ),
    );
    assert.is(own!.code, 'RANGE');
    assert.match(own!.message, /index \[2\]/);
    assert.is(other!.code, 'RANGE');
    assert.is(other!.message, 'at alice: it failed there; look at its log');
    await w.close();
  }
});

test('failures have names of their own, the same at all parties', async () => {
  const names = new Set<unknown>();
  for (let i = 0; i < 3; i++) {
    const all = await causes({ job: 4, error: new TesseraError('SHAPE', 'x') });
    const [name] = all.map(({ info }) => info.fault);
    for (const { info } of all) assert.is(info.fault, name);
    assert.match(String(name), /^[0-9a-f]{32}$/);
    names.add(name);
  }
  assert.is(names.size, 3);
});

test('jobs that anybody has begun are given up, from the first that failed, and no other', async () => {
  const { faults } = parties(3);
  const error = new TesseraError('SHAPE', 'x');
  const verdicts = await Promise.all([
    faults[0]!.settle(5, { job: 5, error }),
    faults[1]!.settle(9, { job: 9, error }),
    faults[2]!.settle(7),
  ]);
  assert.equal(
    verdicts.map(({ from, through }) => [from, through]),
    [
      [5, 9],
      [5, 9],
      [5, 9],
    ],
  );
  assert.is(verdicts[2]!.cause.info.party, 'alice', 'who failed in the first of them is named');
});

test('what is no report is an error that names who sent it', async () => {
  const good = { stopped: 4, own: true, begun: 4, code: 'SHAPE', text: 'x', name: '0'.repeat(32) };
  const changes: readonly object[] = [
    { stopped: '4' },
    { stopped: undefined },
    { begun: null },
    { own: 1 },
    { own: undefined },
    { code: 7 },
    { text: undefined },
    { name: undefined },
    { name: '0'.repeat(31) },
    { name: '0'.repeat(33) },
    { name: '' },
  ];
  for (const sent of [...changes.map((change) => ({ ...good, ...change })), null, 5, [], 'x']) {
    const { channels, faults } = parties(2);
    await channels[1]!.send('alice', 0, codec.encode(sent));
    const e = await faults[0]!.settle(4).then(
      () => undefined,
      (error: TesseraError) => error,
    );
    assert.is(e?.code, 'DIVERGED', JSON.stringify(sent));
    assert.is(e!.info.party, 'bob');
  }
  const { channels, faults } = parties(2);
  await channels[1]!.send('alice', 0, codec.encode(good));
  assert.is((await faults[0]!.settle(4)).cause.message, 'at bob: x', 'and this is one');
});

test('only what ends an engine is not passing', () => {
  const final: readonly ErrorCode[] = ['PEER_LOST', 'PARTY_FAILED', 'LINK', 'IDENTITY', 'DIVERGED', 'CLOSED'];
  const passing: readonly ErrorCode[] = [
    'RANGE',
    'SHAPE',
    'OUT_OF_MEMORY',
    'UNSUPPORTED',
    'INVALID_ARGUMENT',
  ];
  for (const code of final) assert.not.ok(isPassing(new TesseraError(code, 'x')), code);
  for (const code of passing) assert.ok(isPassing(new TesseraError(code, 'x')), code);
  assert.ok(isPassing(new Error('x')));
});

test.run();
