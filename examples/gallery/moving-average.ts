/**
 * @file Demand at two plants, smoothed: y[t] = (x[t-3] + ... + x[t+3]) / 7 of their sum, by a convolution, and the day on which the
 * smooth demand is highest. Each plant's own days stay secret.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const days = np.arange(28);
const wave = (height: number, peak: number) =>
  np.add(50, np.multiply(height, np.cos(np.multiply(np.subtract(days, peak), (2 * Math.PI) / 28))));
const hers = alice(() => np.add(wave(30, 9), np.multiply(4, np.random.normal(np.random.key(1), 28))))();
const his = bob(() => np.add(wave(20, 14), np.multiply(4, np.random.normal(np.random.key(2), 28))))();

const smooth = spu((a, b) => {
  const mean = np.convolve(np.add(a, b), np.full(7, 1 / 7), 'valid');
  return { mean, day: np.add(np.argmax(mean), 3) };
});
const { mean, day } = (await sf.reveal(smooth(hers, his))) as Record<string, sf.NDArray>;
console.log(`smooth demand ${(mean!.toArray() as number[]).map((x) => x.toFixed(1)).join(' ')}`);
console.log(`highest on day ${day!.item()}`);
await sf.shutdown();
