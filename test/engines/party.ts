/**
 * @file One party, or the dealer, on any engine: reveals values on its way, computes with functions of them in public, and prints
 * what came of it. `party.js options.json`
 */
import { readFileSync } from 'node:fs';
import * as sf from '../../src/index.ts';

const { np } = sf;
const [file] = process.argv.slice(2) as [string];
const options = JSON.parse(readFileSync(file, 'utf8')) as sf.InitOptions;

const N = 32;
/** The public functions of what was revealed, each where it is neither small nor beyond the ring. */
const PUBLIC: Readonly<Record<string, (x: sf.BaseArray) => sf.BaseArray>> = {
  log: (x) => np.log(np.add(x, 1)),
  sigmoid: np.sigmoid,
  tanh: np.tanh,
  sin: np.sin,
  cos: np.cos,
  arctan: np.arctan,
  erf: np.erf,
  power: (x) => np.power(np.add(x, 0.1), 1.37),
  cbrt: np.cbrt,
};

const party = async (): Promise<unknown> => {
  const s = await sf.session(options);
  try {
    const spu = s.SPU({
      nodes: [{ party: 'alice' }, { party: 'bob' }],
      runtime_config: { protocol: sf.spu.spu_pb2.SEMI2K, field: sf.spu.spu_pb2.FM128 },
    });
    const a = s.PYU('alice')(() => Float64Array.from({ length: N }, (_, i) => 0.3 + i / 20))();
    const b = s.PYU('bob')(() => Float64Array.from({ length: N }, (_, i) => 1.1 + i / 7))();
    const program = spu((a: sf.BaseArray, b: sf.BaseArray) => {
      const shown = np.reveal(np.multiply(a, 8.4));
      const sum = np.add(a, b);
      const functions = Object.entries(PUBLIC).map(
        ([name, fn]) => [name, np.multiply(sum, fn(shown))] as const,
      );
      return {
        exp: np.multiply(sum, np.exp(shown)),
        powers: np.multiply(np.sum(sum), np.power(np.linspace(0.1, 5, 64), 1.37)),
        ...Object.fromEntries(functions),
      };
    });
    const made = (await s.reveal(program(a, b))) as Record<string, sf.NDArray>;
    return Object.fromEntries(Object.entries(made).map(([name, x]) => [name, x.toArray()]));
  } finally {
    await s.shutdown();
  }
};

const { cluster_config } = options as sf.ProductionOptions;
try {
  if (cluster_config?.self_party === 'dealer') await (await sf.startDealer(options)).done;
  else console.log(`VALUE ${JSON.stringify(await party())}`);
} catch (e) {
  const { code, message } = e as sf.TesseraError;
  console.log(`ERROR ${JSON.stringify({ code, message })}`);
}
