/**
 * @file Customers of two shops in k = 3 groups (Lloyd, 1982): each goes to the nearest centre, |x - c|^2 = |x|^2 - 2 x.c + |c|^2,
 * and each centre to the mean of its customers, ten times. The centres are revealed, nobody's group is.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
/** Public randomness: the same at every party. Visits a month and basket size around three habits. */
const around = (key: number, centre: readonly [number, number], n: number) =>
  np.add(np.multiply(np.random.normal(np.random.key(key), [n, 2]), 0.6), centre);
const hers = alice(() => np.concatenate([around(1, [2, 9], 20), around(2, [8, 3], 20)]))();
const his = bob(() => np.concatenate([around(3, [8, 3], 15), around(4, [5, 6], 25)]))();

const cluster = spu((a, b) => {
  const x = np.concatenate([a, b]);
  return np.fori(
    0,
    10,
    (_, centres) => {
      const distance = np.subtract(np.sum(np.square(centres), 1), np.multiply(2, np.matmul(x, centres.T)));
      const member = np.oneHot(np.argmin(distance, 1), 3);
      const count = np.maximum(np.sum(member, 0), 1);
      return np.divide(np.matmul(member.T, x), np.expandDims(count, 1));
    },
    np.array([
      [1, 8],
      [9, 4],
      [5, 5],
    ]),
  );
});
const centres = (await sf.reveal(cluster(hers, his))) as sf.NDArray;
for (const [x, y] of centres.toArray() as number[][]) console.log(`${x!.toFixed(3)} ${y!.toFixed(3)}`);
await sf.shutdown();
