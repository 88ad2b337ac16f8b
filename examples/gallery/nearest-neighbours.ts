/**
 * @file Bob asks which of alice's known cases are nearest to his: the k = 3 with the least |x - q|^2, and the vote of their labels.
 * Neither his question nor her cases are shown; bob alone gets the answer.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const cases = alice(() => [
  [5.1, 3.5, 1.4, 0.2],
  [4.9, 3.0, 1.4, 0.2],
  [4.7, 3.2, 1.3, 0.2],
  [7.0, 3.2, 4.7, 1.4],
  [6.4, 3.2, 4.5, 1.5],
  [5.5, 2.3, 4.0, 1.3],
  [6.3, 3.3, 6.0, 2.5],
  [5.8, 2.7, 5.1, 1.9],
  [7.1, 3.0, 5.9, 2.1],
])();
const kinds = ['setosa', 'versicolor', 'virginica'];
const labels = alice(() => [0, 0, 0, 1, 1, 1, 2, 2, 2])();
const question = bob(() => [6.2, 2.8, 4.9, 1.8])();

const classify = spu((x, y, q) => {
  const distance = np.sum(np.square(np.subtract(x, q)), 1);
  const nearest = np.argsort(distance).slice('0:3');
  const votes = np.sum(np.oneHot(np.take(y, nearest), 3), 0);
  return np.argmax(votes);
});
const answer = classify(cases, labels, question).to(bob);
const said = bob((kind: sf.NDArray) => kinds[Number(kind.item())])(answer);
console.log(`bob learns: ${await sf.reveal(said)}`);
await sf.shutdown();
