/**
 * @file A vote of seven at three tellers. Ballots are shuffled by a permutation that nobody knows, and revealed in that order: who
 * counts sees each ballot, and not whose it is. Nobody needs to trust fewer than all tellers.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
const tellers = ['alice', 'bob', 'carol'];
await sf.init({ parties: tellers, address: 'local' });
const spu = sf.SPU(sf.utils.testing.clusterDef(tellers));

/** Each teller has taken some ballots: 0 no, 1 yes, 2 abstains. */
const taken = [
  [1, 0, 1],
  [2, 1],
  [0, 1],
];
const ballots = tellers.map((name, i) => sf.PYU(name)(() => np.array(taken[i]!, 'int32'))());

const mix = spu((...each) => np.random.secretShuffle(np.concatenate(each)));
const order = (await sf.reveal(mix(...ballots))) as sf.NDArray;
const counts = ['no', 'yes', 'abstain'].map(
  (name, i) => `${name} ${order.data.filter((v) => Number(v) === i).length}`,
);
console.log(counts.join(', '));
await sf.shutdown();
