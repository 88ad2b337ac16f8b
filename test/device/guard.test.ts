/** `range_guard` of a runtime_config: in simulation, with both dealers, and beside what else an SPU can be told. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { guardedCalls } from '../production/programs-values.ts';
import { fails, near, printed, withSpu } from './helpers.ts';

const test = suite('device: guard');
const { np } = sf;
const HERE = /guard\.test\.[jt]s:\d+:\d+/;
const PARTIES = ['alice', 'bob', 'carol'];

for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty', 'MultiParty'])
  for (const count of beaver_type === 'MultiParty' ? [2] : [2, 3])
    test(`${beaver_type}, ${count} parties: the call that leaves the range fails, and what builds on it`, () =>
      withSpu(PARTIES.slice(0, count), { beaver_type, range_guard: true }, async (s, spu) => {
        const { failures, sum, after } = await guardedCalls(s, spu);
        for (const f of failures) {
          assert.is(f!.code, 'RANGE');
          assert.match(
            f!.message,
            /range_guard: np\.multiply at .*programs-values\.[jt]s:\d+:\d+: a number left the range/,
          );
          assert.is((f!.details as { guard: string }).guard, 'multiply');
        }
        assert.match(failures[0]!.message, /a function, called at/);
        assert.ok(Math.abs((sum as number[])[0]! - 0.5) < 1e-6);
        assert.equal(after, [false, false, false]);
      }));

test('both spellings, off by default, and nothing but true and false', async () => {
  const def = (more: object) => ({
    nodes: [{ party: 'alice' }, { party: 'bob' }],
    runtime_config: { protocol: 'SEMI2K', field: 'FM128', ...more },
  });
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'warning' });
  assert.is(s.SPU(def({ range_guard: true })).config.rangeGuard, true);
  assert.is(
    s.SPU({ ...def({}), runtime_config: { protocol: 'SEMI2K', field: 'FM128', rangeGuard: true } }).config
      .rangeGuard,
    true,
  );
  const plain = s.SPU(def({}));
  assert.is(plain.config.rangeGuard, false);
  await fails(() => s.SPU(def({ range_guard: 'yes' })), 'CONFIG', 'range_guard');
  await fails(() => s.SPU(def({ range_gaurd: true })), 'CONFIG', /range_?[gG]uard/);
  // Without it the same program gives a wrong number.
  const x = s.PYU('alice')(() => Float64Array.of(3e12))();
  const wrong = await s.reveal(plain((a) => np.multiply(a, np.multiply(a, a)))(x));
  assert.ok(Math.abs(Number(wrong) / 2.7e37 - 1) > 0.1);
  await s.shutdown();
});

test('what is too large to enter is refused by its owner; comparisons and sums cost nothing more', () =>
  withSpu(['alice', 'bob'], { range_guard: true, field: 'FM64' }, async (s, spu) => {
    const big = s.PYU('alice')(() => [1, 3e12])();
    const x = s.PYU('bob')(() => [1, 2])();
    await fails(() => s.reveal(spu((a) => np.add(a, 1))(big)), 'RANGE', 'a range guard', 'index [1]');
    const z = spu((a) => ({ less: np.less(a, 1.5), root: np.sqrt(np.add(a, a)) }))(x);
    const { less, root } = await s.reveal(z);
    assert.equal(less.toArray(), [true, false]);
    near(root, [Math.SQRT2, 2], 1e-3);
  }));

test('a program that is recorded again is named by its new line', () =>
  withSpu(['alice', 'bob'], { range_guard: true }, async (s, spu) => {
    const x = s.PYU('alice')(() => [3e12])();
    const lines: number[] = [];
    for (const call of [
      () => spu((a) => np.multiply(a, np.multiply(a, a)))(x),
      () => spu((a) => np.multiply(a, np.multiply(a, a)))(x),
    ]) {
      const { info } = await fails(() => s.reveal(call()), 'RANGE', HERE);
      lines.push(Number(String(info.guardSite).split(':').at(-2)));
    }
    assert.is(lines[1]! - lines[0]!, 1);
  }));

test('in tiles, in latency mode, and with several results', () =>
  withSpu(
    ['alice', 'bob'],
    { range_guard: true, memory_limit_mb: 16, cost_mode: 'latency' },
    async (s, spu) => {
      const x = s.PYU('alice')(() => Float64Array.from({ length: 30_000 }, (_, i) => i % 1000))();
      const [cubes, sum] = spu((a: sf.BaseArray) => [np.sum(np.multiply(np.multiply(a, a), a)), np.sum(a)], {
        numReturns: 2,
      })(x);
      near((await s.reveal(cubes)) as sf.NDArray, [30 * 499500 ** 2], 1e4);
      near((await s.reveal(sum)) as sf.NDArray, [30 * 499500], 1);
      const huge = spu((a: sf.BaseArray) => {
        const y = np.power(np.add(a, 1e6), 4);
        return np.sum(np.multiply(np.expandDims(y, 1), np.ones([1, 64])), 1);
      })(x);
      await fails(() => s.reveal(huge), 'RANGE', 'range_guard: np.', HERE);
      near((await s.reveal(sum)) as sf.NDArray, [30 * 499500], 1);
    },
  ));

test('a failure that was seen by what uses its result is not told again, and one that was not is', async () => {
  const lines = await printed(async () => {
    const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'critical' });
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { range_guard: true }));
    const x = s.PYU('alice')(() => [3e12])();
    const cube = (): sf.DeviceObject => spu((a) => np.multiply(a, np.multiply(a, a)))(x);
    await fails(() => s.reveal(cube()), 'RANGE', 'reveal');
    await fails(() => s.reveal(cube().to(s.PYU('bob'))), 'RANGE');
    cube();
    await s.reveal(spu((a) => np.add(a, a))(x));
    await s.shutdown();
  });
  assert.is(lines.length, 1, lines.join('\n'));
  assert.match(lines[0]!, /nobody has seen: SPU\(alice, bob\) op #\d+ \(a function, .*range_guard/);
});

test('with check, all is held against float64 in its place', async () => {
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'warning', check: true });
  const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { range_guard: true }));
  const x = s.PYU('alice')(() => [3e12])();
  await fails(
    () => s.reveal(spu((a) => np.multiply(a, np.multiply(a, a)))(x)),
    'RANGE',
    'check: np.multiply',
  );
  await s.shutdown();
});

test.run();
