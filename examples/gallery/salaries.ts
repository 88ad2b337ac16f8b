/**
 * @file Do two companies pay alike? The mean m = (1/n) sum x, the deviation s = sqrt((1/n) sum (x - m)^2) and the median of
 * all salaries together, and the share of a company's people who earn more than that median.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const hers = alice(() => [52_000, 61_500, 48_000, 75_000, 39_900])();
const his = bob(() => [55_000, 58_250, 47_000, 91_000])();

const compare = spu((a, b) => {
  const all = np.concatenate([a, b]);
  const median = np.median(all);
  const above = (x: sf.BaseArray) => np.mean(np.greater(x, median));
  return { mean: np.mean(all), deviation: np.std(all), median, alice: above(a), bob: above(b) };
});
const found = (await sf.reveal(compare(hers, his))) as Record<string, sf.NDArray>;
for (const [name, value] of Object.entries(found)) console.log(`${name} ${Number(value.item()).toFixed(2)}`);
await sf.shutdown();
