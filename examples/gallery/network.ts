/**
 * @file A small network learns what no line separates: two rings of points. h = tanh(X W1 + b1), p = sigmoid(h W2 + b2), gradients
 * of the mean cross-entropy by np.grad. Alice has the first coordinate, bob the second and the labels; how many are right is
 * revealed, the weights are not.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const n = 80;
const inner = np.less(np.arange(n), n / 2);
const angle = np.random.uniform(np.random.key(1), n, 0, 2 * Math.PI);
const radius = np.add(np.where(inner, 0.5, 1.5), np.multiply(0.1, np.random.normal(np.random.key(2), n)));
const hers = alice(() => np.multiply(radius, np.cos(angle)))();
const his = bob(() => np.multiply(radius, np.sin(angle)))();
const labels = bob(() => np.where(inner, 1, 0))();

type Weights = readonly [sf.BaseArray, sf.BaseArray, sf.BaseArray, sf.BaseArray];
const start = (): Weights => [
  np.random.normal(np.random.key(3), [2, 8]),
  np.zeros(8),
  np.multiply(0.5, np.random.normal(np.random.key(4), 8)),
  np.array(0),
];
const scores = ([w1, b1, w2, b2]: Weights, x: sf.BaseArray) =>
  np.add(np.matmul(np.tanh(np.add(np.matmul(x, w1), b1)), w2), b2);

const train = spu((a, b, y) => {
  const x = np.stack([a, b], { axis: 1 });
  const loss = (w: Weights) => {
    const z = scores(w, x);
    // log(1 + exp(-|z|)) + max(z, 0) - y z, which no score makes overflow.
    const soft = np.log1p(np.exp(np.negative(np.abs(z))));
    return np.mean(np.subtract(np.add(soft, np.maximum(z, 0)), np.multiply(y, z)));
  };
  const slope = np.grad<Weights>(loss);
  const step = (_: unknown, w: Weights): Weights => {
    const g = slope(w);
    return w.map((value, i) => np.subtract(value, g[i]!)) as unknown as Weights;
  };
  const w = np.fori(0, 80, step, start());
  return np.sum(np.equal(np.greater(scores(w, x), 0), np.greater(y, 0.5)));
});
const right = (await sf.reveal(train(hers, his, labels))) as sf.NDArray;
console.log(`right on ${right.item()} of ${n}`);
await sf.shutdown();
