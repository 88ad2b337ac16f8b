/** np.whileRevealed and np.reveal between the threads of a simulation, with either dealer and by keys. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { np } from '#tessera';

const test = suite('device: data-dependent programs');

/** Newton's square root, until two steps agree. */
const root = (x: sf.BaseArray) =>
  np.whileRevealed(
    ({ step }) => np.any(np.greater(np.abs(step), 1e-4)),
    ({ y, turns }) => {
      const next = np.multiply(np.add(y, np.divide(x, y)), 0.5);
      return { y: next, step: np.subtract(next, y), turns: turns.add(1) };
    },
    { y: np.ones([2]), step: np.ones([2]), turns: np.array(0, 'int64') },
  );

for (const [parties, beaver_type, cost_mode] of [
  [2, 'TrustedFirstParty', 'bandwidth'],
  [3, 'TrustedThirdParty', 'bandwidth'],
  [2, 'TrustedFirstParty', 'latency'],
  [2, 'TrustedThirdParty', 'latency'],
] as const)
  test(`${parties} parties, ${beaver_type}, ${cost_mode}`, async () => {
    const names = ['alice', 'bob', 'carol'].slice(0, parties);
    const s = await sf.session({ parties: names, loggingLevel: 'warning' });
    try {
      const def = sf.utils.testing.clusterDef(names);
      const spu = s.SPU({
        ...def,
        runtime_config: { ...def.runtime_config, beaver_type, cost_mode },
      } as never);
      const x = s.PYU('bob')(() => Float64Array.of(2, 400))();
      for (let again = 0; again < 2; again++) {
        const { y, turns } = (await s.reveal(spu(root)(x) as never)) as unknown as {
          y: sf.NDArray;
          turns: sf.NDArray;
        };
        const [a, b] = y.toArray() as [number, number];
        assert.ok(Math.abs(a - Math.SQRT2) < 1e-5 && Math.abs(b - 20) < 1e-4, `${a}, ${b}`);
        assert.is(Number(turns.item()), Number((root(np.array([2, 400])).turns as sf.NDArray).item()));
      }
    } finally {
      await s.shutdown();
    }
  });

test('a loop that does not end fails by name, at its line', async () => {
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'error' });
  try {
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const x = s.PYU('alice')(() => 1)();
    const f = (v: sf.BaseArray) =>
      np.whileRevealed(
        (c) => np.greater(c, 0),
        (c) => c.add(1),
        v,
        { maxIterations: 3 },
      );
    const e = await s.reveal(spu(f)(x)).then(
      () => assert.unreachable(),
      (error: sf.TesseraError) => error,
    );
    assert.is((e as sf.TesseraError).code, 'RANGE');
    assert.match((e as sf.TesseraError).message, /still holds after 3 turns.*data-dependent\.test/);
  } finally {
    await s.shutdown();
  }
});

test.run();
