/**
 * @file Logistic regression by gradients: p = 1 / (1 + exp(-X w)), w <- w - rate X'(p - y) / n, sixty times, on the breast cancer
 * data (UCI): alice holds half of the columns, bob the others and the diagnosis. The weights stay secret; bob learns how many of
 * the rows the model gets right.
 */
import { fileURLToPath } from 'node:url';
import * as sf from 'tessera-mpc';
import { readCsv } from '../lib/read-csv.ts';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));

/** The rows of a party's table. */
const table = (name: string) =>
  readCsv(fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url))).rows;
const hers = alice(() => table('breast_cancer_a.csv'))();
const [his, y] = bob(
  () => {
    const rows = table('breast_cancer_b.csv');
    return [rows.map((row) => row.slice(0, -1)), rows.map((row) => row.at(-1)!)] as const;
  },
  { numReturns: 2 },
)();

const train = spu((a, b, y) => {
  const x = np.concatenate([a, b, np.ones([a.shape[0]!, 1])], { axis: 1 });
  const step = (_: unknown, w: sf.BaseArray) => {
    const error = np.subtract(np.sigmoid(np.matmul(x, w)), y);
    return np.subtract(w, np.multiply(np.matmul(x.T, error), 1 / a.shape[0]!));
  };
  const w = np.fori(0, 60, step, np.zeros(x.shape[1]!));
  return np.sum(np.equal(np.greater(np.matmul(x, w), 0), np.greater(y, 0.5)));
});
const right = await sf.reveal(bob((n: sf.NDArray) => Number(n.item()))(train(hers, his, y).to(bob)));
console.log(`right on ${right} of 569`);
await sf.shutdown();
