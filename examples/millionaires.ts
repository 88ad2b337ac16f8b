/**
 * @file Who is richer? Alice and bob each run this program, and neither learns more than the answer:
 *
 *     node dist/examples/millionaires.js alice 5200000 & node dist/examples/millionaires.js bob 6100000
 *
 * A file of options as third argument says where they meet, and with which certificates; without one they meet on this
 * machine.
 */
import { readFileSync } from 'node:fs';
import * as sf from 'tessera-mpc';

const [self = '', wealth = '', file] = process.argv.slice(2);
if (!['alice', 'bob'].includes(self) || !(Number(wealth) >= 0) || wealth.trim() === '') {
  console.error(
    'usage: millionaires.js alice|bob WEALTH [OPTIONS.json], as in: millionaires.js alice 5200000',
  );
  process.exit(2);
}
const here = {
  cluster_config: {
    parties: { alice: { address: '127.0.0.1:19481' }, bob: { address: '127.0.0.1:19482' } },
    self_party: self,
  },
  allowTrustedFirstParty: true, // alice deals: to try things out; in earnest name a dealer
};

await sf.init(file === undefined ? here : JSON.parse(readFileSync(file, 'utf8')));
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const own = () => Number(wealth);
const richer = spu((a, b) => sf.np.greater(a, b))(sf.PYU('alice')(own)(), sf.PYU('bob')(own)());
console.log(`${self}: ${(await sf.reveal(richer)).item() ? 'alice' : 'bob'} is richer`);
await sf.shutdown();
