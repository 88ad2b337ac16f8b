/** @file np beside NumPy where dtypes end, arrays are empty and numbers tie: values and dtypes, from fixtures/edges.py. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { DIFFERENT } from './edges-kept.ts';

const test = suite('numpy edges');

interface Given {
  /** Numbers, with spaces between. */
  readonly data: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}
interface Case {
  readonly name: string;
  readonly lead: readonly unknown[];
  readonly inputs: readonly Given[];
  readonly rest: readonly unknown[];
  readonly want?: readonly Given[];
  readonly error?: string;
}

const file = fileURLToPath(new URL('../../../test/numpy/fixtures/edges.json', import.meta.url));
const CASES = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];

const arrayOf = ({ data, dtype, shape }: Given): NDArray => {
  const values = (data === '' ? [] : data.split(' ')).map((v) =>
    dtype === 'float64' ? Number(v === 'inf' ? Infinity : v === '-inf' ? -Infinity : v) : BigInt(v),
  );
  const flat = NDArray.from(dtype === 'bool' ? values.map(Boolean) : values, dtype);
  return new NDArray(shape, flat.dtype, flat.data);
};

const isArray = (x: unknown): boolean => x instanceof NDArray;
const callOf =
  (c: Case) =>
  (...xs: BaseArray[]) =>
    (np as unknown as Record<string, (...args: unknown[]) => unknown>)[c.name]!(...c.lead, ...xs, ...c.rest);

const textOf = (c: Case): string =>
  `${c.name}(${[...c.lead.map(String), ...c.inputs.map((x) => `${x.dtype}[${x.shape}]`), ...c.rest.map((r) => JSON.stringify(r))].join(', ')})`;

/** Why it is not what NumPy gives; undefined where it is. */
const fault = (got: readonly NDArray[], want: readonly NDArray[], tol: number): string | undefined => {
  if (got.length !== want.length) return `${got.length} results, not ${want.length}`;
  for (const [i, w] of want.entries()) {
    const g = got[i]!;
    if (g.dtype !== w.dtype) return `${g.dtype}, not ${w.dtype}`;
    if (`${g.shape}` !== `${w.shape}`) return `shape ${g.shape}, not ${w.shape}`;
    for (let k = 0; k < w.data.length; k++) {
      const [x, y] = [g.data[k]!, w.data[k]!];
      const near =
        w.dtype === 'fxp'
          ? Object.is(Number(x), Number(y)) ||
            Math.abs(Number(x) - Number(y)) <= tol * Math.max(1, Math.abs(Number(y)))
          : x === y;
      if (!near) return `[${k}] ${x}, not ${y}`;
    }
  }
  return undefined;
};

const outcome = (run: () => readonly NDArray[], c: Case, tol: number): string | undefined => {
  let got: readonly NDArray[];
  try {
    got = run();
  } catch (e) {
    if (!(e instanceof TesseraError)) return `${(e as Error).stack}`;
    return c.error === undefined ? `${e.code}: ${e.message}` : undefined;
  }
  if (c.error !== undefined) return `no error: NumPy raises ${c.error}`;
  return fault(got, c.want!.map(arrayOf), tol);
};

const plainly = (c: Case): string | undefined =>
  outcome(() => flatten(callOf(c)(...c.inputs.map(arrayOf)), isArray).leaves as NDArray[], c, 1e-9);

const hasNaN = (c: Case): boolean => c.inputs.some((x) => x.data.includes('nan'));

const secretly = (c: Case): string | undefined =>
  outcome(
    () =>
      simulate(callOf(c) as never, c.inputs.map(arrayOf), { ring, field: FIELDS.FM128, parties: 2 }).results,
    c,
    2 ** -16,
  );

for (const name of [...new Set(CASES.map((c) => c.name))])
  test(name, () => {
    const found: string[] = [];
    for (const c of CASES.filter((k) => k.name === name)) {
      const text = textOf(c);
      const plain = plainly(c);
      if (plain !== undefined && DIFFERENT[text] === undefined) found.push(`${text}: ${plain}`);
      if (hasNaN(c) || c.inputs.length === 0) continue;
      const secret = secretly(c);
      if (secret !== undefined && DIFFERENT[text] === undefined) found.push(`${text} of secrets: ${secret}`);
    }
    assert.is(found.join('\n'), '');
  });

test.run();
