/** Gradients of what divides by lengths, against float64, at the magnitudes that data has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const WEIGHTS = [1, -2, 4];
const weighed = (y: BaseArray): BaseArray => np.sum(np.multiply(np.array(WEIGHTS), y));
const FUNCTIONS: Readonly<Record<string, (z: BaseArray) => BaseArray>> = {
  layerNorm: (z) => weighed(np.nn.layerNorm(z)),
  standardize: (z) => weighed(np.nn.standardize(z)),
  'a norm that is written out': (z) => weighed(np.divide(z, np.linalg.norm(z))),
  corrcoef: (z) => np.corrcoef(np.stack([z, np.array([1, 2, 4])])).at(0, 1),
  qr: (z) => np.sum(np.linalg.qr(np.stack([z, np.multiply(z, np.array([1, 3, -2]))], 1))[0]),
};

const SETTINGS = [
  { field: FIELDS.FM128, fraction: 26, scales: [1, 10, 1e3], least: 2 ** -12 },
  { field: FIELDS.FM128, fraction: 40, scales: [1, 1e3, 1e5], least: 2 ** -14 },
  { field: FIELDS.FM64, fraction: 18, scales: [1, 10, 1e3], least: 2 ** -6 },
] as const;

for (const { field, fraction, scales, least } of SETTINGS) {
  test(`${field.name}, ${fraction} fraction bits: as in float64`, () => {
    for (const [name, fn] of Object.entries(FUNCTIONS)) {
      for (const scale of scales) {
        const x = np.array([0.03, -0.01, 0.02].map((v) => v * scale));
        const gradient = (z: BaseArray) => np.grad(fn)(z) as BaseArray;
        const want = [...((gradient(x) as NDArray).data as Float64Array)];
        const { results } = simulate(gradient as never, [x as NDArray], {
          ring,
          field,
          fraction,
          parties: 2,
        });
        const got = [...(results[0]!.data as Float64Array)];
        const size = Math.max(...want.map(Math.abs));
        const off = Math.max(...got.map((v, i) => Math.abs(v - want[i]!)));
        assert.ok(off < least * size + 64 * 2 ** -fraction, `${name} x ${scale}: ${got}, not ${want}`);
      }
    }
  });
}

test.run();
