/** np beside NumPy itself, in the clear and on secrets: random inputs and NumPy's answers from fixtures/make.py. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import * as np from '../../src/numpy/index.ts';
import { secretly } from './secretly.ts';

const test = suite('numpy conformance');

interface Case {
  readonly name: string;
  readonly inputs: readonly { readonly data: never; readonly dtype: string }[];
  readonly rest: readonly unknown[];
  readonly want: readonly { readonly data: never; readonly shape: readonly number[] }[];
  /** How many times 2^-20 at FM128, 2^-12 at FM64, the error of secrets may be. */
  readonly tol: number;
  readonly fields: 'both' | 'FM128';
}

const file = fileURLToPath(new URL('../../../test/numpy/fixtures/numpy.json', import.meta.url));
const CASES = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];

const functionOf = (name: string): ((...args: unknown[]) => unknown) =>
  name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], np) as never;

const isArray = (x: unknown): boolean => x instanceof NDArray;

/** In float64: rounding alone, and the fits that some functions are made of. */
const PLAIN = 5e-7;

const checkPlain = (c: Case, got: readonly NDArray[]): void => {
  assert.is(got.length, c.want.length, c.name);
  for (const [i, { data, shape }] of c.want.entries()) {
    const want = np.asarray(data, 'float64') as NDArray;
    assert.equal([...got[i]!.shape], [...shape], `${c.name}: shape of result ${i}`);
    for (const [k, y] of (want.data as Float64Array).entries()) {
      const x = Number(got[i]!.data[k]);
      assert.ok(
        Math.abs(x - y) <= PLAIN * Math.max(1, Math.abs(y)),
        `${c.name}, result ${i}[${k}]: ${x}, NumPy says ${y}`,
      );
    }
  }
};

const names = [...new Set(CASES.map((c) => c.name))];
for (const name of names)
  test(name, () => {
    for (const c of CASES.filter((k) => k.name === name)) {
      const call = (...xs: BaseArray[]): unknown => functionOf(name)(...xs, ...c.rest);
      const inputs = c.inputs.map(({ data, dtype }) =>
        dtype === 'bool'
          ? (np.astype(np.asarray(data), 'bool') as NDArray)
          : (np.asarray(data, dtype) as NDArray),
      );
      checkPlain(c, flatten(call(...inputs), isArray).leaves as NDArray[]);
      secretly(call, inputs, { fields: ['FM128'], parties: [2], FM128: c.tol * 2 ** -20 });
      if (c.fields === 'both')
        secretly(call, inputs, { fields: ['FM64'], parties: [3], FM64: c.tol * 2 ** -12 });
    }
  });

test.run();
