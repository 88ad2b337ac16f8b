/**
 * @file A Vickrey auction of five bidders: the highest bid wins, and pays the second highest. Who bids v, what the thing is
 * worth to them, does best (Vickrey, 1961). Bids stay secret; the winner and the price are revealed.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
const bidders = ['alice', 'bob', 'carol', 'dave', 'erin'];
await sf.init({ parties: bidders, address: 'local' });
const spu = sf.SPU(sf.utils.testing.clusterDef(bidders));

const values = [410, 655, 590, 655.5, 120];
const bids = bidders.map((name, i) => sf.PYU(name)(() => values[i]!)());

const auction = spu((...each) => {
  const all = np.stack(each);
  const winner = np.argmax(all);
  const price = np.max(np.where(np.equal(np.arange(all.size), winner), 0, all));
  return { winner, price };
});
const { winner, price } = (await sf.reveal(auction(...bids))) as Record<string, sf.NDArray>;
console.log(`${bidders[Number(winner!.item())]} wins and pays ${Number(price!.item()).toFixed(2)}`);
await sf.shutdown();
