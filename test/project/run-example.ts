/**
 * @file Runs an `@example` of a docstring. Each line `expression // result` is held to its result: numbers to four decimals,
 * `throws CODE` to an error. What an example makes by `np.array` is data: it is run in the clear, and once more with all such
 * data as secrets of two parties, whose revealed results have to be the same.
 */
import { transformSync } from 'esbuild';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import type { LockstepStats } from '../../src/ir/run/lockstep.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

const ring = await Ring.create();

type Names = Readonly<Record<string, unknown>>;
type Check = (value: () => unknown, expected: string, line: string) => unknown;

const AsyncFunction = (async () => {}).constructor as new (
  ...text: string[]
) => (...given: unknown[]) => Promise<void>;

const RESULT = /^(?!const |let |import |\/\/)(.*\S)\s+\/\/ (.*)$/;

/** An example as JavaScript, in which lines with results hand these to `check`. */
const bodyOf = (example: string): string => {
  const lines = example
    .split('\n')
    .map((line) => {
      const [, expression, expected] = RESULT.exec(line.trim()) ?? [];
      if (expression === undefined) return line;
      const text = `${JSON.stringify(expected)}, ${JSON.stringify(line.trim())}`;
      return expression.includes('await ')
        ? `await check(async () => (${expression.replace(/;$/, '')}), ${text});`
        : `check(() => (${expression.replace(/;$/, '')}), ${text});`;
    })
    .join('\n');
  return transformSync(`{\n${lines}\n}`, { loader: 'ts', format: 'esm', target: 'es2022' }).code;
};

/** How many lines of an example state a result. */
export const results = (example: string): number =>
  example.split('\n').filter((line) => RESULT.test(line.trim())).length;

const plain = (x: unknown): unknown => {
  if (x instanceof BaseArray) return plain(x.toArray());
  if (typeof x === 'bigint') return Number(x);
  if (ArrayBuffer.isView(x)) return Array.from(x as unknown as ArrayLike<number | bigint>, Number);
  if (Array.isArray(x)) return x.map(plain);
  if (typeof x !== 'object' || x === null || Object.getPrototypeOf(x) !== Object.prototype) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, plain(value)]));
};

const alike = (got: unknown, want: unknown): boolean => {
  if (typeof want === 'number') {
    if (typeof got !== 'number') return typeof got === 'boolean' && Number(got) === want;
    return Object.is(got, want) || got === want || Math.abs(got - want) <= 6e-5 * Math.max(1, Math.abs(want));
  }
  if (typeof want !== 'object' || want === null) return got === want;
  if (typeof got !== 'object' || got === null || Array.isArray(got) !== Array.isArray(want)) return false;
  const [g, w] = [Object.entries(got), want as Readonly<Record<string, unknown>>];
  return g.length === Object.keys(w).length && g.every(([key, value]) => alike(value, w[key]));
};

const wanted = (expected: string): unknown => new Function(`return (${expected})`)();

const same = (got: unknown, expected: string, line: string): void => {
  const value = plain(got);
  assert.ok(alike(value, wanted(expected)), `${line}\n  is ${JSON.stringify(value)}`);
};

const failure = (code: string, error: unknown, line: string): void => {
  assert.ok(error instanceof sf.TesseraError, `${line}\n  gives ${String(error)}`);
  assert.is(error.code, code, line);
};

/** Holds what comes of an expression, now or later, to what is stated. */
const hold: Check = (value, expected, line) => {
  const code = /^throws (\w+)$/.exec(expected)?.[1];
  let got: unknown;
  try {
    got = value();
  } catch (error) {
    if (code === undefined) throw error;
    return failure(code, error, line);
  }
  if (got instanceof Promise)
    return got.then(
      (x) => (code === undefined ? same(x, expected, line) : assert.unreachable(`${line}: no error`)),
      (error: unknown) => {
        if (code === undefined) throw error;
        failure(code, error, line);
      },
    );
  if (code !== undefined) assert.unreachable(`${line}\n  is no error, but ${JSON.stringify(plain(got))}`);
  return same(got, expected, line);
};

/** Runs an example with these names, its results held by `check`. */
export const run = async (example: string, names: Names, check: Check = hold): Promise<void> => {
  await new AsyncFunction('check', ...Object.keys(names), bodyOf(example))(check, ...Object.values(names));
};

/** The same with all data secret. An example without data, or which says of which errors come, has been run in full already. */
export const runSecretly = (example: string): LockstepStats | undefined => {
  if (!example.includes('np.array(') || /\/\/ throws|await /.test(example)) return undefined;
  const inputs: NDArray[] = [];
  const body = new Function('check', 'np', bodyOf(example)) as (check: Check, np: unknown) => void;
  const withArrays = (array: unknown): unknown => Object.create(sf.np, { array: { value: array } });
  const collect = (...given: Parameters<typeof sf.np.array>): NDArray => {
    const made = sf.np.array(...given) as NDArray;
    inputs.push(made);
    return made;
  };
  body(hold, withArrays(collect));
  const stated: {
    expected: string;
    line: string;
    at: number;
    of: (found: readonly BaseArray[]) => unknown;
  }[] = [];
  const program = (...secrets: BaseArray[]): BaseArray[] => {
    let used = 0;
    const outs: BaseArray[] = [];
    stated.length = 0;
    body(
      (value, expected, line) => {
        const at = outs.length;
        const places = placed(value(), outs);
        stated.push({ expected, line, at, of: places });
      },
      withArrays(() => secrets[used++]),
    );
    return outs;
  };
  const { results: found, stats } = simulate(program as never, inputs, {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  for (const { expected, line, of } of stated) same(of(found), expected, `secretly: ${line}`);
  return stats;
};

/** Puts the arrays of a result among the outputs, and returns how the result is put together again. */
const placed = (x: unknown, outs: BaseArray[]): ((found: readonly BaseArray[]) => unknown) => {
  if (x instanceof BaseArray) {
    const at = outs.push(x) - 1;
    return (found) => found[at];
  }
  if (Array.isArray(x)) {
    const parts = x.map((part) => placed(part, outs));
    return (found) => parts.map((part) => part(found));
  }
  if (typeof x === 'object' && x !== null && Object.getPrototypeOf(x) === Object.prototype) {
    const parts = Object.entries(x).map(([key, part]) => [key, placed(part, outs)] as const);
    return (found) => Object.fromEntries(parts.map(([key, part]) => [key, part(found)]));
  }
  return () => x;
};
