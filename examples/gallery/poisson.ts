/**
 * @file Claims of insured drivers by Poisson regression: log E[y] = X w, found by Newton's method,
 * w <- w + (X' diag(mu) X)^-1 X'(y - mu) with mu = exp(X w), in six steps. Alice has the drivers' years of practice, bob the
 * claims and whether they live in a town.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const n = 300;
const years = np.random.uniform(np.random.key(1), n, 0, 3);
const town = np.astype(np.random.bernoulli(np.random.key(2), 0.4, n), 'float64');
const rate = np.exp(np.add(np.subtract(0.5, np.multiply(0.6, years)), np.multiply(0.8, town)));
/** Counts drawn by the waiting times between claims: how many of eight fit into one year. */
const waits = np.cumsum(np.divide(np.random.exponential(np.random.key(3), [8, n]), rate), { axis: 0 });
const claims = np.sum(np.less(waits, 1), 0);
const hers = alice(() => years)();
const his = bob(() => ({ town, claims }))();

const fit = spu((a: sf.BaseArray, b: { readonly town: sf.BaseArray; readonly claims: sf.BaseArray }) => {
  const x = np.stack([np.ones(n), a, b.town], { axis: 1 });
  return np.fori(
    0,
    6,
    (_, w) => {
      const mu = np.exp(np.matmul(x, w));
      const curvature = np.matmul(np.multiply(x, np.expandDims(mu, 1)).T, x);
      return np.add(w, np.linalg.solve(curvature, np.matmul(x.T, np.subtract(b.claims, mu))));
    },
    np.zeros(3),
  );
});
const w = (await sf.reveal(fit(hers, his))) as sf.NDArray;
console.log(`intercept, years, town: ${(w.toArray() as number[]).map((c) => c.toFixed(4)).join(' ')}`);
await sf.shutdown();
