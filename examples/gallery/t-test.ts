/**
 * @file Do two hospitals' patients differ in a biomarker? Welch's test: t = (m1 - m2) / sqrt(v1/n1 + v2/n2), with
 * (v1/n1 + v2/n2)^2 / ((v1/n1)^2/(n1-1) + (v2/n2)^2/(n2-1)) degrees of freedom. Only t and these are revealed; the p-value
 * follows from them in the clear, by Simpson's rule over t's density.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const hers = alice(() => [4.1, 5.3, 3.9, 6.2, 5.8, 4.7, 5.1, 6.6, 4.9, 5.5])();
const his = bob(() => [6.9, 5.8, 7.4, 6.1, 7.7, 6.6, 5.2, 8.1, 7.0])();

const welch = spu((a, b) => {
  const [u, v] = [a, b].map((x) => np.divide(np.var(x, { ddof: 1 }), x.size)) as [sf.BaseArray, sf.BaseArray];
  const t = np.divide(np.subtract(np.mean(a), np.mean(b)), np.sqrt(np.add(u, v)));
  const inner = (x: sf.BaseArray, n: number) => np.divide(np.square(x), n - 1);
  return { t, freedom: np.divide(np.square(np.add(u, v)), np.add(inner(u, a.size), inner(v, b.size))) };
});
const shown = (await sf.reveal(welch(hers, his))) as Record<string, sf.NDArray>;
const [t, freedom] = [Number(shown.t!.item()), Number(shown.freedom!.item())];

/** Two-sided p-value: the share of t's density beyond |t|, from the substitution x = tan(angle). */
const pValue = (t: number, freedom: number): number => {
  const f = (x: number) => Math.cos(x) ** (freedom - 1);
  const area = (from: number, to: number, steps = 2000) => {
    const h = (to - from) / steps;
    const weight = (i: number) => (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
    return (
      Array.from({ length: steps + 1 }, (_, i) => weight(i) * f(from + i * h)).reduce((a, b) => a + b) * h
    );
  };
  return area(Math.atan(Math.abs(t) / Math.sqrt(freedom)), Math.PI / 2) / area(0, Math.PI / 2);
};
console.log(
  `t ${t.toFixed(4)}  degrees of freedom ${freedom.toFixed(3)}  p ${pValue(t, freedom).toFixed(5)}`,
);
await sf.shutdown();
