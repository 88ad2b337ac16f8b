/** `check` in simulation: what leaves the range or loses bits is named, and what is right passes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { readInitOptions } from '../../src/device/init-options.ts';
import { fails, near } from './helpers.ts';

const test = suite('device: check');
const { np } = sf;
const HERE = /check\.test\.[jt]s:\d+:\d+/;

/** A session with checks, and an SPU of alice and bob. */
const checked = async (
  use: (s: sf.Session, spu: sf.SPU) => Promise<void>,
  field = 'FM64',
  check: sf.CheckOptions | true = true,
): Promise<void> => {
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'warning', check });
  try {
    await use(s, s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { field })));
  } finally {
    await s.shutdown();
  }
};

const put = (s: sf.Session, x: unknown) => s.PYU('alice')(() => x as sf.NDArray)();

test('a program that keeps its bits passes, and is accounted for', () =>
  checked(async (s, spu) => {
    const x = put(s, [0.5, -1.25, 3]);
    const y = spu((x) => np.multiply(np.sigmoid(x), 2))(x);
    const z = spu((y) => ({ max: np.max(y), at: np.argmax(y), big: np.greater(y, 1) }))(y);
    const { max, at, big } = await s.reveal(z);
    near(max, [2 / (1 + Math.exp(-3))], 1e-3);
    assert.is(Number(at.data[0]), 2);
    assert.equal(big.toArray(), [true, false, true]);
    const { check } = s.stats();
    assert.is(check!.programs, 2);
    assert.is(check!.failed, 0);
    assert.ok(check!.ops >= 5, String(check!.ops));
    assert.ok(check!.worst.every((w) => w.lostBits < 9 && HERE.test(w.site!)));
  }));

test('a product beyond what the field has room for is named, with its line', () =>
  checked(async (s, spu) => {
    const x = put(s, [1, 30_000]);
    const y = spu((x) => {
      const square = np.multiply(x, x);
      return np.add(square, 1);
    })(x);
    const error = await fails(
      () => s.reveal(y),
      'RANGE',
      'check: np.multiply at ',
      HERE,
      'index [1]',
      'room',
    );
    assert.is(error.info.check, 'multiply');
    await fails(() => s.wait(y), 'RANGE', 'np.multiply');
    await fails(() => s.reveal(spu((y) => np.add(y, 1))(y)), 'RANGE', 'np.multiply');
    assert.is(s.stats().check!.failed, 1);
    // The SPU goes on.
    near(await s.reveal(spu((x) => np.add(x, 1))(x)), [2, 30_001]);
  }));

test('a result beyond the range of float64 or of the field', () =>
  checked(async (s, spu) => {
    const x = put(s, [0, 40]);
    await fails(() => s.reveal(spu((x) => np.exp(x))(x)), 'RANGE', 'np.exp', 'left the range', '2^45');
    await fails(() => s.reveal(spu((x) => np.log(x))(x)), 'RANGE', 'np.log', 'index [0]');
  }));

test('operands that are too coarse are told from an op that is inexact', () =>
  checked(async (s, spu) => {
    const x = put(s, [1.1e-4]);
    const y = spu((x) => np.reciprocal(np.multiply(x, 0.1)))(x);
    await fails(() => s.reveal(y), 'RANGE', 'np.reciprocal', 'too coarse');
  }));

test('a secret place outside of the axis is an error, unless nothing depends on it', () =>
  checked(async (s, spu) => {
    const x = put(s, [1, 2, 3]);
    const at = (...list: number[]) => put(s, sf.np.array(list, 'int32'));
    const take = (x: sf.BaseArray, i: sf.BaseArray) => np.multiply(np.take(x, i), 2);
    near(await s.reveal(spu(take)(x, at(0, 2))), [2, 6], 1e-3);
    near(await s.reveal(spu(take)(x, at(-1, -3))), [6, 2], 1e-3);
    for (const stray of [3, 4, -4])
      await fails(
        () => s.reveal(spu(take)(x, at(1, stray))),
        'RANGE',
        'check: np.take at',
        HERE,
        'index [1]',
        'np.clip',
      );
    const held = (x: sf.BaseArray, i: sf.BaseArray) => np.where(np.less(i, 3), np.take(x, i), 0);
    near(await s.reveal(spu(held)(x, at(1, 5))), [2, 0], 1e-3);
    const added = (x: sf.BaseArray, i: sf.BaseArray) => np.scatter(np.scatterAdd(x, i, [10, 20]), i, [7, 8]);
    near(await s.reveal(spu(added)(x, at(-1, 3))), [1, 2, 7], 1e-3);
  }));

test('the number of bits is the caller’s', async () => {
  const run = (bits: number) =>
    checked(
      async (s, spu) => {
        await s.wait(spu((x) => np.multiply(np.multiply(x, 0.001), 1000))(put(s, [0.3, 1.7, -2.1])));
      },
      'FM64',
      { bits },
    );
  await fails(() => run(3), 'RANGE', 'np.multiply at', 'fraction bits (3 are allowed)');
  await run(12);
});

test('what np.where drops may be anything', () =>
  checked(async (s, spu) => {
    const x = put(s, [0, 2]);
    const y = spu((x) => np.where(np.greater(x, 1), np.reciprocal(x), 7))(x);
    near(await s.reveal(y), [7, 0.5], 1e-3);
    assert.is(s.stats().check!.dropped, 1);
  }));

test('a loop is checked iteration by iteration; a long one by its results', () =>
  checked(async (s, spu) => {
    const grow = (turns: number) => (x: sf.BaseArray) => np.fori(0, turns, (_, y) => np.multiply(y, 16), x);
    await fails(
      () => s.reveal(spu(grow(20))(put(s, [1]))),
      'RANGE',
      'np.multiply at',
      'in iteration 11',
      'left the range',
    );
    const long = (x: sf.BaseArray) => np.fori(0, 1500, (_, y) => np.add(np.multiply(y, 0.5), 1), x);
    near(await s.reveal(spu(long)(put(s, [1]))), [2], 1e-3);
    assert.is(s.stats().check!.wholeLoops, 1);
  }));

test('a tie within the error is no fault, what is drawn cannot be checked', () =>
  checked(async (s, spu) => {
    // 0.1 is rounded down to a fixed-point number: ten of them are just below 1, and above it in float64.
    const x = put(s, new Float64Array(10).fill(0.1));
    const y = spu((x) => [np.floor(np.add(np.sum(x), 2 ** -17)), np.random.secretShuffle(x)])(x);
    const [whole] = await s.reveal(y);
    assert.is(Number(whole!.data[0]), 0);
    const { check } = s.stats();
    assert.is(check!.ties, 1);
    assert.ok(check!.unchecked > 0);
  }));

test('only in simulation, and spelt right', async () => {
  const production = { cluster_config: { parties: {}, self_party: 'alice' }, check: true };
  await fails(() => readInitOptions(production), 'CONFIG', 'check', 'simulation only');
  const parties = ['alice', 'bob'];
  await fails(() => readInitOptions({ parties, check: 'yes' }), 'CONFIG', 'check', 'bits');
  await fails(() => readInitOptions({ parties, check: { bit: 3 } }), 'CONFIG', 'did you mean "bits"');
  await fails(() => readInitOptions({ parties, check: { bits: -1 } }), 'CONFIG', 'check.bits');
  await checked(async (_, spu) => {
    await fails(() => spu.record(), 'UNSUPPORTED', 'without');
  });
});

test('integers that wrap are named, though NumPy wraps too', async () => {
  for (const field of ['FM128', 'FM64', 'FM32'])
    await checked(async (s, spu) => {
      const x = put(s, np.array([100, -3, 27], 'int8'));
      for (const [name, fn] of [
        ['add', (x: sf.np.BaseArray) => np.add(x, x)],
        ['multiply', (x: sf.np.BaseArray) => np.multiply(x, x)],
        ['power', (x: sf.np.BaseArray) => np.power(x, 2)],
        ['matmul', (x: sf.np.BaseArray) => np.matmul(x, x)],
      ] as const) {
        const text = name === 'power' ? 'np.multiply' : `np.${name}`;
        await fails(() => s.reveal(spu(fn as never)(x)), 'RANGE', text, HERE, 'too large for int8');
      }
      const sums = await s.reveal(spu(((x: sf.np.BaseArray) => [np.sum(x), np.subtract(x, 1)]) as never)(x));
      assert.ok(sums);
      assert.is(s.stats().check!.failed, 4);
    }, field);
});

test('FM32: sums that may leave the ring where their dtype is wider are refused', () =>
  checked(async (s, spu) => {
    const x = put(s, np.array([2 ** 30, 2 ** 30, 2 ** 30], 'int32'));
    const sum = (dtype: string) => (x: sf.np.BaseArray) => np.sum(np.astype(x, dtype));
    await fails(() => s.reveal(spu(sum('int32') as never)(x)), 'RANGE', 'np.sum', 'FM32', HERE);
    const wide = put(s, np.array([2 ** 31 - 1, 70000], 'int64'));
    const growing: readonly [string, (x: sf.np.BaseArray) => unknown][] = [
      ['np.add', (x) => np.add(x, x)],
      ['np.add', (x) => np.add(x, 70000)],
      ['np.sub', (x) => np.subtract(-2, x)],
      ['np.mul', (x) => np.multiply(x, x)],
      ['np.sum', (x) => np.sum(x)],
      ['np.matmul', (x) => np.dot(x, x)],
      ['np.add', (x) => np.fori(0, 2, (_i, c) => np.add(c, c), x)],
      ['np.add', (x) => np.fori(0, 2, (i, c) => np.add(c, i), x)],
    ];
    for (const [name, fn] of growing)
      await fails(() => s.reveal(spu(fn as never)(wide)), 'RANGE', name, 'FM32', HERE);
    const kept = (x: sf.np.BaseArray) => [np.max(x), np.less(x, 70001), np.floorDivide(x, 7)];
    const exact = (await s.reveal(spu(kept as never)(wide))) as unknown as sf.NDArray[];
    assert.equal(
      exact.map((r) => Array.from(r.data, Number)),
      [[2 ** 31 - 1], [0, 1], [306783378, 10000]],
    );
    const small = put(s, np.array([100, -3, 27], 'int8'));
    assert.is(Number(((await s.reveal(spu(sum('int8') as never)(small))) as sf.NDArray).item()), 124);
  }, 'FM32'));

test.run();
