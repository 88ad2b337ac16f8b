/**
 * @file Linear and ridge regression over columns of two owners: w = (X'X + lambda I)^-1 X'y, with lambda = 0 and 5. Alice has two
 * columns, bob one and the target. The coefficients are revealed.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const column = (key: number) => np.random.normal(np.random.key(key), 120);
const [x1, x2, x3, error] = [column(1), column(2), column(3), column(4)] as const;
const scaled = (x: sf.BaseArray, by: number) => np.multiply(x, by);
const target = [scaled(x1, 3), scaled(x2, -2), scaled(x3, 0.5), scaled(error, 0.1)].reduce((a, b) =>
  np.add(a, b),
);
const hers = alice(() => np.stack([x1, x2], { axis: 1 }))();
const his = bob(() => ({ x: np.expandDims(x3, 1), y: target }))();

interface Owned {
  readonly x: sf.BaseArray;
  readonly y: sf.BaseArray;
}
const fit = spu(
  (a: sf.BaseArray, { x, y }: Owned, lambda: number) => {
    const all = np.concatenate([a, x], { axis: 1 });
    const gram = np.add(np.matmul(all.T, all), np.multiply(lambda, np.eye(3)));
    return np.linalg.solve(gram, np.matmul(all.T, y));
  },
  { static: [2] },
);
for (const lambda of [0, 5]) {
  const w = (await sf.reveal(fit(hers, his, lambda))) as sf.NDArray;
  console.log(`lambda ${lambda}: ${(w.toArray() as number[]).map((c) => c.toFixed(4)).join(' ')}`);
}
await sf.shutdown();
