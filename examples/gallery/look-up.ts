/**
 * @file Private look-up: bob asks for one entry of alice's price list. He learns that entry alone, and she does not learn which it
 * was: the row is sum over i of (i = asked) row[i], on masked values.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
await sf.init({ parties: ['alice', 'bob'], address: 'local' });
const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const prices = alice(() => [19.9, 24.5, 7.25, 103, 56.1, 88.8, 12, 45.5])();
const asked = bob(() => np.array(4, 'int32'))();

const answer = spu((list, place) => np.take(list, place))(prices, asked).to(bob);
console.log(`bob learns: ${await sf.reveal(bob((x: sf.NDArray) => Number(x.item()).toFixed(2))(answer))}`);
await sf.shutdown();
