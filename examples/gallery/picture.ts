/**
 * @file Alice has a picture of a digit, bob a network that reads digits: scores = relu(x W1 + b1) W2 + b2, and the digit with the
 * highest. Alice alone learns it; bob does not see the picture, she does not see the weights.
 */
import { readFileSync } from 'node:fs';
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));

const rows = ['  .##.  ', ' .#  #. ', ' #.  .# ', ' #    # ', ' #    # ', ' #.  .# ', ' .#  #. ', '  .##.  '];
const picture = alice(() => [...rows.join('')].map((c) => (c === '#' ? 1 : c === '.' ? 0.5 : 0)))();
const network = bob(() => {
  const file = new URL('../../../examples/web/data/digits-net.json', import.meta.url);
  const { w1, b1, w2, b2 } = JSON.parse(readFileSync(file, 'utf8'));
  return { w1, b1, w2, b2 };
})();

type Network = Readonly<Record<'w1' | 'b1' | 'w2' | 'b2', sf.BaseArray>>;
const read = spu((x: sf.BaseArray, { w1, b1, w2, b2 }: Network) => {
  const hidden = np.maximum(np.add(np.matmul(x, w1), b1), 0);
  return np.argmax(np.add(np.matmul(hidden, w2), b2));
});
const digit = alice((d: sf.NDArray) => Number(d.item()))(read(picture, network).to(alice));
console.log(`alice learns: ${await sf.reveal(digit)}`);
await sf.shutdown();
