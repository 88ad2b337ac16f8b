/** With `check`, programs of hard magnitudes are right or an error: never a wrong number. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';

const test = suite('device: check, right or an error');
const { np } = sf;
type Fn = (...x: sf.BaseArray[]) => unknown;

interface Row {
  readonly fn: Fn;
  readonly of: readonly (number | readonly number[])[];
  /** `capped`: the largest number stands for what is larger. */
  readonly want: readonly number[] | 'capped';
  /** Relative, and absolute below 1. */
  readonly within?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const upTo = (n: number, lo: number, step: number): number[] =>
  Array.from({ length: n }, (_, i) => lo + i * step);
const F40 = { fxp_fraction_bits: 40 };
const FM64 = { field: 'FM64' };

const ROWS: Readonly<Record<string, Row>> = {
  'std of salaries': { fn: (x) => np.std(x!), of: [[52000, 61500, 48000, 75000]], want: [10394.560117] },
  'std of 1000 salaries': { fn: (x) => np.std(x!), of: [upTo(1000, 50_000, 37.4995)], want: [10824.87] },
  'sqrt 1e8': { fn: (x) => np.sqrt(x!), of: [1e8], want: [1e4] },
  'log 1e8': { fn: (x) => np.log(x!), of: [1e8], want: [Math.log(1e8)] },
  'log 3e9': { fn: (x) => np.log(x!), of: [3e9], want: [Math.log(3e9)] },
  '1e8 / 1e8': { fn: (x, y) => np.divide(x!, y!), of: [1e8, 1e8], want: [1] },
  'reciprocal of 2^29': { fn: (x) => np.reciprocal(x!), of: [2 ** 29], want: [2 ** -29], within: 2 ** -25 },
  'the sigmoid of the tutorial': {
    fn: (x) => np.divide(1, np.add(1, np.exp(np.negative(x!)))),
    of: [[-20, -25, -50]],
    want: [0, 0, 0],
    within: 2 ** -20,
  },
  'exp 25': { fn: (x) => np.exp(x!), of: [25], want: [Math.exp(25)] },
  'exp 50': { fn: (x) => np.exp(x!), of: [50], want: [Math.exp(50)] },
  'exp 80': { fn: (x) => np.exp(x!), of: [80], want: 'capped' },
  'sqrt 5000 at 40 bits': { fn: (x) => np.sqrt(x!), of: [5000], want: [Math.sqrt(5000)], settings: F40 },
  'log 5000 at 40 bits': { fn: (x) => np.log(x!), of: [5000], want: [Math.log(5000)], settings: F40 },
  '1 / 5000 at 40 bits': { fn: (x) => np.reciprocal(x!), of: [5000], want: [2e-4], settings: F40 },
  'mean of 2000 times 120000': {
    fn: (x) => np.mean(x!),
    of: [new Array<number>(2000).fill(120_000)],
    want: [120_000],
    settings: FM64,
  },
  '2e8 times 0.5': { fn: (x) => np.multiply(x!, 0.5), of: [2e8], want: [1e8], settings: FM64 },
  'variance of 20000 of +-290': {
    fn: (x) => np.var(x!),
    of: [Array.from({ length: 20_000 }, (_, i) => (i % 2 ? 290 : -290))],
    want: [84_100],
    settings: FM64,
  },
  '6e5 / 7': { fn: (x, y) => np.divide(x!, y!), of: [6e5, 7], want: [6e5 / 7], settings: FM64 },
  '48389524527 / 9672159': {
    fn: (x, y) => np.divide(x!, y!),
    of: [48_389_524_527, 9_672_159],
    want: [48_389_524_527 / 9_672_159],
    settings: FM64,
  },
  '5e6 / 50': {
    fn: (x, y) => np.divide(x!, y!),
    of: [5e6, 50],
    want: [1e5],
    // Quotients at FM32 are right to 2^-4 of themselves, as their text says.
    within: 2 ** -4,
    settings: { field: 'FM32' },
  },
  'corrcoef of small numbers': {
    fn: (x) => np.reshape(np.corrcoef(np.reshape(x!, [2, 40])), [4]),
    of: [Array.from({ length: 80 }, (_, i) => 1e-3 * Math.sin(i * i))],
    want: [1],
  },
  'power of each by its own': {
    fn: (x) => np.power(x!, np.array([2, 1, 0, 3])),
    of: [[-1.5, 0.5, 2, -0.3]],
    want: [2.25, 0.5, 1, -0.027],
  },
};

for (const [name, row] of Object.entries(ROWS))
  test(name, async () => {
    const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'warning', check: true });
    try {
      const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], row.settings ?? {}));
      const inputs = row.of.map((x, i) => s.PYU(i % 2 ? 'bob' : 'alice')(() => x as unknown as sf.NDArray)());
      const { data } = (await s.reveal(spu(row.fn as never)(...(inputs as never[])))) as sf.NDArray;
      if (row.want === 'capped') assert.ok(Number(data[0]) > 2 ** 60, `${data[0]}`);
      else
        for (const [i, want] of row.want.entries()) {
          const most = (row.within ?? 1e-3) * Math.max(1, Math.abs(want));
          assert.ok(Math.abs(Number(data[i]) - want) <= most, `${data[i]}, not ${want}`);
        }
    } catch (e) {
      if (!(e instanceof sf.TesseraError)) throw e;
      assert.is(e.code, 'RANGE', e.message);
      assert.match(e.message, /check: np\.|range of|out of range/);
    } finally {
      await s.shutdown();
    }
  });

test.run();
