/** @file A soak in a process of its own: a simulation, or the driver of a cluster. Says how many turns there were. */
import * as sf from '#tessera';
import * as tasks from './tasks.ts';
import { type Source, soak } from './work.ts';

const [ms, address] = process.argv.slice(2);
const parties = ['alice', 'bob'];
const s = await sf.session(
  address === undefined ? { parties, loggingLevel: 'error' } : { address, loggingLevel: 'error' },
);
const source: Source = {
  numbers: (party, n, from) => s.PYU(party)(tasks.countUp)(n, from),
  broken: (party) => s.PYU(party)(tasks.breakDown)(),
};
const spu = s.SPU(sf.utils.testing.clusterDef(parties));
const turns = await soak(s, spu, Number(ms), address === undefined ? undefined : source);
await s.shutdown();
process.send!({ turns });
process.disconnect();
