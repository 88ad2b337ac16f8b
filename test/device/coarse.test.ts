/** Public numbers that the fraction bits cannot hold: an event with its line, or an error. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import * as sf from '../../src/index.ts';
import * as np from '../../src/numpy/index.ts';

const PARTIES = ['alice', 'bob'];

const device = async (runtime: Readonly<Record<string, unknown>> = {}) => {
  const events: sf.SessionEvent[] = [];
  const session = await sf.session({
    parties: PARTIES,
    loggingLevel: 'warning',
    onEvent: (event) => events.push(event),
  });
  const spu = session.SPU(sf.utils.testing.cluster_def(PARTIES, { field: 'FM128', ...runtime }));
  return { session, spu, events };
};

type Fn = (x: np.BaseArray) => np.ArrayInput;

const LOST: readonly (readonly [string, Fn])[] = [
  ['a denominator of Adam', (x) => np.divide(x, np.add(np.sqrt(x), 1e-8))],
  ['a threshold', (x) => np.greater(x, 1e-9)],
  ['a bound', (x) => np.clip(x, 1e-12, 1)],
  ['a choice', (x) => np.where(np.greater(x, 0), x, 3e-9)],
  ['of an array', (x) => np.add(x, [1, 2.3e-8, 0])],
  ['made of others', (x) => np.maximum(x, 1e-4 ** 3)],
];

const KEPT: readonly (readonly [string, Fn])[] = [
  ['a factor', (x) => np.multiply(x, 1e-9)],
  ['factors', (x) => np.multiply(x, [1e-9, 1, 3])],
  ['a divisor', (x) => np.divide(x, 1e-9)],
  ['whole numbers and small ones that fit', (x) => np.add(np.multiply(x, 3), 2 ** -20)],
  ['rounding of an array', (x) => np.add(x, [1, Math.sin(Math.PI), 0])],
  ['an exponent', (x) => np.power(np.abs(x), 1e-9)],
];

test('an epsilon beside a variance, whatever bits that has', async () => {
  for (const runtime of [{ field: 'FM32' }, { fxp_fraction_bits: 8 }])
    for (const fn of [np.nn.layerNorm, np.nn.standardize]) {
      const { session, spu, events } = await device(runtime);
      const x = session
        .PYU('alice')(() => [0.5, 0.25, 2])()
        .to(spu);
      await session.wait(spu(fn as never)(x));
      assert.is(events[0]?.kind, 'coarse', `${JSON.stringify(runtime)}, ${fn.name}`);
      assert.match(events[0]!.text, /the public number 0.00001 is /);
      await session.shutdown();
    }
  // The sum of squares has 36 fraction bits at FM64, which hold it.
  for (const fn of [np.nn.layerNorm, np.nn.standardize]) {
    const { session, spu, events } = await device({ field: 'FM64' });
    const x = session
      .PYU('alice')(() => [0.5, 0.25, 2])()
      .to(spu);
    await session.wait(spu(fn as never)(x));
    assert.equal(events, [], fn.name);
    await session.shutdown();
  }
});

test('an event with its line', async () => {
  const { session, spu, events } = await device();
  const x = session
    .PYU('alice')(() => [0.5, 0.25, 2])()
    .to(spu);
  for (const [name, fn] of LOST) {
    for (let i = 0; i < 2; i++) await session.wait(spu(fn as never)(x));
    assert.is(events.length, 1, `${name}: ${events.map((e) => e.text).join('; ')}`);
    const [event] = events.splice(0);
    assert.is(event!.kind, 'coarse', name);
    assert.match(event!.site!, 'coarse.test.js:', name);
    assert.match(event!.text, /the public number .* with 26 fraction bits/, name);
  }
  for (const [name, fn] of KEPT) {
    await session.wait(spu(fn as never)(x));
    assert.equal(events, [], name);
  }
  await session.shutdown();
});

test('strict: an error', async () => {
  const { session, spu } = await device({ strict: true });
  const x = session
    .PYU('alice')(() => [0.5, 0.25, 2])()
    .to(spu);
  for (let i = 0; i < 2; i++)
    for (const [name, fn] of LOST)
      try {
        await session.wait(spu(fn as never)(x));
        assert.unreachable(name);
      } catch (e) {
        assert.instance(e, TesseraError, `${name}: ${e}`);
        assert.is((e as TesseraError).code, 'RANGE', name);
        assert.match((e as TesseraError).message, 'coarse.test.js:', name);
      }
  for (const [, fn] of KEPT) await session.wait(spu(fn as never)(x));
  await session.shutdown();
});

test('more fraction bits hold more', async () => {
  const { session, spu, events } = await device({ strict: true, fxp_fraction_bits: 48 });
  const x = session
    .PYU('alice')(() => 0.5)()
    .to(spu);
  const got = await session.reveal(spu(((v: np.BaseArray) => np.add(np.multiply(v, 0), 1e-8)) as never)(x));
  assert.ok(Math.abs(((got as np.NDArray).item() as number) - 1e-8) < 2 ** -47);
  assert.equal(events, []);
  await session.shutdown();
});

test('what is misspelt is an error', async () => {
  for (const strict of ['yes', 1])
    try {
      await device({ strict });
      assert.unreachable();
    } catch (e) {
      assert.match(String((e as Error).message), 'strict');
    }
});

test.run();
