/**
 * @file How long do patients of two clinics stay in remission? Kaplan and Meier (1958): S(t) = product over times t_i <= t of
 * (1 - d_i / n_i), with d_i relapses at t_i and n_i patients still under observation just before. Weeks of the 6-MP group of
 * Freireich et al. (1963), split between two clinics; 1 is a relapse, 0 the end of observation. The curve alone is revealed.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const hers = alice(() => ({
  weeks: [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16],
  relapse: [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1],
}))();
const his = bob(() => ({
  weeks: [17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
  relapse: [0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
}))();
/** Public times at which the curve is asked for. */
const times = [6, 7, 10, 13, 16, 22, 23, 30];

interface Group {
  readonly weeks: sf.BaseArray;
  readonly relapse: sf.BaseArray;
}
const curve = spu((a: Group, b: Group) => {
  const weeks = np.concatenate([a.weeks, b.weeks]);
  const relapse = np.concatenate([a.relapse, b.relapse]);
  // Each of the 36 weeks: who relapses in it, and who is there until it.
  const week = np.expandDims(np.arange(1, 37), 1);
  const relapses = np.sum(np.where(np.equal(weeks, week), relapse, 0), 1);
  const present = np.sum(np.greaterEqual(weeks, week), 1);
  const stays = np.subtract(1, np.divide(relapses, np.maximum(present, 1)));
  return np.take(np.cumprod(stays), np.subtract(times, 1));
});
const shown = (await sf.reveal(curve(hers, his))) as sf.NDArray;
for (const [i, s] of (shown.toArray() as number[]).entries())
  console.log(`week ${String(times[i]).padStart(2)}  ${s.toFixed(4)} ${'#'.repeat(Math.round(40 * s))}`);
await sf.shutdown();
