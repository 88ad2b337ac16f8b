/**
 * @file The distribution of ages over two registers: how many fall into [0, 20), [20, 40), ..., and the quartiles
 * q(p) = x[k] + (h - k) (x[k+1] - x[k]) with h = p (n - 1), k = floor(h), of all ages in order. No age is revealed but by these.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const hers = alice(() => [3, 17, 25, 31, 38, 42, 45, 58, 63, 71])();
const his = bob(() => [12, 22, 29, 33, 47, 51, 66, 69, 74, 88, 93])();

const describe = spu((a, b) => {
  const all = np.concatenate([a, b]);
  return {
    counts: np.histogram(all, [0, 20, 40, 60, 80, 100])[0],
    quartiles: np.quantile(all, [0.25, 0.5, 0.75]),
  };
});
const { counts, quartiles } = (await sf.reveal(describe(hers, his))) as Record<string, sf.NDArray>;
for (const [i, n] of (counts!.toArray() as number[]).entries())
  console.log(`${String(20 * i).padStart(2)} to ${20 * i + 19}: ${'#'.repeat(n)} ${n}`);
console.log(`quartiles ${(quartiles!.toArray() as number[]).map((q) => q.toFixed(1)).join(' ')}`);
await sf.shutdown();
