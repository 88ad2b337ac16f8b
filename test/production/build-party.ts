/**
 * @file A party, the dealer, or who records a program, with any build of Tessera: `build-party.js <module> <what> <file>`. Prints READY,
 * begins when its input ends, and prints VALUE or ERROR, and what.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type * as Tessera from '../../src/index.ts';

const [module, what, file] = process.argv.slice(2) as [string, string, string];
const sf = (await import(module)) as typeof Tessera;
const PARTIES = ['alice', 'bob'];

const sigmoids = async (s: Tessera.Session, spu: Tessera.SPU): Promise<unknown> => {
  const x = s.PYU('alice')(() => Float64Array.of(-1, 0, 2))();
  const y = s.PYU('bob')(() => Float64Array.of(1, 2, 3))();
  const z = spu((a: Tessera.BaseArray, b: Tessera.BaseArray) => sf.np.sigmoid(sf.np.add(a, b)))(x, y);
  return ((await s.reveal(z)) as Tessera.NDArray).toArray();
};

const roles: Readonly<Record<string, () => Promise<unknown>>> = {
  party: async () => {
    const s = await sf.session(JSON.parse(readFileSync(file, 'utf8')) as Tessera.InitOptions);
    try {
      const nodes = PARTIES.map((party) => ({ party }));
      const { SEMI2K, FM128 } = sf.spu.spu_pb2;
      return await sigmoids(s, s.SPU({ nodes, runtime_config: { protocol: SEMI2K, field: FM128 } }));
    } finally {
      await s.shutdown();
    }
  },
  dealer: async () => {
    await (await sf.startDealer(JSON.parse(readFileSync(file, 'utf8')))).done;
    return null;
  },
  record: async () => {
    const s = await sf.session({ parties: PARTIES, loggingLevel: 'error' });
    const spu = s.SPU(sf.utils.testing.clusterDef(PARTIES));
    const recording = spu.record();
    await sigmoids(s, spu);
    writeFileSync(file, recording.bytes());
    await s.shutdown();
    return null;
  },
};

console.log('READY');
for await (const _ of process.stdin);

try {
  console.log(`VALUE ${JSON.stringify(await roles[what]!())}`);
} catch (e) {
  const { code, message } = e as Tessera.TesseraError;
  console.log(`ERROR ${JSON.stringify({ code, message })}`);
}
