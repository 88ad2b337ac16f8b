/**
 * @file Principal components of columns that two owners hold: the eigenvectors v of the covariance matrix C of all columns,
 * C v = lambda v, of which the first shows most of the variance. Lambda and v are revealed, no row is.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const x = np.random.normal(np.random.key(7), [200, 2]);
const noise = np.random.normal(np.random.key(8), [200, 4]);
/** Four columns that hang together by two hidden ones. */
const mix = [
  [2, 1, 0.5, -1],
  [0, 1, -1, 0.5],
];
const all = np.add(np.matmul(x, mix), np.multiply(noise, 0.2));
const hers = alice(() => all.slice(':', '0:2'))();
const his = bob(() => all.slice(':', '2:4'))();

const components = spu((a, b) => {
  const rows = np.concatenate([a, b], { axis: 1 });
  const [values, vectors] = np.linalg.eigh(np.cov(rows, { rowvar: false }));
  return { values: np.flip(values), first: vectors.slice(':', -1) };
});
const { values, first } = (await sf.reveal(components(hers, his))) as Record<string, sf.NDArray>;
const lambda = values!.toArray() as number[];
const total = lambda.reduce((a, b) => a + b);
console.log(`explained ${lambda.map((l) => ((100 * l) / total).toFixed(2)).join(' ')} %`);
const v = first!.toArray() as number[];
console.log(`first component ${v.map((c) => (Math.sign(v[0]!) * c).toFixed(4)).join(' ')}`);
await sf.shutdown();
